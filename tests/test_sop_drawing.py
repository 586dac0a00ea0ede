"""The flow of an SOP: which symbol stands where, and lines that meet and cross nothing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.sop_toml import parse_sop
from app.sop_drawing import Choice, Shape, connector_cells, draw_flow
from app.sop_files import BUNDLED
from app.sop_routes import Edge
from tests.support.sops import PERFORMERS, sop_of

OWN = parse_sop((BUNDLED / "pelayanan-tamu.toml").read_text(encoding="utf-8"))
DECIDES = {
    "direction": [
        Choice("Ya", "escort"),
        Choice("Tidak", "return"),
        Choice("Dialihkan", "purpose"),
    ]
}
WIDEST_SYMBOL = 0.62  # of a column, on the page and on paper


@st.composite
def flows(draw):
    """A flow of 3 to 15 steps by up to 8 performers, some of which decide."""
    columns = draw(st.lists(st.integers(0, 7), min_size=3, max_size=15))
    last = len(columns) - 1
    choices = {}
    for row in draw(st.sets(st.integers(0, last - 1), max_size=3)):
        targets = draw(st.lists(st.integers(0, last), min_size=1, max_size=3, unique=True))
        choices[f"s{row}"] = [Choice(f"Pilihan {to}", f"s{to}") for to in targets]
    return draw_flow(sop_of(columns), choices)


def passes(stroke, x, y):
    """Whether a stroke goes on beyond the place on both of its sides."""
    level = stroke.y1 == stroke.y2 == y and stroke.x1 < x < stroke.x2
    return level or (stroke.x1 == stroke.x2 == x and stroke.y1 < y < stroke.y2)


# --- The office's own SOP -------------------------------------------------------------------------


def test_it_begins_and_ends_with_a_capsule_and_each_step_stands_with_its_performer():
    flow = draw_flow(OWN)

    assert [row.shape for row in flow.rows] == [
        Shape.TERMINATOR, Shape.PROCESS, Shape.PROCESS, Shape.PROCESS, Shape.PROCESS,
        Shape.TERMINATOR,
    ]  # fmt: skip
    assert [row.column for row in flow.rows] == [0, 1, 2, 1, 3, 0]
    assert [OWN.performers[row.column].code for row in flow.rows] == [
        step.performer for step in OWN.steps
    ]


def test_a_row_holds_one_symbol_in_one_cell():
    for row in draw_flow(OWN).rows:
        assert [len(cell.symbols) for cell in row.cells] == [
            int(column == row.column) for column in range(4)
        ]


def test_an_arrow_arrives_at_the_top_of_every_symbol_but_the_first():
    symbols = [row.cells[row.column].symbols[0] for row in draw_flow(OWN).rows]

    assert [symbol.entry for symbol in symbols] == [None, *[Edge.TOP] * 5]


def test_each_step_leads_to_the_next_and_the_last_one_nowhere():
    assert [[way.to for way in row.ways] for row in draw_flow(OWN).rows] == [
        [1], [2], [3], [4], [5], []
    ]  # fmt: skip


def test_a_line_to_another_performer_leaves_at_the_side_and_to_the_same_one_at_the_bottom():
    flow = draw_flow(sop_of([0, 2, 2, 1]))

    assert [route.exit for route in flow.routes] == [Edge.RIGHT, Edge.BOTTOM, Edge.LEFT]
    assert [[(point.x, point.y) for point in route.points] for route in flow.routes] == [
        [(0.5, 0.5), (2.5, 0.5), (2.5, 1.5)],
        [(2.5, 1.5), (2.5, 2.5)],
        [(2.5, 2.5), (1.5, 2.5), (1.5, 3.5)],
    ]


# --- A step that decides --------------------------------------------------------------------------


def test_a_step_with_choices_is_a_diamond_whose_ways_bear_their_words():
    row = draw_flow(OWN, DECIDES).rows[2]

    assert row.shape == Shape.DECISION
    assert {(way.label, way.to) for way in row.ways} == {("Ya", 3), ("Tidak", 5), ("Dialihkan", 1)}
    labels = row.cells[row.column].labels
    assert {label.text for label in labels} == {"Ya", "Tidak", "Dialihkan"}
    assert len({label.exit for label in labels}) == 3, "no two ways share an exit"


def test_choices_that_lead_to_the_same_step_share_one_way():
    choices = {"direction": [Choice("Tolak", "return"), Choice("Tunda", "return"),
                             Choice("Terima", "escort")]}  # fmt: skip
    row = draw_flow(OWN, choices).rows[2]

    assert [(way.label, way.to) for way in row.ways] == [("Tolak / Tunda", 5), ("Terima", 3)]


def test_a_symbol_has_no_more_than_three_exits():
    choices = {"s1": [Choice(name, f"s{to}") for name, to in zip("abcd", range(2, 6), strict=True)]}

    with pytest.raises(ValueError, match="row 1: 4 ways, but a symbol has 3 exits"):
        draw_flow(sop_of([0, 1, 2, 3, 2, 1, 0]), choices)


def test_words_of_one_symbol_never_stand_in_the_same_place():
    for row in draw_flow(OWN, DECIDES).rows:
        labels = row.cells[row.column].labels
        assert len({(label.is_left, label.is_above, label.exit) for label in labels}) == len(labels)


# --- Lines, whatever the SOP ----------------------------------------------------------------------


@given(flows())
def test_every_line_leaves_one_symbol_and_enters_the_next_at_its_top(flow):
    for route in flow.routes:
        start, end = route.points[0], route.points[-1]
        assert (start.x, start.y) == (flow.rows[route.origin].column + 0.5, route.origin + 0.5)
        assert (end.x, end.y) == (flow.rows[route.to].column + 0.5, route.to + 0.5)
        before = route.points[-2]
        assert before.x == end.x
        assert before.y < end.y
        assert route.points[1].y >= start.y, "it never leaves at the top"
        for a, b in pairwise(route.points):
            assert (a.x == b.x) != (a.y == b.y)


@given(flows())
def test_no_line_runs_through_a_symbol(flow):
    for row in flow.rows:
        own = row.cells[row.column]
        assert not [stroke for stroke in own.strokes if passes(stroke, 0.5, 0.5)]
        uprights = {stroke.x1 for stroke in own.strokes if stroke.x1 == stroke.x2}
        assert all(abs(x - 0.5) in (0, pytest.approx(0.36)) for x in uprights)
        assert WIDEST_SYMBOL / 2 < 0.36, "a lane is beside the widest symbol"


@given(flows())
def test_lines_meet_at_the_borders_between_rows_and_between_columns(flow):
    for upper, lower in pairwise(flow.rows):
        for above, below in zip(upper.cells, lower.cells, strict=True):
            leaving = {stroke.x1 for stroke in above.strokes if stroke.y2 == 1}
            arriving = {stroke.x1 for stroke in below.strokes if stroke.y1 == 0}
            assert leaving == arriving
    for row in flow.rows:
        for left, right in pairwise(row.cells):
            leaving = {stroke.y1 for stroke in left.strokes if stroke.x2 == 1}
            arriving = {stroke.y1 for stroke in right.strokes if stroke.x1 == 0}
            assert leaving == arriving
        assert not [stroke for stroke in row.cells[0].strokes if stroke.x1 == 0]
        assert not [stroke for stroke in row.cells[-1].strokes if stroke.x2 == 1]
    assert not [stroke for cell in flow.rows[0].cells for stroke in cell.strokes if stroke.y1 == 0]
    assert not [stroke for cell in flow.rows[-1].cells for stroke in cell.strokes if stroke.y2 == 1]


# --- Pages ----------------------------------------------------------------------------------------


def test_the_line_between_two_rows_crosses_their_border_once():
    assert [
        [
            (crossing.column, crossing.x, crossing.is_down)
            for crossing in draw_flow(OWN).crossings(at)
        ]
        for at in range(1, 6)
    ] == [[(1, 0.5, True)], [(2, 0.5, True)], [(1, 0.5, True)], [(3, 0.5, True)], [(0, 0.5, True)]]


def test_a_way_back_crosses_the_border_upwards():
    flow = draw_flow(OWN, {"escort": [Choice("Ya", "reception"), Choice("Tidak", "purpose")]})

    assert sorted(crossing.is_down for crossing in flow.crossings(3)) == [False, True]


@pytest.mark.parametrize("at_end", [True, False])
def test_a_connector_stands_where_the_line_crosses_and_joins_the_rows(at_end):
    flow = draw_flow(OWN, {"escort": [Choice("Ya", "reception"), Choice("Tidak", "purpose")]})
    crossings = flow.crossings(3)
    cells = connector_cells(crossings, ["A", "B"], flow.columns, at_end=at_end)

    symbols = [(at, symbol) for at, cell in enumerate(cells) for symbol in cell.symbols]
    assert [(at, symbol.x, symbol.text) for at, symbol in symbols] == [
        (crossing.column, crossing.x, name) for crossing, name in zip(crossings, "AB", strict=True)
    ]
    assert {symbol.shape for _, symbol in symbols} == {Shape.CONNECTOR}
    touching = {
        (at, stroke.x1)
        for at, cell in enumerate(cells)
        for stroke in cell.strokes
        if (stroke.y1 == 0 if at_end else stroke.y2 == 1)
    }
    assert touching == {(crossing.column, crossing.x) for crossing in crossings}
    arrives = {True: Edge.TOP, False: Edge.BOTTOM}[at_end]
    assert [symbol.entry for _, symbol in symbols] == [
        arrives if crossing.is_down == at_end else None for crossing in crossings
    ]


@given(flows())
def test_wherever_a_page_breaks_each_line_gets_a_connector_of_its_own(flow):
    for border in range(1, len(flow.rows)):
        places = [(crossing.column, crossing.x) for crossing in flow.crossings(border)]
        crossing_lines = [
            route
            for route in flow.routes
            for a, b in pairwise(route.points)
            if min(a.y, b.y) < border < max(a.y, b.y)
        ]
        assert len(places) == len(set(places)) == len(crossing_lines)
        below = flow.rows[border].cells
        assert set(places) == {
            (at, stroke.x1)
            for at, cell in enumerate(below)
            for stroke in cell.strokes
            if stroke.y1 == 0
        }


def test_a_row_of_performers_without_steps_stays_empty():
    flow = draw_flow(sop_of([0, 0, 0]))

    assert flow.columns == len(PERFORMERS)
    assert all(not cell.strokes for row in flow.rows for cell in row.cells[1:])
