"""The countdown at a desk: green, amber in the last minute, red counting up after."""

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Stage


def pass_time(stage: Stage, page: Page, seconds: int) -> None:
    """Let the same time pass on the server and on the screen."""
    stage.office.clock.pass_time(seconds)
    page.clock.run_for(seconds * 1000)


def test_the_countdown_turns_amber_then_red(stage: Stage) -> None:
    stage.office.bring_to_step(2)
    browser = stage.open_browser()
    context = browser.new_context(locale="id-ID")
    page = stage.watch(context)
    page.clock.install(time=stage.office.clock())
    stage.sign_in_at(page, "kasim")

    block = page.locator(".guest-row .countdown")
    reading, word = block.locator("[data-reading]"), block.locator("[data-word]")
    expect(reading).to_have_text("5:00")
    expect(word).to_have_text("Sisa")
    height = block.bounding_box()

    pass_time(stage, page, 239)
    expect(reading).to_have_text("1:01")
    expect(word).to_have_text("Sisa")
    pass_time(stage, page, 1)
    expect(reading).to_have_text("1:00")
    expect(word).to_have_text("Hampir habis")
    pass_time(stage, page, 60)
    expect(reading).to_have_text("0:00")
    expect(word).to_have_text("Hampir habis")
    pass_time(stage, page, 84)
    expect(reading).to_have_text("+1:24")
    expect(word).to_have_text("Terlambat")
    expect(block).to_have_class("countdown is-late")
    expect(block).to_have_css("background-color", "rgb(161, 33, 29)")  # once its change is over
    assert block.bounding_box() == height
    expect(page.locator("#announcer")).to_have_text("Tanda pengenal 012, Tono: terlambat.")
