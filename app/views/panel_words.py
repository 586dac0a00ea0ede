"""What a recorded scan says: title, time, what happens next, in the words of the office."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from app import phrases
from app.domain.codes import BadgeNumber, read_content
from app.domain.decision import Act, Reason
from app.domain.events import Outcome
from app.domain.sop import Effect, Field, Sop, Step
from app.domain.timing import Standing, StepTime, whole_seconds
from app.extensions import Session
from app.formatting import badge, clock, clock_zone, minutes, round_words, words
from app.models.visit import StepEvent
from app.operations.scanning import Recorded
from app.queries.people import active_with_role
from app.queries.units import ReceivingGroup, receiving_group
from app.queries.visits import VisitView, log_of
from app.views.display import performer_name
from app.views.verdicts import new_times, verdict_words


@dataclass(frozen=True)
class Words:
    tone: str
    icon: str
    title: str
    subtitle: str = ""
    next_title: str = ""
    next_text: str = ""
    confirm_label: str = ""


@dataclass(frozen=True)
class Scene:
    session: Session
    recorded: Recorded
    view: VisitView | None
    badge_number: int | None
    sop: Sop
    at: datetime
    content: str

    @cached_property
    def group(self) -> ReceivingGroup | None:
        """Who receives the guest, once the words need it."""
        if self.view is None or self.view.step is None:
            return None
        if self.view.sop.step_with(Effect.BY_HOST) is None:
            return None
        return receiving_group(
            self.session, self.view.sop, self.view.progress.destination_id, self.at
        )

    @property
    def acted(self) -> Step | None:
        """The step that the scan was about."""
        key = self.recorded.acted_step_key
        return self.view.sop.step(key) if self.view and key else None


def words_for(scene: Scene) -> Words:
    recorded = scene.recorded
    match recorded.outcome:
        case "needs":
            return _needs(scene)
        case "repeated":
            return _already(scene)
        case "refused":
            return _refused(scene)
        case "recovered":
            return _recovered(scene)
        case "returned":
            return _one_back(scene)
        case _:
            return _moved(scene)


def _moved(scene: Scene) -> Words:
    view, acted = scene.view, scene.acted
    assert view is not None, "what moved is a visit"
    assert acted is not None, "what moved is a step"
    time = next((time for time in view.times if time.step == acted), None)
    coming_title, coming_text = _coming(scene)
    titles = {
        "issued": f"Tanda pengenal {badge(scene.badge_number)} diserahkan",
        "advanced": f"Langkah {acted.number} selesai",
        "started": "Mulai diterima",
        "ended": "Selesai diterima",
        "closed": "Kunjungan selesai",
    }
    title = titles[scene.recorded.outcome]
    if scene.recorded.outcome == "closed" and view.progress.outcome != Outcome.COMPLETED:
        title = f"Kunjungan ditutup: {phrases.OUTCOMES[Outcome(view.progress.outcome or '')]}"
    took = "" if _is_further_badge(scene) else _took(scene, acted, time)
    return Words("ok", "circle-check", title, took, coming_title, coming_text)


def _is_further_badge(scene: Scene) -> bool:
    """Whether a badge was added to a visit that had one: its first step was done long before."""
    view = scene.view
    return scene.recorded.outcome == "issued" and view is not None and len(view.badge_numbers) > 1


def _one_back(scene: Scene) -> Words:
    """One badge of a group came back, and others are still out."""
    view = scene.view
    assert view is not None, "what came back was out on a visit"
    others = ", ".join(badge(number) for number in view.held_numbers)
    return Words(
        "ok",
        "circle-check",
        f"Kartu {badge(scene.badge_number)} kembali",
        f"{len(view.held_numbers)} kartu lagi: {others}",
        "Kunjungan tetap berjalan.",
        "Kunjungan ditutup saat kartu terakhir kembali.",
    )


def _recovered(scene: Scene) -> Words:
    """A badge that was not back has turned up."""
    view = scene.view
    number = badge(scene.badge_number)
    of_whom = f"Semula dibawa {view.name}, kunjungan {view.label}" if view else ""
    return Words(
        "ok",
        "circle-check",
        f"Kartu {number} sudah kembali",
        of_whom,
        f"Tanda pengenal {number} tersedia lagi.",
        "Waktu kunjungannya tidak berubah.",
    )


def _took(scene: Scene, acted: Step, time: StepTime | None) -> str:
    """How long the step took against its standard."""
    view = scene.view
    if scene.recorded.outcome == "started" and view is not None:
        waited_from = view.progress.clock_from
        waited = whole_seconds(scene.at - waited_from) if waited_from else None
        return f"Pukul {clock_zone(scene.at)}, menunggu {words(waited)}"
    if time is None:
        return ""
    if time.standing is Standing.OPEN_ENDED and time.started_at and time.finished_at:
        span = f"{clock(time.started_at)}–{clock_zone(time.finished_at)}"
        return f"{span}, {words(time.elapsed)} (sesuai kebutuhan)"
    if time.elapsed is None:
        return f"Langkah {acted.number}: {phrases.STANDINGS[time.standing]}"
    took = f"{words(time.elapsed)}, {phrases.STANDINGS[time.standing]}"
    return took if scene.recorded.outcome == "advanced" else f"Langkah {acted.number}: {took}"


def _coming(scene: Scene) -> tuple[str, str]:
    """Who comes next, and what they do."""
    view = scene.view
    if view is None or view.step is None:
        number = badge(scene.badge_number)
        return (
            f"Tanda pengenal {number} tersedia lagi." if number else "Kunjungan tercatat.",
            _farewell(scene),
        )
    step = view.step
    if Effect.RETURNS_BADGE in step.effects:
        limit = f" Waktu {round_words(step.limit)} berjalan." if step.limit else ""
        return (
            "Mohon tamu dipersilakan ke front desk.",
            f"Di sana tanda pengenal diserahkan kembali.{limit}",
        )
    if view.is_running:
        return ("Pindai sekali lagi setelah selesai.", "Tamu sedang diterima.")
    who = _whose_turn(scene, view, step)
    return (f"Berikutnya: {step.title.lower()}.", f"Giliran {who}.")


def _farewell(scene: Scene) -> str:
    """What the guest is told at the end: thanks, or the verdict's sentence and the new time."""
    view, thanks = scene.view, "Sampaikan terima kasih atas kunjungan Bapak/Ibu."
    if view is None or view.progress.verdict is None:
        return thanks
    due_at = new_times(scene.session, [view]).get(view.visit.id)
    return verdict_words(view, due_at) or thanks


def _whose_turn(scene: Scene, view: VisitView, step: Step) -> str:
    return performer_name(view, step, scene.group if Effect.BY_HOST in step.effects else None)


def _needs(scene: Scene) -> Words:
    recorded, acted = scene.recorded, scene.acted
    if recorded.act is Act.ISSUE and recorded.reason is Reason.FORM:
        title = f"Untuk siapa tanda pengenal {badge(scene.badge_number)}?"
        return Words("brand", "user-round", title, "Beberapa tamu sedang menunggu.")
    assert acted is not None, "what needs an answer is about a step"
    if recorded.act is Act.RETURN_EARLY:
        return _early_return(scene)
    if recorded.reason is Reason.CONFIRM:
        return _confirm(scene, acted)
    left = _left(scene)
    if Field.DIRECTION in recorded.fields:
        return Words("brand", "pencil", "Beri arahan", left)
    if recorded.fields == (Field.PURPOSE,):
        return Words("brand", "pencil", "Isi keperluan lebih dahulu", left)
    return Words("brand", "pencil", f"Lengkapi langkah {acted.number}", left)


def _left(scene: Scene) -> str:
    view = scene.view
    if view is None or view.step is None:
        return ""
    running = view.clock
    if running is None or running.limit is None:
        return f"Langkah {view.step.number}"
    left = running.limit - whole_seconds(scene.at - running.since)
    if left.total_seconds() < 0:
        return f"Langkah {view.step.number}, lewat {minutes(-left)}"
    return f"Langkah {view.step.number}, sisa {minutes(left)}"


def _early_return(scene: Scene) -> Words:
    view = scene.view
    assert view is not None, "an early return is of a visit"
    assert view.step is not None, "an early return is of an open visit"
    who = _whose_turn(scene, view, view.step)
    where = f"Kunjungan masih di langkah {view.step.number}, giliran {who}"
    return Words(
        "brand",
        "door-open",
        "Tamu pulang lebih awal?",
        where,
        "Bila tamu belum pulang, jangan isi apa-apa.",
        f"Langkah tidak berubah; sampaikan kepada {who}.",
    )


def _confirm(scene: Scene, acted: Step) -> Words:
    act = scene.recorded.act
    if act is Act.RETURN_UNSCANNED:
        return Words(
            "brand",
            "circle-question-mark",
            "Tamu sudah diterima?",
            "Pertemuan belum dipindai oleh penerima tamu",
            confirm_label="Tamu sudah diterima, tidak dipindai",
        )
    titles = {
        Act.START: ("Mulai terima tamu?", "Ya, mulai terima tamu"),
        Act.END: ("Tamu selesai diterima?", "Ya, tamu selesai diterima"),
        Act.RETURN: ("Terima kembali kartu ini?", _return_label(scene)),
        Act.ISSUE: (
            f"Serahkan kartu ini kepada {scene.view.name if scene.view else 'tamu'}?",
            "Ya, serahkan tanda pengenal",
        ),
    }
    title, label = titles.get(
        act or Act.COMPLETE,
        (
            f"Selesaikan langkah {acted.number} juga?",
            f"Ya, selesaikan langkah {acted.number}: {acted.title}",
        ),
    )
    return Words(
        "brand",
        "hourglass",
        title,
        "Anda baru saja mencatat langkah kunjungan ini",
        confirm_label=label,
    )


def _return_label(scene: Scene) -> str:
    if scene.view is not None and scene.view.badges_out > 1:
        return "Ya, terima kembali kartu ini saja"
    return "Ya, terima kembali dan tutup kunjungan"


def _already(scene: Scene) -> Words:
    next_title = "Tidak ada yang perlu diulang."
    next_text = "Silakan lanjutkan ke tamu berikutnya."
    latest = _latest_step(scene)
    subtitle = ""
    if latest is not None and scene.view is not None and latest.step_key is not None:
        step = scene.view.sop.step(latest.step_key)
        did = "mulai" if latest.kind == "started" else "selesai"
        subtitle = (
            f"Langkah {step.number} {did} pukul {clock_zone(latest.occurred_at)} "
            f"oleh {latest.actor_name}"
        )
    elif scene.badge_number is not None:
        subtitle = f"Kartu {badge(scene.badge_number)} baru saja Anda pindai"
    return Words("warn", "check-check", "Sudah tercatat", subtitle, next_title, next_text)


def _latest_step(scene: Scene) -> StepEvent | None:
    if scene.view is None:
        return None
    log = log_of(scene.session, scene.view.visit.id)
    return next((event for event in reversed(log) if event.step_key is not None), None)


def _refused(scene: Scene) -> Words:
    reason, view = scene.recorded.reason, scene.view
    assert reason is not None, "a refusal has a reason"
    if reason is Reason.ALREADY_DONE:
        return _already(scene)
    if reason in {Reason.WRONG_ROLE, Reason.WRONG_HOST} and view is not None and view.step:
        return _wrong_desk(scene, view, view.step)
    title, advice = phrases.REFUSALS[reason]
    number = badge(scene.badge_number)
    subtitle = f"Tanda pengenal {number}" if number else ""
    if reason is Reason.BADGE_IN_USE and view is not None and view.step is not None:
        subtitle = f"Tanda pengenal {number}, langkah {view.step.number}"
    typed = read_content(scene.content)
    if reason is Reason.UNKNOWN_CODE and isinstance(typed, BadgeNumber):
        title = f"Tidak ada kartu nomor {badge(typed.value)}"
        advice = "Periksa nomor yang tercetak di kartu, lalu ketik sekali lagi."
    icon = "circle-question-mark" if reason is Reason.UNKNOWN_CODE else "octagon-x"
    if reason is Reason.BADGE_IS_FREE:
        return Words("warn", "check-check", title, subtitle, advice)
    return Words("bad", icon, title, subtitle, advice)


def _wrong_desk(scene: Scene, view: VisitView, step: Step) -> Words:
    who = _whose_turn(scene, view, step)
    names = _performers(scene, step)
    tell = f"{names}, {who}" if names and who not in names else (names or who)
    return Words(
        "bad",
        "octagon-x",
        f"Giliran {who}",
        f"Kunjungan ini di langkah {step.number}: {step.title.lower()}",
        f"Sampaikan kepada {tell}.",
        "Langkah kunjungan tidak berubah; pindaian ini tetap tercatat.",
    )


def _performers(scene: Scene, step: Step) -> str:
    """The names of those whose turn it is, three at the most."""
    if Effect.BY_HOST in step.effects and scene.group is not None:
        names = list(scene.group.names)
    else:
        names = [person.name for person in active_with_role(scene.session, step.role, scene.at)]
    return ", ".join(names[:3])
