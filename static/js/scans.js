/* Every scan, tap and answer of a page goes out through here: one after the other, each with its
 * nonce until the server has answered, also over a lost connection, a session that ran out or a
 * restart. What has not gone out is shown as such; sent later, it says when it was made (`queued`).
 * The answer is shown, heard and felt, and fades. A USB scanner is heard on every page, whatever has
 * the focus. Without this file the same forms post and get whole pages.
 *
 *   TamuScans.send(formData, {panel})   panel: the open result that this answers, if any
 *   TamuScans.filledIn({code, method})  what the page's scan would send now
 *   TamuScans.nonce()                   a fresh one
 *   TamuScans.isOn(name), .toggle(name) "sound" and "vibration", remembered on this device
 */
window.TamuScans = (() => {
  "use strict";

  const FADE_AFTER_MS = 30_000;
  const RETRY_AFTER_MS = 3_000;
  const REFUSED_RETRY_MS = 10_000;
  const LATE_AFTER_MS = 2_000; // from then on the server counts the time of the scan, not of its arrival
  const LONGEST_GAP_MS = 120; // between two characters of a USB scanner
  const BADGE = /^(.*\/)?T\/[A-Z2-7]{16}\/?$|^[A-Z2-7]{16}$/i;
  const TONES = { ok: [[880, 0.12]], warn: [[520, 0.1], [520, 0.1]], bad: [[220, 0.3]], ask: [[660, 0.1], [880, 0.1]] };
  const PATTERNS = { ok: [60], warn: [60, 60, 60], bad: [250], ask: [60, 40, 120] };
  const LATER = new Set([429, 500, 503]); // not on disk yet: the same scan goes out again

  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
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

  /* ---------- the queue ---------- */

  const store = window.TamuQueue;
  const person = document.body.dataset.person ?? "";
  const queue = []; // {data, panel, isLate, kept: a promise of the id on this device}
  let isSending = false;
  let retrying = 0;

  function send(data, { panel = null } = {}) {
    if (panel === null && !makeRoom(data)) return;
    if (!data.get("at")) data.set("at", String(Date.now()));
    data.set("offset", String(window.TamuClock.offset()));
    queue.push({ data, panel, isLate: false, kept: keep(data) });
    deliverAll();
  }

  // A device that cannot keep anything still sends what its page remembers.
  function keep(data) {
    const fields = [...data].filter(([name]) => name !== "csrf_token");
    return store.keep({ person, name: document.body.dataset.personName ?? "", fields }).catch(() => null);
  }

  async function deliverAll() {
    clearTimeout(retrying);
    if (isSending) return;
    isSending = true;
    try {
      while (queue.length && (await deliver(queue[0]))) { /* the next one */ }
    } finally {
      isSending = false;
    }
    tell();
  }

  // The server has it; what an earlier page left may have come before it meanwhile.
  async function forget(entry) {
    queue.splice(queue.indexOf(entry), 1);
    const id = await entry.kept;
    if (id !== null) await store.drop(id).catch(() => {});
  }

  // Sends one scan; false when it has to go out again later.
  async function deliver(entry, mayRenew = true) {
    const { data, panel } = entry;
    entry.isLate ||= Date.now() - Number(data.get("at")) > LATE_AFTER_MS;
    if (entry.isLate) data.set("queued", "1");
    data.set("csrf_token", meta("csrf-token"));
    let response;
    let html;
    try {
      const signal = AbortSignal.timeout(data.has("photo") ? 60_000 : 10_000);
      response = await fetch("/pindai", { method: "POST", body: data, headers: headers(), signal });
      html = await response.text();
    } catch {
      showUnsent();
      return false;
    }
    if (!isOurs(response, html)) {
      showUnsent();
      return false;
    }
    document.dispatchEvent(new CustomEvent("tamu:answered", { detail: response }));
    if (response.status === 401) {
      postpone();
      showSignIn(html);
      return false;
    }
    const isStale = response.headers.get("X-Token") === "stale";
    if (isStale && mayRenew && (await renewToken())) return deliver(entry, false);
    const isStored = !isStale && !LATER.has(response.status);
    if (isStored) forget(entry);
    show(html, panel);
    if (!isStored) {
      postpone();
      if (response.status === 500) letOthersPass(entry);
      retrying = setTimeout(deliverAll, REFUSED_RETRY_MS);
    } else if (response.ok) {
      window.htmx.trigger(document.body, "scanned");
    }
    return isStored;
  }

  // A proxy's error, a portal's page or the way to another page is no answer to a scan.
  function isOurs(response, html) {
    if (response.redirected || !response.headers.has("X-Server-Now")) return false;
    return response.status === 401 || html.includes('class="result');
  }

  // One that the server cannot digest must not stop all that come after it.
  function letOthersPass(entry) {
    queue.splice(queue.indexOf(entry), 1);
    queue.push(entry);
  }

  const headers = () => ({ "HX-Request": "true", "X-Page-Person": person });

  // The page is older than the session (it was kept on this device): take over the present token.
  async function renewToken() {
    try {
      const response = await fetch("/pindai/luring", { headers: { "X-Page-Person": person } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const token = page.querySelector('meta[name="csrf-token"]')?.content;
      if (!token || page.body.dataset.person !== person) return false;
      document.querySelector('meta[name="csrf-token"]').content = token;
      return true;
    } catch {
      return false;
    }
  }

  /* ---------- what has not gone out ---------- */

  function postpone() {
    queue.forEach((entry) => { entry.isLate = true; });
    tell();
  }

  function showUnsent() {
    postpone();
    if (!result()?.hasAttribute("data-unsent") && !openForm()) {
      place(template("unsent-panel"), null);
      signal("bad");
    }
    retrying = setTimeout(deliverAll, RETRY_AFTER_MS);
  }

  const unsent = () => queue.filter((entry) => entry.isLate);

  // In two or three words what was scanned, and when by the server's clock.
  function describe({ data }) {
    const code = data.get("code") ?? "";
    const at = new Date(Number(data.get("at")) + Number(data.get("offset")));
    const time = [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, "0")).join(".");
    const what = /^\d{1,4}$/.test(code) ? `kartu ${code.padStart(3, "0")}`
      : data.has("photo") ? "foto QR"
        : code ? "QR kartu" : `kunjungan ${data.get("visit")}`;
    return `${time} · ${what}`;
  }

  // The strip on top of the page lists what waits on this device.
  function tell() {
    const strip = document.getElementById("unsent");
    if (!strip) return;
    const waiting = unsent();
    const wasShown = !strip.hidden;
    strip.hidden = waiting.length === 0;
    strip.querySelector("[data-unsent-count]").textContent = `${waiting.length} pindaian belum terkirim.`;
    strip.querySelector("[data-unsent-list]").replaceChildren(...waiting.map((entry) => {
      const line = document.createElement("li");
      line.textContent = describe(entry);
      return line;
    }));
    if (wasShown && strip.hidden) {
      document.getElementById("announcer").textContent = "Semua pindaian sudah terkirim.";
      if (result()?.hasAttribute("data-unsent")) close(result());
    }
  }

  // What an earlier page left behind goes out first; somebody else's waits until they sign in here.
  async function takeOver() {
    const kept = await store.all().catch(() => []);
    const mine = kept.filter((entry) => entry.person === person).map(({ id, fields }) => {
      const data = new FormData();
      fields.forEach(([name, value]) => data.append(name, value));
      return { data, panel: null, isLate: true, kept: Promise.resolve(id) };
    });
    const nonces = new Set(queue.map(({ data }) => data.get("nonce")));
    queue.unshift(...mine.filter(({ data }) => !nonces.has(data.get("nonce"))));
    tell();
    if (queue.length) deliverAll();
  }

  // Whoever leaves with scans on the device is told so first.
  function warn(event) {
    const form = event.target;
    if (!form.matches("form[data-leaves]") || form.dataset.warned !== undefined) return;
    if (!queue.length) return;
    event.preventDefault();
    event.stopPropagation();
    askToLeave(form);
  }

  function askToLeave(form) {
    const dialog = template("leave-dialog");
    dialog.querySelector("[data-unsent-count]").textContent = `${queue.length} pindaian belum terkirim`;
    document.getElementById("overlay").replaceChildren(dialog);
    dialog.querySelector("[data-leave]").addEventListener("click", () => {
      form.dataset.warned = "";
      form.requestSubmit();
    });
    ready(document.getElementById("overlay"));
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
    if (isOn("vibration") && navigator.vibrate && navigator.userActivation?.hasBeenActive !== false) {
      navigator.vibrate(PATTERNS[kind] ?? []);
    }
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

  let burst = { text: "", at: 0, field: null, before: "" };

  function listen(event) {
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey;
    if (isPlain && event.key.length === 1) {
      const goesOn = event.timeStamp - burst.at < LONGEST_GAP_MS;
      const field = document.activeElement;
      if (!goesOn) burst = { text: "", at: 0, field, before: field?.value };
      burst = { ...burst, text: burst.text + event.key, at: event.timeStamp };
    } else if ((event.key === "Enter" || event.key === "Tab") && BADGE.test(burst.text)) {
      if (event.timeStamp - burst.at < LONGEST_GAP_MS) takeKeys(event);
      burst = { text: "", at: 0, field: null, before: "" };
    }
  }

  // What the scanner typed does not belong into the field that happened to have the focus.
  function takeKeys(event) {
    event.preventDefault();
    event.stopPropagation();
    const { field, before, text } = burst;
    if (field && before !== undefined && "value" in field) {
      field.value = before;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    send(filledIn({ code: text, method: "usb" }));
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
  document.addEventListener("submit", warn, true);
  window.addEventListener("online", deliverAll);
  document.addEventListener("keydown", listen, true);
  document.addEventListener("tamu:signed-in", deliverAll);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-send-again]")) deliverAll();
    const closing = event.target.closest?.("[data-close-result]");
    if (closing) close(closing.closest(".result"));
  });
  document.addEventListener("keydown", (event) => {
    const panel = event.key === "Escape" ? document.activeElement?.closest(".result[data-form]") : null;
    if (panel) close(panel);
  });

  takeOver();

  return { send, filledIn, nonce, isOn, toggle };
})();
