"""The scan over HTTP: what each answer says, in JSON and on the page, and what is stored of it."""

import hashlib
import hmac
import io
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote_from_bytes

import pytest
from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.decision import Reason
from app.extensions import db
from app.models.badge import Badge, BadgeCode, BadgeEvent, Loan
from app.models.person import Person
from app.models.scan import Scan
from app.models.visit import StepEvent, Visit, VisitText
from tests.cast import PASSWORD
from tests.support.clips import photo
from tests.views.reading import (
    count,
    form_to,
    forms,
    link,
    row,
    rows,
    said_in_a_panel,
    statements,
    told,
    words,
)

HTMX = {"HX-Request": "true"}
OUTCOMES = {"advanced", "started", "ended", "needs", "issued", "closed", "repeated", "refused"}


def nonce():
    return str(uuid.uuid4())


def scan_on_page(desk, code="12", **fields):
    return desk.post("/pindai", {"nonce": nonce(), "code": code, **fields}, headers=HTMX)


def revoke(office, number):
    """Let the code of a badge die, as a lost badge's does."""
    code = office.code_of(number)
    with office.app.app_context(), Session(db.engine) as session, session.begin():
        session.execute(
            update(BadgeCode).where(BadgeCode.code == code).values(revoked_at=office.clock())
        )
    return code


def events(office, label="1/2026"):
    """The log of a visit: kind, step and note."""
    visit = row(office, Visit, number=int(label.partition("/")[0]))
    log = rows(office, StepEvent, visit_id=visit.id)
    return [(event.kind, event.step_key, event.reason_code) for event in log]


def state_of(office, number):
    return row(office, Badge, number=number).state


# --- One guest, six desks -------------------------------------------------------------------------


def test_a_guest_goes_through_all_six_steps_by_eight_scans(office):
    label = office.open_visit(purpose="Izin usaha")
    scans = [
        ("fitri", {}),
        ("kasim", {}),
        ("sekar", {}),
        ("sekar", {"direction": "Antar ke tujuan.", "destination": "1", "stage": "direction"}),
        ("kasim", {}),
        ("hadi", {}),
        ("hadi", {}),
        ("fitri", {}),
    ]
    answers = []
    for who, answers_given in scans:
        office.clock.pass_time(minutes=2)
        answers.append(office.desk(who).scan(office.code_of(12), **answers_given))
    assert [(answer["outcome"], answer["step"]) for answer in answers] == [
        ("issued", 2),
        ("advanced", 3),
        ("needs", 3),
        ("advanced", 4),
        ("advanced", 5),
        ("started", 5),
        ("ended", 6),
        ("closed", None),
    ]
    assert {answer["visit"] for answer in answers} == {label}
    assert events(office) == [
        ("opened", None, None),
        ("issued", None, None),
        ("completed", "registration", None),
        ("completed", "purpose", None),
        ("completed", "direction", None),
        ("completed", "escort", None),
        ("started", "reception", None),
        ("ended", "reception", None),
        ("returned", None, None),
        ("completed", "return", None),
        ("closed", None, "completed"),
    ]
    visit = row(office, Visit)
    assert (visit.outcome, visit.closed_at) == ("completed", office.clock())
    assert (row(office, Loan).ended_at, state_of(office, 12)) == (office.clock(), "available")


# --- The contract ---------------------------------------------------------------------------------


def at_step(step, *, later=120, **fields):
    """A visit with badge 12 that stands at a step; some time after the last scan."""

    def arrange(office):
        office.bring_to_step(step, **fields)
        office.clock.pass_time(later)

    return arrange


def waiting(office):
    office.open_visit(purpose="Izin usaha")
    office.clock.pass_time(minutes=2)


def renewed(office):
    waiting(office)
    for how in ("lose", "renew"):
        office.desk("fitri").post("/tanda-pengenal/13", {"move": how, "reason": "Jatuh."})


def two_waiting(office):
    office.open_visit("Tono")
    office.open_visit("Udin")
    office.clock.pass_time(minutes=2)


def received(office):
    office.bring_to_step(5)
    office.clock.pass_time(minutes=1)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=20)


def other_host(office):
    office.hire("hendra", "host")
    at_step(5)(office)


def just_issued(office):
    at_step(2, later=5)(office)


def just_issued_by_a_colleague(office):
    office.hire("farida", "front_desk")
    at_step(2, later=10)(office)


def all_roles(later):
    def arrange(office):
        office.hire("serba", "front_desk", "general_affairs", "secretary")
        office.bring_to_step(3)
        office.scan("serba", "12", direction="Antar.", destination_id=1)
        office.clock.pass_time(later)

    return arrange


def closed(office):
    office.bring_to_step(6)
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")


def just_returned_to_a_colleague(office):
    office.hire("farida", "front_desk")
    closed(office)
    office.open_visit("Udin")
    office.clock.pass_time(5)


def used_nonce(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=2)
    office.scan("kasim", "19", nonce=USED)


USED = "0b5f2b0e-5f4a-4c57-9a2d-7d1f6a3d9e11"
TAP = {"method": "tap", "visit": "1/2026"}


@dataclass(frozen=True)
class Case:
    arrange: Callable
    who: str
    code: str | None
    outcome: str
    reason: str | None
    step: int | None
    expects: str | None
    message: str
    visit: str | None = "1/2026"
    badge: str | None = "012"
    fields: dict = field(default_factory=dict)

    @property
    def facts(self):
        return {
            "outcome": self.outcome, "reason": self.reason, "step": self.step,
            "expected_role": self.expects, "visit": self.visit, "badge": self.badge,
            "message": self.message,
        }  # fmt: skip

    def sent(self):
        code = {} if self.code is None else {"code": self.code}
        return {"nonce": nonce(), **code, **self.fields}


GIVE_BACK = "Kembalikan kartu ini ke meja front desk."
NOT_OURS = (
    "Kode tidak dikenal. Ini bukan tanda pengenal kantor ini. "
    "Pindai QR kartu tamu, atau ketik nomor kartunya."
)
CHECK_NUMBER = "Periksa nomor yang tercetak di kartu, lalu ketik sekali lagi."
DONE_ALREADY = "Tidak ada yang perlu diulang. Silakan lanjutkan ke tamu berikutnya."
UNCHANGED = "Langkah kunjungan tidak berubah; pindaian ini tetap tercatat."

CASES = {
    "a waiting guest gets the badge": Case(
        waiting, "fitri", "12", "issued", None, 2, "general_affairs",
        "Tanda pengenal 012 diserahkan. Langkah 1: 2 mnt 0 dtk, tepat waktu. "
        "Berikutnya: menanyakan keperluan. Giliran Kasubbag UMPAR.",
    ),
    "step 2 is done": Case(
        at_step(2), "kasim", "12", "advanced", None, 3, "secretary",
        "Langkah 2 selesai. 2 mnt 0 dtk, tepat waktu. "
        "Berikutnya: memberi arahan. Giliran Sekretaris.",
    ),
    "step 2 is done a second too late": Case(
        at_step(2, later=301), "kasim", "12", "advanced", None, 3, "secretary",
        "Langkah 2 selesai. 5 mnt 1 dtk, terlambat. "
        "Berikutnya: memberi arahan. Giliran Sekretaris.",
    ),
    "step 2 lacks the purpose": Case(
        at_step(2, purpose=None), "kasim", "12", "needs", "form", 2, "general_affairs",
        "Isi keperluan lebih dahulu. Langkah 2, sisa 3:00.",
    ),
    "step 3 lacks the direction": Case(
        at_step(3, later=360), "sekar", "12", "needs", "form", 3, "secretary",
        "Beri arahan. Langkah 3, lewat 1:00.",
    ),
    "step 3 gets the direction": Case(
        at_step(3), "sekar", "12", "advanced", None, 4, "general_affairs",
        "Langkah 3 selesai. 2 mnt 0 dtk, tepat waktu. "
        "Berikutnya: mengantar ke tujuan. Giliran Kasubbag UMPAR.",
        fields={"direction": "Antar ke tujuan.", "destination": "1"},
    ),
    "the host receives": Case(
        at_step(5), "hadi", "12", "started", None, 5, "host",
        "Mulai diterima. Pukul 09.10 WIB, menunggu 2 mnt 0 dtk. "
        "Pindai sekali lagi setelah selesai. Tamu sedang diterima.",
    ),
    "the host has received": Case(
        received, "hadi", "12", "ended", None, 6, "front_desk",
        "Selesai diterima. 09.09–09.29 WIB, 20 mnt 0 dtk (sesuai kebutuhan). "
        "Mohon tamu dipersilakan ke front desk. "
        "Di sana tanda pengenal diserahkan kembali. Waktu 5 menit berjalan.",
    ),
    "the badge comes back": Case(
        at_step(6), "fitri", "12", "closed", None, None, None,
        "Kunjungan selesai. Langkah 6: 2 mnt 0 dtk, tepat waktu. "
        "Tanda pengenal 012 tersedia lagi. Sampaikan terima kasih atas kunjungan Bapak/Ibu.",
    ),
    "the secretary scans at step 2": Case(
        at_step(2), "sekar", "12", "refused", "wrong_role", 2, "general_affairs",
        "Giliran Kasubbag UMPAR. Kunjungan ini di langkah 2: menanyakan keperluan. "
        f"Sampaikan kepada Kasim, Kasubbag UMPAR. {UNCHANGED}",
    ),
    "the host of nobody scans at step 5": Case(
        other_host, "hendra", "12", "refused", "wrong_host", 5, "host",
        "Giliran Kepala Dinas. Kunjungan ini di langkah 5: menerima tamu. "
        f"Sampaikan kepada Hadi, Kepala Dinas. {UNCHANGED}",
    ),
    "a code of no badge": Case(
        at_step(2), "kasim", "https://kedai.example/menu", "refused", "unknown_code", None, None,
        NOT_OURS, visit=None, badge=None,
    ),
    "a number of no badge": Case(
        at_step(2), "kasim", "999", "refused", "unknown_code", None, None,
        f"Tidak ada kartu nomor 999. {CHECK_NUMBER}", visit=None, badge=None,
    ),
    "a short number of no badge": Case(
        at_step(2), "kasim", " 99 ", "refused", "unknown_code", None, None,
        f"Tidak ada kartu nomor 099. {CHECK_NUMBER}", visit=None, badge=None,
    ),
    "a code that no badge has": Case(
        at_step(2), "kasim", "ABCDEFGHIJKLMNOP", "refused", "unknown_code", None, None, NOT_OURS,
        visit=None, badge=None,
    ),
    "a badge in nobody's hands": Case(
        at_step(2), "kasim", "13", "refused", "badge_not_in_use", None, "front_desk",
        f"Kartu ini tidak sedang dipakai. Tanda pengenal 013. {GIVE_BACK}", visit=None, badge="013",
    ),
    "a free badge that is to come back": Case(
        waiting, "fitri", "12", "refused", "badge_is_free", None, None,
        "Kartu ini sudah kembali dan tersedia. Tanda pengenal 012. "
        "Gantungkan kartu ini di papan tanda pengenal.",
        visit=None, fields={"intent": "return"},
    ),
    "a badge whose new code is not printed": Case(
        renewed, "fitri", "13", "refused", "not_printed", None, None,
        "Kartu ini belum dicetak ulang. Tanda pengenal 013. Kartu lama tidak berlaku. "
        "Pilih kartu lain, atau minta Admin mencetak kode barunya.", visit=None, badge="013",
    ),
    "a badge for nobody": Case(
        at_step(2), "fitri", "13", "refused", "no_waiting_guest", None, None,
        "Belum ada tamu yang menunggu. Tanda pengenal 013. "
        "Isi buku tamu lebih dulu, lalu pindai kartu ini sekali lagi.", visit=None, badge="013",
    ),
    "a badge for a guest who has one": Case(
        at_step(2), "fitri", "13", "refused", "not_waiting", None, None,
        "Tamu itu tidak sedang menunggu. Tanda pengenal 013. "
        "Kunjungan ini sudah berubah. Lihat Meja saya untuk keadaan terbaru.",
        visit=None, badge="013", fields={"visit": "1/2026"},
    ),
    "a badge that another guest has": Case(
        at_step(2), "fitri", "12", "refused", "badge_in_use", 2, "general_affairs",
        "Kartu ini sedang dipakai tamu lain. Tanda pengenal 012, langkah 2. "
        "Ambil kartu lain yang bebas, lalu pindai atau ketik nomornya.",
        fields={"visit": "7/2026"},
    ),
    "one badge for two guests": Case(
        two_waiting, "fitri", "12", "needs", "form", None, None,
        "Untuk siapa tanda pengenal 012? Beberapa tamu sedang menunggu.", visit=None,
    ),
    "taking back takes the badge": Case(
        at_step(6), "fitri", None, "refused", "needs_scan", 6, "front_desk",
        "Perlu kartunya. Tanda pengenal 012. "
        "Langkah ini dilakukan dengan memindai tanda pengenal atau mengetik nomornya.", fields=TAP,
    ),
    "a tap on no visit": Case(
        at_step(2), "kasim", None, "refused", "not_waiting", None, None,
        "Tamu itu tidak sedang menunggu. "
        "Kunjungan ini sudah berubah. Lihat Meja saya untuk keadaan terbaru.",
        visit=None, badge=None, fields={**TAP, "visit": "8/2026"},
    ),
    "a tap on a closed visit": Case(
        closed, "kasim", None, "refused", "visit_closed", None, None,
        "Kunjungan sudah ditutup. Tanda pengenal 012. "
        "Tidak ada yang perlu dilakukan untuk kunjungan ini.", fields=TAP,
    ),
    "a nonce of another scan": Case(
        used_nonce, "kasim", "12", "refused", "nonce_conflict", None, None,
        "Kiriman ini sudah pernah dipakai. "
        "Tidak ada yang berubah. Silakan pindai kartunya sekali lagi.",
        visit=None, badge=None, fields={"nonce": USED},
    ),
    "a form for the step before": Case(
        at_step(3, later=300), "kasim", "12", "refused", "already_done", 3, "secretary",
        f"Sudah tercatat. Langkah 2 selesai pukul 09.04 WIB oleh Kasim. {DONE_ALREADY}",
        fields={"purpose": "Izin", "stage": "purpose"},
    ),
    "a colleague was faster": Case(
        just_issued_by_a_colleague, "farida", "12", "refused", "already_done", 2,
        "general_affairs",
        f"Sudah tercatat. Langkah 1 selesai pukul 09.02 WIB oleh Fitri. {DONE_ALREADY}",
    ),
    "a colleague was faster to take it back": Case(
        just_returned_to_a_colleague, "farida", "12", "refused", "already_done", None, None,
        f"Sudah tercatat. Langkah 6 selesai pukul 09.14 WIB oleh Fitri. {DONE_ALREADY}",
    ),
    "the same scan five seconds later": Case(
        just_issued, "fitri", "12", "repeated", None, 2, "general_affairs",
        f"Sudah tercatat. Langkah 1 selesai pukul 09.02 WIB oleh Fitri. {DONE_ALREADY}",
    ),
    "the next step less than a minute later": Case(
        all_roles(59), "serba", "12", "needs", "confirm", 4, "general_affairs",
        "Selesaikan langkah 4 juga? Anda baru saja mencatat langkah kunjungan ini.",
    ),
    "the next step a minute later": Case(
        all_roles(60), "serba", "12", "advanced", None, 5, "host",
        "Langkah 4 selesai. 1 mnt 0 dtk, tepat waktu. "
        "Berikutnya: menerima tamu. Giliran Kepala Dinas.",
    ),
    "the badge comes back at step 3": Case(
        at_step(3), "fitri", "12", "needs", "form", 3, "secretary",
        "Tamu pulang lebih awal? Kunjungan masih di langkah 3, giliran Sekretaris. "
        "Bila tamu belum pulang, jangan isi apa-apa. "
        "Langkah tidak berubah; sampaikan kepada Sekretaris.",
    ),
    "the badge comes back without a reception": Case(
        at_step(5), "fitri", "12", "needs", "confirm", 5, "host",
        "Tamu sudah diterima? Pertemuan belum dipindai oleh penerima tamu.",
    ),
}  # fmt: skip
DEAD = Case(
    at_step(2), "kasim", None, "refused", "badge_retired", None, None,
    "Tanda pengenal tidak berlaku. Tanda pengenal 013. "
    "Kode kartu ini sudah dimatikan. Simpan kartunya dan serahkan kepada Admin.",
    visit=None, badge="013",
)  # fmt: skip


def last_seq(office):
    visits = rows(office, Visit, number=1)
    return visits[0].last_seq if visits else 0


def test_the_cases_cover_every_outcome_and_every_reason():
    of_late_scans = {Reason.OUT_OF_ORDER, Reason.CLOCK_AHEAD}  # tests/views/test_late_scans.py
    of_other_sops = {Reason.NEEDS_CHOICE}  # tests/operations/test_sop_without_badge.py
    cases = [*CASES.values(), DEAD]
    assert {case.outcome for case in cases} == OUTCOMES
    assert {case.reason for case in cases} == {
        None,
        *(str(reason) for reason in set(Reason) - of_late_scans - of_other_sops),
    }


@pytest.mark.parametrize("name", CASES)
def test_a_program_gets_exactly_the_facts_and_they_are_stored(office, name):
    case = CASES[name]
    case.arrange(office)
    before, scans, sent = last_seq(office), count(office, Scan), case.sent()
    response = office.desk(case.who).post("/pindai", sent, headers={"Accept": "application/json"})
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert response.json == case.facts
    moves = case.outcome not in {"needs", "repeated", "refused"}
    assert (last_seq(office) > before) == moves
    scan = rows(office, Scan)[-1]
    assert scan.id == scans + 1
    assert scan.nonce == (None if case.reason == "nonce_conflict" else sent["nonce"])
    assert scan.actor_id == row(office, Person, username=case.who).id
    assert scan.received_at == office.clock()
    assert (scan.outcome, scan.reason, scan.expected_role) == (
        case.outcome,
        case.reason,
        case.expects,
    )


def scans_on(page):
    """The forms of a page that are scans."""
    return [form for form in forms(page) if form.action == "/pindai"]


@pytest.mark.parametrize("name", CASES)
def test_the_page_says_the_same_in_its_panel(office, name):
    case = CASES[name]
    case.arrange(office)
    desk = office.desk(case.who)
    fragment = desk.post("/pindai", case.sent(), headers=HTMX)
    title = case.message.split(". ")[0].split("? ")[0].rstrip(".")
    assert fragment.status_code == 200
    assert "HX-Trigger" not in fragment.headers, "scans.js tells the page"
    opening = fragment.text.lstrip().partition(">")[0]
    assert opening.startswith('<section class="result" id="result" data-result ')
    assert f' data-outcome="{case.outcome}" ' in opening
    is_form = case.outcome == "needs"
    assert (" data-form" in opening) == is_form
    assert ("data-close-result" in fragment.text) == is_form
    assert words(fragment.text).endswith(" Tutup") == is_form
    assert "hx-" not in fragment.text, "scans.js sends and places it"
    assert all("data-scan" in form.attributes for form in scans_on(fragment.text))
    assert len(scans_on(fragment.text)) >= is_form
    assert title in words(fragment.text)
    if case.reason != "form" or case.step is None:
        for sentence in case.message.split(". "):
            assert sentence.rstrip(".") in words(fragment.text)


def test_without_javascript_the_panel_comes_inside_the_scanner(office):
    at_step(2)(office)
    page = office.desk("kasim").post("/pindai", {"nonce": nonce(), "code": "12"})
    assert page.text.startswith("<!doctype html>")
    assert "Langkah 2 selesai 2 mnt 0 dtk, tepat waktu" in words(page.text)
    assert form_to(page.text, "/pindai", method="").data["code"] == ""


def test_a_restored_history_entry_gets_the_whole_page(office):
    at_step(2)(office)
    headers = {**HTMX, "HX-History-Restore-Request": "true"}
    page = office.desk("kasim").post("/pindai", {"nonce": nonce(), "code": "12"}, headers=headers)
    assert page.text.startswith("<!doctype html>")


@pytest.mark.parametrize("format_", ["json", "fragment"])
def test_a_dead_code_is_told_from_an_unknown_one(office, format_):
    office.bring_to_step(2)
    code = revoke(office, 13)
    headers = {"Accept": "application/json"} if format_ == "json" else HTMX
    response = office.desk("kasim").post(
        "/pindai", {"nonce": nonce(), "code": code}, headers=headers
    )
    if format_ == "json":
        assert response.json == DEAD.facts
    else:
        assert "Tanda pengenal tidak berlaku Tanda pengenal 013" in words(response.text)
    scan = rows(office, Scan)[-1]
    assert (scan.badge_code, scan.reason) == (code, "badge_retired")


# --- What a code may look like --------------------------------------------------------------------

SHAPES = {
    "bare": "{code}",
    "in lower case": "{lower}",
    "with spaces around it": "  {code}\r\n",
    "as printed without an address": "T/{code}",
    "of this server": "HTTPS://TAMU.DINAS.LAN/T/{code}",
    "of a server long gone": "http://192.168.0.7:8123/T/{code}",
    "with what a messenger adds": "https://tamu.dinas.lan/t/{lower}/?fbclid=1#x",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_code_is_read_in_every_shape(office, shape):
    at_step(2)(office)
    code = office.code_of(12)
    facts = office.desk("kasim").scan(SHAPES[shape].format(code=code, lower=code.lower()))
    assert (facts["outcome"], facts["step"], facts["badge"]) == ("advanced", 3, "012")
    scan = rows(office, Scan)[-1]
    assert (scan.badge_code, scan.foreign_length, scan.foreign_hmac) == (code, None, None)


SECRET = "6171012345670003"
FOREIGN = {
    "a number from an identity card": SECRET,
    "another office's address": f"https://lain.example/undangan/{SECRET}",
    "a code cut short": "ABCDEFGHIJKLMNO",
    "a code too long": "ABCDEFGHIJKLMNOPQ",
    "letters that no code has": "ABCDEFGHIJKLMN01",
    "ten kilobytes": (SECRET * 640)[:10240],
    "control characters": f"\x01\x02\x1b[31m{SECRET}\x7f",
    "a null character": f"12\x00{SECRET}",
    "emoji": f"🙂🪪{SECRET}🙂",
    "markup": f"<script>alert({SECRET})</script>",
    "SQL": f"12'; DROP TABLE badge; --{SECRET}",
    "digits of another script": "１２",
    "a number without end": "9" * 400,
    "zero": "0",
    "a number below zero": "-12",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_of_a_foreign_code_only_length_and_digest_are_kept(office, name):
    text = FOREIGN[name]
    at_step(2)(office)
    response = office.desk("kasim").send_scan(text)
    assert (response.status_code, response.json["reason"]) == (200, "unknown_code")
    scan = rows(office, Scan)[-1]
    digest = hmac.new(
        office.app.config["SECRET_KEY"].encode(), text.encode(), hashlib.sha256
    ).hexdigest()
    assert (scan.foreign_length, scan.foreign_hmac) == (len(text), digest)
    assert (scan.badge_code, scan.badge_id, scan.visit_id) == (None, None, None)
    assert SECRET.encode() not in on_disk(office)


def on_disk(office):
    """Every byte of the database, its write-ahead log included."""
    instance = office.app.config["INSTANCE"]
    return b"".join(path.read_bytes() for path in sorted(instance.glob("tamu.db*")))


def test_bytes_that_are_no_utf_8_are_an_unknown_code(office):
    desk = office.desk("kasim")
    code = quote_from_bytes(b"\xff\xfe\xc3\x28T/12")
    response = desk.client.post(
        "/pindai",
        data=f"csrf_token={desk.token}&nonce={nonce()}&code={code}",
        content_type="application/x-www-form-urlencoded",
        headers={"Accept": "application/json"},
    )
    assert (response.status_code, response.json["reason"]) == (200, "unknown_code")
    assert rows(office, Scan)[-1].foreign_hmac is not None


def test_a_body_of_raw_bytes_is_a_sentence(office):
    desk = office.desk("kasim")
    response = desk.client.post(
        "/pindai",
        data=b"nonce=" + nonce().encode() + b"&code=\xff\xfe",
        content_type="application/x-www-form-urlencoded",
        headers={"Accept": "application/json", "X-CSRFToken": desk.token},
    )
    assert (response.status_code, told(response)) == (400, f"Belum tercatat. {NO_NONCE}")


def test_an_unknown_code_is_not_shown_back(office):
    panel = office.desk("kasim").post(
        "/pindai", {"nonce": nonce(), "code": "<b>x</b>"}, headers=HTMX
    )
    assert "Kode tidak dikenal" in words(panel.text)
    assert "<b>x" not in panel.text
    assert "&lt;b&gt;x" not in panel.text


# --- One nonce, one scan --------------------------------------------------------------------------


def test_the_same_scan_sent_again_gets_the_same_answer_and_writes_nothing(office):
    at_step(2)(office)
    kasim, again = office.desk("kasim"), nonce()
    first = kasim.scan("12", nonce=again)
    stored = (events(office), count(office, Scan), count(office, VisitText))
    office.clock.pass_time(minutes=7)
    second = kasim.scan("12", nonce=again)
    assert {k: v for k, v in second.items() if k != "message"} == {
        k: v for k, v in first.items() if k != "message"
    }
    assert (events(office), count(office, Scan), count(office, VisitText)) == stored


def test_a_form_that_was_asked_for_is_asked_for_again_by_the_same_scan(office):
    at_step(3)(office)
    sekar, again = office.desk("sekar"), nonce()
    sent = {"code": "12", "nonce": again}
    first = sekar.post("/pindai", sent, headers=HTMX)
    second = sekar.post("/pindai", sent, headers=HTMX)
    asked = {"direction", "destination"}
    for answer in (first, second):
        assert asked <= set(form_to(answer.text, "/pindai").names)


OTHERS = {
    "another code": ("kasim", {"code": "13"}),
    "another person": ("adi", {"code": "12"}),
    "another answer": ("kasim", {"code": "12", "purpose": "Lain"}),
    "another visit": ("kasim", {"code": "12", "visit": "1/2026"}),
    "a tap": ("kasim", {"method": "tap", "visit": "1/2026"}),
    "a confirmation": ("kasim", {"code": "12", "confirm": "1"}),
}


@pytest.mark.parametrize("name", OTHERS)
def test_a_nonce_used_for_something_else_is_a_conflict_that_is_kept(office, name):
    who, fields = OTHERS[name]
    at_step(2)(office)
    first = nonce()
    office.desk("kasim").scan("12", nonce=first)
    log = events(office)
    facts = office.desk(who).scan(nonce=first, **fields)
    assert (facts["outcome"], facts["reason"]) == ("refused", "nonce_conflict")
    assert events(office) == log
    original, conflict = rows(office, Scan)[-2:]
    assert (conflict.nonce, conflict.conflicts_with) == (None, original.id)
    assert conflict.actor_id == row(office, Person, username=who).id


def test_a_nonce_is_the_same_in_capitals(office):
    at_step(2)(office)
    kasim, again = office.desk("kasim"), nonce()
    kasim.scan("12", nonce=again)
    kasim.scan("12", nonce=again.upper())
    assert [scan.nonce for scan in rows(office, Scan)][-1:] == [again]


# --- What is no scan ------------------------------------------------------------------------------

NO_NONCE = "Kiriman ini tidak bernomor. Muat ulang halaman, lalu pindai lagi."
NO_CODE = "Kode belum ada. Pindai kartunya, atau ketik nomor yang tercetak."
TOO_LONG = (
    "Isian terlalu panjang (501 huruf). Ringkas menjadi paling banyak 500 huruf, lalu kirim lagi."
)
MALFORMED = {
    "no nonce": ({"code": "12", "nonce": ""}, NO_NONCE),
    "a nonce that is no UUID": ({"code": "12", "nonce": "12"}, NO_NONCE),
    "a UUID in braces": ({"code": "12", "nonce": "{" + USED + "}"}, NO_NONCE),
    "no code": ({}, NO_CODE),
    "a blank code": ({"code": " \t\n"}, NO_CODE),
    "a tap for nobody": ({"method": "tap"}, NO_CODE),
    "a text without end": (
        {"code": "12", "purpose": "a" * 501},
        TOO_LONG,
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_says_too_little_is_a_400_with_a_sentence_and_leaves_no_trace(office, name):
    fields, sentence = MALFORMED[name]
    at_step(2, purpose=None)(office)
    scans, kasim = count(office, Scan), office.desk("kasim")
    answer = kasim.send_scan(**fields)
    assert (answer.status_code, told(answer)) == (400, f"Belum tercatat. {sentence}")
    panel = kasim.post("/pindai", {"nonce": nonce(), **fields}, headers=HTMX)
    said_in_a_panel(panel, 400, f"Belum tercatat {sentence}")
    assert count(office, Scan) == scans


def test_a_purpose_of_500_letters_may_have_line_breaks(office):
    at_step(2, purpose=None)(office)
    text = "a" * 490 + "\r\n" * 9 + "z"
    facts = office.desk("kasim").scan("12", purpose=text)
    assert facts["outcome"] == "advanced"
    assert row(office, VisitText, field="purpose").value == text.replace("\r\n", "\n")


def test_without_a_session_a_program_is_told_to_sign_in(office):
    at_step(2)(office)
    answer = office.visitor().send_scan("12")
    assert (answer.status_code, told(answer)) == (401, "Silakan masuk lebih dulu.")


STALE = "Halaman ini sudah terlalu lama terbuka"
RELOAD = "Muat ulang halaman, lalu kirim sekali lagi."


def test_a_scan_without_the_token_is_refused(office):
    at_step(2)(office)
    kasim = office.desk("kasim")
    kasim.token = "forged"
    answer = kasim.send_scan("12")
    assert answer.status_code == 400
    assert told(answer) == f"{STALE}. {RELOAD}"
    said_in_a_panel(scan_on_page(kasim), 400, f"{STALE} {RELOAD}")
    assert events(office)[-1] == ("completed", "registration", None)


LARGE = {
    "a photo": lambda: {"photo": (io.BytesIO(b"0" * 400_000), "besar.jpg")},
    "a code": lambda: {"code": "0" * 400_000},
}


@pytest.mark.parametrize("part", LARGE)
def test_what_is_too_large_is_told_so(office, part):
    office.app.config["MAX_CONTENT_LENGTH"] = 300_000
    answer = scan_on_page(office.desk("kasim"), **LARGE[part]())
    said_in_a_panel(
        answer, 413, "Berkas terlalu besar Kirim foto yang lebih kecil, atau ketik nomor kartunya."
    )
    assert count(office, Scan) == 0


@pytest.mark.parametrize("part", LARGE)
def test_what_is_too_large_from_a_stranger_asks_them_to_sign_in(office, part):
    office.app.config["MAX_CONTENT_LENGTH"] = 300_000
    page = office.visitor().post("/pindai", {"nonce": nonce(), **LARGE[part]()})
    assert page.status_code == 401
    assert "Sesi Anda sudah berakhir." in words(page.text)


def test_a_person_who_scans_without_end_is_slowed_down(office):
    office.app.config["SCANS_PER_MINUTE"] = 3
    kasim = office.desk("kasim")
    answers = [kasim.send_scan("12") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert told(answers[-1]) == "Terlalu sering. Tunggu sebentar, lalu coba lagi."
    slowed = scan_on_page(kasim)
    said_in_a_panel(slowed, 429, "Terlalu sering Tunggu sebentar, lalu coba lagi.", goes_again=True)
    assert count(office, Scan) == 3
    assert office.desk("sekar").send_scan("12").status_code == 200


CLIENT_TIMES = {
    "2026-11-24T09:02:03+07:00": datetime(2026, 11, 24, 2, 2, 3, tzinfo=UTC),
    "2026-11-24T02:02:03.5Z": datetime(2026, 11, 24, 2, 2, 3, 500_000, tzinfo=UTC),
    "1795485723000": datetime(2026, 11, 24, 2, 2, 3, tzinfo=UTC),
    "2026-11-24T09:02:03": None,
    "kemarin": None,
    "²³": None,
    "9" * 30: None,
    "9" * 5000: None,
    "0001-01-01T00:00:00+14:00": None,
    "9999-12-31T23:59:59-14:00": None,
}


@pytest.mark.parametrize("text", CLIENT_TIMES, ids=lambda text: text[:26])
def test_the_phones_time_is_kept_beside_and_decides_nothing(office, text):
    at_step(2)(office)
    facts = office.desk("kasim").scan("12", at=text, device="Meja Kasubbag")
    assert facts["message"].startswith("Langkah 2 selesai. 2 mnt 0 dtk, tepat waktu.")
    scan = rows(office, Scan)[-1]
    assert (scan.client_at, scan.received_at) == (CLIENT_TIMES[text], office.clock())
    assert scan.device_label == "Meja Kasubbag"


METHODS = {
    ("12", ""): "typed",
    ("012", "usb"): "usb",
    ("code", ""): "camera",
    ("code", "usb"): "usb",
    ("code", "link"): "link",
    ("code", "tap"): "camera",
    ("code", "nonsens"): "camera",
}


@pytest.mark.parametrize(("code", "method"), METHODS)
def test_the_means_of_a_scan_is_recorded(office, code, method):
    at_step(2)(office)
    sent = office.code_of(12) if code == "code" else code
    office.desk("kasim").scan(sent, method=method)
    event = rows(office, StepEvent)[-1]
    assert (event.kind, event.method) == ("completed", METHODS[code, method])
    assert event.scan_id == rows(office, Scan)[-1].id


# --- Answers of a panel ---------------------------------------------------------------------------


def answer_form(desk, response, *, button=None, **filled):
    """Fill in the panel's form and send it, as a browser would."""
    form = form_to(response.text, "/pindai")
    assert "data-scan" in form.attributes
    data = form.data | filled | (dict([button]) if button else {})
    return desk.post("/pindai", data, headers=HTMX)


def test_the_purpose_is_asked_and_answered_with_one_form(office):
    at_step(2, purpose=None)(office)
    kasim = office.desk("kasim")
    panel = scan_on_page(kasim)
    blank = answer_form(kasim, panel, purpose="  ")
    assert "Tulis keperluan tamu, singkat saja." in words(blank.text)
    done = answer_form(kasim, blank, purpose="Mengurus izin <b>usaha</b>")
    assert "Langkah 2 selesai" in words(done.text)
    text = row(office, VisitText)
    assert (text.field, text.value) == ("purpose", "Mengurus izin <b>usaha</b>")
    assert (text.actor_name, text.actor_post) == ("Kasim", "Kasubbag UMPAR")
    assert "<b>usaha" not in done.text


def test_the_direction_is_prefilled_and_needs_one_submit(office):
    at_step(3)(office)
    sekar = office.desk("sekar")
    panel = scan_on_page(sekar)
    form = form_to(panel.text, "/pindai")
    assert (form.data["direction"], form.data["destination"]) == ("Antar ke tujuan.", "1")
    assert "Arahan untuk Kasubbag UMPAR" in words(panel.text)
    done = answer_form(sekar, panel)
    assert "Langkah 3 selesai" in words(done.text)
    assert events(office)[-1] == ("completed", "direction", None)
    assert row(office, VisitText, field="direction").value == "Antar ke tujuan."
    assert row(office, Visit).destination_id == 1


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        ({"direction": " "}, "Tulis arahannya, misalnya “Antar ke tujuan”."),
        ({"destination": ""}, "Pilih tujuan tamu."),
    ],
)
def test_a_direction_that_lacks_something_keeps_the_rest(office, filled, sentence):
    at_step(3)(office)
    sekar = office.desk("sekar")
    typed = {"direction": "Ke Bidang UKM, lantai 2.", "destination": "1"} | filled
    again = answer_form(sekar, scan_on_page(sekar), **typed)
    assert sentence in words(again.text)
    data = form_to(again.text, "/pindai").data
    assert (data["direction"], data["destination"]) == (typed["direction"], typed["destination"])
    assert row(office, Visit).step_key == "direction"


@pytest.mark.parametrize("destination", ["99", "x", "1; DROP", "-1"])
def test_a_destination_that_does_not_exist_is_asked_for_again(office, destination):
    at_step(3)(office)
    facts = office.desk("sekar").scan("12", direction="Antar.", destination=destination)
    assert (facts["outcome"], facts["reason"], facts["step"]) == ("needs", "form", 3)


def test_a_destination_without_a_host_warns_who_will_act(office):
    unit_id = office.unit("Bidang Kosong")
    at_step(3)(office)
    panel = scan_on_page(office.desk("sekar"))
    warning = "Bidang Kosong belum punya penerima yang aktif. Yang akan menerima: Hadi."
    assert f'data-unit="{unit_id}"' in panel.text
    assert warning in words(panel.text)


def test_several_waiting_guests_are_offered_by_name(office):
    two_waiting(office)
    fitri = office.desk("fitri")
    panel = scan_on_page(fitri)
    form = form_to(panel.text, "/pindai")
    assert form.buttons == [("visit", "1/2026"), ("visit", "2/2026")]
    assert "Tono perorangan, menunggu sejak 09.00" in words(panel.text)
    done = answer_form(fitri, panel, button=("visit", "2/2026"))
    assert "Tanda pengenal 012 diserahkan" in words(done.text)
    loan = row(office, Loan)
    assert loan.visit_id == row(office, Visit, number=2).id
    assert events(office, "1/2026") == [("opened", None, None)]
    assert events(office, "2/2026")[1:] == [
        ("issued", None, None),
        ("completed", "registration", None),
    ]
    assert state_of(office, 12) == "in_use"


def test_a_badge_meant_for_one_guest_goes_to_that_guest(office):
    two_waiting(office)
    facts = office.desk("fitri").scan("12", visit="2/2026")
    assert (facts["outcome"], facts["visit"]) == ("issued", "2/2026")


def test_a_badge_scanned_again_within_a_minute_is_not_given_to_the_next_guest(office):
    at_step(6)(office)
    fitri = office.desk("fitri")
    fitri.scan("12")
    office.open_visit("Udin")
    office.clock.pass_time(5)
    assert fitri.scan("12")["outcome"] == "repeated"
    office.clock.pass_time(30)
    panel = scan_on_page(fitri)
    assert "Serahkan kartu ini kepada Udin?" in words(panel.text)
    done = answer_form(fitri, panel)
    assert "Tanda pengenal 012 diserahkan" in words(done.text)
    assert row(office, Loan, ended_at=None).visit_id == row(office, Visit, number=2).id


def test_two_steps_in_a_row_need_one_big_button(office):
    all_roles(6)(office)
    serba = office.desk("serba")
    panel = scan_on_page(serba)
    assert "Ya, selesaikan langkah 4: Mengantar ke tujuan" in words(panel.text)
    assert row(office, Visit).step_key == "escort"
    done = answer_form(serba, panel)
    assert "Langkah 4 selesai" in words(done.text)
    assert row(office, Visit).step_key == "reception"


def test_a_badge_left_in_view_moves_the_visit_once(office):
    office.hire("serba", "front_desk", "general_affairs", "secretary", "host")
    at_step(2)(office)
    serba = office.desk("serba")
    outcomes = []
    for _ in range(20):
        outcomes.append(serba.scan("12")["outcome"])
        office.clock.pass_time(3)
    assert outcomes == ["advanced", "repeated", *["needs"] * 18]
    assert row(office, Visit).step_key == "direction"


@pytest.mark.parametrize("field_", ["purpose", "direction"])
def test_who_answers_too_late_keeps_what_was_typed(office, field_):
    step, stage, who, other = {
        "purpose": (2, "purpose", "kasim", "krisna"),
        "direction": (3, "direction", "sekar", "sari"),
    }[field_]
    office.hire(other, "general_affairs" if field_ == "purpose" else "secretary")
    at_step(step, purpose=None if step == 2 else "Izin usaha")(office)
    late = office.desk(who)
    panel = scan_on_page(late)
    office.scan(other, "12", purpose="Izin", direction="Antar.", destination_id=1)
    answer = answer_form(late, panel, **{field_: "Pinjaman <modal>"})
    assert "Sudah tercatat" in words(answer.text)
    assert "“Pinjaman <modal>”" in words(answer.text)
    assert [text.value for text in rows(office, VisitText, field=field_)] == [
        "Izin" if field_ == "purpose" else "Antar."
    ]
    assert stage in {event[1] for event in events(office)}


def test_a_late_purpose_can_be_recorded_as_a_correction(office):
    office.hire("krisna", "general_affairs")
    at_step(2, purpose=None)(office)
    kasim = office.desk("kasim")
    panel = scan_on_page(kasim)
    office.scan("krisna", "12", purpose="Izin")
    answer = answer_form(kasim, panel, purpose="Pinjaman modal")
    form = form_to(answer.text, "/kunjungan/2026/1/koreksi")
    kasim.post(form.action, form.data)
    assert [text.value for text in rows(office, VisitText)] == ["Izin", "Pinjaman modal"]
    assert events(office)[-1] == ("corrected", None, "purpose")


# --- Taps -----------------------------------------------------------------------------------------


def test_a_tap_does_the_step_it_was_made_for(office):
    at_step(2)(office)
    facts = office.desk("kasim").scan(None, **TAP, stage="purpose")
    assert (facts["outcome"], facts["step"], facts["badge"]) == ("advanced", 3, "012")
    event, scan = rows(office, StepEvent)[-1], rows(office, Scan)[-1]
    assert (event.method, scan.method) == ("tap", "tap")
    assert scan.badge_id == row(office, Badge, number=12).id
    assert (scan.badge_code, scan.foreign_length, scan.foreign_hmac) == (None, None, None)


@pytest.mark.parametrize(("seconds", "answer"), [(1, "repeated"), (5, "repeated"), (6, "refused")])
def test_a_tap_made_twice_counts_once(office, seconds, answer):
    at_step(2)(office)
    kasim = office.desk("kasim")
    kasim.scan(None, **TAP, stage="purpose")
    office.clock.pass_time(seconds)
    facts = kasim.scan(None, **TAP, stage="purpose")
    assert (facts["outcome"], facts["step"]) == (answer, 3)
    assert [event for event in events(office) if event[1] == "purpose"] == [
        ("completed", "purpose", None)
    ]


def test_a_tap_on_a_page_that_was_overtaken_never_does_the_next_step(office):
    at_step(5)(office)
    office.scan("hadi", "12")
    office.clock.pass_time(minutes=3)
    facts = office.desk("hadi").scan(None, **TAP, stage="reception")
    assert (facts["outcome"], facts["reason"]) == ("refused", "already_done")
    assert row(office, Visit).step_state == "running"


def test_the_host_starts_and_ends_with_one_tap_each(office):
    at_step(5)(office)
    hadi = office.desk("hadi")
    assert hadi.scan(None, **TAP, stage="reception")["outcome"] == "started"
    office.clock.pass_time(minutes=10)
    assert hadi.scan(None, **TAP, stage="reception:running")["outcome"] == "ended"
    assert events(office)[-2:] == [("started", "reception", None), ("ended", "reception", None)]


def test_a_tap_for_a_guest_without_a_badge_names_none(office):
    waiting(office)
    office.desk("fitri").scan(None, **TAP)
    closed_label = office.bring_to_step(6, name="Udin")
    office.scan("fitri", "12")
    office.desk("kasim").scan(None, **TAP | {"visit": closed_label})
    taps = [scan for scan in rows(office, Scan) if scan.method == "tap"]
    assert [(tap.reason, tap.badge_id) for tap in taps] == [
        ("needs_scan", None),
        ("visit_closed", None),
    ]


def test_a_badge_is_never_handed_out_by_a_tap(office):
    waiting(office)
    facts = office.desk("fitri").scan(None, **TAP)
    assert (facts["outcome"], facts["reason"]) == ("refused", "needs_scan")
    assert count(office, Loan) == 0


# --- The badge comes back -------------------------------------------------------------------------

MISSED = {
    2: ["purpose", "direction", "escort", "reception"],
    3: ["direction", "escort", "reception"],
    4: ["escort", "reception"],
}


@pytest.mark.parametrize("step", MISSED)
@pytest.mark.parametrize(
    ("choice", "title"),
    [
        ("completed_short", "Kunjungan ditutup: Selesai tanpa langkah lengkap"),
        ("cancelled", "Kunjungan ditutup: Batal"),
        ("declined", "Kunjungan ditutup: Tidak dapat diterima"),
    ],
)
def test_an_early_return_asks_the_outcome_and_skips_what_is_missing(office, step, choice, title):
    at_step(step)(office)
    fitri = office.desk("fitri")
    panel = scan_on_page(fitri)
    assert "Tamu pulang lebih awal?" in words(panel.text)
    assert form_to(panel.text, "/pindai").data["intent"] == "return_early"
    done = answer_form(fitri, panel, outcome_choice=choice, reason_text="Ada urusan mendadak")
    assert title in words(done.text)
    missed = [("skipped", key, None) for key in MISSED[step]]
    assert events(office)[-3 - len(missed) :] == [
        *missed,
        ("returned", None, None),
        ("completed", "return", "clock_unknown"),
        ("closed", None, choice),
    ]
    visit = row(office, Visit)
    assert (visit.outcome, visit.closed_at, visit.step_key) == (choice, office.clock(), None)
    assert row(office, VisitText, field="reason").value == "Ada urusan mendadak"
    assert (row(office, Loan).ended_as, state_of(office, 12)) == ("returned", "available")


@pytest.mark.parametrize(
    ("filled", "sentence"),
    [
        ({"outcome_choice": "", "reason_text": "Lelah menunggu"}, "Pilih hasil kunjungan."),
        ({"outcome_choice": "cancelled", "reason_text": " "}, "Tulis alasannya, singkat saja."),
        ({"outcome_choice": "completed", "reason_text": "Lelah"}, "Tamu pulang lebih awal?"),
    ],
)
def test_an_early_return_that_lacks_something_keeps_the_rest(office, filled, sentence):
    at_step(3)(office)
    fitri = office.desk("fitri")
    again = answer_form(fitri, scan_on_page(fitri), **filled)
    assert sentence in words(again.text)
    data = form_to(again.text, "/pindai").data
    assert data["reason_text"].strip() == filled["reason_text"].strip()
    assert row(office, Visit).closed_at is None


def test_the_return_during_the_reception_closes_both_without_calling_it_late(office):
    received(office)
    facts = office.desk("fitri").scan("12")
    assert (facts["outcome"], facts["step"]) == ("closed", None)
    assert facts["message"].startswith("Kunjungan selesai. Langkah 6: tidak terukur.")
    assert events(office)[-4:] == [
        ("ended", "reception", "ended_by_return"),
        ("returned", None, None),
        ("completed", "return", "clock_unknown"),
        ("closed", None, "completed"),
    ]


def test_the_return_without_a_reception_is_confirmed_with_one_button(office):
    at_step(5)(office)
    fitri = office.desk("fitri")
    panel = scan_on_page(fitri)
    assert "Tamu sudah diterima, tidak dipindai" in words(panel.text)
    assert ["data-scan" in form.attributes for form in scans_on(panel.text)] == [True, True]
    confirm = next(form for form in forms(panel.text) if form.data.get("confirm"))
    done = fitri.post("/pindai", confirm.data, headers=HTMX)
    assert "Kunjungan selesai" in words(done.text)
    assert events(office)[-4:] == [
        ("completed", "reception", "not_scanned"),
        ("returned", None, None),
        ("completed", "return", "clock_unknown"),
        ("closed", None, "completed"),
    ]


def test_the_return_of_a_guest_whom_nobody_received_asks_the_outcome(office):
    at_step(5)(office)
    fitri = office.desk("fitri")
    panel = scan_on_page(fitri)
    not_received = form_to(panel.text, "/pindai", intent="return_early")
    asked = fitri.post("/pindai", not_received.data, headers=HTMX)
    assert "Tamu pulang lebih awal?" in words(asked.text)
    blank = answer_form(fitri, asked, reason_text="Kepala Dinas berhalangan")
    assert "Pilih hasil kunjungan." in words(blank.text)
    done = answer_form(fitri, blank, outcome_choice="declined")
    assert "Kunjungan ditutup: Tidak dapat diterima" in words(done.text)
    assert events(office)[-4:] == [
        ("skipped", "reception", None),
        ("returned", None, None),
        ("completed", "return", "clock_unknown"),
        ("closed", None, "declined"),
    ]
    assert row(office, VisitText, field="reason").value == "Kepala Dinas berhalangan"


def test_a_guest_who_turns_round_at_once_can_hand_the_badge_back(office):
    at_step(2, later=20)(office)
    fitri = office.desk("fitri")
    panel = scan_on_page(fitri)
    assert "Sudah tercatat" in words(panel.text)
    back = form_to(panel.text, "/pindai", intent="return")
    assert "data-scan" in back.attributes
    asked = fitri.post("/pindai", back.data, headers=HTMX)
    assert "Tamu pulang lebih awal?" in words(asked.text)


def test_the_page_for_taking_back_takes_back_whatever_the_step(office):
    at_step(2, later=20)(office)
    page = office.desk("fitri").get("/pindai?maksud=kembali").text
    assert "Menerima kembali kartu. Pindai atau ketik nomornya." in words(page)
    assert link(page, "Pindai seperti biasa") == "/pindai"
    form = form_to(page, "/pindai", method="")
    panel = office.desk("fitri").post("/pindai", form.data | {"code": "12"}, headers=HTMX)
    assert "Tamu pulang lebih awal?" in words(panel.text)


def test_the_page_for_taking_back_names_the_badge_and_the_guest_it_was_opened_for(office):
    office.bring_to_step(6)
    office.bring_to_step(3, badge="13", name="Udin")
    office.clock.pass_time(minutes=2)
    fitri = office.desk("fitri")
    page = fitri.get("/pindai?maksud=kembali&untuk=1/2026").text
    assert "Menerima kembali kartu 012 dari Tono. Pindai atau ketik nomornya." in words(page)
    mode = {"visit": "1/2026", "intent": "return"}
    for form in scans_on(page):
        assert mode.items() <= form.data.items()
    form = form_to(page, "/pindai", method="")
    other = fitri.post("/pindai", form.data | {"code": "13"}, headers=HTMX)
    assert "Kartu ini sedang dipakai tamu lain" in words(other.text)
    assert row(office, Visit, number=2).closed_at is None
    done = fitri.post("/pindai", form.data | {"code": "12", "nonce": nonce()}, headers=HTMX)
    assert "Kunjungan selesai" in words(done.text)
    assert row(office, Visit, number=1).outcome == "completed"


def test_the_page_for_taking_back_never_hands_a_free_badge_out(office):
    waiting(office)
    fitri = office.desk("fitri")
    form = form_to(fitri.get("/pindai?maksud=kembali").text, "/pindai", method="")
    panel = fitri.post("/pindai", form.data | {"code": "12"}, headers=HTMX)
    assert "Kartu ini sudah kembali dan tersedia Tanda pengenal 012" in words(panel.text)
    assert (count(office, Loan), state_of(office, 12)) == (0, "available")
    assert row(office, Visit).step_key == "registration"


def test_every_move_of_a_badge_is_in_its_log(office):
    closed(office)
    badge = row(office, Badge, number=12)
    moves = [
        (move.from_state, move.to_state) for move in rows(office, BadgeEvent, badge_id=badge.id)
    ]
    assert moves == [(None, "available"), ("available", "in_use"), ("in_use", "available")]


# --- The scanner page -----------------------------------------------------------------------------


def test_the_scanner_names_the_guest_it_was_opened_for(office):
    two_waiting(office)
    page = office.desk("fitri").get("/pindai?untuk=2/2026").text
    assert (
        "Kartu untuk Udin, perorangan. Pindai kartu yang bebas atau ketik nomornya. "
        "Pindai seperti biasa" in words(page)
    )
    assert link(page, "Pindai seperti biasa") == "/pindai"
    assert [form.data["visit"] for form in scans_on(page)] == ["2/2026", "2/2026"]
    assert "hx-post" not in page


@pytest.mark.parametrize("label", ["99/2026", "x", "", "2/2026/1"])
def test_the_scanner_opened_for_nobody_is_the_plain_scanner(office, label):
    two_waiting(office)
    page = office.desk("fitri").get("/pindai", query_string={"untuk": label})
    assert page.status_code == 200
    assert "Kartu untuk" not in words(page.text)
    assert "Pindai seperti biasa" not in words(page.text)
    for form in scans_on(page.text):
        assert not {"visit", "intent"} & set(form.names)
    assert "data-mode" not in page.text


@pytest.mark.parametrize("url", ["/pindai?untuk=1/2026", "/pindai?maksud=kembali&untuk=1/2026"])
def test_only_the_front_desk_learns_a_name_by_a_visits_number(office, url):
    office.bring_to_step(2, name="Rahasia")
    assert "Rahasia" in office.desk("fitri").get(url).text
    assert "Rahasia" not in office.desk("hadi").get(url).text


def test_the_last_ten_scans_of_a_person_are_listed_newest_first(office):
    at_step(2)(office)
    kasim = office.desk("kasim")
    kasim.scan("12")
    for number in range(10):
        office.clock.pass_time(minutes=1)
        kasim.scan(str(13 + number % 2))
    listed = words(kasim.get("/pindai/terakhir").text)
    assert listed.count("Kartu ini tidak sedang dipakai") == 10
    assert "Langkah 2 selesai" not in listed
    first, second = (f"Tanda pengenal {n} Kartu ini tidak sedang dipakai" for n in ("014", "013"))
    assert listed.startswith(f"09.14 {first} 09.13 {second}")
    assert words(office.desk("sekar").get("/pindai/terakhir").text) == (
        "Pindaian Anda tampil di sini."
    )


def test_the_list_of_the_last_scans_is_renewed_within_its_holder(office):
    kasim = office.desk("kasim")
    page = kasim.get("/pindai").text
    holder = re.search(r'<div id="latest"([^>]*)>', page).group(1)
    assert ' hx-get="/pindai/terakhir" hx-trigger="scanned from:body"' in holder
    assert ' hx-swap="innerHTML" hx-target="this"' in holder
    scan_on_page(kasim)
    fresh = kasim.get("/pindai/terakhir", headers=HTMX).text
    assert fresh.lstrip().startswith('<ol class="scan-list">')
    assert 'id="latest"' not in fresh


LAST_WORDS = {
    "a waiting guest gets the badge": "Kartu diserahkan",
    "step 2 is done": "Langkah 2 selesai",
    "step 2 lacks the purpose": "Menunggu jawaban",
    "the host receives": "Mulai diterima",
    "the host has received": "Selesai diterima",
    "the badge comes back": "Kartu kembali, kunjungan ditutup",
    "the secretary scans at step 2": "Giliran petugas lain",
    "a code of no badge": "Kode tidak dikenal",
    "a badge in nobody's hands": "Kartu ini tidak sedang dipakai",
    "a nonce of another scan": "Kiriman ini sudah pernah dipakai",
    "the same scan five seconds later": "Sudah tercatat",
    "a colleague was faster": "Sudah tercatat",
}


@pytest.mark.parametrize("name", LAST_WORDS)
def test_each_past_scan_is_told_in_a_few_words(office, name):
    case = CASES[name]
    case.arrange(office)
    desk = office.desk(case.who)
    desk.post("/pindai", case.sent(), headers=HTMX)
    latest = desk.get("/pindai/terakhir").text.split("<li>")[1]
    assert LAST_WORDS[name] in words(latest)


def test_the_decoder_alone_may_compile_webassembly(office):
    worker = office.visitor().get("/pindai/pembaca.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Content-Security-Policy"] == (
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'"
    )


# --- Whose guest it is ----------------------------------------------------------------------------


@pytest.fixture
def secret(office):
    """A guest at step 5 on the way to Hadi; Hendra receives elsewhere."""
    hendra = office.hire("hendra", "host")
    office.unit("Bidang Koperasi", hosts={hendra})
    office.bring_to_step(5, name="Rahasia", origin="CV Rahasia", purpose="Hal rahasia")
    office.clock.pass_time(minutes=2)
    return office


def test_a_host_who_scans_somebody_elses_guest_learns_whose_turn_it_is_but_no_name(secret):
    hendra = secret.desk("hendra")
    for answer in (scan_on_page(hendra), hendra.post("/pindai", {"nonce": nonce(), "code": "12"})):
        assert answer.status_code == 200
        said = words(answer.text)
        assert "Giliran Kepala Dinas" in said
        assert "Sampaikan kepada Hadi, Kepala Dinas." in said
        assert "Tanda pengenal 012 Tamu petugas lain" in said
        assert "rahasia" not in answer.text.lower()
        assert "/kunjungan/" not in answer.text
        assert '<ol class="steps' not in answer.text
    assert "rahasia" not in hendra.send_scan("12").text.lower()
    assert "rahasia" not in hendra.get("/pindai").text.lower()


@pytest.mark.parametrize("who", ["hadi", "kasim", "sekar", "fitri"])
def test_who_may_see_a_guest_sees_the_name_in_the_panel(secret, who):
    panel = scan_on_page(secret.desk(who))
    assert "Tanda pengenal 012 Rahasia CV Rahasia Hal rahasia" in words(panel.text)
    assert "Tamu petugas lain" not in words(panel.text)
    assert 'href="/kunjungan/2026/1"' in panel.text


def test_a_host_sees_an_own_guest_at_another_step(office):
    office.bring_to_step(4)
    office.clock.pass_time(minutes=2)
    panel = scan_on_page(office.desk("hadi"))
    assert "Giliran Kasubbag UMPAR" in words(panel.text)
    assert "Tanda pengenal 012 Tono perorangan" in words(panel.text)


def test_a_photo_of_a_badge_that_is_back_leads_to_nobody(secret):
    """Its code is the next guest's: it names nobody of those who carried it before."""
    code = secret.code_of(12)
    for who in ("hadi", "hadi", "fitri"):
        secret.clock.pass_time(minutes=2)
        secret.scan(who, "12")
    stranger = secret.visitor().get(f"/T/{code}").text
    assert ("Rahasia" in stranger, "/kunjungan/" in stranger) == (False, False)
    for who in ("kasim", "hadi", "fitri"):
        panel = secret.desk(who).post("/pindai", {"nonce": nonce(), "code": code}, headers=HTMX)
        assert ("Rahasia" in panel.text, "/kunjungan/2026/1" in panel.text) == (False, False)
    assert row(secret, Visit).outcome == "completed"


# --- Photos ---------------------------------------------------------------------------------------


def small_photo(payload):
    return photo(payload, size=(800, 600))


def send_photo(desk, content, name="kartu.jpg"):
    data = {"nonce": nonce(), "photo": (io.BytesIO(content), name)}
    return desk.post("/pindai", data, headers=HTMX)


def picture(size, mode="L", kind="PNG"):
    file = io.BytesIO()
    Image.new(mode, size, 1).save(file, kind)
    return file.getvalue()


def test_a_photo_of_a_badge_is_read_on_the_server(office):
    at_step(2)(office)
    answer = send_photo(
        office.desk("kasim"), small_photo(f"HTTPS://TAMU.DINAS.LAN/T/{office.code_of(12)}")
    )
    assert "Langkah 2 selesai" in words(answer.text)
    event, scan = rows(office, StepEvent)[-1], rows(office, Scan)[-1]
    assert (event.method, scan.method, scan.badge_code) == ("photo", "photo", office.code_of(12))


def test_a_form_that_a_photo_led_to_carries_the_code_on(office):
    at_step(2, purpose=None)(office)
    kasim = office.desk("kasim")
    panel = send_photo(kasim, small_photo(f"T/{office.code_of(12)}"))
    done = answer_form(kasim, panel, purpose="Izin usaha")
    assert "Langkah 2 selesai" in words(done.text)


def two_badges():
    left, right = (Image.open(io.BytesIO(small_photo(f"T/{letter * 16}"))) for letter in "AB")
    both = Image.new("RGB", (left.width * 2, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    file = io.BytesIO()
    both.save(file, "JPEG")
    return file.getvalue()


NO_PHOTO = "Berkas ini bukan foto yang dapat dibaca. Kirim foto JPEG atau PNG."
PHOTOS = {
    "a text": (lambda: b"ini bukan foto", NO_PHOTO),
    "nothing": (lambda: b"", NO_PHOTO),
    "a photo cut short": (lambda: small_photo("T/ABCDEFGHIJKLMNOP")[:3000], NO_PHOTO),
    "a picture in a format of its own": (lambda: picture((9, 9), kind="TIFF"), NO_PHOTO),
    "no QR at all": (
        lambda: picture((400, 300)),
        "QR pada foto tidak terbaca. Foto lebih dekat dan lebih terang, atau ketik nomornya.",
    ),
    "more pixels than a photo has": (
        lambda: picture((8000, 8000), "1"),
        "Foto terlalu besar. Ambil foto dengan ukuran lebih kecil.",
    ),
    "two badges": (two_badges, "Ada lebih dari satu QR pada foto. Foto satu kartu saja."),
}


@pytest.mark.parametrize("name", PHOTOS)
def test_a_photo_that_cannot_be_read_says_how_to_take_a_better_one(office, name):
    make, sentence = PHOTOS[name]
    answer = send_photo(office.desk("kasim"), make())
    said_in_a_panel(answer, 400, f"Belum tercatat {sentence}")
    assert count(office, Scan) == 0


# --- The address on a badge -----------------------------------------------------------------------


def addresses(office):
    return {
        "known": office.code_of(12),
        "in use": office.code_of(13),
        "dead": revoke(office, 14),
        "unknown": "ABCDEFGHIJKLMNOP",
        "no code": "X",
        "markup": "<b>",
    }


def test_a_stranger_gets_the_same_bytes_for_every_code_without_a_database_query(office):
    office.bring_to_step(2, badge="13")
    codes = addresses(office)
    pages = set()
    for prefix in ("/T/", "/t/"):
        for code in codes.values():
            with statements(office.app) as sent:
                answer = office.app.test_client().get(prefix + code)
            assert (answer.status_code, sent) == (200, [])
            assert "Set-Cookie" not in answer.headers
            pages.add(answer.data)
            office.clock.pass_time(minutes=1)
    assert len(pages) == 1
    assert "Mohon serahkan kembali kepada petugas front desk" in words(pages.pop().decode())


def test_a_stranger_may_ask_for_the_head_alone(office):
    with statements(office.app) as sent:
        answer = office.app.test_client().head(f"/T/{office.code_of(12)}")
        assert (answer.status_code, answer.data) == (200, b"")
    assert [text for text in sent if "office" in text] == []


def test_a_session_that_is_over_makes_a_stranger(office):
    office.bring_to_step(2)
    kasim, code = office.desk("kasim"), office.code_of(12)
    office.clock.pass_time(hours=12)
    page = kasim.get(f"/T/{code}")
    assert page.data == office.app.test_client().get(f"/T/{code}").data


def test_a_stranger_is_led_by_the_sign_in_back_to_the_badge(office):
    office.bring_to_step(2)
    visitor, address = office.visitor(), f"/T/{office.code_of(12)}"
    assert link(visitor.get(address).text, "Masuk sebagai petugas") == "?masuk"
    asked = visitor.get(address + "?masuk")
    assert (asked.status_code, asked.headers["Location"]) == (303, f"/masuk?next={address}")
    form = form_to(visitor.get(asked.headers["Location"]).text, "/masuk")
    signed_in = visitor.post("/masuk", form.data | {"username": "kasim", "password": PASSWORD})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, address)
    assert "Tono" in visitor.get(address).text


def test_the_way_to_the_sign_in_tells_no_code_from_another(office):
    office.bring_to_step(2, badge="13")
    for code in addresses(office).values():
        with statements(office.app) as sent:
            answer = office.app.test_client().get(f"/T/{code}", query_string={"masuk": ""})
        assert (answer.status_code, sent) == (303, [])
        assert answer.headers["Location"].startswith("/masuk?next=/T/")


def test_who_has_no_role_is_a_stranger_too(office):
    office.bring_to_step(2)
    code = office.code_of(12)
    page = office.desk("wati").get(f"/T/{code}")
    assert "Tono" not in page.text
    assert "Mohon serahkan kembali kepada petugas front desk" in words(page.text)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("who", ["fitri", "kasim", "hadi"])
def test_the_address_alone_never_changes_anything(office, who, method):
    office.bring_to_step(2)
    code, before = office.code_of(12), (events(office), count(office, Scan))
    getattr(office.desk(who).client, method)(f"/T/{code}")
    assert (events(office), count(office, Scan)) == before


def test_staff_see_the_step_and_one_button_which_scans(office):
    office.bring_to_step(2)
    kasim, code = office.desk("kasim"), office.code_of(12)
    page = kasim.get(f"/t/{code.lower()}").text
    assert "Tono perorangan" in words(page)
    assert "Langkah 2, Kasubbag UMPAR: menanyakan keperluan." in words(page)
    assert "Catat pindaian ini" in words(page)
    form = form_to(page, "/pindai")
    assert (form.data["code"], form.data["method"]) == (code, "link")
    answer = kasim.post(form.action, form.data)
    assert "Langkah 2 selesai" in words(answer.text)
    assert rows(office, StepEvent)[-1].method == "link"


STAFF_SEE = {
    "free": "Tanda pengenal 012 Kartu ini tidak sedang dipakai tamu.",
    "dead": "Tanda pengenal tidak berlaku Kode kartu ini sudah dimatikan.",
    "unknown": "Kode tidak dikenal Ini bukan tanda pengenal kantor ini.",
}


@pytest.mark.parametrize("kind", STAFF_SEE)
def test_staff_learn_what_a_card_is(office, kind):
    code = {
        "free": lambda: office.code_of(12),
        "dead": lambda: revoke(office, 14),
        "unknown": lambda: "ABCDEFGHIJKLMNOP",
    }[kind]()
    page = office.desk("kasim").get(f"/T/{code}").text
    assert STAFF_SEE[kind] in words(page)
    assert ("Catat pindaian ini" in words(page)) == (kind == "free")
    assert len(scans_on(page)) == (kind == "free")


def test_a_host_learns_of_somebody_elses_guest_no_more_than_that_the_badge_is_in_use(secret):
    address = f"/T/{secret.code_of(12)}"
    page = secret.desk("hendra").get(address).text
    assert "Tanda pengenal 012 Kartu ini sedang dipakai tamu petugas lain." in words(page)
    assert "rahasia" not in page.lower()
    assert "Langkah 5" not in words(page)
    assert '<ol class="steps' not in page
    for who in ("hadi", "kasim", "fitri"):
        shown = words(secret.desk(who).get(address).text)
        assert "Rahasia CV Rahasia" in shown
        assert "Langkah 5, menunggu penerima, Kepala Dinas: menerima tamu." in shown
    secret.scan("hadi", "12")
    shown = words(secret.desk("hadi").get(address).text)
    assert "Langkah 5, sedang diterima, Kepala Dinas: menerima tamu." in shown
