"""An SOP read from its TOML file; what is wrong with the file is told by the key at fault."""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from app.domain.sop import Choice, Effect, Field, Performer, Sop, SopError, Step, Verdict
from app.domain.sop_checks import check_sop

LONGEST_LIMIT_S = 365 * 24 * 60 * 60


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
    check_sop(sop)
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
