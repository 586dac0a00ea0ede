/* Daftar evakuasi: the roll is called on this device alone, so that it goes on when the network is gone.
 * Marks are kept by visit, without names, and are those of the next list too. The page never renews or
 * leaves itself; it asks whether the server is there only when somebody presses something.
 */
(() => {
  "use strict";

  const KEPT = "tamu.rollcall"; // {moment: of the list, at: of the last mark, marks: {visit: "found" | "missing" | "3" of a group}}
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

  // How many of a visit are found; null while it bears no mark.
  function foundOf({ dataset: { visit, people } }) {
    const mark = marks[visit];
    if (!mark) return null;
    if (mark === "missing") return 0;
    return mark === "found" ? Number(people) : Math.min(Number(mark), Number(people));
  }

  function counts() {
    const sums = { all: 0, found: 0, missing: 0 };
    for (const row of rows) {
      const [size, found] = [Number(row.dataset.people), foundOf(row)];
      sums.all += size;
      sums.found += found ?? 0;
      sums.missing += found === null ? 0 : size - found;
    }
    return sums;
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function show() {
    for (const row of rows) {
      const [mark, count] = [marks[row.dataset.visit], foundOf(row)];
      const isWhole = count === Number(row.dataset.people);
      row.classList.toggle("is-found", isWhole);
      row.classList.toggle("is-missing", count !== null && !isWhole);
      const some = row.querySelector("[data-some]");
      if (some && some !== document.activeElement) some.value = count ?? "";
      row.querySelectorAll("[data-mark]").forEach((button) => {
        button.setAttribute("aria-pressed", String(button.dataset.mark === mark));
      });
    }
    const { all, found, missing } = counts();
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

  // So many of a group; all of them is "found", none "missing", an empty field takes the mark off.
  function markSome(row, text) {
    const [size, count] = [Number(row.dataset.people), Math.trunc(Number(text))];
    marks = read();
    if (text === "" || !(count >= 0 && count <= size)) delete marks[row.dataset.visit];
    else marks[row.dataset.visit] = count === size ? "found" : count === 0 ? "missing" : String(count);
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
  document.addEventListener("input", ({ target }) => {
    if (target.matches("[data-some]")) markSome(target.closest("tr"), target.value);
  });
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-some]")) look();
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
