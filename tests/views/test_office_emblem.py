"""Lambang: uploaded, replaced, removed, and fetched by those who work here."""

import io

import pytest
from PIL import Image

from app import emblem
from app.models.office import Emblem
from tests.views.office_page import SAME, said, saved, stored, version
from tests.views.reading import count, row, words


def png(colour="red", size=(60, 80), kind="PNG"):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def upload(office, data, name="lambang.png", who="adi"):
    fields = {"section": "emblem"}
    if data is not None:
        fields["emblem"] = (io.BytesIO(data), name)
    return office.desk(who).post("/kantor", fields, content_type="multipart/form-data")


def remove(office, who="adi"):
    return office.desk(who).post("/kantor", {"section": "no_emblem"})


def picture_on(page):
    """The address of the emblem on the kop."""
    (part,) = [part for part in page.split("<img") if "kop-emblem" in part.partition(">")[0]]
    return part.partition('src="')[2].partition('"')[0]


def test_an_emblem_is_stored_clean_and_shown_on_the_kop(office):
    page = office.desk("adi").get("/kantor").text
    assert ("kop-emblem" in page, "Hapus lambang" in page) == (False, False)
    before = version(office)
    saved(upload(office, png(size=(1600, 1200), kind="JPEG"), name="foto.gif"))
    assert said(office) == "Lambang disimpan, 800 × 600 piksel."
    stored_emblem = row(office, Emblem)
    assert (stored_emblem.width, stored_emblem.height) == (800, 600)
    assert stored_emblem.changed_at == office.clock()
    assert version(office) == before + 1
    address = picture_on(office.desk("adi").get("/kantor").text)
    answer = office.desk("hadi").get(address)
    assert (answer.status_code, answer.mimetype, answer.data) == (
        200,
        "image/png",
        stored_emblem.png,
    )


def test_another_emblem_takes_its_place_at_another_address(office):
    upload(office, png("red"))
    first = picture_on(office.desk("adi").get("/kantor").text)
    office.clock.pass_time(minutes=1)
    saved(upload(office, png("blue")))
    image = Image.open(io.BytesIO(row(office, Emblem).png))
    assert image.getpixel((0, 0)) == (0, 0, 255)
    assert picture_on(office.desk("adi").get("/kantor").text) != first


def test_the_same_emblem_again_changes_nothing_and_says_so(office):
    upload(office, png())
    before, seen = stored(office), version(office)
    saved(upload(office, png()))
    assert said(office).endswith(SAME)
    assert (stored(office), version(office)) == (before, seen)


def test_an_emblem_is_removed_once(office):
    upload(office, png())
    before = version(office)
    saved(remove(office))
    assert said(office).endswith("Lambang dihapus; kop dicetak tanpa lambang.")
    assert (count(office, Emblem), version(office)) == (0, before + 1)
    assert office.desk("adi").get("/kantor/lambang.png").status_code == 404
    saved(remove(office))
    assert (said(office), version(office)) == (SAME, before + 1)


def test_a_browser_that_has_the_emblem_is_not_sent_it_again(office):
    upload(office, png())
    kasim = office.desk("kasim")
    named = kasim.get(picture_on(office.desk("adi").get("/kantor").text))
    assert named.headers["Cache-Control"] == "private, max-age=31536000"
    plain = kasim.get("/kantor/lambang.png")
    assert plain.headers["Cache-Control"] == "private, max-age=0"
    again = kasim.get("/kantor/lambang.png", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    upload(office, png("blue"))
    changed = kasim.get("/kantor/lambang.png", headers={"If-None-Match": plain.headers["ETag"]})
    assert (changed.status_code, changed.data) == (200, row(office, Emblem).png)


NOTHING = "Pilih berkas lambang lebih dulu."
NO_EMBLEM = {  # what is sent, under which name, and what is said of it
    "nothing chosen": (None, "lambang.png", NOTHING),
    "no name": (b"", "", NOTHING),
    "empty": (b"", "lambang.png", emblem.EMPTY),
    "no picture": (b"halo", "lambang.png", emblem.NO_IMAGE),
    "a GIF by another name": (png(kind="GIF"), "lambang.png", emblem.OTHER_KIND.format("GIF")),
    "cut short": (png()[:60], "lambang.png", emblem.BROKEN),
    "too large": (png() + bytes(1000), "lambang.png", emblem.TOO_LARGE),
}


@pytest.mark.parametrize("name", NO_EMBLEM)
def test_a_file_that_is_no_emblem_says_what_to_do_and_the_old_one_stays(office, monkeypatch, name):
    data, file_name, sentence = NO_EMBLEM[name]
    upload(office, png("blue"))
    before, seen = stored(office), version(office)
    monkeypatch.setattr(emblem, "LARGEST_FILE", 1000)
    answer = upload(office, data, file_name)
    assert answer.status_code == 422
    assert words(answer.text).count(sentence) == 1
    assert 'id="f-emblem-error"' in answer.text
    assert (stored(office), version(office)) == (before, seen)


def test_a_file_beyond_what_the_server_reads_is_told_so_on_the_page(office):
    office.app.config["MAX_CONTENT_LENGTH"] = 300_000
    before = stored(office)
    answer = upload(office, bytes(400_000))
    assert answer.status_code == 413
    assert words(answer.text).count(emblem.TOO_LARGE) == 1
    assert 'id="f-emblem-error"' in answer.text
    assert stored(office) == before


@pytest.mark.parametrize("who", ["fitri", "kasim", "sekar", "hadi", "wati"])
def test_only_the_admin_gives_the_office_an_emblem_or_takes_it(office, who):
    assert upload(office, png(), who=who).status_code == 403
    assert count(office, Emblem) == 0
    upload(office, png())
    assert remove(office, who=who).status_code == 403
    assert count(office, Emblem) == 1
