"""Paper slips: typed in one after the other by keyboard alone; one that asks to come again."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.visit import Appointment, Visit, Visitor
from tests.e2e.conftest import DESKTOP, PHONE, Stage

MOST_STOPS = 40


def go_to(page: Page, field: str, key: str = "Tab") -> None:
    """Step on until the focus is on this field."""
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.name") == field:
            return
    raise AssertionError(f"{field} was not reached")


def type_slip(page: Page, name: str, times: list[str]) -> None:
    """From the name, where the focus waits, over the fields to Enter on the last time."""
    expect(page.get_by_label("Nama", exact=True)).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type("perorangan")
    go_to(page, "arrival")
    page.keyboard.type(times[0])
    for clock in times[1:]:
        page.keyboard.press("Tab")
        page.keyboard.type(clock)
    page.keyboard.press("Enter")


def test_two_slips_are_typed_in_without_a_mouse(stage: Stage) -> None:
    page = stage.watch(stage.open_browser().new_context(viewport=DESKTOP, locale="id-ID"))
    stage.sign_in_at(page, "fitri")
    stage.office.clock.pass_time(hours=4)
    page.goto(f"{stage.url}/buku-tamu/susulan")

    expect(page.get_by_label("Nama", exact=True)).to_be_focused()
    go_to(page, "late_reason", "Shift+Tab")
    page.keyboard.type("Listrik padam")
    go_to(page, "slip", "Shift+Tab")
    page.keyboard.type("7")
    go_to(page, "name")
    type_slip(page, "Siti", ["0730", "0733", "0738", "0740", "0744", "0750", "0810", "0812"])
    expect(page.get_by_text("Slip 7 tercatat sebagai kunjungan 1/2026.")).to_be_visible()
    type_slip(page, "Budi", ["0915", "", "", "", "", "", "", "0930"])
    expect(page.get_by_text("Slip 8 tercatat sebagai kunjungan 2/2026.")).to_be_visible()

    found = stage.office.session.execute(
        select(Visitor.name, Visit.late_entry, Visit.arrived_at, Visit.closed_at)
        .join(Visit, Visit.id == Visitor.visit_id)
        .order_by(Visit.id)
    ).all()
    assert [(name, late, f"{came:%H%M}", f"{left:%H%M}") for name, late, came, left in found] == [
        ("Siti", True, "0030", "0112"),
        ("Budi", True, "0215", "0230"),
    ]


def test_a_slip_asks_a_guest_to_come_again_and_the_time_is_changed_later(stage: Stage) -> None:
    page = stage.sign_in(stage.open_browser(), "fitri", PHONE)
    stage.expect_complaint("the server responded with a status of 422")
    stage.office.clock.pass_time(hours=4)
    page.goto(f"{stage.url}/buku-tamu/susulan")
    page.get_by_label("Nama", exact=True).fill("Siti")
    page.get_by_label("Asal").fill("perorangan")
    page.get_by_label("Jam masuk").fill("0900")
    page.get_by_label("Jam keluar").fill("0920")
    page.get_by_label("Hasil").select_option("rescheduled")
    page.get_by_role("button", name="Simpan slip").click()
    expect(page.get_by_text("Isi tanggal dan jam baru yang tertulis di kertas")).to_be_visible()
    page.get_by_label("Waktu baru").fill("2026-11-26T08:00")
    page.get_by_role("button", name="Simpan slip").click()
    expect(page.get_by_text("Siti tercatat sebagai kunjungan 1/2026.")).to_be_visible()

    page.goto(f"{stage.url}/janji-temu")
    page.get_by_role("link", name="Ubah janji temu Siti").click()
    page.get_by_label("Waktu baru").fill("2026-11-27T09:30")
    page.get_by_label("Alasan").first.fill("Tamu menelepon.")
    page.get_by_role("button", name="Catat waktu baru").click()
    expect(page.get_by_text("Waktu baru dicatat.")).to_be_visible()
    expect(page.get_by_role("heading", name="Jumat, 27 November 2026")).to_be_visible()

    page.get_by_role("link", name="Siti", exact=True).click()
    expect(page.get_by_text("Semula: 26 Nov 2026, 08.00 WIB")).to_be_visible()
    made = stage.office.session.scalars(select(Appointment).order_by(Appointment.id)).all()
    assert [(f"{one.due_at:%d %H%M}", one.dropped_at is None) for one in made] == [
        ("26 0100", False),
        ("27 0230", True),
    ]
