/* Shows honestly what has not gone out: the strip on top of each page, and a word before somebody
 * leaves with scans on the device. */
(() => {
  "use strict";

  const outbox = window.TamuOutbox;
  const strip = document.getElementById("unsent");
  if (!outbox || !strip) return;

  let told = 0;
  let isUnkept = false; // this device could not keep one of them

  // In two or three words what was scanned, and when by the server's clock.
  function describe({ data }) {
    const code = data.get("code") ?? "";
    const at = new Date(Number(data.get("at")) + Number(data.get("offset")));
    const time = [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, "0")).join(".");
    if (/^\d{1,4}$/.test(code)) return `${time} · kartu ${code.padStart(3, "0")}`;
    if (data.has("photo")) return `${time} · foto QR`;
    return code ? `${time} · QR kartu` : `${time} · kunjungan ${data.get("visit")}`;
  }

  function line(words) {
    const item = document.createElement("li");
    item.textContent = words;
    return item;
  }

  // One that the server will never take stays until its person has seen why.
  function refusal(entry) {
    const item = line(`${describe(entry)}: ${entry.why}`);
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Mengerti" });
    button.className = "button is-quiet";
    button.addEventListener("click", () => outbox.dismiss(entry));
    item.append(" ", button);
    return item;
  }

  async function tell() {
    isUnkept = (await Promise.all(outbox.waiting().map(({ kept }) => kept))).includes(null);
    const waiting = outbox.waiting();
    const refused = outbox.refused();
    strip.hidden = waiting.length + refused.length === 0;
    const part = (name) => strip.querySelector(`[data-unsent-${name}]`);
    part("waiting").hidden = waiting.length === 0;
    part("count").textContent = `${waiting.length} pindaian belum terkirim.`;
    part("unkept").hidden = !isUnkept;
    part("list").replaceChildren(...waiting.map((entry) => line(describe(entry))));
    part("refused").hidden = refused.length === 0;
    part("refusals").replaceChildren(...refused.map(refusal));
    announce(waiting.length);
  }

  function announce(number) {
    if (number === told) return;
    const words = number ? `${number} pindaian belum terkirim.` : "Semua pindaian sudah terkirim.";
    document.getElementById("announcer").textContent = words;
    if (!number) document.dispatchEvent(new CustomEvent("tamu:all-sent"));
    told = number;
  }

  function askToLeave(form) {
    const dialog = document.getElementById("leave-dialog").content.firstElementChild.cloneNode(true);
    dialog.querySelector("h2").textContent = `${outbox.count()} pindaian belum terkirim`;
    dialog.querySelector("[data-leave]").addEventListener("click", () => {
      form.dataset.warned = "";
      form.requestSubmit();
    });
    const overlay = document.getElementById("overlay");
    overlay.replaceChildren(dialog);
    document.dispatchEvent(new CustomEvent("tamu:content", { detail: overlay }));
  }

  document.addEventListener("tamu:outbox", tell);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-leaves]") || form.dataset.warned !== undefined || !outbox.count()) return;
    event.preventDefault();
    event.stopPropagation();
    askToLeave(form);
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (isUnkept && outbox.waiting().length) event.preventDefault();
  });
  tell();
})();
