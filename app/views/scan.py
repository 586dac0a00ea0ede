"""The scanner page, the scan itself, and the page behind a badge's address."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import phrases
from app.clock import now
from app.domain.decisions import EARLY_OUTCOMES
from app.domain.events import Outcome
from app.domain.permissions import Permission
from app.extensions import db, limiter
from app.formatting import badge
from app.htmx import see_other, wants_fragment
from app.models.badge import Badge
from app.operations.scanning import Answers, IncomingScan, Recorded, record_scan
from app.photo import PhotoError, read_photo
from app.queries.badges import code_row
from app.queries.late_scans import undecided_count
from app.queries.loans import open_loan
from app.queries.scans import last_scans
from app.queries.units import active_unit_ids
from app.queries.visits import view_by_id, view_by_label
from app.security import holds, officer, open_to, open_to_all, open_to_strangers
from app.views.errors import sentence_page, wants_json
from app.views.forms import squeezed, trimmed
from app.views.panels import Panel, panel_of
from app.views.seeing import may_see
from app.views.stamps import is_nonce, new_nonce

blueprint = Blueprint("scan", __name__)
LONGEST_TEXT = 500
INTENTS = {"kembali": "return", "tambah": "add"}  # what the scanner was opened for
WORKER_POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'"


class Malformed(Exception):
    """A scan that says too little to be recorded; the text says what to do."""


def _scans_per_minute() -> str:
    return f"{current_app.config['SCANS_PER_MINUTE']} per minute"


def _person_key() -> str:
    return f"scan:{current_user.get_id()}"


@blueprint.get("/pindai")
@open_to(Permission.WORK)
def scanner() -> ResponseReturnValue:
    """The scanner, ready."""
    return render_template("scan/page.html", **_scanner(), panel=None)


@blueprint.post("/pindai")
@open_to(Permission.WORK)
@limiter.limit(_scans_per_minute, key_func=_person_key)
def scan() -> ResponseReturnValue:
    """Record a scan, a tap or a typed number; 200 whatever came of it."""
    try:
        incoming = _incoming(request.form)
    except Malformed as error:
        return sentence_page("Belum tercatat", str(error), 400)
    at, sop = now(), current_app.config["SOP_IN_FORCE"]
    key = current_app.config["SECRET_KEY"].encode()
    recorded = record_scan(incoming, officer=officer(), sop=sop, at=at, key=key)
    content = incoming.content or ""
    panel = panel_of(db.session(), recorded, sop=sop, at=at, content=content)
    if wants_json():
        return jsonify(_facts(panel))
    typed = {**request.form.to_dict(), "code": content}
    shown = {"panel": panel, "typed": typed, "is_seen": _is_seen(panel), "at": at}
    if wants_fragment():
        return render_template("scan/_panel.html", **shown)
    return render_template("scan/page.html", **{**_scanner(), **shown})


@blueprint.get("/pindai/terakhir")
@open_to(Permission.WORK)
def latest() -> ResponseReturnValue:
    """The last ten scans of this person."""
    return render_template("scan/_latest.html", **_latest())


@blueprint.get("/pindai/pembaca.js")
@open_to_all
def worker() -> Response:
    """The decoder's worker: its answer alone may compile WebAssembly."""
    source = Path(current_app.static_folder or "") / "js" / "decoder.js"
    response = Response(source.read_bytes(), mimetype="text/javascript")
    response.headers["Content-Security-Policy"] = WORKER_POLICY
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response


@blueprint.get("/T/<code>")
@blueprint.get("/t/<code>")
@open_to_strangers
def badge_address(code: str) -> ResponseReturnValue:
    """What a phone's own camera opens: staff see the step and a button, others the same page."""
    if not holds(Permission.WORK):
        if "masuk" in request.args:
            return see_other(url_for("auth.sign_in_page", next=request.path))
        return render_template("scan/stranger.html")
    return render_template("scan/link.html", code=code.upper(), **_scanner(), **_holder(code))


def _latest() -> dict[str, object]:
    """The person's last scans, and how many that were sent later they have to decide upon."""
    session, person_id = db.session(), current_user.person_id
    return {
        "scans": last_scans(session, person_id),
        "late_scans": undecided_count(session, person_id),
    }


def _holder(code: str) -> dict[str, object]:
    """The badge of a code and the guest who holds it."""
    session = db.session()
    row = code_row(session, code.upper())
    if row is None or row.revoked_at is not None:
        return {"badge_number": None, "view": None, "is_dead": row is not None}
    loan = open_loan(session, row.badge_id)
    view = view_by_id(session, loan.visit_id) if loan else None
    if view is not None and not may_see(view):
        view = None
    number = session.get_one(Badge, row.badge_id).number
    return {"badge_number": number, "view": view, "is_out": loan is not None}


def _scanner() -> dict[str, object]:
    for_visit = None
    if holds(Permission.REGISTER):
        for_visit = view_by_label(db.session(), request.values.get("untuk", ""))
    return {
        **_latest(),
        "nonce": new_nonce(),
        "for_visit": for_visit,
        "intent": INTENTS.get(request.values.get("maksud", ""), ""),
        "at": now(),
    }


def _incoming(form: Mapping[str, str]) -> IncomingScan:
    nonce = form.get("nonce", "").strip().lower()
    if not is_nonce(nonce):
        raise Malformed("Kiriman ini tidak bernomor. Muat ulang halaman, lalu pindai lagi.")
    method, content = form.get("method", ""), form.get("code", "")
    photo = request.files.get("photo")
    if photo is not None and photo.filename:
        try:
            method, content = "photo", read_photo(photo.stream)
        except PhotoError as error:
            raise Malformed(str(error)) from error
    label = squeezed(form.get("visit")) or None
    is_tap = method == "tap" and label is not None
    if not is_tap and not content.strip():
        raise Malformed("Kode belum ada. Pindai kartunya, atau ketik nomor yang tercetak.")
    return IncomingScan(
        nonce=nonce,
        method=_method(method, content, is_tap=is_tap),
        content=None if is_tap else content,
        visit_label=label,
        answers=_answers(form),
        client_at=_client_at(form.get("at", "")),
        offset=_offset(form.get("offset", "")) if form.get("queued") == "1" else None,
        decides=_scan_id(form.get("decides", "")),
        device_label=squeezed(form.get("device"))[:60] or None,
    )


def _method(method: str, content: str, *, is_tap: bool) -> str:
    if is_tap:
        return "tap"
    if method in phrases.METHODS and method != "tap":
        return method
    return "typed" if content.strip().isdigit() else "camera"


def _answers(form: Mapping[str, str]) -> Answers:
    outcome = form.get("outcome_choice", "").strip()
    return Answers(
        purpose=_text(form, "purpose"),
        direction=_text(form, "direction"),
        destination_id=_destination(form.get("destination", "")),
        outcome=Outcome(outcome) if outcome in list(EARLY_OUTCOMES) else None,
        reason_text=_text(form, "reason_text"),
        stage=form.get("stage", "").strip() or None,
        confirmed=form.get("confirm") == "1",
        wants_return=form.get("intent") in {"return", "return_early"},
        not_received=form.get("intent") == "return_early",
        adds_badge=form.get("intent") == "add",
    )


def _text(form: Mapping[str, str], field: str) -> str | None:
    text = trimmed(form.get(field))
    if len(text) > LONGEST_TEXT:
        raise Malformed(
            f"Isian terlalu panjang ({len(text)} huruf). Ringkas menjadi paling banyak "
            f"{LONGEST_TEXT} huruf, lalu kirim lagi."
        )
    return text or None


def _destination(text: str) -> int | None:
    if not text.strip():
        return None
    ids = {str(unit_id): unit_id for unit_id in active_unit_ids(db.session())}
    return ids.get(text.strip())


def _client_at(text: str) -> datetime | None:
    """The phone's own time, ISO 8601 or milliseconds; it counts for what is sent later alone."""
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError, OSError):
        return None


def _offset(text: str) -> timedelta:
    """What the device measured, in milliseconds; nothing when it never could."""
    is_whole = re.fullmatch(r"-?[0-9]{1,13}", text.strip())
    return timedelta(milliseconds=int(text)) if is_whole else timedelta()


def _scan_id(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def _is_seen(panel: Panel) -> bool:
    """Whether the guest's name may be shown to the person who scans."""
    return panel.view is not None and (panel.recorded.outcome != "refused" or may_see(panel.view))


def _facts(panel: Panel) -> dict[str, object]:
    recorded = panel.recorded
    return {
        "outcome": recorded.outcome,
        "reason": recorded.reason,
        "step": _step_number(panel, recorded),
        "expected_role": recorded.expected_role,
        "visit": panel.view.label if panel.view else None,
        "badge": badge(panel.badge_number) or None,
        "message": panel.message,
    }


def _step_number(panel: Panel, recorded: Recorded) -> int | None:
    if panel.view is None or recorded.step_key is None:
        return None
    return panel.view.sop.step(recorded.step_key).number
