"""Jenis tanda pengenal: a word, a colour and a pattern each, and badges that are given another."""

import re

import pytest

from app.badge_print.kinds import KINDS, Pattern, stored_kinds
from app.models.badge import Badge, BadgeKind
from app.operations.badge_kinds import KindData, add_kind
from tests.support import pdf as paper
from tests.views.reading import forms, row, rows, words

LIST, NEW, VIP = "/tanda-pengenal/jenis", "/tanda-pengenal/jenis/baru", "/tanda-pengenal/jenis/vip"
SHEET = {"which": "range", "first": "3", "last": "3"}
INTERN = {"word": "Magang", "colour": "#744700", "pattern": "bars"}


def send(office, url, **fields):
    return office.desk("adi").post(url, fields)


def page(office, url=LIST):
    return words(office.desk("adi").get(url).text)


def described(office):
    kinds = sorted(rows(office, BadgeKind), key=lambda kind: kind.position)
    return [(kind.code, kind.word, kind.colour, kind.pattern) for kind in kinds]


def badges_of(office, kind):
    return [badge.number for badge in rows(office, Badge) if badge.kind == kind]


def test_an_office_begins_with_the_four_kinds(office):
    assert stored_kinds(sorted(rows(office, BadgeKind), key=lambda kind: kind.position)) == KINDS


def test_the_list_shows_each_kind_with_its_badges(office):
    assert send(office, LIST, first="5", last="8", kind="vip").status_code == 303
    shown = page(office)
    assert "Umum polos UMUM UMUM 001–004, 009–020" in shown
    assert "VIP belah ketupat VIP VIP 005–008" in shown
    assert "Penyedia kotak-kotak PENYEDIA PENYEDIA Belum ada kartu" in shown


def test_a_new_kind_comes_last_and_can_be_printed(office):
    answer = send(office, NEW, **INTERN)
    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    assert described(office)[4:] == [("kind-5", "Magang", "#744700", "bars")]
    assert "Jenis Magang disimpan." in page(office)
    send(office, LIST, first="3", last="3", kind="kind-5")
    pdf = office.desk("adi").post("/tanda-pengenal/cetak.pdf", SHEET).data
    assert "MAGANG" in paper.texts(pdf)[0]


def test_a_kind_that_is_changed_is_printed_and_shown_anew(office):
    send(office, LIST, first="3", last="3", kind="vip")
    answer = send(office, VIP, word="  Tamu   penting", colour="#402060", pattern="stairs")
    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    assert row(office, Badge, number=3).kind == "vip"
    assert described(office)[2] == ("vip", "Tamu penting", "#402060", "stairs")
    assert "Kartu 003 berjenis ini. Cetak lagi bila tampilannya berubah." in page(office)
    pdf = office.desk("adi").post("/tanda-pengenal/cetak.pdf", SHEET).data
    assert "TAMU PENTING" in paper.texts(pdf)[0]
    preview = office.desk("adi").get("/tanda-pengenal/cetak", query_string=SHEET).text
    assert re.search(r'fill="#402060"', preview)


def test_a_kind_without_badges_needs_no_new_print(office):
    send(office, VIP, word="Tamu penting", colour="#402060", pattern="stairs")
    assert "Cetak lagi" not in page(office)


def test_a_kind_saved_as_it_is_stays_as_it_is(office):
    before = described(office)
    send(office, VIP, word="VIP", colour="#a1211d", pattern="diamonds")
    assert described(office) == before


REFUSED = {
    "no word": ({"word": " "}, "Tulis kata pada pita, misalnya Magang."),
    "a long word": ({"word": "Tamu kehormatan"}, "Ringkas menjadi paling banyak 14 huruf."),
    "a word no printer has": ({"word": "客人"}, "Pakai huruf Latin, angka"),
    "a capital no printer has": ({"word": "µ"}, "Pakai huruf Latin, angka"),
    "another's word": ({"word": "PENYEDIA"}, "Sudah ada jenis “Penyedia”. Pilih kata lain."),
    "no colour": ({"colour": ""}, "Pilih warna dari kotak warna."),
    "a colour in words": ({"colour": "merah"}, "Pilih warna dari kotak warna."),
    "half a colour": ({"colour": "#1 2 3 "}, "Pilih warna dari kotak warna."),
    "white": ({"colour": "#FFFFFF"}, "Hampir tidak tampak di kertas putih."),
    "no pattern": ({"pattern": ""}, "Pilih pola dari gambar."),
    "an unknown pattern": ({"pattern": "bintang"}, "Pilih pola dari gambar."),
    "another's pattern": (
        {"pattern": "stripes"},
        "Pola itu milik jenis “Rombongan”. Pilih yang lain agar kartu berbeda juga tanpa warna.",
    ),
}


@pytest.mark.parametrize("url", [NEW, VIP])
@pytest.mark.parametrize("name", REFUSED)
def test_what_would_not_tell_a_kind_apart_says_why_and_stores_nothing(office, name, url):
    fields, sentence = REFUSED[name]
    before = described(office)
    answer = send(office, url, **(INTERN | fields))
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert described(office) == before


def test_the_form_shows_what_is_stored_and_which_patterns_are_taken(office):
    text = office.desk("adi").get(VIP).text
    form = next(form for form in forms(text) if "word" in form.names)
    assert (form.data["word"], form.data["colour"], form.data["pattern"]) == (
        "VIP",
        "#a1211d",
        "diamonds",
    )
    assert re.findall(r'value="(\w+)" disabled', text) == ["solid", "stripes", "checks"]
    assert "Garis tegak dipakai Rombongan" in words(text)


def test_there_are_as_many_kinds_as_patterns(office):
    free = [pattern for pattern in Pattern if pattern not in {kind.pattern for kind in KINDS}]
    with office.app.app_context():
        for number, pattern in enumerate(free):
            assert NEW in office.desk("adi").get(LIST).text
            add_kind(KindData(f"Jenis {number}", "#744700", pattern))
    assert NEW not in office.desk("adi").get(LIST).text
    assert send(office, NEW, **INTERN).status_code == 422
    assert len(rows(office, BadgeKind)) == len(Pattern)


def test_a_kind_that_there_is_not_is_not_found(office):
    url = "/tanda-pengenal/jenis/entah"
    assert office.desk("adi").get(url).status_code == 404
    assert send(office, url, **INTERN).status_code == 404


# --- Badges of another kind -----------------------------------------------------------------------


def test_badges_of_another_kind_keep_number_and_code_and_are_to_be_printed_again(office):
    code = office.code_of(7)
    answer = send(office, LIST, first="7", last="9", kind="group")
    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    assert badges_of(office, "group") == [7, 8, 9]
    assert office.code_of(7) == code
    shown = page(office)
    assert "3 kartu sekarang berjenis Rombongan." in shown
    assert "Cetak lagi kartu 007–009" in shown


def test_the_same_change_twice_changes_nothing_the_second_time(office):
    send(office, LIST, first="7", last="9", kind="group")
    page(office)
    assert send(office, LIST, first="7", last="9", kind="group").status_code == 303
    shown = page(office)
    assert "Semua kartu itu sudah berjenis Rombongan." in shown
    assert "Cetak lagi" not in shown


WRONG = {
    "backwards": ({"first": "9", "last": "7"}, "Nomor berurutan"),
    "no numbers": ({"first": "", "last": ""}, "Tulis nomor pertama dengan angka."),
    "none there": ({"first": "500", "last": "501"}, "Belum ada tanda pengenal dengan nomor itu."),
    "an unknown kind": ({"kind": "entah"}, "Pilih jenis dari daftar."),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_change_that_cannot_be_made_says_why(office, name):
    fields, sentence = WRONG[name]
    answer = send(office, LIST, **({"first": "7", "last": "9", "kind": "vip"} | fields))
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert badges_of(office, "general") == list(range(1, 21))


def test_new_badges_are_of_the_kind_that_was_chosen(office):
    send(office, "/tanda-pengenal", first="21", last="22", kind="provider")
    send(office, "/tanda-pengenal", first="23", last="23")
    assert badges_of(office, "provider") == [21, 22]
    assert row(office, Badge, number=23).kind == "general"
    answer = send(office, "/tanda-pengenal", first="24", last="24", kind="entah")
    assert answer.status_code == 422
    assert "Pilih jenis dari daftar." in words(answer.text)
    assert len(rows(office, Badge)) == 23
