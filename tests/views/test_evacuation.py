"""Daftar evakuasi: everyone inside, with badge, host and last step."""

import re

import pytest

from tests.views.reading import statements, words

PAGE = "/evakuasi"


def listed(page: str) -> list[str]:
    """The rows of the list in words."""
    return [words(row) for row in re.findall(r"<tr id=.*?</tr>", page, re.DOTALL)]


def test_everyone_inside_is_listed_by_badge_with_host_and_last_step(office):
    office.bring_to_step(5, "14", name="Wulan")
    office.bring_to_step(3, "12", party_size=4)
    office.desk("fitri").scan("13", visit="2/2026", intent="add")
    office.desk("fitri").post(
        "/kunjungan/2026/2/rombongan", {"size": "4", "names": "Budi\nSiti Aminah"}
    )
    page = office.desk("kasim").get(PAGE).text
    assert "pukul 09.12 WIB: 2 kunjungan, 5 orang di dalam." in words(page)
    group, alone = listed(page)
    assert group.startswith(
        "Tanda pengenal 012 Tanda pengenal 013 Tono 4 orang , ada: ____ "
        "bersama Budi, Siti Aminah dan 1 orang tanpa nama belum ditentukan Langkah 3, Sekretaris"
    )
    assert alone.startswith(
        "Tanda pengenal 014 Wulan Kepala Dinas Hadi "
        "Langkah 5, menunggu penerima, Kepala Dinas sejak 09.08"
    )


def test_who_has_gone_is_not_listed_and_who_waits_for_a_badge_stands_last(office):
    office.bring_to_step(6, "12", name="Sudah pulang")
    office.clock.pass_time(minutes=2)
    office.scan("fitri", "12")
    office.open_visit("Baru datang", party_size=2)
    office.bring_to_step(2, "13", name="Wulan")
    page = office.desk("fitri").get(PAGE).text
    with_badge, without = listed(page)
    assert with_badge.startswith("Tanda pengenal 013 Wulan")
    assert without.startswith("Tanda pengenal belum Baru datang 2 orang")
    assert "Langkah 1, Petugas Front Desk" in without
    assert "dari 2" in without
    assert (
        "2 kunjungan, 3 orang di dalam, termasuk 1 kunjungan yang belum memegang kartu."
    ) in words(page)


def test_an_empty_house_has_nothing_to_print(office):
    page = office.desk("fitri").get(PAGE).text
    assert (listed(page), "data-print" in page) == ([], False)
    assert "0 kunjungan, 0 orang di dalam." in words(page)
    assert "Tidak ada tamu di dalam" in words(page)


@pytest.mark.parametrize("who", ["fitri", "kasim", "sekar", "adi"])
def test_whoever_oversees_the_house_finds_it_in_the_menu_and_beside_who_is_inside(office, who):
    for url in ("/meja", "/sedang-di-dalam"):
        assert f'href="{PAGE}"' in office.desk(who).get(url).text
    assert office.desk(who).get(PAGE).status_code == 200


@pytest.mark.parametrize("who", ["hadi", "wati"])
def test_whoever_does_not_oversee_it_is_not_told_who_is_inside(office, who):
    office.bring_to_step(3, name="Rahasia")
    answer = office.desk(who).get(PAGE)
    assert (answer.status_code, "Rahasia" in answer.text) == (403, False)
    assert f'href="{PAGE}"' not in office.desk(who).get("/meja").text


def test_the_page_neither_polls_nor_shows_a_phone_number(office):
    office.bring_to_step(3, phone="+6281234567890")
    main = office.desk("kasim").get(PAGE).text.partition('<main id="main"')[2]
    assert "hx-" not in main.partition("</main>")[0]
    assert "7890" not in main


def test_a_full_house_asks_as_much_as_one_guest(office):
    asked = []
    for badge in ("12", "13", "14"):
        office.bring_to_step(5, badge)
        with statements(office.app) as sent:
            office.desk("kasim").get(PAGE)
        asked.append(len(sent))
    assert asked[0] == asked[1] == asked[2]
