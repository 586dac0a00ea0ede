"""After closing time: the front desk decides of each guest who is still inside; nothing closes."""

import pytest

from app.models.office import ScreenVersion
from app.models.visit import StepEvent, Visit, VisitText
from tests.cast import Office
from tests.views.reading import forms, link, row, rows, words

HTMX = {"HX-Request": "true"}
STAY = "/kunjungan/2026/1/masih-diterima"
HEADING = "Masih di dalam sesudah jam tutup"


@pytest.fixture
def evening(office: Office) -> Office:
    """Tuesday 16.20: Tono is still received with badge 12, Wulan waits with badge 13."""
    office.bring_to_step(5, "12")
    office.scan("hadi", "12")
    office.bring_to_step(5, "13", name="Wulan")
    office.clock.pass_time(hours=7, minutes=4)
    return office


def section(office: Office, who: str = "fitri") -> str:
    """What the desk says of those who are still inside; empty when it says nothing."""
    page = office.desk(who).get("/meja").text
    if HEADING not in page:
        return ""
    start = page.index(HEADING)
    return page[start : page.index("</section>", start)]


def noted(office: Office) -> list[tuple[int, str | None, str, object]]:
    return [
        (text.visit_id, text.value, text.actor_name, text.at)
        for text in rows(office, VisitText, field="after_hours")
    ]


def test_before_closing_time_nothing_is_asked(office):
    office.bring_to_step(5, "12")
    office.clock.pass_time(hours=6, minutes=51)
    assert section(office) == ""


def test_from_closing_time_on_the_front_desk_sees_who_is_inside_with_three_decisions(evening):
    shown = section(evening)
    assert words(shown).startswith(f"{HEADING} 2 belum diputuskan")
    assert "Langkah 5, sedang diterima, Kepala Dinas" in words(shown)
    assert "Masuk 09.00" in words(shown)
    assert link(shown, "Terima kartu") == "/pindai?maksud=kembali&untuk=1/2026"
    leave = "/kunjungan/2026/1/kartu#leave-left-at"
    assert link(shown, "Pulang tanpa lapor") == leave
    assert forms(shown)[0].action == STAY
    assert section(evening, "kasim") == ""


def test_who_waits_for_a_badge_stands_above_who_is_still_inside(evening):
    evening.open_visit("Baru datang")
    desk = words(evening.desk("fitri").get("/meja").text)
    assert desk.index("Baru datang") < desk.index(HEADING) < desk.index("Sedang di dalam 2")


def test_who_waits_at_the_front_desk_without_a_badge_is_not_asked_about(evening):
    evening.open_visit("Baru datang")
    assert "Baru datang" not in section(evening)


def test_a_guest_who_stays_is_recorded_with_who_and_when_and_sinks_below_the_undecided(evening):
    events = len(rows(evening, StepEvent))
    answer = evening.desk("fitri").post(STAY)
    assert (answer.status_code, answer.location) == (303, "/meja")
    assert noted(evening) == [(1, "Masih diterima", "Fitri", evening.clock())]
    assert len(rows(evening, StepEvent)) == events
    assert [visit.closed_at for visit in rows(evening, Visit)] == [None, None]
    shown = section(evening)
    assert words(shown).startswith(f"{HEADING} 1 belum diputuskan")
    assert "Dicatat masih diterima 16.20 oleh Fitri" in words(shown)
    assert shown.index("Wulan") < shown.index("Tono")
    log = words(evening.desk("fitri").get("/kunjungan/2026/1").text)
    assert "16.20 Sesudah jam tutup ditulis , “Masih diterima” Fitri, Petugas Front Desk" in log


def test_a_guest_who_stays_is_noted_once_an_evening(evening):
    evening.desk("fitri").post(STAY)
    first = noted(evening)
    evening.clock.pass_time(minutes=5)
    answer = evening.desk("fitri").post(STAY, follow_redirects=True)
    assert "Itu sudah dicatat hari ini." in words(answer.text)
    assert noted(evening) == first


def test_on_the_next_day_it_has_to_be_decided_anew(evening):
    evening.desk("fitri").post(STAY)
    evening.clock.pass_time(hours=17)
    evening.sessions = {}
    evening._desks.clear()
    assert words(section(evening)).startswith(f"{HEADING} 2 belum diputuskan")
    assert "Masuk 24 Nov 2026 09.00" in words(section(evening))
    evening.desk("fitri").post(STAY)
    assert len(noted(evening)) == 2


def test_a_visit_that_has_closed_meanwhile_is_left_alone(evening):
    evening.scan("fitri", "12", wants_return=True, confirmed=True)
    assert row(evening, Visit, id=1).closed_at is not None
    answer = evening.desk("fitri").post(STAY, follow_redirects=True)
    assert "Kunjungan ini sudah berubah" in words(answer.text)
    assert noted(evening) == []


def test_before_closing_time_nothing_of_the_kind_is_recorded(office):
    office.bring_to_step(5, "12")
    office.desk("fitri").post(STAY)
    assert noted(office) == []


@pytest.mark.parametrize("who", ["kasim", "sekar", "hadi", "adi", "wati"])
def test_nobody_but_the_front_desk_decides(evening, who):
    assert evening.desk(who).post(STAY).status_code == 403
    assert noted(evening) == []


def test_the_front_desks_open_page_is_sent_again_when_the_office_closes(office):
    office.bring_to_step(5, "12")
    office.clock.pass_time(hours=6, minutes=51)
    url = f"/meja/antrean?v={row(office, ScreenVersion).n}"
    assert office.desk("fitri").get(url, headers=HTMX).status_code == 204
    office.clock.pass_time(minutes=1)
    assert HEADING in office.desk("fitri").get(url, headers=HTMX).text
    later = f"{url}.20261124"
    assert office.desk("fitri").get(later, headers=HTMX).status_code == 204
    assert office.desk("kasim").get(url, headers=HTMX).status_code == 204
