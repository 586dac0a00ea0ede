"""Cadangan: red when the last good one is late, amber for the second place; made by a button."""

import re

import pytest

from app import create_app
from app.backups.backing_up import back_up
from app.backups.keys import backup_key
from app.backups.places import NoFile, one_at_a_time
from app.backups.shelf import Why, backups_in
from tests.cast import copy_instance
from tests.support.rows import rows_of
from tests.support.shelves import backed_up, cut, database_of, rows_in
from tests.views.conftest import OfficeAtNine
from tests.views.reading import link, words

LATE = "Belum ada cadangan baik dalam satu hari terakhir"
OTHER_PAGES = ("/meja", "/petugas", "/kantor", "/tanda-pengenal", "/ringkasan", "/tidak-ada")


@pytest.fixture
def second(tmp_path):
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


@pytest.fixture
def open_office(template, tmp_path, clock, sessions):
    """Open the office with settings of its own."""
    opened = []

    def start(**settings):
        instance = copy_instance(template, tmp_path / "own" / "instance")
        app = create_app({"INSTANCE": instance, "NOW": clock, **settings})
        office = OfficeAtNine(app, clock)
        office.sessions = sessions
        opened.append(office)
        return office

    yield start
    for office in opened:
        office.close()


def shelf(office):
    return backups_in(database_of(office.app).parent / "backups")


def look(office, who="adi"):
    """The page as it is, for somebody who has just signed in."""
    answer = office.sign_in(who).get("/cadangan")
    assert answer.status_code == 200
    return answer.text


def tone(page):
    """What the head of the page's panel says, and its colour."""
    head = re.search(r'<div class="panel-head is-(\w+)">.*?<h2[^>]*>(.*?)</h2>', page, re.DOTALL)
    assert head is not None
    return head[1], head[2]


def warnings(page):
    return [
        words(text) for text in re.findall(r'<div class="notice is-warn".*?</div>', page, re.DOTALL)
    ]


def press(office, who="adi"):
    return office.desk(who).post("/cadangan")


def test_without_any_the_page_is_red_and_offers_the_first(office):
    page = look(office)
    assert tone(page) == ("bad", "Belum ada cadangan")
    assert "Buat cadangan sekarang" in words(page)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, ("ok", "Cadangan terakhir baik")),
        (24, ("ok", "Cadangan terakhir baik")),
        (24.1, ("bad", "Cadangan terakhir sudah lebih dari satu hari")),
        (100, ("bad", "Cadangan terakhir sudah lebih dari satu hari")),
    ],
)
def test_the_page_is_red_once_the_last_good_one_is_older_than_a_day(office, clock, hours, expected):
    backed_up(office.app, why=Why.DAILY)
    clock.pass_time(hours=hours)
    assert tone(look(office)) == expected


def test_the_page_says_when_how_large_where_and_whether_it_is_encrypted(office, clock):
    office.bring_to_step(2)
    backup = backed_up(office.app, why=Why.DAILY)
    clock.pass_time(hours=5)
    page = words(look(office))
    made_at = "24 Nov 2026, 09.02 WIB"
    assert f"Cadangan terakhir baik {made_at} (5 jam lalu)" in page
    kilobytes = -(-backup.manifest.size // 1000)
    assert f"Isi 1 kunjungan {kilobytes} KB, tidak terenkripsi" in page
    assert f"Tempat pertama {backup.file.parent}" in page
    assert "Tempat kedua Belum diatur" in page
    assert f"{made_at} harian 1 {kilobytes} KB {backup.file.name}" in page


def test_a_half_file_is_not_the_last_good_one(office, clock):
    good = backed_up(office.app, why=Why.DAILY)
    clock.pass_time(hours=25)
    half = backed_up(office.app, why=Why.DAILY)
    cut(half.file, 1)
    page = look(office)
    assert tone(page)[0] == "bad"
    assert good.file.name in page
    assert half.file.name not in page


def test_the_button_makes_one_that_restores_row_for_row(office, tmp_path):
    office.bring_to_step(3)
    answer = press(office)
    assert (answer.status_code, answer.location) == (303, "/cadangan")
    (backup,) = shelf(office)
    assert backup.manifest.why is Why.BY_HAND
    assert rows_in(backup.file, tmp_path / "elsewhere") == rows_of(database_of(office.app))
    page = office.desk("adi").get("/cadangan").text
    assert f"Cadangan dibuat dan diperiksa: {backup.file.name}" in words(page)
    assert tone(page) == ("ok", "Cadangan terakhir baik")


def test_pressing_again_makes_another_and_the_first_of_the_day_stays(office, clock):
    press(office)
    clock.pass_time(minutes=1)
    press(office)
    assert [it.manifest.made_at.minute for it in shelf(office)] == [1, 0]


@pytest.mark.parametrize("who", ["fitri", "kasim", "sekar", "hadi", "wati"])
def test_whoever_is_no_admin_neither_sees_nor_makes_one(office, who):
    assert office.desk(who).get("/cadangan").status_code == 403
    assert press(office, who).status_code == 403
    assert shelf(office) == []


def test_a_form_without_its_token_makes_none(office):
    assert office.desk("adi").post("/cadangan", {"csrf_token": ""}).status_code == 400
    assert shelf(office) == []


def test_while_another_is_made_the_button_says_so(office):
    with one_at_a_time(database_of(office.app).parent):
        answer = press(office)
    assert answer.status_code == 409
    assert "Cadangan lain sedang dibuat" in words(answer.text)
    assert shelf(office) == []


def test_a_backup_that_fails_says_why_and_what_to_do(office):
    (database_of(office.app).parent / "backups").write_text("a file where the folder should be")
    answer = press(office)
    assert answer.status_code == 503
    assert "tidak dapat dibuat" in words(answer.text)
    assert "lalu coba lagi" in words(answer.text)
    assert tone(answer.text) == ("bad", "Belum ada cadangan")


def test_encrypted_ones_are_called_so(open_office, tmp_path):
    office = open_office(BACKUP_SEALED=True)
    press(office)
    (backup,) = shelf(office)
    assert backup.manifest.sealed
    key = backup_key(database_of(office.app).parent)
    assert rows_in(backup.file, tmp_path / "elsewhere", key) == rows_of(database_of(office.app))
    page = words(look(office))
    assert "KB, terenkripsi" in page
    assert "atas permintaan, terenkripsi" in page


def test_a_second_place_that_is_missing_is_amber_and_the_first_copy_is_made(open_office, second):
    office = open_office(BACKUP_FOLDER=second)
    second.rmdir()
    press(office)
    page = office.desk("adi").get("/cadangan").text
    assert len(shelf(office)) == 1
    assert tone(page)[0] == "ok"
    flashed, standing = warnings(page)
    assert flashed.startswith(f"Tempat kedua {second} tidak ada.")
    assert standing.startswith("Tempat kedua tidak ada sekarang. Sambungkan drive-nya")
    assert f"{second} Tidak tersambung" in words(page)
    assert not second.exists()


def test_a_second_place_on_the_same_disk_is_amber(open_office, second):
    office = open_office(BACKUP_FOLDER=second)
    press(office)
    page = look(office)
    (warning,) = warnings(page)
    assert warning.startswith("Tempat kedua berada di disk yang sama dengan tempat pertama")
    assert 'class="chip is-ok"' in page, "the copy itself is there"


@pytest.fixture
def another_disk(monkeypatch):
    """As if the second place were a drive; the tests have one disk only."""
    monkeypatch.setattr("app.backups.standing.are_on_one_disk", lambda _one, _other: False)


def test_a_second_place_with_todays_copy_is_shown_without_a_word_of_warning(
    open_office, second, another_disk
):
    office = open_office(BACKUP_FOLDER=second)
    press(office)
    page = look(office)
    assert warnings(page) == []
    assert f"{second} Salinan terakhir 24 Nov 2026, 09.00 WIB" in words(page)
    assert 'class="chip is-ok"' in page


def test_a_second_place_that_fell_behind_is_amber(open_office, second, clock, another_disk):
    office = open_office(BACKUP_FOLDER=second)
    press(office)
    clock.pass_time(hours=25)
    away = second.rename(second.with_name("dilepas"))
    back_up(office.app, why=Why.DAILY, at=clock())
    away.rename(second)
    page = look(office)
    assert tone(page)[0] == "ok"
    assert [text[:30] for text in warnings(page)] == ["Di tempat kedua belum ada sali"]
    assert "tidak ada" in words(page)


def test_how_to_restore_is_said_with_the_newest_file_and_the_folder(office):
    backup = backed_up(office.app)
    page = words(look(office))
    instance = database_of(office.app).parent
    assert f"tamu restore {backup.file} --overwrite --instance {instance}" in page
    assert f"tamu key export --instance {instance}" in page
    assert f"tamu run --instance {instance}" in page
    as_service = f"sudo -u tamu /opt/pelayanan-tamu/bin/tamu restore {backup.file} --overwrite"
    assert f"sudo systemctl stop pelayanan-tamu {as_service}" in page


def test_an_office_on_its_network_is_served_there_again(office):
    instance = database_of(office.app).parent
    (instance / "tls").mkdir()
    assert f"tamu run --lan --instance {instance}" in words(look(office))


@pytest.mark.parametrize("path", OTHER_PAGES)
def test_an_admin_is_told_on_every_other_page_when_the_last_one_is_late(office, clock, path):
    adi = office.desk("adi")
    assert link(adi.get(path).text, LATE) == "/cadangan"
    backed_up(office.app)
    assert link(adi.get(path).text, LATE) is None
    clock.pass_time(hours=24.1)
    assert link(office.sign_in("adi").get(path).text, LATE) == "/cadangan"


def test_the_page_itself_and_a_part_of_a_page_do_not_repeat_it(office):
    assert LATE not in look(office)
    part = office.desk("adi").get("/meja/antrean", headers={"HX-Request": "true"})
    assert LATE not in part.text


@pytest.mark.parametrize("who", ["fitri", "kasim", "hadi"])
def test_nobody_else_is_bothered_with_it(office, who):
    assert LATE not in office.desk(who).get("/meja").text


def test_a_database_that_another_program_backs_up_is_said_to_be_so(office, monkeypatch):
    def elsewhere(_app):
        raise NoFile("Cadangkan dengan perangkat basis data itu sendiri.")

    for module in ("app.backups.standing", "app.views.backups", "app.backups.backing_up"):
        monkeypatch.setattr(f"{module}.places_of", elsewhere)
    adi = office.desk("adi")
    assert "perangkat basis data itu sendiri" in words(adi.get("/cadangan").text)
    assert LATE not in adi.get("/meja").text
    answer = adi.post("/cadangan")
    assert answer.status_code == 503
    assert "perangkat basis data itu sendiri" in words(answer.text)
