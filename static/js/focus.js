/* The focus outlives what is replaced or closed below it: it goes to the same element come again,
 * else to its row, the row after it, or the page's title. A row takes it itself, not its button: a
 * second press of Enter must not do the next guest's step. */
(() => {
  "use strict";

  const PASSING = "#overlay, .result"; // what opens and closes is no place to come back to
  const ROW = "li[id], tr[id]";

  let last = null; // the element that had the focus last
  let place = null; // where it stood on the page itself

  // An element by what is left of it once it has been replaced, and the rows around it, nearest first.
  function placeOf(element) {
    const row = element.closest(ROW);
    const rows = row ? [...row.parentElement.querySelectorAll(`:scope > :is(${ROW})`)] : [];
    const index = rows.indexOf(row);
    const near = [...rows.slice(index), ...rows.slice(0, Math.max(index, 0)).reverse()];
    return {
      id: element.id,
      href: element.getAttribute("href"),
      rows: near.map(({ id }) => id),
      isRingShown: element.matches(":focus-visible"),
    };
  }

  function again({ id, href, rows }) {
    if (id) return document.getElementById(id);
    const part = document.getElementById(rows[0]) ?? document.getElementById("main");
    return href ? part.querySelector(`[href=${JSON.stringify(href)}]`) : null;
  }

  const nearestRow = ({ rows }) => rows.map((id) => document.getElementById(id)).find(Boolean);
  const isThere = (element) => Boolean(element?.checkVisibility());
  const opensKeyboard = (element) =>
    window.matchMedia("(pointer: coarse)").matches && element.matches("input, textarea");

  function whereTo() {
    const found = place && [again(place), nearestRow(place)].find(isThere);
    if (found && !opensKeyboard(found)) return found;
    return [document.querySelector("main h1"), document.getElementById("main")].find(isThere);
  }

  // Whoever left the element by a click elsewhere keeps what they chose; only what is gone is replaced.
  function rescue() {
    const isLost = [null, document.body].includes(document.activeElement) && last && !last.isConnected;
    const target = isLost ? whereTo() : null;
    if (!target) return;
    if (target.tabIndex < 0) target.tabIndex = -1;
    target.focus({ preventScroll: !place?.isRingShown });
  }

  document.addEventListener("focusin", ({ target }) => {
    last = target;
    if (!target.closest(PASSING)) place = placeOf(target);
  });
  ["htmx:load", "tamu:closed", "tamu:signed-in"].forEach((name) => document.addEventListener(name, rescue));
})();
