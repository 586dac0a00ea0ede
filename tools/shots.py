"""What `make screenshots` takes pictures of: every page, by who sees it, in its states."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from playwright.sync_api import Page

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Shot:
    """A page as somebody sees it; `act` brings it into a state of interest.

    `route`: where the act ends, when that is another page.
    """

    name: str
    path: str
    act: Act | None = None
    route: str = ""


def scan(page: Page, content: str) -> None:
    """Type it at the scanner."""
    page.locator("#scan-code").fill(content)
    page.locator("#scan-code").press("Enter")
    page.locator("#result[data-result]").wait_for()


def scan_unknown(page: Page) -> None:
    """A number that no badge has."""
    scan(page, "9999")


def scan_undirected(page: Page) -> None:
    """A guest who waits for the direction: the Sekretaris is asked for it, others are told so."""
    page.goto("/sedang-di-dalam")
    row = page.locator("#inside tr", has_text="Langkah 3").first
    number = row.locator(".plate").inner_text().strip()[-3:]
    page.goto("/pindai")
    scan(page, number)


def this_month(page: Page) -> None:
    """The figures of the month."""
    page.get_by_role("link", name="Bulan ini").first.click()
    page.wait_for_load_state()


def send_empty(page: Page) -> None:
    """Send the page's form as it is."""
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def first_visit(page: Page) -> None:
    """Open the first visit of a list."""
    page.locator("#visits a.row-link").first.click()
    page.wait_for_load_state()


def cards_of_first_visit(page: Page) -> None:
    """Open what can be done about the card of the first guest inside."""
    page.locator("#inside a.row-link").first.click()
    page.get_by_role("link", name="Kartu: hilang").click()
    page.wait_for_load_state()


def turns_of_first_visit(page: Page) -> None:
    """Open what else can be done with the first guest inside."""
    page.locator("#inside a.row-link").first.click()
    page.get_by_role("link", name="Tindakan lain").click()
    page.wait_for_load_state()


def correction_of_first_visit(page: Page) -> None:
    """Open what can be put right of the first guest inside."""
    page.locator("#inside a.row-link").first.click()
    page.get_by_role("link", name="Perbaiki catatan").click()
    page.wait_for_load_state()


def ask_to_come_again(page: Page) -> None:
    """Copy the slip of a guest who was asked to come again; open what can be changed of that."""
    page.goto("/buku-tamu/susulan")
    today = date.fromisoformat(page.get_by_label("Tanggal").input_value())
    page.get_by_label("Nama", exact=True).fill("Rahmawati")
    page.get_by_label("Asal").fill("Koperasi Sejahtera")
    page.get_by_label("Tanggal").fill(f"{today - timedelta(days=1)}")
    page.get_by_label("Jam masuk").fill("0900")
    page.get_by_label("Jam keluar").fill("0920")
    page.get_by_label("Hasil").select_option("rescheduled")
    page.get_by_label("Waktu baru").fill(f"{today + timedelta(days=1)}T09:00")
    page.get_by_role("button", name="Simpan slip").click()
    page.wait_for_url("**tersimpan=**")
    page.goto("/janji-temu")
    page.get_by_role("link", name="Ubah janji temu Rahmawati").first.click()
    page.wait_for_load_state()


EVERYBODY = (Shot("meja", "/meja"), Shot("pindai", "/pindai"))
OVERSEERS = (
    Shot("sedang-di-dalam", "/sedang-di-dalam"),
    Shot("evakuasi", "/evakuasi"),
    Shot("buku-tamu", "/buku-tamu"),
    Shot("kunjungan", "/buku-tamu", first_visit, "/kunjungan/<int:year>/<int:number>"),
    Shot("ringkasan", "/ringkasan"),
)
SHOTS: dict[str, tuple[Shot, ...]] = {
    "": (
        Shot("masuk", "/masuk"),
        Shot("masuk-salah", "/masuk", send_empty),
        Shot("tautan", "/T/" + "A" * 16),
        Shot("luring", "/luring"),
        Shot("percaya", "/percaya"),
        Shot("percaya-uji", "/percaya/uji"),
    ),
    "fitri": (
        *EVERYBODY,
        *OVERSEERS,
        Shot("tamu-baru", "/buku-tamu/baru"),
        Shot("tamu-baru-salah", "/buku-tamu/baru", send_empty),
        Shot("susulan", "/buku-tamu/susulan"),
        Shot("susulan-salah", "/buku-tamu/susulan", send_empty),
        Shot("pindai-tak-dikenal", "/pindai", scan_unknown),
        Shot("ekspor", "/buku-tamu/ekspor"),
        Shot(
            "kartu",
            "/sedang-di-dalam",
            cards_of_first_visit,
            "/kunjungan/<int:year>/<int:number>/kartu",
        ),
        Shot("tanda-pengenal-satu", "/tanda-pengenal/1"),
        Shot("tanda-pengenal-laporan", "/tanda-pengenal/laporan"),
        Shot("titipan", "/titipan"),
        Shot(
            "janji-temu-ubah",
            "/janji-temu",
            ask_to_come_again,
            "/janji-temu/<int(max=999999999):appointment_id>",
        ),
        Shot("janji-temu", "/janji-temu"),
    ),
    "kasim": (
        *EVERYBODY,
        *OVERSEERS,
        Shot("pindai-bukan-giliran", "/pindai", scan_undirected),
        Shot("pindai-tertunda", "/pindai/tertunda"),
        Shot("pindai-luring", "/pindai/luring"),
        Shot(
            "tindakan",
            "/sedang-di-dalam",
            turns_of_first_visit,
            "/kunjungan/<int:year>/<int:number>/tindakan",
        ),
        Shot("sop", "/sop"),
        Shot("sop-hari-ini", "/sop/hari-ini"),
    ),
    "sekar": (
        *EVERYBODY,
        Shot("pindai-arahan", "/pindai", scan_undirected),
        Shot(
            "perbaiki",
            "/sedang-di-dalam",
            correction_of_first_visit,
            "/kunjungan/<int:year>/<int:number>/perbaiki",
        ),
        Shot("pengganti", "/pengganti"),
        Shot("ringkasan-bulan", "/ringkasan", this_month),
        Shot("buku-tamu-terlambat", "/buku-tamu?mutu=late"),
        Shot("tidak-ada", "/buku-tamu?cari=zzzz"),
    ),
    "hadi": EVERYBODY,
    "adi": (
        Shot("meja", "/meja"),
        Shot("tanda-pengenal", "/tanda-pengenal"),
        Shot("cetak", "/tanda-pengenal/cetak?start=3"),
        Shot("jenis", "/tanda-pengenal/jenis"),
        Shot("jenis-baru", "/tanda-pengenal/jenis/baru"),
        Shot("jenis-ubah", "/tanda-pengenal/jenis/vip"),
        Shot("petugas", "/petugas"),
        Shot("petugas-baru", "/petugas/baru"),
        Shot("petugas-ubah", "/petugas/1"),
        Shot("tujuan", "/tujuan"),
        Shot("tujuan-baru", "/tujuan/baru"),
        Shot("tujuan-ubah", "/tujuan/1"),
        Shot("cadangan", "/cadangan"),
        Shot("kantor", "/kantor"),
        Shot("kata-sandi", "/akun/kata-sandi"),
        Shot("404", "/tidak-ada"),
        Shot("403", "/buku-tamu/baru"),
    ),
}
# Before there is anybody to sign in.
SET_UP: dict[str, tuple[Shot, ...]] = {
    "": (Shot("penyiapan", "/penyiapan"), Shot("penyiapan-salah", "/penyiapan", send_empty)),
}
