"""The form of an SOP AP (PermenPANRB 35/2012): its fields and heads, filled from an SOP's data.

These are the form's printed words, for the page and the sheet alike; what the office wrote is
taken as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.sop import Sop

DRAFT = "Draf, belum disahkan"
LETTERHEAD = ("government", "office", "division", "unit")
FACTS = {
    "number": "Nomor SOP",
    "made_on": "Tanggal Pembuatan",
    "revised_on": "Tanggal Revisi",
    "effective_on": "Tanggal Efektif",
    "approved_by": "Disahkan oleh",
    "name": "Nama SOP",
}
BOXES = (
    (("legal_basis", "Dasar Hukum"), ("qualifications", "Kualifikasi pelaksana")),
    (("related", "Keterkaitan"), ("equipment", "Peralatan/perlengkapan")),
    (("warning", "Peringatan"), ("records", "Pencatatan dan pendataan")),
)
NUMBER, STANDARDS, REMARK = "No", "Mutu Baku", "Keterangan"
REQUIREMENT, TIME, OUTPUT = "Kelengkapan", "Waktu", "Output"


@dataclass(frozen=True)
class Fact:
    """A line of the form's upper right: the SOP's number, its dates, who approved it."""

    label: str
    value: str


@dataclass(frozen=True)
class Box:
    """A field of several entries; a list is numbered, a sentence is not."""

    label: str
    entries: tuple[str, ...]
    is_numbered: bool

    @property
    def lines(self) -> tuple[str, ...]:
        """The entries as they are printed."""
        if not self.is_numbered:
            return self.entries
        return tuple(f"{at}. {entry}" for at, entry in enumerate(self.entries, start=1))


@dataclass(frozen=True)
class SopForm:
    """The form's identity block, and the heads of its table that an office may word itself."""

    title: str
    draft: str
    letterhead: tuple[str, ...]
    facts: tuple[Fact, ...]
    boxes: tuple[tuple[Box, Box], ...]
    activity: str
    performers: str

    @property
    def reference(self) -> str:
        """The SOP's number with its label, for the foot of a page; empty without one."""
        number = self.facts[0]
        return f"{number.label} {number.value}" if number.value else ""


def sop_form(sop: Sop) -> SopForm:
    """The SOP as the form shows it; empty fields stay empty."""
    identity = sop.identity
    lines = (_words(identity, key) for key in LETTERHEAD)
    pairs = ((_box(identity, *left), _box(identity, *right)) for left, right in BOXES)
    return SopForm(
        title=f"SOP {_words(identity, 'name')}".rstrip(),
        draft=draft_mark(sop),
        letterhead=tuple(line for line in lines if line),
        facts=tuple(Fact(label, _words(identity, key)) for key, label in FACTS.items()),
        boxes=tuple(pairs),
        activity=_words(identity, "activity_label") or "Aktivitas",
        performers=_words(identity, "performers_label") or "Pelaksana",
    )


def draft_mark(sop: Sop) -> str:
    """What to stamp on an SOP nobody has signed yet; nothing once its status says otherwise."""
    if "draf" in sop.status.lower():
        return sop.status
    is_settled = sop.status or _words(sop.identity, "approved_by")
    return "" if is_settled else DRAFT


def _box(identity: Mapping[str, Any], key: str, label: str) -> Box:
    value = identity.get(key, "")
    is_list = isinstance(value, list)
    entries = (str(entry).strip() for entry in (value if is_list else [value]))
    return Box(
        label=_words(identity, f"{key}_label") or label,
        entries=tuple(entry for entry in entries if entry),
        is_numbered=is_list,
    )


def _words(identity: Mapping[str, Any], key: str) -> str:
    """A field as text: identity is a free table, in which a date may stand as a date."""
    return str(identity.get(key, "")).strip()
