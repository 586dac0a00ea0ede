"""What the office's printed forms say of it: the kop surat, the signer's block, the paper.

Pure values in the words and lines of print; the documents only place them.
"""

from dataclasses import dataclass
from typing import cast

from app.domain.nip import show_nip
from app.models.office import Emblem, Office
from app.paper import PaperSize

BLANK = "." * 40  # to be filled in by pen
SHORT_BLANK = "." * 20


@dataclass(frozen=True)
class Signer:
    """The block of whoever signs: titles, room for the signature, the name, what stands below it.

    `name` is bold and underlined, unless it is a blank to fill in by pen (`is_named`).
    """

    titles: tuple[str, ...]
    name: str
    below: tuple[str, ...]
    is_named: bool


@dataclass(frozen=True)
class Letterhead:
    """The office on paper; a text that the office has not filled in yet is empty.

    `government` and `office` are in capitals, as a kop surat has them; `emblem` is a PNG;
    `mark` stands above all of it on every page.
    """

    government: str
    office: str
    unit: str
    address_line: str
    contact_line: str
    city: str
    emblem: bytes | None
    signer: Signer
    paper: PaperSize
    mark: str = ""

    def dated(self, day: str) -> str:
        """Place and date above the signer's titles: Pontianak, 24 November 2026."""
        return f"{self.city or SHORT_BLANK}, {day}"


def letterhead_of(office: Office, emblem: Emblem | None, *, mark: str = "") -> Letterhead:
    """The office's settings as they are printed."""
    return Letterhead(
        government=office.government.upper(),
        office=office.name.upper(),
        unit=office.unit,
        address_line=_address_line(office.address, office.city),
        contact_line=_contact_line(office.phone, office.email),
        city=office.city,
        emblem=emblem.png if emblem else None,
        signer=_signer(office),
        paper=cast("PaperSize", office.paper),
        mark=mark,
    )


def _address_line(address: str, city: str) -> str:
    if city.casefold() in address.casefold():
        return address
    return f"{address}, {city}" if address else city


def _contact_line(phone: str, email: str) -> str:
    parts = (f"Telepon {phone}" if phone else "", f"Pos-el {email}" if email else "")
    return ", ".join(part for part in parts if part)


def _signer(office: Office) -> Signer:
    is_named = bool(office.signer_name)
    return Signer(
        titles=_titles(office.signer_capacity, office.signer_post, office.signer_for),
        name=office.signer_name or BLANK,
        below=_below(office) if is_named else (f"NIP. {SHORT_BLANK}",),
        is_named=is_named,
    )


def _titles(capacity: str, post: str, principal: str) -> tuple[str, ...]:
    own = f"{post}," if post else BLANK
    match capacity:
        case "an":
            return f"a.n. {principal or BLANK}", own
        case "plt" | "plh":
            return (f"{capacity.title()}. {own}",)
        case _:
            return (own,)


def _below(office: Office) -> tuple[str, ...]:
    nip = f"NIP. {show_nip(office.signer_nip)}" if office.signer_nip else ""
    return tuple(line for line in (office.signer_rank, nip) if line)
