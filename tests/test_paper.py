import pytest

from app.paper import (
    ENCODING,
    LEAST_SIZE,
    Paper,
    fit,
    outline,
    printable,
    runs,
    text_width,
    wrap,
    wrap_whole,
)

SIZES = (8.0, 7.0, 6.0, 5.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dinas Koperasi", "Dinas Koperasi"),
        ("“Satu” – ‘dua’ — tiga’s … €", "“Satu” – ‘dua’ — tiga’s … €"),
        ("Jum\u2011at, Jumʼat, 5 − 3 → 2", "Jum-at, Jum’at, 5 - 3 -> 2"),
        ("Łódź, Đà Nẵng", "Lódz, Dà Nang"),
        ("e\u0301, q\u0301", "é, q"),
        ("東京 🙂", "?? ?"),
        ("ﬁle Ⅳ １２", "file IV 12"),
        (" satu\n\tdua\u00a0tiga\u2009empat ", "satu dua tiga empat"),
        ("a\u200bb\x00c\x9dd", "ab?c?d"),
        ("", ""),
    ],
)
def test_printable_keeps_what_the_typefaces_have_and_replaces_the_rest(text, expected):
    assert printable(text) == expected


def test_printable_never_lets_through_what_cannot_be_printed():
    for start in range(0, 0x11000, 64):
        text = printable("".join(map(chr, range(start, start + 64))))
        text.encode(ENCODING)
        assert text_width(text, "B") >= 0


def test_a_short_text_takes_the_first_size_and_one_line():
    assert fit("Dinas", width=40, sizes=SIZES, most_lines=2) == fit(
        "Dinas", width=1000, sizes=SIZES, most_lines=2
    )
    assert fit("Dinas", width=40, sizes=SIZES, most_lines=2).size == 8


@pytest.mark.parametrize("text", ["Dinas Koperasi dan Usaha Kecil " * 3, "W" * 90, "i W" * 40, "X"])
@pytest.mark.parametrize("width", [3, 20, 37.5])
def test_every_line_fits_its_room(text, width):
    fitted = fit(text, width=width, sizes=SIZES, most_lines=2)

    assert 1 <= len(fitted.lines) <= 2
    assert all(text_width(line) * fitted.size <= width for line in fitted.lines)


def test_a_text_shrinks_before_it_is_cut():
    text = "Kementerian Pendayagunaan Aparatur Negara dan Reformasi Birokrasi"
    fitted = fit(text, width=37.5, sizes=SIZES, most_lines=2)

    assert fitted.size < 8
    assert " ".join(fitted.lines) == text


def test_a_text_cut_short_says_so():
    fitted = fit("kata " * 60, width=37.5, sizes=SIZES, most_lines=2)

    assert fitted.size == 5
    assert fitted.lines[-1].endswith("kata…")


def test_no_text_has_no_lines():
    assert fit("", width=10, sizes=SIZES, most_lines=2).lines == ()


def test_runs_are_the_set_cells_in_a_row():
    assert list(runs([True, True, False, True])) == [(0, 2), (3, 1)]


def test_an_outline_is_one_rectangle_a_run():
    assert outline([[True, True], [False, True]]) == "0 0 2 1 re 1 1 1 1 re"


@pytest.mark.parametrize("weight", ["", "B"])
@pytest.mark.parametrize("text", ["Dinas Koperasi dan Usaha Kecil " * 3, "Wwmmww" * 30, "i W" * 40])
def test_wrapped_lines_fit_their_width_and_lose_nothing(text, weight):
    fitted = wrap(text, width=20, size=9, weight=weight)

    assert fitted.size == 9
    assert "".join("".join(fitted.lines).split()) == "".join(text.split())
    assert all(text_width(line, weight) * 9 <= 20 for line in fitted.lines)


def test_a_long_word_stays_whole_at_a_smaller_size():
    text = "Melaporkan kepada Penanggungjawab"
    fitted = wrap_whole(text, width=22, size=12)

    assert LEAST_SIZE < fitted.size < 12
    assert fitted.lines == ("Melaporkan", "kepada", "Penanggungjawab")


def test_a_word_that_no_readable_size_holds_is_broken():
    fitted = wrap_whole("Wwmmww" * 20, width=22, size=12)

    assert fitted.size == LEAST_SIZE
    assert "".join(fitted.lines) == "Wwmmww" * 20


@pytest.mark.parametrize(
    ("size", "landscape", "expected"),
    [
        ("A4", False, (210, 297)),
        ("A4", True, (297, 210)),
        ("F4", False, (215, 330)),
        ("F4", True, (330, 215)),
    ],
)
def test_paper_comes_in_a4_and_f4_upright_and_across(size, landscape, expected):
    paper = Paper("Lembar", size, landscape=landscape)
    paper.add_page()

    assert (round(paper.w), round(paper.h)) == expected
