/* The guest-book form: its moment of opening is renewed while nothing is typed. It works without. */
(() => {
  "use strict";

  const RENEW_EVERY_MS = 60_000;
  const form = document.getElementById("guest-form");
  const stamp = document.getElementById("stamp");
  if (!form || !stamp) return;

  let touched = Boolean(form.querySelector(".has-error"));

  // Asks for a fresh moment of opening (step 1 starts when the guest is there, not at lunch).
  function renew() {
    if (touched || document.hidden) return;
    window.htmx.ajax("GET", stamp.dataset.url, { target: "#stamp", swap: "innerHTML" }).catch(() => {});
  }

  form.addEventListener("input", () => { touched = true; });
  setInterval(renew, RENEW_EVERY_MS);
})();
