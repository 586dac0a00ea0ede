from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import select

from app.domain.events import Manner
from app.domain.timing import whole_seconds
from app.models.visit import Visit
from app.queries.desks import desk_of
from app.queries.visits import open_visits, views_by_id
from app.sample.acting import act_out
from app.sample.today import visits_of_today
from tests.cast import MORNING

MIDNIGHT = MORNING + timedelta(hours=15, minutes=4)  # 00.04 WIB


@pytest.fixture(params=[MORNING, MIDNIGHT], ids=["morning", "night"])
def at(request):
    return request.param


@pytest.fixture
def at_work(office, setting, at):
    """The office at that moment, with the visits of the day."""
    config = office.app.config
    scripts = visits_of_today(Random(1), setting, at)
    with office.app.app_context():
        key = config["SECRET_KEY"].encode()
        act_out(scripts, sop=setting.sop, sop_sha256=config["SOP_SHA256"], key=key)
    return office


def test_guests_are_at_every_step_and_only_one_of_them_is_late(at_work, at):
    inside = open_visits(at_work.session)

    assert Counter(view.stage for view in inside) == Counter(
        ["registration", "purpose", "direction", "escort", "reception", "reception:running"]
    )
    late = [
        view.step.key
        for view in inside
        if view.clock.limit and whole_seconds(at - view.clock.since) > view.clock.limit
    ]
    assert late == ["direction"]
    assert [view.stage for view in inside if view.waits_for_badge] == ["registration"]


def test_earlier_visits_are_over(at_work, at):
    closed = at_work.session.scalars(select(Visit).where(Visit.closed_at.is_not(None))).all()
    assert Counter(visit.outcome for visit in closed) == {"completed": 4, "declined": 1}
    assert all(at - timedelta(hours=5) < visit.arrived_at < at for visit in closed)
    assert max(visit.closed_at for visit in closed) == at - timedelta(minutes=9)
    manners = [
        settled.manner
        for view in views_by_id(at_work.session, [visit.id for visit in closed]).values()
        for settled in view.progress.settled
    ]
    assert manners.count(Manner.NOT_SCANNED) == 1


def test_every_desk_has_a_guest_waiting(at_work, at):
    for username in ("fitri", "kasim", "sekar", "hadi"):
        desk = desk_of(at_work.session, at_work.officer(username).actor, at)
        assert desk.waiting or (username == "fitri" and desk.without_badge), username
