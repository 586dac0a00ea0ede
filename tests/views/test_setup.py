"""Penyiapan awal: once, from this machine or with the token, and then never again."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app import create_app
from app.models.office import Office as OfficeRow
from app.models.person import Person, Unit, UnitMember
from app.serving import setup_token
from app.startup import prepare_database
from tests.cast import PASSWORD, Desk, Office, token_of
from tests.views.reading import count, form_to, forms, row, rows, told, words
from tests.views.test_access import TABLE

FAR_AWAY = {"REMOTE_ADDR": "192.168.1.20"}
FILLED = {
    "office_name": "Dinas  Koperasi ",
    "unit": "Sub Bagian Umum",
    "address": "Jl. Sutan Syahrir",
    "timezone": "Asia/Makassar",
    "destination": "Kepala Dinas",
    "admin_name": "Adi",
    "admin_username": "Adi",
    "admin_password": PASSWORD,
    "host_name": "Hadi",
    "host_username": "hadi",
    "host_password": PASSWORD,
}


@pytest.fixture(scope="session")
def empty(tmp_path_factory):
    """A migrated instance without an office."""
    folder = tmp_path_factory.mktemp("empty")
    prepare_database(create_app({"INSTANCE": folder}))
    return folder


@pytest.fixture
def template(empty):
    """`office` is then a bare one: nobody has set it up."""
    return empty


@pytest.fixture
def office(app, clock):
    office = Office(app, clock)
    yield office
    office.close()


def newcomer(office, **environ):
    client = office.app.test_client()
    page = client.get("/penyiapan", environ_overrides=environ or None)
    return Desk(client, token_of(page.text))


def test_every_page_leads_to_the_set_up_as_long_as_there_is_no_account(office):
    client = office.app.test_client()
    answered_anyway = {"/penyiapan", "/sehat", "/luring", "/pekerja.js", "/static/css/app.css"}
    for route, (url, _answers) in TABLE.items():
        if url in answered_anyway or url.lower().startswith(("/t/", "/percaya")):
            continue
        answer = client.open(url, method=route.partition(" ")[0])
        assert (answer.status_code, answer.headers["Location"]) == (303, "/penyiapan"), route


def test_a_program_is_told_that_there_is_no_office_yet(office):
    answer = office.app.test_client().post("/pindai", headers={"Accept": "application/json"})
    assert (answer.status_code, told(answer)) == (503, "Penyiapan awal belum dilakukan.")


def test_the_set_up_makes_the_office_and_its_accounts_and_signs_the_admin_in(office):
    desk = newcomer(office)
    answer = desk.post("/penyiapan", FILLED)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/tanda-pengenal")
    made = row(office, OfficeRow)
    assert (made.name, made.unit, made.address, made.timezone) == (
        "Dinas Koperasi",
        "Sub Bagian Umum",
        "Jl. Sutan Syahrir",
        "Asia/Makassar",
    )
    people = rows(office, Person)
    assert {one.username: {held.role for held in one.roles} for one in people} == {
        "adi": {"admin"},
        "hadi": {"host"},
    }
    unit = row(office, Unit)
    assert (unit.name, unit.post, unit.is_default, unit.active) == (
        "Kepala Dinas",
        "Kepala Dinas",
        True,
        True,
    )
    member = row(office, UnitMember)
    assert (member.unit_id, member.person_id, member.kind) == (
        unit.id,
        row(office, Person, username="hadi").id,
        "host",
    )
    page = words(desk.get("/tanda-pengenal").text)
    assert "Kantor sudah siap. Berikutnya: buat dan cetak tanda pengenal tamu." in page
    assert "Adi Admin" in page
    assert "10.00" in words(desk.get("/meja").text), "nine o'clock in Pontianak is ten in Makassar"


def test_whoever_was_set_up_can_sign_in(office):
    newcomer(office).post("/penyiapan", FILLED)
    assert office.sign_in("hadi").get("/meja").status_code == 200


def test_the_admin_alone_is_enough(office):
    desk = newcomer(office)
    admin = {name: text for name, text in FILLED.items() if not name.startswith("host")}
    assert desk.post("/penyiapan", admin).status_code == 303
    assert row(office, Person).username == "adi"
    assert count(office, UnitMember) == 0


def test_afterwards_it_is_closed_for_everybody(office):
    newcomer(office).post("/penyiapan", FILLED)
    late = office.visitor()
    for answer in (late.get("/penyiapan"), late.post("/penyiapan", FILLED)):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk")
    assert "Penyiapan sudah dilakukan. Silakan masuk." in words(late.get("/masuk").text)
    assert count(office, Person) == 2


# --- From where -----------------------------------------------------------------------------------

ADDRESSES = {
    "127.0.0.1": 200,
    "127.9.9.9": 200,
    "::1": 200,
    "192.168.1.20": 403,
    "10.0.0.1": 403,
    "::ffff:192.168.1.20": 403,
    "": 403,
    "not an address": 403,
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_answers_this_machine_alone(office, address):
    answer = office.app.test_client().get("/penyiapan", environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == ADDRESSES[address]


def test_from_elsewhere_nothing_can_be_sent_either(office):
    desk = newcomer(office)
    answer = desk.post("/penyiapan", FILLED, environ_overrides=FAR_AWAY)
    assert (answer.status_code, count(office, Person)) == (403, 0)


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "Host"]
)
def test_no_header_makes_a_request_one_of_this_machine(office, header):
    answer = office.app.test_client().get(
        "/penyiapan", environ_overrides=FAR_AWAY, headers={header: "127.0.0.1"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_proxy_on_this_machine_does_not_make_its_guests_local(office, header):
    answer = office.app.test_client().get("/penyiapan", headers={header: "192.168.1.20"})
    assert answer.status_code == 403


def test_the_token_printed_at_the_start_opens_it_from_elsewhere(office):
    token = setup_token(office.app.config["INSTANCE"], has_accounts=False)
    client = office.app.test_client()
    page = client.get(f"/penyiapan?token={token}", environ_overrides=FAR_AWAY)
    assert page.status_code == 200
    desk = Desk(client, token_of(page.text))
    form = form_to(page.text, "/penyiapan")
    assert form.data["token"] == token
    wrong = desk.post("/penyiapan", form.data | {"admin_name": ""}, environ_overrides=FAR_AWAY)
    assert form_to(wrong.text, "/penyiapan").data["token"] == token
    done = desk.post("/penyiapan", form.data | FILLED, environ_overrides=FAR_AWAY)
    assert done.headers["Location"] == "/tanda-pengenal"
    assert count(office, Person) == 2


@pytest.mark.parametrize("token", ["", "x", "é", "\x00", "a" * 5000])
@pytest.mark.parametrize("kept", [True, False])
def test_another_token_opens_nothing(office, token, kept):
    if kept:
        setup_token(office.app.config["INSTANCE"], has_accounts=False)
    answer = office.app.test_client().get(
        "/penyiapan", query_string={"token": token}, environ_overrides=FAR_AWAY
    )
    assert answer.status_code == 403


def test_an_empty_token_file_opens_nothing(office):
    (office.app.config["INSTANCE"] / "setup-token").write_text("")
    answer = office.app.test_client().get("/penyiapan?token=", environ_overrides=FAR_AWAY)
    assert answer.status_code == 403


# --- What is wrong --------------------------------------------------------------------------------

SHORT = "Paling sedikit 12 karakter. Kalimat pendek lebih mudah diingat."
NAME_RULE = "Pakai 2 sampai 32 huruf kecil, angka, titik, atau tanda hubung, tanpa spasi."
WRONG = {
    "no office": ({"office_name": " "}, "Tulis nama kantor, seperti pada kop surat."),
    "no destination": ({"destination": ""}, "Tulis tujuan utama tamu, misalnya Kepala Dinas."),
    "no such zone": ({"timezone": "Europe/Berlin"}, "Pilih zona waktu kantor."),
    "no admin": ({"admin_name": ""}, "Tulis nama lengkapnya."),
    "no username": ({"admin_username": ""}, NAME_RULE),
    "a username with a space": ({"admin_username": "adi admin"}, NAME_RULE),
    "a username of one letter": ({"admin_username": "a"}, NAME_RULE),
    "a short password": ({"admin_password": "pendek"}, SHORT),
    "a password without end": ({"admin_password": "a" * 201}, "Paling banyak 200 karakter."),
    "a desk without a name": ({"host_name": ""}, "Tulis nama lengkapnya."),
    "a desk without a password": ({"host_password": ""}, SHORT),
    "one name for two": (
        {"host_username": "ADI"},
        "Nama pengguna ini dipakai dua kali. Pilih nama lain.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_gets_its_sentence_and_all_but_the_passwords_stays(office, name):
    fields, sentence = WRONG[name]
    answer = newcomer(office).post("/penyiapan", FILLED | fields)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert "kata sandi perlu diketik ulang" in words(answer.text)
    data = form_to(answer.text, "/penyiapan").data
    for field, text in (FILLED | fields).items():
        if field == "timezone" and name == "no such zone":
            continue
        kept = "Kepala Dinas" if field == "destination" else text
        assert data[field] == ("" if field.endswith("password") else kept)
    assert PASSWORD not in answer.text
    assert (count(office, Person), count(office, OfficeRow), count(office, Unit)) == (0, 0, 0)


def test_the_form_offers_a_row_for_each_desk_of_the_sop(office):
    page = newcomer(office).get("/penyiapan").text
    names = {name for form in forms(page) for name in form.names if name.endswith("_username")}
    assert names == {
        f"{code}_username"
        for code in ("admin", "front_desk", "general_affairs", "secretary", "host")
    }


# --- Two at once ----------------------------------------------------------------------------------


def test_of_two_at_once_one_wins_and_the_other_is_asked_to_sign_in(office):
    start = threading.Barrier(2)

    def set_up(username):
        desk = newcomer(office)
        start.wait(timeout=10)
        answer = desk.post("/penyiapan", FILLED | {"admin_username": username})
        return username, answer.status_code, answer.headers["Location"]

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(set_up, ["ani", "budi"]))
    winners = [answer for answer in answers if answer[2] == "/tanda-pengenal"]
    losers = [answer for answer in answers if answer[2] == "/masuk"]
    assert (len(winners), len(losers)) == (1, 1)
    assert {answer[1] for answer in answers} == {303}
    assert {person.username for person in rows(office, Person)} == {winners[0][0], "hadi"}
    assert count(office, OfficeRow) == 1
