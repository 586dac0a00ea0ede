"""Every page in the states that matter: who opens it, where, and what brings it into that state."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from app import create_app
from app.lan.authority import open_authority
from app.operations.after_hours import note_stay
from app.operations.scan_scene import Answers
from app.operations.turns import decide_visit
from app.startup import prepare_database
from tests.cast import Clock, Office, copy_instance

LONG_NAME = "Raden Ayu Siti Nurhalimahtussadiyahwatiningsih binti Abdurrahman"
LONG_ORIGIN = "Koperasi Serba Usaha Karyawan Perkebunan Kelapa Sawit Kabupaten Kapuas Hulu"

Act = Callable[[Page], None]


@dataclass(frozen=True)
class View:
    """One page in one state."""

    says: str  # words that only this state shows
    path: str
    who: str | None = None
    act: Act | None = None
    office: str = "busy"

    def address(self, office: Office) -> str:
        """Where it is; {code} stands for the code of badge 4."""
        return self.path.replace("{code}", office.code_of(4)) if "{" in self.path else self.path

    def __str__(self) -> str:
        return f"{self.path} {self.says}"


def press(name: str) -> Act:
    """Press the button of this name."""
    return lambda page: page.get_by_role("button", name=name).first.click()


def unfold(words: str) -> Act:
    """Open what is folded below these words."""
    return lambda page: page.locator("summary", has_text=words).first.click()


def fill(**texts: str) -> Act:
    """Fill these fields, by id, and send their form."""

    def act(page: Page) -> None:
        for field, text in texts.items():
            page.locator(f"#f-{field}").fill(text)
        page.locator(f"#f-{field}").press("Enter")
        page.wait_for_load_state()

    return act


def scan(content: str) -> Act:
    """Type it at the scanner."""

    def act(page: Page) -> None:
        page.locator("#scan-code").fill(content)
        page.locator("#scan-code").press("Enter")
        expect(page.locator("#result[data-result]")).to_be_visible()

    return act


def both(*acts: Act) -> Act:
    """One act after the other."""

    def act(page: Page) -> None:
        for one in acts:
            one(page)

    return act


def open_the_phones_menu(page: Page) -> None:
    """As it will stand there once the window is narrow."""
    page.locator(".tab-more").evaluate("menu => { menu.open = true; }")


def open_saturday(page: Page) -> None:
    """The office's week with a day that is open, and no hours for it."""
    page.get_by_text("Sabtu", exact=True).last.click()


def lose_the_session(page: Page) -> None:
    """The next poll asks to sign in again, above the page."""
    page.context.clear_cookies()
    expect(page.get_by_role("dialog", name="Masuk lagi")).to_be_visible(timeout=10_000)


SEND_LATE = """async (scans) => {
  const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
  for (const [code, minutes] of scans) {
    const sent = new FormData();
    const at = Math.round((Number(meta("server-now")) + 60 * minutes) * 1000);
    const nonce = TamuScans.nonce();
    const token = meta("csrf-token");
    Object.entries({ code, nonce, at, offset: 0, queued: 1, method: "camera", csrf_token: token })
      .forEach(([name, value]) => sent.set(name, value));
    await fetch("/pindai", { method: "POST", body: sent });
  }
}"""


def send_late(*scans: tuple[str, int]) -> Act:
    """Send scans that were made so many minutes from now by the office's clock."""

    def act(page: Page) -> None:
        page.evaluate(SEND_LATE, [list(scan) for scan in scans])
        page.reload()

    return act


SIGN_IN = {
    "/masuk": [
        View("Lupa kata sandi?", "/masuk"),
        View("belum cocok", "/masuk", act=fill(username="fitri", password="bukan itu")),
    ],
    "/akun/kata-sandi": [
        View("Ubah kata sandi", "/akun/kata-sandi", "wati"),
        View("Ketik ulang keduanya.", "/akun/kata-sandi", "wati", fill(current="x", again="x")),
    ],
    "/penyiapan": [
        View("Petugas per meja", "/penyiapan", office="new"),
        View("Belum tersimpan.", "/penyiapan", act=press("Simpan dan mulai"), office="new"),
    ],
}
DESKS = {
    "/meja": [
        View("Papan tanda pengenal", "/meja", "fitri"),
        View("Dicatat masih diterima", "/meja", "fitri", office="evening"),
        View("tamu menunggu. Yang paling", "/meja", "kasim"),
        View("tamu menunggu. Yang paling", "/meja", "sekar"),
        View("tamu menunggu. Yang paling", "/meja", "hadi"),
        View("Belum ada tamu yang menunggu", "/meja", "adi"),
        View("Tidak ada yang menunggu kartu", "/meja", "fitri", office="quiet"),
        View("Belum ada tamu yang menunggu", "/meja", "kasim", office="quiet"),
        View("Arahan untuk Kasubbag", "/meja", "sekar", press("Selesaikan langkah 3 untuk")),
        View("Ganti petugas", "/meja", "fitri", both(unfold("Fitri"), open_the_phones_menu)),
        View("Sesi Anda sudah berakhir.", "/meja", "kasim", lose_the_session, office="quiet"),
        View("Halaman ini untuk petugas lain", "/meja", "wati"),
    ],
    "/sedang-di-dalam": [
        View("kunjungan, 9 orang.", "/sedang-di-dalam", "kasim"),
        View("Tidak ada tamu di dalam", "/sedang-di-dalam", "kasim", office="quiet"),
    ],
    "/evakuasi": [
        View("kunjungan, 11 orang di dalam,", "/evakuasi", "kasim"),
        View("1 dari 11 orang ditemukan", "/evakuasi", "kasim", press("Ditemukan: Agustinus")),
        View("Tidak ada tamu di dalam", "/evakuasi", "kasim", office="quiet"),
    ],
}
SCANNER = {
    "/pindai": [
        View("Siap memindai.", "/pindai", "fitri", office="quiet"),
        View("Kartu untuk Tono", "/pindai?untuk=8/2026", "fitri"),
        View("Menerima kembali kartu 007", "/pindai?maksud=kembali&untuk=7/2026", "fitri"),
        View("Kode tidak dikenal", "/pindai", "kasim", scan("BUKAN-KARTU-KAMI")),
        View("Giliran Sekretaris", "/pindai", "kasim", scan("3")),
        View("Untuk siapa tanda pengenal 019?", "/pindai", "fitri", scan("19")),
        View("Isi keperluan lebih dahulu", "/pindai", "kasim", scan("2")),
        View(
            "Tulis keperluan tamu",
            "/pindai",
            "kasim",
            both(scan("2"), press("Simpan, laporkan")),
        ),
        View("Beri arahan", "/pindai", "sekar", scan("3")),
        View("Hasil kunjungan", "/pindai?maksud=kembali", "fitri", scan("4")),
        View("Langkah 4 selesai", "/pindai", "kasim", scan("4")),
        View("Sudah tercatat", "/pindai", "kasim", both(scan("9"), scan("9"))),
        View("Mulai diterima", "/pindai", "hadi", scan("5")),
        View("Kunjungan selesai", "/pindai", "fitri", scan("7")),
    ],
    "/T/<code>": [
        View("Kartu ini milik kantor.", "/T/AAAABBBBCCCCDDDD"),
        View("Ini bukan tanda pengenal kantor ini.", "/T/AAAABBBBCCCCDDDD", "kasim"),
        View("Catat pindaian ini", "/T/{code}", "kasim"),
    ],
}
OFFLINE = {
    "/pindai/tertunda": [
        View("Tidak ada yang perlu diputuskan", "/pindai/tertunda", "kasim", office="quiet"),
        View(
            "sudah bergerak lebih jauh",
            "/pindai/tertunda",
            "sekar",
            send_late(("3", -60), ("2", -5), ("4", 60), ("20", -5)),
        ),
    ],
    "/pindai/luring": [View("Siap memindai.", "/pindai/luring", "kasim")],
    "/luring": [View("Server belum terhubung", "/luring")],
}
GUESTS = {
    "/buku-tamu": [
        View("kunjungan di halaman ini", "/buku-tamu", "kasim"),
        View("Tidak ada yang cocok", "/buku-tamu?cari=entah", "kasim"),
        View("Buku tamu masih kosong", "/buku-tamu", "kasim", office="quiet"),
    ],
    "/buku-tamu/ekspor": [View("Cetak dan ekspor", "/buku-tamu/ekspor", "kasim")],
    "/buku-tamu/baru": [
        View("Hanya nama dan asal", "/buku-tamu/baru", "fitri"),
        View("Belum tersimpan.", "/buku-tamu/baru", "fitri", fill(phone="12", name="")),
        View("tercatat sebagai kunjungan", "/buku-tamu/baru?tersimpan=8/2026", "fitri"),
    ],
    "/buku-tamu/susulan": [
        View("Salin slip kertas", "/buku-tamu/susulan", "fitri"),
        View("Tulis jam masuk", "/buku-tamu/susulan", "fitri", press("Simpan slip")),
    ],
    "/kunjungan/<int:year>/<int:number>": [
        View("Catatan aktivitas", "/kunjungan/2026/3", "kasim"),
        View(
            "Keperluan tidak dapat dikosongkan.",
            "/kunjungan/2026/3",
            "kasim",
            both(unfold("Perbaiki"), fill(purpose=""), press("Catat perubahan")),
        ),
        View("Alasan pembatalan", "/kunjungan/2026/8", "fitri", unfold("Batalkan")),
        View("sedang berjalan", "/kunjungan/2026/6", "hadi"),
        View("Kunjungan ditutup", "/kunjungan/2026/1", "fitri"),
    ],
}
REPORTS = {
    "/ringkasan": [
        View("Ada langkah terlambat", "/ringkasan", "kasim"),
        View("Belum ada kunjungan hari ini", "/ringkasan", "kasim", office="quiet"),
    ],
    "/sop": [View("Mutu Baku", "/sop", "hadi")],
    "/sop/hari-ini": [View("sedang berjalan.", "/sop/hari-ini", "hadi")],
}
SETTINGS = {
    "/kunjungan/<int:year>/<int:number>/kartu": [
        View("Ada masalah dengan kartunya?", "/kunjungan/2026/2/kartu", "fitri"),
        View(
            "Pilih hilang atau rusak.",
            "/kunjungan/2026/2/kartu",
            "fitri",
            both(unfold("Hilang atau rusak"), press("Matikan kode")),
        ),
        View(
            "Dicatat sebagai perkiraan.",
            "/kunjungan/2026/3/kartu",
            "fitri",
            both(unfold("Pulang membawa"), unfold("Tertukar")),
        ),
    ],
    "/tanda-pengenal/<int(max=9999):number>": [
        View("Yang dapat dilakukan", "/tanda-pengenal/1", "fitri"),
        View("Tulis alasannya", "/tanda-pengenal/1", "adi", fill(reason="")),
    ],
    "/tanda-pengenal/laporan": [
        View("tidak di tempat", "/tanda-pengenal/laporan", "fitri"),
    ],
    "/tanda-pengenal": [
        View("Di mana kartunya", "/tanda-pengenal?keadaan=in_use", "fitri"),
        View("Cetak tanda pengenal", "/tanda-pengenal", "adi"),
        View("yang terakhir tidak lebih kecil.", "/tanda-pengenal", "adi", fill(last="3")),
    ],
    "/tanda-pengenal/cetak": [
        View("Halaman 1 dari", "/tanda-pengenal/cetak", "adi"),
        View("Tidak ada pengganti", "/tanda-pengenal/cetak?which=replacements", "adi"),
    ],
    "/tanda-pengenal/jenis": [
        View("Belum ada kartu", "/tanda-pengenal/jenis", "adi"),
        View("Tulis nomor pertama", "/tanda-pengenal/jenis", "adi", fill(last="3")),
    ],
    "/tanda-pengenal/jenis/baru": [
        View("Tambah jenis", "/tanda-pengenal/jenis/baru", "adi"),
        View("Pilih pola dari gambar.", "/tanda-pengenal/jenis/baru", "adi", fill(word="Magang")),
    ],
    "/tanda-pengenal/jenis/<kind_code>": [
        View("dipakai Rombongan", "/tanda-pengenal/jenis/vip", "adi"),
        View("Tulis kata pada pita", "/tanda-pengenal/jenis/vip", "adi", fill(word="")),
    ],
    "/petugas": [View("Satu orang boleh", "/petugas", "adi")],
    "/petugas/baru": [
        View("Kata sandi pertama", "/petugas/baru", "adi"),
        View("Tulis nama", "/petugas/baru", "adi", fill(name="")),
    ],
    "/petugas/<int(max=999999999):person_id>": [
        View("Ulangi kata sandi baru", "/petugas/1", "adi", unfold("Beri kata sandi")),
    ],
    "/tujuan": [View("Ke mana tamu dapat", "/tujuan", "adi")],
    "/tujuan/baru": [
        View("Jabatan penerima", "/tujuan/baru", "adi"),
        View("Tulis nama", "/tujuan/baru", "adi", fill(name="")),
    ],
    "/tujuan/<int(max=999999999):unit_id>": [View("Ajudan", "/tujuan/1", "adi")],
    "/cadangan": [
        View("Belum ada cadangan", "/cadangan", "adi", office="quiet"),
        View("Cadangan terakhir baik", "/cadangan", "adi", press("Buat cadangan sekarang")),
    ],
    "/kantor": [
        View("Setiap bagian disimpan sendiri.", "/kantor", "adi"),
        View("pos-el kurang lengkap.", "/kantor", "adi", fill(email="x")),
        View("Tulis jam buka", "/kantor", "adi", both(open_saturday, press("Simpan jam kerja"))),
    ],
}
TRUST = {
    "/percaya": [
        View("Unduh sertifikat kantor", "/percaya"),
        View("Setelan keamanan lainnya", "/percaya", act=unfold("Cocokkan sidik jarinya")),
        View("Kantor ini belum punya sertifikat.", "/percaya", office="new"),
    ],
    "/percaya/uji": [
        View("Halaman ini dibuka tanpa HTTPS", "/percaya/uji"),
        View("Kamera berfungsi.", "/percaya/uji", "kasim", press("Coba kamera")),
    ],
}
NOWHERE = {
    "": [
        View("Halaman tidak ditemukan", "/tidak-ada", "kasim"),
        View("Halaman tidak ditemukan", "/tidak-ada"),
    ],
}
TURNS = {
    "/kunjungan/<int:year>/<int:number>/tindakan": [
        View("Putusan langkah 3", "/kunjungan/2026/3/tindakan", "sekar"),
        View("Pilih putusannya.", "/kunjungan/2026/3/tindakan", "sekar", press("Catat putusan")),
        View("Petugas langkah 3 tidak di tempat?", "/kunjungan/2026/3/tindakan", "fitri"),
        View("Tidak ada tindakan lain", "/kunjungan/2026/1/tindakan", "kasim"),
    ],
    "/kunjungan/<int:year>/<int:number>/perbaiki": [
        View("Ditutup karena keliru?", "/kunjungan/2026/1/perbaiki", "kasim"),
        View("Waktu yang salah", "/kunjungan/2026/2/perbaiki", "sekar", fill(name="")),
    ],
    "/pengganti": [
        View("Tidak ada pengganti", "/pengganti", "sekar"),
        View("Pilih jabatannya.", "/pengganti", "adi", press("Catat pengganti")),
    ],
    "/janji-temu": [
        View("Belum ada janji temu", "/janji-temu", "kasim", office="quiet"),
        View("Ada di slip", "/janji-temu", "fitri"),
    ],
    "/janji-temu/<int(max=999999999):appointment_id>": [
        View("Batalkan janji", "/janji-temu/1", "kasim"),
        View("Tulis alasannya", "/janji-temu/1", "fitri", press("Batalkan janji")),
    ],
    "/titipan": [
        View("Belum ada titipan", "/titipan", "fitri"),
        View("Tulis nama pengantar.", "/titipan", "fitri", press("Catat titipan")),
    ],
}
VIEWS = SIGN_IN | DESKS | SCANNER | OFFLINE | GUESTS | REPORTS | SETTINGS | TRUST | TURNS | NOWHERE

# Routes that answer a GET with something else than a page.
NOT_PAGES = {
    "/": "leads to the desk",
    "/t/<code>": "is /T/<code> in small letters",
    "/meja/antrean": "a part of the desk",
    "/pindai/terakhir": "a part of the scanner",
    "/pindai/pembaca.js": "a script",
    "/pekerja.js": "a script",
    "/buku-tamu/baru/stempel": "a part of the form",
    "/tanda-pengenal/meja.pdf": "a sheet to print",
    "/buku-tamu/slip.pdf": "a sheet to print",
    "/sop.pdf": "a sheet to print",
    "/kantor/lambang.png": "a picture",
    "/percaya/pelayanan-tamu.crt": "a certificate",
    "/percaya/pelayanan-tamu.mobileconfig": "a profile",
    "/percaya/ping": "nothing",
    "/sehat": "a word for monitors",
    "/static/<path:filename>": "files",
}


def furnish(kind: str, template: Path, folder: Path) -> Office:
    """One of the offices that the views need."""
    clock = Clock()
    if kind != "new":
        copy_instance(template, folder)
    office = Office(create_app({"INSTANCE": folder, "NOW": clock}), clock)
    if kind == "new":
        prepare_database(office.app)
    if kind == "evening":
        stay_after_closing(office)
    if kind == "busy":
        fill_with_guests(office)
        open_authority(folder, host="pc", domain="", at=clock())
    return office


def fill_with_guests(office: Office) -> None:
    """Guests at each step: on time, in their last minute, late; and those who have gone."""
    office.bring_to_step(6, "1", name="Pulang", purpose="Legalisasi akta")
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "1")
    office.bring_to_step(2, "2", name=LONG_NAME, origin=LONG_ORIGIN, purpose=None, party_size=3)
    office.bring_to_step(3, "3", name="Wulan", origin="Dinas KUKM Kab. Sambas", phone="+628123456")
    office.bring_to_step(4, "4", name="Udin", purpose="Pendampingan " * 12)
    office.bring_to_step(5, "5", name="Agustinus")
    office.bring_to_step(5, "6", name="Maria")
    office.clock.pass_time(minutes=2)
    office.scan("hadi", "6")
    office.bring_to_step(6, "7", name="Hendrikus")
    office.clock.pass_time(minutes=1)
    office.open_visit("Tono")
    office.clock.pass_time(minutes=1.5)
    office.bring_to_step(2, "9", name="Nurhayati")
    office.clock.pass_time(minutes=4, seconds=20)
    office.open_visit("Yohana", origin=LONG_ORIGIN)
    send_away(office, "10", "Kornelius", "declined")
    send_away(office, "11", "Paulina", "completed_short")
    ask_to_come_again(office, LONG_NAME, -timedelta(minutes=10))
    ask_to_come_again(office, "Theresia", timedelta(days=4))


def ask_to_come_again(office: Office, name: str, later: timedelta) -> None:
    """A guest who came and went at this very moment, and is expected that much later."""
    label, at = office.open_visit(name, origin=LONG_ORIGIN), office.clock()
    office.scan("fitri", "12", visit=label)
    with office.app.app_context():
        decide_visit(
            label,
            "reschedule",
            answers=Answers(purpose="Konsultasi"),
            public_reason="Silakan kembali.",
            private_note=None,
            due_at=at + later,
            officer=office.officer("kasim"),
            at=at,
        )
    assert office.scan("fitri", "12", wants_return=True, confirmed=True).outcome == "closed"


def stay_after_closing(office: Office) -> None:
    """After closing time: one guest of whom nothing is decided yet, and one who is received."""
    office.bring_to_step(5, "5", name=LONG_NAME, origin=LONG_ORIGIN, party_size=3)
    office.bring_to_step(5, "6", name="Maria")
    office.clock.pass_time(hours=7)
    fitri = office.officer("fitri")
    with office.app.app_context():
        note_stay("2/2026", officer=fitri, at=office.clock())


def send_away(office: Office, badge: str, name: str, outcome: str) -> None:
    """A guest who came and went at this very moment, before all the steps."""
    label = office.open_visit(name, origin=LONG_ORIGIN)
    office.scan("fitri", badge, visit=label)
    office.scan("fitri", badge, wants_return=True, outcome=outcome, reason_text="Rapat mendadak")
