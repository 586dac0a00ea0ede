"""From the guest-book form to the entry that is stored; entri susulan shares it."""

from collections.abc import Sequence

from app.domain.phone import normalise_phone
from app.models.person import Unit
from app.operations.guest_entries import GuestEntry
from app.views.forms import WITHOUT_IDENTITY, GuestBookForm, first_errors

GONE = "Tujuan itu sudah tidak ada. Pilih tujuan lain."


def unit_of(units: Sequence[Unit], text: str | None) -> Unit | None:
    """The destination that was chosen; None for none, and for one that is not offered."""
    return next((unit for unit in units if str(unit.id) == (text or "").strip()), None)


def guest_errors(form: GuestBookForm, destination: Unit | None) -> dict[str, str]:
    """A sentence for each field of the form that needs mending."""
    errors = {} if form.validate() else first_errors(form)
    if form.destination.data and destination is None:
        errors["destination"] = GONE
    return errors


def entry_of(
    form: GuestBookForm, destination: Unit | None, appointment_id: int | None = None
) -> GuestEntry:
    """A form without errors as the line of the guest book it stands for."""
    phone = form.phone.data
    return GuestEntry(
        name=form.name.data or "",
        origin=form.origin.data or "",
        position=form.position.data or None,
        phone=normalise_phone(phone) if phone else None,
        guest_kind=form.guest_kind.data or "umum",
        purpose=form.purpose.data or None,
        destination_id=destination.id if destination else None,
        party_size=form.party_size.data or 1,
        identity_kind=form.identity_kind.data or None,
        identity_shown=bool(form.identity_shown.data),
        appointment_id=appointment_id,
        priority=form.priority.data or "",
        vouched=form.identity_kind.data == WITHOUT_IDENTITY and bool(form.vouched.data),
    )
