"""The product's words: codes become Indonesian here and in the templates, nowhere else."""

from app.domain.badge_life import Move, Wrong
from app.domain.decision import Act, Reason
from app.domain.events import EventKind, Note, Outcome
from app.domain.late_entry import ARRIVAL, Fault, Slot
from app.domain.late_entry import Wrong as WrongTime
from app.domain.permissions import ADMIN, DEPUTY_TITLES
from app.domain.rectify import Unfit
from app.domain.sop import Field, Sop
from app.domain.timing import Standing
from app.domain.turns import Wrong as WrongTurn

GUEST_KINDS = {
    "umum": "Umum",
    "pengurus_koperasi": "Pengurus koperasi",
    "pelaku_umkm": "Pelaku UMKM",
    "dinas_kabkota": "Dinas kabupaten/kota",
    "instansi_vertikal": "Instansi vertikal",
    "dprd": "DPRD",
    "notaris": "Notaris",
    "perbankan": "Perbankan",
    "penyedia": "Penyedia",
    "akademisi": "Akademisi/PKL",
    "pers_lsm": "Pers/LSM",
}

DEPUTY_KINDS = DEPUTY_TITLES

BADGE_PATTERNS = {
    "solid": "polos",
    "stripes": "garis tegak",
    "diamonds": "belah ketupat",
    "checks": "kotak-kotak",
    "bars": "garis datar",
    "arrows": "panah",
    "frames": "bingkai",
    "stairs": "anak tangga",
}

IDENTITY_KINDS = {
    "ktp": "KTP",
    "sim": "SIM",
    "paspor": "Paspor",
    "kitas": "KITAS/KITAP",
    "kartu_pegawai": "Kartu pegawai",
    "kartu_pelajar": "Kartu pelajar",
    "kia": "KIA",
    "surat_tugas": "Surat tugas",
    "tanpa_identitas": "Tanpa identitas",
}

# Why a guest goes first.
PRIORITIES = {
    "elderly": "Lanjut usia",
    "disabled": "Penyandang disabilitas",
    "vip": "Tamu VIP",
}

OUTCOMES: dict[str, str] = {
    Outcome.COMPLETED: "Selesai",
    Outcome.COMPLETED_SHORT: "Selesai tanpa langkah lengkap",
    Outcome.CANCELLED: "Batal",
    Outcome.DECLINED: "Tidak dapat diterima",
    Outcome.RESCHEDULED: "Dijadwalkan ulang",
    Outcome.LEFT_UNREPORTED: "Pulang tanpa lapor",
}

FIELDS: dict[str, str] = {
    Field.PURPOSE: "Keperluan",
    Field.DIRECTION: "Arahan",
    Field.DESTINATION: "Tujuan",
    "reason": "Alasan",
    "badge": "Alasan",
    "party_size": "Jumlah orang",
    "public_reason": "Kalimat untuk tamu",
    "private_note": "Catatan petugas",
    "redirect_reason": "Alasan dialihkan",
    "stand_in_reason": "Alasan diwakili",
    "reopen_reason": "Alasan dibuka lagi",
    "appointment_reason": "Alasan janji temu diubah",
    "time_reason": "Alasan waktu diperbaiki",
    "guest_reason": "Alasan data diperbaiki",
    "correction_reason": "Alasan data diperbaiki",
    "after_hours": "Sesudah jam tutup",
    "late_reason": "Alasan entri susulan",
    "slip": "Nomor slip",
    "name": "Nama",
    "origin": "Asal",
    "position": "Jabatan",
    "phone": "No. HP",
    "identity_kind": "Identitas",
    "identity_shown": "Identitas ditunjukkan",
    "guest_kind": "Jenis tamu",
    "priority": "Didahulukan",
    "message": "Pesan untuk penerima",
    "vouched": "Jaminan petugas",
    "visum": "Visum SPPD",
}

STANDINGS = {
    Standing.ON_TIME: "tepat waktu",
    Standing.LATE: "terlambat",
    Standing.NOT_MEASURABLE: "tidak terukur",
    Standing.OPEN_ENDED: "sesuai kebutuhan",
    Standing.SKIPPED: "dilewati",
    Standing.RUNNING: "sedang berjalan",
    Standing.PENDING: "belum",
}

# Each standing a visit may be looked for by, with and without a step (`queries.register`).
SOUGHT_STANDINGS: dict[str, str] = {
    Standing.LATE: "terlambat",
    Standing.ON_TIME: "tepat waktu",
    "measured": "terukur",
    "judged": "terukur terhadap mutu baku",
    Standing.NOT_MEASURABLE: "tidak terukur",
    Standing.SKIPPED: "dilewati",
}

DOCUMENTS = {
    "guest_book": "Buku tamu",
    "visit_receipt": "Bukti kunjungan",
    "document_receipt": "Tanda terima dokumen",
}
FILE_FORMATS = {"pdf": "PDF", "xlsx": "Excel", "csv": "CSV"}

# Why a backup was made (`backups.shelf.Why`).
BACKUP_REASONS = {
    "daily": "harian",
    "by_hand": "atas permintaan",
    "before_migration": "sebelum pembaruan",
}

# What is wrong with a period that was asked for (`views.periods`); today is shown instead.
PERIOD_FAULTS: dict[str, str] = {
    "month": "Bulan itu tidak terbaca. Pilih bulan dari daftar.",
    "first_day": "Tanggal itu tidak terbaca. Tulis seperti 24/11/2026.",
    "last_day": "Tanggal itu tidak terbaca. Tulis seperti 24/11/2026.",
    "no_start": "Isi juga tanggal awalnya.",
    "backwards": "Tanggal akhir mendahului tanggal awal. Tukar keduanya.",
    "too_long": "Rentang itu lebih dari satu tahun. Pilih rentang yang lebih pendek.",
}

WEEKDAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

# A choice with the words that explain it (`views.office`).
PAPERS = {"A4": ("A4", "210 × 297 mm"), "F4": ("F4 (folio)", "215 × 330 mm")}
CAPACITIES = {
    "": ("Pejabat definitif", "memegang jabatannya sendiri"),
    "an": ("a.n.", "atas nama pejabat lain"),
    "plt": ("Plt.", "pelaksana tugas, jabatan sedang kosong"),
    "plh": ("Plh.", "pelaksana harian, pejabat berhalangan"),
}

BADGE_STATES = {
    "available": "tersedia",
    "unprinted": "belum dicetak",
    "reprint": "perlu dicetak",
    "in_use": "dipakai",
    "outstanding": "belum kembali",
    "lost": "hilang",
    "damaged": "rusak",
    "retired": "nonaktif",
}

# Moves of a badge as one asks for them, and as its history tells them.
BADGE_MOVES: dict[str, str] = {
    Move.LOSE: "Hilang",
    Move.BREAK: "Rusak",
    Move.RETIRE: "Tidak dipakai lagi",
    Move.RENEW: "Kembali ke persediaan dengan kode baru",
}

# How the loan of a badge ended (`Loan.ended_as`).
LOAN_ENDS = {
    "returned": "kembali",
    "outstanding": "dibawa pulang",
    "lost": "hilang",
    "damaged": "rusak",
    "replaced": "diganti",
    "swapped": "ditukar",
}

BADGE_WRONGS: dict[str, str] = {
    Wrong.NO_SUCH_BADGE: "Tidak ada kartu nomor {number}. Periksa nomor yang tercetak di kartu.",
    Wrong.IN_HANDS: "Kartu {number} sedang dipakai tamu. Catat lewat kunjungan yang memegangnya.",
    Wrong.WRONG_STATE: "Kartu {number} {state}; langkah ini tidak berlaku untuknya.",
    Wrong.NO_SUCH_VISIT: "Kunjungan itu tidak ditemukan. Buka lagi dari daftar.",
    Wrong.NOBODY_HAS_IT: (
        "Kartu {number} {state}, tidak dipegang tamu lain, jadi tidak ada yang ditukar. "
        "Bila tamu ini membawanya dan kartunya tersedia: tekan “Beri kartu lagi” untuk kartu "
        "{number}, lalu terima kembali kartu yang satu lagi."
    ),
    Wrong.VISIT_CLOSED: "Kunjungan ini sudah ditutup; kartunya tidak dapat diubah lagi dari sini.",
    Wrong.NOT_ITS_BADGE: "Kartu {number} tidak dipegang kunjungan ini. Muat ulang halaman ini.",
    Wrong.NOT_FREE: "Kartu {number} {state}. Pilih kartu lain yang tersedia.",
    Wrong.NOT_PRINTED: (
        "Kartu {number} belum dicetak ulang; kartu lama tidak berlaku. "
        "Pilih kartu lain, atau minta Admin mencetak kode barunya."
    ),
    Wrong.SAME_BADGE: "Itu kartu yang sama, {number}. Tulis nomor kartu yang lain.",
    Wrong.SAME_VISIT: "Kartu {number} dipegang kunjungan ini juga; tidak ada yang tertukar.",
    Wrong.NOT_HANDED_OUT: (
        "Tamu ini belum menerima kartu. Batalkan kunjungannya bila ia tidak jadi."
    ),
    Wrong.LAST_BADGE: (
        "Kartu {number} adalah kartu terakhir kunjungan ini. "
        "Catat sebagai tamu yang pulang tanpa lapor."
    ),
    Wrong.BAD_TIME: "Waktu pulang harus sesudah catatan terakhir dan tidak melewati sekarang.",
}

METHODS = {
    "camera": "kamera",
    "usb": "pemindai USB",
    "typed": "ketikan nomor",
    "photo": "foto",
    "link": "kamera ponsel",
    "tap": "tombol di meja",
}

EVENTS = {
    EventKind.OPENED: "Buku tamu diisi",
    EventKind.ISSUED: "Tanda pengenal diserahkan",
    EventKind.COMPLETED: "Langkah selesai",
    EventKind.STARTED: "Mulai diterima",
    EventKind.ENDED: "Selesai diterima",
    EventKind.SKIPPED: "Langkah dilewati",
    EventKind.REDIRECTED: "Dialihkan",
    EventKind.DECIDED: "Diputuskan",
    EventKind.DECLINED: "Tidak dapat diterima",
    EventKind.RESCHEDULED: "Dijadwalkan ulang",
    EventKind.CANCELLED: "Dibatalkan",
    EventKind.LEFT_UNREPORTED: "Pulang tanpa lapor",
    EventKind.RETURNED: "Tanda pengenal kembali",
    EventKind.CLOSED: "Kunjungan ditutup",
    EventKind.REOPENED: "Kunjungan dibuka lagi",
    EventKind.CORRECTED: "Data diperbaiki",
    EventKind.UNDONE: "Diurungkan",
    EventKind.BADGE_REPLACED: "Tanda pengenal diganti",
    EventKind.BADGE_SWAPPED: "Tanda pengenal ditukar",
    EventKind.BADGE_GONE: "Tanda pengenal tidak kembali",
}

NOTES: dict[str, str] = {
    Note.ARRIVAL_UNKNOWN: "waktu kedatangan tidak tercatat",
    Note.NOT_SCANNED: "tidak dipindai",
    Note.ENDED_BY_RETURN: "ditutup saat tanda pengenal kembali",
    Note.CLOCK_UNKNOWN: "waktu tidak terukur",
    Note.NO_REQUIREMENT: "tanpa kelengkapan",
    Note.ESTIMATED: "perkiraan",
    Note.NOT_NOTED: "jam tidak ditulis di kertas",
    Note.TIME: "waktu",
    Note.GUEST: "data tamu",
}

# Why a visit does not take a turn off the straight line (`domain.turns`).
TURN_WRONGS = {
    WrongTurn.NO_SUCH_VISIT: "Kunjungan itu tidak ditemukan. Buka lagi dari daftar.",
    WrongTurn.VISIT_CLOSED: "Kunjungan ini sudah ditutup; tidak ada lagi yang diputuskan.",
    WrongTurn.OVERTAKEN: (
        "Kunjungan sudah bergerak sejak halaman ini dibuka. Lihat langkahnya yang sekarang."
    ),
    WrongTurn.NOT_YOURS: "Langkah ini giliran petugas lain; kunjungan tidak berubah.",
    WrongTurn.NO_SUCH_CHOICE: "Putusan itu tidak ada pada langkah ini. Pilih dari daftar.",
    WrongTurn.NO_HOST_STEP: "Kunjungan ini tidak menuju penerima tamu, jadi tidak dialihkan.",
    WrongTurn.SAME_DESTINATION: "Tamu sudah menuju ke sana. Pilih tujuan lain.",
    WrongTurn.BADGE_STEP: "Langkah ini milik front desk: pindai tanda pengenalnya.",
    WrongTurn.NEEDS_DESTINATION: "Pilih tujuan tamu, supaya penerimanya tahu.",
    WrongTurn.NEEDS_CHOICE: "Langkah ini memutuskan: pilih salah satu putusannya di halaman ini.",
}

# Why something on record is not put right (`domain.rectify`).
UNFIT = {
    Unfit.NO_SUCH_VISIT: "Kunjungan itu tidak ditemukan. Buka lagi dari daftar.",
    Unfit.NOTHING_OF_YOURS: "Tidak ada pindaian Anda pada kunjungan ini yang dapat diurungkan.",
    Unfit.MOVED_ON: "Kunjungan sudah bergerak sesudah pindaian Anda, jadi tidak diurungkan lagi.",
    Unfit.BADGE_MOVED_ON: (
        "Kartunya sudah dipakai lagi atau tidak di rak, jadi pindaian ini tidak diurungkan."
    ),
    Unfit.TOO_LATE: (
        "Sudah lewat 15 menit. Minta Kasubbag atau Sekretaris memperbaikinya di halaman kunjungan."
    ),
    Unfit.BY_FORM: "Yang terakhir menyangkut kartunya; betulkan lewat halaman kartu.",
    Unfit.NOT_CLOSED: "Kunjungan ini tidak sedang ditutup. Muat ulang halamannya.",
    Unfit.LATE_ENTRY: (
        "Kunjungan ini entri susulan: tamunya sudah pulang, jadi tidak dibuka lagi. "
        "Jam dan data tamunya tetap dapat diperbaiki."
    ),
    Unfit.NO_SUCH_EVENT: "Waktu itu tidak ada lagi. Muat ulang halaman, lalu pilih lagi.",
    Unfit.BEFORE_THE_ONE_BEFORE: "Waktu itu mendahului langkah sebelumnya. Periksa jamnya.",
    Unfit.AFTER_THE_ONE_AFTER: "Waktu itu melewati langkah sesudahnya. Periksa jamnya.",
    Unfit.AHEAD: "Waktu itu belum terjadi. Periksa tanggal dan jamnya.",
    Unfit.SAME_TIME: "Itu waktu yang sudah tercatat; tidak ada yang berubah.",
}

# What is wrong with a time on a paper slip (`domain.late_entry`).
LATE_FAULTS = {
    Fault.MISSING: "Tulis {slot} seperti di kertas, misalnya 09.20.",
    Fault.NO_END: "{Other} tertulis, jadi {slot} perlu juga. Bila tidak ada, kosongkan keduanya.",
    Fault.AHEAD: "{Slot} belum terjadi. Periksa tanggal dan jamnya.",
    Fault.BEFORE: "{Slot} mendahului {other} ({clock}). Periksa keduanya di kertas.",
    Fault.TOO_LONG_AGO: "Tanggal itu lebih dari setahun yang lalu. Periksa tahunnya.",
}
NO_CLOCK = "Jam itu tidak terbaca. Tulis {slot} seperti 09.20 atau 0920."

# Why a deputy is not set (`operations.delegations`).
UNSET: dict[str, str] = {
    "not_yours": "Jabatan itu bukan milik Anda. Minta pejabatnya atau Admin yang mencatat.",
    "no_such_deputy": "Petugas itu tidak aktif. Pilih petugas lain.",
    "backwards": "Tanggal akhir mendahului tanggal awal. Tukar keduanya.",
    "over": "Tanggal itu sudah lewat. Pilih tanggal hari ini atau sesudahnya.",
    "overlaps": "Petugas itu sudah menjadi pengganti jabatan ini pada tanggal itu.",
    "holds_it": "Petugas itu memang memegang jabatan ini. Pilih petugas lain.",
}

REFUSALS = {
    Reason.UNKNOWN_CODE: (
        "Kode tidak dikenal",
        "Ini bukan tanda pengenal kantor ini. Pindai QR kartu tamu, atau ketik nomor kartunya.",
    ),
    Reason.BADGE_NOT_IN_USE: (
        "Kartu ini tidak sedang dipakai",
        "Kembalikan kartu ini ke meja front desk.",
    ),
    Reason.BADGE_IS_FREE: (
        "Kartu ini sudah kembali dan tersedia",
        "Gantungkan kartu ini di papan tanda pengenal.",
    ),
    Reason.BADGE_IN_USE: (
        "Kartu ini sedang dipakai tamu lain",
        "Ambil kartu lain yang bebas, lalu pindai atau ketik nomornya.",
    ),
    Reason.BADGE_RETIRED: (
        "Tanda pengenal tidak berlaku",
        "Kode kartu ini sudah dimatikan. Simpan kartunya dan serahkan kepada Admin.",
    ),
    Reason.NOT_PRINTED: (
        "Kartu ini belum dicetak ulang",
        "Kartu lama tidak berlaku. Pilih kartu lain, atau minta Admin mencetak kode barunya.",
    ),
    Reason.NO_WAITING_GUEST: (
        "Belum ada tamu yang menunggu",
        "Isi buku tamu lebih dulu, lalu pindai kartu ini sekali lagi.",
    ),
    Reason.NOT_WAITING: (
        "Tamu itu tidak sedang menunggu",
        "Kunjungan ini sudah berubah. Lihat Meja saya untuk keadaan terbaru.",
    ),
    Reason.NEEDS_SCAN: (
        "Perlu kartunya",
        "Langkah ini dilakukan dengan memindai tanda pengenal atau mengetik nomornya.",
    ),
    Reason.NEEDS_CHOICE: (
        "Langkah ini perlu putusan",
        "Pilih salah satu putusannya di bawah ini atau di Meja saya.",
    ),
    Reason.NONCE_CONFLICT: (
        "Kiriman ini sudah pernah dipakai",
        "Tidak ada yang berubah. Silakan pindai kartunya sekali lagi.",
    ),
    Reason.OUT_OF_ORDER: (
        "Terlambat terkirim",
        "Kunjungan sudah bergerak sesudah pindaian ini. Putuskan di daftar pindaian tertunda.",
    ),
    Reason.CLOCK_AHEAD: (
        "Jam perangkat tidak cocok",
        "Betulkan jam perangkat ini, lalu putuskan di daftar pindaian tertunda.",
    ),
    Reason.VISIT_CLOSED: (
        "Kunjungan sudah ditutup",
        "Tidak ada yang perlu dilakukan untuk kunjungan ini.",
    ),
}

ACTS = {
    Act.COMPLETE: "selesaikan langkah",
    Act.START: "mulai terima tamu",
    Act.END: "tamu selesai diterima",
    Act.ISSUE: "serahkan tanda pengenal",
    Act.RETURN: "terima kembali tanda pengenal",
    Act.RETURN_UNSCANNED: "tamu sudah diterima, tidak dipindai",
    Act.RETURN_EARLY: "tutup kunjungan",
}


def role_name(sop: Sop, role: str) -> str:
    """A role in words; codes that this SOP does not know stay as they are."""
    if role == ADMIN:
        return "Admin"
    for performer in sop.performers:
        if performer.code == role:
            return performer.role_name
    return role


def post_name(sop: Sop, role: str) -> str:
    """The post of a role in words; codes that this SOP does not know stay as they are."""
    return next((one.name for one in sop.performers if one.code == role), role)


def choice_label(sop: Sop, key: str | None) -> str:
    """The words of an SOP's choice; a key that it does not know stays as it is."""
    labels = {choice.key: choice.label for step in sop.steps for choice in step.choices}
    return labels.get(key or "", key or "")


def note(code: str | None) -> str:
    """The words for an event's reason code; empty when it needs none."""
    if code is None:
        return ""
    return next((words[code] for words in (NOTES, OUTCOMES, FIELDS) if code in words), code)


def slot_name(slot: Slot) -> str:
    """What a time on a paper slip is called."""
    if slot.step is None:
        return "jam masuk"
    if slot.is_needed:
        return "jam keluar"
    return f"jam {'mulai' if slot.is_begin else 'selesai'} langkah {slot.step.number}"


def late_fault(slot: Slot, wrong: WrongTime, clock: str) -> str:
    """The sentence for a time on a paper slip; `clock` is the earlier one that it offends."""
    name, other = slot_name(slot), slot_name(wrong.other or ARRIVAL)
    return LATE_FAULTS[wrong.fault].format(
        slot=name,
        Slot=name.capitalize(),
        other=other,
        Other=other.capitalize(),
        clock=clock,
    )
