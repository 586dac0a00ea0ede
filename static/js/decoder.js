/* The worker that reads QR codes, served as /pindai/pembaca.js: the only place that runs WebAssembly.
 *
 *   to it    {type: "start", reader, wasm}         addresses of reader.js and of its wasm file
 *   from it  {type: "ready"}                       compiled and warmed up
 *   to it    {type: "frame", id, image}            ImageData, ImageBitmap or VideoFrame
 *   from it  {type: "result", id, text}            null when the picture shows no code
 *   from it  {type: "error", message[, id]}        the next frame may be sent all the same
 */
(() => {
  "use strict";

  // Badges are never printed inverted, and a QR code is found whichever way it is turned.
  const QUICK = {
    formats: ["QRCode"],
    maxNumberOfSymbols: 1,
    textMode: "Plain",
    tryHarder: false,
    tryRotate: false,
    tryInvert: false,
    tryDownscale: false,
  };
  const THOROUGH = { ...QUICK, tryHarder: true, tryDownscale: true };
  const WARM_UP = 64; // pixels: the first decoding is ten times slower than the second

  let canvas = null;

  // Loads and compiles the reader; `locateFile` keeps it from its default, a foreign server.
  async function start({ reader, wasm }) {
    importScripts(reader);
    const overrides = { locateFile: () => wasm };
    await ZXingWASM.prepareZXingModule({ overrides, fireImmediately: true });
    await read(new ImageData(WARM_UP, WARM_UP));
    postMessage({ type: "ready" });
  }

  async function frame({ id, image }) {
    postMessage({ type: "result", id, text: await read(pixels(image)) });
  }

  // The text of the code in the picture, or null: a quick look first, then a thorough one.
  async function read(image) {
    for (const options of [QUICK, THOROUGH]) {
      const [found] = await ZXingWASM.readBarcodes(image, options);
      if (found?.text) return found.text;
    }
    return null;
  }

  // Any picture as ImageData.
  function pixels(image) {
    if (image.data) return image;
    const width = image.displayWidth ?? image.width;
    const height = image.displayHeight ?? image.height;
    if (canvas?.width !== width || canvas.height !== height) {
      canvas = new OffscreenCanvas(width, height);
    }
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    image.close();
    return context.getImageData(0, 0, width, height);
  }

  const answers = { start, frame };
  onmessage = async ({ data }) => {
    try {
      await answers[data.type](data);
    } catch (error) {
      postMessage({ type: "error", id: data.id, message: String(error?.message ?? error) });
    }
  };
})();
