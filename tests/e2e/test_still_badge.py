"""A badge that lies in the camera's view moves its visit exactly once."""

from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import func, select

from app.models.scan import Scan
from app.models.visit import StepEvent
from app.operations.people import NewPerson, add_person
from tests.cast import PASSWORD, stored_visit
from tests.e2e.conftest import Stage
from tests.support.clips import write_clip

IN_VIEW_MS = 62_000


def test_a_badge_in_view_for_a_minute_moves_the_visit_once(stage: Stage, tmp_path: Path) -> None:
    """For the Kasubbag, and for somebody who could do every step: both look at the same time."""
    office = stage.office
    everything = frozenset({"front_desk", "general_affairs", "secretary", "host", "admin"})
    with office.app.app_context():
        add_person(NewPerson("Semua", "semua", PASSWORD, everything), at=office.clock())
    labels = {"kasim": office.bring_to_step(2, "12"), "semua": office.bring_to_step(2, "13")}
    office.app.config["NOW"] = lambda: datetime.now(UTC)

    pages = []
    for username, badge in (("kasim", 12), ("semua", 13)):
        payload = f"T/{office.code_of(badge)}"
        clip = write_clip(tmp_path / f"{badge}.mjpeg", payload, seconds_in_view=2,
                          seconds_blank=0, number=badge)  # fmt: skip
        page = stage.sign_in(stage.open_browser(clip), username)
        page.goto(f"{stage.url}/pindai")
        pages.append(page)
    for page in pages:
        expect(page.locator("#result .panel-title")).to_have_text(
            "Langkah 2 selesai", timeout=20_000
        )
    pages[0].wait_for_timeout(IN_VIEW_MS)

    session = office.session
    for label in labels.values():
        visit = stored_visit(session, label)
        assert visit is not None
        assert (visit.step_key, visit.last_seq) == ("direction", 4)
        kinds = session.scalars(
            select(StepEvent.kind).where(StepEvent.visit_id == visit.id).order_by(StepEvent.seq)
        ).all()
        assert kinds == ["opened", "issued", "completed", "completed"]
        by_camera = session.scalar(
            select(func.count()).where(Scan.visit_id == visit.id, Scan.method == "camera")
        )
        assert by_camera == 1
