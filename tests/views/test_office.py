"""Kantor: each section is saved by itself, says what changed, and leaves the others alone."""

import pytest

from app.letterhead import BLANK, SHORT_BLANK
from app.models.office import Office as OfficeRow
from tests.cast import OFFICE_NAME
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
)
from tests.views.reading import forms, link, row, words

NIP = "197501012000031002"
KOP = {
    "government": "Pemerintah Provinsi Kalimantan Barat",
    "name": "Dinas Koperasi",
    "unit": "Sekretariat",
    "address": "Jl. Ahmad Yani No. 1",
    "city": "Pontianak",
    "phone": "(0561) 736541 / 0812-3456-7890",
    "email": "dinas@kalbarprov.go.id",
}
SIGNER = {
    "signer_capacity": "an",
    "signer_for": "KEPALA DINAS",
    "signer_post": "Sekretaris",
    "signer_name": "Drs. Kasim, M.Si.",
    "signer_rank": "Pembina Tingkat I (IV/b)",
    "signer_nip": "19750101 200003 1 002",
}


def test_the_settings_lead_to_the_page_and_it_shows_what_is_stored(office):
    adi = office.desk("adi")
    assert link(adi.get("/petugas").text, "Kantor") == "/kantor"
    page = adi.get("/kantor").text
    kop = section(page, "kop").data
    assert {name: kop[name] for name in KOP} == {
        **dict.fromkeys(KOP, ""),
        "name": OFFICE_NAME,
        "unit": "Sub Bagian Umum dan Aparatur",
        "address": "Jl. Sutan Syahrir, Pontianak",
    }
    assert (section(page, "paper").data["paper"], section(page, "zone").data["timezone"]) == (
        "A4",
        "Asia/Pontianak",
    )
    assert section(page, "signer").data["signer_capacity"] == ""


def test_the_kop_is_stored_shown_as_it_prints_and_used_at_once(office):
    before = version(office)
    saved(send(office, "kop", **KOP))
    assert said(office) == (
        "Kop surat disimpan. Yang berubah: Pemerintah daerah, Nama kantor, Bagian, Alamat, Kota, "
        "Telepon, Pos-el."
    )
    columns, _, _ = stored(office)
    assert {name: columns[name] for name in KOP} == KOP
    assert version(office) == before + 1
    shown = words(office.desk("adi").get("/kantor").text)
    assert (
        "PEMERINTAH PROVINSI KALIMANTAN BARAT DINAS KOPERASI Sekretariat "
        "Jl. Ahmad Yani No. 1, Pontianak "
        "Telepon (0561) 736541 / 0812-3456-7890, Pos-el dinas@kalbarprov.go.id"
    ) in shown
    assert "Pontianak, 24 November 2026" in shown
    assert 'title="Dinas Koperasi"' in office.desk("hadi").get("/meja").text


def test_only_what_is_different_is_said_to_have_changed(office):
    saved(send(office, "kop", city="Pontianak", name=f"  {OFFICE_NAME} "))
    assert said(office) == "Kop surat disimpan. Yang berubah: Kota."


def test_the_same_again_changes_nothing_and_says_so(office):
    send(office, "kop", **KOP)
    before, seen = stored(office), version(office)
    saved(send(office, "kop", **KOP))
    assert said(office).endswith(SAME)
    assert (stored(office), version(office)) == (before, seen)


def test_what_was_filled_in_can_be_emptied_again(office):
    send(office, "kop", **KOP)
    send(office, "kop", **dict.fromkeys(KOP, "") | {"name": "Dinas"})
    columns, _, _ = stored(office)
    assert {name: columns[name] for name in KOP} == dict.fromkeys(KOP, "") | {"name": "Dinas"}


def test_words_are_shown_as_words_and_not_as_markup(office):
    send(office, "kop", name="<b>Dinas</b> & Co", government="Pemerintah “X”")
    assert row(office, OfficeRow).name == "<b>Dinas</b> & Co"
    page = office.desk("adi").get("/kantor").text
    assert "<b>Dinas" not in page
    assert "&lt;B&gt;DINAS&lt;/B&gt; &amp; CO" in page


def test_saving_one_section_leaves_the_others(office):
    send(office, "kop", **KOP)
    send(office, "signer", **SIGNER)
    send(office, "paper", paper="F4")
    send(office, "zone", timezone="Asia/Makassar")
    columns, hours, emblems = stored(office)
    assert columns == {
        "id": 1, **KOP, **SIGNER, "signer_nip": NIP, "paper": "F4", "timezone": "Asia/Makassar",
    }  # fmt: skip
    assert (hours, emblems) == (USUAL, [])


def test_the_signer_is_stored_with_the_nip_as_digits_and_shown_as_on_a_letter(office):
    saved(send(office, "signer", **SIGNER))
    assert said(office) == (
        "Penanda tangan disimpan. Yang berubah: Bertindak sebagai, Atas nama, Jabatan, Nama, "
        "Pangkat/golongan, NIP."
    )
    assert row(office, OfficeRow).signer_nip == NIP
    page = office.desk("adi").get("/kantor").text
    assert (
        "a.n. KEPALA DINAS Sekretaris, Drs. Kasim, M.Si. Pembina Tingkat I (IV/b) "
        "NIP. 19750101 200003 1 002"
    ) in words(page)
    assert section(page, "signer").data["signer_nip"] == "19750101 200003 1 002"
    saved(send(office, "signer", signer_nip=NIP))
    assert said(office).endswith(SAME)


@pytest.mark.parametrize(
    ("capacity", "title"),
    [("", "Sekretaris,"), ("plt", "Plt. Sekretaris,"), ("plh", "Plh. Sekretaris,")],
)
def test_each_capacity_is_shown_as_it_is_written(office, capacity, title):
    saved(send(office, "signer", **SIGNER | {"signer_capacity": capacity}))
    assert row(office, OfficeRow).signer_capacity == capacity
    assert f" {title} Drs. Kasim, M.Si." in words(office.desk("adi").get("/kantor").text)


def test_a_post_without_a_name_leaves_the_name_to_the_pen(office):
    saved(send(office, "signer", signer_post="Kepala Dinas"))
    shown = words(office.desk("adi").get("/kantor").text)
    assert f"Kepala Dinas, {BLANK} NIP. {SHORT_BLANK} Bertindak sebagai" in shown


def test_paper_and_time_zone_are_chosen(office):
    saved(send(office, "paper", paper="F4"))
    assert said(office) == "Kertas disimpan. Yang berubah: Ukuran kertas."
    saved(send(office, "zone", timezone="Asia/Jayapura"))
    page = words(office.desk("adi").get("/kantor").text)
    assert "Zona waktu disimpan. Yang berubah: Zona waktu kantor." in page
    assert (
        "Kunjungan yang sudah tercatat tetap dihitung pada tanggal dan jam saat tamu datang."
        in page
    )
    assert page.startswith("Kantor · Pelayanan Tamu Langsung ke isi")
    assert "11.00 Selasa, 24 Nov 2026" in page
    assert (row(office, OfficeRow).paper, row(office, OfficeRow).timezone) == (
        "F4",
        "Asia/Jayapura",
    )


LONG = "Terlalu panjang. Ringkas menjadi paling banyak {} huruf."
ONLY_POST = "Tulis jabatannya saja; a.n., Plt. atau Plh. dicetak menurut pilihan."
EMAIL = "Alamat pos-el kurang lengkap. Contoh: dinas@kalbarprov.go.id."
EIGHTEEN = "NIP terdiri atas 18 angka. Contoh: 19750101 200003 1 002."
NO_POST = "Tulis jabatan penanda tangan, misalnya Sekretaris."
NO_NAME = "Tulis nama penanda tangan, lengkap dengan gelarnya."
UNNAMED = {"signer_name": "", "signer_rank": "", "signer_nip": ""}
WRONG = {  # the field that is marked, what was typed, the sentence
    "no name": ("name", {"name": " "}, "Tulis nama kantor, seperti pada kop surat."),
    "a name without end": ("name", {"name": "a" * 161}, LONG.format(160)),
    "a government without end": ("government", {"government": "a" * 121}, LONG.format(120)),
    "an address without end": ("address", {"address": "a" * 161}, LONG.format(160)),
    "a telephone without end": ("phone", {"phone": "1" * 61}, LONG.format(60)),
    "an e-mail without @": ("email", {"email": "dinas.kalbarprov.go.id"}, EMAIL),
    "an e-mail without a domain": ("email", {"email": "dinas@kalbarprov"}, EMAIL),
    "an e-mail with a space": ("email", {"email": "dinas @kalbarprov.go.id"}, EMAIL),
    "an e-mail with two @": ("email", {"email": "a@b@c.id"}, EMAIL),
    "seventeen digits": ("signer_nip", {"signer_nip": "19750101 200003 1 00"}, EIGHTEEN),
    "nineteen digits": ("signer_nip", {"signer_nip": f"{NIP}3"}, EIGHTEEN),
    "a letter in the NIP": ("signer_nip", {"signer_nip": "19750101 200003 1 00O"}, EIGHTEEN),
    "for nobody": (
        "signer_for",
        {"signer_for": ""},
        "Tulis jabatan yang diatasnamakan, misalnya Kepala Dinas.",
    ),
    "a name without a post": ("signer_post", {"signer_post": ""}, NO_POST),
    "a capacity without a post": ("signer_post", {"signer_post": "", **UNNAMED}, NO_POST),
    "a NIP without a name": ("signer_name", {"signer_name": "", "signer_rank": ""}, NO_NAME),
    "a rank without a name": ("signer_name", {"signer_name": "", "signer_nip": ""}, NO_NAME),
    "Plt. in the post": ("signer_post", {"signer_post": "Plt. Sekretaris"}, ONLY_POST),
    "a.n. in the post": ("signer_for", {"signer_for": "a.n. Kepala Dinas"}, ONLY_POST),
    "a post without end": ("signer_post", {"signer_post": "a" * 81}, LONG.format(80)),
    "an unknown capacity": (
        "signer_capacity",
        {"signer_capacity": "raja"},
        "Pilih kapasitas dari daftar.",
    ),
    "an unknown paper": ("paper", {"paper": "A3"}, "Pilih ukuran kertas."),
    "no paper": ("paper", {"paper": None}, "Pilih ukuran kertas."),
    "an unknown zone": ("timezone", {"timezone": "Mars/Olympus"}, "Pilih zona waktu kantor."),
    "no zone": ("timezone", {"timezone": ""}, "Pilih zona waktu kantor."),
}
SECTIONS = {"paper": "paper", "timezone": "zone", **dict.fromkeys(SIGNER, "signer")}
CHOICES = {"signer_capacity", "paper", "timezone"}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_says_so_keeps_what_was_typed_and_changes_nothing(office, name):
    field, typed, sentence = WRONG[name]
    send(office, "signer", **SIGNER)
    before, seen = stored(office), version(office)
    part = SECTIONS.get(field, "kop")
    answer = send(office, part, **typed)
    assert answer.status_code == 422
    assert NOT_SAVED in words(answer.text)
    assert words(answer.text).count(sentence) == 1
    assert f'id="f-{field}-error"' in answer.text
    shown = section(answer.text, part).data
    written = {name: " ".join(text.split()) for name, text in typed.items() if name not in CHOICES}
    assert {name: shown[name] for name in written} == written
    assert (stored(office), version(office)) == (before, seen)


def test_the_first_field_that_is_wrong_has_the_focus(office):
    answer = send(office, "kop", phone="1" * 61, email="x")
    assert answer.text.count(" autofocus") == 1
    (field,) = [
        part for part in answer.text.split("<input") if " autofocus" in part.partition(">")[0]
    ]
    assert 'name="phone"' in field
    assert " autofocus" not in office.desk("adi").get("/kantor").text


def test_a_form_that_names_no_section_changes_nothing(office):
    before = stored(office)
    for name in ("", "office", "id"):
        answer = office.desk("adi").post("/kantor", {"section": name, "name": "X"})
        assert (answer.status_code, stored(office)) == (400, before)


def test_columns_that_a_section_does_not_have_are_not_taken(office):
    saved(send(office, "kop", timezone="Asia/Makassar", paper="F4", id="7"))
    columns, _, _ = stored(office)
    assert (columns["timezone"], columns["paper"], columns["id"]) == ("Asia/Pontianak", "A4", 1)


@pytest.mark.parametrize("who", ["fitri", "kasim", "sekar", "hadi", "wati"])
def test_only_the_admin_changes_the_office(office, who):
    before = stored(office)
    answers = [
        office.desk(who).get("/kantor"),
        send(office, "kop", who=who, **KOP),
        send(office, "hours", who=who, **{"d0-open": None}),
        office.desk(who).post("/kantor", {"section": "no_emblem"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert stored(office) == before


def test_who_has_gone_finds_what_was_typed_after_signing_in_again(office):
    office.desk("adi")
    office.clock.pass_time(hours=13)
    answer = office.desk("adi").post("/kantor", {"section": "kop", "name": "Dinas Baru"})
    assert answer.status_code == 401
    (form,) = [form for form in forms(answer.text) if "username" in form.names]
    kept = [form.data[f"kept.{name}"] for name in ("section", "name")]
    assert (kept, form.data["kept_action"]) == (["kop", "Dinas Baru"], "/kantor")
    assert row(office, OfficeRow).name == OFFICE_NAME
