"""Scans that wait for a decision, and messages: each desk asks for them at each poll."""

from app.queries.late_scans import undecided, undecided_count
from app.queries.messages import messages_for


def test_scans_to_decide_upon_are_found_among_those_that_were_sent_later_alone(plan_of):
    for read in (undecided, undecided_count):
        first, *_ = plan_of(lambda session, read=read: read(session, 2), table="scan")
        assert "INDEX ix_scan_queued (actor_id=?" in first


def test_a_hosts_messages_are_found_without_all_other_words(plan_of, office):
    hadi = office.officer("hadi").person_id
    first, *_ = plan_of(
        lambda session: messages_for(session, hadi, office.clock()), table="visit_text"
    )
    assert first == "SEARCH visit_text USING INDEX ix_visit_text_field (field=? AND at>?)"
