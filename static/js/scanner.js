/* The scanner page: camera, typed number and photo; what they read goes out through TamuScans. */
(() => {
  "use strict";

  const WHY = {
    denied: "Kamera belum diizinkan. Ketuk ikon kamera atau gembok di samping alamat, pilih Izinkan, lalu nyalakan lagi. Nomor kartu juga dapat diketik.",
    absent: "Tidak ada kamera di perangkat ini. Pakai pemindai USB, ketik nomornya, atau kirim foto QR.",
    insecure: "Kamera hanya dapat dibuka bila alamat diawali https. Pakai pemindai USB, ketik nomornya, atau kirim foto QR.",
    error: "Kamera tidak dapat dipakai sekarang; mungkin sedang dipakai program lain. Tutup program itu, lalu nyalakan lagi.",
    paused: "Kamera berhenti sementara.",
  };

  const scans = window.TamuScans;
  const form = document.getElementById("scan-form");
  const box = document.getElementById("camera");
  if (!scans || !form || !box) return;

  const field = form.elements.code;
  const at = (selector) => document.querySelector(selector);
  const isCoarse = window.matchMedia("(pointer: coarse)").matches;
  const note = (words) => { at("[data-camera-note]").textContent = words; };

  // At a desk the field keeps the focus; a phone's keyboard must not open unasked.
  function focusField() {
    if (!isCoarse) field.focus({ preventScroll: true });
  }

  /* ---------- typed number ---------- */

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = field.value.trim();
    field.value = "";
    if (code) scans.send(scans.filledIn({ code, method: /^\d{1,4}$/.test(code) ? "typed" : "usb" }));
    focusField();
  });

  // A USB scanner may end its line with Tab; a foreign code is told so too.
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.shiftKey || field.value.trim().length < 8) return;
    event.preventDefault();
    form.requestSubmit();
  });

  /* ---------- the answer ---------- */

  document.addEventListener("tamu:shown", ({ detail: panel }) => {
    box.dataset.tone = panel.dataset.tone ?? "";
    note("Siap memindai lagi");
    if (["issued", "closed"].includes(panel.dataset.outcome)) leaveMode();
    const focused = document.activeElement;
    if (!panel.contains(focused) || focused === panel || focused.tagName === "BUTTON") focusField();
  });
  document.addEventListener("tamu:closed", () => { delete box.dataset.tone; focusField(); });

  document.addEventListener("tamu:cut", ({ detail }) => { if (!detail.panel) leaveMode(); });

  // "For this guest" and "this card comes back" hold for one card.
  function leaveMode() {
    document.querySelectorAll("[data-mode]").forEach((part) => part.remove());
    history.replaceState(null, "", location.pathname);
  }

  /* ---------- switches ---------- */

  function offerSwitch(name, label) {
    const button = at(`[data-toggle="${name}"]`);
    const show = () => {
      button.setAttribute("aria-pressed", String(scans.isOn(name)));
      button.querySelector("span").textContent = `${label} ${scans.isOn(name) ? "nyala" : "mati"}`;
    };
    button.hidden = false;
    button.addEventListener("click", () => { scans.toggle(name); show(); });
    show();
  }

  // The page that is kept on this device learns from its address for whom a card is.
  function readMode() {
    const mode = at("[data-kept-mode]");
    const query = new URLSearchParams(location.search);
    const visit = query.get("untuk");
    const intent = query.get("maksud") === "kembali" ? "return" : "";
    if (!mode || !(visit || intent)) return;
    const what = intent ? "Menerima kembali kartu" : "Kartu";
    mode.querySelector("p").textContent = `${what}${visit ? ` untuk kunjungan ${visit}` : ""}. Pindai atau ketik nomornya.`;
    mode.hidden = false;
    [form, document.getElementById("photo-form")].forEach((one) => {
      Object.entries({ visit, intent }).filter(([, value]) => value).forEach(([name, value]) => {
        const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value });
        hidden.dataset.mode = "";
        one.append(hidden);
      });
    });
  }

  /* ---------- photo ---------- */

  const LONGEST_SIDE = 2_000; // the server looks at no more
  const AS_IT_IS = 1_000_000; // bytes

  // A phone's photo has ten times the bytes that a code needs, on a slow line and against limits.
  async function smaller(file) {
    if (file.size <= AS_IT_IS) return file;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
      const canvas = Object.assign(document.createElement("canvas"), {
        width: Math.round(picture.width * scale), height: Math.round(picture.height * scale),
      });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.85); });
      return blob ? new File([blob], "foto.jpg", { type: "image/jpeg" }) : file;
    } catch {
      return file; // the server says what is wrong with it
    }
  }

  at("#photo").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    const data = new FormData(document.getElementById("photo-form"));
    data.set("nonce", scans.nonce());
    data.set("at", String(Date.now()));
    event.target.value = "";
    data.set("photo", await smaller(file));
    scans.send(data);
  });

  /* ---------- camera ---------- */

  let camera = null;

  function showCamera(state, detail = {}) {
    const isLive = state === "live";
    box.hidden = false;
    box.toggleAttribute("data-live", isLive);
    box.toggleAttribute("data-off", state in WHY);
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
      onCode: (code) => scans.send(scans.filledIn({ code, method: "camera" })),
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

  /* ---------- this page, for when the server is away ---------- */

  async function keepPage() {
    if (!navigator.serviceWorker || document.body.hasAttribute("data-kept")) return;
    const worker = await navigator.serviceWorker.register("/pekerja.js").then(() => navigator.serviceWorker.ready);
    const parts = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon], link[rel=preload]")];
    const symbols = [...document.querySelectorAll("use")].map((use) => use.href.baseVal.split("#")[0]);
    const reader = [box.dataset.worker, box.dataset.reader, box.dataset.wasm];
    const urls = new Set([...parts.map((part) => part.src || part.href), ...symbols, ...reader]);
    worker.active.postMessage({ type: "keep", urls: [...urls] });
  }

  readMode();
  keepPage().catch(() => {}); // only over HTTPS that the device trusts; all else works without

  offerSwitch("sound", "Bunyi");
  if (navigator.vibrate) offerSwitch("vibration", "Getar");
  focusField();
  if (window.TamuCamera) startCamera();
})();
