"""Static files under names that hold a digest of their content: kept for ever, sent compressed.

Pages are another matter (`compression.py`): they hold a token, static files hold no secret.
"""

import gzip
import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.security import safe_join

# Not left to the machine: a Windows registry may call scripts text/plain, a slim system knows no
# typeface. Pictures and typefaces are dense already.
COMPRESSED_KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
}
KINDS = {**COMPRESSED_KINDS, ".png": "image/png", ".woff2": "font/woff2"}
DIGEST_LENGTH = 12
HASHED_NAME = re.compile(rf"(.+)\.([0-9a-f]{{{DIGEST_LENGTH}}})(\.\w+)")
REFERENCE = re.compile(r'url\("([^"#:]+)"\)')  # of a stylesheet, to a file of ours


@dataclass(frozen=True)
class Asset:
    """The content of a static file as it is served."""

    suffix: str
    body: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:DIGEST_LENGTH]

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.body, mtime=0)


def init_app(app: Flask) -> None:
    """Let templates name static files by digest, and answer those names beside the plain ones."""
    app.add_template_global(asset)
    app.view_functions["static"] = send_asset


def asset(name: str) -> str:
    """The address of a static file; a new content has a new one."""
    known: dict[str, str] = g.setdefault("assets", {})  # a page draws its icons from one file
    if name not in known:
        known[name] = url_for("static", filename=hashed_name(name))
    return known[name]


def hashed_name(name: str) -> str:
    """As in css/app.3f2a9b12cd34.css for css/app.css; a file that is missing keeps its name."""
    found = _find(name)
    if found is None:
        return name
    stem, suffix = posixpath.splitext(name)
    return f"{stem}.{found.digest}{suffix}"


def send_asset(filename: str) -> ResponseReturnValue:
    """A static file by its hashed name, or by its plain one as Flask sends it."""
    parts = HASHED_NAME.fullmatch(filename)
    found = _find(parts[1] + parts[3]) if parts else None
    if parts is None or found is None:
        return current_app.send_static_file(filename)
    response = _response(found)
    if parts[2] == found.digest:
        response.cache_control.public = True
        response.cache_control.max_age = 31536000
        response.cache_control.immutable = True
    else:
        # A page opened before an update still starts its camera, and nobody keeps today's content
        # under yesterday's name.
        response.cache_control.no_cache = True
    return response.make_conditional(request)


def _response(found: Asset) -> Response:
    is_compressed = found.suffix in COMPRESSED_KINDS and request.accept_encodings["gzip"] > 0
    body = found.compressed if is_compressed else found.body
    response = Response(body, mimetype=KINDS[found.suffix])
    response.set_etag(f"{found.digest}-gzip" if is_compressed else found.digest)
    if is_compressed:
        response.content_encoding = "gzip"
    if found.suffix in COMPRESSED_KINDS:
        response.vary.add("Accept-Encoding")
    return response


def _find(name: str) -> Asset | None:
    """The file of a plain name, if there is one inside the static folder and of a known kind."""
    path = safe_join(current_app.static_folder or "", name)
    if path is None or posixpath.splitext(name)[1] not in KINDS:
        return None
    file = Path(path)
    return _read(name, file, file.stat().st_mtime_ns) if file.is_file() else None


@lru_cache(maxsize=256)
def _read(name: str, file: Path, _changed_at: int) -> Asset:
    body = file.read_bytes()
    if file.suffix == ".css":
        body = _with_hashed_references(name, body.decode()).encode()
    return Asset(file.suffix, body)


def _with_hashed_references(name: str, stylesheet: str) -> str:
    folder = posixpath.dirname(name)

    def rewrite(reference: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, reference[1]))
        return f'url("{posixpath.relpath(hashed_name(target), folder)}")'

    return REFERENCE.sub(rewrite, stylesheet)
