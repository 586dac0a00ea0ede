"""A database that goes bad at work: a sentence, and nothing that was sent is lost."""

import shutil
import uuid

import pytest

from tests.support.damage import spoil_header, spoil_page_of
from tests.views.reading import form_to, incident, told, words

HTMX = {"HX-Request": "true"}
JSON = {"Accept": "application/json"}
WRITING = (
    "Basis data di server rusak. Jangan tutup halaman ini: hubungi Admin untuk memulihkan "
    "cadangan, lalu kirim lagi."
)
READING = (
    "Basis data di server rusak. Hubungi Admin untuk memulihkan cadangan, lalu muat ulang halaman "
    "ini."
)
DAMAGE = {
    "the table of scans": lambda database: spoil_page_of(database, "scan"),
    "an index of scans": lambda database: spoil_page_of(database, "sqlite_autoindex_scan_1"),
    "the table of visits": lambda database: spoil_page_of(database, "visit"),
    "the whole": spoil_header,
}


@pytest.fixture
def damaged(office, tmp_path):
    """Damage the office's database; the office is given back as it was when that is called."""
    database = office.app.config["INSTANCE"] / "tamu.db"

    def damage(how):
        office.bring_to_step(2)
        office.clock.pass_time(minutes=2)
        office.desk("kasim")
        office.close()
        shutil.copy(database, tmp_path / "before.db")
        DAMAGE[how](database)

        def restore():
            office.close()
            for companion in ("tamu.db-wal", "tamu.db-shm"):
                database.with_name(companion).unlink(missing_ok=True)
            shutil.copy(tmp_path / "before.db", database)

        return restore

    return damage


@pytest.mark.parametrize("how", DAMAGE)
def test_a_scan_is_refused_with_a_sentence_and_counts_once_after_a_restoration(
    office, damaged, how, caplog
):
    restore = damaged(how)
    kasim, sent = office.desk("kasim"), {"code": "12", "nonce": str(uuid.uuid4())}
    answer = kasim.post("/pindai", sent, headers=JSON)
    panel = kasim.post("/pindai", sent, headers=HTMX)
    page = kasim.post("/pindai", sent)
    assert [answer.status_code, panel.status_code, page.status_code] == [503] * 3
    assert told(answer) == f"Data belum tersimpan. {WRITING}"
    for shown in (panel, page):
        assert f"Data belum tersimpan {WRITING}" in words(shown.text)
        assert incident(shown) in words(shown.text)
    if how != "the whole":
        assert sent.items() <= form_to(page.text, "/pindai").data.items()
    assert {record.levelname for record in caplog.records} == {"ERROR"}
    assert {bool(record.exc_info) for record in caplog.records} == {False}
    assert all("rusak. Hentikan server, lalu jalankan" in each.message for each in caplog.records)
    restore()
    facts = [kasim.post("/pindai", sent, headers=JSON).json for _ in range(2)]
    assert [fact["outcome"] for fact in facts] == ["advanced", "advanced"]
    assert facts[0] == facts[1]


@pytest.mark.parametrize(
    ("how", "url"), [("the table of visits", "/sedang-di-dalam"), ("the whole", "/meja")]
)
def test_a_page_says_that_it_cannot_be_read(office, damaged, how, url):
    restore = damaged(how)
    kasim = office.desk("kasim")
    page, poll = kasim.get(url), kasim.get(url, headers=HTMX)
    assert (page.status_code, poll.status_code) == (503, 503)
    assert f"Halaman belum dapat dibuka {READING}" in words(page.text)
    assert poll.headers["HX-Reswap"] == "none"
    assert kasim.get("/sehat").status_code == (503 if how == "the whole" else 200)
    restore()
    assert kasim.get(url).status_code == 200
    assert kasim.get("/sehat").status_code == 200
