"""Petugas: accounts made, changed and deactivated by the admin; the record keeps everybody."""

import pytest

from app.models.person import Person
from app.models.visit import StepEvent
from tests.cast import PASSWORD
from tests.views.reading import count, form_to, forms, row, rows, words

NEW_PASSWORD = "hujan sore di kapuas besar"
RINA = {
    "name": "Rina  Wulandari",
    "nip": "198501012010012001",
    "username": " RINA ",
    "password": NEW_PASSWORD,
    "roles": ["front_desk", "secretary"],
}


def person(office, username):
    return row(office, Person, username=username)


def roles_of(office, username):
    return {held.role for held in person(office, username).roles}


def edit(office, username, **fields):
    """Open the page of a person, change something and save, as the admin would."""
    adi, url = office.desk("adi"), f"/petugas/{person(office, username).id}"
    form = next(form for form in forms(adi.get(url).text) if "name" in form.names)
    data = {}
    for name, text in form.fields:
        data.setdefault(name, []).append(text)
    data |= fields
    return adi.post(url, {name: text for name, text in data.items() if text is not None})


def test_the_list_shows_everybody_with_roles_and_state(office):
    office.hire("serba", "secretary", "front_desk", "admin")
    edit(office, "wati", active=None)
    shown = words(office.desk("adi").get("/petugas").text)
    assert "Fitri fitri Petugas Front Desk aktif" in shown
    assert "Hadi hadi Penerima tamu aktif" in shown
    assert "Serba serba Petugas Front Desk, Sekretaris, Admin aktif" in shown
    assert "Wati wati Tanpa peran nonaktif" in shown
    assert shown.index("Wati wati") > shown.index("Serba serba"), "deactivated people come last"


# --- New accounts ---------------------------------------------------------------------------------


def test_a_new_account_is_stored_and_can_be_used(office):
    adi = office.desk("adi")
    answer = adi.post("/petugas/baru", RINA)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/petugas")
    assert "Akun Rina Wulandari dibuat." in words(adi.get("/petugas").text)
    rina = person(office, "rina")
    assert (rina.name, rina.nip, rina.active, rina.created_at) == (
        "Rina Wulandari",
        "198501012010012001",
        True,
        office.clock(),
    )
    assert roles_of(office, "rina") == {"front_desk", "secretary"}
    assert rina.password_hash.startswith("$argon2id$")
    desk = office.sign_in("rina", NEW_PASSWORD)
    assert "Rina Wulandari Petugas Front Desk, Sekretaris" in words(desk.get("/meja").text)


NO_ROLE = "{} belum diberi peran, jadi belum dapat membuka halaman apa pun."


def test_an_account_may_have_no_role_yet_and_the_admin_is_told_what_that_means(office):
    adi = office.desk("adi")
    adi.post("/petugas/baru", {**RINA, "roles": [], "nip": ""})
    assert (roles_of(office, "rina"), person(office, "rina").nip) == (set(), None)
    assert NO_ROLE.format("Rina Wulandari") in words(adi.get("/petugas").text)
    assert office.sign_in("wati").get("/meja").status_code == 403
    edit(office, "kasim", roles=None)
    assert NO_ROLE.format("Kasim") in words(adi.get("/petugas").text)
    edit(office, "kasim", roles=["host"])
    assert "belum diberi peran" not in words(adi.get("/petugas").text)


NAME_RULE = "Pakai 2 sampai 32 huruf kecil, angka, titik, atau tanda hubung, tanpa spasi."
SHORT = "Paling sedikit 12 karakter. Kalimat pendek lebih mudah diingat."
WRONG = {
    "no name": ({"name": " "}, "Tulis nama lengkap petugas."),
    "a name without end": (
        {"name": "a" * 121},
        "Terlalu panjang. Ringkas menjadi paling banyak 120 huruf.",
    ),
    "no username": ({"username": ""}, "Tulis nama pengguna, misalnya nama depan."),
    "a blank username": ({"username": "  "}, NAME_RULE),
    "a username with a space": ({"username": "rina w"}, NAME_RULE),
    "a username of one letter": ({"username": "r"}, NAME_RULE),
    "a username that begins with a dot": ({"username": ".rina"}, NAME_RULE),
    "a username in other letters": ({"username": "рина"}, NAME_RULE),
    "a name that is taken": (
        {"username": "FITRI"},
        "Nama pengguna ini sudah dipakai. Pilih nama lain.",
    ),
    "no password": ({"password": ""}, SHORT),
    "a short password": ({"password": "pendek"}, SHORT),
    "a password without end": ({"password": "a" * 201}, "Paling banyak 200 karakter."),
    "a role of no SOP": (
        {"roles": ["front_desk", "raja"]},
        "Pilihan itu sudah tidak ada. Pilih dari yang tampil di sini.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_says_so_and_all_but_the_password_stays(office, name):
    fields, sentence = WRONG[name]
    before = count(office, Person)
    answer = office.desk("adi").post("/petugas/baru", RINA | fields)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    form = next(form for form in forms(answer.text) if "username" in form.names)
    assert form.data["name"] == " ".join((RINA | fields)["name"].split())
    assert form.data["nip"] == RINA["nip"]
    assert form.data["password"] == ""
    ticked = {text for field, text in form.fields if field == "roles"}
    assert ticked == set((RINA | fields)["roles"]) - {"raja"}
    assert NEW_PASSWORD not in answer.text
    assert count(office, Person) == before


def test_a_deactivated_persons_name_stays_taken(office):
    edit(office, "wati", active=None)
    answer = office.desk("adi").post("/petugas/baru", RINA | {"username": "wati"})
    assert "Nama pengguna ini sudah dipakai. Pilih nama lain." in words(answer.text)


# --- Changes --------------------------------------------------------------------------------------


def test_the_form_shows_what_is_stored(office):
    office.hire("serba", "secretary", "front_desk")
    url = f"/petugas/{person(office, 'serba').id}"
    page = office.desk("adi").get(url).text
    form = next(form for form in forms(page) if "name" in form.names)
    assert form.data["name"] == "Serba"
    assert {text for name, text in form.fields if name == "roles"} == {"secretary", "front_desk"}
    assert form.data["active"] == "1"
    assert "Masuk dengan nama pengguna serba." in words(page)


def test_name_number_and_roles_can_be_changed(office):
    edit(office, "wati", name="Wati Lestari", nip="1990", roles=["secretary", "host"])
    wati = person(office, "wati")
    assert (wati.name, wati.nip, wati.active) == ("Wati Lestari", "1990", True)
    assert roles_of(office, "wati") == {"secretary", "host"}
    edit(office, "wati", roles=["host"])
    assert roles_of(office, "wati") == {"host"}
    assert "Wati Lestari Penerima tamu" in words(office.desk("wati").get("/meja").text)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Tulis nama lengkap petugas."),
        ({"roles": ["raja"]}, "Pilihan itu sudah tidak ada. Pilih dari yang tampil di sini."),
    ],
)
def test_a_change_that_is_wrong_changes_nothing(office, fields, sentence):
    answer = edit(office, "fitri", **fields)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert (person(office, "fitri").name, roles_of(office, "fitri")) == ("Fitri", {"front_desk"})


def test_who_is_deactivated_stays_in_the_record_and_can_come_back(office):
    office.bring_to_step(3)
    edit(office, "kasim", active=None)
    assert person(office, "kasim").active is False
    page = words(office.desk("sekar").get("/kunjungan/2026/1").text)
    assert "Langkah 2 selesai , Menanyakan keperluan Kasim, Kasubbag UMPAR" in page
    assert "2 Menanyakan keperluan , selesai Kasim Kasubbag UMPAR" in page
    assert office.desk("kasim").get("/meja").status_code == 303
    edit(office, "kasim", active="1")
    assert office.sign_in("kasim").get("/meja").status_code == 200
    assert office.browser("kasim").get("/meja").status_code == 303, "old sessions stay ended"


def test_a_new_name_leaves_the_record_as_it_was(office):
    office.bring_to_step(3)
    edit(office, "kasim", name="Kasim bin Ali")
    events = [event for event in rows(office, StepEvent) if event.step_key == "purpose"]
    assert [event.actor_name for event in events] == ["Kasim"]
    assert "selesai Kasim Kasubbag UMPAR" in words(
        office.desk("sekar").get("/kunjungan/2026/1").text
    )


# --- The last admin -------------------------------------------------------------------------------

LAST = "Harus ada paling sedikit satu Admin aktif. Tunjuk Admin lain lebih dulu."


@pytest.mark.parametrize("fields", [{"active": None}, {"roles": ["host"]}, {"roles": None}])
def test_the_last_active_admin_stays_an_active_admin(office, fields):
    office.hire("mantan", "admin")
    edit(office, "mantan", active=None)
    answer = edit(office, "adi", **fields, name="Adi Nugroho")
    assert answer.status_code == 422
    assert LAST in words(answer.text)
    adi = person(office, "adi")
    assert (adi.name, adi.active, adi.session_epoch) == ("Adi", True, 1)
    assert roles_of(office, "adi") == {"admin"}
    assert office.desk("adi").get("/petugas").status_code == 200


@pytest.mark.parametrize("fields", [{"active": None}, {"roles": ["host"]}])
def test_an_admin_may_go_when_another_is_there(office, fields):
    office.hire("ratna", "admin")
    assert edit(office, "adi", **fields).status_code == 303
    assert office.desk("adi").get("/petugas").status_code in {303, 403}
    assert office.desk("ratna").get("/petugas").status_code == 200


# --- A new password by the admin ------------------------------------------------------------------


def give_password(office, username, password=NEW_PASSWORD, again=NEW_PASSWORD):
    url = f"/petugas/{person(office, username).id}/kata-sandi"
    return office.desk("adi").post(url, {"password": password, "again": again})


def test_a_new_password_by_the_admin_ends_every_session_of_that_person(office):
    kasim = office.desk("kasim")
    assert kasim.get("/meja").status_code == 200
    answer = give_password(office, "kasim")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/petugas")
    assert "Kata sandi Kasim diganti. Sampaikan langsung kepada yang bersangkutan." in words(
        office.desk("adi").get("/petugas").text
    )
    assert kasim.get("/meja").status_code == 303
    old = office.visitor().post("/masuk", {"username": "kasim", "password": PASSWORD})
    assert old.status_code == 401
    assert office.sign_in("kasim", NEW_PASSWORD).get("/meja").status_code == 200


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("pendek", "pendek", SHORT),
        (NEW_PASSWORD, "lain sama sekali", "Kedua kata sandi belum sama. Ketik ulang keduanya."),
    ],
)
def test_a_bad_new_password_says_why_and_keeps_the_person(office, password, again, sentence):
    answer = give_password(office, "kasim", password, again)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    form = next(form for form in forms(answer.text) if "name" in form.names)
    assert (form.data["name"], form.data["roles"], form.data["active"]) == (
        "Kasim",
        "general_affairs",
        "1",
    )
    url = f"/petugas/{person(office, 'kasim').id}/kata-sandi"
    assert form_to(answer.text, url).data["password"] == ""
    assert office.desk("kasim").get("/meja").status_code == 200


def test_a_name_of_markup_is_text(office):
    edit(office, "wati", name="<b>Wati</b>")
    adi = office.desk("adi")
    for url in ("/petugas", f"/petugas/{person(office, 'wati').id}", "/tujuan/1"):
        page = adi.get(url).text
        assert "<b>Wati" not in page
        assert "&lt;b&gt;Wati&lt;/b&gt;" in page
