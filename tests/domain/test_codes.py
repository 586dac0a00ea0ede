import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.domain.codes import CODE_LENGTH, BadgeCode, BadgeNumber, Foreign, read_content
from app.qr import new_code

CODE = "ABCDEFGHJKMN2345"
HOST = "https://tamu.kantor.lan"
ALPHABET = string.ascii_uppercase + "234567"
codes = st.text(ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH)
steady = settings(deadline=None)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(CODE, id="bare"),
        pytest.param(CODE.lower(), id="bare, lower case"),
        pytest.param(f"  {CODE}\r\n", id="bare, with a scanner's line end"),
        pytest.param(f"T/{CODE}", id="before the address is set"),
        pytest.param(f"/T/{CODE}", id="path alone"),
        pytest.param(f"HTTPS://TAMU.KANTOR.LAN/T/{CODE}", id="as printed"),
        pytest.param(f"{HOST}/T/{CODE}", id="as a browser shows it"),
        pytest.param(f"{HOST}/t/{CODE.lower()}", id="lower case"),
        pytest.param(f"http://192.168.1.10:8443/T/{CODE}", id="another host and port"),
        pytest.param(f"ftp://[fd00::1]:21/T/{CODE}", id="another scheme"),
        pytest.param(f"tamu.kantor.lan/T/{CODE}", id="no scheme"),
        pytest.param(f"{HOST}/app/tamu/T/{CODE}", id="a longer path"),
        pytest.param(f"{HOST}/T/{CODE}/", id="trailing slash"),
        pytest.param(f"{HOST}/T/{CODE}?from=camera&t=/x", id="query"),
        pytest.param(f"{HOST}/T/{CODE}/?q", id="slash and query"),
        pytest.param(f"{HOST}/T/{CODE}#top?", id="fragment"),
    ],
)
def test_a_code_is_read_bare_or_from_any_address(content):
    assert read_content(content) == BadgeCode(CODE)


@pytest.mark.parametrize(
    ("content", "number"),
    [("1", 1), ("7", 7), ("012", 12), ("0012", 12), ("9999", 9999), (" 12\n", 12)],
)
def test_a_printed_number_is_read_with_and_without_zeros(content, number):
    assert read_content(content) == BadgeNumber(number)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param("   ", id="spaces"),
        pytest.param("0", id="0"),
        pytest.param("0000", id="0000"),
        pytest.param("00012", id="00012"),
        pytest.param("10000", id="10000"),
        pytest.param("-1", id="-1"),
        pytest.param("1.0", id="1.0"),
        pytest.param("²", id="superscript"),
        pytest.param("١٢", id="Arabic digits"),
        pytest.param("6171011203850003", id="a NIK"),
        pytest.param(CODE[:-1], id="truncated"),
        pytest.param(f"{HOST}/T/{CODE[:-1]}", id="truncated in an address"),
        pytest.param(CODE + "A", id="too long"),
        pytest.param(CODE[:-1] + "1", id="a digit that is no base32"),
        pytest.param(CODE[:8] + " " + CODE[8:], id="a space within"),
        pytest.param(f"{HOST}/T/", id="no code"),
        pytest.param(f"{HOST}/V/{CODE}", id="another path"),
        pytest.param(f"{HOST}/XT/{CODE}", id="a path that ends in T"),
        pytest.param(f"{HOST}/T/{CODE}/masuk", id="more path"),
        pytest.param(f"{HOST}/?to=/T/{CODE}", id="only in the query"),
        pytest.param(f"{HOST}/#/T/{CODE}", id="only in the fragment"),
        pytest.param("https://id.wikipedia.org/wiki/Pontianak", id="another address"),
        pytest.param("ＡＢＣＤＥＦＧＨＪＫＭＮ２３４５", id="full-width letters"),
        pytest.param("ßbcdefghjkmn2345", id="a letter that grows in upper case"),
        pytest.param("ıbcdefghjkmn2345", id="a Turkish i"),
        pytest.param(f"{CODE}\x00", id="a zero byte"),
        pytest.param("🙂" * 16, id="emoji"),
        pytest.param("A" * 10_000, id="10 kB"),
        pytest.param("1" * 10_000, id="10 kB of digits"),
        pytest.param("/" * 10_000 + f"T/{CODE}", id="a code behind 10 kB"),
    ],
)
def test_anything_else_is_foreign_and_only_its_length_is_kept(content):
    assert read_content(content) == Foreign(len(content))


def test_a_code_in_an_address_longer_than_512_characters_is_not_read():
    fits = "https://" + "a" * (512 - len(f"https:///T/{CODE}")) + f"/T/{CODE}"

    assert read_content(fits) == BadgeCode(CODE)
    assert read_content("x" + fits) == Foreign(513)


def test_a_new_code_is_read_as_it_is():
    code = new_code()

    assert read_content(code) == BadgeCode(code)


@steady
@given(st.integers(1, 9999), st.integers(1, 4))
def test_every_number_of_a_badge_is_read(number, width):
    assert read_content(f"{number:0{width}}") == BadgeNumber(number)


@steady
@given(
    codes, st.sampled_from(["", "T/", "/T/", "HTTP://A:1/T/", "https://b.c/d/t/"]), st.booleans()
)
@example(code="2222222222222222", before="", lower=False)
def test_every_code_is_read_from_every_form_in_both_cases(code, before, lower):
    content = before + code

    assert read_content(content.lower() if lower else content) == BadgeCode(code)


@steady
@given(codes, st.integers(1, CODE_LENGTH - 1))
def test_no_part_of_a_code_is_read_as_a_code(code, length):
    assert not isinstance(read_content(f"{HOST}/T/{code[:length]}"), BadgeCode)


@steady
@given(st.text(max_size=600))
def test_whatever_is_scanned_has_one_of_three_meanings(text):
    match read_content(text):
        case BadgeCode(value):
            assert value in text.upper()
            assert len(value) == CODE_LENGTH
        case BadgeNumber(value):
            assert 1 <= value <= 9999
            assert int(text) == value
        case Foreign(length):
            assert length == len(text)
