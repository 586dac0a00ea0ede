"""Kinds of badges differ in colour, in word and in pattern, and their words can be read."""

import pytest

from app.badge_print.kinds import BLACK, KINDS, READABLE, WHITE, contrast, kind


def test_kinds_differ_in_colour_and_without_it():
    for trait in ("code", "word", "colour", "pattern"):
        assert len({getattr(one, trait) for one in KINDS}) == len(KINDS)


@pytest.mark.parametrize("one", KINDS, ids=lambda one: one.code)
def test_the_word_on_a_band_can_be_read(one):
    assert contrast(one.ink, one.colour) >= READABLE


def test_contrast_is_that_of_wcag():
    assert contrast(WHITE, BLACK) == contrast(BLACK, WHITE) == 21
    assert contrast((119, 119, 119), WHITE) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("code", "word"), [("vip", "VIP"), ("general", "Umum"), ("old", "Umum")])
def test_a_kind_is_known_by_its_code_and_an_unknown_one_is_general(code, word):
    assert kind(code).word == word
