/* Pelayanan Tamu: the small behaviours that every page shares. Pages are right without this file. */
(() => {
  "use strict";

  const LAST_SECONDS = 60; // a countdown turns amber for its last minute
  const WORDS = {
    ok: { icon: "clock", block: "Sisa", chip: "sisa", say: "waktu masih cukup" },
    warn: { icon: "hourglass", block: "Hampir habis", chip: "sisa", say: "waktu hampir habis" },
    late: { icon: "clock-alert", block: "Terlambat", chip: "lewat", say: "terlambat" },
  };
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
  const pad = (number) => String(number).padStart(2, "0");

  /* ---------- the server's time ---------- */

  const MEASURED = "tamu.offset";
  // Milliseconds to add to this device's clock, as measured at the last contact.
  let offset = Number(localStorage.getItem(MEASURED)) || 0;

  // Takes over the server's time, in epoch seconds; anything else is ignored.
  function trust(serverNow) {
    const seconds = Number.parseFloat(serverNow);
    if (!Number.isFinite(seconds)) return;
    offset = seconds * 1000 - Date.now();
    localStorage.setItem(MEASURED, String(Math.round(offset)));
  }

  window.TamuClock = { offset: () => Math.round(offset) };

  // Now, by the server's clock, in seconds.
  const now = () => (Date.now() + offset) / 1000;

  /* ---------- countdowns ---------- */

  // Seconds as "3:52"; from an hour on "1:03:52"; from ten hours on "12 jam" (as _ui.html does).
  function span(seconds) {
    const s = Math.max(0, Math.floor(seconds));
    const hours = Math.floor(s / 3600);
    if (hours >= 10) return `${hours} jam`;
    if (hours) return `${hours}:${pad(Math.floor((s % 3600) / 60))}:${pad(s % 60)}`;
    return `${Math.floor(s / 60)}:${pad(s % 60)}`;
  }

  // The state of a clock: exactly on the limit is still on time.
  function stateOf(elapsed, limit) {
    if (elapsed > limit) return "late";
    return limit - elapsed <= LAST_SECONDS ? "warn" : "ok";
  }

  // Writes text only when it differs, so that nothing is laid out again for nothing.
  function write(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  // Points an icon at another symbol of the sprite.
  function setIcon(element, name) {
    const use = element.querySelector("use");
    if (use) use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${name}`);
  }

  // Says a change in the one live region, once for each guest (a block and a chip may show the same clock).
  function announce(element, words) {
    const holder = element.closest("[data-who]");
    if (!holder || holder.dataset.said === words) return;
    holder.dataset.said = words;
    write(document.getElementById("announcer"), `${holder.dataset.who}: ${words}.`);
  }

  // Shows the state of a clock by class, icon and word; a change is announced.
  function showState(element, state) {
    const before = Object.keys(WORDS).find((name) => element.classList.contains(`is-${name}`));
    if (before === state) return;
    if (before) element.classList.remove(`is-${before}`);
    element.classList.add(`is-${state}`);
    const isChip = element.classList.contains("chip");
    write(element.querySelector("[data-word]"), WORDS[state][isChip ? "chip" : "block"]);
    setIcon(element, isChip && state === "ok" ? "check" : WORDS[state].icon);
    if (before) announce(element, WORDS[state].say);
  }

  // Brings one clock up to date.
  function tick(element) {
    const elapsed = Math.max(0, Math.floor(now() - Number.parseFloat(element.dataset.since)));
    const limit = Number.parseInt(element.dataset.limit, 10);
    const reading = element.querySelector("[data-reading]");
    if (!Number.isFinite(elapsed) || !reading) return;
    if (!limit) {
      write(reading, `${Math.floor(elapsed / 60)} mnt`);
      return;
    }
    const state = stateOf(elapsed, limit);
    const plus = element.dataset.plus ?? "+";
    const text = state === "late" ? plus + span(elapsed - limit) : span(limit - elapsed);
    write(reading, text);
    reading.classList.toggle("is-long", text.length > 5);
    const bar = element.querySelector("progress");
    if (bar) bar.value = Math.max(0, limit - elapsed);
    showState(element, state);
  }

  /* ---------- the bar's clock ---------- */

  // Minutes between the server's epoch and the office's wall clock, from the text that the server wrote.
  function readWallClock(element) {
    const parts = element.textContent.trim().match(/^(\d{1,2})[.:](\d{2})$/);
    return parts ? Number(parts[1]) * 60 + Number(parts[2]) - Math.floor(now() / 60) : null;
  }

  // Writes the wall clock from the minutes that have passed.
  function showWallClock(element, shift) {
    const minutes = (((Math.floor(now() / 60) + shift) % 1440) + 1440) % 1440;
    write(element, `${pad(Math.floor(minutes / 60))}.${pad(minutes % 60)}`);
  }

  /* ---------- forms ---------- */

  // Shows or hides a password; the button says what it will do.
  function togglePassword(button) {
    const input = document.getElementById(button.dataset.togglePassword);
    if (!input) return;
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    write(button.querySelector("span"), show ? "Tutup" : "Lihat");
    setIcon(button, show ? "eye-off" : "eye");
  }

  const byHtmx = (form) =>
    ["post", "put", "patch", "delete", "get"].some((verb) => form.hasAttribute(`hx-${verb}`));

  // A form that htmx does not send goes once; data-again lets it go again (downloads).
  // data-busy: what its button says until the answer comes.
  function sendOnce(event) {
    const form = event.target;
    if (event.defaultPrevented || byHtmx(form) || form.method !== "post") return;
    if (form.dataset.again !== undefined) return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    form.setAttribute("aria-busy", "true");
    const button = event.submitter;
    if (!button?.dataset.busy) return;
    button.dataset.idle = button.querySelector("span").textContent;
    write(button.querySelector("span"), button.dataset.busy);
  }

  // data-download: the button posts its form and is busy, in those words, until the file is there.
  async function fetchFile(button) {
    const label = button.querySelector("span");
    const words = label.textContent;
    const sent = new URLSearchParams(new FormData(button.form));
    sent.set(button.name, button.value);
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    write(label, button.dataset.download);
    try {
      const answer = await fetch(button.formAction, { method: "POST", body: sent });
      if (!answer.ok || !/pdf/.test(answer.headers.get("Content-Type"))) throw new Error(answer.status);
      const link = document.createElement("a");
      link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition"))?.[1] ?? "";
      link.href = URL.createObjectURL(await answer.blob());
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch {
      button.disabled = false;
      button.form.requestSubmit(button); // the server's own page says what is wrong
    } finally {
      button.disabled = false;
      button.removeAttribute("aria-busy");
      write(label, words);
    }
  }

  // A page that comes back from the browser's memory may be sent again.
  function allowAgain() {
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.removeAttribute("aria-busy");
      form.querySelectorAll("[data-idle]").forEach((button) => {
        write(button.querySelector("span"), button.dataset.idle);
        delete button.dataset.idle;
      });
    });
  }

  /* ---------- keys, menus, focus ---------- */

  // Presses the visible element whose data-shortcut is the key: "F2", "Ctrl+Enter", "Escape".
  function pressShortcut(event) {
    if (event.repeat || event.isComposing) return;
    if (event.key === "Escape" && closeMenus(null)) return;
    const key = (event.ctrlKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + event.key;
    const elements = document.querySelectorAll(`[data-shortcut="${CSS.escape(key)}"]`);
    const found = [...elements].find((element) => element.getClientRects().length && !element.disabled);
    if (!found) return;
    event.preventDefault();
    found.click();
  }

  // Closes the open menus that do not hold the target; says whether one was open.
  function closeMenus(target) {
    const open = [...document.querySelectorAll("details[data-menu][open]")];
    const closing = open.filter((menu) => !target || !menu.contains(target));
    closing.forEach((menu) => {
      const held = menu.contains(document.activeElement);
      menu.open = false;
      if (held) menu.querySelector("summary")?.focus();
    });
    return closing.length > 0;
  }

  // After signing in again above the page: every form gets the new session's token.
  function renewTokens(holder) {
    const token = holder.dataset.newCsrf;
    document.querySelector('meta[name="csrf-token"]').content = token;
    document.querySelectorAll('input[name="csrf_token"]').forEach((input) => { input.value = token; });
    allowAgain();
    document.dispatchEvent(new CustomEvent("tamu:signed-in"));
  }

  // A destination without an active host says who will act; the other destinations say nothing.
  function showStandIns(list) {
    const chosen = list.closest("form")?.elements.destination?.value;
    list.querySelectorAll("[data-unit]").forEach((line) => { line.hidden = line.dataset.unit !== chosen; });
  }

  // Makes content ready: password buttons, clocks, dialogs, and the focus that it asks for.
  function settle(root, focusable = "[data-focus], [autofocus]") {
    root.querySelectorAll("[data-toggle-password]").forEach((button) => { button.hidden = false; });
    root.querySelectorAll("[data-countdown]").forEach(tick);
    const dialog = root.querySelector("dialog[data-modal]:not([open])");
    if (dialog) dialog.showModal();
    root.querySelectorAll("[data-new-csrf]").forEach(renewTokens);
    root.querySelectorAll("[data-stand-ins]").forEach(showStandIns);
    root.querySelectorAll("[data-close-result]").forEach((button) => { button.hidden = false; });
    root.querySelector(focusable)?.focus();
  }

  /* ---------- start ---------- */

  // The page says when it was made, which was some time ago on a slow line.
  const sinceMade = performance.now() - (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
  trust(Number.parseFloat(meta("server-now")) + Math.max(0, sinceMade) / 1000);
  const wallClocks = [...document.querySelectorAll("[data-clock]")]
    .map((element) => [element, readWallClock(element)])
    .filter(([, shift]) => shift !== null);

  // Once a second: every clock on the page.
  function beat() {
    document.querySelectorAll("[data-countdown]").forEach(tick);
    wallClocks.forEach(([element, shift]) => showWallClock(element, shift));
  }

  beat();
  setInterval(beat, 1000);
  settle(document, "[aria-invalid=true], .has-error input, [data-focus]"); // autofocus is the browser's

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-toggle-password]");
    if (button) togglePassword(button);
    const fetching = event.target.closest?.("[data-download]");
    if (fetching) {
      event.preventDefault();
      fetchFile(fetching);
    }
    closeMenus(event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "destination") document.querySelectorAll("[data-stand-ins]").forEach(showStandIns);
  });
  document.addEventListener("keydown", pressShortcut);
  document.addEventListener("submit", sendOnce);
  document.addEventListener("visibilitychange", beat);
  window.addEventListener("pageshow", allowAgain);

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = meta("csrf-token");
    event.detail.headers["X-Page-Person"] = document.body.dataset.person ?? "";
  });
  // While signing in above a page, its polls wait: an answer would wipe what is being typed.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const dialog = document.querySelector("#overlay dialog[open]");
    if (dialog && !dialog.contains(event.target)) event.preventDefault();
  });
  // What was unfolded in a live part stays unfolded when the part is renewed.
  let unfolded = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    unfolded = [...event.detail.target.querySelectorAll("details[id][open]")].map((fold) => fold.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    unfolded.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  });
  document.addEventListener("tamu:content", (event) => settle(event.detail));
  document.addEventListener("tamu:answered", (event) => trust(event.detail.headers.get("X-Server-Now")));
  document.addEventListener("htmx:afterRequest", (event) => {
    trust(event.detail.xhr?.getResponseHeader("X-Server-Now"));
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target instanceof Element) settle(event.target);
  });
})();
