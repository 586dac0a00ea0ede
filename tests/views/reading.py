"""Reading answers and the database: words of a page, fields of a form, rows, statements."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

from flask import Flask
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from app.extensions import db
from tests.cast import Office

TAG = re.compile(r"<(script|style|template)\b.*?</\1>|<!--.*?-->|<[^>]+>", re.DOTALL)


def words(page: str) -> str:
    """What a page says: its text without tags, in single spaces."""
    return " ".join(unescape(TAG.sub(" ", page)).split())


def link(page: str, label: str) -> str | None:
    """Where the link with this label leads; None when there is none."""
    for address, inside in re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL):
        if words(inside) == label:
            return unescape(address)
    return None


def said_in_a_panel(
    answer: TestResponse, status: int, sentence: str, *, goes_again: bool = False
) -> None:
    """A scan that was not recorded is told so where its answer would have been, over nothing."""
    assert answer.status_code == status
    assert not {"HX-Retarget", "HX-Reswap", "HX-Trigger"} & set(answer.headers.keys())
    (opening,) = re.findall(r"<section[^>]*>", answer.text)
    assert answer.text.lstrip().startswith(opening)
    assert opening.startswith('<section class="result" id="result" data-result ')
    assert 'data-sound="bad"' in opening
    assert "data-outcome" not in opening
    again = " Kirim lagi sekarang" if goes_again else ""
    assert words(answer.text) == f"{sentence}{again} {incident(answer)}"
    assert ("data-send-again" in answer.text) == goes_again


def told(answer: TestResponse) -> str:
    """The sentence of a refusal as a program gets it, beside the id of its request."""
    message = answer.json["message"]
    assert answer.json == {"message": message, "request_id": answer.headers["X-Request-ID"]}
    return message


def incident(answer: TestResponse) -> str:
    """How a page names the request that went wrong."""
    return f"Kode kejadian: {answer.headers['X-Request-ID']}"


def rows(office: Office, model: type, **where: object) -> list:
    """The stored rows of a table, oldest first."""
    return list(office.session.scalars(select(model).filter_by(**where).order_by(*_key(model))))


def row(office: Office, model: type, **where: object):
    """The one stored row that fits."""
    found = rows(office, model, **where)
    assert len(found) == 1, f"{len(found)} rows of {model.__name__} for {where}"
    return found[0]


def count(office: Office, model: type) -> int:
    """How many rows a table holds."""
    return office.session.scalar(select(func.count()).select_from(model))


def _key(model: type) -> tuple:
    return tuple(model.__table__.primary_key.columns)


@dataclass
class FormOnPage:
    """A form as the browser would send it; `fields` in the page's order."""

    attributes: dict[str, str]
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    @property
    def action(self) -> str:
        return self.attributes.get("action", "")

    @property
    def data(self) -> dict[str, str]:
        return dict(self.fields)


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FormOnPage] = []
        self._form: FormOnPage | None = None
        self._text: tuple[str, list[str]] | None = None
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = FormOnPage(given)
            self.forms.append(self._form)
        if self._form is None:
            return
        name = given.get("name", "")
        if name and name not in self._form.names:
            self._form.names.append(name)
        if tag == "input":
            self._input(given)
        elif tag == "textarea":
            self._text = (name, [])
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))
        elif tag == "button" and name:
            self._form.buttons.append((name, given.get("value", "")))

    def _input(self, given):
        kind = given.get("type", "text")
        ticked = kind not in {"checkbox", "radio"} or "checked" in given
        if given.get("name") and kind != "file" and ticked:
            self._form.fields.append((given["name"], given.get("value", "")))

    def handle_data(self, data):
        if self._text is not None:
            self._text[1].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._text is not None:
            name, parts = self._text
            self._form.fields.append((name, "".join(parts).removeprefix("\n")))
            self._text = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected]
            first = self._options[0][0] if self._options else ""
            self._form.fields.append((self._select, chosen[0] if chosen else first))
            self._select = None


def forms(page: str) -> list[FormOnPage]:
    """Every form of a page."""
    reader = _FormReader()
    reader.feed(page)
    return reader.forms


def form_to(page: str, action: str, **having: str) -> FormOnPage:
    """The one form that goes to this address (and has these values)."""
    found = [
        form
        for form in forms(page)
        if form.action == action and having.items() <= form.data.items()
    ]
    assert len(found) == 1, f"{len(found)} forms to {action} on: {words(page)}"
    return found[0]


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
