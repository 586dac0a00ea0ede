"""What came of a past scan, in two or three words."""

from dataclasses import dataclass

from app import phrases
from app.domain.decision import Reason
from app.queries.scans import PastScan


@dataclass(frozen=True)
class ScanWords:
    """One line of the last scans."""

    text: str
    icon: str
    tone: str


def scan_words(past: PastScan) -> ScanWords:
    """What came of a past scan, in two or three words."""
    scan, number = past.scan, past.step_number
    match scan.outcome:
        case "issued":
            return ScanWords("Kartu diserahkan", "circle-check", "ok")
        case "advanced":
            return ScanWords(f"Langkah {number} selesai", "circle-check", "ok")
        case "started":
            return ScanWords("Mulai diterima", "circle-check", "ok")
        case "ended":
            return ScanWords("Selesai diterima", "circle-check", "ok")
        case "closed":
            return ScanWords("Kartu kembali, kunjungan ditutup", "circle-check", "ok")
        case "returned":
            return ScanWords("Satu kartu kembali", "circle-check", "ok")
        case "recovered":
            return ScanWords("Kartu ditemukan, tersedia lagi", "circle-check", "ok")
        case "needs":
            return ScanWords("Menunggu jawaban", "pencil", "brand")
        case "repeated":
            return ScanWords("Sudah tercatat", "check-check", "warn")
        case _:
            return _refusal_words(scan.reason)


def _refusal_words(reason: str | None) -> ScanWords:
    if reason == Reason.ALREADY_DONE:
        return ScanWords("Sudah tercatat", "check-check", "warn")
    if reason in {Reason.WRONG_ROLE, Reason.WRONG_HOST}:
        return ScanWords("Giliran petugas lain", "octagon-x", "bad")
    words = phrases.REFUSALS[Reason(reason or "")][0]
    if reason == Reason.BADGE_IS_FREE:
        return ScanWords(words, "check-check", "warn")
    return ScanWords(words, "octagon-x", "bad")
