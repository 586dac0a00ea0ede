"""The computer's clock is set back by an hour in the middle of a visit, or had run ahead."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app.domain.timing import Standing
from app.models.office import ScreenVersion
from app.models.visit import StepEvent, StepTime
from app.queries.visits import log_of, view_by_id
from tests.cast import MORNING

HOUR = timedelta(hours=1)
JSON = {"Accept": "application/json"}
# What brings a visit on from each step, as in Office.bring_to_step.
ACTS = {
    1: ("fitri", {"visit": "1/2026"}),
    2: ("kasim", {}),
    3: ("sekar", {"direction": "Antar.", "destination": "1"}),
    4: ("kasim", {}),
    5: ("hadi", {}),
    6: ("fitri", {}),
}
OUTCOMES = {1: "issued", 2: "advanced", 3: "advanced", 4: "advanced", 5: "started", 6: "closed"}
SETTLED = {1: "registration", 2: "purpose", 3: "direction", 4: "escort", 6: "return"}


def set_back(office, by=HOUR):
    office.clock.at -= by


def screens(office):
    return office.session.scalars(select(ScreenVersion.n)).one()


def times(office):
    view = view_by_id(office.session, 1)
    return {time.step.key: time for time in view.times}


@pytest.mark.parametrize("step", ACTS)
def test_a_scan_after_it_is_taken_and_its_step_not_measured(office, step):
    office.bring_to_step(step)
    before = screens(office)
    office.clock.pass_time(minutes=2)
    set_back(office)
    who, answers = ACTS[step]
    assert office.desk(who).scan("12", **answers)["outcome"] == OUTCOMES[step]
    assert screens(office) == before + 1
    log = log_of(office.session, 1)
    assert [event.seq for event in log] == list(range(1, len(log) + 1))
    assert log[-1].occurred_at == office.clock()
    if step in SETTLED:
        time = times(office)[SETTLED[step]]
        assert (time.standing, time.elapsed) == (Standing.NOT_MEASURABLE, None)
        stored = office.session.get(StepTime, (1, SETTLED[step], 1))
        assert (stored.standing, stored.elapsed_s) == ("not_measurable", None)
        page = office.desk("kasim").get("/kunjungan/2026/1").text
        assert "tidak terukur" in page


def test_a_visit_goes_on_as_usual_and_only_one_step_is_not_measured(office):
    office.bring_to_step(3)
    set_back(office)
    for step in (3, 4):
        office.clock.pass_time(minutes=2)
        who, answers = ACTS[step]
        office.desk(who).scan("12", **answers)
    for confirm in ("", "1"):
        office.clock.pass_time(minutes=2)
        office.desk("hadi").scan("12", confirm=confirm)
    office.clock.pass_time(minutes=2)
    assert office.desk("fitri").scan("12")["outcome"] == "closed"
    found = {key: (time.standing, time.elapsed) for key, time in times(office).items()}
    two = timedelta(minutes=2)
    assert found == {
        "registration": (Standing.ON_TIME, two),
        "purpose": (Standing.ON_TIME, two),
        "direction": (Standing.NOT_MEASURABLE, None),
        "escort": (Standing.ON_TIME, two),
        "reception": (Standing.OPEN_ENDED, two),
        "return": (Standing.ON_TIME, two),
    }
    events = office.session.scalars(select(StepEvent).order_by(StepEvent.id)).all()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert events[-1].occurred_at < events[2].occurred_at


@pytest.mark.parametrize("url", ["/meja", "/sedang-di-dalam", "/kunjungan/2026/1", "/ringkasan"])
def test_no_page_shows_less_than_nothing(office, url):
    office.bring_to_step(2)
    set_back(office)
    page = office.desk("kasim").get(url)
    assert page.status_code == 200
    assert "data-reading>-" not in page.text
    assert "sisa 1:0" not in page.text


def test_it_stops_nobody_from_scanning_the_next_guest(office):
    office.bring_to_step(2)
    office.bring_to_step(2, "13", name="Udin")
    assert office.desk("kasim").scan("12")["outcome"] == "advanced"
    set_back(office)
    assert office.desk("kasim").scan("13")["outcome"] == "advanced"


def test_a_repeated_scan_stays_one_across_it(office):
    office.bring_to_step(2)
    kasim = office.desk("kasim")
    sent = {"code": "12", "nonce": "7d444840-9dc0-11d1-b245-5ffdce74fad2"}
    first = kasim.post("/pindai", sent, headers=JSON).json
    set_back(office)
    assert kasim.post("/pindai", sent, headers=JSON).json == first


# --- Sessions -------------------------------------------------------------------------------------


@pytest.fixture
def computer(office, monkeypatch):
    """Set the clock of the whole computer, that of the library which signs cookies too."""

    def at(instant):
        office.clock.at = instant
        monkeypatch.setattr(
            "itsdangerous.timed.time", SimpleNamespace(time=instant.timestamp, **without_time())
        )

    return at


def without_time():
    return {name: value for name, value in vars(time).items() if name != "time"}


@pytest.mark.parametrize("minutes", [-60, -1, 0, 1, 60, 11 * 60 + 59])
def test_a_session_outlives_a_clock_that_is_set(office, computer, minutes):
    computer(MORNING)
    kasim = office.sign_in("kasim")
    computer(MORNING + timedelta(minutes=minutes))
    assert kasim.get("/meja").status_code == 200
    assert kasim.scan("bukan kartu")["outcome"] == "refused"


@pytest.mark.parametrize("hours", [12, 13, 24 * 365, -12, -24 * 365 * 4])
def test_a_session_ends_however_the_clock_is_set(office, computer, hours):
    """A sign-in under a clock that ran years ahead would otherwise count for years."""
    computer(MORNING)
    kasim = office.sign_in("kasim")
    computer(MORNING + timedelta(hours=hours))
    assert kasim.get("/meja").headers["Location"].startswith("/masuk")


def test_a_session_made_before_it_ends_at_most_an_hour_late(office, computer):
    computer(MORNING)
    kasim = office.sign_in("kasim")
    computer(MORNING - HOUR)
    for passed in range(13):
        computer(MORNING - HOUR + timedelta(hours=passed, minutes=-1))
        assert kasim.get("/meja").status_code == 200
    computer(MORNING + timedelta(hours=12))
    assert kasim.get("/meja").status_code == 303


# --- Limits ---------------------------------------------------------------------------------------


def test_what_was_counted_before_it_slows_nobody_down_for_an_hour(office, monkeypatch):
    office.app.config["SCANS_PER_MINUTE"] = 3
    kasim = office.desk("kasim")
    clock = SimpleNamespace(time=lambda: 1_800_000_000.0)
    monkeypatch.setattr("app.rate_store.time", clock)
    for _ in range(3):
        kasim.scan("bukan kartu")
    assert kasim.send_scan("bukan kartu").status_code == 429
    clock.time = lambda: 1_800_000_000.0 - 3600
    assert [kasim.send_scan("bukan kartu").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_a_sign_in_that_failed_before_it_keeps_nobody_out(office):
    for _ in range(6):
        office.visitor().post("/masuk", {"username": "kasim", "password": "salah"})
    set_back(office)
    assert office.sign_in("kasim").get("/meja").status_code == 200
