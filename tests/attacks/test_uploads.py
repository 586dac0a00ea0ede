"""Uploads: names that lead elsewhere, pictures that are bombs, files made to break what reads them.

Which pictures become an emblem and what is said of the others: tests/test_emblem.py; photos of
badges: tests/views/test_scan.py (Photos).
"""

import io
import random
import struct
import threading
import time
import warnings
import zlib
from itertools import product
from urllib.parse import unquote_to_bytes

import pytest
from PIL import Image, PngImagePlugin
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app import emblem, photo, pictures
from app.emblem import EmblemError, clean_emblem
from app.photo import PhotoError, read_photo
from tests.attacks.attacking import changed, stored
from tests.test_emblem import chunk, png_that_claims
from tests.views.reading import words

NAMES = [
    "../../secret-key",
    "..\\..\\secret-key",
    "/etc/passwd",
    "C:\\Windows\\win.ini",
    "lambang.png\x00.html",
    "a" * 5000 + ".png",
    "lambang.php",
    "lambang.svg",
    ".htaccess",
    "CON",
    "lambang.png/../../x",
    "%2e%2e%2fsecret-key",
    "\u202egnp.exe",
    "<img src=x onerror=alert(1)>.png",
    "a%0D%0AX-Evil: 1%0D%0A.png",
]


def png(size=(60, 80), mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, 1).save(file, "PNG", **options)
    return file.getvalue()


def files_of(folder):
    """Every file below a folder but the database's own, with its content."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("tamu.db")
    }


def send(desk, url, field, content, name, **fields):
    """A file, encoded in memory: the client's own way leaves large ones open on the disk."""
    file = FileStorage(io.BytesIO(content), name)
    boundary, body = encode_multipart({"csrf_token": desk.token, **fields, field: file})
    return desk.client.post(
        url, data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


# --- Names and paths ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name[:24]))
def test_the_name_of_a_file_decides_nothing_and_is_kept_nowhere(house, nonce, name):
    instance = house.app.config["INSTANCE"]
    before, static = files_of(instance), house.app.static_folder
    answers = [
        send(house.desk("adi"), "/kantor", "emblem", png(), name, section="emblem"),
        send(house.desk("kasim"), "/pindai", "photo", png(), name, nonce=nonce()),
    ]
    assert [answer.status_code for answer in answers] == [303, 400]
    assert files_of(instance) == before
    assert house.app.static_folder == static
    for answer in answers:
        assert "X-Evil" not in answer.headers
        assert "onerror" not in answer.text
    page = house.desk("adi").get("/kantor").text
    assert "onerror" not in page
    assert "secret-key" not in page
    database = (instance / "tamu.db").read_bytes() + (instance / "tamu.db-wal").read_bytes()
    assert name.encode() not in database or name == "CON"


def test_a_name_that_ends_its_line_is_no_header_and_no_file(house):
    """As no browser writes it: the rest of the name is read as another line of the part."""
    before = stored(house)
    for url, field in (("/kantor", "emblem"), ("/pindai", "photo")):
        name = 'a\r\nX-Evil: 1\r\nContent-Disposition: form-data; name="b"; filename="b.png'
        answer = send(house.desk("serba"), url, field, png(), name, section="emblem")
        assert answer.status_code in {400, 422}
        assert "X-Evil" not in answer.headers
    assert changed(before, stored(house)) == []


STEPS = ["../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "....//", "%252e%252e%252f",
         "..;/", "./../", "%c0%ae%c0%ae/", "\u2024\u2024/", "//", "/", "%00/../"]  # fmt: skip
WANTED = ["instance/secret-key", "secret-key", "tamu.db", "etc/passwd", "app/config.py"]


def test_no_path_below_static_leads_out_of_it(house):
    secret = (house.app.config["INSTANCE"] / "secret-key").read_bytes().strip()
    desk = house.desk("serba")
    for step in STEPS:
        for times, wanted, before in product((1, 5), WANTED, ("/static/", "/static/css/", "/")):
            path = unquote_to_bytes(before + step * times + wanted).decode("latin-1")
            with desk.get("/", environ_overrides={"PATH_INFO": path}) as answer:
                assert answer.status_code == 404, path
                assert secret not in answer.data


@pytest.mark.parametrize("version", ["../../secret-key", "x/../../y", "a\r\nb", "“x”", "a;b=c"])
def test_no_parameter_becomes_a_part_of_a_file_s_name(house, version):
    asked = dict.fromkeys(("kertas", "which", "first", "product", "start", "dari"), version)
    serba = house.desk("serba")
    for answer in (
        *(serba.get(url, query_string=asked) for url in ("/sop.pdf", "/buku-tamu/ekspor")),
        serba.post("/tanda-pengenal/cetak.pdf", asked),
        serba.post("/tanda-pengenal/cetak.pdf", {"which": "all", "start": version}),
    ):
        named = answer.headers.get("Content-Disposition", "")
        assert not {"/", "\\", "\r", "\n", ".."} & set(named.replace('filename="', ""))


# --- Bombs ----------------------------------------------------------------------------------------


def jpeg_of_scans(side, scans):
    """A small JPEG that claims a large picture and says its last, empty scan again and again."""
    file = io.BytesIO()
    Image.new("L", (64, 64), 128).save(file, "JPEG", progressive=True)
    data = bytearray(file.getvalue())
    frame = data.index(b"\xff\xc2")
    data[frame + 5 : frame + 9] = struct.pack(">HH", side, side)
    last = data.rindex(b"\xff\xda")
    return bytes(data[:last] + data[last:-2] * scans + b"\xff\xd9")


def progressive(side=400):
    file = io.BytesIO()
    Image.effect_noise((side, side), 60).save(file, "JPEG", progressive=True)
    return file.getvalue()


def zipped_text(size):
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a" * size, zip=True)
    return png(pnginfo=text)


def profile_of(size):
    """A colour profile that unpacks to far more than it is."""
    body = b"icc\0\0" + zlib.compress(b"\0" * size)
    head = png()
    return head[:33] + chunk(b"iCCP", body) + head[33:]


BOMBS = {
    "more pixels than there can be": png_that_claims(2**31 - 1, 2**31 - 1),
    "more pixels than Pillow warns of": png_that_claims(12_000, 8_000),
    "more pixels than we decode": png_that_claims(9_000, 9_000),
    "one endless line": png_that_claims(2**31 - 1, 1),
    "a text that unpacks to 50 MB": zipped_text(50_000_000),
    "a profile that unpacks to 100 MB": profile_of(100_000_000),
    "a hundred thousand scans": jpeg_of_scans(6000, 100_000),
}


def memory():
    """The most memory this process has held so far, in megabytes."""
    resource = pytest.importorskip("resource")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize("name", BOMBS)
def test_a_picture_that_is_a_bomb_is_refused_before_it_goes_off(house, nonce, name):
    data = BOMBS[name]
    assert len(data) < 2_000_000
    before, held, began = stored(house), memory(), time.process_time()
    answers = [
        send(house.desk("adi"), "/kantor", "emblem", data, "a.png", section="emblem"),
        send(house.desk("kasim"), "/pindai", "photo", data, "a.png", nonce=nonce()),
    ]
    if name.startswith("a profile"):  # its profile is not unpacked at all: the picture is fine
        assert answers[0].status_code in {303, 422}
    else:
        assert answers[0].status_code == 422
        assert changed(before, stored(house)) == []
    assert answers[1].status_code == 400
    assert "Belum tercatat" in words(answers[1].text)
    assert memory() - held < 150
    assert time.process_time() - began < 10


@pytest.mark.parametrize("scans", [1, 10, 90])
def test_scans_are_counted_as_the_decoder_meets_them(scans):
    plain = progressive()
    assert not pictures.has_too_many_scans(plain)
    assert not pictures.has_too_many_scans(jpeg_of_scans(64, scans))
    assert pictures.has_too_many_scans(jpeg_of_scans(64, pictures.MOST_SCANS + 1))


def test_scans_in_a_thumbnail_or_behind_the_end_do_not_count():
    plain = progressive()
    many = b"\xff\xda" * 2000
    commented = plain[:2] + b"\xff\xfe" + struct.pack(">H", len(many) + 2) + many + plain[2:]
    assert not pictures.has_too_many_scans(commented)
    assert not pictures.has_too_many_scans(plain + many)
    assert clean_emblem(commented).width == 400


def test_bytes_that_are_passed_over_hide_no_scan():
    bomb = jpeg_of_scans(64, 200)
    for hiding in (b"\xff\x01", b"\xff\xd0", b"\xff\xff", b"\xff\x00", b"x" * 9):
        assert pictures.has_too_many_scans(bomb.replace(b"\xff\xda", hiding + b"\xff\xda"))


def test_few_pictures_are_decoded_at_once_since_each_may_take_much_memory(monkeypatch):
    inside, go_on, most = threading.Semaphore(0), threading.Event(), []

    def held(*_args):
        most.append(len(most))
        inside.release()
        assert go_on.wait(30)
        raise PhotoError("x")

    monkeypatch.setattr(photo, "_decoded", held)
    monkeypatch.setattr(emblem, "_decoded", held)

    def read(number):
        with pytest.raises(PhotoError):
            read_photo(io.BytesIO(b"")) if number % 2 else clean_emblem(png())

    threads = [threading.Thread(target=read, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    assert [inside.acquire(timeout=30) for _ in range(2)] == [True, True]
    assert not pictures.few_at_once.acquire(blocking=False), "there is no place for a third"
    assert len(most) == 2
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert len(most) == 12, "each had its turn"


# --- Files made to break what reads them ----------------------------------------------------------


def whole_files():
    noise = Image.effect_noise((48, 36), 60)
    turned = Image.Exif()
    turned[0x0112] = 6
    for mode, kinds in {
        "L": ("PNG", "JPEG", "WEBP", "GIF", "BMP"),
        "RGB": ("PNG", "JPEG", "WEBP", "BMP"),
        "P": ("PNG", "GIF", "BMP"),
        "1": ("PNG", "BMP"),
        "CMYK": ("JPEG",),
    }.items():
        for kind in kinds:
            file = io.BytesIO()
            options = {"exif": turned} if kind in {"PNG", "JPEG", "WEBP"} else {}
            noise.convert(mode).save(file, kind, **options)
            yield file.getvalue()


def broken(data, chance):
    """A file with a few bytes changed, left out or put in, mostly in its head."""
    data = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        place = chance.randrange(min(len(data), chance.choice((60, 200, 10**6))))
        match chance.randrange(3):
            case 0:
                data[place] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
            case 1:
                del data[place : place + chance.choice((1, 2, 8, 100))]
            case _:
                data[place:place] = chance.randbytes(chance.choice((1, 4, 20)))
        if len(data) < 8:
            break
    return with_right_checksums(bytes(data)) if chance.random() < 0.7 else bytes(data)


def with_right_checksums(data):
    """A PNG's chunks as if nobody had touched them: what is wrong in them is read then."""
    if not data.startswith(b"\x89PNG"):
        return data
    fixed, place = bytearray(data), 8
    while place + 12 <= len(fixed):
        length = struct.unpack(">I", fixed[place : place + 4])[0]
        end = place + 8 + length
        if end + 4 > len(fixed):
            break
        fixed[end : end + 4] = struct.pack(">I", zlib.crc32(fixed[place + 4 : end]))
        place = end + 4
    return bytes(fixed)


def told(read, data):
    """What is said of a picture; a stop where it can be read."""
    try:
        read(data)
    except (PhotoError, EmblemError) as refusal:
        return str(refusal)
    return "."


@pytest.mark.parametrize("seed", range(4))
def test_no_broken_file_is_more_than_a_file_that_cannot_be_read(seed):
    chance, files = random.Random(seed), list(whole_files())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is odd; at work nobody raises that
        for _ in range(600):
            data = broken(chance.choice(files), chance)
            for read in (lambda data: read_photo(io.BytesIO(data)), clean_emblem):
                assert told(read, data).endswith("."), "a sentence"
