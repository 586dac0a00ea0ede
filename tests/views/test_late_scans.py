"""Scans that were made while the server was away: their time counts, their order is kept."""

import uuid
from datetime import timedelta

import pytest

from app.extensions import db
from app.models.badge import Badge, Loan
from app.models.scan import Scan, ScanDecision
from app.models.visit import StepEvent, Visit
from app.operations.badge_loans import swap_badges
from app.queries.visits import view_by_id
from tests.cast import MORNING
from tests.views.reading import forms, link, row, rows, words

PAGE = "/pindai/tertunda"
HTMX = {"HX-Request": "true"}


def queued(office, who, code, *, ago, offset=timedelta(), **fields):
    """A scan that this person's device made a while ago by the server's clock; the answer."""
    made_at = office.clock() - ago - offset
    return office.desk(who).scan(code, **late(made_at, offset), **fields)


def late(made_at, offset=timedelta()):
    return {
        "queued": "1",
        "at": str(round(made_at.timestamp() * 1000)),
        "offset": str(round(offset.total_seconds() * 1000)),
    }


def minutes(number):
    return timedelta(minutes=number)


def visit_of(office, label="1/2026"):
    return row(office, Visit, number=int(label.partition("/")[0]))


def last_event(office, label="1/2026"):
    return rows(office, StepEvent, visit_id=visit_of(office, label).id)[-1]


def times(office, label="1/2026"):
    """Where the visit stands, and how long each step took."""
    with office.app.app_context():
        view = view_by_id(db.session(), visit_of(office, label).id)
        return view.stage, [time.elapsed for time in view.times]


def last_scan(office):
    return rows(office, Scan)[-1]


def decisions(office):
    return [(one.scan_id, one.verdict, one.by_scan_id) for one in rows(office, ScanDecision)]


# --- Its time -------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [timedelta(), timedelta(hours=1), -timedelta(hours=1)])
def test_a_late_scan_counts_from_when_it_was_made(office, offset):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=30)
    answer = queued(office, "kasim", "12", ago=minutes(27), offset=offset)
    assert (answer["outcome"], answer["step"]) == ("advanced", 3)
    event, scan = last_event(office), last_scan(office)
    assert event.occurred_at == office.clock() - minutes(27)
    assert event.recorded_at == scan.received_at == office.clock()
    assert scan.happened_at == event.occurred_at
    assert scan.client_at == event.occurred_at - offset
    assert scan.queued is True
    assert times(office)[1][1] == minutes(3), "step 2 took three minutes, not thirty"


def test_a_scan_that_was_sent_at_once_counts_by_the_servers_clock(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=3)
    wrong = str(round((office.clock() - timedelta(hours=5)).timestamp() * 1000))
    assert office.desk("kasim").scan("12", at=wrong, offset="0")["outcome"] == "advanced"
    assert last_event(office).occurred_at == office.clock()
    assert (last_scan(office).queued, last_scan(office).happened_at) == (False, None)


def test_a_clock_up_to_two_minutes_ahead_is_taken_for_now(office):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=3)
    assert queued(office, "kasim", "12", ago=-minutes(2))["outcome"] == "advanced"
    assert last_event(office).occurred_at == office.clock()


def test_a_clock_further_ahead_moves_nothing_and_says_so(office):
    office.bring_to_step(2)
    before = visit_of(office).last_seq
    answer = queued(office, "kasim", "12", ago=-minutes(2) - timedelta(seconds=1))
    assert (answer["outcome"], answer["reason"]) == ("refused", "clock_ahead")
    assert answer["message"].startswith("Jam perangkat tidak cocok.")
    scan = last_scan(office)
    assert (scan.queued, scan.happened_at, scan.visit_id) == (True, None, visit_of(office).id)
    assert visit_of(office).last_seq == before


@pytest.mark.parametrize(
    "fields",
    [
        {"queued": "1"},
        {"queued": "1", "at": "kemarin", "offset": "0"},
        {"queued": "1", "at": "", "offset": "9" * 40},
    ],
)
def test_without_a_time_it_counts_as_received(office, fields):
    office.bring_to_step(2)
    office.clock.pass_time(minutes=3)
    assert office.desk("kasim").scan("12", **fields)["outcome"] == "advanced"
    assert last_event(office).occurred_at == office.clock()


def test_an_impossible_time_is_a_clock_that_cannot_be_believed(office):
    office.bring_to_step(2)
    fields = {"queued": "1", "at": "253402300799000", "offset": "9" * 13}
    assert office.desk("kasim").scan("12", **fields)["reason"] == "clock_ahead"


def test_the_same_scan_sent_at_once_and_again_later_counts_once(office):
    office.bring_to_step(2)
    nonce, made_at = str(uuid.uuid4()), office.clock()
    first = office.desk("kasim").scan("12", nonce=nonce)
    office.clock.pass_time(minutes=10)
    assert office.desk("kasim").scan("12", nonce=nonce, **late(made_at)) == first
    assert len(rows(office, Scan, nonce=nonce)) == 1
    assert last_event(office).occurred_at == made_at


# --- Its order ------------------------------------------------------------------------------------


def test_a_whole_visit_from_two_phones_that_were_cut_off_has_its_own_times(office):
    office.bring_to_step(2)
    start = office.clock()
    office.clock.pass_time(minutes=40)
    made = [
        ("kasim", 2, {}),
        ("sekar", 4, {"direction": "Antar ke tujuan.", "destination": "1", "stage": "direction"}),
        ("kasim", 6, {}),
        ("hadi", 8, {}),
        ("hadi", 20, {}),
        ("fitri", 22, {}),
    ]
    answers = [
        office.desk(who).scan("12", **late(start + minutes(after)), **fields)["outcome"]
        for who, after, fields in made
    ]
    assert answers == ["advanced", "advanced", "advanced", "started", "ended", "closed"]
    assert times(office) == (None, [minutes(2)] * 4 + [minutes(12), minutes(2)])
    visit, loan = visit_of(office), row(office, Loan)
    assert visit.closed_at == loan.ended_at == start + minutes(22)
    assert row(office, Badge, number=12).state == "available"


def test_one_older_than_the_visits_last_event_moves_nothing(office):
    office.bring_to_step(4)
    before = visit_of(office).last_seq
    answer = queued(office, "kasim", "12", ago=timedelta(seconds=1))
    assert (answer["outcome"], answer["reason"]) == ("refused", "out_of_order")
    assert answer["message"].startswith("Terlambat terkirim.")
    assert last_scan(office).visit_id == visit_of(office).id
    assert visit_of(office).last_seq == before
    assert "Pindaian ditolak: terlambat terkirim" in words(
        office.desk("kasim").get("/kunjungan/2026/1").text
    )


def test_one_of_the_same_instant_is_in_order(office):
    office.bring_to_step(4)
    assert queued(office, "kasim", "12", ago=timedelta())["outcome"] != "refused"


def test_a_tap_keeps_the_order_too(office):
    label = office.bring_to_step(4)
    tap = {"method": "tap", "visit": label, "stage": "escort"}
    made_at = office.clock() - timedelta(seconds=1)
    assert office.desk("kasim").scan(**tap, **late(made_at))["reason"] == "out_of_order"
    office.clock.pass_time(minutes=4)
    answer = office.desk("kasim").scan(**tap, **late(office.clock() - minutes(1)))
    assert (answer["outcome"], last_event(office).occurred_at) == (
        "advanced",
        office.clock() - minutes(1),
    )


def test_it_belongs_to_the_guest_who_held_the_badge_then(office):
    office.bring_to_step(6)
    made_at = office.clock()
    office.clock.pass_time(minutes=1)
    office.scan("fitri", "12")
    second = office.bring_to_step(2, "12", name="Wulan")
    answer = office.desk("kasim").scan("12", **late(made_at))
    assert (answer["reason"], answer["visit"]) == ("out_of_order", "1/2026")
    assert visit_of(office, second).step_key == "purpose"


def test_one_for_a_badge_that_is_back_belongs_to_the_visit_that_is_over(office):
    office.bring_to_step(5)
    made_at = office.clock() + minutes(1)
    office.clock.pass_time(minutes=10)
    fitri = office.desk("fitri")
    assert fitri.scan("12", confirm="1", intent="return")["outcome"] == "closed"
    answer = office.desk("hadi").scan("12", **late(made_at))
    assert (answer["outcome"], answer["reason"]) == ("refused", "out_of_order")
    assert last_scan(office).visit_id == visit_of(office).id


def test_a_badge_can_be_handed_out_while_the_server_is_away(office):
    label = office.open_visit(purpose="Izin usaha")
    office.clock.pass_time(minutes=30)
    answer = queued(office, "fitri", "12", ago=minutes(28), visit=label)
    assert answer["outcome"] == "issued"
    assert row(office, Loan).issued_at == MORNING + minutes(2)
    assert times(office)[1][0] == minutes(2)


# --- What it still needs --------------------------------------------------------------------------


def test_the_answer_to_a_late_scan_keeps_its_time(office):
    office.bring_to_step(2, purpose=None)
    made_at = office.clock() + minutes(3)
    office.clock.pass_time(minutes=30)
    kasim = office.desk("kasim")
    panel = kasim.post(
        "/pindai", {"nonce": str(uuid.uuid4()), "code": "12", **late(made_at)}, headers=HTMX
    )
    (form,) = [form for form in forms(panel.text) if "purpose" in dict(form.fields)]
    scan = last_scan(office)
    assert (scan.outcome, dict(form.fields)["decides"]) == ("needs", str(scan.id))
    office.clock.pass_time(minutes=5)
    answer = kasim.scan(**{**dict(form.fields), "purpose": "Izin usaha"})
    assert answer["outcome"] == "advanced"
    assert (last_event(office).occurred_at, last_event(office).recorded_at) == (
        made_at,
        office.clock(),
    )
    assert decisions(office) == [(scan.id, "recorded", last_scan(office).id)]


# --- To decide ------------------------------------------------------------------------------------


def unanswered(office):
    """Sekar's scan of step 3 that came before Kasim's of step 2."""
    office.bring_to_step(2)
    start = office.clock()
    office.clock.pass_time(minutes=30)
    sekar = office.desk("sekar").scan("12", **late(start + minutes(5)))
    assert (sekar["outcome"], sekar["reason"]) == ("refused", "wrong_role")
    kasim = office.desk("kasim").scan("12", **late(start + minutes(2)))
    assert kasim["outcome"] == "advanced"
    return start


def to_decide(office, who):
    """The forms of their page, by scan."""
    return [form for form in forms(office.desk(who).get(PAGE).text) if form.action != "/keluar"]


def test_the_later_phone_first_is_put_right_by_one_tap_with_its_own_time(office):
    start = unanswered(office)
    page = office.desk("sekar").get(PAGE)
    assert "belum sampai di giliran Anda" in words(page.text)
    assert "Catat, pukul 09.07" in words(page.text)
    (form,) = [form for form in forms(page.text) if "decides" in dict(form.fields)]
    sekar = office.desk("sekar")
    needs = sekar.scan(**dict(form.fields))
    assert needs["outcome"] == "needs"
    again = {**dict(form.fields), "nonce": str(uuid.uuid4()), "direction": "Antar.",
             "destination": "1", "stage": "direction"}  # fmt: skip
    assert sekar.scan(**again)["outcome"] == "advanced"
    assert last_event(office).occurred_at == start + minutes(5)
    assert times(office)[1][1:3] == [minutes(2), minutes(3)]
    assert "Tidak ada yang perlu diputuskan" in words(sekar.get(PAGE).text)


def test_what_came_too_late_is_recorded_now_without_a_time(office):
    office.bring_to_step(4)
    assert queued(office, "kasim", "12", ago=minutes(1))["reason"] == "out_of_order"
    office.clock.pass_time(minutes=20)
    page = office.desk("kasim").get(PAGE)
    assert "sudah bergerak lebih jauh" in words(page.text)
    assert "waktu langkahnya tidak dinilai" in words(page.text)
    (form,) = [form for form in forms(page.text) if "decides" in dict(form.fields)]
    office.desk("kasim").scan(**dict(form.fields))
    event = last_event(office)
    assert (event.step_key, event.occurred_at, event.reason_code) == (
        "escort",
        office.clock(),
        "clock_unknown",
    )
    office.clock.pass_time(minutes=1)
    for _ in range(2):
        office.clock.pass_time(minutes=3)
        office.scan("hadi", "12")
    stage, elapsed = times(office)
    assert (stage, elapsed[3]) == ("return", None)
    assert elapsed[4] == minutes(3), "the meeting has a beginning of its own"


def test_what_came_too_late_is_recorded_though_the_badge_is_with_another_guest_now(office):
    office.bring_to_step(2, "12")
    office.bring_to_step(3, "13")
    office.clock.pass_time(minutes=2)
    with office.app.app_context():
        swap_badges(
            "1/2026", 12, 13, reason="Tertukar.",
            officer=office.officer("fitri"), at=office.clock(),
        )  # fmt: skip
    office.clock.pass_time(minutes=2)
    assert queued(office, "kasim", "12", ago=minutes(3))["reason"] == "out_of_order"
    kasim = office.desk("kasim")
    (form,) = [one for one in forms(kasim.get(PAGE).text) if "decides" in dict(one.fields)]
    assert kasim.scan(**dict(form.fields))["outcome"] == "advanced"
    assert (last_event(office).step_key, last_event(office).reason_code) == (
        "purpose",
        "clock_unknown",
    )
    assert "Tidak ada yang perlu diputuskan" in words(kasim.get(PAGE).text)


def test_a_decision_that_is_sent_later_itself_is_no_further_question(office):
    start = unanswered(office)
    scan = rows(office, Scan, reason="wrong_role")[0]
    sent = {"visit": "1/2026", "decides": str(scan.id), **late(start + minutes(6))}
    office.desk("sekar").scan("12", **sent)
    assert (last_scan(office).outcome, last_scan(office).queued) == ("needs", False)
    assert words(office.desk("sekar").get(PAGE).text).count("Salah pindai") == 1


def test_a_clock_ahead_is_recorded_now_without_a_time(office):
    office.bring_to_step(2)
    queued(office, "kasim", "12", ago=-minutes(60))
    page = office.desk("kasim").get(PAGE)
    assert "Jam perangkat tidak cocok" in words(page.text)
    (form,) = [form for form in forms(page.text) if "decides" in dict(form.fields)]
    assert office.desk("kasim").scan(**dict(form.fields))["outcome"] == "advanced"
    assert last_event(office).reason_code == "clock_unknown"
    assert decisions(office)[0][1] == "recorded"


@pytest.mark.parametrize("verdict", ["elsewhere", "mistaken"])
def test_one_is_let_go_with_its_reason_and_once(office, verdict):
    unanswered(office)
    scan, sekar = rows(office, Scan, reason="wrong_role")[0], office.desk("sekar")
    before = visit_of(office).last_seq
    answer = sekar.post(f"{PAGE}/{scan.id}", {"verdict": verdict})
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert "Pindaian itu tidak dicatat. Alasannya tersimpan." in words(sekar.get(PAGE).text)
    assert decisions(office) == [(scan.id, verdict, None)]
    assert visit_of(office).last_seq == before
    sekar.post(f"{PAGE}/{scan.id}", {"verdict": "mistaken"})
    assert "Pindaian itu sudah diputuskan." in words(sekar.get(PAGE).text)
    again = sekar.scan("12", decides=str(scan.id))
    assert (again["outcome"], again["reason"]) == ("refused", "already_done")
    assert decisions(office) == [(scan.id, verdict, None)]


@pytest.mark.parametrize("verdict", ["", "recorded", "x"])
def test_without_a_reason_nothing_is_let_go(office, verdict):
    unanswered(office)
    scan = rows(office, Scan, reason="wrong_role")[0]
    office.desk("sekar").post(f"{PAGE}/{scan.id}", {"verdict": verdict})
    assert "Pilih alasannya, lalu tekan lagi." in words(office.desk("sekar").get(PAGE).text)
    assert decisions(office) == []


@pytest.mark.parametrize("who", ["fitri", "kasim", "hadi", "adi"])
def test_nobody_else_decides(office, who):
    unanswered(office)
    scan = rows(office, Scan, reason="wrong_role")[0]
    office.desk(who).post(f"{PAGE}/{scan.id}", {"verdict": "mistaken"})
    assert decisions(office) == []
    assert "Sekar" not in words(office.desk(who).get(PAGE).text.partition("<main")[2])
    answer = office.desk(who).scan("12", decides=str(scan.id))
    assert (answer["outcome"], answer["reason"]) == ("refused", "not_waiting")


def test_a_scan_that_was_answered_at_once_is_no_question(office):
    office.bring_to_step(2)
    assert office.desk("sekar").scan("12")["reason"] == "wrong_role"
    assert "Tidak ada yang perlu diputuskan" in words(office.desk("sekar").get(PAGE).text)


@pytest.mark.parametrize("path", ["/meja", "/pindai", "/pindai/terakhir"])
def test_their_person_is_told_of_them_where_they_work(office, path):
    assert link(office.desk("sekar").get(path).text, "Putuskan satu per satu") is None
    unanswered(office)
    page = office.desk("sekar").get(path).text
    assert "1 pindaian tertunda belum menggerakkan kunjungannya." in words(page)
    assert link(page, "Putuskan satu per satu") == PAGE
    assert link(office.desk("kasim").get(path).text, "Putuskan satu per satu") is None


def test_a_badge_that_nobody_held_then_is_not_taken_for_who_holds_it_now(office):
    made_at = office.clock() - minutes(5)
    office.bring_to_step(2)
    kasim = office.desk("kasim")
    assert kasim.scan("12", **late(made_at))["reason"] == "out_of_order"
    scan, before = last_scan(office), visit_of(office).last_seq
    assert scan.visit_id is None
    assert [form for form in forms(kasim.get(PAGE).text) if "decides" in dict(form.fields)] == []
    assert kasim.scan("12", decides=str(scan.id))["reason"] == "out_of_order"
    assert visit_of(office).last_seq == before


def test_of_a_visit_that_is_over_only_the_reason_is_asked(office):
    office.bring_to_step(5)
    made_at = office.clock() + minutes(1)
    office.clock.pass_time(minutes=10)
    office.desk("fitri").scan("12", confirm="1", intent="return")
    office.desk("hadi").scan("12", **late(made_at))
    page = office.desk("hadi").get(PAGE)
    assert "kunjungan sudah ditutup" in words(page.text)
    assert [form for form in forms(page.text) if "decides" in dict(form.fields)] == []
    assert "Sudah tercatat" in words(page.text)


# --- Whose session --------------------------------------------------------------------------------


def test_a_page_of_somebody_else_sends_nothing_in_this_session(office):
    office.bring_to_step(2)
    kasim = office.desk("kasim")
    fitris = {"X-Page-Person": str(office.officer("fitri").person_id), **HTMX}
    answer = kasim.post("/pindai", {"nonce": str(uuid.uuid4()), "code": "12"}, headers=fitris)
    assert answer.status_code == 401
    assert rows(office, Scan, actor_id=office.officer("kasim").person_id) == []
    own = {"X-Page-Person": str(office.officer("kasim").person_id), **HTMX}
    kasim.post("/pindai", {"nonce": str(uuid.uuid4()), "code": "12"}, headers=own)
    assert last_event(office).actor_id == office.officer("kasim").person_id


def test_a_page_with_an_old_token_is_told_so_for_its_script(office):
    kasim = office.desk("kasim")
    kasim.token = "forged"
    answer = kasim.post("/pindai", {"nonce": str(uuid.uuid4()), "code": "12"}, headers=HTMX)
    assert (answer.status_code, answer.headers["X-Token"]) == (400, "stale")


# --- Whose guest ----------------------------------------------------------------------------------


def test_a_late_card_is_not_handed_to_a_guest_who_came_after_it(office):
    made_at = office.clock()
    office.clock.pass_time(minutes=30)
    label = office.open_visit()
    office.clock.pass_time(minutes=10)
    fitri = office.desk("fitri")
    assert fitri.scan("12", **late(made_at))["reason"] == "no_waiting_guest"
    assert fitri.scan("12", visit=label, **late(made_at))["reason"] == "out_of_order"
    assert rows(office, Loan) == []


def test_a_clock_ahead_without_a_visit_cannot_meet_the_next_guest(office):
    kasim = office.desk("kasim")
    assert kasim.scan("12", **late(office.clock() + minutes(60)))["reason"] == "clock_ahead"
    scan = last_scan(office)
    assert scan.visit_id is None
    office.bring_to_step(2, name="Wulan")
    before = visit_of(office).last_seq
    assert [form for form in forms(kasim.get(PAGE).text) if "decides" in dict(form.fields)] == []
    assert kasim.scan("12", decides=str(scan.id))["reason"] == "not_waiting"
    assert visit_of(office).last_seq == before


def test_a_decision_for_another_visit_than_the_scans_own_is_none(office):
    unanswered(office)
    other = office.bring_to_step(3, "13", name="Wulan")
    scan = rows(office, Scan, reason="wrong_role")[0]
    answer = office.desk("sekar").scan("13", visit=other, decides=str(scan.id))
    assert answer["reason"] == "not_waiting"
    assert decisions(office) == []


def test_a_stale_list_does_not_do_a_later_step(office):
    office.bring_to_step(2)
    queued(office, "kasim", "12", ago=-minutes(60))
    kasim = office.desk("kasim")
    (form,) = [form for form in forms(kasim.get(PAGE).text) if "decides" in dict(form.fields)]
    office.clock.pass_time(minutes=2)
    office.scan("kasim", "12")
    office.scan("sekar", "12", direction="Antar.", destination_id=1)
    office.clock.pass_time(minutes=2)
    assert kasim.scan(**dict(form.fields))["reason"] == "already_done"
    assert visit_of(office).step_key == "escort"


def test_what_came_too_late_and_asks_for_words_can_be_recorded(office):
    office.bring_to_step(3)
    sekar = office.desk("sekar")
    made_at = office.clock() - minutes(1)
    assert sekar.scan("12", **late(made_at))["reason"] == "out_of_order"
    (form,) = [form for form in forms(sekar.get(PAGE).text) if "decides" in dict(form.fields)]
    panel = sekar.post("/pindai", dict(form.fields), headers=HTMX)
    (answer,) = [form for form in forms(panel.text) if "direction" in dict(form.fields)]
    given = {"direction": "Antar.", "destination": "1"}
    assert sekar.scan(**(dict(answer.fields) | given))["outcome"] == "advanced"
    assert last_event(office).reason_code == "clock_unknown"
