/* Daftar evakuasi: the roll is called on this device alone, so that it goes on when the network is gone.
 * Marks are kept by visit, without names, and are those of the next list too. The page never renews or
 * leaves itself; it asks whether the server is there only when somebody presses something.
 */
(() => {
  "use strict";

  const KEPT = "tamu.rollcall"; // {moment: of the list, at: of the last mark, marks: {visit: "found" | "missing"}}
  const OVER_AFTER_MS = 3 * 60 * 60 * 1000; // marks of an earlier call must not stand for the next one
  const PATIENCE_MS = 4_000;

  const list = document.querySelector("[data-roll]");
  const cut = document.querySelector("[data-cut]");
  const rows = [...document.querySelectorAll("tr[data-visit]")];
  let marks = {};
  let isAway = false;

  /* ---------- what is kept ---------- */

  function read() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT)) ?? {};
      return Date.now() - kept.at < OVER_AFTER_MS ? { ...kept.marks } : {};
    } catch {
      return marks; // a device that keeps nothing still counts
    }
  }

  function keep() {
    try {
      localStorage.setItem(KEPT, JSON.stringify({ moment: Number(list.dataset.roll), at: Date.now(), marks }));
    } catch { /* as above */ }
  }

  /* ---------- the list ---------- */

  const people = (mark) => rows
    .filter(({ dataset }) => !mark || marks[dataset.visit] === mark)
    .reduce((sum, { dataset }) => sum + Number(dataset.people), 0);

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function show() {
    for (const row of rows) {
      const mark = marks[row.dataset.visit];
      row.classList.toggle("is-found", mark === "found");
      row.classList.toggle("is-missing", mark === "missing");
      row.querySelectorAll("[data-mark]").forEach((button) => {
        button.setAttribute("aria-pressed", String(button.dataset.mark === mark));
      });
    }
    const [all, found, missing] = [people(), people("found"), people("missing")];
    write(document.querySelector("[data-roll-count]"), `${found} dari ${all} orang ditemukan`);
    write(document.querySelector("[data-roll-rest]"), `${missing} belum ditemukan, ${all - found - missing} belum ditandai`);
    document.querySelector("[data-roll-again]").hidden = found + missing === 0;
  }

  // A second press takes the mark off again.
  function mark({ dataset: { visit } }, value) {
    marks = read();
    if (marks[visit] === value) delete marks[visit];
    else marks[visit] = value;
    keep();
    show();
  }

  function again() {
    if (!window.confirm("Hapus semua tanda dan mulai menghitung lagi?")) return;
    marks = {};
    keep();
    show();
    list.querySelector("[data-mark]").focus();
  }

  /* ---------- the network ---------- */

  const stay = (event) => event.preventDefault();

  function tell(away) {
    isAway = away;
    cut.hidden = !away;
    window[away ? "addEventListener" : "removeEventListener"]("beforeunload", stay);
  }

  // Being on some network is not enough: the office's own may be without power.
  async function look() {
    try {
      if (!navigator.onLine) throw new Error("offline");
      await fetch("/sehat", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
      tell(false);
    } catch {
      tell(true);
    }
  }

  // The list on the screen is given up only for a newer one that can be had.
  async function renew(link) {
    await look();
    if (!isAway) location.assign(link.href);
  }

  /* ---------- start ---------- */

  window.addEventListener("offline", () => tell(true));
  window.addEventListener("online", look);
  document.addEventListener("click", (event) => {
    const pressed = event.target.closest?.("[data-mark], [data-print], [data-renew], [data-roll-again]");
    if (!pressed) return;
    const { dataset } = pressed;
    if (dataset.print !== undefined) window.print();
    if (dataset.rollAgain !== undefined) again();
    if (dataset.renew !== undefined) {
      event.preventDefault();
      renew(pressed);
    }
    if (dataset.mark) {
      mark(pressed.closest("tr"), dataset.mark);
      look();
    }
  });
  if (!list) return;
  marks = read();
  document.querySelectorAll("[data-marks], [data-roll-bar], [data-print]").forEach((part) => { part.hidden = false; });
  show();
  window.addEventListener("storage", ({ key }) => {
    if (key !== KEPT) return;
    marks = read();
    show();
  });
})();
