"""Kinds of badges differ in colour, in word and in pattern, and their words can be read."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.badge_print.kinds import (
    BLACK,
    KINDS,
    READABLE,
    WHITE,
    Kind,
    Pattern,
    colour_of,
    contrast,
    kind,
)
from app.badge_print.preview import band_sample, pattern_sample
from app.badge_print.weave import PATTERNS, kind_band
from app.phrases import BADGE_PATTERNS

parts_of_light = st.tuples(*[st.integers(0, 255)] * 3)


def test_the_first_kinds_differ_in_colour_and_without_it():
    for trait in ("code", "word", "colour", "pattern"):
        assert len({getattr(one, trait) for one in KINDS}) == len(KINDS)


@given(parts_of_light)
def test_the_word_on_a_band_of_any_colour_can_be_read(colour):
    assert contrast(Kind("x", "X", colour, Pattern.SOLID).ink, colour) >= READABLE


@given(parts_of_light)
def test_a_colour_is_read_as_it_is_written(colour):
    assert colour_of("#{:02x}{:02x}{:02x}".format(*colour)) == colour


@pytest.mark.parametrize(
    "text", ["", "#fff", "172f57", "#172f5", "#17 2f57", "#172f57 ", "#17zf57"]
)
def test_what_is_no_colour_is_refused(text):
    with pytest.raises(ValueError, match=r"^.*$"):
        colour_of(text)


def test_each_pattern_has_a_drawing_unlike_every_other_and_a_name():
    assert set(PATTERNS) == set(Pattern) == set(BADGE_PATTERNS)
    for one, other in itertools.combinations(PATTERNS.values(), 2):
        unlike = sum(a != b for a, b in zip("".join(one), "".join(other), strict=True))
        assert unlike >= 6  # of 25 cells


def test_contrast_is_that_of_wcag():
    assert contrast(WHITE, BLACK) == contrast(BLACK, WHITE) == 21
    assert contrast((119, 119, 119), WHITE) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("code", "word"), [("vip", "VIP"), ("general", "Umum"), ("old", "Umum")])
def test_a_kind_is_known_by_its_code_and_an_unknown_one_is_general(code, word):
    assert kind(code).word == word


def test_a_kind_is_looked_up_among_those_of_the_office():
    own = (Kind("vip", "Tamu penting", BLACK, Pattern.BARS),)
    assert kind("vip", own) == kind("general", own) == own[0]


@pytest.mark.parametrize("pattern", Pattern)
@pytest.mark.parametrize("word", ["VIP", "WWWWWWWWWWWWWW"])
def test_word_and_pattern_of_a_band_stay_in_it_and_apart(word, pattern):
    band, *marks, written = kind_band(Kind("x", word, BLACK, pattern), (5, 7, 24, 4), is_black=True)
    assert (band.x, band.y) == (5, 7)
    assert written.x > 5
    ends = [mark.x for mark in marks] or [5 + 24]
    assert written.x + written.width < min(ends)
    for mark in marks:
        assert 5 < mark.x < mark.x + 5 * mark.unit < 5 + 24
        assert 7 < mark.y < mark.y + 5 * mark.unit < 7 + 4


def test_a_drawing_shows_the_kind_in_its_colour_or_all_in_black():
    own = Kind("vip", "Tamu penting", (0x40, 0x20, 0x60), Pattern.BARS)
    for is_black, ground in ((False, "#402060"), (True, "#000000")):
        band, *_, written = band_sample(own, is_black=is_black).elements
        assert (band.attributes["fill"], written.text) == (ground, "TAMU PENTING")
    assert [one.tag for one in pattern_sample(Pattern.BARS).elements] == ["path"] * 3
