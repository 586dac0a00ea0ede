/* The guest-book form: its moment of opening is renewed while nothing is typed, and a destination
   without an active host shows who will act. The form works without this file. */
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
    window.htmx.ajax("GET", stamp.dataset.url, { target: "#stamp", swap: "innerHTML" });
  }

  // Shows only the sentence of the destination that is chosen.
  function showStandIn() {
    const chosen = form.elements.destination?.value;
    document.querySelectorAll("[data-stand-ins] [data-unit]").forEach((line) => {
      line.hidden = line.dataset.unit !== chosen;
    });
  }

  form.addEventListener("input", () => { touched = true; showStandIn(); });
  setInterval(renew, RENEW_EVERY_MS);
  showStandIn();
})();
