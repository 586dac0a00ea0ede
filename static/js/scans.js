/* Every scan, tap and answer of a page goes through here to the outbox; what comes back is shown, heard
 * and felt, and fades. A USB scanner is heard on every page, whatever has the focus. Without this file
 * the same forms post and get whole pages.
 *
 *   TamuScans.send(formData, {panel})   panel: the open result that this answers, if any
 *   TamuScans.filledIn({code, method})  what the page's scan would send now
 *   TamuScans.nonce()                   a fresh one
 *   TamuScans.isOn(name), .toggle(name) "sound" and "vibration", remembered on this device
 */
window.TamuScans = (() => {
  "use strict";

  const FADE_AFTER_MS = 30_000;
  const LONGEST_GAP_MS = 2_000; // between two characters of a USB scanner, on a computer that is busy
  const LONGEST_GAP_BARE_MS = 120; // a bare code might be a word or a password
  const BADGE = /(https?:\/\/\S+\/)?T\/[A-Z2-7]{16}\/?$/i;
  const BARE = /^[A-Z2-7]{16}$/i;
  const ADDRESS = /https?:\/\/\S+\/T\/[A-Z2-7]{16}\/?$/i;
  const TONES = { ok: [[880, 0.12]], warn: [[520, 0.1], [520, 0.1]], bad: [[220, 0.3]], ask: [[660, 0.1], [880, 0.1]] };
  const PATTERNS = { ok: [60], warn: [60, 60, 60], bad: [250], ask: [60, 40, 120] };

  const outbox = window.TamuOutbox;
  const result = () => document.getElementById("result");
  const template = (id) => document.getElementById(id)?.content.firstElementChild.cloneNode(true);

  /* ---------- what is sent ---------- */

  // A random UUID; crypto.randomUUID exists only over HTTPS.
  function nonce() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  // The scanner page's form says for whom a card is, or that it comes back; other pages say nothing.
  function filledIn(values) {
    const form = document.getElementById("scan-form");
    const data = form ? new FormData(form) : new FormData();
    Object.entries({ nonce: nonce(), at: String(Date.now()), ...values })
      .forEach(([name, value]) => data.set(name, value));
    return data;
  }

  function send(data, { panel = null } = {}) {
    if (panel === null && !makeRoom(data)) return;
    outbox.send(data, panel);
  }

  /* ---------- what became of it ---------- */

  function showAnswer({ html, panel, response }) {
    show(html, panel);
    if (response.ok) window.htmx.trigger(document.body, "scanned");
  }

  // Nothing is heard from the server. A form that was sent stays as it is and cannot be sent twice.
  function showCut({ panel }) {
    if (panel?.isConnected) {
      if (!panel.hasAttribute("aria-busy")) signal("bad");
      panel.setAttribute("aria-busy", "true");
      panel.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = true; });
    } else if (!result()?.hasAttribute("data-unsent") && !openForm()) {
      place(template("unsent-panel"), null);
      signal("bad");
    }
  }

  function showSignIn(html) {
    const overlay = document.getElementById("overlay");
    if (overlay.querySelector("dialog[open]")) return;
    overlay.innerHTML = html;
    ready(overlay);
  }

  /* ---------- the answer ---------- */

  let fading = 0;

  const openForm = () => document.querySelector("#result[data-form] form.result-form");
  const isTyped = (form) => [...form.elements].some(
    (field) => field.type !== "hidden" && field.type !== "radio" && "defaultValue" in field && field.value !== field.defaultValue,
  );
  const subject = (get) => `${(get("code") ?? "").trim().toUpperCase()}|${get("code") ? "" : get("visit") ?? ""}`;

  // A form that is being filled in is never wiped: the same badge seen again changes nothing, and
  // another one's answer appears above it.
  function makeRoom(data) {
    const form = openForm();
    if (!form) return true;
    if (subject((name) => data.get(name)) === subject((name) => form.elements[name]?.value)) return false;
    keepTyped(form);
    return true;
  }

  function keepTyped(form) {
    if (!isTyped(form)) return;
    const panel = result();
    panel.removeAttribute("id");
    panel.insertAdjacentHTML("beforebegin", '<section class="result" id="result"></section>');
  }

  // Pages without a place for answers get one on top.
  function home() {
    if (!result()) {
      document.getElementById("main").insertAdjacentHTML(
        "afterbegin", '<div class="desk-result" aria-live="polite"><div id="result"></div></div>',
      );
    }
    return result();
  }

  function place(panel, answered) {
    const old = answered?.isConnected ? answered : home();
    old.replaceWith(panel);
    ready(panel);
    if (panel.getBoundingClientRect().top < 0 || panel.getBoundingClientRect().top > innerHeight / 2) {
      panel.scrollIntoView({ block: "start" });
    }
  }

  function ready(element) {
    window.htmx.process(element);
    document.dispatchEvent(new CustomEvent("tamu:content", { detail: element }));
  }

  function show(html, answered) {
    const holder = document.createElement("template");
    holder.innerHTML = html.trim();
    const panel = holder.content.querySelector(".result");
    if (!panel) return;
    if (!answered && openForm()) keepTyped(openForm()); // of several sent at once, one may be typed in
    const hadFocus = !document.activeElement || document.activeElement === document.body || answered?.contains(document.activeElement);
    place(panel, answered);
    signal(panel.dataset.sound);
    if (hadFocus && !panel.contains(document.activeElement)) panel.focus({ preventScroll: true });
    clearTimeout(fading);
    if (!panel.hasAttribute("data-form")) fading = setTimeout(() => close(panel), FADE_AFTER_MS);
    document.dispatchEvent(new CustomEvent("tamu:shown", { detail: panel }));
  }

  // Back to "ready".
  function close(panel) {
    if (!panel?.isConnected) return;
    const isFirst = panel.id === "result";
    const empty = template("ready-panel") ?? Object.assign(document.createElement("div"), { id: "result" });
    if (isFirst) panel.replaceWith(empty);
    else panel.remove();
    document.dispatchEvent(new CustomEvent("tamu:closed"));
  }

  /* ---------- sound and vibration ---------- */

  const isOn = (name) => localStorage.getItem(`tamu.${name}`) !== "off";
  const toggle = (name) => localStorage.setItem(`tamu.${name}`, isOn(name) ? "off" : "on");
  let audio = null;

  function signal(kind) {
    if (navigator.userActivation?.hasBeenActive === false) return; // browsers allow neither before a touch
    if (isOn("vibration") && navigator.vibrate) navigator.vibrate(PATTERNS[kind] ?? []);
    if (!isOn("sound") || !window.AudioContext) return;
    audio ??= new AudioContext();
    let start = audio.currentTime;
    for (const [pitch, length] of TONES[kind] ?? []) {
      const tone = new OscillatorNode(audio, { frequency: pitch, type: "sine" });
      const volume = new GainNode(audio, { gain: 0.2 });
      tone.connect(volume).connect(audio.destination);
      tone.start(start);
      tone.stop(start + length);
      start += length + 0.05;
    }
  }

  /* ---------- the USB scanner: a keyboard that types a badge's code and Enter or Tab ---------- */

  const NOTHING = { text: "", at: 0, gap: 0, field: null, before: "" };
  let burst = NOTHING;

  function listen(event) {
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
    const gap = event.timeStamp - burst.at;
    if (isPlain && event.key.length === 1) {
      const field = document.activeElement;
      if (gap >= LONGEST_GAP_MS || field !== burst.field) burst = { ...NOTHING, field, before: field?.value };
      const longest = burst.text ? Math.max(burst.gap, gap) : 0;
      burst = { ...burst, text: burst.text + event.key, at: event.timeStamp, gap: longest };
    } else if (event.key === "Enter" || event.key === "Tab") {
      const isBare = BARE.test(burst.text) && Math.max(burst.gap, gap) < LONGEST_GAP_BARE_MS;
      const [code] = (isBare ? BARE : BADGE).exec(burst.text) ?? [];
      if (code && gap < LONGEST_GAP_MS) takeKeys(event, code);
      burst = NOTHING;
    }
  }

  // What the scanner typed does not belong into the field that happened to have the focus, except into
  // one that asks for a card.
  function takeKeys(event, code) {
    event.preventDefault();
    event.stopPropagation();
    const { field } = burst;
    if (field?.hasAttribute?.("data-takes-scan")) {
      field.value = code;
      return;
    }
    if (field && "value" in field && burst.before !== undefined) {
      field.value = withoutScan(field.value, code);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    send(filledIn({ code, method: "usb" }));
  }

  // A computer that stopped in the middle has taken the beginning for somebody's typing; a field that
  // takes few letters has cut the end off.
  function withoutScan(value, code) {
    const rest = value.replace(ADDRESS, "");
    if (rest !== value) return rest;
    if (value.endsWith(code)) return value.slice(0, -code.length);
    return burst.before + burst.text.slice(0, -code.length);
  }

  /* ---------- start ---------- */

  // Forms that are scans: the taps of a row, the answers of a panel.
  function submit(event) {
    const form = event.target;
    if (!form.matches("form[data-scan]")) return;
    event.preventDefault();
    event.stopPropagation();
    send(new FormData(form, event.submitter), { panel: form.closest(".result") });
  }

  document.addEventListener("submit", submit, true);
  document.addEventListener("keydown", listen, true);
  document.addEventListener("tamu:answer", ({ detail }) => showAnswer(detail));
  document.addEventListener("tamu:cut", ({ detail }) => showCut(detail));
  document.addEventListener("tamu:sign-in", ({ detail }) => showSignIn(detail.html));
  document.addEventListener("tamu:all-sent", () => { if (result()?.hasAttribute("data-unsent")) close(result()); });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-send-again]")) outbox.deliver();
    const closing = event.target.closest?.("[data-close-result]");
    if (closing) close(closing.closest(".result"));
  });
  document.addEventListener("keydown", (event) => {
    const panel = event.key === "Escape" ? document.activeElement?.closest(".result[data-form]") : null;
    if (panel) close(panel);
  });

  return { send, filledIn, nonce, isOn, toggle };
})();
