import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.phone import PhoneError, mask_phone, normalise_phone, show_phone

steady = settings(deadline=None)
subscribers = st.builds(
    "8{}{}".format, st.sampled_from("123456789"), st.text(string.digits, min_size=6, max_size=10)
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        pytest.param("081234567890", "+6281234567890", id="as people write it"),
        pytest.param("0812-3456-7890", "+6281234567890", id="dashes"),
        pytest.param("0812 3456 7890", "+6281234567890", id="spaces"),
        pytest.param("0812.3456.7890", "+6281234567890", id="dots"),
        pytest.param("(0812) 3456-7890", "+6281234567890", id="brackets"),
        pytest.param("+62 812-3456-7890", "+6281234567890", id="+62"),
        pytest.param("62812 3456 7890", "+6281234567890", id="62"),
        pytest.param("0062 812 3456 7890", "+6281234567890", id="0062"),
        pytest.param("+62 (0)812 3456 7890", "+6281234567890", id="+62 (0)"),
        pytest.param("81234567890", "+6281234567890", id="a bare 8"),
        pytest.param("081234567", "+6281234567", id="the shortest mobile"),
        pytest.param("0812345678901", "+62812345678901", id="the longest mobile"),
        pytest.param("0561-736541", "+62561736541", id="Pontianak"),
        pytest.param("(021) 3456789", "+62213456789", id="Jakarta"),
        pytest.param("0967 533777", "+62967533777", id="Jayapura"),
        pytest.param("+60 82-123456", "+6082123456", id="Kuching"),
        pytest.param("0060 82 123456", "+6082123456", id="Kuching, 00"),
        pytest.param("+1 202 555 0143", "+12025550143", id="Washington"),
        pytest.param("+673 2223344", "+6732223344", id="Brunei"),
    ],
)
def test_a_telephone_number_is_stored_as_e164(typed, stored):
    assert normalise_phone(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("-", id="a dash"),
        pytest.param("tidak ada", id="words"),
        pytest.param("0812", id="too short"),
        pytest.param("08123456", id="a digit short of a mobile"),
        pytest.param("08123456789012", id="a digit too long for a mobile"),
        pytest.param("0801234567", id="080"),
        pytest.param("+62", id="a country alone"),
        pytest.param("+0812345678", id="no country begins with 0"),
        pytest.param("+1234567890123456", id="longer than any number"),
        pytest.param("12345678", id="no prefix at all"),
        pytest.param("6171011203850003", id="a NIK"),
        pytest.param("081234567890a", id="a letter"),
        pytest.param("0812345678 / 0813456789", id="two numbers"),
        pytest.param("08123456٧٨٩٠", id="Arabic digits"),
        pytest.param("081234567890\n", id="a line end"),
    ],
)
def test_a_text_that_is_no_whole_number_is_refused(typed):
    with pytest.raises(PhoneError):
        normalise_phone(typed)


@pytest.mark.parametrize(
    ("stored", "shown", "masked"),
    [
        ("+6281234567890", "0812-3456-7890", "0812••••890"),
        ("+6281234567", "0812-3456-7", "0812••••567"),
        ("+62561736541", "0561-7365-41", "0561••••541"),
        ("+12025550143", "+12025550143", "+120••••143"),
    ],
)
def test_a_number_is_shown_as_the_office_writes_it_and_masked(stored, shown, masked):
    assert show_phone(stored) == shown
    assert mask_phone(stored) == masked


@steady
@given(subscribers, st.sampled_from(["0", "62", "+62", "0062", "", "+620", "620"]))
def test_every_way_to_write_a_mobile_number_is_the_same_number(subscriber, prefix):
    assert normalise_phone(prefix + subscriber) == f"+62{subscriber}"


@steady
@given(subscribers, st.data())
def test_punctuation_changes_nothing(subscriber, data):
    number = f"0{subscriber}"
    marks = data.draw(st.lists(st.sampled_from(["", " ", "-", ".", "(", ")"]),
                               min_size=len(number), max_size=len(number)))  # fmt: skip

    typed = "".join(mark + digit for mark, digit in zip(marks, number, strict=True))

    assert normalise_phone(typed) == f"+62{subscriber}"


@steady
@given(subscribers)
def test_what_is_shown_is_the_number_that_is_stored(subscriber):
    stored = f"+62{subscriber}"

    assert normalise_phone(show_phone(stored)) == stored
    assert normalise_phone(stored) == stored


@steady
@given(st.text(string.digits + " +-.()x٣", max_size=24))
def test_whatever_is_typed_becomes_e164_or_is_refused(text):
    try:
        number = normalise_phone(text)
    except PhoneError:
        return
    assert number[0] == "+"
    assert set(number[1:]) <= set(string.digits)
    assert 8 <= len(number) <= 16
    assert normalise_phone(number) == number


@steady
@given(subscribers)
def test_a_masked_number_hides_all_but_four_and_three_digits(subscriber):
    local = f"0{subscriber}"

    assert mask_phone(f"+62{subscriber}") == f"{local[:4]}••••{local[-3:]}"
