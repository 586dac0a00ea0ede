"""The scanner while the server is away: nothing is lost, nothing is shown as done that is not."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import request
from PIL import Image
from playwright.sync_api import (
    BrowserContext,
    Locator,
    Page,
    Playwright,
    Route,
    ViewportSize,
    expect,
)
from sqlalchemy import select

from app.models.scan import Scan
from app.models.visit import StepEvent
from tests.cast import PASSWORD, stored_visit
from tests.e2e.conftest import PHONE, Stage
from tests.support.clips import photo
from tools.driving.chromium import CHROMIUM, arguments

CUT_OFF = "net::ERR_CONNECTION_REFUSED"
TITLE = "#result .panel-title"
MOST_TRIES = 3  # as in outbox.js
TRY_NOW = "() => { TamuOutbox.deliver(); }"
IS_KEPT = """async () => {
  const kept = await caches.match("/pindai/luring");
  return Boolean(kept && navigator.serviceWorker.controller);
}"""
COUNT_REQUESTS_TO_STAY = """() => {
  window.asked = 0;
  navigator.storage.persist = async () => { window.asked += 1; return true; };
}"""
KEPT_TEXTS = """async () => {
  const cache = await caches.open("tamu");
  const texts = (await cache.keys()).map(async (request) => (await cache.match(request)).text());
  return (await Promise.all(texts)).join("");
}"""


def scanner(stage: Stage, username: str) -> Page:
    """The scanner of a phone that has kept what it needs."""
    page = stage.sign_in(stage.open_browser(), username, PHONE)
    page.goto(f"{stage.url}/pindai")
    wait_until_kept(page)
    page.wait_for_load_state("networkidle")  # the reader too
    return page


def wait_until_kept(page: Page) -> None:
    for _ in range(200):
        if page.evaluate(IS_KEPT):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the page was not kept")


def cut(stage: Stage) -> None:
    for complaint in (CUT_OFF, "preloaded using link preload"):
        stage.expect_complaint(complaint)
    stage.line.cut()


def type_in(page: Page, code: str) -> None:
    field = page.locator("#scan-code")
    field.fill(code)
    field.press("Enter")


def unsent(page: Page) -> list[str]:
    """What the strip on top of the page lists, without the times."""
    lines = page.locator("#unsent li").all_inner_texts()
    return [line.partition(" · ")[2] for line in lines]


def count_of(page: Page) -> Locator:
    """How many the strip says are on the device."""
    return page.locator("#unsent [data-unsent-count]")


def reopened(stage: Stage, page: Page) -> Page:
    """The same device after its browser was closed."""
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"{stage.url}/pindai")
    return page


def by(stage: Stage, username: str) -> list[StepEvent]:
    person_id = stage.office.officer(username).person_id
    events = select(StepEvent).where(StepEvent.actor_id == person_id, StepEvent.method == "typed")
    return list(stage.office.session.scalars(events.order_by(StepEvent.id)))


def is_about(at: datetime, expected: datetime) -> bool:
    """The browser's own clock ran on during the test."""
    return timedelta() <= at - expected < timedelta(minutes=1, seconds=30)


def test_scans_of_a_page_that_was_closed_arrive_in_order_with_their_times(stage: Stage) -> None:
    for badge in ("12", "13", "14"):
        stage.office.bring_to_step(2, badge)
    page = scanner(stage, "kasim")
    page.evaluate(COUNT_REQUESTS_TO_STAY)
    cut(stage)
    made_at = stage.office.clock()
    type_in(page, "12")
    expect(page.locator(TITLE)).to_have_text("Belum terkirim")
    type_in(page, "13")
    expect(count_of(page)).to_have_text("2 pindaian belum terkirim.")
    assert page.evaluate("window.asked") == 1, "the browser was asked once to keep them"
    page = reopened(stage, page)
    expect(count_of(page)).to_have_text("2 pindaian belum terkirim.")
    assert unsent(page) == ["kartu 012", "kartu 013"]
    type_in(page, "14")
    expect(count_of(page)).to_have_text("3 pindaian belum terkirim.")
    assert by(stage, "kasim") == []
    stage.office.clock.pass_time(minutes=10)
    stage.line.join()
    expect(page.locator("#unsent")).to_be_hidden(timeout=15_000)
    expect(page.locator("#latest li", has_text="Langkah 2 selesai")).to_have_count(3)
    events = by(stage, "kasim")
    assert [(event.visit_id, event.step_key) for event in events] == [
        (1, "purpose"),
        (2, "purpose"),
        (3, "purpose"),
    ]
    assert all(is_about(event.occurred_at, made_at) for event in events)
    assert {event.recorded_at for event in events} == {stage.office.clock()}
    assert reopened(stage, page).locator("#unsent li").count() == 0


@pytest.fixture
def start_phone(driver: Playwright, tmp_path: Path) -> Iterator[Callable[[], BrowserContext]]:
    """Start the browser of a phone; whatever it keeps outlives it."""
    running: list[BrowserContext] = []

    def start() -> BrowserContext:
        for context in running:
            context.close()
        running[:] = [
            driver.chromium.launch_persistent_context(
                tmp_path / "phone",
                executable_path=CHROMIUM,
                args=arguments(),
                viewport=ViewportSize(width=390, height=844),
                locale="id-ID",
            )
        ]
        return running[0]

    yield start
    for context in running:
        context.close()


def test_scans_outlive_a_browser_that_was_ended_and_started_again(
    stage: Stage, start_phone: Callable[[], BrowserContext]
) -> None:
    for badge in ("12", "13"):
        stage.office.bring_to_step(2, badge)
    page = stage.watch(start_phone())
    stage.sign_in_at(page, "kasim")
    page.goto(f"{stage.url}/pindai")
    wait_until_kept(page)
    page.wait_for_load_state("networkidle")
    cut(stage)
    made_at = stage.office.clock()
    for badge in ("12", "13"):
        type_in(page, badge)
    expect(count_of(page)).to_have_text("2 pindaian belum terkirim.")
    page = stage.watch(start_phone())
    page.goto(f"{stage.url}/pindai")
    expect(count_of(page)).to_have_text("2 pindaian belum terkirim.")
    assert unsent(page) == ["kartu 012", "kartu 013"]
    assert by(stage, "kasim") == []
    stage.office.clock.pass_time(minutes=10)
    stage.line.join()
    expect(page.locator("#latest li", has_text="Langkah 2 selesai")).to_have_count(
        2, timeout=15_000
    )
    expect(page.locator("#unsent")).to_be_hidden()
    events = by(stage, "kasim")
    assert [event.visit_id for event in events] == [1, 2]
    assert all(is_about(event.occurred_at, made_at) for event in events)


def test_a_clock_that_is_an_hour_off_is_put_right(stage: Stage) -> None:
    stage.office.bring_to_step(2)
    made_at = stage.office.clock()
    page = stage.watch(stage.open_browser().new_context(locale="id-ID"))
    page.clock.install(time=made_at + timedelta(hours=1))
    stage.sign_in_at(page, "kasim")
    page.goto(f"{stage.url}/pindai")
    page.wait_for_load_state("networkidle")  # the reader too
    cut(stage)
    type_in(page, "12")
    expect(count_of(page)).to_have_text("1 pindaian belum terkirim.")
    stage.office.clock.pass_time(minutes=10)
    stage.line.join()
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai", timeout=15_000)
    (event,) = by(stage, "kasim")
    assert is_about(event.occurred_at, made_at)
    scan = stage.office.session.get_one(Scan, event.scan_id)
    assert scan.client_at is not None
    assert is_about(scan.client_at, made_at + timedelta(hours=1))
    assert scan.queued


def test_two_phones_with_scans_of_one_badge_come_to_the_right_times(stage: Stage) -> None:
    label = stage.office.bring_to_step(2)
    start = stage.office.clock()
    kasim = scanner(stage, "kasim")
    stage.office.clock.pass_time(minutes=2)  # the office's clock stands still meanwhile
    sekar = scanner(stage, "sekar")
    cut(stage)
    type_in(kasim, "12")
    expect(kasim.locator(TITLE)).to_have_text("Belum terkirim")
    type_in(sekar, "12")
    expect(sekar.locator(TITLE)).to_have_text("Belum terkirim")
    stage.office.clock.pass_time(minutes=10)
    kasim.goto("about:blank")
    stage.line.join()
    expect(sekar.locator(TITLE)).to_contain_text("Giliran", timeout=15_000)
    kasim.goto(f"{stage.url}/pindai")
    expect(kasim.locator(TITLE)).to_have_text("Langkah 2 selesai", timeout=15_000)
    sekar.get_by_role("link", name="Putuskan satu per satu").click()
    sekar.get_by_role("button", name="Catat, pukul").click()
    sekar.get_by_label("Tujuan").select_option("Kepala Dinas")
    sekar.get_by_role("button", name="Simpan arahan").click()
    expect(sekar.locator(TITLE)).to_have_text("Langkah 3 selesai")
    expect(sekar.get_by_text("Tidak ada yang perlu diputuskan")).to_be_visible()
    visit = stored_visit(stage.office.session, label)
    assert visit is not None
    assert visit.step_key == "escort"
    first, second = *by(stage, "kasim"), *by(stage, "sekar")
    assert [first.step_key, second.step_key] == ["purpose", "direction"]
    assert is_about(first.occurred_at, start)
    assert is_about(second.occurred_at, start + timedelta(minutes=2))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<h1>Selamat datang di Wi-Fi kantor</h1>"),
        (502, "<h1>Bad Gateway</h1>"),
        (404, ""),
    ],
)
def test_what_something_on_the_way_answers_is_no_answer(
    stage: Stage, status: int, body: str
) -> None:
    stage.office.bring_to_step(2)
    page = scanner(stage, "kasim")
    stage.expect_complaint(f"the server responded with a status of {status}")
    page.route("**/pindai", lambda route: route.fulfill(status=status, body=body))
    type_in(page, "12")
    expect(count_of(page)).to_have_text("1 pindaian belum terkirim.")
    expect(page.locator(TITLE)).to_have_text("Belum terkirim")
    page.unroute("**/pindai")
    page.get_by_role("button", name="Kirim sekarang").click()
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    assert [event.step_key for event in by(stage, "kasim")] == ["purpose"]


def test_a_scan_that_the_server_cannot_digest_lets_the_others_pass(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12")
    stage.office.bring_to_step(2, "13")
    page = scanner(stage, "kasim")
    stage.expect_complaint("the server responded with a status of 500")
    cut(stage)
    for badge in ("12", "13"):
        type_in(page, badge)
    expect(count_of(page)).to_have_text("2 pindaian belum terkirim.")
    view = stage.office.app.view_functions["scan.scan"]

    def fail_for_12() -> object:
        if request.form["code"] == "12":
            raise ZeroDivisionError
        return view()

    fail_for_12.permission = view.permission  # type: ignore[attr-defined]
    stage.office.app.view_functions["scan.scan"] = fail_for_12
    stage.line.join()
    for _ in range(MOST_TRIES):
        with page.expect_response("**/pindai"):
            page.evaluate(TRY_NOW)
    done = page.locator("#latest li", has_text="Langkah 2 selesai")
    expect(done).to_have_count(1, timeout=45_000)
    assert unsent(page) == ["kartu 012"]
    stage.office.app.view_functions["scan.scan"] = view
    page.evaluate(TRY_NOW)
    expect(page.locator("#unsent")).to_be_hidden(timeout=30_000)
    assert [event.visit_id for event in by(stage, "kasim")] == [2, 1]


def test_one_that_will_never_be_taken_is_shown_until_its_person_has_seen_it(stage: Stage) -> None:
    stage.office.bring_to_step(2, "13")
    page = scanner(stage, "kasim")
    stage.expect_complaint("the server responded with a status of 400")
    cut(stage)
    broken = {"name": "foto.png", "mimeType": "image/png", "buffer": b"no picture"}
    page.locator("#photo").set_input_files([broken])
    expect(count_of(page)).to_have_text("1 pindaian belum terkirim.")
    type_in(page, "13")
    expect(count_of(page)).to_have_text("2 pindaian belum terkirim.")
    stage.line.join()
    refusals = page.locator("[data-unsent-refusals] li")
    expect(refusals).to_contain_text("foto QR: Belum tercatat", timeout=15_000)
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    page = reopened(stage, page)
    refusals = page.locator("[data-unsent-refusals] li")
    expect(refusals).to_contain_text("foto QR: Belum tercatat")
    refusals.get_by_role("button", name="Mengerti").click()
    expect(page.locator("#unsent")).to_be_hidden()
    expect(reopened(stage, page).locator("#unsent")).to_be_hidden()


def test_a_photo_that_something_on_the_way_finds_too_large_stops_nobody(stage: Stage) -> None:
    stage.office.bring_to_step(2, "13")
    page = scanner(stage, "kasim")
    stage.expect_complaint("the server responded with a status of 413")

    def refuse_photos(route: Route) -> None:
        if b"filename" in (route.request.post_data_buffer or b""):
            route.fulfill(status=413, body="<h1>413 Request Entity Too Large</h1>")
        else:
            route.continue_()

    page.route("**/pindai", refuse_photos)
    large = {"name": "foto.png", "mimeType": "image/png", "buffer": b"no picture"}
    page.locator("#photo").set_input_files([large])
    expect(page.locator("[data-unsent-refusals] li")).to_contain_text("Kiriman terlalu besar.")
    type_in(page, "13")
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")


def test_a_large_photo_is_made_smaller_before_it_is_sent(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12")
    page = scanner(stage, "kasim")
    sizes: list[int] = []

    def weigh(route: Route) -> None:
        sizes.append(len(route.request.post_data_buffer or b""))
        route.continue_()

    page.route("**/pindai", weigh)
    picture = Image.open(io.BytesIO(photo(stage.office.code_of(12)))).convert("RGB")
    noise = Image.effect_noise((4000, 3000), 60).convert("RGB")
    noise.paste(picture.resize((2000, 1500)), (900, 700))
    large = io.BytesIO()
    noise.save(large, "JPEG", quality=95)
    assert large.tell() > 5_000_000
    file = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": large.getvalue()}
    page.locator("#photo").set_input_files([file])
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    assert len(sizes) == 1
    assert sizes[0] < 2_000_000


def test_for_whom_a_card_is_holds_on_the_kept_page_too(stage: Stage) -> None:
    first, second = stage.office.open_visit("Tono"), stage.office.open_visit("Wulan")
    page = scanner(stage, "fitri")
    cut(stage)
    page.goto(f"{stage.url}/pindai?untuk={second}")
    expect(page.get_by_text(f"Kartu untuk kunjungan {second}.")).to_be_visible()
    type_in(page, "12")
    expect(page.get_by_text(f"Kartu untuk kunjungan {second}.")).to_have_count(0)
    stage.line.join()
    expect(page.locator(TITLE)).to_contain_text("Tanda pengenal 012 diserahkan", timeout=15_000)
    steps = [stored_visit(stage.office.session, label) for label in (first, second)]
    assert [visit and visit.step_key for visit in steps] == ["registration", "purpose"]


def test_two_tabs_of_one_person_send_the_older_scan_first(stage: Stage) -> None:
    for badge in ("12", "13"):
        stage.office.bring_to_step(2, badge)
    first = scanner(stage, "kasim")
    second = first.context.new_page()
    second.goto(f"{stage.url}/pindai")
    cut(stage)
    type_in(first, "12")
    expect(count_of(first)).to_have_text("1 pindaian belum terkirim.")
    type_in(second, "13")
    expect(count_of(second)).to_have_text("2 pindaian belum terkirim.")
    first.close()
    stage.line.join()
    expect(second.locator("#unsent")).to_be_hidden(timeout=15_000)
    assert [event.visit_id for event in by(stage, "kasim")] == [1, 2]


def test_what_the_device_cannot_keep_is_told_and_sent_all_the_same(stage: Stage) -> None:
    stage.office.bring_to_step(2)
    page = stage.watch(stage.open_browser().new_context(viewport=PHONE, locale="id-ID"))
    page.add_init_script("indexedDB.open = () => { throw new Error('no room'); };")
    stage.sign_in_at(page, "kasim")
    page.goto(f"{stage.url}/pindai")
    page.wait_for_load_state("networkidle")
    cut(stage)
    type_in(page, "12")
    expect(page.get_by_text("perangkat ini tidak dapat menyimpannya.")).to_be_visible()
    stage.line.join()
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai", timeout=15_000)


def test_whoever_signs_out_with_unsent_scans_is_warned_and_they_wait(stage: Stage) -> None:
    stage.office.bring_to_step(2)
    page = scanner(stage, "kasim")
    stage.expect_complaint("net::ERR_FAILED")
    page.route("**/pindai", lambda route: route.abort())
    type_in(page, "12")
    expect(count_of(page)).to_have_text("1 pindaian belum terkirim.")
    page.get_by_text("Lainnya").click()
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_role("heading", name="1 pindaian belum terkirim")).to_be_visible()
    page.get_by_role("button", name="Tunggu dulu").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_text("Lainnya").click()
    page.get_by_role("button", name="Keluar").click()
    page.get_by_role("button", name="Tetap keluar").click()
    page.wait_for_url("**/masuk")
    left = "1 pindaian Kasim masih tersimpan di perangkat ini dan terkirim bila ia masuk di sini."
    expect(page.get_by_text(left)).to_be_visible()
    page.unroute("**/pindai")
    stage.sign_in_at(page, "sekar")
    expect(page.get_by_text(left)).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{stage.url}/masuk")
    assert by(stage, "kasim") == []
    page.get_by_label("Nama pengguna").fill("kasim")
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    assert [event.step_key for event in by(stage, "kasim")] == ["purpose"]
    expect(page.get_by_text(left)).to_be_hidden()


def test_a_session_that_ran_out_meanwhile_is_renewed_above_the_kept_page(stage: Stage) -> None:
    stage.office.bring_to_step(2)
    page = scanner(stage, "kasim")
    cut(stage)
    type_in(page, "12")
    expect(count_of(page)).to_have_text("1 pindaian belum terkirim.")
    page = reopened(stage, page)
    expect(count_of(page)).to_have_text("1 pindaian belum terkirim.")
    stage.office.clock.pass_time(hours=13)
    stage.line.join()
    page.get_by_label("Nama pengguna").fill("kasim", timeout=15_000)
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    (event,) = by(stage, "kasim")
    assert event.recorded_at - event.occurred_at > timedelta(hours=12)


def test_any_other_page_leads_to_the_scanner(stage: Stage) -> None:
    page = scanner(stage, "kasim")
    cut(stage)
    page.goto(f"{stage.url}/buku-tamu")
    expect(page.get_by_role("heading", name="Server belum terhubung")).to_be_visible()
    page.get_by_role("link", name="Buka pemindai").click()
    expect(page.get_by_role("heading", name="Pindai", exact=True)).to_be_visible()


def test_nothing_of_a_guest_is_kept_and_the_page_goes_with_its_person(stage: Stage) -> None:
    stage.office.bring_to_step(3, name="Wulan Sari")
    stage.office.clock.pass_time(minutes=3)
    page = scanner(stage, "kasim")
    type_in(page, "12")
    expect(page.locator(TITLE)).to_contain_text("Giliran")
    page.reload()
    wait_until_kept(page)
    texts = page.evaluate(KEPT_TEXTS)
    assert "Kasim" in texts
    assert "Wulan" not in texts
    page.get_by_text("Lainnya").click()
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url("**/masuk")
    page.wait_for_load_state("networkidle")
    assert "Kasim" not in page.evaluate(KEPT_TEXTS)
