"""A guest who comes again, by appointment or once more that day: what the book knows already."""

from flask import request

from app.domain.phone import show_phone
from app.domain.sop import Field
from app.extensions import db
from app.queries.appointments import appointment_to_come
from app.queries.visits import VisitView, view_by_label


def known_guest() -> VisitView | None:
    """The earlier visit that the address names, of an appointment (`janji`) or by `dari`."""
    session, janji = db.session(), appointment_id()
    if janji is not None:
        expected = appointment_to_come(session, janji)
        return expected.view if expected else None
    return view_by_label(session, request.values.get("dari", ""))


def appointment_id() -> int | None:
    """The appointment that the form is about."""
    text = request.values.get("janji", "")
    return int(text[:9]) if text.isdecimal() else None


def data_of(view: VisitView) -> dict[str, object]:
    """What the guest book knows of them already; the identity is shown anew each time."""
    phone = view.said("phone")
    return {
        "name": view.said("name"),
        "origin": view.said("origin"),
        "position": view.said("position"),
        "phone": show_phone(phone) if phone else "",
        "guest_kind": view.visit.guest_kind,
        "priority": view.visit.priority,
        "purpose": view.text(Field.PURPOSE),
        "destination": str(view.progress.destination_id or ""),
        "party_size": view.visit.party_size,
    }
