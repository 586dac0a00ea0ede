"""By which way SQLite finds the visits of a query."""

import re

import pytest
from sqlalchemy import event

from app.extensions import db


@pytest.fixture
def plan_of(office):
    """The plan of the one statement that finds visits, or what is asked for, as SQLite has it."""
    office.open_visit()
    with office.app.app_context():
        engine = db.engine

    def explain(read, table="visit"):
        sent = []

        def note(_connection, _cursor, statement, parameters, *_rest):
            sent.append((statement, parameters))

        session = office.session
        event.listen(engine, "before_cursor_execute", note)
        try:
            read(session)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        asked = re.compile(rf"FROM {table}\b")
        statement, parameters = next(one for one in sent if asked.search(one[0]))
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row[3] for row in plan]

    return explain
