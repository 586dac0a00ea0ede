"""What a request gets that cannot be answered: a clear sentence and what to do next."""

import logging
from collections.abc import Sequence
from http import HTTPStatus

from flask import (
    Flask,
    Response,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException, MethodNotAllowed, RequestEntityTooLarge

from app import fault_words
from app.domain.permissions import Permission
from app.extensions import htmx
from app.htmx import only_said, over_the_page, see_other
from app.logs.requests import request_id
from app.models.dialect import DatabaseFailed, code_of, fault_of
from app.security import SAFE_METHODS, SetupNeeded, Unauthenticated, holds, signed_in
from app.views.auth import NOT_KEPT, kept_fields

logger = logging.getLogger(__name__)

SENTENCES = {
    400: ("Kiriman tidak lengkap", "Muat ulang halaman ini, lalu coba sekali lagi."),
    403: (
        "Halaman ini untuk petugas lain",
        "Akun Anda belum diberi peran untuk halaman ini. Bila seharusnya boleh, hubungi Admin.",
    ),
    404: ("Halaman tidak ditemukan", "Alamatnya mungkin salah ketik atau sudah berubah."),
    405: ("Cara ini tidak dikenal", "Kembali ke halaman sebelumnya, lalu coba lagi."),
    413: ("Berkas terlalu besar", "Kirim foto yang lebih kecil, atau ketik nomor kartunya."),
    429: ("Terlalu sering", "Tunggu sebentar, lalu coba lagi."),
    500: (
        "Ada yang tidak beres di server",
        "Yang sudah tersimpan tetap aman. Coba sekali lagi; bila terulang, hubungi Admin.",
    ),
}
CSRF_SENTENCE = (
    "Halaman ini sudah terlalu lama terbuka",
    "Muat ulang halaman, lalu kirim sekali lagi.",
)
BAD_HOST = "Alamat server ini tidak sah. Periksa alamatnya di peramban, lalu coba lagi."


def init_app(app: Flask) -> None:
    """Register the answers."""
    app.register_error_handler(SetupNeeded, _setup_needed)
    app.register_error_handler(Unauthenticated, _unauthenticated)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(DatabaseFailed, _database)
    app.register_error_handler(BadHost, _bad_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """Whether a program asks, rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def sentence_page(
    title: str, text: str, status: int, typed: Sequence[tuple[str, str]] = ()
) -> Response:
    """The sentence as JSON, as a fragment, or as a page that can send what was typed once more."""
    if wants_json():
        return make_response(_as_json(f"{title}. {text}"), status)
    if bool(htmx) and request.endpoint == "scan.scan":
        again = status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
        return make_response(_bare("errors/_result.html", title, text, again=again), status)
    if bool(htmx):
        place = only_said if request.method in SAFE_METHODS else over_the_page
        return place(_bare("errors/_over_page.html", title, text), status)
    try:
        page = _page(title, text, typed)
    except DatabaseFailed:
        page = _bare("errors/bare.html", title, text)
    return make_response(page, status)


def _as_json(message: str) -> Response:
    return jsonify(message=message, request_id=request_id())


def _page(title: str, text: str, typed: Sequence[tuple[str, str]]) -> str:
    is_in = signed_in()
    has_desk = not is_in or holds(Permission.WORK)
    return render_template(
        "errors/page.html",
        title=title,
        text=text,
        typed=typed,
        send_to=request.full_path.rstrip("?"),
        action_url=_way_out(is_in=is_in) if has_desk else None,
        action_label="Ke Meja saya" if is_in else "Ke halaman masuk",
    )


def _way_out(*, is_in: bool) -> str:
    return url_for("desk.desk") if is_in else url_for("auth.sign_in_page")


def _bare(template: str, title: str, text: str, *, again: bool = False) -> str:
    """A template without the page's surroundings, which ask the database who is signed in."""
    return current_app.jinja_env.get_template(template).render(title=title, text=text, again=again)


def _setup_needed(_error: SetupNeeded) -> ResponseReturnValue:
    if wants_json():
        return _as_json("Penyiapan awal belum dilakukan."), 503
    return see_other(url_for("setup.setup"))


def _unauthenticated(_error: Unauthenticated) -> ResponseReturnValue:
    if wants_json():
        return _as_json("Silakan masuk lebih dulu."), 401
    if bool(htmx):
        return over_the_page(render_template("auth/_over_page.html"), 401)
    if request.method in SAFE_METHODS:
        path = request.full_path.rstrip("?")
        return see_other(url_for("auth.sign_in_page", next=path if path != "/" else None))
    page = render_template(
        "auth/sign_in.html",
        error="Sesi Anda sudah berakhir. Silakan masuk; isian Anda tidak hilang.",
        kept=_what_was_typed(),
        kept_action=request.full_path.rstrip("?"),
    )
    return make_response(page, 401)


def _what_was_typed() -> list[tuple[str, str]]:
    """What the form held, unless it is more than the server reads."""
    try:
        return kept_fields()
    except RequestEntityTooLarge:
        return []


def _to_send_again() -> list[tuple[str, str]]:
    """The fields of a form that was not taken; nothing of a sign-in that carries no other form."""
    if request.method in SAFE_METHODS or not _what_was_typed():
        return []
    return [(name, text) for name, text in request.form.items(multi=True) if name not in NOT_KEPT]


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    answer = sentence_page(*CSRF_SENTENCE, 400, _to_send_again())
    answer.headers["X-Token"] = "stale"  # a page that was kept on a device fetches the present one
    return answer


def _database(error: DatabaseFailed) -> ResponseReturnValue:
    fault = fault_of(error)
    if fault is None:
        return _unexpected(error)
    folder = current_app.config["INSTANCE"]
    logger.error("%s (%s)", fault_words.for_the_admin(fault, folder), code_of(error))
    words = fault_words.for_the_desk(fault, is_reading=request.method in SAFE_METHODS)
    return sentence_page(*words, 503, _to_send_again())


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < HTTPStatus.BAD_REQUEST:
        return error.get_response()
    title, text = SENTENCES.get(code, SENTENCES[400])
    response = sentence_page(title, text, code)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response


def _bad_host(_error: BadHost) -> ResponseReturnValue:
    """In words alone: a page needs addresses, and none can be made for such a host."""
    return Response(BAD_HOST, HTTPStatus.BAD_REQUEST, mimetype="text/plain")


def _unexpected(error: Exception) -> ResponseReturnValue:
    logger.error("Kesalahan yang tidak terduga.", exc_info=error)
    return sentence_page(*SENTENCES[500], 500, _to_send_again())
