"""A short hard day: everything that was told is stored, once; and the books see what is not."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.models.scan import Scan
from tests.cast import PASSWORD, copy_instance
from tools.soak.__main__ import tell
from tools.soak.books import differences, newest_scan
from tools.soak.day import Plan, Report, live_through
from tools.soak.phone import Sent

SHORT = Plan(seconds=30, kill_every_s=10)


@pytest.mark.timeout(120)
def test_nothing_is_lost_or_doubled_on_a_server_that_is_killed_again_and_again(
    template: Path, tmp_path: Path
) -> None:
    copy_instance(template, tmp_path / "instance")
    report = live_through(tmp_path, PASSWORD, SHORT)
    assert report.wrong == []
    assert report.devices == 30
    assert report.kills > 0
    assert report.guests > 0
    assert 0 < report.late < report.scans
    assert report.cuts > 0
    assert report.megabytes(0, SHORT.seconds) > 0


@pytest.fixture
def told(office):
    """A guest led to the end, and what the devices were told of it."""
    before = newest_scan(office.app.config["INSTANCE"])
    office.bring_to_step(6)
    office.clock.pass_time(minutes=1)
    office.scan("fitri", "12")
    scans = []
    for row in rows_after(office, before):
        scan = Sent("/pindai", {"nonce": row.nonce})
        scan.answer = row.outcome
        scans.append(scan)
    return before, scans


def rows_after(office, before):
    return office.session.scalars(select(Scan).where(Scan.id > before)).all()


def found(office, told, guests=1):
    before, scans = told
    return differences(office.app.config["INSTANCE"], before, scans, guests)


def test_the_books_agree_with_what_was_told(office, told):
    assert found(office, told) == []


def test_the_books_see_a_scan_that_was_lost(office, told):
    lost = Sent("/pindai", {"nonce": "lost"})
    lost.answer = "advanced"
    told[1].append(lost)
    assert found(office, told) == ["told ('lost', 'advanced') and not stored"]


def test_the_books_see_a_scan_that_nobody_was_told_of(office, told):
    dropped = told[1].pop()
    assert found(office, told) == [f"stored ('{dropped.fields['nonce']}', 'closed') and not told"]


def test_the_books_see_a_scan_of_which_something_else_was_told(office, told):
    told[1][-1].answer = "refused"
    assert len(found(office, told)) == 2


def test_the_books_see_a_guest_who_was_lost_or_stands_still(office, told):
    assert found(office, told, guests=2) == ["1 visits of 2 guests"]
    office.open_visit("Wulan")
    (wrong,) = found(office, told, guests=2)
    assert wrong.startswith("visit 2/2026: ")


def test_a_memory_that_grew_is_wrong(capsys):
    plan = Plan(seconds=240, kill_every_s=60)
    steady = Report(devices=30, memory=[(at, 100 * 2**20) for at in range(240)])
    tell(steady, plan)
    assert steady.wrong == []
    assert capsys.readouterr().out.endswith("nothing lost, nothing doubled\n")
    grown = Report(devices=30, memory=[(at, (100 + at // 4) * 2**20) for at in range(240)])
    tell(grown, plan)
    assert grown.wrong == ["memory grew by 1.25 ×"]
