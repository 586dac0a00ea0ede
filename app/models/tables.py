"""Imports every table, so that the metadata is whole."""

from app.models.badge import Badge, BadgeCode, BadgeEvent, BadgeKind, Loan
from app.models.base import Base
from app.models.export import Export
from app.models.office import Emblem, Office, OfficeHours, ScreenVersion, SopVersion
from app.models.person import EndedSession, Person, PersonRole, SignInFailure, Unit, UnitMember
from app.models.scan import Scan, ScanDecision
from app.models.visit import StepEvent, StepTime, Visit, Visitor, VisitText

__all__ = [
    "Badge", "BadgeCode", "BadgeEvent", "BadgeKind", "Base", "Emblem", "EndedSession", "Export",
    "Loan", "Office", "OfficeHours", "Person", "PersonRole", "Scan", "ScanDecision",
    "ScreenVersion", "SignInFailure", "SopVersion", "StepEvent", "StepTime", "Unit", "UnitMember",
    "Visit", "VisitText", "Visitor",
]  # fmt: skip
