"""How ratios are taken, and how results are written."""

import pytest

from benchmarks.figures import Figure, percentile, ratio_in_turn
from benchmarks.run import line, write


def test_pairs_are_taken_in_turn_and_every_second_one_the_other_way_round():
    asked = []

    def one():
        asked.append("one")
        return 4.0

    def other():
        asked.append("other")
        return 2.0

    assert ratio_in_turn(one, other, 3) == (2.0, 4.0, 2.0)
    assert asked == ["one", "other", "other", "one", "one", "other"]


def test_one_bad_pair_does_not_move_the_median():
    values = iter([1.0, 90.0, 1.0])
    ratio, _, _ = ratio_in_turn(lambda: next(values), lambda: 1.0, 3)
    assert ratio == 1.0


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.01, 1)])
def test_a_percentile_is_one_of_the_values(share, expected):
    assert percentile(range(1, 101), share) == expected


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (Figure("A", 2.0, 5, detail="4 ÷ 2"), "| A | 2 × | ≤ 5 × | yes | 4 ÷ 2 |"),
        (Figure("B", 6.0, 5), "| B | 6 × | ≤ 5 × | **no** |  |"),
        (Figure("C", 6.0, None, "%"), "| C | 6 % |  |  |  |"),
        (Figure("D", 0, 0, ""), "| D | 0 | ≤ 0 | yes |  |"),
    ],
)
def test_a_figure_says_whether_its_aim_is_kept(figure, expected):
    assert line(figure) == expected


def test_a_new_run_replaces_the_table_of_its_size_alone(tmp_path):
    path = tmp_path / "RESULTS.md"
    path.write_text("# Results\n\nWords.\n", encoding="utf-8")
    write(path, 1000, [Figure("Old small", 1.0, 1)])
    write(path, 5000, [Figure("Big", 1.0, 1)])
    write(path, 1000, [Figure("New small", 1.0, 1)])
    text = path.read_text(encoding="utf-8")
    assert "Old small" not in text
    assert text.startswith("# Results\n\nWords.\n")
    assert text.index("New small") < text.index("Big")
    assert text.count("## 1,000 past visits") == text.count("## 5,000 past visits") == 1
