"""What is wrong with the database, in words for the desk and for whoever mends it."""

from pathlib import Path

from app.models.dialect import Fault

CAUSES = {
    Fault.FULL: "Disk server penuh.",
    Fault.READ_ONLY: "Basis data di server tidak dapat ditulisi.",
    Fault.BUSY: "Basis data sedang dipakai program lain di server.",
    Fault.DAMAGED: "Basis data di server rusak.",
    Fault.STORAGE: "Penyimpanan server bermasalah.",
}
NEXT = {
    Fault.FULL: "hubungi Admin untuk mengosongkan disk",
    Fault.READ_ONLY: "hubungi Admin",
    Fault.BUSY: "tunggu sebentar",
    Fault.DAMAGED: "hubungi Admin untuk memulihkan cadangan",
    Fault.STORAGE: "hubungi Admin",
}
MENDING = {
    Fault.FULL: "Kosongkan ruang di disk tempat {folder}.",
    Fault.READ_ONLY: "Beri izin tulis pada {folder} dan semua isinya bagi pengguna yang "
    "menjalankan server.",
    Fault.BUSY: "Tutup program lain yang membuka basis data di {folder}.",
    Fault.DAMAGED: "Hentikan server, lalu jalankan lagi: ia menyebut cadangan terakhir yang baik.",
    Fault.STORAGE: "Periksa disk tempat {folder}.",
}


def for_the_desk(fault: Fault, *, is_reading: bool) -> tuple[str, str]:
    """The title and the sentence on the page: what is not stored, why, and what to do next."""
    if is_reading:
        act = NEXT[fault][0].upper() + NEXT[fault][1:]
        return "Halaman belum dapat dibuka", f"{CAUSES[fault]} {act}, lalu muat ulang halaman ini."
    return (
        "Data belum tersimpan",
        f"{CAUSES[fault]} Jangan tutup halaman ini: {NEXT[fault]}, lalu kirim lagi.",
    )


def for_the_admin(fault: Fault, folder: Path) -> str:
    """The sentence in the log: why, and how to mend it."""
    return f"{CAUSES[fault]} {MENDING[fault].format(folder=folder)}"
