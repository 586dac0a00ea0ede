"""The scanner page without a camera, with a USB scanner, with a photo, and when things go wrong."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from app.models.scan import Scan
from tests.cast import stored_visit
from tests.e2e.conftest import PHONE, Stage
from tests.support.clips import photo, write_clip

TITLE = "#result .panel-title"


def open_scanner(stage: Stage, username: str, clip: Path | None = None, **viewport: object) -> Page:
    page = stage.sign_in(stage.open_browser(clip), username, **viewport)
    page.goto(f"{stage.url}/pindai")
    return page


def type_in(page: Page, text: str) -> None:
    page.locator("#scan-code").fill(text)
    page.keyboard.press("Enter")


def test_a_usb_scanner_types_into_the_field_again_and_again(stage: Stage) -> None:
    stage.office.bring_to_step(2)
    address = f"HTTPS://TAMU.KANTOR.LAN:8443/T/{stage.office.code_of(12)}"
    page = open_scanner(stage, "kasim")
    expect(page.locator("#scan-code")).to_be_focused()
    page.keyboard.type(address)
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    expect(page.locator("#scan-code")).to_be_focused()
    expect(page.locator("#scan-code")).to_have_value("")
    page.keyboard.insert_text("BUKAN-KARTU-KAMI")
    page.keyboard.press("Tab")
    expect(page.locator(TITLE)).to_have_text("Kode tidak dikenal")
    expect(page.locator("#scan-code")).to_be_focused()
    methods = stage.office.session.scalars(select(Scan.method).order_by(Scan.id)).all()
    assert methods[-2:] == ["usb", "usb"]
    expect(page.locator("#latest li").first).to_contain_text("Kode tidak dikenal")
    expect(page.locator("#latest li").nth(1)).to_contain_text("Langkah 2 selesai")


def test_a_photo_serves_where_the_camera_does_not(stage: Stage) -> None:
    stage.office.bring_to_step(2)
    page = open_scanner(stage, "kasim", viewport=PHONE)
    picture = photo(f"T/{stage.office.code_of(12)}")
    page.locator("#photo").set_input_files(
        {"name": "kartu.jpg", "mimeType": "image/jpeg", "buffer": picture}
    )
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    assert stage.office.session.scalars(select(Scan.method).order_by(Scan.id.desc())).first() == (
        "photo"
    )


def test_a_refused_camera_says_how_to_allow_it_and_typing_goes_on(stage: Stage) -> None:
    stage.office.bring_to_step(2)
    page = open_scanner(stage, "kasim")
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    page.reload()
    expect(page.get_by_text("Kamera belum diizinkan.")).to_be_visible()
    expect(page.get_by_role("button", name="Nyalakan kamera")).to_be_visible()
    type_in(page, "012")
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")


def test_without_any_camera_the_page_says_what_else_there_is(stage: Stage) -> None:
    stage.office.bring_to_step(2, purpose=None)
    page = open_scanner(stage, "kasim", viewport=PHONE)
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotFoundError'))"
    )
    page.reload()
    expect(page.get_by_text("Tidak ada kamera di perangkat ini.")).to_be_visible()
    type_in(page, "012")
    expect(page.locator(TITLE)).to_have_text("Isi keperluan lebih dahulu")
    strip = page.locator("#camera")
    assert strip.evaluate("strip => strip.scrollHeight - strip.clientHeight") == 0
    text, around = page.locator("[data-camera-why]").bounding_box(), strip.bounding_box()
    assert text is not None
    assert around is not None
    assert around["y"] < text["y"]
    assert text["y"] + text["height"] < around["y"] + around["height"]


def test_a_half_typed_form_survives_its_badge_seen_again(stage: Stage, tmp_path: Path) -> None:
    stage.office.bring_to_step(2, purpose=None)
    payload = f"T/{stage.office.code_of(12)}"
    clip = write_clip(tmp_path / "again.mjpeg", payload, seconds_in_view=2, seconds_blank=2)
    page = open_scanner(stage, "kasim", clip)
    expect(page.locator(TITLE)).to_have_text("Isi keperluan lebih dahulu", timeout=20_000)
    purpose = page.get_by_label("Keperluan bertamu")
    purpose.fill("Konsultasi izin")
    page.wait_for_timeout(7_000)  # the badge goes out of view and comes back
    expect(purpose).to_have_value("Konsultasi izin")
    expect(purpose).to_be_focused()
    needs = stage.office.session.scalars(select(Scan.outcome).where(Scan.method == "camera")).all()
    assert needs == ["needs"]


def test_another_badge_is_answered_above_a_half_typed_form(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12", purpose=None)
    second = stage.office.bring_to_step(2, "13", name="Wulan")
    page = open_scanner(stage, "kasim")
    type_in(page, "12")
    page.get_by_label("Keperluan bertamu").fill("Konsultasi izin")
    type_in(page, "13")
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    purpose = page.get_by_label("Keperluan bertamu")
    expect(purpose).to_have_value("Konsultasi izin")
    page.get_by_role("button", name="Simpan, laporkan ke Sekretaris").click()
    expect(page.locator(".panel-title", has_text="Langkah 2 selesai")).to_have_count(2)
    session = stage.office.session
    visits = [stored_visit(session, label) for label in ("1/2026", second)]
    assert [visit and visit.step_key for visit in visits] == ["direction", "direction"]


def test_a_scan_that_the_network_lost_is_sent_again_and_counts_once(stage: Stage) -> None:
    label = stage.office.bring_to_step(2)
    stage.expect_complaint("net::ERR_FAILED")
    page = stage.watch(stage.open_browser().new_context(locale="id-ID"))
    page.clock.install(time=stage.office.clock())
    stage.sign_in_at(page, "kasim")
    page.goto(f"{stage.url}/pindai")
    page.clock.pause_at(stage.office.clock() + timedelta(minutes=1))  # nothing is retried by itself
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        """The server hears it, the answer never arrives; later requests pass."""
        if lost or route.request.method != "POST":
            route.continue_()
            return
        lost.append(route.request.post_data or "")
        route.fetch()
        route.abort()

    page.route("**/pindai", lose_the_answer)
    type_in(page, "012")
    expect(page.locator(TITLE)).to_have_text("Belum terkirim")
    page.get_by_role("button", name="Kirim lagi sekarang").click()
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    session = stage.office.session
    by_kasim = select(Scan.outcome).where(Scan.actor_id == stage.office.officer("kasim").person_id)
    assert session.scalars(by_kasim).all() == ["advanced"]
    visit = stored_visit(session, label)
    assert visit is not None
    assert (visit.step_key, visit.last_seq) == ("direction", 4)


def test_the_result_fades_but_a_form_stays(stage: Stage) -> None:
    stage.office.bring_to_step(3)
    browser = stage.open_browser()
    page = stage.watch(browser.new_context(locale="id-ID"))
    page.clock.install(time=stage.office.clock())
    stage.sign_in_at(page, "sekar")
    page.goto(f"{stage.url}/pindai")
    type_in(page, "nomor apa ini")
    expect(page.locator(TITLE)).to_have_text("Kode tidak dikenal")
    page.clock.run_for(31_000)
    expect(page.get_by_text("Siap memindai.", exact=True)).to_be_visible()
    type_in(page, "12")
    expect(page.locator(TITLE)).to_have_text("Beri arahan")
    page.clock.run_for(90_000)
    expect(page.get_by_label("Tujuan")).to_contain_text("Kepala Dinas")
    expect(page.locator(TITLE)).to_have_text("Beri arahan")


COUNTED_SOUNDS = """
window.touch = {hasBeenActive: false};  // Playwright itself touches each page it looks at
Object.defineProperty(navigator, "userActivation", {value: window.touch});
window.sounds = 0;
window.AudioContext = class extends AudioContext {
  constructor(...options) { super(...options); window.sounds += 1; }
};
"""


def test_a_page_makes_no_sound_until_somebody_has_touched_it(stage: Stage) -> None:
    """A browser would refuse it with a warning, and keep that sound back for good."""
    stage.office.bring_to_step(2)
    page = stage.sign_in(stage.open_browser(), "kasim")
    page.add_init_script(COUNTED_SOUNDS)
    page.goto(f"{stage.url}/pindai")
    type_in(page, "12")
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    assert page.evaluate("sounds") == 0
    page.evaluate("touch.hasBeenActive = true")
    type_in(page, "BUKAN-KARTU-KAMI")
    expect(page.locator(TITLE)).to_have_text("Kode tidak dikenal")
    assert page.evaluate("sounds") == 1


def test_sound_and_vibration_can_be_switched_off_and_stay_off(stage: Stage) -> None:
    page = open_scanner(stage, "kasim", viewport=PHONE)
    page.get_by_role("button", name="Bunyi nyala").click()
    expect(page.get_by_role("button", name="Bunyi mati")).to_have_attribute("aria-pressed", "false")
    page.reload()
    expect(page.get_by_role("button", name="Bunyi mati")).to_be_visible()


def test_scans_made_while_the_network_is_down_all_arrive_in_order(stage: Stage) -> None:
    labels = [stage.office.bring_to_step(2, badge) for badge in ("12", "13")]
    stage.expect_complaint("net::ERR_INTERNET_DISCONNECTED")
    page = open_scanner(stage, "kasim")
    page.wait_for_load_state("networkidle")  # the reader too
    page.context.set_offline(True)
    type_in(page, "12")
    expect(page.locator(TITLE)).to_have_text("Belum terkirim")
    type_in(page, "13")
    expect(page.locator("#unsent")).to_contain_text("2 pindaian belum terkirim.")
    page.context.set_offline(False)
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai", timeout=15_000)
    expect(page.locator("#latest li", has_text="Langkah 2 selesai")).to_have_count(2)
    session = stage.office.session
    visits = [stored_visit(session, label) for label in labels]
    assert [visit and (visit.step_key, visit.last_seq) for visit in visits] == [
        ("direction", 4),
        ("direction", 4),
    ]
