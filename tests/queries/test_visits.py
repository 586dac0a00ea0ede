"""Who is inside, and who waits for a badge: found without walking through the years."""

from app.queries.visits import open_visits, waiting_for_badge


def test_open_visits_are_found_among_the_open_ones_alone(plan_of):
    assert plan_of(open_visits) == ["SCAN visit USING INDEX ix_visit_open"]


def test_whoever_waits_for_a_badge_too(plan_of):
    assert plan_of(waiting_for_badge)[0] == "SCAN visit USING INDEX ix_visit_open"


def test_they_come_in_order_of_arrival(office):
    for step, badge in ((4, "1"), (2, "2"), (3, "3")):
        office.bring_to_step(step, badge, name=f"Tamu {badge}")
    office.open_visit(name="Belum berkartu")
    names = [view.name for view in open_visits(office.session)]
    assert names == ["Tamu 1", "Tamu 2", "Tamu 3", "Belum berkartu"]
    assert [view.name for view in waiting_for_badge(office.session)] == ["Belum berkartu"]
