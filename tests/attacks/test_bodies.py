"""Oversized and slow requests: refused with a sentence, without memory, and nobody else waits.

Photos and emblems that are too large: tests/views/test_scan.py, test_office_emblem.py. The door
that keeps slow clients out of the way, by itself: tests/test_slow_clients.py.
"""

import io
import selectors
import socket
import uuid
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.slow_clients import MOST_OF_ONE_ADDRESS
from tests.attacks.attacking import changed, stored
from tests.cast import PASSWORD, copy_instance
from tests.support.clips import photo
from tests.views.reading import words
from tools.driving.browsers import JSON, Browser, Session
from tools.driving.guests import with_nonce
from tools.driving.servers import Server

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=XX"
TOO_LARGE = "Berkas terlalu besar"


# --- Oversized ------------------------------------------------------------------------------------


def part(name, content="x", more=""):
    return f'--XX\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{content}\r\n'


def nested(depth):
    """A multipart body in a multipart body, again and again."""
    body = "x"
    for number in range(depth):
        kind = f"multipart/mixed; boundary=B{number - 1}"
        body = f"--B{number}\r\nContent-Type: {kind}\r\n\r\n{body}\r\n"
    return part("code", body) + "--XX--"


BODIES = {  # what is sent, as what, and what a signed-in person is told of it
    "a field without end": ("code=" + "a" * 300_000, FORM, 413),
    "a name without end": ("a" * 300_000 + "=1", FORM, 413),
    "ten thousand fields": ("&".join(f"a{n}=1" for n in range(10_000)), FORM, 413),
    "ten thousand of the same": ("code=1&" * 10_000, FORM, 413),
    "ten thousand parts": (
        "".join(part(f"a{n}") for n in range(10_000)) + "--XX--",
        MULTIPART,
        413,
    ),
    "a part without end": (part("code", "a" * 300_000) + "--XX--", MULTIPART, 413),
    "a part whose head has no end": (part("code", more="; x=" + "a" * 300_000), MULTIPART, 413),
    "parts within parts": (nested(500), MULTIPART, 400),
    "no end": (part("code"), MULTIPART, 400),
    "another boundary": (part("code") + "--XX--", MULTIPART + "YY", 400),
    "no boundary": (part("code") + "--XX--", "multipart/form-data", 400),
    "a boundary without end": ("x", "multipart/form-data; boundary=" + "a" * 5000, 400),
    "bytes that are no text": (b"\xff\xfe\x00=" + b"\x80" * 5000, FORM, 400),
    "a charset that there is not": ("code=1", FORM + "; charset=x-utf-99", 400),
    "JSON without end": ("[" * 200_000, "application/json", 400),
    "XML that refers to itself": ("<!DOCTYPE x [<!ENTITY a 'aaa'>]><x>&a;</x>", "text/xml", 400),
    "compressed": ("code=1", FORM, 400),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_too_much_is_told_so_to_who_is_known_and_to_strangers(house, name):
    body, kind, status = BODIES[name]
    more = {"Content-Encoding": "gzip"} if name == "compressed" else {}
    before = stored(house)
    for url in ("/pindai", "/buku-tamu/baru", "/petugas/baru", "/tanda-pengenal"):
        for headers in ({}, {"HX-Request": "true"}, JSON):
            options = {"data": body, "content_type": kind, "headers": {**headers, **more}}
            known = house.desk("serba").client.post(url, **options)
            assert known.status_code == status, (url, headers)
            stranger = house.app.test_client().post(url, **options)
            assert stranger.status_code == 401, (url, headers)
    for url in ("/masuk", "/penyiapan"):
        answer = house.app.test_client().post(url, data=body, content_type=kind, headers=more)
        assert answer.status_code == status, url
        assert words(answer.text), "a sentence"
    assert changed(before, stored(house)) == []
    assert house.desk("serba").get("/meja").status_code == 200


@pytest.mark.parametrize("kind", [FORM, MULTIPART])
@pytest.mark.parametrize("is_ended", [True, False], ids=["a server that says so", "or does not"])
def test_a_form_of_which_less_has_come_than_was_announced_is_not_taken(house, kind, is_ended):
    kasim = house.desk("kasim")
    fields = {"csrf_token": kasim.token, **with_nonce(method="typed"), "code": "12"}
    parts = "".join(part(name, text) for name, text in fields.items())
    body = (urlencode(fields) if kind == FORM else parts + "--XX--").encode()
    server = {"wsgi.input_terminated": True} if is_ended else {}

    def send(some):
        told = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(body))}
        told |= {"wsgi.input": io.BytesIO(some)} | server
        return kasim.client.post("/pindai", environ_overrides=told)

    before = stored(house)
    for missing in (1, 2, 30, len(body)):  # the first makes badge 1 of badge 12
        assert send(body[:-missing]).status_code == 400, missing
    assert changed(before, stored(house)) == []
    assert send(body).status_code == 200


HEADERS = {
    "a cookie without end": {"Cookie": "tamu_session=" + "A" * 100_000},
    "a thousand cookies": {"Cookie": "; ".join(f"c{n}=1" for n in range(1000))},
    "languages without end": {"Accept-Language": ",".join(f"x{n};q=0.{n}" for n in range(5000))},
    "kinds without end": {"Accept": ",".join(f"a/b{n};q=0.{n}" for n in range(5000))},
    "ranges without end": {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(5000))},
    "tags without end": {"If-None-Match": ",".join(f'"{n}"' for n in range(5000))},
    "a date that is none": {"If-Modified-Since": "9" * 5000},
    "a kind that is none": {"Content-Type": ";" * 5000},
}


def test_a_header_that_is_too_much_is_no_reason_to_fail(house):
    urls = ("/meja", "/masuk", "/static/css/app.css", "/T/AAAABBBBCCCCDDDD", "/pindai/pembaca.js")
    client = house.app.test_client(use_cookies=False)
    for name, url in product(HEADERS, urls):
        for headers in told_by(house.desk("serba"), HEADERS[name]):
            with client.get(url, headers=headers) as answer:
                assert answer.status_code < 500, (name, url)
                assert len(answer.data) < 300_000, (name, url)


def told_by(desk, headers):
    """The headers as a stranger sends them, and behind the cookie of somebody's session."""
    cookie = f"tamu_session={desk.client.get_cookie('tamu_session').value}"
    more = headers.get("Cookie", "a=b")
    return headers, {**headers, "Cookie": f"{cookie}; {more}"}, {**headers, "Cookie": cookie}


def test_an_address_without_end_is_no_reason_to_fail(house):
    serba = house.desk("serba")
    for url in ("/buku-tamu", "/meja", "/pindai", "/ringkasan", "/masuk"):
        for asked in ("cari=" + "a" * 50_000, "&".join(f"a{n}=1" for n in range(5000)), "%" * 5000):
            assert serba.get(f"{url}?{asked}").status_code in {200, 303}, url
    for path in ("/" + "a/" * 5000, "/" + "%2e%2e/" * 5000, "/T/" + "A" * 50_000):
        assert serba.get(path).status_code in {200, 404}


# --- Over the wire --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(template: Path, tmp_path_factory):
    """One server for them all: whatever was done to it before, it serves."""
    folder = tmp_path_factory.mktemp("attacked")
    copy_instance(template, folder / "instance")
    server = Server(folder)
    server.start()
    yield server
    server.close()


@pytest.fixture
def kasim(server):
    with signed_in(server, "kasim") as browser:
        yield browser


@contextmanager
def signed_in(server, username):
    with closing(Browser(server.port, Session(username))) as browser:
        browser.sign_in(PASSWORD)
        yield browser


def connect(server):
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    return closing(connection)


def answer_to(server, head, body=b""):
    """The first line that the server answers; nothing if it hangs up."""
    with connect(server) as connection:
        with suppress(OSError):  # it hung up in the middle; what it had said by then is still there
            connection.sendall(head + b"\r\n\r\n" + body)
        try:
            return connection.recv(65536)
        except OSError:
            return b""


def head(method="POST", path="/masuk", **more):
    lines = [f"{method} {path} HTTP/1.1", "Host: tamu"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return "\r\n".join(lines).encode()


MOST_MB = 250  # generous: the bodies that are sent or announced are far larger together


def megabytes(server):
    return sum(process.memory_info().rss for process in server.processes) / 1024**2


def test_what_is_too_much_for_the_wire_is_refused_there_and_takes_no_memory(server, kasim):
    held = megabytes(server)
    large = {"Content_Type": FORM, "Content_Length": str(500 * 1024**2)}
    statuses = {
        "a body of 500 MB": answer_to(server, head(**large), b"a" * 5_000_000),
        "its head alone": answer_to(server, head(**large)),
        "a body without a length": answer_to(
            server, head(Transfer_Encoding="chunked"), b"400000\r\n" + b"a" * 0x400000 + b"\r\n"
        ),
        "a length that is none": answer_to(server, head(Content_Length="viel")),
        "two lengths": answer_to(server, head(Content_Length="5") + b"\r\nContent-Length: 6", b"a"),
        "a header without end": answer_to(server, head("GET", X="a" * 1_000_000)),
        "headers without end": answer_to(
            server, head("GET", **{f"X{number}": "a" for number in range(5000)})
        ),
        "an address without end": answer_to(server, head("GET", "/" + "a" * 100_000)),
        "no HTTP": answer_to(server, b"\x16\x03\x01\x02\x00" * 100),
    }
    told = {name: answer.partition(b"\r\n")[0][9:12].decode() for name, answer in statuses.items()}
    assert told == {
        "a body of 500 MB": "413",
        "its head alone": "413",
        "a body without a length": "411",
        "a length that is none": "400",
        "two lengths": "400",
        "a header without end": "431",
        "headers without end": "431",
        "an address without end": "414",
        "no HTTP": "400",
    }
    assert TOO_LARGE.encode() in statuses["its head alone"]
    assert b"Content-Length" in statuses["a body without a length"].partition(b"\r\n\r\n")[2]
    assert megabytes(server) - held < MOST_MB
    assert kasim.get("/meja").status == 200


def test_a_form_cut_off_on_its_way_counts_for_nothing(server, kasim):
    latest = kasim.get("/pindai/terakhir").text
    body = f"csrf_token={kasim.session.token}&nonce={uuid.uuid4()}&method=typed&code=12"
    for missing in (1, 100_000):
        with connect(server) as connection:
            asked = head(path="/pindai", Cookie=kasim.session.cookie, Content_Type=FORM,
                         Content_Length=len(body) + missing)  # fmt: skip
            connection.sendall(asked + b"\r\n\r\n" + body.encode())
            connection.shutdown(socket.SHUT_WR)
            told = connection.recv(65536)
        assert told == b"" or told[9:12] == b"400", "it may have hung up, but has not taken it"
    assert kasim.get("/pindai/terakhir").text == latest
    scanned = kasim.post("/pindai", with_nonce(code="12", method="typed"), JSON)
    assert scanned.status == 200
    assert kasim.get("/pindai/terakhir").text != latest


def test_a_photo_of_megabytes_comes_through_whole(server, kasim):
    """It waits on the disk until all of it has come: nothing of it is lost or changed."""
    picture = photo("T/ABCDEFGHIJKLMNOP", size=(800, 600)) + b"\0" * 3_000_000
    fields = with_nonce(csrf_token=kasim.session.token)
    file = FileStorage(io.BytesIO(picture), "kartu.jpg", "photo")
    boundary, body = encode_multipart({**fields, "photo": file})
    asked = head(path="/pindai", Cookie=kasim.session.cookie, Accept="application/json",
                 Content_Type=f"multipart/form-data; boundary={boundary}",
                 Content_Length=len(body), Connection="close")  # fmt: skip
    with connect(server) as connection:
        connection.sendall(asked + b"\r\n\r\n" + body)
        told = b"".join(iter(lambda: connection.recv(65536), b""))
    assert told[9:12] == b"200", told
    assert b'"reason":"unknown_code"' in told, "the code on it was read"


SLOW = {
    "a head": head()[:-3],
    "a form": head(Content_Type=FORM, Content_Length="1000") + b"\r\n\r\nusername=a",
    "a form of which nothing comes": head(Content_Type=FORM, Content_Length="1000") + b"\r\n\r\n",
    "a photo": head(path="/pindai", Content_Type=MULTIPART, Content_Length="9000000")
    + b"\r\n\r\n"
    + part("photo").encode(),
    "pieces": head(Content_Type=FORM, Transfer_Encoding="chunked") + b"\r\n\r\n",
    "answers that nobody takes": (head("GET", "/static/css/app.css") + b"\r\n\r\n") * 40,
}


@pytest.mark.parametrize("what", SLOW)
def test_fifty_clients_that_send_or_take_a_byte_now_and_then_hold_nobody_up(server, kasim, what):
    held = megabytes(server)
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(server)) for _ in range(50)]
        for connection in slow:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.sendall(SLOW[what])
        for _ in range(3):
            for connection in slow:
                trickle(connection)
            assert kasim.get("/meja").status == 200
            scanned = kasim.post("/pindai", with_nonce(code="12", method="typed"), JSON)
            assert scanned.status == 200
            with signed_in(server, "sekar") as newcomer:
                assert newcomer.get("/meja").status == 200
        assert megabytes(server) - held < MOST_MB


def trickle(connection):
    with suppress(OSError):  # the server has had enough of this one
        connection.sendall(b"a")


def test_one_address_cannot_take_every_place_in_which_a_body_is_waited_for(server, kasim):
    with ExitStack() as stack, selectors.DefaultSelector() as answered:
        slow = [stack.enter_context(connect(server)) for _ in range(MOST_OF_ONE_ADDRESS + 8)]
        for connection in slow:
            connection.sendall(SLOW["a form"])
            answered.register(connection, selectors.EVENT_READ)
        refused = {}
        while len(refused) < 8:
            for key, _ in answered.select(20):
                refused[key.fileobj] = key.fileobj.recv(65536)
                answered.unregister(key.fileobj)
        assert {answer[9:12] for answer in refused.values()} == {b"503"}
        assert b"Tunggu sebentar, lalu kirim lagi." in next(iter(refused.values()))
        assert kasim.get("/masuk").status == 303, "who asks without a body needs no such place"
        waiting = [connection for connection in slow if connection not in refused]
        for connection in waiting:
            connection.sendall(b"a" * (1000 - len("username=a")))
        assert {connection.recv(65536)[9:12] for connection in waiting} == {b"400"}
    with signed_in(server, "sekar") as newcomer:  # their places are free again
        assert newcomer.get("/meja").status == 200
