/* Percayai perangkat ini: asks over HTTPS whether the certificate is trusted, and tries the camera. */
(() => {
  "use strict";

  const CAMERA = {
    works: "Kamera berfungsi. Perangkat ini siap memindai tanda pengenal.",
    insecure: "Kamera tertutup karena alamat ini tidak diawali https.",
    denied: "Kamera belum diizinkan. Ketuk ikon gembok atau kamera di samping alamat, pilih Izinkan, lalu coba lagi.",
    absent: "Tidak ada kamera di perangkat ini. Pakai pemindai USB, atau ketik nomor kartunya.",
    busy: "Kamera sedang dipakai program lain. Tutup program itu, lalu coba lagi.",
  };
  const WHY = { NotAllowedError: "denied", NotFoundError: "absent", NotReadableError: "busy" };

  /* ---------- is the certificate trusted? ---------- */

  const state = document.getElementById("trust-state");

  function show(name) {
    state.querySelectorAll("[data-state]").forEach((part) => { part.hidden = part.dataset.state !== name; });
  }

  async function ask(address) {
    try {
      await fetch(`${address}/percaya/ping`, { mode: "no-cors", cache: "no-store" });
      show("trusted");
    } catch {
      show("untrusted");
    }
  }

  if (state?.dataset.secure) {
    ask(state.dataset.secure);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) ask(state.dataset.secure);
    });
  }

  /* ---------- does the camera work? ---------- */

  const button = document.getElementById("try-camera");
  const picture = document.getElementById("camera-picture");
  const tell = (name) => { document.getElementById("camera-state").textContent = CAMERA[name]; };

  async function tryCamera() {
    if (!window.isSecureContext) return tell("insecure");
    if (!navigator.mediaDevices) return tell("absent");
    try {
      picture.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      picture.hidden = false;
      await picture.play();
      tell("works");
    } catch (error) {
      tell(WHY[error.name] ?? "busy");
    }
  }

  button?.addEventListener("click", tryCamera);
})();
