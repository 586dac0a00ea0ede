"""Signed moments and one-time numbers that forms carry with them."""

import uuid
from datetime import UTC, datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

LONGEST_OPEN = timedelta(minutes=30)


def new_nonce() -> str:
    """A number that makes a form count once however often it is sent."""
    return str(uuid.uuid4())


def is_nonce(text: str) -> bool:
    """Whether the text is a UUID in its usual form."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def arrival_stamp(at: datetime) -> str:
    """The signed moment at which the guest-book form was opened (start of SOP step 1)."""
    return _serializer().dumps(int(at.timestamp()))


def read_arrival(stamp: str, now: datetime) -> datetime | None:
    """The moment of a stamp; None when it is missing, forged, or over 30 minutes old."""
    try:
        arrived_at = datetime.fromtimestamp(int(_serializer().loads(stamp)), UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return None
    return arrived_at if timedelta() <= now - arrived_at <= LONGEST_OPEN else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="arrival")
