"""A day that does not go as the SOP has it: who is away, who stays late, what is put right."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.visit import StepEvent, Visit, VisitText
from app.operations.units import UnitData, save_unit
from tests.e2e.conftest import PHONE, Stage

VISIT = "/kunjungan/2026/1"


def sent(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


def field_office(stage: Stage) -> None:
    """A second destination, where Wati receives."""
    wati = stage.office.officer("wati").person_id
    with stage.office.app.app_context():
        save_unit(
            None,
            UnitData(
                name="Bidang Koperasi",
                post="Kepala Bidang Koperasi",
                active=True,
                is_default=False,
                host_ids=frozenset({wati}),
                assistant_ids=frozenset(),
                host_role="host",
            ),
        )


def kinds(stage: Stage) -> list[str]:
    return list(stage.office.session.scalars(select(StepEvent.kind).order_by(StepEvent.seq)))


def words(stage: Stage, field: str) -> list[str | None]:
    return list(stage.office.session.scalars(select(VisitText.value).filter_by(field=field)))


def test_a_guest_is_led_on_for_who_is_away_told_a_message_and_sent_elsewhere(stage: Stage) -> None:
    field_office(stage)
    stage.office.bring_to_step(3, "12", destination_id=1)
    page = stage.sign_in(stage.open_browser(), "fitri", PHONE)
    for number in (3, 4):
        page.goto(f"{stage.url}{VISIT}/tindakan")
        page.get_by_label("Dilewati").check()
        page.locator("#stand-in-reason").fill(f"Langkah {number}: tidak ada penggantinya.")
        sent(page, f"Catat langkah {number}")
        expect(page.get_by_text("Dicatat beserta alasannya.")).to_be_visible()
    page.get_by_role("link", name="Tindakan lain").click()
    page.get_by_label("Pesan tamu").fill("Mohon ditelepon kembali.")
    sent(page, "Simpan pesan")
    expect(page.get_by_text("Pesan disimpan; tampil di meja penerimanya.")).to_be_visible()
    page.get_by_role("link", name="Tindakan lain").click()
    page.locator("#redirect-destination").select_option(label="Bidang Koperasi")
    page.locator("#redirect-reason").fill("Kepala Dinas dinas luar.")
    sent(page, "Alihkan tamu")

    expect(page.get_by_text("Semula: Kepala Dinas")).to_be_visible()
    wati = stage.sign_in(stage.open_browser(), "wati")
    expect(wati.get_by_text("Tono").first).to_be_visible()
    assert kinds(stage)[-3:] == ["skipped", "skipped", "redirected"]
    assert words(stage, "message") == ["Mohon ditelepon kembali."]


def test_at_closing_time_it_is_decided_for_who_is_still_inside(stage: Stage) -> None:
    stage.office.bring_to_step(5, "12")
    stage.office.clock.pass_time(hours=7)
    page = stage.sign_in(stage.open_browser(), "fitri")
    expect(page.get_by_text("1 belum diputuskan")).to_be_visible()
    sent(page, "Masih diterima: Tono")
    expect(page.get_by_text("semua sudah diputuskan")).to_be_visible()
    page.get_by_role("link", name="Terima kartu dari Tono").first.click()
    page.locator("#scan-code").fill("12")
    page.locator("#scan-code").press("Enter")
    page.get_by_role("button", name="Tamu sudah diterima, tidak dipindai").click()

    expect(page.locator("#result .panel-title")).to_have_text("Kunjungan selesai")
    assert len(words(stage, "after_hours")) == 1


def test_a_supervisor_puts_the_guest_right_and_reopens_what_was_closed_too_soon(
    stage: Stage,
) -> None:
    stage.office.bring_to_step(6, "12")
    stage.office.clock.pass_time(minutes=2)
    stage.office.scan("fitri", "12")
    page = stage.sign_in(stage.open_browser(), "sekar")
    page.goto(f"{stage.url}{VISIT}/perbaiki")
    page.get_by_label("Nama", exact=True).fill("Tono Subekti")
    page.locator("#guest-reason").fill("Salah ketik.")
    sent(page, "Catat perbaikan data")
    said = "Nama: semula Tono, seharusnya Tono Subekti"
    expect(page.locator(".log")).to_contain_text(said)
    page.get_by_role("link", name="Perbaiki catatan").click()
    page.locator("#reopen-reason").fill("Tamu belum selesai.")
    sent(page, "Buka lagi kunjungan")

    expect(page.get_by_text("Kunjungan dibuka lagi.")).to_be_visible()
    visit = stage.office.session.scalars(select(Visit)).one()
    assert (visit.closed_at, visit.step_key, visit.corrections) == (None, "return", 1)
