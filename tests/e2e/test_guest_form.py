"""The guest-book form in the browser: its moment of opening, and what becomes of mistakes."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Stage


def open_form(stage: Stage) -> Page:
    page = stage.watch(stage.open_browser().new_context(locale="id-ID"))
    page.clock.install(time=stage.office.clock())
    stage.sign_in_at(page, "fitri")
    page.keyboard.press("F2")
    page.wait_for_url("**/buku-tamu/baru")
    return page


def pass_minutes(stage: Stage, page: Page, minutes: int) -> None:
    for _ in range(minutes):
        stage.office.clock.pass_time(minutes=1)
        page.clock.run_for(60_000)


def stamp(page: Page) -> str:
    return page.locator("#opened-at").input_value()


def test_the_moment_of_opening_is_renewed_until_something_is_typed(stage: Stage) -> None:
    page = open_form(stage)
    before = stamp(page)
    pass_minutes(stage, page, 2)
    expect(page.locator("#opened-at")).not_to_have_value(before)
    page.get_by_label("Nama", exact=True).press_sequentially("Tono")
    page.wait_for_timeout(300)
    typed_at = stamp(page)
    pass_minutes(stage, page, 3)
    assert stamp(page) == typed_at


def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(stage: Stage) -> None:
    stage.expect_complaint("422 (UNPROCESSABLE ENTITY)")
    page = open_form(stage)
    page.get_by_label("Nama", exact=True).fill("Agustinus")
    page.get_by_label("Asal").fill("Koperasi Karet Maju")
    page.get_by_label("No. HP").fill("0812-345")
    page.get_by_label("Keperluan").fill("Rapat anggota")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Nomor HP kurang lengkap. Contoh: 0812-3456-7890.")).to_be_visible()
    typed = {
        "Nama": "Agustinus",
        "Asal": "Koperasi Karet Maju",
        "No. HP": "0812-345",
        "Keperluan": "Rapat anggota",
    }
    for label, text in typed.items():
        expect(page.get_by_label(label).first).to_have_value(text)
    page.get_by_label("No. HP").fill("0812 3456 7890")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Agustinus tercatat sebagai kunjungan 1/2026.")).to_be_visible()
