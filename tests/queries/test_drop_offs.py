"""Titipan and the stock of badges: found without all visits and all moves of the years."""

from app.queries.badge_stock import stock_rows
from app.queries.drop_offs import latest_drop_offs


def test_the_latest_drop_offs_are_found_among_drop_offs_alone(plan_of):
    assert plan_of(lambda session: latest_drop_offs(session, 10)) == [
        "SCAN visit USING INDEX ix_visit_drop_off"
    ]


def test_where_a_badge_is_is_found_without_the_moves_of_all_others(plan_of):
    plan = plan_of(lambda session: stock_rows(session, number=3), table="badge")
    assert not [step for step in plan if step.startswith("SCAN badge_event")]
    assert (
        "SEARCH badge_event_1 USING COVERING INDEX sqlite_autoindex_badge_event_1 (badge_id=?)"
        in plan
    )
