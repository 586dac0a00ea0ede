"""A guest from the guest book to the returned badge, read by the webcam at every desk."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.timing import Standing
from app.queries.visits import log_of, view_by_id
from tests.cast import stored_visit
from tests.e2e.conftest import PHONE, Stage
from tests.support.clips import write_clip

BADGE = 12
pytestmark = pytest.mark.usefixtures("stage")


@pytest.fixture
def browser(stage: Stage, tmp_path: Path) -> Browser:
    """A Chromium whose webcam sees the real badge 12 now and then: tilted, blurred, noisy."""
    payload = f"T/{stage.office.code_of(BADGE)}"
    clip = write_clip(tmp_path / "badge.mjpeg", payload, seconds_in_view=3, seconds_blank=2)
    return stage.open_browser(clip)


def scan_by_camera(page: Page, stage: Stage) -> Page:
    """Open the scanner and let the webcam read the badge."""
    page.goto(f"{stage.url}/pindai")
    expect(page.locator("#result[data-result]")).to_be_visible(timeout=20_000)
    return page


def result_of(page: Page) -> str:
    return page.locator("#result .panel-title").inner_text()


def leave_scanner(page: Page, stage: Stage) -> None:
    """The fake webcam plays for one page at a time."""
    page.goto(f"{stage.url}/meja")


def test_a_guest_goes_through_all_six_steps(stage: Stage, browser: Browser) -> None:
    fitri, kasim, sekar = (stage.sign_in(browser, name) for name in ("fitri", "kasim", "sekar"))
    hadi = stage.sign_in(browser, "hadi", PHONE)

    # Step 1: the guest book by keyboard alone, then the badge.
    fitri.keyboard.press("F2")
    expect(fitri.get_by_label("Nama", exact=True)).to_be_focused()
    fitri.keyboard.type("Nurhayati")
    fitri.keyboard.press("Tab")
    fitri.keyboard.type("Dinas KUKM Kab. Sambas")
    fitri.keyboard.press("Enter")
    expect(fitri.get_by_text("Nurhayati tercatat sebagai kunjungan 1/2026")).to_be_visible()
    expect(fitri.get_by_label("Nama", exact=True)).to_be_focused()
    stage.office.clock.pass_time(minutes=2)
    scan_by_camera(fitri, stage)
    assert result_of(fitri) == "Tanda pengenal 012 diserahkan"
    leave_scanner(fitri, stage)

    # Step 2: one scan and one submit.
    expect(kasim.locator("#queue")).to_contain_text("Nurhayati", timeout=10_000)
    stage.office.clock.pass_time(minutes=3)
    scan_by_camera(kasim, stage)
    assert result_of(kasim) == "Isi keperluan lebih dahulu"
    kasim.get_by_label("Keperluan bertamu").fill("Koordinasi data koperasi")
    kasim.get_by_role("button", name="Simpan, laporkan ke Sekretaris").click()
    expect(kasim.locator("#result .panel-title")).to_have_text("Langkah 2 selesai")
    leave_scanner(kasim, stage)

    # Step 3: the Sekretaris has no badge at hand: a tap at the desk, late.
    stage.office.clock.pass_time(minutes=6)
    sekar.get_by_role("button", name="Selesaikan langkah 3 untuk Nurhayati").click()
    sekar.get_by_label("Arahan untuk Kasubbag").fill("Terima, lengkapi berkas NIB.")
    sekar.get_by_role("button", name="Simpan arahan").click()
    expect(sekar.locator("#result .panel-title")).to_have_text("Langkah 3 selesai")

    # Step 4: one scan.
    stage.office.clock.pass_time(minutes=2)
    scan_by_camera(kasim, stage)
    assert result_of(kasim) == "Langkah 4 selesai"
    leave_scanner(kasim, stage)

    # Step 5: the host's one scan to begin, one tap to end.
    stage.office.clock.pass_time(minutes=2)
    scan_by_camera(hadi, stage)
    assert result_of(hadi) == "Mulai diterima"
    leave_scanner(hadi, stage)
    stage.office.clock.pass_time(minutes=35)
    hadi.get_by_role("button", name="Selesai menerima Nurhayati").click()
    expect(hadi.locator("#result .panel-title")).to_have_text("Selesai diterima")

    # Step 6: the badge comes back.
    stage.office.clock.pass_time(minutes=4)
    scan_by_camera(fitri, stage)
    assert result_of(fitri) == "Kunjungan selesai"

    session = stage.office.session
    visit = stored_visit(session, "1/2026")
    assert visit is not None
    assert visit.outcome == "completed"
    assert [time.standing for time in view_by_id(session, visit.id).times] == [
        Standing.ON_TIME,
        Standing.ON_TIME,
        Standing.LATE,
        Standing.ON_TIME,
        Standing.OPEN_ENDED,
        Standing.ON_TIME,
    ]
    assert [
        (event.kind, event.actor_name, event.method) for event in log_of(session, visit.id)
    ] == [
        ("opened", "Fitri", None),
        ("issued", "Fitri", "camera"),
        ("completed", "Fitri", "camera"),
        ("completed", "Kasim", "camera"),
        ("completed", "Sekar", "tap"),
        ("completed", "Kasim", "camera"),
        ("started", "Hadi", "camera"),
        ("ended", "Hadi", "tap"),
        ("returned", "Fitri", "camera"),
        ("completed", "Fitri", "camera"),
        ("closed", "Fitri", "camera"),
    ]

    # The record shows the six steps as the log has them.
    fitri.goto(f"{stage.url}/kunjungan/2026/1")
    chips = fitri.locator(".steps .step-time").all_inner_texts()
    assert [re.sub(r"\s+", " ", chip).strip() for chip in chips] == [
        "Tepat waktu, 2:00 dari 5:00",
        "Tepat waktu, 3:00 dari 5:00",
        "Terlambat, 6:00 dari 5:00",
        "Tepat waktu, 2:00 dari 5:00",
        "35 menit",
        "Tepat waktu, 4:00 dari 5:00",
    ]
