"""A USB scanner is a keyboard: whatever has the focus, its scan arrives and nothing is pressed."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.scan import Scan
from app.operations.people import NewPerson, add_person
from app.operations.units import UnitData, save_unit
from app.queries.visits import log_of
from tests.cast import PASSWORD, stored_visit
from tests.e2e.conftest import Stage

TITLE = "#result .panel-title"


def shoot(stage: Stage, page: Page, badge: int) -> None:
    """What the scanner does: the code as fast as keys go, then Enter."""
    page.keyboard.type(f"T/{stage.office.code_of(badge)}")
    page.keyboard.press("Enter")


def hire_somebody_for_everything(stage: Stage) -> None:
    everything = frozenset({"front_desk", "general_affairs", "secretary", "host", "admin"})
    with stage.office.app.app_context():
        new = NewPerson("Semua", "semua", PASSWORD, everything)
        person_id = add_person(new, at=stage.office.clock()).id
        hosts = frozenset({person_id})
        unit = UnitData(
            name="Kepala Dinas",
            post="Kepala Dinas",
            active=True,
            is_default=True,
            host_ids=hosts,
            assistant_ids=frozenset(),
            host_role="host",
        )
        save_unit(1, unit)


def test_a_scan_on_the_guest_form_hands_the_badge_over(stage: Stage) -> None:
    page = stage.sign_in(stage.open_browser(), "fitri")
    page.keyboard.press("F2")
    expect(page.get_by_label("Nama", exact=True)).to_be_focused()
    page.keyboard.type("Tono")
    page.keyboard.press("Tab")
    page.keyboard.type("perorangan")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tono tercatat")).to_be_visible()
    expect(page.get_by_label("Nama", exact=True)).to_be_focused()
    shoot(stage, page, 12)
    expect(page.locator(TITLE)).to_have_text("Tanda pengenal 012 diserahkan")
    expect(page.get_by_label("Nama", exact=True)).to_have_value("")


def test_a_scan_at_a_desk_does_what_its_badge_calls_for(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12")
    page = stage.sign_in(stage.open_browser(), "kasim")
    shoot(stage, page, 12)
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")


def test_a_computer_that_stops_in_the_middle_of_a_scan_leaves_nothing_behind(stage: Stage) -> None:
    page = stage.sign_in(stage.open_browser(), "fitri")
    page.keyboard.press("F2")
    expect(page.get_by_label("Nama", exact=True)).to_be_focused()
    page.keyboard.type("Tono ")
    page.keyboard.type("HT")
    page.wait_for_timeout(2200)  # longer than a scanner's keys are ever apart
    page.keyboard.type(f"TP://TAMU.LAN/T/{stage.office.code_of(12)}")
    page.keyboard.press("Enter")
    expect(page.locator(TITLE)).to_be_visible()
    expect(page.get_by_label("Nama", exact=True)).to_have_value("Tono ")


def test_a_scan_leaves_a_half_typed_answer_as_it_was(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12", purpose=None)
    stage.office.bring_to_step(2, "13", name="Wulan")
    page = stage.sign_in(stage.open_browser(), "kasim")
    page.goto(f"{stage.url}/pindai")
    shoot(stage, page, 12)
    purpose = page.get_by_label("Keperluan bertamu")
    purpose.fill("Mau urus izin ")
    page.wait_for_timeout(300)  # a person's pause before the next guest's card
    shoot(stage, page, 13)
    expect(page.locator(TITLE)).to_have_text("Langkah 2 selesai")
    expect(purpose).to_have_value("Mau urus izin ")


def test_the_same_badge_again_never_presses_the_button_that_asks(stage: Stage) -> None:
    hire_somebody_for_everything(stage)
    label = stage.office.bring_to_step(4, "12")
    stage.office.scan("semua", "12", stage="escort")
    stage.office.clock.pass_time(20)
    page = stage.sign_in(stage.open_browser(), "semua")
    page.goto(f"{stage.url}/pindai")
    for _ in range(3):
        shoot(stage, page, 12)
        expect(page.locator(TITLE)).to_have_text("Mulai terima tamu?")
        expect(page.locator("#scan-code")).to_be_focused()
    session = stage.office.session
    visit = stored_visit(session, label)
    assert visit is not None
    assert [event.kind for event in log_of(session, visit.id)][-1] == "completed"
    page.get_by_role("button", name="Ya, mulai terima tamu").click()
    expect(page.locator(TITLE)).to_have_text("Mulai diterima")


def test_the_same_badge_again_never_chooses_a_guest(stage: Stage) -> None:
    for name in ("Tono", "Wulan"):
        stage.office.open_visit(name)
    page = stage.sign_in(stage.open_browser(), "fitri")
    page.goto(f"{stage.url}/pindai")
    for _ in range(2):
        shoot(stage, page, 12)
        expect(page.locator(TITLE)).to_have_text("Untuk siapa tanda pengenal 012?")
    page.get_by_role("button", name="Wulan").click()
    expect(page.locator(TITLE)).to_have_text("Tanda pengenal 012 diserahkan")
    expect(page.locator("#result .guest-name")).to_have_text("Wulan")


def test_for_this_guest_holds_for_one_card(stage: Stage) -> None:
    label = stage.office.open_visit("Tono")
    stage.office.bring_to_step(6, "7", name="Wulan")
    stage.office.clock.pass_time(minutes=2)
    page = stage.sign_in(stage.open_browser(), "fitri")
    page.goto(f"{stage.url}/pindai?untuk={label}")
    expect(page.get_by_text("Kartu untuk Tono")).to_be_visible()
    shoot(stage, page, 12)
    expect(page.locator(TITLE)).to_have_text("Tanda pengenal 012 diserahkan")
    expect(page.get_by_text("Kartu untuk Tono")).to_be_hidden()
    shoot(stage, page, 7)
    expect(page.locator(TITLE)).to_have_text("Kunjungan selesai")


def test_a_scan_into_a_field_that_asks_for_a_card_stays_there(stage: Stage) -> None:
    label = stage.office.bring_to_step(2, "12")
    page = stage.sign_in(stage.open_browser(), "fitri")
    page.goto(f"{stage.url}/kunjungan/2026/1/kartu")
    page.locator("summary", has_text="Hilang atau rusak").click()
    page.locator("label.choice", has_text="Hilang").click()
    field = page.get_by_label("Kartu pengganti")
    field.fill("")
    shoot(stage, page, 15)
    expect(field).to_have_value(f"T/{stage.office.code_of(15)}")
    page.locator("#gone-reason").fill("Tercecer di parkiran")
    page.get_by_role("button", name="Matikan kode dan ganti kartu").click()
    expect(page.get_by_text("Tamu kini memegang kartu 015.")).to_be_visible()
    visit = stored_visit(stage.office.session, label)
    assert visit is not None
    assert [event.kind for event in log_of(stage.office.session, visit.id)][-1] == "badge_replaced"


def test_a_long_word_that_is_typed_is_no_card(stage: Stage) -> None:
    page = stage.sign_in(stage.open_browser(), "fitri")
    page.keyboard.press("F2")
    name = page.get_by_label("Nama", exact=True)
    expect(name).to_be_focused()
    page.keyboard.type("Abdurrahmansyahi", delay=150)  # sixteen letters, as fast as fingers go
    page.keyboard.press("Tab")
    expect(page.get_by_label("Asal (instansi atau perorangan)")).to_be_focused()
    expect(name).to_have_value("Abdurrahmansyahi")
    assert stage.office.session.scalars(select(Scan)).all() == []
