"""Ringkasan: a day, a week, a month at a glance, with a way to the visits behind each figure."""

from datetime import date

from flask import Blueprint, current_app, make_response, request
from flask.typing import ResponseReturnValue

from app.clock import now
from app.domain.period import EARLIEST, Period, day_of, earlier, later, month_of, week_of
from app.domain.permissions import Permission
from app.extensions import db
from app.formatting import local
from app.htmx import page_or_block
from app.queries.office import screen_version
from app.queries.summary import Summary, first_day, summary_of
from app.security import open_to
from app.views.periods import ChosenPeriod, days_of, parameters_of, read_period
from app.views.summary_charts import day_chart, destination_rows, hour_chart, share_bars

blueprint = Blueprint("summary", __name__)
MOST_MONTHS = 120  # in the list to choose from


@blueprint.get("/ringkasan")
@open_to(Permission.OVERSEE)
def summary() -> ResponseReturnValue:
    """The summary of a period; 204 for a poll when neither a visit nor the day has changed."""
    session, today = db.session(), local(now()).date()
    version = f"{screen_version(session)}.{today:%Y%m%d}"
    if request.args.get("v") == version:
        return make_response("", 204)
    chosen = read_period(request.args, today)
    found = summary_of(session, chosen.period, current_app.config["SOP_IN_FORCE"])
    return page_or_block(
        "summary/page.html",
        "summary",
        summary=found,
        version=version,
        **_period_choice(chosen, today),
        **_charts(found),
    )


def _period_choice(chosen: ChosenPeriod, today: date) -> dict[str, object]:
    period = chosen.period
    return {
        "chosen": chosen,
        "period": period,
        "days": days_of(period),
        "is_future": period.first > today,
        "is_live": period.holds(today),
        "quick": (day_of(today), week_of(today), month_of(today)),
        "previous": earlier(period) if period.first > EARLIEST else None,
        "following": later(period) if period.last < today else None,
        "months": _months(first_day(db.session()), period, today),
        "parameters_of": parameters_of,
    }


def _months(first: date | None, shown: Period, today: date) -> list[Period]:
    """The months to choose from: since the first visit, newest first, the one shown among them."""
    month, earliest = month_of(today), month_of(first or today).first
    months = [month]
    while month.first > earliest and len(months) < MOST_MONTHS:
        month = earlier(month)
        months.append(month)
    if shown.is_month and shown not in months:
        months.append(shown)
    return sorted(months, key=lambda choice: choice.first, reverse=True)


def _charts(found: Summary) -> dict[str, object]:
    if not found.totals.visits:
        return {}
    return {
        "by_day": day_chart(found),
        "by_hour": hour_chart(found),
        "by_destination": destination_rows(found),
        "bars": share_bars(found),
    }
