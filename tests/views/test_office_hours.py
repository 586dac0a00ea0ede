"""Jam kerja: a week is saved in one go, or not at all."""

from datetime import time

import pytest

from tests.views.office_page import (
    NOT_SAVED,
    SAME,
    USUAL,
    said,
    saved,
    section,
    send,
    stored,
    version,
    week,
)
from tests.views.reading import words


def test_the_week_shows_what_is_stored(office):
    data = section(office.desk("adi").get("/kantor").text, "hours").data
    assert [data.get(f"d{day}-open") for day in range(7)] == ["1"] * 5 + [None] * 2
    friday = [data[f"d4-{name}"] for name in ("opens_at", "closes_at", "break_from", "break_until")]
    assert friday == ["07.30", "16.30", "11.30", "13.00"]
    assert data["d6-opens_at"] == ""


def test_days_are_opened_changed_and_closed_in_one_go(office):
    before = version(office)
    monday = {
        "d0-opens_at": "8",
        "d0-closes_at": "15:00",
        "d0-break_from": "",
        "d0-break_until": "",
    }
    saturday = {"d5-open": "1", "d5-opens_at": "0800", "d5-closes_at": "12,30"}
    saved(send(office, "hours", **{"d1-open": None}, **monday, **saturday))
    assert said(office) == "Jam kerja disimpan. Yang berubah: Senin, Selasa, Sabtu."
    assert week(office) == {
        0: (time(8), time(15), None, None),
        **{day: USUAL[day] for day in (2, 3, 4)},
        5: (time(8), time(12, 30), None, None),
    }
    assert version(office) == before + 1
    saved(send(office, "hours"))
    assert said(office) == SAME
    assert version(office) == before + 1


def test_what_stands_on_a_closed_day_does_not_matter(office):
    saved(send(office, "hours", **{"d0-open": None, "d0-opens_at": "pagi", "d0-closes_at": "1"}))
    assert week(office) == {day: USUAL[day] for day in (1, 2, 3, 4)}


def test_a_week_without_an_open_day_is_stored_and_remarked_upon(office):
    saved(send(office, "hours", **{f"d{day}-open": None for day in range(5)}))
    assert said(office) == (
        "Kantor tercatat tidak buka pada hari apa pun. "
        "Jam kerja disimpan. Yang berubah: Senin, Selasa, Rabu, Kamis, Jumat."
    )
    assert week(office) == {}


HALF = "Isi awal dan akhir istirahat, atau kosongkan keduanya."
OUTSIDE = "Istirahat harus di antara jam buka dan jam tutup."
BAD_DAYS = {
    "closes before it opens": ({"d0-closes_at": "07.00"}, "Jam tutup harus sesudah jam buka."),
    "no opening": ({"d0-opens_at": ""}, "Tulis jam buka, misalnya 07.30."),
    "no closing": ({"d0-closes_at": " "}, "Tulis jam tutup, misalnya 16.00."),
    "half a break": ({"d0-break_from": ""}, HALF),
    "the other half": ({"d0-break_until": ""}, HALF),
    "a break backwards": ({"d0-break_until": "11.00"}, "Akhir istirahat harus sesudah awalnya."),
    "a break outside": ({"d0-break_until": "17"}, OUTSIDE),
    "an hour in words": ({"d0-opens_at": "pagi"}, "Jam buka: tulis seperti 07.30."),
    "an hour of no day": ({"d0-closes_at": "25.00"}, "Jam tutup: tulis seperti 07.30."),
    "a break in words": ({"d0-break_from": "siang"}, "Istirahat dari: tulis seperti 07.30."),
}


@pytest.mark.parametrize("name", BAD_DAYS)
def test_a_day_that_cannot_be_says_why_keeps_what_was_typed_and_no_day_is_changed(office, name):
    typed, sentence = BAD_DAYS[name]
    before, seen = stored(office), version(office)
    others = {"d2-open": None, "d5-open": "1", "d5-opens_at": "8", "d5-closes_at": "12"}
    answer = send(office, "hours", **typed, **others)
    assert answer.status_code == 422
    assert NOT_SAVED in words(answer.text)
    assert words(answer.text).count(sentence) == 1
    shown = section(answer.text, "hours").data
    kept = {**typed, **others}
    assert {field: shown.get(field) for field in kept} == kept
    assert answer.text.count(' aria-invalid="true"') == 1
    assert (stored(office), version(office)) == (before, seen)


def test_every_day_that_cannot_be_is_marked_and_the_first_has_the_focus(office):
    typed = {"d1-opens_at": "pagi", "d1-break_from": "siang", "d3-closes_at": "7"}
    answer = send(office, "hours", **typed)
    marked = [part.partition(">")[0] for part in answer.text.split("<input")]
    marked = [part for part in marked if 'aria-invalid="true"' in part]
    assert ["autofocus" in part for part in marked] == [True, False, False]
    assert [name for part in marked for name in typed if f'name="{name}"' in part] == list(typed)
