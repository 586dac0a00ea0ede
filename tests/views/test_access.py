"""Each route for each role: the answer it gives."""

import re
import uuid
from urllib.parse import urlencode

import pytest

from tests.cast import CAST, PASSWORD
from tests.views.reading import forms, said_in_a_panel

NOBODY = "nobody"
PEOPLE = (NOBODY, "wati", "fitri", "kasim", "sekar", "hadi", "adi")
ASK = "to the sign-in page, which leads back here"
GUEST_BOOK = "303 /buku-tamu/baru?tersimpan=3/2026"
VISIT = "303 /kunjungan/2026/1"
CANCELLED = "303 /kunjungan/2026/2"
PERSON = "/petugas/<int(max=999999999):person_id>"
VISIT_ROUTE = "/kunjungan/<int:year>/<int:number>"
CARDS = "303 /kunjungan/2026/1/kartu"
BADGE = "/tanda-pengenal/<int(max=9999):number>"
APPOINTMENT = "/janji-temu/<int(max=999999999):appointment_id>"
UNIT = "/tujuan/<int(max=999999999):unit_id>"


def everybody(answer):
    return (answer,) * 7


def signed_in(stranger, answer):
    return (stranger, *(answer,) * 6)


def with_role(stranger, answer):
    """Wati holds no role."""
    return (stranger, 403, answer, answer, answer, answer, answer)


def all_but_host(stranger, answer):
    return (stranger, 403, answer, answer, answer, 403, answer)


def front_desk(stranger, answer):
    return (stranger, 403, answer, 403, 403, 403, 403)


def admin(stranger, answer):
    return (stranger, 403, 403, 403, 403, 403, answer)


def supervisors(stranger, answer):
    return (stranger, 403, 403, answer, answer, 403, answer)


def badge_keepers(stranger, answer):
    return (stranger, 403, answer, 403, 403, 403, answer)


# Visit 1/2026 stands at step 2 with badge 12, visit 2/2026 has none; unit 1 receives, by Hadi,
# who sees neither while nobody has said where they go.
TABLE = {
    "GET /": ("/", everybody("303 /meja")),
    "GET /masuk": ("/masuk", signed_in(200, "303 /meja")),
    "POST /masuk": ("/masuk", everybody("303 /meja")),
    "POST /keluar": ("/keluar", signed_in(401, "303 /masuk")),
    "POST /ganti-petugas": ("/ganti-petugas", signed_in(401, "303 /masuk")),
    "GET /akun/kata-sandi": ("/akun/kata-sandi", signed_in(ASK, 200)),
    "POST /akun/kata-sandi": ("/akun/kata-sandi", signed_in(401, 422)),
    "GET /penyiapan": ("/penyiapan", everybody("303 /masuk")),
    "POST /penyiapan": ("/penyiapan", everybody("303 /masuk")),
    "GET /meja": ("/meja", with_role(ASK, 200)),
    "GET /meja/antrean": ("/meja/antrean", with_role(ASK, 200)),
    "GET /pindai": ("/pindai", with_role(ASK, 200)),
    "POST /pindai": ("/pindai", with_role(401, 200)),
    "GET /pindai/terakhir": ("/pindai/terakhir", with_role(ASK, 200)),
    "GET /pindai/pembaca.js": ("/pindai/pembaca.js", everybody(200)),
    "GET /pekerja.js": ("/pekerja.js", everybody(200)),
    "GET /luring": ("/luring", everybody(200)),
    "GET /pindai/luring": ("/pindai/luring", with_role(ASK, 200)),
    "GET /pindai/tertunda": ("/pindai/tertunda", with_role(ASK, 200)),
    "POST /pindai/tertunda/<int:scan_id>": (
        "/pindai/tertunda/1",
        with_role(401, "303 /pindai/tertunda"),
    ),
    "GET /T/<code>": ("/T/AAAABBBBCCCCDDDD", everybody(200)),
    "GET /t/<code>": ("/t/aaaabbbbccccdddd", everybody(200)),
    "GET /buku-tamu": ("/buku-tamu", all_but_host(ASK, 200)),
    "GET /buku-tamu/baru": ("/buku-tamu/baru", front_desk(ASK, 200)),
    "POST /buku-tamu/baru": ("/buku-tamu/baru", front_desk(401, GUEST_BOOK)),
    "GET /buku-tamu/baru/stempel": ("/buku-tamu/baru/stempel", front_desk(ASK, 200)),
    "GET /buku-tamu/susulan": ("/buku-tamu/susulan", front_desk(ASK, 200)),
    "POST /buku-tamu/susulan": ("/buku-tamu/susulan", front_desk(401, 422)),
    "GET /buku-tamu/slip.pdf": ("/buku-tamu/slip.pdf", front_desk(ASK, 200)),
    "GET /ringkasan": ("/ringkasan", all_but_host(ASK, 200)),
    "GET /buku-tamu/ekspor": ("/buku-tamu/ekspor", all_but_host(ASK, 200)),
    "POST /buku-tamu/ekspor": ("/buku-tamu/ekspor", all_but_host(401, 200)),
    "GET /sedang-di-dalam": ("/sedang-di-dalam", all_but_host(ASK, 200)),
    "GET /evakuasi": ("/evakuasi", all_but_host(ASK, 200)),
    f"POST {VISIT_ROUTE}/masih-diterima": (
        "/kunjungan/2026/1/masih-diterima",
        front_desk(401, "303 /meja"),
    ),
    "GET /sop": ("/sop", with_role(ASK, 200)),
    "GET /sop/hari-ini": ("/sop/hari-ini", with_role(ASK, 200)),
    "GET /sop.pdf": ("/sop.pdf", with_role(ASK, 200)),
    "GET /kunjungan/<int:year>/<int:number>": ("/kunjungan/2026/1", all_but_host(ASK, 200)),
    "POST /kunjungan/<int:year>/<int:number>/koreksi": (
        "/kunjungan/2026/1/koreksi",
        all_but_host(401, VISIT),
    ),
    "POST /kunjungan/<int:year>/<int:number>/batal": (
        "/kunjungan/2026/2/batal",
        front_desk(401, CANCELLED),
    ),
    "POST /kunjungan/<int:year>/<int:number>/bukti.pdf": (
        "/kunjungan/2026/1/bukti.pdf",
        all_but_host(401, 200),
    ),
    f"GET {VISIT_ROUTE}/tindakan": ("/kunjungan/2026/1/tindakan", all_but_host(ASK, 200)),
    f"POST {VISIT_ROUTE}/putusan": ("/kunjungan/2026/1/putusan", all_but_host(401, 422)),
    f"POST {VISIT_ROUTE}/alihkan": ("/kunjungan/2026/1/alihkan", all_but_host(401, 422)),
    f"POST {VISIT_ROUTE}/wakili": ("/kunjungan/2026/1/wakili", all_but_host(401, 422)),
    f"POST {VISIT_ROUTE}/pesan": ("/kunjungan/2026/1/pesan", all_but_host(401, 422)),
    f"POST {VISIT_ROUTE}/urungkan": ("/kunjungan/2026/1/urungkan", all_but_host(401, VISIT)),
    f"GET {VISIT_ROUTE}/perbaiki": ("/kunjungan/2026/1/perbaiki", supervisors(ASK, 200)),
    f"POST {VISIT_ROUTE}/perbaiki/tamu": (
        "/kunjungan/2026/1/perbaiki/tamu",
        supervisors(401, 422),
    ),
    f"POST {VISIT_ROUTE}/perbaiki/waktu": (
        "/kunjungan/2026/1/perbaiki/waktu",
        supervisors(401, 422),
    ),
    f"POST {VISIT_ROUTE}/buka-lagi": ("/kunjungan/2026/1/buka-lagi", supervisors(401, 422)),
    "GET /titipan": ("/titipan", all_but_host(ASK, 200)),
    "POST /titipan": ("/titipan", front_desk(401, 422)),
    "POST /titipan/<int:year>/<int:number>/tanda-terima.pdf": (
        "/titipan/2026/1/tanda-terima.pdf",
        all_but_host(401, 404),
    ),
    "GET /janji-temu": ("/janji-temu", all_but_host(ASK, 200)),
    f"GET {APPOINTMENT}": ("/janji-temu/1", all_but_host(ASK, "303 /janji-temu")),
    f"POST {APPOINTMENT}/ubah": ("/janji-temu/1/ubah", all_but_host(401, "303 /janji-temu")),
    f"POST {APPOINTMENT}/batal": ("/janji-temu/1/batal", all_but_host(401, "303 /janji-temu")),
    "GET /pengganti": ("/pengganti", with_role(ASK, 200)),
    "POST /pengganti": ("/pengganti", with_role(401, 422)),
    "POST /pengganti/<int(max=999999999):delegation_id>/akhiri": (
        "/pengganti/1/akhiri",
        with_role(401, "303 /pengganti"),
    ),
    f"GET {VISIT_ROUTE}/kartu": ("/kunjungan/2026/1/kartu", front_desk(ASK, 200)),
    f"POST {VISIT_ROUTE}/kartu/hilang": (
        "/kunjungan/2026/1/kartu/hilang",
        front_desk(401, CARDS),
    ),
    f"POST {VISIT_ROUTE}/kartu/tukar": ("/kunjungan/2026/1/kartu/tukar", front_desk(401, 409)),
    f"POST {VISIT_ROUTE}/kartu/pulang": (
        "/kunjungan/2026/1/kartu/pulang",
        front_desk(401, CARDS),
    ),
    f"POST {VISIT_ROUTE}/rombongan": ("/kunjungan/2026/1/rombongan", front_desk(401, CARDS)),
    "GET /tanda-pengenal": ("/tanda-pengenal", badge_keepers(ASK, 200)),
    f"GET {BADGE}": ("/tanda-pengenal/1", badge_keepers(ASK, 200)),
    f"POST {BADGE}": ("/tanda-pengenal/1", badge_keepers(401, 422)),
    "GET /tanda-pengenal/laporan": ("/tanda-pengenal/laporan", badge_keepers(ASK, 200)),
    "POST /tanda-pengenal": ("/tanda-pengenal", admin(401, "303 /tanda-pengenal")),
    "GET /tanda-pengenal/jenis": ("/tanda-pengenal/jenis", admin(ASK, 200)),
    "POST /tanda-pengenal/jenis": (
        "/tanda-pengenal/jenis",
        admin(401, "303 /tanda-pengenal/jenis"),
    ),
    "GET /tanda-pengenal/jenis/baru": ("/tanda-pengenal/jenis/baru", admin(ASK, 200)),
    "POST /tanda-pengenal/jenis/baru": ("/tanda-pengenal/jenis/baru", admin(401, 422)),
    "GET /tanda-pengenal/jenis/<kind_code>": ("/tanda-pengenal/jenis/vip", admin(ASK, 200)),
    "POST /tanda-pengenal/jenis/<kind_code>": ("/tanda-pengenal/jenis/vip", admin(401, 422)),
    "GET /tanda-pengenal/cetak": ("/tanda-pengenal/cetak", admin(ASK, 200)),
    "POST /tanda-pengenal/cetak.pdf": ("/tanda-pengenal/cetak.pdf", admin(401, 200)),
    "GET /tanda-pengenal/meja.pdf": ("/tanda-pengenal/meja.pdf", admin(ASK, 422)),
    "GET /petugas": ("/petugas", admin(ASK, 200)),
    "GET /petugas/baru": ("/petugas/baru", admin(ASK, 200)),
    "POST /petugas/baru": ("/petugas/baru", admin(401, 422)),
    f"GET {PERSON}": ("/petugas/1", admin(ASK, 200)),
    f"POST {PERSON}": ("/petugas/1", admin(401, 422)),
    f"POST {PERSON}/kata-sandi": ("/petugas/1/kata-sandi", admin(401, 422)),
    "GET /tujuan": ("/tujuan", admin(ASK, 200)),
    "GET /tujuan/baru": ("/tujuan/baru", admin(ASK, 200)),
    "POST /tujuan/baru": ("/tujuan/baru", admin(401, 422)),
    f"GET {UNIT}": ("/tujuan/1", admin(ASK, 200)),
    f"POST {UNIT}": ("/tujuan/1", admin(401, 422)),
    "GET /cadangan": ("/cadangan", admin(ASK, 200)),
    "POST /cadangan": ("/cadangan", admin(401, "303 /cadangan")),
    "GET /kantor": ("/kantor", admin(ASK, 200)),
    "POST /kantor": ("/kantor", admin(401, 422)),
    "GET /kantor/lambang.png": ("/kantor/lambang.png", with_role(ASK, 404)),
    "GET /percaya": ("/percaya", everybody(200)),
    "GET /percaya/pelayanan-tamu.crt": ("/percaya/pelayanan-tamu.crt", everybody(404)),
    "GET /percaya/pelayanan-tamu.mobileconfig": (
        "/percaya/pelayanan-tamu.mobileconfig",
        everybody(404),
    ),
    "GET /percaya/uji": ("/percaya/uji", everybody(200)),
    "GET /percaya/ping": ("/percaya/ping", everybody(204)),
    "GET /sehat": ("/sehat", everybody(200)),
    "GET /static/<path:filename>": ("/static/css/app.css", everybody(200)),
}

SENT = {
    "/masuk": {"username": "sekar", "password": PASSWORD},
    "/pindai": {"code": "12"},
    "/buku-tamu/baru": {"name": "Tono", "origin": "perorangan"},
    "/kunjungan/2026/1/koreksi": {
        "purpose": "Izin usaha simpan pinjam",
        "correction_reason": "Salah tulis.",
    },
    "/kunjungan/2026/2/batal": {"reason_text": "Salah ketik"},
    "/buku-tamu/ekspor": {"dari": "2026-11-01", "sampai": "2026-11-30", "format": "pdf"},
    "/tanda-pengenal": {"first": "21", "last": "22"},
    "/kunjungan/2026/1/kartu/hilang": {
        "number": "12",
        "how": "lose",
        "replacement": "13",
        "reason": "Tercecer",
    },
    "/kunjungan/2026/1/kartu/tukar": {"number": "12", "other": "14", "reason": "Tertukar"},
    "/kunjungan/2026/1/kartu/pulang": {"left_at": "2026-11-24T09:02"},
    "/kunjungan/2026/1/rombongan": {"size": "2", "names": "Budi"},
    "/tanda-pengenal/jenis": {"first": "1", "last": "2", "kind": "vip"},
    "/tanda-pengenal/cetak.pdf": {"which": "all"},
    "/kantor": {"section": "kop"},
}


def routes(app):
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def answer_of(office, who, method, url):
    desk = office.visitor() if who == NOBODY else office.browser(who)
    with (
        desk.get(url)
        if method == "GET"
        else desk.post(url, {"nonce": str(uuid.uuid4()), **SENT.get(url, {})})
    ) as response:
        if response.status_code != 303:
            return response.status_code
        return f"303 {response.headers['Location']}"


def test_every_route_has_its_row(app):
    assert routes(app) == set(TABLE)


@pytest.mark.parametrize("route", TABLE)
def test_each_role_gets_the_answer_of_the_table(office, route):
    method = route.partition(" ")[0]
    url, answers = TABLE[route]
    office.bring_to_step(2)
    office.open_visit("Udin")
    back_here = "303 /masuk?" + urlencode({"next": url}, safe="/?")
    expected = [back_here if answer == ASK else answer for answer in answers]
    found = [answer_of(office, who, method, url) for who in PEOPLE]
    assert dict(zip(PEOPLE, found, strict=True)) == dict(zip(PEOPLE, expected, strict=True))


@pytest.mark.parametrize("username", CAST)
def test_an_unknown_address_is_a_sentence_for_everybody(office, username):
    page = office.desk(username).get("/tidak-ada")
    assert (page.status_code, "Halaman tidak ditemukan" in page.text) == (404, True)


@pytest.mark.parametrize(
    "url",
    [
        "/petugas/99",
        "/petugas/99999999999999999999",
        "/tujuan/99",
        "/tujuan/99999999999999999999",
        "/kunjungan/2026/99",
        "/kunjungan/99999999999999999999/99999999999999999999",
    ],
)
def test_an_address_of_nothing_is_not_found_however_large_its_number(office, url):
    page = office.desk("adi").get(url)
    assert (page.status_code, "Halaman tidak ditemukan" in page.text) == (404, True)


def test_a_method_that_a_route_does_not_know_says_which_it_knows(office):
    page = office.desk("adi").get("/keluar")
    assert page.status_code == 405
    assert set(page.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    assert "Cara ini tidak dikenal" in page.text


def test_whoever_has_no_role_yet_is_offered_no_desk_but_the_way_out(office):
    wati = office.desk("wati")
    for url in ("/meja", "/pindai", "/buku-tamu", "/petugas"):
        page = wati.get(url)
        assert page.status_code == 403
        assert "Akun Anda belum diberi peran" in page.text
        assert "hubungi Admin" in page.text
        leads = {address.partition("?")[0] for address in re.findall(r'href="(/[^"]*)"', page.text)}
        pages = {address for address in leads if not address.startswith("/static/")}
        assert pages == {"/", "/akun/kata-sandi"}
        assert [form.action for form in forms(page.text)] == ["/ganti-petugas", "/keluar"]
    assert wati.get("/akun/kata-sandi").status_code == 200


def test_a_scan_by_whoever_has_no_role_yet_is_told_so_where_its_answer_would_have_been(office):
    office.bring_to_step(2)
    sent = {"nonce": str(uuid.uuid4()), "code": "12"}
    panel = office.desk("wati").post("/pindai", sent, headers={"HX-Request": "true"})
    said_in_a_panel(
        panel,
        403,
        "Halaman ini untuk petugas lain Akun Anda belum diberi peran untuk halaman ini. "
        "Bila seharusnya boleh, hubungi Admin.",
    )


def test_whoever_lacks_the_role_is_told_what_to_do(office):
    page = office.desk("hadi").get("/buku-tamu")
    assert page.status_code == 403
    assert "Halaman ini untuk petugas lain" in page.text
    assert "hubungi Admin" in page.text
    assert 'href="/meja"' in page.text
