"""A printed badge before a poor camera is read by the scanner page's decoder, nine times in ten."""

import base64
import io

import pytest
from PIL import Image

from app.badge_print.products import Product
from tests.e2e.conftest import Stage
from tests.support.clips import PIECES, one_piece
from tests.support.distortions import DISTORTIONS, frames

CODE, URL = "ABCDEFGHIJKLMNOP", "https://tamu.kantor.lan"
COUNT = 20  # of each distortion
READ_ALL = """async (pictures) => {
  const { worker, reader, wasm } = document.getElementById("camera").dataset;
  const decoder = new Worker(worker);
  const answer = (message, transfer = []) => new Promise((resolve, reject) => {
    decoder.onerror = (event) => reject(new Error(event.message));
    decoder.onmessage = ({ data }) =>
      data.type === "error" ? reject(new Error(data.message)) : resolve(data.text);
    decoder.postMessage(message, transfer);
  });
  await answer({ type: "start", reader, wasm });
  const texts = [];
  for (const [id, picture] of pictures.entries()) {
    const bytes = Uint8Array.from(atob(picture), (sign) => sign.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
    texts.push(await answer({ type: "frame", id: id + 1, image }, [image]));
  }
  decoder.terminate();
  return texts;
}"""


def jpeg(frame: Image.Image) -> str:
    file = io.BytesIO()
    frame.save(file, "JPEG", quality=90)
    return base64.b64encode(file.getvalue()).decode()


@pytest.mark.parametrize("one", PIECES, ids=lambda one: one.code)
def test_the_scanner_page_reads_nine_of_ten(stage: Stage, one: Product) -> None:
    page = stage.sign_in(stage.open_browser(), "kasim")
    page.goto(f"{stage.url}/pindai")
    piece = one_piece(one, CODE, URL)
    for name, distortion in DISTORTIONS.items():
        pictures = [jpeg(frame) for frame in frames(piece, distortion, COUNT, seed=7)]
        seen = page.evaluate(READ_ALL, pictures)
        assert set(seen) <= {f"{URL}/T/{CODE}".upper(), None}
        assert seen.count(None) <= COUNT // 10, name
