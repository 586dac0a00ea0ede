import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import create_app
from app.domain.permissions import all_roles
from app.domain.timing import Standing
from app.models.badge import Badge, Loan
from app.models.office import SopVersion
from app.models.scan import Scan
from app.models.visit import StepEvent, Visit, VisitText
from app.operations.people import NewPerson, add_person
from app.operations.sops import digest_of
from app.queries.visits import open_visits, view_by_label
from app.sop_files import BUNDLED, SopFileError
from app.startup import prepare_database
from tests.cast import MORNING, PASSWORD, Office, copy_instance

BUNDLED_BODY = (BUNDLED / "pelayanan-tamu.toml").read_text(encoding="utf-8")
BALAI = """
code = "tamu-balai"
status = "Berlaku"

[identity]
office = "BALAI PELATIHAN KOPERASI"

[[performers]]
code = "guard"
name = "Satpam"

[[performers]]
code = "receptionist"
name = "Resepsionis"

[[performers]]
code = "host"
name = "Kepala Balai"
role_name = "Penerima tamu"

[[steps]]
key = "gate"
performer = "guard"
activity = "Mencatat tamu di pos dan menyerahkan tanda pengenal"
requirement = "Kartu tamu"
standard = "2 menit"
limit_s = 120
output = "Catatan tamu"
effects = ["issues_badge"]
title = "Pos jaga"
instruction = "Serahkan kartu di pos."

[[steps]]
key = "lobby"
performer = "receptionist"
activity = "Menanyakan keperluan dan menentukan tujuan"
standard = "10 menit"
limit_s = 600
requires = ["purpose", "destination"]
title = "Lobi"
instruction = "Tanyakan keperluan di lobi."

[[steps]]
key = "meeting"
performer = "host"
activity = "Menerima tamu"
standard = "Sesuai kebutuhan"
effects = ["by_host", "open_ended"]
title = "Pertemuan"
instruction = "Pindai saat tamu masuk."

[[steps]]
key = "exit"
performer = "guard"
activity = "Menerima kembali tanda pengenal di pos"
standard = "15 menit"
limit_s = 900
effects = ["returns_badge"]
title = "Keluar pos"
"""


@pytest.fixture
def instance(template, tmp_path):
    """The cast's office, which has worked under the bundled SOP so far."""
    return copy_instance(template, tmp_path / "kantor")


def write_sop(instance, body=BALAI, name="balai.toml"):
    path = instance / "sop" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(body, encoding="utf-8")
    return path


@pytest.fixture
def start(instance, clock):
    """Start the program on the instance, as often as wanted."""
    offices = []

    def start(**settings):
        app = create_app({"INSTANCE": instance, "NOW": clock, **settings})
        prepare_database(app)
        offices.append(Office(app, clock))
        return offices[-1]

    yield start
    for office in offices:
        office.close()


@pytest.fixture
def balai(instance, start):
    """The office under its own SOP, with a guard and a receptionist."""
    write_sop(instance)
    office = start()
    hire(office)
    return office


def hire(office):
    with office.app.app_context():
        for name, role in (("Gatot", "guard"), ("Rina", "receptionist")):
            add_person(NewPerson(name, name.lower(), PASSWORD, frozenset({role})), at=MORNING)


def open_the_guest_book(desk):
    """The signed moment that the form carries."""
    return re.search(r'name="opened_at" value="([^"]+)"', desk.get("/buku-tamu/baru").text)[1]


def write_into_the_guest_book(desk, name="Tono", opened_at=""):
    entry = {"name": name, "origin": "perorangan", "opened_at": opened_at}
    answer = desk.post("/buku-tamu/baru", entry)
    assert answer.status_code == 303, answer.text


def facts(answer):
    return {key: answer[key] for key in ("outcome", "reason", "step", "expected_role", "visit")}


def moved(outcome, step, expected_role, visit="1/2026"):
    return {"outcome": outcome, "reason": None, "step": step, "expected_role": expected_role,
            "visit": visit}  # fmt: skip


def go_through(balai, badge="7"):
    """A visit from the guest book to the returned badge, over HTTP; what each scan answered."""
    gatot, rina, hadi = (balai.desk(name) for name in ("gatot", "rina", "hadi"))
    opened_at = open_the_guest_book(gatot)
    balai.clock.pass_time(100)
    write_into_the_guest_book(gatot, opened_at=opened_at)
    balai.clock.pass_time(21)
    answers = [gatot.scan(badge)]
    balai.clock.pass_time(600)
    answers.append(rina.scan(badge))
    answers.append(rina.scan(badge, purpose="Pelatihan", destination="1"))
    balai.clock.pass_time(minutes=5)
    answers.append(hadi.scan(badge))
    balai.clock.pass_time(minutes=90)
    answers.append(hadi.scan(badge))
    balai.clock.pass_time(900)
    answers.append(gatot.scan(badge))
    return answers


def test_a_visit_goes_through_an_sop_of_four_steps_by_data_alone(balai):
    answers = go_through(balai)

    assert [facts(answer) for answer in answers] == [
        moved("issued", 2, "receptionist"),
        {**moved("needs", 2, "receptionist"), "reason": "form"},
        moved("advanced", 3, "host"),
        moved("started", 3, "host"),
        moved("ended", 4, "guard"),
        moved("closed", None, None),
    ]


def test_its_log_names_the_steps_the_roles_and_the_posts_of_that_sop(balai):
    go_through(balai)

    rows = balai.session.scalars(select(StepEvent).order_by(StepEvent.seq))
    log = [
        (row.kind, row.step_key, row.actor_name, row.acting_role, row.actor_post) for row in rows
    ]
    assert log == [
        ("opened", None, "Gatot", "guard", "Satpam"),
        ("issued", None, "Gatot", "guard", "Satpam"),
        ("completed", "gate", "Gatot", "guard", "Satpam"),
        ("completed", "lobby", "Rina", "receptionist", "Resepsionis"),
        ("started", "meeting", "Hadi", "host", "Kepala Dinas"),
        ("ended", "meeting", "Hadi", "host", "Kepala Dinas"),
        ("returned", None, "Gatot", "guard", "Satpam"),
        ("completed", "exit", "Gatot", "guard", "Satpam"),
        ("closed", None, "Gatot", "guard", "Satpam"),
    ]  # fmt: skip


def test_its_visit_is_closed_its_words_are_kept_and_its_badge_is_free(balai):
    go_through(balai)

    session = balai.session
    visit = session.scalars(select(Visit)).one()
    assert (visit.outcome, visit.step_key, visit.step_state) == ("completed", None, "closed")
    assert visit.closed_at == balai.clock()
    assert session.get_one(SopVersion, visit.sop_version_id).body == BALAI
    texts = session.execute(select(VisitText.field, VisitText.value, VisitText.actor_post)).all()
    assert texts == [("purpose", "Pelatihan", "Resepsionis")]
    loan = session.scalars(select(Loan)).one()
    assert (loan.ended_at, loan.ended_as) == (balai.clock(), "returned")
    assert session.get_one(Badge, loan.badge_id).state == "available"
    assert len(session.scalars(select(Scan)).all()) == 6


def test_its_steps_are_timed_by_its_own_limits(balai):
    go_through(balai)

    session = balai.session
    times = view_by_label(session, "1/2026").times
    assert [(time.standing, time.elapsed) for time in times] == [
        (Standing.LATE, timedelta(seconds=121)),
        (Standing.ON_TIME, timedelta(seconds=600)),
        (Standing.OPEN_ENDED, timedelta(minutes=90)),
        (Standing.ON_TIME, timedelta(seconds=900)),
    ]


def test_the_people_of_that_sop_each_see_the_guest_when_it_is_their_turn(balai):
    gatot, rina, hadi = (balai.desk(name) for name in ("gatot", "rina", "hadi"))
    write_into_the_guest_book(gatot, "Tono Subekti")

    gatot.scan("7")

    assert "Tono Subekti" in gatot.get("/meja").text
    assert "Tanyakan keperluan di lobi." in rina.get("/meja").text
    assert "Tono Subekti" not in hadi.get("/meja").text

    rina.scan("7", purpose="Pelatihan", destination="1")

    assert "Tanyakan keperluan di lobi." not in rina.get("/meja").text
    assert "Pindai saat tamu masuk." in hadi.get("/meja").text


def test_the_page_of_a_visit_shows_the_steps_of_that_sop_and_who_did_them(balai):
    go_through(balai)

    page = balai.desk("rina").get("/kunjungan/2026/1").text

    assert re.findall(r'class="step-title"><span>([^<]+)</span>', page) == [
        "Pos jaga", "Lobi", "Pertemuan", "Keluar pos"
    ]  # fmt: skip
    assert re.findall(r'class="step-actor"><span>([^<]+)</span> <span>([^<]+)</span>', page) == [
        ("Gatot", "Satpam"), ("Rina", "Resepsionis"), ("Hadi", "Kepala Dinas"), ("Gatot", "Satpam")
    ]  # fmt: skip


def test_the_guard_keeps_the_guest_book_and_the_receptionist_does_not(balai):
    assert all_roles(balai.app.config["SOP_IN_FORCE"]) == ("guard", "receptionist", "host", "admin")
    assert balai.desk("gatot").get("/buku-tamu/baru").status_code == 200
    assert balai.desk("rina").get("/buku-tamu/baru").status_code == 403
    assert balai.session.scalars(select(Visit)).all() == []


def test_only_the_receptionist_does_the_receptionists_step(balai):
    gatot, hadi = balai.desk("gatot"), balai.desk("hadi")
    write_into_the_guest_book(gatot)
    gatot.scan("7")
    balai.clock.pass_time(minutes=2)

    assert facts(hadi.scan("7")) == {
        **moved("refused", 2, "receptionist"), "reason": "wrong_role"
    }  # fmt: skip


def test_the_guard_takes_the_badge_back_early_with_a_reason(balai):
    gatot = balai.desk("gatot")
    write_into_the_guest_book(gatot)
    gatot.scan("7")
    balai.clock.pass_time(minutes=2)

    asked = gatot.scan("7")
    closed = gatot.scan("7", intent="return", outcome_choice="cancelled", reason_text="Pulang.")

    assert facts(asked) == {**moved("needs", 2, "receptionist"), "reason": "form"}
    assert facts(closed) == moved("closed", None, None)
    rows = balai.session.execute(
        select(StepEvent.kind, StepEvent.step_key, StepEvent.reason_code)
        .where(StepEvent.seq > 3)
        .order_by(StepEvent.seq)
    )
    assert rows.all() == [
        ("skipped", "lobby", None),
        ("skipped", "meeting", None),
        ("returned", None, None),
        ("completed", "exit", "clock_unknown"),
        ("closed", None, "cancelled"),
    ]


# --- The office changes its SOP while guests are inside -------------------------------------------


def test_a_visit_keeps_the_sop_under_which_it_began(instance, start, clock):
    before = start()
    before.bring_to_step(4)
    write_sop(instance)
    after = start()
    hire(after)
    write_into_the_guest_book(after.desk("gatot"), "Bu Ratna")

    views = open_visits(after.session)

    assert [(view.label, view.sop.code, view.step.key) for view in views] == [
        ("1/2026", "pelayanan-tamu", "escort"),
        ("2/2026", "tamu-balai", "gate"),
    ]
    clock.pass_time(minutes=2)
    moves = [after.scan(name, "12").outcome for name in ("kasim", "hadi")]
    clock.pass_time(minutes=2)
    moves += [after.scan(name, "12").outcome for name in ("hadi", "fitri")]
    assert moves == ["advanced", "started", "ended", "closed"]
    session = after.session
    old = view_by_label(session, "1/2026")
    assert [settled.key for settled in old.progress.settled] == [
        "registration", "purpose", "direction", "escort", "reception", "return"
    ]  # fmt: skip


def test_the_people_of_the_earlier_sop_finish_its_visits_at_their_desks(instance, start, clock):
    before = start()
    before.bring_to_step(4)
    write_sop(instance)
    after = start()
    clock.pass_time(minutes=2)

    answer = after.desk("kasim").send_scan("12")

    assert answer.status_code == 200
    assert facts(answer.json) == moved("advanced", 5, "host")


def test_a_guest_of_the_earlier_sop_who_waits_for_a_badge_still_gets_one(instance, start, clock):
    before = start()
    label = before.open_visit()
    write_sop(instance)
    after = start()
    hire(after)
    clock.pass_time(minutes=2)

    gatot, fitri = after.desk("gatot"), after.desk("fitri")
    assert facts(gatot.scan("12")) == {
        **moved("refused", None, None, visit=None), "reason": "no_waiting_guest"
    }  # fmt: skip
    assert facts(fitri.scan("12")) == moved("issued", 2, "general_affairs", visit=label)
    rows = after.session.scalars(select(StepEvent).where(StepEvent.kind == "issued"))
    assert [(row.actor_name, row.acting_role, row.actor_post) for row in rows] == [
        ("Fitri", "front_desk", "Petugas Front Desk")
    ]


# --- The files ------------------------------------------------------------------------------------


def versions(office):
    rows = office.session.execute(
        select(SopVersion.sop_code, SopVersion.sha256, SopVersion.body).order_by(SopVersion.id)
    )
    return rows.all()


def version(code, body):
    return (code, digest_of(body), body)


def test_each_sop_text_is_stored_once_however_often_the_program_starts(instance, start):
    write_sop(instance)
    first, second = start(), start()

    expected = [version("pelayanan-tamu", BUNDLED_BODY), version("tamu-balai", BALAI)]
    assert versions(first) == versions(second) == expected


def test_a_changed_text_is_a_new_version_and_the_earlier_one_stays(instance, start):
    changed = BALAI.replace("limit_s = 600", "limit_s = 300")
    write_sop(instance)
    start()
    write_sop(instance, changed)
    office = start()

    assert versions(office)[1:] == [version("tamu-balai", BALAI), version("tamu-balai", changed)]
    assert office.app.config["SOP_SHA256"] == digest_of(changed)

    write_sop(instance)
    office = start()

    assert len(versions(office)) == 3
    assert office.app.config["SOP_SHA256"] == digest_of(BALAI)


def test_a_file_of_the_same_code_replaces_the_bundled_one(instance, start):
    own = BUNDLED_BODY.replace('status = "Draf, belum disahkan"', 'status = "Disahkan"')
    write_sop(instance, own)

    office = start()

    assert office.app.config["SOP_BODIES"] == [own]
    assert office.app.config["SOP_IN_FORCE"].status == "Disahkan"


def test_a_setting_chooses_the_sop_in_force(instance, start):
    write_sop(instance)

    assert start().app.config["SOP_IN_FORCE"].code == "tamu-balai"
    assert start(SOP="pelayanan-tamu").app.config["SOP_IN_FORCE"].code == "pelayanan-tamu"
    with pytest.raises(SopFileError) as refusal:
        start(SOP="rapat")
    assert str(refusal.value) == (
        "TAMU_SOP='rapat': tidak ada SOP berkode itu; yang ada: pelayanan-tamu, tamu-balai"
    )


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        pytest.param('performer = "receptionist"', 'performer = "clerk"',
                     "steps[2].performer: 'clerk' tidak ada di [[performers]]", id="performer"),
        pytest.param('"by_host", "open_ended"', '"by_hostess"',
                     "steps[3].effects: 'by_hostess' tidak dikenal; "
                     "pilihan: issues_badge, by_host, open_ended, returns_badge", id="effect"),
        pytest.param('key = "lobby"\n', "", "steps[2].key: harus berupa teks yang terisi",
                     id="missing key"),
        pytest.param("limit_s = 600", 'limit_s = "10 menit"',
                     "steps[2].limit_s: harus bilangan detik, dari 1 sampai 31536000", id="limit"),
        pytest.param('requires = ["purpose", "destination"]', "",
                     "steps[3]: 'by_host' perlu langkah sebelumnya yang meminta destination",
                     id="nobody asks the destination"),
        pytest.param('status = "Berlaku"', 'status = "Berlaku',
                     "bukan TOML yang sah: Illegal character '\\n' (at line 3, column 18)",
                     id="no TOML"),
    ],
)  # fmt: skip
def test_a_broken_file_stops_the_start_and_is_named_with_what_is_wrong(
    instance, start, old, new, wrong
):
    assert BALAI.count(old) == 1
    path = write_sop(instance, BALAI.replace(old, new))

    with pytest.raises(SopFileError) as refusal:
        start()

    assert str(refusal.value) == f"Berkas SOP {path} tidak dapat dipakai. {wrong}"


def test_a_file_that_is_no_text_stops_the_start_and_is_named(instance, start):
    path = write_sop(instance)
    path.write_bytes(BALAI.encode("utf-16"))

    with pytest.raises(SopFileError, match=re.escape(f"Berkas SOP {path} tidak dapat dipakai.")):
        start()


def test_a_broken_file_leaves_the_stored_versions_alone(instance, start):
    before = versions(start())
    path = write_sop(instance, "code = ")
    with pytest.raises(SopFileError):
        start()
    path.unlink()

    assert versions(start()) == before == [version("pelayanan-tamu", BUNDLED_BODY)]
