"""A line in the log for each request, and the id by which a person at a desk can name it."""

import logging
import secrets
import time

from flask import Flask, Response, g, has_request_context, request

from app.security import known_person_id

HEADER = "X-Request-ID"
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another when read out
HALF = 4
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
STATIC = "static"
MONITORED = "health.health"  # asked every few seconds; it tells itself when its answer changes
FIRST_ERROR = 400
OUTSIDE = "id_outside"  # of a record: the id of a request that the app has not seen

logger = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Begin before everything else that looks at a request, and end after it."""
    app.before_request(_begin)
    app.after_request(_end)
    app.add_template_global(request_id)


def request_id() -> str:
    """The id of this request; what a client or a proxy calls it is not believed."""
    if "request_id" not in g:
        g.request_id = new_id()
    known: str = g.request_id
    return known


def id_of_record(record: logging.LogRecord) -> str:
    """The id for a line of the log: a dash outside of a request."""
    outside: str = getattr(record, OUTSIDE, "-")
    return request_id() if has_request_context() else outside


def log_outside(method: str, status: int, why: str) -> str:
    """Log a request that was answered before it reached the app; the id by which to name it."""
    known = new_id()
    method = method if method in METHODS else "-"
    logger.info("%s - %d before the app: %s", method, status, why, extra={OUTSIDE: known})
    return known


def new_id() -> str:
    """Eight letters in two halves, as in K7M2-9QXA."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(2 * HALF))
    return f"{letters[:HALF]}-{letters[HALF:]}"


def _begin() -> None:
    g.request_id, g.began_at = new_id(), time.perf_counter()


def _end(response: Response) -> Response:
    if request.endpoint == STATIC and response.status_code < FIRST_ERROR:
        return response  # kept by browsers for good: it belongs to no request
    response.headers[HEADER] = request_id()
    if request.endpoint != MONITORED:
        logger.info(_line(response))
    return response


def _line(response: Response) -> str:
    """What may be known of a request: never its address, its fields or what it searched for."""
    method = request.method if request.method in METHODS else "-"
    rule = request.url_rule.rule if request.url_rule else "-"
    took_ms = round((time.perf_counter() - g.began_at) * 1000)
    size = response.calculate_content_length()
    person_id = known_person_id()
    return (
        f"{method} {rule} {response.status_code} {took_ms}ms "
        f"{'-' if size is None else size}B person={'-' if person_id is None else person_id}"
    )
