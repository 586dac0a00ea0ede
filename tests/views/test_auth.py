"""Coming in and going out: sign-in, its limits, sessions and their ends, one's own password."""

import re

import pytest
from click.testing import CliRunner
from markupsafe import escape

from app.cli import main
from app.models.person import Person, SignInFailure
from app.models.visit import StepEvent, Visit, Visitor
from tests.cast import PASSWORD, Desk, token_of
from tests.views.reading import count, form_to, forms, row, rows, words
from tests.views.test_access import TABLE

HTMX = {"HX-Request": "true"}
WRONG = "Nama pengguna atau kata sandi belum cocok. Periksa lagi, lalu coba sekali lagi."
OVER = "Sesi Anda sudah berakhir. Silakan masuk; isian Anda tidak hilang."
STALE = "Halaman ini sudah terlalu lama terbuka. Muat ulang halaman, lalu kirim sekali lagi."
USED = "0b5f2b0e-5f4a-4c57-9a2d-7d1f6a3d9e11"
NEW_PASSWORD = "hujan sore di kapuas besar"


def enter(desk, username="kasim", password=PASSWORD, *, address="10.0.0.7", **fields):
    return desk.post(
        "/masuk",
        {"username": username, "password": password, **fields},
        environ_overrides={"REMOTE_ADDR": address},
    )


def fail(office, times, username="kasim", *, address="10.0.0.7"):
    desk = office.visitor()
    return [enter(desk, username, "salah sekali", address=address) for _ in range(times)]


def who_is_in(desk):
    """The name in the bar; None when nobody is signed in."""
    page = desk.get("/akun/kata-sandi")
    found = re.search(r'class="bar-person-names"><strong>([^<]+)<', page.text)
    return found.group(1) if found else None


# --- Signing in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["kasim", "KASIM", " Kasim "])
def test_the_right_password_leads_to_ones_desk_whatever_the_case_of_the_name(office, typed):
    desk = office.visitor()
    answer = enter(desk, typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja")
    assert who_is_in(desk) == "Kasim"


REFUSED = {
    "a wrong password": ("kasim", "salah sekali"),
    "an unknown name": ("siapa", PASSWORD),
    "no password": ("kasim", ""),
    "nothing": ("", ""),
    "the password in another case": ("kasim", PASSWORD.upper()),
    "a name with a null in it": ("kas\x00im", PASSWORD),
    "a name without end": ("k" * 5000, PASSWORD),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_refusal_is_the_same_sentence_and_keeps_the_typed_name(office, name):
    username, password = REFUSED[name]
    desk = office.visitor()
    answer = enter(desk, username, password)
    assert answer.status_code == 401
    assert WRONG in words(answer.text)
    form = form_to(answer.text, "/masuk")
    assert form.data["username"].replace("\x00", "") == username.replace("\x00", "")
    assert form.data["password"] == ""
    assert who_is_in(desk) is None
    assert row(office, SignInFailure).username == username.strip().lower()[:64]


def test_who_is_deactivated_cannot_come_in_and_learns_no_more_than_anybody(office):
    kasim_id = row(office, Person, username="kasim").id
    office.desk("adi").post(f"/petugas/{kasim_id}", {"name": "Kasim", "roles": "general_affairs"})
    answer = enter(office.visitor())
    assert (answer.status_code, WRONG in words(answer.text)) == (401, True)


def test_a_name_that_was_typed_is_shown_as_text(office):
    answer = enter(office.visitor(), '"><script>alert(1)</script>', "x")
    assert "<script>alert" not in answer.text


# --- Where to after it ----------------------------------------------------------------------------


def test_signing_in_leads_on_to_the_page_that_was_asked_for(office):
    desk = office.visitor()
    asked = desk.get("/buku-tamu?cari=Tono")
    assert asked.headers["Location"] == "/masuk?next=/buku-tamu?cari%3DTono"
    form = form_to(desk.get(asked.headers["Location"]).text, "/masuk")
    assert form.data["next"] == "/buku-tamu?cari=Tono"
    answer = enter(desk, next=form.data["next"])
    assert answer.headers["Location"] == "/buku-tamu?cari=Tono"


ELSEWHERE = [
    "//evil.example",
    "https://evil.example/",
    "http:evil.example",
    "javascript:alert(1)",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    " //evil.example",
    "///evil.example",
    "//[evil",
    "http://[",
    "evil",
    "",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nobody_is_led_to_another_server(office, url):
    desk = office.visitor()
    page = desk.get("/masuk", query_string={"next": url})
    assert (page.status_code, form_to(page.text, "/masuk").data["next"]) == (200, "")
    answer = enter(desk, next=url)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja")


# --- Guessing -------------------------------------------------------------------------------------


def test_the_sixth_attempt_waits_even_with_the_right_password(office):
    assert [answer.status_code for answer in fail(office, 5)] == [401] * 5
    desk = office.visitor()
    answer = enter(desk)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "31")
    assert "Terlalu banyak percobaan. Tunggu 30 dtk, lalu coba lagi." in words(answer.text)
    assert form_to(answer.text, "/masuk").data["username"] == "kasim"
    assert (count(office, SignInFailure), who_is_in(desk)) == (5, None)


def test_the_wait_doubles_with_each_failure_but_never_locks(office):
    fail(office, 5)
    waits = []
    while len(waits) < 5:
        waits.append(int(fail(office, 1)[0].headers["Retry-After"]) - 1)
        office.clock.pass_time(waits[-1])
        assert fail(office, 1)[0].status_code == 401
    assert waits == [30, 60, 120, 240, 480]
    office.clock.pass_time(minutes=15)
    assert enter(office.visitor()).status_code == 303


def test_one_persons_failures_hold_up_neither_another_person_nor_another_address(office):
    fail(office, 6)
    assert enter(office.visitor(), "sekar").status_code == 303
    assert enter(office.visitor(), address="10.0.0.8").status_code == 303
    assert enter(office.visitor()).status_code == 429


def test_an_address_that_tries_many_names_waits_too(office):
    for number in range(6):
        answers = fail(office, 5, f"orang{number}")
        assert {answer.status_code for answer in answers} == {401}
    assert enter(office.visitor()).status_code == 429
    assert enter(office.visitor(), address="10.0.0.8").status_code == 303


def test_a_success_forgets_the_failures_before_it(office):
    fail(office, 4)
    assert enter(office.visitor()).status_code == 303
    assert count(office, SignInFailure) == 0
    assert [answer.status_code for answer in fail(office, 5)] == [401] * 5


def test_failures_are_forgotten_after_a_quarter_of_an_hour(office):
    fail(office, 5)
    office.clock.pass_time(minutes=15)
    assert enter(office.visitor()).status_code == 303


# --- Going out ------------------------------------------------------------------------------------

LEAVING = {
    "/keluar": "Anda sudah keluar.",
    "/ganti-petugas": "Silakan petugas berikutnya masuk.",
}


@pytest.mark.parametrize("url", LEAVING)
def test_leaving_ends_the_session_and_says_so(office, url):
    kasim = office.desk("kasim")
    answer = kasim.post(url)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk")
    assert LEAVING[url] in words(kasim.get("/masuk").text)
    assert kasim.get("/meja").headers["Location"] == "/masuk?next=/meja"


def test_the_next_person_takes_over_in_two_clicks(office):
    desk = office.browser("kasim")
    page = desk.get("/meja").text
    switch = next(form for form in forms(page) if form.action == "/ganti-petugas")
    desk.post(switch.action, switch.data)
    desk.token = token_of(desk.get("/masuk").text)
    enter(desk, "sekar")
    assert who_is_in(desk) == "Sekar"


# --- One's own password ---------------------------------------------------------------------------


def change(desk, current=PASSWORD, password=NEW_PASSWORD, again=NEW_PASSWORD):
    sent = {"current": current, "password": password, "again": again}
    return desk.post("/akun/kata-sandi", sent)


def test_a_new_password_ends_other_sessions_and_keeps_this_one(office):
    here, there = office.browser("kasim"), office.browser("kasim")
    stored = row(office, Person, username="kasim").password_hash
    answer = change(here)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja")
    assert (who_is_in(here), who_is_in(there)) == ("Kasim", None)
    assert enter(office.visitor()).status_code == 401
    assert enter(office.visitor(), password=NEW_PASSWORD).status_code == 303
    new = row(office, Person, username="kasim").password_hash
    assert new != stored
    assert new.startswith("$argon2id$")
    assert NEW_PASSWORD not in new


BAD_CHANGES = {
    "a wrong current one": ({"current": "salah"}, "Kata sandi sekarang belum cocok."),
    "a short one": (
        {"password": "pendek", "again": "pendek"},
        "Paling sedikit 12 karakter. Kalimat pendek lebih mudah diingat.",
    ),
    "one without end": ({"password": "a" * 201, "again": "a" * 201}, "Paling banyak 200 karakter."),
    "the one there is": (
        {"password": PASSWORD, "again": PASSWORD},
        "Kata sandi baru harus berbeda dari yang sekarang.",
    ),
    "two different ones": (
        {"again": "hujan sore di kapuas kecil"},
        "Kedua kata sandi belum sama. Ketik ulang keduanya.",
    ),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_a_password_that_cannot_be_changed_says_why_and_stays(office, name):
    fields, sentence = BAD_CHANGES[name]
    kasim = office.desk("kasim")
    answer = change(kasim, **fields)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert NEW_PASSWORD not in answer.text
    assert enter(office.visitor()).status_code == 303


# --- The end of a session -------------------------------------------------------------------------


def test_a_session_ends_twelve_hours_after_the_sign_in(office):
    kasim = office.desk("kasim")
    office.clock.pass_time(hours=11, minutes=59, seconds=59)
    assert who_is_in(kasim) == "Kasim"
    office.clock.pass_time(1)
    assert kasim.get("/meja").headers["Location"] == "/masuk?next=/meja"


def test_polling_all_day_makes_no_session_longer(office):
    kasim = office.desk("kasim")
    for _ in range(13):
        answer = kasim.get("/meja/antrean", headers=HTMX)
        assert "Set-Cookie" not in answer.headers
        office.clock.pass_time(hours=1)
    assert answer.status_code == 401


def test_a_poll_of_a_session_that_is_over_opens_the_sign_in_above_the_page(office):
    kasim = office.desk("kasim")
    office.clock.pass_time(hours=12)
    answer = kasim.get("/meja/antrean?v=1", headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (401, "#overlay")


def test_deactivating_somebody_ends_their_sessions_at_once(office):
    kasim, adi = office.desk("kasim"), office.desk("adi")
    kasim_id = row(office, Person, username="kasim").id
    assert who_is_in(kasim) == "Kasim"
    adi.post(f"/petugas/{kasim_id}", {"name": "Kasim", "roles": "general_affairs"})
    assert who_is_in(kasim) is None
    assert kasim.send_scan("12").status_code == 401


def test_a_role_that_is_taken_away_counts_from_the_next_request(office):
    fitri, adi = office.desk("fitri"), office.desk("adi")
    fitri_id = row(office, Person, username="fitri").id
    adi.post(f"/petugas/{fitri_id}", {"name": "Fitri", "roles": "secretary", "active": "1"})
    assert fitri.get("/buku-tamu/baru").status_code == 403


def test_a_session_cookie_is_for_this_site_and_no_script(office):
    answer = enter(office.visitor())
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


# --- A session that runs out in the middle of a form ----------------------------------------------

TYPED = {
    "name": "Tono",
    "origin": "Koperasi “Maju”",
    "phone": "0812-3456-7890",
    "purpose": "Izin usaha\r\nsimpan <pinjam>",
    "party_size": "3",
    "identity_shown": "1",
}


def expired(office, username="fitri"):
    """A browser whose session has just run out; its page is still open."""
    desk = office.desk(username)
    office.clock.pass_time(hours=12)
    return desk


def test_what_was_typed_is_carried_through_the_sign_in_and_saved_once(office):
    fitri = expired(office)
    page = fitri.post("/buku-tamu/baru", {**TYPED, "nonce": USED})
    assert page.status_code == 401
    assert OVER in words(page.text)
    form = form_to(page.text, "/masuk")
    assert form.data["kept_action"] == "/buku-tamu/baru"
    assert {name: form.data[f"kept.{name}"] for name in TYPED} == TYPED
    failed = fitri.post("/masuk", form.data | {"username": "fitri", "password": "salah sekali"})
    assert WRONG in words(failed.text)
    form = form_to(failed.text, "/masuk")
    resumed = fitri.post("/masuk", form.data | {"username": "fitri", "password": PASSWORD})
    assert "Isian tadi masih ada" in words(resumed.text)
    assert "Anda masuk sebagai Fitri." in words(resumed.text)
    assert count(office, Visit) == 0
    form = form_to(resumed.text, "/buku-tamu/baru")
    assert {name: form.data[name] for name in TYPED} == TYPED
    for _ in range(2):
        saved = fitri.post(form.action, form.data)
        assert saved.headers["Location"] == "/buku-tamu/baru?tersimpan=1/2026"
    guest = row(office, Visitor)
    assert (guest.name, guest.origin, guest.phone) == ("Tono", "Koperasi “Maju”", "+6281234567890")
    assert row(office, Visit).party_size == 3


def test_what_one_person_typed_is_shown_but_not_saved_as_somebody_who_may_not(office):
    fitri = expired(office)
    page = fitri.post("/buku-tamu/baru", TYPED)
    form = form_to(page.text, "/masuk")
    resumed = fitri.post("/masuk", form.data | {"username": "kasim", "password": PASSWORD})
    assert (
        "Isian ini diketik petugas lain dan tidak dapat disimpan sebagai Kasim. "
        "Salin dahulu, atau ganti petugas." in words(resumed.text)
    )
    for text in TYPED.values():
        assert f"<li>{escape(text)}</li>" in resumed.text
    assert "Simpan sekarang" not in words(resumed.text)
    assert 'action="/buku-tamu/baru"' not in resumed.text
    assert count(office, Visit) == 0


def test_what_one_person_typed_can_be_saved_by_another_who_may_and_in_their_name(office):
    office.hire("farida", "front_desk")
    page = expired(office).post("/buku-tamu/baru", TYPED)
    desk = office.visitor()
    form = form_to(page.text, "/masuk")
    sent = form.data | {"username": "farida", "password": PASSWORD, "csrf_token": desk.token}
    resumed = desk.post("/masuk", sent)
    assert "Anda masuk sebagai Farida. Periksa isiannya, lalu simpan." in words(resumed.text)
    for text in TYPED.values():
        assert f"<li>{escape(text)}</li>" in resumed.text
    assert count(office, Visit) == 0
    form = form_to(resumed.text, "/buku-tamu/baru")
    assert desk.post(form.action, form.data).status_code == 303
    assert row(office, StepEvent, kind="opened").actor_name == "Farida"


@pytest.mark.parametrize("action", ["/tidak-ada", "/buku-tamu", "/petugas/baru", "/static/x"])
def test_what_was_typed_for_nowhere_is_shown_but_sent_nowhere(office, action):
    answer = enter(office.visitor(), kept_action=action, **{"kept.name": "Tono <b>"})
    assert answer.status_code == 200
    assert "tidak dapat disimpan sebagai Kasim" in words(answer.text)
    assert "<li>Tono &lt;b&gt;</li>" in answer.text
    assert f'action="{action}"' not in answer.text


def test_what_only_the_page_knows_is_carried_along_but_not_shown(office):
    kasim = expired(office, "kasim")
    sent = {"nonce": USED, "code": "12", "method": "typed", "stage": "purpose", "purpose": "Izin"}
    form = form_to(kasim.post("/pindai", sent).text, "/masuk")
    resumed = kasim.post("/masuk", form.data | {"username": "kasim", "password": PASSWORD})
    assert re.findall(r"<li>(.*?)</li>", resumed.text.partition('"kept-texts"')[2]) == ["Izin"]
    form = form_to(resumed.text, "/pindai")
    assert {name: form.data[name] for name in sent} == sent


def test_every_ticked_box_is_carried_along(office):
    adi = expired(office, "adi")
    boxes = {"name": "Rina", "username": "rina", "roles": ["secretary", "front_desk"]}
    page = adi.post("/petugas/baru", {**boxes, "password": NEW_PASSWORD})
    form = form_to(page.text, "/masuk")
    assert [text for name, text in form.fields if name == "kept.roles"] == boxes["roles"]
    assert "kept.password" not in form.names
    assert NEW_PASSWORD not in page.text


def test_a_form_without_words_leads_to_the_desk(office):
    page = expired(office).post("/ganti-petugas")
    form = form_to(page.text, "/masuk")
    assert "kept_action" not in form.names


def test_words_that_were_kept_go_to_no_other_server(office):
    desk = office.visitor()
    kept = {"kept_action": "https://evil.example/", "kept.name": "Tono"}
    answer = enter(desk, **kept)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja")


def test_over_a_live_page_the_sign_in_opens_above_and_leaves_the_page_alone(office):
    kasim = expired(office, "kasim")
    answer = kasim.post("/pindai", {"code": "12"}, headers=HTMX)
    assert answer.status_code == 401
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#overlay", "innerHTML")
    assert "Yang sudah diketik di halaman ini tetap ada." in words(answer.text)
    form = form_to(answer.text, "/masuk")
    assert form.attributes["hx-target"] == "#overlay"
    assert set(form.names) == {"csrf_token", "username", "password"}


def over_the_page(desk: Desk, username, page_person, password=PASSWORD):
    answer = desk.post("/pindai", {"code": "12"}, headers=HTMX)
    form = form_to(answer.text, "/masuk")
    return desk.post(
        "/masuk",
        form.data | {"username": username, "password": password},
        headers={**HTMX, "X-Page-Person": str(page_person)},
    )


def test_the_same_person_signs_in_above_the_page_and_goes_on(office):
    kasim = expired(office, "kasim")
    person_id = row(office, Person, username="kasim").id
    answer = over_the_page(kasim, "kasim", person_id)
    assert answer.status_code == 200
    assert "HX-Redirect" not in answer.headers
    assert "Anda sudah masuk lagi. Silakan tekan tombol tadi sekali lagi." in words(answer.text)
    kasim.token = re.search(r'data-new-csrf="([^"]+)"', answer.text).group(1)
    assert kasim.send_scan("12").status_code == 200


def test_another_person_above_the_page_goes_to_their_own_desk(office):
    desk = expired(office, "kasim")
    person_id = row(office, Person, username="kasim").id
    answer = over_the_page(desk, "sekar", person_id)
    assert (answer.headers["HX-Redirect"], answer.text) == ("/meja", "")
    assert who_is_in(desk) == "Sekar"


def test_a_wrong_password_above_the_page_stays_above_the_page(office):
    kasim = expired(office, "kasim")
    answer = over_the_page(kasim, "kasim", 1, password="salah sekali")
    assert answer.status_code == 401
    assert answer.text.lstrip().startswith("<dialog")
    assert WRONG in words(answer.text)
    assert form_to(answer.text, "/masuk").data["username"] == "kasim"


# --- Forged forms ---------------------------------------------------------------------------------

POSTS = [(route, TABLE[route][0]) for route in TABLE if route.startswith("POST")]


@pytest.mark.parametrize("token", ["", "forged", None])
@pytest.mark.parametrize(("route", "url"), POSTS)
def test_no_form_is_taken_without_its_token(office, route, url, token):
    office.bring_to_step(2)
    office.hire("serba", "front_desk", "general_affairs", "secretary", "host", "admin")
    desk = office.desk("serba")
    before = rows(office, Person), count(office, Visit)
    data = {} if token is None else {"csrf_token": token}
    answer = desk.client.post(url, data=data)
    assert answer.status_code == 400, route
    assert STALE.replace(". ", " ", 1) in words(answer.text)
    after = rows(office, Person), count(office, Visit)
    assert [[person.session_epoch for person in before[0]], before[1]] == [
        [person.session_epoch for person in after[0]],
        after[1],
    ]


def test_a_form_whose_token_is_stale_can_be_sent_again_as_it_is(office):
    fitri = office.desk("fitri")
    token, fitri.token = fitri.token, "of yesterday"
    page = fitri.post("/buku-tamu/baru", TYPED)
    assert (page.status_code, count(office, Visit)) == (400, 0)
    form = form_to(page.text, "/buku-tamu/baru")
    assert {name: form.data[name] for name in TYPED} == TYPED
    fitri.token = token
    assert fitri.client.post(form.action, data=form.data).status_code == 303
    assert row(office, Visitor).origin == "Koperasi “Maju”"


def test_the_token_of_another_session_is_no_token(office):
    kasim = office.desk("kasim")
    kasim.token = office.desk("sekar").token
    assert kasim.post("/keluar").status_code == 400
    assert who_is_in(kasim) == "Kasim"


def test_a_script_sends_the_token_in_a_header(office):
    kasim = office.desk("kasim")
    answer = kasim.client.post("/keluar", headers={"X-CSRFToken": kasim.token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk")


# --- On the server --------------------------------------------------------------------------------


def tamu(office, *arguments, typed=""):
    return CliRunner().invoke(
        main,
        ["password", *arguments, "--instance", str(office.app.config["INSTANCE"])],
        input=typed,
    )


@pytest.fixture
def environment(monkeypatch):
    """The command hands its folder on in the environment; put that back afterwards."""
    monkeypatch.setenv("TAMU_INSTANCE", "")


def test_the_server_gives_a_person_a_new_password(office, environment):
    kasim = office.desk("kasim")
    result = tamu(office, "KASIM", typed=f"{NEW_PASSWORD}\n{NEW_PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert result.output.endswith("Kata sandi Kasim sudah diganti.\n")
    assert NEW_PASSWORD not in result.output
    assert who_is_in(kasim) is None
    assert enter(office.visitor(), password=NEW_PASSWORD).status_code == 303


def test_the_server_knows_no_such_person(office, environment):
    result = tamu(office, "siapa")
    assert result.exit_code == 2
    assert result.output == "Tidak ada petugas dengan nama pengguna 'siapa'.\n"


def test_the_server_refuses_a_short_password_too(office, environment):
    result = tamu(office, "kasim", typed="pendek\npendek\n")
    assert result.exit_code == 2
    assert "Kata sandi paling sedikit 12 karakter. Tidak ada yang diubah." in result.output
    assert enter(office.visitor()).status_code == 303
