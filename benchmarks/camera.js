/* Run in the scanner's page: notes when a card comes into the camera's view, and when its panel is drawn. */
() => {
  const WHITE = 190; // of 255: paper, not the wooden desk
  const ENOUGH = 0.2; // of the middle of the picture
  const video = document.querySelector("#camera video");
  const canvas = document.createElement("canvas");
  canvas.width = 64;
  canvas.height = 48;
  const picture = canvas.getContext("2d", { willReadFrequently: true });
  let seenAt = null;
  window.moments = [];

  function look() {
    picture.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = picture.getImageData(16, 12, 32, 24);
    let white = 0;
    for (let at = 0; at < data.length; at += 4) white += data[at + 2] > WHITE ? 1 : 0;
    const isInView = white > ENOUGH * (data.length / 4);
    if (!isInView) seenAt = null;
    else if (seenAt === null) seenAt = performance.now();
    video.requestVideoFrameCallback(look);
  }

  document.addEventListener("tamu:shown", ({ detail: panel }) => {
    const startedAt = seenAt;
    requestAnimationFrame(() => setTimeout(() => { // drawn
      window.moments.push({ outcome: panel.dataset.outcome, ms: performance.now() - startedAt });
      panel.dataset.seen = window.moments.length;
    }));
  });
  video.requestVideoFrameCallback(look);
}
