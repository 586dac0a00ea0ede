import pytest

from app.domain.nip import NipError, normalise_nip, show_nip

NIP = "197501012000031002"


@pytest.mark.parametrize(
    "text", [NIP, "19750101 200003 1 002", "19750101.200003.1.002", "1975-0101 2000\u00a003 1002"]
)
def test_a_nip_is_read_however_its_digits_are_grouped(text):
    assert normalise_nip(text) == NIP


@pytest.mark.parametrize(
    "text", ["", "1975", NIP + "1", NIP[:-1] + "x", "NIP " + NIP, NIP[:-1] + "٢"]
)
def test_anything_but_eighteen_digits_is_refused(text):
    with pytest.raises(NipError):
        normalise_nip(text)


def test_a_nip_is_shown_in_its_four_groups_and_anything_else_as_it_is():
    assert show_nip(NIP) == "19750101 200003 1 002"
    assert show_nip("510123") == "510123"
    assert show_nip("") == ""
