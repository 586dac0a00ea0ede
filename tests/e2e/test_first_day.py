"""The first day at an office, on the real server: set-up, badges, the first guest."""

import sys
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.e2e.conftest import DESKTOP, Stage
from tests.packaging.running import Server
from tools.driving.servers import free_port


@pytest.mark.timeout(120)
def test_an_office_sets_itself_up_and_receives_its_first_guest(
    stage: Stage, tmp_path: Path
) -> None:
    tamu = Path(sys.executable).with_name("tamu")
    folder = tmp_path / "hari-pertama"
    folder.mkdir()
    server = Server(tamu, folder, "--port", str(free_port()))
    try:
        stage.elsewhere = url = server.address()
        page = stage.watch(stage.open_browser().new_context(viewport=DESKTOP, locale="id-ID"))
        set_up(page, url)
        make_badges(page)
        sheet = print_sheet(page)
        assert len(sheet) == 10

        page.locator("summary", has_text="Adi").click()
        page.get_by_role("button", name="Ganti petugas").click()
        stage.sign_in_at(page, "fitri")
        page.get_by_role("link", name="Tamu baru").first.click()
        page.get_by_label("Nama", exact=True).fill("Agustinus")
        page.get_by_label("Asal").fill("Koperasi Karet Maju")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Serahkan tanda pengenal sekarang").click()
        page.locator("#scan-code").fill(sheet[0])
        page.keyboard.press("Enter")
        expect(page.locator("#result .panel-title")).to_have_text("Tanda pengenal 001 diserahkan")
        page.goto(f"{url}/sedang-di-dalam")
        expect(page.get_by_role("row", name="Agustinus")).to_contain_text("Langkah 2")
    finally:
        server.close()


def set_up(page: Page, url: str) -> None:
    page.goto(url)
    expect(page).to_have_url(f"{url}/penyiapan")
    page.get_by_label("Nama kantor").fill("Dinas Koperasi, Usaha Kecil dan Menengah")
    for code, name in (("admin", "Adi"), ("front_desk", "Fitri"), ("host", "Hadi")):
        section = page.locator(f"#bagian-{code}")
        section.get_by_label("Nama lengkap").fill(name)
        section.get_by_label("Nama pengguna").fill(name.lower())
        section.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Simpan dan mulai").click()
    page.wait_for_url("**/tanda-pengenal")
    expect(page.get_by_text("Kantor sudah siap.")).to_be_visible()


def make_badges(page: Page) -> None:
    form = page.locator("form", has=page.get_by_role("button", name="Buat kartu"))
    form.get_by_label("Dari nomor").fill("1")
    form.get_by_label("Sampai nomor").fill("10")
    form.get_by_role("button", name="Buat kartu").click()
    expect(page.get_by_text("10 tanda pengenal dibuat.")).to_be_visible()


def print_sheet(page: Page) -> list[str]:
    """The codes on the printed sheet, in the order of its cards."""
    page.get_by_role("link", name="Cetak tanda pengenal").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Unduh PDF").click()
    document = pypdfium2.PdfDocument(coming.value.path())
    picture = document[0].render(scale=3).to_pil()
    found = zxingcpp.read_barcodes(picture)
    found.sort(key=lambda code: (code.position.top_left.y // 50, code.position.top_left.x))
    return [code.text for code in found]
