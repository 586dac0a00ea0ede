/* The scanner page: camera, USB scanner and typed number feed one form; the answer is shown, heard
   and felt, and fades. Without this file the form still sends a typed number and a photo. */
(() => {
  "use strict";

  const FADE_AFTER_MS = 30_000;
  const RETRY_AFTER_MS = 3_000;
  const TONES = { ok: [[880, 0.12]], warn: [[520, 0.1], [520, 0.1]], bad: [[220, 0.3]], ask: [[660, 0.1], [880, 0.1]] };
  const PATTERNS = { ok: [60], warn: [60, 60, 60], bad: [250], ask: [60, 40, 120] };
  const WHY = {
    denied: "Kamera belum diizinkan. Ketuk ikon kamera atau gembok di samping alamat, pilih Izinkan, lalu nyalakan lagi. Nomor kartu juga dapat diketik.",
    absent: "Tidak ada kamera di perangkat ini. Pakai pemindai USB, ketik nomornya, atau kirim foto QR.",
    insecure: "Peramban hanya membuka kamera pada alamat HTTPS. Pakai pemindai USB, ketik nomornya, atau kirim foto QR.",
    error: "Kamera tidak dapat dipakai sekarang; mungkin sedang dipakai program lain. Tutup program itu, lalu nyalakan lagi.",
    paused: "Kamera berhenti sementara.",
  };

  const form = document.getElementById("scan-form");
  const box = document.getElementById("camera");
  if (!form || !box) return;

  const field = form.elements.code;
  const at = (selector) => document.querySelector(selector);
  const isCoarse = window.matchMedia("(pointer: coarse)").matches;

  /* ---------- sending ---------- */

  let unsent = null; // what could not be sent, kept with its nonce so that it counts once
  let fading = 0;
  let retrying = 0;

  // A random UUID; crypto.randomUUID exists only over HTTPS.
  function newNonce() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  // What the form would send now, with a nonce of its own.
  function filledIn(code, method) {
    const values = Object.fromEntries(new FormData(form));
    return { ...values, code, method, nonce: newNonce(), at: String(Date.now()) };
  }

  // The open form of an answer, if any.
  const openForm = () => document.querySelector("#result[data-form] form.result-form");
  const sameCode = (one, other) => (one ?? "").trim().toUpperCase() === (other ?? "").trim().toUpperCase();

  // A form that is being filled in is never wiped: the same badge seen again changes nothing, and
  // another badge's answer appears above it.
  function makeRoom(code) {
    const open = openForm();
    if (!open) return true;
    if (sameCode(open.elements.code?.value, code)) return false;
    const isTyped = [...open.elements].some((element) => element.defaultValue !== undefined && element.value !== element.defaultValue);
    if (isTyped) {
      const panel = open.closest(".result");
      panel.removeAttribute("id");
      panel.insertAdjacentHTML("beforebegin", '<section class="result" id="result"></section>');
    }
    return true;
  }

  // Sends a scan; a lost connection keeps it, and it is sent again with the same nonce.
  function send(values) {
    if (!makeRoom(values.code)) return;
    unsent = values;
    window.htmx.ajax("POST", form.action, { source: box, target: "#result", swap: "outerHTML", values });
  }

  function sendAgain() {
    clearTimeout(retrying);
    if (unsent) send(unsent);
  }

  // The server did not answer: say so, and try again by itself.
  function showUnsent() {
    if (!unsent) return;
    const panel = document.getElementById("unsent-panel").content.cloneNode(true);
    document.getElementById("result").replaceWith(panel);
    signal("bad");
    clearTimeout(retrying);
    retrying = setTimeout(sendAgain, RETRY_AFTER_MS);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const code = field.value.trim();
    field.value = "";
    if (code) send(filledIn(code, /^\d{1,4}$/.test(code) ? "typed" : "usb"));
    if (!isCoarse) field.focus();
  }, true);
  // A USB scanner may end its line with Tab instead of Enter.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.shiftKey || field.value.trim().length < 8) return;
    event.preventDefault();
    form.requestSubmit();
  });

  /* ---------- the answer ---------- */

  const kept = (name) => localStorage.getItem(name) !== "off";
  let audio = null;

  // Plays and vibrates what the answer calls for, unless switched off.
  function signal(kind) {
    if (kept("tamu.vibration") && navigator.vibrate && navigator.userActivation?.hasBeenActive !== false) {
      navigator.vibrate(PATTERNS[kind] ?? []);
    }
    if (!kept("tamu.sound") || !window.AudioContext) return;
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

  // After 30 s the result fades to "ready"; a form stays until it is answered.
  function fadeLater(panel) {
    clearTimeout(fading);
    if (panel.hasAttribute("data-form")) return;
    fading = setTimeout(() => {
      const ready = document.getElementById("ready-panel").content.cloneNode(true);
      document.getElementById("result")?.replaceWith(ready);
      delete box.dataset.tone;
    }, FADE_AFTER_MS);
  }

  function showAnswer() {
    const panel = document.getElementById("result");
    if (!panel?.hasAttribute("data-result")) return;
    box.dataset.tone = panel.dataset.tone ?? "";
    note("Siap memindai lagi");
    signal(panel.dataset.sound);
    fadeLater(panel);
    const isForm = panel.hasAttribute("data-form");
    if (!isForm && !isCoarse) field.focus();
    if (isCoarse) panel.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.detail.target?.classList?.contains("result") && event.detail.target?.id !== "result") return;
    unsent = null;
    clearTimeout(retrying);
    showAnswer();
  });
  document.addEventListener("htmx:sendError", (event) => {
    if (event.detail.elt === box) showUnsent();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-send-again]")) sendAgain();
  });

  /* ---------- switches ---------- */

  function offerSwitch(selector, name, label) {
    const button = at(selector);
    if (!button) return;
    const show = () => {
      button.setAttribute("aria-pressed", String(kept(name)));
      button.querySelector("span").textContent = `${label} ${kept(name) ? "nyala" : "mati"}`;
    };
    button.hidden = false;
    button.addEventListener("click", () => { localStorage.setItem(name, kept(name) ? "off" : "on"); show(); });
    show();
  }

  /* ---------- photo ---------- */

  at("#photo")?.addEventListener("change", (event) => {
    const photoForm = document.getElementById("photo-form");
    if (!event.target.files.length) return;
    photoForm.elements.nonce.value = newNonce();
    photoForm.requestSubmit();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt?.id === "photo-form") at("#photo").value = "";
  });

  /* ---------- camera ---------- */

  const note = (words) => { at("[data-camera-note]").textContent = words; };

  let camera = null;

  function showCamera(state, detail = {}) {
    const isLive = state === "live";
    box.hidden = false;
    box.toggleAttribute("data-live", isLive);
    at("[data-camera-off]").hidden = !(state in WHY);
    at("[data-camera-why]").textContent = WHY[state] ?? "";
    at("[data-start-camera]").hidden = state === "absent" || state === "insecure";
    at("[data-switch-camera]").hidden = !(isLive && detail.cameras > 1);
    at("[data-torch]").hidden = !(isLive && detail.torch);
    if (isLive) note("Arahkan QR ke bingkai");
    if (state === "loading") note("Kamera sedang disiapkan");
  }

  async function startCamera() {
    camera = await window.TamuCamera.start({
      video: box.querySelector("video"),
      worker: { url: box.dataset.worker, reader: box.dataset.reader, wasm: box.dataset.wasm },
      onCode: (code) => send(filledIn(code, "camera")),
      onState: showCamera,
    });
  }

  at("[data-switch-camera]").addEventListener("click", () => camera?.next());
  at("[data-torch]").addEventListener("click", async (event) => {
    const torch = event.currentTarget;
    const isOn = torch.getAttribute("aria-pressed") !== "true";
    await camera?.setTorch(isOn);
    torch.setAttribute("aria-pressed", String(isOn));
  });
  at("[data-start-camera]").addEventListener("click", () => (camera ? camera.retry() : startCamera()));
  offerSwitch("[data-toggle-sound]", "tamu.sound", "Bunyi");
  if (navigator.vibrate) offerSwitch("[data-toggle-vibration]", "tamu.vibration", "Getar");
  if (!isCoarse) field.focus();
  if (window.TamuCamera) startCamera();
})();
