"""An SOP as data: the office's steps, their performers, standards and effects, from TOML."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

FEWEST_STEPS = 3
MOST_STEPS = 15
RESERVED_ROLE = "admin"
MOST_WAYS = 3  # what a diamond has corners for, beside the one where the flow comes in
LONGEST_LIMIT_S = 365 * 24 * 60 * 60


class Effect(StrEnum):
    """What the engine does at a step, beyond recording that it was done."""

    ISSUES_BADGE = "issues_badge"
    BY_HOST = "by_host"
    OPEN_ENDED = "open_ended"
    RETURNS_BADGE = "returns_badge"


class Field(StrEnum):
    """A kelengkapan that a step may require to be recorded (SOP, column Kelengkapan)."""

    PURPOSE = "purpose"
    DIRECTION = "direction"
    DESTINATION = "destination"


class Verdict(StrEnum):
    """What a choice may end a visit with; these are outcomes of a visit too (`events.Outcome`)."""

    DECLINED = "declined"
    RESCHEDULED = "rescheduled"


class SopError(ValueError):
    """An SOP text that cannot be used; its message names the key and what is wrong with it."""


@dataclass(frozen=True)
class Performer:
    """A column of the SOP's "Pelaksana": a role's code and the words for it.

    `recorded_by` is the role that records the steps of somebody who does not sign in, as a guest.
    """

    code: str
    name: str
    role_name: str
    recorded_by: str | None = None


@dataclass(frozen=True)
class Choice:
    """A way on from a step that decides: to another step, or to the end with a verdict.

    `word` stands on its line of the drawing. `is_added` marks a way that the application adds to
    what the office wrote.
    """

    key: str
    label: str
    word: str
    goto: str | None
    outcome: Verdict | None
    is_added: bool


@dataclass(frozen=True)
class Step:
    """One row of the SOP; `limit` is None where the SOP sets no time ("sesuai kebutuhan").

    `performer` is the column of the SOP, `role` who may record the step (see `Performer`).
    """

    number: int
    key: str
    performer: str
    role: str
    activity: str
    requirement: str
    standard: str
    limit: timedelta | None
    output: str
    requires: tuple[Field, ...]
    effects: frozenset[Effect]
    title: str
    short_title: str
    instruction: str
    instruction_running: str
    choices: tuple[Choice, ...] = ()

    def choice(self, key: str) -> Choice | None:
        """The choice of that key, or None."""
        return next((choice for choice in self.choices if choice.key == key), None)


@dataclass(frozen=True)
class Sop:
    """One version of an office's SOP."""

    code: str
    status: str
    identity: Mapping[str, Any]
    performers: tuple[Performer, ...]
    steps: tuple[Step, ...]

    def step(self, key: str) -> Step:
        """The step of that key; raises KeyError when this SOP has none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def step_with(self, effect: Effect) -> Step | None:
        """The step that has the effect, or None."""
        return next((step for step in self.steps if effect in step.effects), None)

    def must_choose(self, step: Step) -> bool:
        """Whether the office itself made the way on one of the step's choices.

        Such a step is never just completed. Where going straight on is no choice of its own, it
        stays the plain way (`sop_drawing.choices_of` draws it so).
        """
        return any(
            not one.is_added and one.goto is not None and self.step(one.goto).number > step.number
            for one in step.choices
        )

    @property
    def returns_badge(self) -> bool:
        """Whether the visit ends with the badge's return; else its last step ends it."""
        return Effect.RETURNS_BADGE in self.steps[-1].effects

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that people hold under this SOP, in the order of its columns."""
        return tuple(one.code for one in self.performers if one.recorded_by is None)

    def performer(self, code: str) -> Performer:
        """The performer of that role code; raises KeyError when this SOP has none."""
        for performer in self.performers:
            if performer.code == code:
                return performer
        raise KeyError(code)


def parse_sop(text: str) -> Sop:
    """Read an SOP from TOML; raises SopError naming the key at fault.

    The engine needs 3 to 15 steps. One may issue the badge and then the last takes it back: a step
    after the badge's return could never be scanned.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SopError(f"bukan TOML yang sah: {error}") from error
    performers = tuple(_performer(row, at) for at, row in _rows(data, "performers"))
    recorders = {one.code: one.recorded_by or one.code for one in performers}
    steps = tuple(_step(row, at, number, recorders) for number, (at, row) in _numbered(data))
    sop = Sop(
        code=_text(data, "code", "code"),
        status=_text(data, "status", "status", default=""),
        identity=_table(data, "identity"),
        performers=performers,
        steps=steps,
    )
    _check(sop)
    return sop


def _numbered(data: Mapping[str, Any]) -> enumerate[tuple[str, Mapping[str, Any]]]:
    return enumerate(_rows(data, "steps"), start=1)


def _rows(data: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    rows = data.get(key)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise SopError(f"{key}: harus ada, sebagai daftar [[{key}]]")
    return [(f"{key}[{index}]", row) for index, row in enumerate(rows, start=1)]


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise SopError(f"{key}: harus berupa tabel [{key}]")
    return value


def _text(row: Mapping[str, Any], key: str, at: str, default: str | None = None) -> str:
    value = row.get(key, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise SopError(f"{at}: harus berupa teks yang terisi")
    return value


def _performer(row: Mapping[str, Any], at: str) -> Performer:
    name = _text(row, "name", f"{at}.name")
    return Performer(
        code=_text(row, "code", f"{at}.code"),
        name=name,
        role_name=_text(row, "role_name", f"{at}.role_name", default=name),
        recorded_by=_text(row, "recorded_by", f"{at}.recorded_by", default="") or None,
    )


def _step(row: Mapping[str, Any], at: str, number: int, recorders: Mapping[str, str]) -> Step:
    activity = _text(row, "activity", f"{at}.activity")
    title = _text(row, "title", f"{at}.title", default=activity)
    instruction = _text(row, "instruction", f"{at}.instruction", default=activity)
    performer = _text(row, "performer", f"{at}.performer")
    return Step(
        number=number,
        key=_text(row, "key", f"{at}.key"),
        performer=performer,
        role=recorders.get(performer, performer),
        activity=activity,
        requirement=_text(row, "requirement", f"{at}.requirement", default=""),
        standard=_text(row, "standard", f"{at}.standard", default=""),
        limit=_limit(row, f"{at}.limit_s"),
        output=_text(row, "output", f"{at}.output", default=""),
        requires=tuple(Field(name) for name in _names(row, "requires", at, Field)),
        effects=frozenset(Effect(name) for name in _names(row, "effects", at, Effect)),
        title=title,
        short_title=_text(row, "short_title", f"{at}.short_title", default=title),
        instruction=instruction,
        instruction_running=_text(
            row, "instruction_running", f"{at}.instruction_running", default=instruction
        ),
        choices=tuple(_choice(one, place) for place, one in _choice_rows(row, at)),
    )


def _choice_rows(row: Mapping[str, Any], at: str) -> list[tuple[str, Mapping[str, Any]]]:
    rows = row.get("choices", [])
    if not isinstance(rows, list) or not all(isinstance(one, dict) for one in rows):
        raise SopError(f"{at}.choices: harus berupa daftar [[steps.choices]]")
    return [(f"{at}.choices[{index}]", one) for index, one in enumerate(rows, start=1)]


def _choice(row: Mapping[str, Any], at: str) -> Choice:
    goto = _text(row, "goto", f"{at}.goto", default="") or None
    outcome = _text(row, "outcome", f"{at}.outcome", default="") or None
    if (goto is None) == (outcome is None):
        raise SopError(f"{at}: isi salah satu, 'goto' atau 'outcome'")
    if outcome is not None and outcome not in list(Verdict):
        raise SopError(f"{at}.outcome: '{outcome}' tidak dikenal; pilihan: {', '.join(Verdict)}")
    added = row.get("added", False)
    if not isinstance(added, bool):
        raise SopError(f"{at}.added: harus true atau false")
    label = _text(row, "label", f"{at}.label")
    return Choice(
        key=_text(row, "key", f"{at}.key"),
        label=label,
        word=_text(row, "word", f"{at}.word", default=label),
        goto=goto,
        outcome=Verdict(outcome) if outcome else None,
        is_added=added,
    )


def _limit(row: Mapping[str, Any], at: str) -> timedelta | None:
    seconds = row.get("limit_s")
    if seconds is None:
        return None
    is_whole = isinstance(seconds, int) and not isinstance(seconds, bool)
    if not is_whole or not 1 <= seconds <= LONGEST_LIMIT_S:
        raise SopError(f"{at}: harus bilangan detik, dari 1 sampai {LONGEST_LIMIT_S}")
    return timedelta(seconds=seconds)


def _names(row: Mapping[str, Any], key: str, at: str, known: type[StrEnum]) -> list[str]:
    names = row.get(key, [])
    if not isinstance(names, list):
        raise SopError(f"{at}.{key}: harus berupa daftar")
    for name in names:
        if name not in list(known):
            raise SopError(f"{at}.{key}: '{name}' tidak dikenal; pilihan: {', '.join(known)}")
    return names


def _check(sop: Sop) -> None:
    if not FEWEST_STEPS <= len(sop.steps) <= MOST_STEPS:
        raise SopError(f"steps: harus 3 sampai 15 langkah, ada {len(sop.steps)}")
    _check_unique("performers.code", [performer.code for performer in sop.performers])
    _check_unique("steps.key", [step.key for step in sop.steps])
    codes = {performer.code for performer in sop.performers}
    if RESERVED_ROLE in codes:
        raise SopError(f"performers.code: '{RESERVED_ROLE}' adalah peran aplikasi; pakai kode lain")
    _check_recorders(sop)
    keys = {step.key for step in sop.steps}
    for step in sop.steps:
        _check_step(step, codes)
        _check_choices(step, keys)
    _check_badge(sop)
    _check_destination_known_to_host(sop)


def _check_badge(sop: Sop) -> None:
    """Both the handing out and the return of the badge, or neither."""
    counts = [
        sum(effect in step.effects for step in sop.steps)
        for effect in (Effect.ISSUES_BADGE, Effect.RETURNS_BADGE)
    ]
    if counts == [0, 0]:
        return
    for effect, count in zip((Effect.ISSUES_BADGE, Effect.RETURNS_BADGE), counts, strict=True):
        if count != 1:
            raise SopError(f"steps: tepat satu langkah harus ber-effect '{effect}'")
    if not sop.returns_badge:
        raise SopError("steps: 'returns_badge' harus pada langkah terakhir")


def _check_recorders(sop: Sop) -> None:
    for index, performer in enumerate(sop.performers, start=1):
        if performer.recorded_by is not None and performer.recorded_by not in sop.roles:
            raise SopError(
                f"performers[{index}].recorded_by: '{performer.recorded_by}' bukan peran petugas"
            )
    if not sop.roles:
        raise SopError("performers: paling sedikit satu peran petugas")


def _check_choices(step: Step, keys: set[str]) -> None:
    at = f"steps[{step.number}].choices"
    _check_unique(f"{at}.key", [choice.key for choice in step.choices])
    if len({choice.goto or choice.outcome for choice in step.choices}) > MOST_WAYS:
        raise SopError(f"{at}: paling banyak {MOST_WAYS} jalan keluar")
    for choice in step.choices:
        if choice.goto is not None and choice.goto not in keys - {step.key}:
            raise SopError(f"{at}.goto: '{choice.goto}' bukan langkah lain dari SOP ini")


def _check_unique(at: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise SopError(f"{at}: '{name}' ada lebih dari sekali")


def _check_step(step: Step, codes: set[str]) -> None:
    at = f"steps[{step.number}]"
    if step.performer not in codes:
        raise SopError(f"{at}.performer: '{step.performer}' tidak ada di [[performers]]")
    if Effect.OPEN_ENDED in step.effects and step.limit is not None:
        raise SopError(f"{at}.limit_s: langkah 'open_ended' tidak punya mutu baku waktu")
    if step.choices and step.effects & {Effect.ISSUES_BADGE, Effect.RETURNS_BADGE}:
        raise SopError(f"{at}.choices: langkah tanda pengenal tidak memutuskan apa pun")
    badge_effects = step.effects & {Effect.ISSUES_BADGE, Effect.RETURNS_BADGE}
    if badge_effects and (step.effects - badge_effects or step.requires or len(badge_effects) > 1):
        raise SopError(f"{at}: langkah tanda pengenal tidak boleh bersyarat atau ber-effect lain")


def _check_destination_known_to_host(sop: Sop) -> None:
    asked = False
    for step in sop.steps:
        if Effect.BY_HOST in step.effects and not asked:
            raise SopError(
                f"steps[{step.number}]: 'by_host' perlu langkah sebelumnya yang meminta destination"
            )
        asked = asked or Field.DESTINATION in step.requires
