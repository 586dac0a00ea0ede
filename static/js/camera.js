/* The camera of the scanner page: shows it, and tells each badge once per appearance.
 *
 *   const camera = await TamuCamera.start({   // settled: live, or why not; stops an earlier one
 *     video,                            // the <video> element
 *     worker: {url, reader, wasm},      // addresses: decoder, its reader.js, its wasm file
 *     onCode(text),                     // once per appearance
 *     onState(state, detail),           // see below
 *   });
 *   camera.hasOthers()     a promise: is there another camera?
 *   camera.next()          the next camera; this device remembers it
 *   camera.hasTorch()      has the camera in use a lamp?
 *   camera.setTorch(on)    the lamp
 *   camera.retry()         after a state that is neither live nor loading
 *   camera.stop()          for good
 *
 * States: loading, live {cameras, torch}, paused (the page is hidden), insecure (no HTTPS), denied,
 * absent (no camera; one that is plugged in starts by itself), error {message}.
 */
window.TamuCamera = (() => {
  "use strict";

  const OUT_OF_VIEW = 3000; // ms after which a code counts again
  const LONGEST_GAP = 1000; // ms between two frames that still count as watching
  const FRAME_EVERY = 1000 / 12; // ms
  const WIDEST = 800; // pixels
  const MEMORY = "tamu-camera";
  const START = 0; // the id of the decoder's first message
  const REFUSALS = {
    NotAllowedError: "denied",
    SecurityError: "denied",
    NotFoundError: "absent",
    OverconstrainedError: "absent",
  };

  /* ---------- one appearance, one code ---------- */

  const NOTHING_SEEN = { at: null, watched: 0, seen: new Map() };

  // What is known after a frame that showed `text` (or null) at `at`, and the code to report, if any.
  // Only watched time counts: a badge that lay there while the page was hidden was never out of view.
  function observe(before, text, at) {
    const passed = before.at === null ? 0 : Math.max(0, Math.min(at - before.at, LONGEST_GAP));
    const watched = before.watched + passed;
    const seen = new Map([...before.seen].filter(([, last]) => watched - last < OUT_OF_VIEW));
    const isNew = text !== null && !seen.has(text);
    if (text !== null) seen.set(text, watched);
    return { at, watched, seen, code: isNew ? text : null };
  }

  /* ---------- what this device remembers ---------- */

  function remembered() {
    try {
      return localStorage.getItem(MEMORY);
    } catch {
      return null; // storage is switched off
    }
  }

  function remember(deviceId) {
    try {
      localStorage.setItem(MEMORY, deviceId);
    } catch {
      // Storage is switched off: the choice lasts until the page is left.
    }
  }

  /* ---------- the decoder ---------- */

  // A decoder that is compiled and warm: read(image) gives the text or null.
  function openDecoder({ url, reader, wasm }) {
    const worker = new Worker(url);
    const waiting = new Map();
    let asked = 0;

    const ask = (message, transfer = []) =>
      new Promise((resolve, reject) => {
        const id = asked++;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ ...message, id }, transfer);
      });
    worker.onmessage = ({ data }) => {
      const promise = waiting.get(data.id ?? START);
      waiting.delete(data.id ?? START);
      if (data.type === "error") promise.reject(new Error(data.message));
      else promise.resolve(data.text);
    };
    worker.onerror = (event) => {
      waiting.forEach((promise) => promise.reject(new Error(event.message || "worker")));
      waiting.clear();
    };

    const decoder = {
      read: (image) => ask({ type: "frame", image }, [image.data.buffer]),
      close: () => worker.terminate(),
    };
    return ask({ type: "start", reader, wasm }).then(
      () => decoder,
      (error) => {
        decoder.close();
        throw error;
      },
    );
  }

  /* ---------- the camera ---------- */

  // Asks for the remembered camera, else for the one that looks away from the officer.
  async function openStream(deviceId) {
    const ask = (which) => {
      const video = { ...which, width: { ideal: 1280 }, height: { ideal: 720 } };
      return navigator.mediaDevices.getUserMedia({ audio: false, video });
    };
    if (deviceId) {
      try {
        return await ask({ deviceId: { exact: deviceId } });
      } catch (error) {
        if (REFUSALS[error.name] === "denied") throw error; // else it is unplugged: any other one
      }
    }
    return ask({ facingMode: { ideal: "environment" } });
  }

  async function cameras() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return devices.filter((device) => device.kind === "videoinput");
  }

  let current = null; // one camera a page
  let known = NOTHING_SEEN; // also when it is started again

  async function start(options) {
    current?.stop();
    current = control(options);
    await current.retry();
    return current;
  }

  function control({ video, worker, onCode, onState = () => {} }) {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    let state = null;
    let decoder = null; // a promise
    let stream = null;
    let turn = 0; // whatever was begun in an earlier turn is void
    let chosen = remembered();

    const track = () => stream?.getVideoTracks()[0] ?? null;
    const hasTorch = () => Boolean(track()?.getCapabilities?.().torch);

    function become(next, detail = {}) {
      state = next;
      onState(next, detail);
    }

    function release() {
      turn += 1;
      stream?.getTracks().forEach((each) => each.stop());
      stream = null;
      video.srcObject = null;
    }

    async function open() {
      release();
      if (document.hidden) return become("paused");
      if (!window.isSecureContext) return become("insecure");
      if (!navigator.mediaDevices?.getUserMedia) return become("absent");
      const mine = turn;
      become("loading");
      try {
        const reader = await decoding(); // before the camera: nobody waits in front of a dead picture
        if (mine !== turn) return undefined;
        const opened = await openStream(chosen);
        if (mine !== turn) return opened.getTracks().forEach((each) => each.stop());
        stream = opened;
        return await show(mine, reader);
      } catch (error) {
        if (mine === turn) fail(error);
        return undefined;
      }
    }

    function fail(error) {
      release();
      become(REFUSALS[error.name] ?? "error", { message: error.message });
    }

    // The decoder of this page; one that could not be loaded, or broke, is loaded anew.
    function decoding() {
      decoder ??= openDecoder(worker).catch((error) => {
        decoder = null;
        throw error;
      });
      return decoder;
    }

    function dropDecoder() {
      decoder?.then((opened) => opened.close(), () => {});
      decoder = null;
    }

    async function show(mine, reader) {
      track().addEventListener("ended", () => mine === turn && open()); // unplugged: another, or absent
      video.muted = true;
      video.playsInline = true;
      video.srcObject = stream;
      await video.play().catch((error) => {
        throw new Error(error.message); // a refusal to play is not a refusal of the camera
      });
      await announce(mine);
      watch(mine, reader);
    }

    async function announce(mine) {
      const found = await cameras();
      if (mine === turn) become("live", { cameras: found.length, torch: hasTorch() });
    }

    // Looks at up to twelve frames a second, one after the other.
    function watch(mine, reader) {
      let last = -Infinity;
      let isBusy = false;
      const look = async (at) => {
        if (isBusy || at - last < FRAME_EVERY - 5 || !video.videoWidth) return;
        last = at;
        isBusy = true;
        let text = null;
        try {
          text = await reader.read(picture());
        } catch (error) {
          dropDecoder();
          if (mine === turn) fail(error);
        }
        isBusy = false;
        if (mine !== turn) return;
        known = observe(known, text, at);
        if (known.code !== null) onCode(known.code);
      };
      if (video.requestVideoFrameCallback) {
        const again = (at) => {
          if (mine !== turn) return;
          video.requestVideoFrameCallback(again);
          look(at);
        };
        video.requestVideoFrameCallback(again);
      } else {
        const timer = setInterval(() => {
          if (mine === turn) look(performance.now());
          else clearInterval(timer);
        }, FRAME_EVERY);
      }
    }

    // The whole frame, made smaller.
    function picture() {
      const scale = Math.min(1, WIDEST / video.videoWidth);
      const [width, height] = [video.videoWidth, video.videoHeight].map((side) => Math.round(side * scale));
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      context.drawImage(video, 0, 0, width, height);
      return context.getImageData(0, 0, width, height);
    }

    async function next() {
      const found = await cameras();
      if (found.length < 2) return;
      const inUse = track()?.getSettings().deviceId ?? chosen;
      const index = found.findIndex((device) => device.deviceId === inUse);
      chosen = found[(index + 1) % found.length].deviceId;
      remember(chosen);
      await open();
    }

    async function setTorch(isOn) {
      if (hasTorch()) await track().applyConstraints({ advanced: [{ torch: isOn }] });
    }

    const onVisibility = () => open();
    const onPermission = () => state === "denied" && open();
    const onDevices = () => {
      if (state === "live") announce(turn);
      if (state === "absent" || state === "error") open();
    };
    document.addEventListener("visibilitychange", onVisibility);
    navigator.mediaDevices?.addEventListener("devicechange", onDevices);
    const permission = navigator.permissions?.query({ name: "camera" }).catch(() => null);
    permission?.then((status) => status?.addEventListener("change", onPermission));

    function stop() {
      release();
      document.removeEventListener("visibilitychange", onVisibility);
      navigator.mediaDevices?.removeEventListener("devicechange", onDevices);
      permission?.then((status) => status?.removeEventListener("change", onPermission));
      dropDecoder();
    }

    const hasOthers = async () => (await cameras()).length > 1;
    return { hasOthers, next, hasTorch, setTorch, retry: open, stop };
  }

  return { start, observe, NOTHING_SEEN };
})();
