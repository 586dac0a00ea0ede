"""Other guests at the front desk: documents, who goes first, without identity, travellers."""

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.models.visit import Visit, VisitText
from tests.e2e.conftest import PHONE, Stage


def words_of(stage: Stage, field: str) -> list[str | None]:
    texts = select(VisitText.value).where(VisitText.field == field).order_by(VisitText.id)
    return list(stage.office.session.scalars(texts))


def sent(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


def write_into_the_book(page: Page, stage: Stage, name: str) -> None:
    page.goto(f"{stage.url}/buku-tamu/baru")
    page.get_by_label("Nama", exact=True).fill(name)
    page.get_by_label("Asal (instansi atau perorangan)").fill("perorangan")


def test_documents_are_received_on_a_phone_and_get_their_receipt(stage: Stage) -> None:
    page = stage.sign_in(stage.open_browser(), "fitri", PHONE)
    page.goto(f"{stage.url}/titipan")
    page.get_by_label("Nama pengantar").fill("Kurir Dewi")
    page.get_by_label("Asal (instansi atau kurir)").fill("Kantor Pos")
    stage.expect_complaint("status of 422")
    sent(page, "Catat titipan")
    expect(page.locator("#f-purpose-error")).to_be_visible()
    expect(page.get_by_label("Nama pengantar")).to_have_value("Kurir Dewi")
    page.get_by_label("Dokumen").fill("Surat nomor 12/KOP/2026")
    sent(page, "Catat titipan")

    expect(page.get_by_text("Titipan Kurir Dewi tercatat dengan nomor 1/2026.")).to_be_visible()
    with page.expect_download() as receipt:
        page.get_by_role("button", name="Tanda terima untuk Kurir Dewi").click()
    assert receipt.value.suggested_filename.endswith(".pdf")
    visit = stage.office.session.scalars(select(Visit)).one()
    assert (visit.kind, visit.outcome) == ("drop_off", "completed")


def test_an_elderly_guest_goes_before_those_who_came_earlier(stage: Stage) -> None:
    stage.office.bring_to_step(2, "12", name="Budi")
    page = stage.sign_in(stage.open_browser(), "fitri")
    write_into_the_book(page, stage, "Nenek Siti")
    page.get_by_label("Didahulukan").select_option(label="Lanjut usia")
    sent(page, "Simpan")
    page.get_by_role("link", name="Serahkan tanda pengenal sekarang").click()
    page.locator("#scan-code").fill("13")
    page.locator("#scan-code").press("Enter")
    expect(page.locator("#result .panel-title")).to_have_text("Tanda pengenal 013 diserahkan")

    kasim = stage.sign_in(stage.open_browser(), "kasim", PHONE)
    names = kasim.get_by_text("Nenek Siti").or_(kasim.get_by_text("Budi", exact=True))
    expect(names.first).to_have_text("Nenek Siti")
    expect(kasim.get_by_text("Lanjut usia").first).to_be_visible()


def test_without_identity_the_officer_vouches_and_the_form_keeps_what_was_typed(
    stage: Stage,
) -> None:
    page = stage.sign_in(stage.open_browser(), "fitri")
    write_into_the_book(page, stage, "Udin")
    page.locator("#f-identity_kind").select_option(label="Tanpa identitas")
    stage.expect_complaint("status of 422")
    sent(page, "Simpan")
    expect(page.get_by_label("Nama", exact=True)).to_have_value("Udin")
    expect(page.locator("#f-vouched-error")).to_be_visible()
    page.get_by_label("Tanpa identitas: saya menjamin tamu ini").check()
    sent(page, "Simpan")

    expect(page.get_by_text("Udin tercatat sebagai kunjungan 1/2026.")).to_be_visible()
    assert words_of(stage, "vouched") == ["Petugas menjamin tamu ini"]


def test_a_guest_who_comes_again_the_same_day_is_filled_in(stage: Stage) -> None:
    stage.office.bring_to_step(6, "12", name="Tono", purpose="Izin usaha")
    stage.office.clock.pass_time(minutes=2)
    stage.office.scan("fitri", "12")
    page = stage.sign_in(stage.open_browser(), "fitri")
    page.goto(f"{stage.url}/kunjungan/2026/1")
    page.get_by_role("link", name="Datang lagi").click()

    expect(page.get_by_text("Isian dari kunjungan 1/2026.")).to_be_visible()
    expect(page.get_by_label("Nama", exact=True)).to_have_value("Tono")
    sent(page, "Simpan")
    expect(page.get_by_text("Tono tercatat sebagai kunjungan 2/2026.")).to_be_visible()


def test_a_travel_order_is_signed_and_stamped_on_the_receipt(stage: Stage) -> None:
    stage.office.bring_to_step(6, "12")
    page = stage.sign_in(stage.open_browser(), "fitri")
    page.goto(f"{stage.url}/kunjungan/2026/1")
    page.get_by_label("SPPD/SPD ditandatangani dan dicap").check()
    with page.expect_download():
        page.get_by_role("button", name="Unduh bukti kunjungan").click()
    assert words_of(stage, "visum") == ["Ditandatangani & dicap"]
