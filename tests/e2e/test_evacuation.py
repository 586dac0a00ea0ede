"""Daftar evakuasi on a phone: the roll is called on when the network is gone."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Stage

CUT_OFF = "net::ERR_CONNECTION_REFUSED"


def list_on_a_phone(stage: Stage) -> Page:
    """Tono with two others, and Wulan, are inside; Kasim holds the list."""
    stage.office.bring_to_step(5, "12", party_size=3)
    stage.office.bring_to_step(5, "13", name="Wulan")
    page = stage.sign_in(stage.open_browser(), "kasim", PHONE)
    page.goto(f"{stage.url}/evakuasi")
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-roll-bar] p")).to_have_text(words)


def test_the_roll_is_called_on_without_the_network_and_kept_for_the_next_list(stage: Stage) -> None:
    page = list_on_a_phone(stage)
    cut_notice = page.locator("[data-cut]")
    says(page, "0 dari 4 orang ditemukan 0 belum ditemukan, 4 belum ditandai")
    press(page, "Ditemukan: Wulan")
    says(page, "1 dari 4 orang ditemukan 0 belum ditemukan, 3 belum ditandai")
    expect(cut_notice).to_be_hidden()

    stage.expect_complaint(CUT_OFF)
    stage.line.cut()
    press(page, "Belum ditemukan: Tono (3 orang)")
    says(page, "1 dari 4 orang ditemukan 3 belum ditemukan, 0 belum ditandai")
    expect(cut_notice).to_contain_text("Tanpa jaringan: daftar ini keadaan pukul 09.16.")
    expect(cut_notice).to_be_visible()
    page.get_by_label("Jumlah ditemukan dari Tono (3 orang)").fill("2")
    says(page, "3 dari 4 orang ditemukan 1 belum ditemukan, 0 belum ditandai")
    page.get_by_role("link", name="Daftar terbaru").click()
    expect(cut_notice).to_be_in_viewport()
    press(page, "Ditemukan: Tono (3 orang)")
    says(page, "4 dari 4 orang ditemukan 0 belum ditemukan, 0 belum ditandai")

    stage.line.join()
    stage.office.bring_to_step(5, "14", name="Yohana")
    page.get_by_role("link", name="Daftar terbaru").click()
    says(page, "4 dari 5 orang ditemukan 0 belum ditemukan, 1 belum ditandai")
    expect(cut_notice).to_be_hidden()
    found = page.get_by_role("button", name="Ditemukan: Wulan", exact=True)
    expect(found).to_have_attribute("aria-pressed", "true")


def test_a_device_without_any_network_says_so_at_once_and_until_it_is_back(stage: Stage) -> None:
    page = list_on_a_phone(stage)
    page.context.set_offline(True)
    expect(page.locator("[data-cut]")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("[data-cut]")).to_be_hidden()


def test_a_mark_is_taken_off_by_a_second_press_and_all_of_them_for_a_new_call(stage: Stage) -> None:
    page = list_on_a_phone(stage)
    press(page, "Ditemukan: Wulan")
    press(page, "Ditemukan: Wulan")
    says(page, "0 dari 4 orang ditemukan 0 belum ditemukan, 4 belum ditandai")
    press(page, "Belum ditemukan: Wulan")
    page.on("dialog", lambda dialog: dialog.accept())
    press(page, "Ulang dari awal")
    says(page, "0 dari 4 orang ditemukan 0 belum ditemukan, 4 belum ditandai")
    page.reload()
    says(page, "0 dari 4 orang ditemukan 0 belum ditemukan, 4 belum ditandai")


def test_one_tap_prints(stage: Stage) -> None:
    page = list_on_a_phone(stage)
    page.evaluate("window.print = () => { window.printed = true; }")
    press(page, "Cetak daftar")
    assert page.evaluate("window.printed") is True


def test_without_scripts_it_is_a_list_to_print(stage: Stage) -> None:
    kept = list_on_a_phone(stage).context.storage_state()
    context = stage.open_browser().new_context(java_script_enabled=False, storage_state=kept)
    page = stage.watch(context)
    page.goto(f"{stage.url}/evakuasi")
    expect(page.get_by_role("row", name="Wulan")).to_be_visible()
    expect(page.get_by_role("button", name="Ditemukan", include_hidden=False)).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator(".tick-box")).to_have_count(2)
    expect(page.locator(".tick-box").first).to_be_visible()
