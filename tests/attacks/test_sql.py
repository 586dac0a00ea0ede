"""SQL in every search, every filter and every field: it is looked for, and never run.

Signs that are commands of the full-text index: tests/views/test_guest_book.py.
"""

import re
import uuid
from urllib.parse import quote, urlsplit

import pytest

from app.models.scan import Scan
from tests.attacks.attacking import addresses, changed, stored
from tests.attacks.markup import forms_of
from tests.cast import PASSWORD
from tests.views.reading import rows, statements, words

SQL = [
    "' OR '1'='1",
    "1 OR 1=1",
    '") OR ("1"="1',
    "'; DROP TABLE visit; --",
    "0 UNION SELECT password_hash FROM person --",
    "1/2026' OR 'a'='a",
    "%' ESCAPE '",
    "\\' OR 1=1 /*",
    "name:z* OR NOT z",
    "1; ATTACH 'z' AS z",
    "2026-11-24' OR '1",
    "front_desk') --",
]
SEARCHES = {"cari", "tersimpan", "setelah", "untuk"}  # the others are choices from a list
BESIDE_FORMS = {  # what an address may ask for without a form on the page
    "/meja/antrean": ["v"],
    "/sedang-di-dalam": ["v"],
    "/buku-tamu": ["setelah"],
    "/buku-tamu/baru": ["tersimpan"],
    "/pindai": ["untuk", "maksud"],
    "/sop": ["v"],
    "/sop.pdf": ["kertas"],
}


def unknown(sql):
    """A word of the same shape that nobody here bears."""
    return re.sub(r"\S", "q", sql)


def asked_for(house, who):
    """Every parameter that a page or its forms know."""
    asked = {(url, name) for url, names in BESIDE_FORMS.items() for name in names}
    for form in forms_in(house, who):
        if form.method == "get":
            asked |= {(urlsplit(form.action).path, field.name) for field in form.fields}
    return sorted(asked)


def forms_in(house, who):
    """A form of each kind that this person's pages hold."""
    found = {}
    for url in addresses(house.app, "GET"):
        with house.desk(who).get(url) as page:
            if page.mimetype == "text/html":
                found |= {form.key: form for form in forms_of(page.text, url)}
    return list(found.values())


def answer_to(desk, url, name, text):
    """What is said to a question, without the question."""
    answer = desk.get(url, query_string={name: text})
    said = words(answer.text) if answer.mimetype == "text/html" else answer.data
    if isinstance(said, str):
        said = said.replace(" ".join(text.split()), "…")
        said = re.sub(r"Kode kejadian: \S+", "", said)
    return answer.status_code, said


def test_every_search_and_filter_takes_sql_for_a_word_nobody_bears(house):
    serba = house.desk("serba")
    asked = asked_for(house, "serba")
    assert {("/buku-tamu", "cari"), ("/buku-tamu", "tujuan"), ("/ringkasan", "dari")} <= set(asked)
    before, plain, odd = stored(house), {}, []
    for url, name in asked:
        for sql in SQL if name in SEARCHES else SQL[::4]:
            word = unknown(sql)
            if (url, name, word) not in plain:
                plain[url, name, word] = answer_to(serba, url, name, word)
            if answer_to(serba, url, name, sql) != plain[url, name, word]:
                odd.append((url, name, sql))
    assert odd == []
    assert changed(before, stored(house)) == []


def test_a_range_of_badges_in_sql_prints_nothing(house):
    serba, before = house.desk("serba"), stored(house)
    for sql in SQL:
        for numbers in ({"first": sql, "last": "2"}, {"first": "1", "last": sql}):
            asked = {"which": "range", **numbers}
            assert serba.post("/tanda-pengenal/cetak.pdf", asked).status_code == 422
            assert (
                serba.post("/tanda-pengenal/jenis", {"kind": "vip", **numbers}).status_code == 422
            )
    assert changed(before, stored(house)) == []


def test_what_is_typed_never_becomes_a_part_of_a_statement(house):
    serba, forms = house.desk("serba"), forms_in(house, "serba")
    tables, fields = stored(house)["sqlite_master"], 0
    for form in forms:
        for field in form.fields:
            if field.name in {"csrf_token", "nonce"} or field.kind == "file":
                continue
            fields += 1
            sent = form.filled(fields, nonce=str(uuid.uuid4()))
            sent[field.name] = f"{field.value} qzx'; DROP TABLE visit; --"
            with statements(house.app) as run:
                if form.method == "get":
                    serba.get(urlsplit(form.action).path, query_string=sent)
                else:
                    serba.post(form.action, sent)
            assert [each for each in run if "qzx" in each] == [], (form.action, field.name)
    assert fields > 80
    assert stored(house)["sqlite_master"] == tables


@pytest.mark.parametrize("password", [PASSWORD, "' OR '1'='1"])
def test_nobody_signs_in_by_sql(house, password):
    names = [*SQL, "adi' --", "adi'/*", "' OR username='adi", 'adi" --', "adi'; --"]
    before = stored(house)
    for name in names:
        visitor = house.visitor()
        answer = visitor.post("/masuk", {"username": name, "password": password})
        assert answer.status_code == 401, name
        assert visitor.get("/meja").status_code == 303
        house.clock.pass_time(minutes=16)
    assert changed(before, stored(house)) == ["sign_in_failure"]


def test_a_scanned_code_of_sql_is_an_unknown_code(house):
    kasim = house.desk("kasim")
    before = stored(house)
    for sql in SQL:
        for method in ("camera", "usb", "typed", "photo"):
            facts = kasim.scan(sql, method=method)
            assert (facts["outcome"], facts["reason"]) == ("refused", "unknown_code"), sql
        for visit in (f"1/2026{sql}", f"{sql}/2026", sql):
            facts = kasim.scan(method="tap", visit=visit)
            assert (facts["outcome"], facts["reason"]) == ("refused", "not_waiting"), visit
    assert {scan.visit_id for scan in rows(house, Scan)[-7 * len(SQL) :]} == {None}
    assert changed(before, stored(house)) == ["scan"]


def test_an_address_with_sql_in_it_leads_nowhere(house):
    serba, before = house.desk("serba"), stored(house)
    for word in (quote(sql.replace("/", "|")) for sql in SQL):
        for path in (f"/kunjungan/2026/1{word}", f"/kunjungan/{word}/1", f"/petugas/1{word}",
                     f"/tujuan/{word}", f"/{word}"):  # fmt: skip
            assert serba.get(path).status_code == 404, path
        page = serba.get(f"/T/{word}")
        assert (page.status_code, "Kode tidak dikenal" in page.text) == (200, True)
    assert changed(before, stored(house)) == []
