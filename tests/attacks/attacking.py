"""What every attack needs: the app's own addresses, all that is stored, the skeleton of a page."""

import re
from html.parser import HTMLParser

from sqlalchemy import select, text

from app.models.base import Base
from tests.cast import Desk

FILLERS = {
    "appointment_id": "1",
    "code": "AAAABBBBCCCCDDDD",
    "delegation_id": "1",
    "filename": "css/app.css",
    "kind_code": "vip",
    "number": "1",
    "person_id": "1",
    "scan_id": "1",
    "unit_id": "1",
    "year": "2026",
}
VARIABLE = re.compile(r"<(?:[^:>]+:)?(\w+)>")
RANDOM = re.compile(  # what differs from answer to answer whatever was asked
    r'csrf-token"[^>]* content="[^"]*"'
    r'|name="(?:csrf_token|nonce|opened_at)" value="[^"]*"'
    r"|Kode kejadian: <[^>]+>[^<]+"
    r'|"request_id": ?"[^"]*"'
)


def addresses(app, method):
    """An address of every route that knows this method."""
    rules = [rule for rule in app.url_map.iter_rules() if method in rule.methods]
    return [VARIABLE.sub(lambda variable: FILLERS[variable[1]], rule.rule) for rule in rules]


def under_any_host(desk):
    """The same browser, its session's cookie sent along whatever the host or other cookies."""
    client = desk.client.application.test_client(use_cookies=False)
    cookie = desk.client.get_cookie("tamu_session")
    if cookie is not None:
        client.environ_base["HTTP_COOKIE"] = f"tamu_session={cookie.value}"
    return Desk(client, desk.token)


def stored(office):
    """Every row of every table, and the tables, triggers and indexes themselves."""
    session = office.session
    tables = {
        table.name: session.execute(select(table)).all() for table in Base.metadata.sorted_tables
    }
    found = session.execute(text("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")).all()
    return tables | {"sqlite_master": found}


def changed(before, after):
    """The tables that are not as they were."""
    return [name for name in before if before[name] != after[name]]


def steady(body):
    """A page without what differs each time anyway: tokens, numbers of forms and of requests."""
    return RANDOM.sub("", body)


class Skeleton(HTMLParser):
    """The elements of a page with the names of their attributes, and where its addresses lead."""

    LEADING = frozenset({"href", "src", "action", "formaction", "xlink:href", "data", "srcset"})

    def __init__(self, page):
        super().__init__()
        self.elements = []
        self.leads = []
        self.said = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, *sorted(name for name, _ in attrs)))
        self.leads += [
            (name, value or "")
            for name, value in attrs
            if name in self.LEADING or name.startswith("hx-")
        ]

    def handle_endtag(self, tag):
        self.elements.append((f"/{tag}",))

    def handle_comment(self, data):
        self.elements.append(("comment",))

    def handle_decl(self, decl):
        self.elements.append(("declaration",))

    def handle_pi(self, data):
        self.elements.append(("instruction",))

    def handle_data(self, data):
        self.said.append(data)
