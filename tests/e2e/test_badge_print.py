"""Badges in a browser: the preview follows the form, the PDF is a file, a phone shows it all."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from app.badge_print.products import PRODUCTS, Product
from app.domain.badge_life import SHOWN_STATES
from app.models.badge import BadgeCode
from app.operations.badge_kinds import KindData, add_kind, change_kind
from app.phrases import BADGE_STATES
from tests.cast import forget_prints
from tests.e2e.conftest import Stage
from tests.support import pdf as paper


def open_page(stage: Stage, **viewport: object) -> Page:
    """The form to print, in an office that has printed nothing yet."""
    forget_prints(stage.office.app)
    page = stage.sign_in(stage.open_browser(), "adi", **viewport)
    page.goto(f"{stage.url}/tanda-pengenal/cetak")
    return page


def printed(stage: Stage) -> int:
    with stage.office.app.app_context():
        stage.office.session.expire_all()
        noted = select(func.count()).where(BadgeCode.printed_at.is_not(None))
        return stage.office.session.scalars(noted).one()


@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_seen_since_when_a_badge_is_away_and_with_whom(stage: Stage, width: int) -> None:
    name = "Raden Mas Suryaningrat Kusumawardhana"
    stage.office.bring_to_step(3, "12", name=name)
    page = stage.sign_in(stage.open_browser(), "fitri", viewport={"width": width, "height": 800})
    page.goto(f"{stage.url}/tanda-pengenal/laporan")
    row = page.get_by_role("row", name="012")
    expect(row.locator(".cell-end")).to_contain_text("24 Nov 2026, 09.0")
    shown = row.get_by_role("link", name=name).bounding_box()
    chip = row.locator(".chip").bounding_box()
    assert shown is not None
    assert chip is not None
    time = row.locator(".cell-end").bounding_box()
    assert time is not None
    assert (shown["width"] > 120, time["height"] < 30 or width == 1280) == (True, True)
    assert (chip["y"] >= shown["y"] + shown["height"]) == (width == 360)


def test_on_a_phone_each_state_and_the_longest_kind_stand_on_lines_of_their_own(
    stage: Stage,
) -> None:
    office = stage.office
    with office.app.app_context():
        add_kind(KindData("Mmmmmmm Wwwwww", "#744700", "bars"))
        change_kind(1, 20, kind="kind-5")
    office.bring_to_step(3, "1")
    office.bring_to_step(3, "2", name="Rahma")
    phone = {"width": 360, "height": 800}
    fitri, page = office.desk("fitri"), stage.sign_in(stage.open_browser(), "fitri", viewport=phone)
    left_at = f"{office.clock() + timedelta(hours=7):%Y-%m-%dT%H:%M}"
    fitri.post("/kunjungan/2026/2/kartu/pulang", {"left_at": left_at, "reason": ""})
    for number, moves in ((3, ["lose"]), (4, ["break"]), (5, ["retire"]), (6, ["lose", "renew"])):
        for move in moves:
            fitri.post(f"/tanda-pengenal/{number}", {"move": move, "reason": "Uji."})
    office.desk("adi").post("/tanda-pengenal", {"first": "21", "last": "21", "kind": "kind-5"})
    page.goto(f"{stage.url}/tanda-pengenal")
    rows = page.locator(".is-stock tbody tr")
    seen = set()
    for row in (rows.nth(at) for at in (0, 1, 2, 3, 4, 5, 6, 20)):
        chip, kind = row.locator(".chip"), row.locator(".cell-kind")
        seen.add(chip.inner_text())
        state, word = chip.bounding_box(), kind.bounding_box()
        assert state is not None
        assert word is not None
        assert word["y"] >= state["y"] + state["height"], chip.inner_text()
        assert (word["width"] > 200, word["height"] < 30) == (True, True), chip.inner_text()
    assert seen == {BADGE_STATES[state] for state in SHOWN_STATES}


def test_the_preview_follows_the_form_without_a_button(stage: Stage) -> None:
    page = open_page(stage)
    expect(page.locator(".print-page svg > g")).to_have_count(10)
    page.get_by_role("radio", name="Tempat 8").check()
    expect(page.locator(".print-page svg > g")).to_have_count(3)
    expect(page.get_by_role("radio", name="Tempat 8")).to_be_checked()
    expect(page.locator(".print-place.is-used")).to_have_text(
        [f"Tempat {at}" for at in range(1, 8)]
    )
    page.get_by_label("Produk").select_option("label-62")
    expect(page.locator(".print-page svg > g")).to_have_count(1)
    expect(page.locator("figcaption")).to_contain_text("Halaman 1 dari 20")
    expect(page.get_by_role("radiogroup", name="Mulai dari tempat")).to_have_count(0)
    assert printed(stage) == 0


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "one", [one for one in PRODUCTS if one.places > 1], ids=lambda one: one.code
)
def test_each_place_to_choose_lies_on_its_piece_of_the_drawing(
    stage: Stage, one: Product, width: int
) -> None:
    page = open_page(stage, viewport={"width": width, "height": 800})
    page.goto(f"{stage.url}/tanda-pengenal/cetak?product={one.code}")
    sheet = page.locator(".print-sheet svg").bounding_box()
    assert sheet is not None
    unit = sheet["width"] / one.paper[0]
    assert sheet["height"] / unit == pytest.approx(one.paper[1], abs=0.5)
    for place, label in enumerate(page.locator(".print-place").all()):
        box = label.bounding_box()
        assert box is not None
        seen = [box["x"] - sheet["x"], box["y"] - sheet["y"], box["width"], box["height"]]
        assert seen == pytest.approx(
            [unit * side for side in (*one.corner(place), *one.item)], abs=1
        )


def test_a_place_is_chosen_by_keys_and_keeps_the_focus(stage: Stage) -> None:
    page = open_page(stage)
    page.get_by_role("radio", name="Tempat 1", exact=True).focus()
    for place in (2, 3):
        page.keyboard.press("ArrowDown")
        expect(page.locator(".print-page svg > g")).to_have_count(11 - place)
        expect(page.get_by_role("radio", name=f"Tempat {place}")).to_be_focused()
        expect(page.get_by_role("radio", name=f"Tempat {place}")).to_be_checked()


def test_without_javascript_the_button_shows_the_sheet_from_the_place_that_was_chosen(
    stage: Stage,
) -> None:
    page = open_page(stage)
    cookies = page.context.cookies()
    plain = stage.open_browser().new_context(java_script_enabled=False)
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto(f"{stage.url}/tanda-pengenal/cetak")
    page.get_by_role("radio", name="Tempat 6").check()
    page.get_by_role("button", name="Perbarui pratinjau").click()
    expect(page.locator(".print-page svg > g")).to_have_count(5)
    page.get_by_role("radio", name="Rentang nomor").check()
    page.get_by_label("Sampai nomor").fill("2")
    page.get_by_role("button", name="Perbarui pratinjau").click()
    expect(page.locator(".print-page svg > g")).to_have_count(2)
    plain.close()


def test_numbers_are_asked_for_only_where_they_count(stage: Stage) -> None:
    page = open_page(stage)
    expect(page.get_by_label("Dari nomor")).to_be_hidden()
    page.get_by_role("radio", name="Rentang nomor").check()
    expect(page.get_by_label("Dari nomor")).to_be_visible()
    page.get_by_role("radio", name="Semua").check()
    expect(page.get_by_label("Dari nomor")).to_be_hidden()


def test_the_pdf_comes_as_a_file_and_the_button_is_ready_again(
    stage: Stage, tmp_path: Path
) -> None:
    page = open_page(stage)
    page.get_by_label("Produk").select_option("gantung-f4")
    page.get_by_role("radio", name="Rentang nomor").check()
    page.get_by_label("Sampai nomor").fill("5")
    button = page.locator("[data-download]")
    with page.expect_download() as coming:
        button.click()
    coming.value.save_as(tmp_path / "badges.pdf")

    assert coming.value.suggested_filename == "tanda-pengenal-gantung-f4.pdf"
    assert paper.sizes((tmp_path / "badges.pdf").read_bytes()) == [(215, 330)] * 2
    expect(button).to_be_enabled()
    expect(button).to_have_text("Unduh PDF")
    assert printed(stage) == 5


def test_the_button_is_busy_while_the_pdf_is_made(stage: Stage) -> None:
    page = open_page(stage)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/cetak.pdf", hold)
    button = page.locator("[data-download]")
    button.click()
    expect(button).to_be_disabled()
    expect(button).to_have_text("Menyiapkan PDF…")
    expect(button).to_have_attribute("aria-busy", "true")
    with page.expect_download():
        waiting.pop().continue_()
    expect(button).to_be_enabled()


def test_a_choice_that_cannot_be_printed_says_why(stage: Stage) -> None:
    page = open_page(stage)
    page.get_by_role("radio", name="Pengganti").check()
    expect(page.locator("#print-preview")).to_contain_text("Tidak ada pengganti")
    stage.expect_complaint("422")
    page.locator("[data-download]").click()
    page.wait_for_url("**/cetak.pdf")
    expect(page.locator("#print-preview")).to_contain_text("Tidak ada pengganti")
