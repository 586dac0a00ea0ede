"""The page of the office's settings as its tests use it: send a section, read what is stored."""

from datetime import time

from app.models.office import Emblem, OfficeHours, ScreenVersion
from app.models.office import Office as OfficeRow
from tests.views.reading import form_to, row, rows, words

SAME = "Tidak ada yang berubah: isinya sama dengan yang tersimpan."
NOT_SAVED = "Belum tersimpan. Perbaiki isian yang ditandai di bawah."
USUAL = {day: (time(7, 30), time(16), time(12), time(13)) for day in range(4)}
USUAL[4] = (time(7, 30), time(16, 30), time(11, 30), time(13))


def section(page, name):
    """The form of one section."""
    return form_to(page, "/kantor", section=name)


def send(office, part, who="adi", **fields):
    """Open the page, change something in one section and save it, as the admin would."""
    data = section(office.desk("adi").get("/kantor").text, part).data | fields
    kept = {field: text for field, text in data.items() if text is not None}
    return office.desk(who).post("/kantor", kept)


def said(office):
    """What the page says above its heading about what was just done."""
    page = office.desk("adi").get("/kantor").text
    return words(page.partition('tabindex="-1">')[2].partition("<nav")[0])


def saved(answer):
    assert (answer.status_code, answer.headers["Location"]) == (303, "/kantor")


def stored(office):
    """Everything that the page can change."""
    columns = {
        name: text
        for name, text in vars(row(office, OfficeRow)).items()
        if not name.startswith("_")
    }
    return columns, week(office), [emblem.png for emblem in rows(office, Emblem)]


def week(office):
    return {
        day.weekday: (day.opens_at, day.closes_at, day.break_from, day.break_until)
        for day in rows(office, OfficeHours)
    }


def version(office):
    return row(office, ScreenVersion).n
