"""Pages on the wire: compressed for whoever takes it, never at another site's bidding."""

import gzip

import pytest

from tests.cast import Office

PAGE = "/buku-tamu"
TAKES = {"Accept-Encoding": "gzip, deflate, br"}
OURS = {**TAKES, "Sec-Fetch-Site": "same-origin"}


def test_a_page_is_the_same_compressed_and_far_smaller(office: Office):
    kasim = office.desk("kasim")
    answer = kasim.get(PAGE, headers=OURS)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert {"Accept-Encoding", "Sec-Fetch-Site"} <= set(answer.vary)
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    page = gzip.decompress(answer.data).decode()
    assert len(answer.data) < len(page) / 3
    assert page.count("<h1>Buku tamu</h1>") == kasim.get(PAGE).text.count("<h1>Buku tamu</h1>") == 1


@pytest.mark.parametrize(
    ("base", "headers", "is_compressed"),
    [
        ("https://localhost", {**TAKES, "Sec-Fetch-Site": "same-origin"}, True),
        ("https://localhost", {**TAKES, "Sec-Fetch-Site": "none"}, True),
        ("https://localhost", {**TAKES, "Sec-Fetch-Site": "same-site"}, False),
        ("https://localhost", {**TAKES, "Sec-Fetch-Site": "cross-site"}, False),
        ("https://localhost", TAKES, False),
        ("http://localhost", {**TAKES, "Sec-Fetch-Site": "cross-site"}, False),
        ("http://localhost", TAKES, True),
        ("http://localhost", {"Accept-Encoding": "br"}, False),
        ("http://localhost", {"Accept-Encoding": "gzip;q=0"}, False),
        ("http://localhost", {}, False),
    ],
    ids=str,
)
def test_no_other_site_has_a_page_compressed(office: Office, base, headers, is_compressed):
    answer = office.app.test_client().get("/masuk", base_url=base, headers=headers)
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == ("gzip" if is_compressed else None)
    assert "Accept-Encoding" in answer.vary


def test_what_is_short_or_no_page_goes_out_as_it_is(office: Office):
    kasim = office.desk("kasim")
    for path in ("/sehat", "/pindai/terakhir", "/sop.pdf"):
        answer = kasim.get(path, headers=OURS)
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer.headers
