"""Turns off the straight line, by those who take them: declined, deputised, undone, put right."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.visit import StepEvent, Visit
from tests.e2e.conftest import PHONE, Stage


def visit(stage: Stage) -> Visit:
    return stage.office.session.scalars(select(Visit)).one()


def sent(page: Page, button: str) -> None:
    """Press it and wait for the page that it leads to."""
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


def test_a_guest_is_declined_from_the_desk_and_the_badge_closes_the_visit(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12")
    kasim = stage.sign_in(stage.open_browser(), "kasim", PHONE)
    kasim.get_by_role("link", name="Tidak dapat diterima untuk Tono").click()
    expect(kasim.get_by_label("Tidak dapat diterima")).to_be_checked()
    kasim.get_by_label("Kalimat untuk tamu").fill("Mohon maaf, belum dapat kami terima.")
    sent(kasim, "Catat putusan")
    expect(kasim.get_by_text("Dicatat: Tidak dapat diterima.")).to_be_visible()

    stage.office.clock.pass_time(minutes=2)
    fitri = stage.sign_in(stage.open_browser(), "fitri")
    fitri.get_by_role("link", name="Terima kartu dari Tono").click()
    fitri.locator("#scan-code").fill("12")
    fitri.locator("#scan-code").press("Enter")

    title = fitri.locator("#result .panel-title")
    expect(title).to_have_text("Kunjungan ditutup: Tidak dapat diterima")
    assert visit(stage).outcome == "declined"


def test_who_goes_away_names_a_deputy_who_then_gives_the_direction(stage: Stage) -> None:
    stage.office.bring_to_step(3, "12")
    sekar = stage.sign_in(stage.open_browser(), "sekar")
    sekar.goto(f"{stage.url}/pengganti")
    sekar.get_by_label("Jabatan", exact=True).select_option(label="Sekretaris")
    sekar.get_by_label("Pengganti", exact=True).select_option(label="Wati")
    sent(sekar, "Catat pengganti")
    expect(sekar.get_by_role("rowheader", name="Plh. Sekretaris")).to_be_visible()

    wati = stage.sign_in(stage.open_browser(), "wati")
    wati.get_by_role("button", name="Selesaikan langkah 3 untuk Tono").click()
    wati.get_by_label("Tujuan").select_option(label="Kepala Dinas")
    wati.get_by_role("button", name="Simpan arahan").click()

    expect(wati.locator("#result .panel-title")).to_have_text("Langkah 3 selesai")
    posts = stage.office.session.scalars(
        select(StepEvent.actor_post).where(StepEvent.step_key == "direction")
    ).all()
    assert posts == ["Plh. Sekretaris"]


def test_a_scan_of_the_wrong_badge_is_undone_where_its_result_stands(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12")
    page = stage.sign_in(stage.open_browser(), "kasim", PHONE)
    page.goto(f"{stage.url}/pindai")
    page.get_by_label("Kode atau nomor tanda pengenal").fill("12")
    page.keyboard.press("Enter")
    expect(page.locator("#result .panel-title")).to_have_text("Langkah 2 selesai")

    sent(page, "Urungkan")

    expect(page.get_by_text("Diurungkan. Kunjungan kembali")).to_be_visible()
    assert visit(stage).step_key == "purpose"


def test_a_supervisor_puts_a_time_right_and_sees_both(stage: Stage) -> None:
    stage.office.bring_to_step(3, "12")
    page = stage.sign_in(stage.open_browser(), "sekar")
    page.goto(f"{stage.url}/kunjungan/2026/1")
    page.get_by_role("link", name="Perbaiki catatan").click()
    page.get_by_label("Waktu yang diperbaiki").select_option(index=3)
    page.get_by_label("Seharusnya").fill("2026-11-24T09:03")
    page.locator("#time-reason").fill("Baru dipindai kemudian.")
    sent(page, "Catat waktu yang benar")

    said = "langkah 2 selesai: semula 09.04 WIB, seharusnya 09.03 WIB"
    expect(page.locator(".log")).to_contain_text(said)
    assert visit(stage).corrections == 1


def test_a_guest_who_is_asked_to_come_again_arrives_with_a_form_filled_in(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12", purpose="Izin usaha")
    due_at = stage.office.clock() + timedelta(days=1)
    page = stage.sign_in(stage.open_browser(), "kasim")
    page.goto(f"{stage.url}/kunjungan/2026/1/tindakan")
    page.get_by_text("Dijadwalkan ulang").first.click()
    page.get_by_label("Kalimat untuk tamu").fill("Silakan kembali besok pagi.")
    page.get_by_label("Waktu baru").fill(f"{due_at + timedelta(hours=7):%Y-%m-%dT%H:%M}")
    sent(page, "Catat putusan")

    fitri = stage.sign_in(stage.open_browser(), "fitri")
    fitri.goto(f"{stage.url}/janji-temu")
    fitri.get_by_role("link", name="Tamu tiba: Tono").click()

    expect(fitri.get_by_label("Nama")).to_have_value("Tono")
    expect(fitri.get_by_label("Keperluan")).to_have_value("Izin usaha")
