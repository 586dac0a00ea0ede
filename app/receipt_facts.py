"""What the receipt of a visit (bukti kunjungan) says, in the words of print."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app import phrases
from app.domain.events import EventKind, Manner, Note, Outcome
from app.domain.progress import undone_seqs
from app.domain.sop import Effect, Field
from app.domain.timing import Standing, StepTime
from app.formatting import clock, clock_zone, local, long_day
from app.models.visit import StepEvent
from app.official_paper import ERASED, Printing
from app.queries.visit_rows import event_of
from app.queries.visits import VisitView

NAME = "Nama"
STILL_HERE = "Kunjungan masih berlangsung"


@dataclass(frozen=True)
class Wording:
    """What stands around the facts: the title, the sentence before them and the one after."""

    title: str
    introduction: str
    use: str


OF_A_VISIT = Wording(
    "BUKTI KUNJUNGAN",
    "Tamu berikut tercatat dalam buku tamu kantor kami:",
    "Digunakan sebagai bukti kunjungan (visum SPPD) bila diperlukan.",
)
OF_A_DOCUMENT = Wording(
    "TANDA TERIMA DOKUMEN",
    "Kami telah menerima titipan berikut:",
    "Simpan tanda terima ini bila hendak menanyakan dokumennya.",
)


@dataclass(frozen=True)
class ReceiptStep:
    """A step of the visit, and when it took place."""

    title: str
    when: str


@dataclass(frozen=True)
class Receipt:
    """A visit as its receipt has it: labelled facts, and the steps that were taken."""

    label: str
    facts: tuple[tuple[str, str], ...]
    steps: tuple[ReceiptStep, ...]
    printing: Printing
    wording: Wording = OF_A_VISIT


def receipt_of(view: VisitView, log: Sequence[StepEvent], printing: Printing) -> Receipt:
    """The receipt; what was erased is a dash, what was never said is left out."""
    guest, visit = view.leader, view.visit
    purpose = view.texts.get(Field.PURPOSE)
    facts = (
        (NAME, view.said("name") or ERASED),
        ("Jabatan", view.said("position") or (ERASED if guest.erased_at else "")),
        ("Instansi/Alamat", view.said("origin") or ERASED),
        ("Jumlah tamu", f"{visit.party_size} orang"),
        ("Keperluan", (purpose.value or ERASED) if purpose else ""),
        ("Bertemu dengan", view.destination.post if view.destination else ""),
        ("Diterima oleh", _received_by(view, log)),
        ("Hari, tanggal", long_day(visit.arrived_on)),
        ("Jam masuk", clock_zone(visit.arrived_at)),
        ("Jam keluar", _left(view)),
        ("Hasil", _outcome(view, printing)),
        ("Keterangan", view.verdict_text("public_reason") or ""),
        ("Visum SPPD", _visum(view)),
    )
    said = tuple((label, text) for label, text in facts if text)
    return Receipt(view.label, said, tuple(_steps(view)), printing)


def document_receipt_of(view: VisitView, log: Sequence[StepEvent], printing: Printing) -> Receipt:
    """The receipt of documents that were dropped at the desk."""
    purpose, first = view.texts.get(Field.PURPOSE), log[0]
    facts = (
        (NAME, view.said("name") or ERASED),
        ("Instansi/Alamat", view.said("origin") or ERASED),
        ("Dokumen", (purpose.value or ERASED) if purpose else ""),
        ("Untuk", view.destination.post if view.destination else ""),
        ("Hari, tanggal", long_day(view.visit.arrived_on)),
        ("Jam", clock_zone(view.visit.arrived_at)),
        ("Diterima oleh", f"{first.actor_name}, {first.actor_post}"),
    )
    said = tuple((label, text) for label, text in facts if text)
    return Receipt(view.label, said, (), printing, OF_A_DOCUMENT)


def _received_by(view: VisitView, log: Sequence[StepEvent]) -> str:
    """Who received the guest, as they were then; nothing when nobody scanned it.

    Of a reception that somebody else noted down the post alone is known.
    """
    if view.visit.late_entry:
        return ""  # the log names who typed it in
    step = view.sop.step_with(Effect.BY_HOST)
    undone = undone_seqs([event_of(row) for row in log])
    for event in reversed(log):
        is_reception = event.kind in {EventKind.STARTED, EventKind.COMPLETED}
        is_of_host = step is not None and event.step_key == step.key
        if not is_reception or not is_of_host or event.seq in undone:
            continue
        if event.reason_code == Note.NOT_SCANNED:
            return ""
        if event.on_behalf_of is not None:
            return view.destination.post if view.destination else ""
        return f"{event.actor_name}, {event.actor_post}"
    return ""


def _left(view: VisitView) -> str:
    """When the guest left; with the day, if that was another one."""
    closed_at = view.progress.closed_at
    if closed_at is None:
        return ""
    is_same_day = local(closed_at).date() == view.visit.arrived_on
    day = "" if is_same_day else f"{long_day(closed_at)}, "
    guess = " (perkiraan)" if view.left_at_a_guess else ""
    return f"{day}{clock_zone(closed_at)}{guess}"


def _outcome(view: VisitView, printing: Printing) -> str:
    outcome = view.progress.outcome
    if outcome is None:
        return f"{STILL_HERE} saat bukti ini dicetak, pukul {printing.clock}"
    return phrases.OUTCOMES[Outcome(outcome)]


def _visum(view: VisitView) -> str:
    """That a travel order (SPPD) was signed and stamped, when and by whom; else nothing."""
    visum = view.visum
    if visum is None:
        return ""
    return f"[x] {visum.value}, {long_day(visum.at)}, {visum.actor_name}, {visum.actor_post}"


def _steps(view: VisitView) -> Iterator[ReceiptStep]:
    """The steps that were settled, or are under way."""
    for time in view.times:
        if time.standing is not Standing.PENDING:
            yield ReceiptStep(time.step.title, _when(time))


def _when(time: StepTime) -> str:
    if time.settled is None:
        return "sedang berlangsung"
    if time.settled.manner is Manner.SKIPPED:
        return "dilewati"
    if time.settled.manner is Manner.NOT_SCANNED:
        return "jam tidak tercatat"
    return f"{clock(time.started_at)}–{clock(time.finished_at)}"
