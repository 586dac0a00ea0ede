"""Live desks: refreshed by themselves, without taking away what somebody is doing."""

from playwright.sync_api import expect

from app.queries.visits import view_by_id
from tests.cast import PASSWORD, stored_visit
from tests.e2e.conftest import PHONE, Stage


def test_a_guest_appears_by_itself_and_a_half_typed_answer_stays(stage: Stage) -> None:
    stage.office.bring_to_step(3, "12", name="Tono")
    page = stage.sign_in(stage.open_browser(), "sekar")
    page.get_by_role("button", name="Selesaikan langkah 3 untuk Tono").click()
    direction = page.get_by_label("Arahan untuk Kasubbag")
    expect(direction).to_be_focused()
    direction.fill("Terima, leng")

    stage.office.bring_to_step(3, "13", name="Wulan")
    expect(page.locator("#queue")).to_contain_text("Wulan", timeout=10_000)
    expect(direction).to_be_focused()
    expect(direction).to_have_value("Terima, leng")

    page.keyboard.type("kapi berkas NIB.")
    page.get_by_role("button", name="Simpan arahan").click()
    expect(page.locator("#result .panel-title")).to_have_text("Langkah 3 selesai")
    expect(page.locator("#queue .guest-list")).not_to_contain_text("Tono")
    session = stage.office.session
    visit = stored_visit(session, "1/2026")
    assert visit is not None
    assert view_by_id(session, visit.id).text("direction") == "Terima, lengkapi berkas NIB."


def test_focus_stays_on_a_rows_button_when_the_list_is_refreshed(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12", name="Tono")
    page = stage.sign_in(stage.open_browser(), "kasim")
    button = page.get_by_role("button", name="Selesaikan langkah 2 untuk Tono")
    button.focus()
    stage.office.bring_to_step(2, "13", name="Wulan")
    expect(page.locator("#queue")).to_contain_text("Wulan", timeout=10_000)
    expect(button).to_be_focused()


def test_a_session_that_runs_out_leaves_the_page_as_it_was(stage: Stage) -> None:
    stage.office.bring_to_step(3, name="Tono")
    page = stage.sign_in(stage.open_browser(), "sekar")
    stage.expect_complaint("401 (UNAUTHORIZED)")
    page.get_by_role("button", name="Selesaikan langkah 3 untuk Tono").click()
    direction = page.get_by_label("Arahan untuk Kasubbag")
    direction.fill("Terima di ruang rapat.")
    stage.office.clock.pass_time(hours=13)

    dialog = page.get_by_role("dialog", name="Masuk lagi")
    expect(dialog).to_be_visible(timeout=10_000)
    dialog.get_by_label("Nama pengguna").fill("sekar")
    dialog.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.wait_for_timeout(5_000)  # two polls: neither wipes what is typed
    expect(dialog.get_by_label("Nama pengguna")).to_have_value("sekar")
    dialog.get_by_role("button", name="Masuk").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Anda sudah masuk lagi.")).to_be_visible()
    expect(direction).to_have_value("Terima di ruang rapat.")
    page.get_by_role("button", name="Simpan arahan").click()
    expect(page.locator("#result .panel-title")).to_have_text("Langkah 3 selesai")


def test_a_double_tap_does_one_step(stage: Stage) -> None:
    label = stage.office.bring_to_step(4, name="Tono")
    stage.office.clock.pass_time(minutes=5)
    page = stage.sign_in(stage.open_browser(), "kasim", PHONE)
    page.get_by_role("button", name="Selesaikan langkah 4 untuk Tono").dblclick()
    expect(page.locator("#result .panel-title")).to_be_visible()
    session = stage.office.session
    visit = stored_visit(session, label)
    assert visit is not None
    assert (visit.step_key, visit.last_seq) == ("reception", 6)


def test_the_next_person_takes_over_in_two_clicks(stage: Stage) -> None:
    page = stage.sign_in(stage.open_browser(), "fitri")
    page.locator("summary", has_text="Fitri").click()
    page.get_by_role("button", name="Ganti petugas").click()
    page.wait_for_url("**/masuk")
    expect(page.get_by_text("Silakan petugas berikutnya masuk.")).to_be_visible()


def test_the_main_job_works_without_javascript(stage: Stage) -> None:
    browser = stage.open_browser()
    context = browser.new_context(java_script_enabled=False, locale="id-ID")
    page = stage.watch(context)
    stage.sign_in_at(page, "fitri")
    page.goto(f"{stage.url}/buku-tamu/baru")
    page.get_by_label("Nama", exact=True).fill("Tono")
    page.get_by_label("Asal").fill("perorangan")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("link", name="Serahkan tanda pengenal sekarang").click()
    page.locator("#scan-code").fill("12")
    page.get_by_role("button", name="Kirim", exact=True).click()
    expect(page.locator(".panel-title")).to_have_text("Tanda pengenal 012 diserahkan")

    kasim = stage.watch(browser.new_context(java_script_enabled=False, locale="id-ID"))
    stage.sign_in_at(kasim, "kasim")
    kasim.get_by_role("button", name="Selesaikan langkah 2 untuk Tono").click()
    kasim.get_by_label("Keperluan bertamu").fill("Izin usaha")
    kasim.get_by_role("button", name="Simpan, laporkan ke Sekretaris").click()
    expect(kasim.locator(".panel-title")).to_have_text("Langkah 2 selesai")
