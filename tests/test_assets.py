"""Static files: named by their content, kept for ever, compressed where that helps."""

import gzip
import hashlib
import os
import re
from pathlib import Path

import pytest
from flask import Flask

from app import assets, create_app
from app.assets import asset

KEPT = "public, max-age=31536000, immutable"
CHECKED = "no-cache"
SHEET = '.band { background: url("../img/band.svg") } .own { background: url("data:x") }'
FILES = {
    "css/app.css": SHEET.encode(),
    "js/app.js": b"'use strict';\n" * 99,
    "img/band.svg": b"<svg/>",
    "vendor/reader.wasm": b"\0asm" * 99,
    "vendor/font.woff2": b"wOF2" * 99,
    "notes.md": b"of no known kind",
}


@pytest.fixture
def app(app: Flask, tmp_path: Path) -> Flask:
    """The app with static files of the test's own."""
    folder = tmp_path / "static"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    app.static_folder = str(folder)
    return app


@pytest.fixture
def client(app):
    return app.test_client()


def address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return asset(name)


def change(app: Flask, name: str, content: bytes) -> None:
    """Write a file as an update does: at another moment."""
    path = Path(app.static_folder) / name
    before = path.stat().st_mtime_ns
    path.write_bytes(content)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


@pytest.mark.parametrize("name", ["js/app.js", "img/band.svg", "vendor/font.woff2"])
def test_a_name_holds_the_digest_of_its_content(app, client, name):
    digest = hashlib.sha256(FILES[name]).hexdigest()[:12]
    stem, dot, suffix = name.rpartition(".")
    assert address(app, name) == f"/static/{stem}.{digest}{dot}{suffix}"
    answer = client.get(address(app, name))
    assert (answer.status_code, answer.data) == (200, FILES[name])
    assert answer.headers["Cache-Control"] == KEPT


@pytest.mark.parametrize("name", ["css/none.css", "notes.md", "../tamu.db", "/etc/hosts.css"])
def test_what_is_missing_or_foreign_has_no_digest(app, name):
    with app.test_request_context():
        assert assets.hashed_name(name) == name


def test_a_new_content_has_a_new_name(app):
    before = address(app, "js/app.js")
    change(app, "js/app.js", b"'use strict';")
    assert address(app, "js/app.js") != before


def test_an_outdated_name_gives_the_present_file_and_is_never_kept(app, client):
    before = address(app, "js/app.js")
    change(app, "js/app.js", b"newer();")
    answer = client.get(before)
    assert (answer.status_code, answer.data) == (200, b"newer();")
    assert answer.headers["Cache-Control"] == CHECKED
    again = client.get(before, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == CHECKED


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("css/app.css", "text/css; charset=utf-8"),
        ("js/app.js", "text/javascript; charset=utf-8"),
        ("img/band.svg", "image/svg+xml; charset=utf-8"),
        ("vendor/reader.wasm", "application/wasm"),
    ],
)
def test_what_compresses_is_sent_compressed_to_whoever_takes_it(app, client, name, kind):
    plain = client.get(address(app, name))
    dense = client.get(address(app, name), headers={"Accept-Encoding": "br, gzip, deflate"})
    assert gzip.decompress(dense.data) == plain.data
    assert (plain.headers.get("Content-Encoding"), dense.headers["Content-Encoding"]) == (
        None,
        "gzip",
    )
    assert dense.headers["ETag"] != plain.headers["ETag"]
    for answer in (plain, dense):
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"] == kind
        assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("accepted", ["identity", "br", "gzip;q=0", ""])
def test_nobody_gets_compressed_what_they_did_not_ask_for(app, client, accepted):
    headers = {"Accept-Encoding": accepted}
    answer = client.get(address(app, "js/app.js"), headers=headers)
    assert answer.data == FILES["js/app.js"]
    assert "Content-Encoding" not in answer.headers


def test_a_typeface_is_dense_already(app, client):
    headers = {"Accept-Encoding": "gzip"}
    answer = client.get(address(app, "vendor/font.woff2"), headers=headers)
    assert answer.data == FILES["vendor/font.woff2"]
    assert answer.headers["Content-Type"] == "font/woff2"
    assert not {"Content-Encoding", "Vary"} & set(answer.headers.keys())


def test_a_file_is_compressed_once(app, client, monkeypatch):
    made = []
    monkeypatch.setattr(
        assets.gzip, "compress", lambda body, **_: made.append(body) or b"compressed"
    )
    for _ in range(3):
        answer = client.get(address(app, "js/app.js"), headers={"Accept-Encoding": "gzip"})
        assert answer.data == b"compressed"
    assert made == [FILES["js/app.js"]]


def test_a_stylesheet_names_its_files_by_digest(app, client):
    sheet = client.get(address(app, "css/app.css")).text
    picture = address(app, "img/band.svg").removeprefix("/static/")
    assert sheet == SHEET.replace("img/band.svg", picture)
    assert hashlib.sha256(sheet.encode()).hexdigest()[:12] in address(app, "css/app.css")


def test_head_and_a_known_etag_send_no_content(app, client):
    url = address(app, "js/app.js")
    head = client.head(url)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) == len(FILES["js/app.js"])
    again = client.get(url, headers={"If-None-Match": head.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == KEPT


def test_a_plain_name_is_answered_and_checked_each_time(client):
    with client.get("/static/js/app.js") as whole:
        assert (whole.status_code, whole.data) == (200, FILES["js/app.js"])
        assert whole.headers["Cache-Control"] == CHECKED
        etag = whole.headers["ETag"]
    with client.head("/static/js/app.js") as head:
        assert (head.status_code, head.data) == (200, b"")
    with client.get("/static/js/app.js", headers={"If-None-Match": etag}) as again:
        assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "../instance/secret-key",
        "..%2finstance%2fsecret-key",
        "css/../../instance/secret-key",
        "js/app.0123456789ab.css",
        "../js/app.0123456789ab.js",
        "css/../../static/js/app.0123456789ab.js",
        "%00.0123456789ab.js",
        "js/app.0123456789AB.js",
        "notes.0123456789ab.md",
        "css",
    ],
)
def test_nothing_else_is_found(client, path):
    answer = client.get(f"/static/{path}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_every_address_of_a_page_and_its_stylesheet_holds_a_digest(template, clock):
    client = create_app({"INSTANCE": template, "NOW": clock}).test_client()
    page = client.get("/masuk").text
    named = set(re.findall(r'/static/([^"#]+)', page))
    (sheet,) = (name for name in named if name.endswith(".css"))
    referred = re.findall(r'url\("\.\./([^"]+)"\)', client.get(f"/static/{sheet}").text)
    assert len(referred) >= 4
    for name in (*named, *referred):
        answer = client.get(f"/static/{name}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, KEPT), name
