"""Each badge's page, the stock, the report of what is away, and the word when it runs low."""

import re

import pytest
from sqlalchemy import select

from app.models.badge import Badge, BadgeCode, BadgeEvent
from app.views import badge_page
from tests.cast import Office, forget_prints
from tests.views.reading import words
from tests.views.test_visit_badges import LEAVE, LEFT, history, states

REASON = "Retak di sudut."


def move(office: Office, how: str, number: int = 5, who: str = "fitri", reason: str = REASON):
    return office.desk(who).post(f"/tanda-pengenal/{number}", {"move": how, "reason": reason})


def print_badge(office: Office, number: int = 5) -> None:
    asked = {"which": "range", "first": number, "last": number}
    answer = office.desk("adi").post("/tanda-pengenal/cetak.pdf", asked)
    assert answer.status_code == 200


def codes(office: Office, number: int = 5) -> list[BadgeCode]:
    return list(
        office.session.scalars(
            select(BadgeCode)
            .join(Badge, Badge.id == BadgeCode.badge_id)
            .where(Badge.number == number)
            .order_by(BadgeCode.made_at, BadgeCode.revoked_at.is_(None))
        )
    )


@pytest.mark.parametrize(
    ("how", "state"), [("lose", "lost"), ("break", "damaged"), ("retire", "retired")]
)
@pytest.mark.parametrize("who", ["fitri", "adi"])
def test_what_is_out_of_use_loses_its_code_at_once(office, how, state, who):
    office.clock.pass_time(minutes=5)
    answer = move(office, how, who=who)
    assert (answer.status_code, answer.location) == (303, "/tanda-pengenal/5")
    assert states(office, 5) == [state]
    (code,) = codes(office)
    assert (code.revoked_at, code.reason) == (office.clock(), state)
    assert history(office, 5)[-1] == ("available", state, REASON)
    assert office.desk("fitri").scan("5")["reason"] == "badge_retired"


@pytest.mark.parametrize("how", ["lose", "break", "retire"])
def test_it_comes_back_only_with_a_new_code_and_a_new_print(office, how):
    old = office.code_of(5)
    move(office, how)
    office.clock.pass_time(minutes=5)
    assert move(office, "renew", reason="Ditemukan.").status_code == 303
    dead, live = codes(office)
    assert (dead.code, dead.revoked_at is None) == (old, False)
    assert (live.revoked_at, live.printed_at) == (None, None)
    assert live.code != old
    assert states(office, 5) == ["available"]
    assert office.desk("fitri").scan(old)["reason"] == "badge_retired"
    fitri, waiting = office.desk("fitri"), office.open_visit()
    for content in (live.code, "5"):
        answer = fitri.scan(content, visit=waiting)
        assert (answer["outcome"], answer["reason"]) == ("refused", "not_printed")
    assert "Kartu lama tidak berlaku. Pilih kartu lain" in answer["message"]
    assert states(office, 5) == ["available"]

    print_badge(office)
    assert fitri.scan(live.code, visit=waiting)["outcome"] == "issued"


def test_a_renewed_badge_is_not_free_until_it_is_printed(office):
    office.app.config["BADGES_LOW"] = 19
    move(office, "lose", number=1)
    move(office, "renew", number=1, reason="Ditemukan.")
    label = office.bring_to_step(3, "12")
    cards, fitri = f"/kunjungan/2026/{label.partition('/')[0]}/kartu", office.desk("fitri")
    stock = fitri.get("/tanda-pengenal").text
    assert "20 kartu, 18 tersedia, 1 perlu dicetak, 1 dipakai." in stock
    assert "Tinggal 18 kartu yang bebas. 1 kartu perlu dicetak." in fitri.get("/meja").text
    assert 'value="002"' in fitri.get(cards).text
    assert "baru dapat diserahkan sesudah dicetak" in fitri.get("/tanda-pengenal/1").text
    lost = {"number": "12", "how": "lose", "replacement": "1", "reason": "Jatuh."}
    answer = fitri.post(f"{cards}/hilang", lost)
    assert answer.status_code == 409
    assert "Kartu 001 belum dicetak ulang; kartu lama tidak berlaku." in answer.text

    print_badge(office, 1)
    stock = fitri.get("/tanda-pengenal").text
    assert "20 kartu, 19 tersedia, 1 dipakai." in stock
    assert 'value="001"' in fitri.get(cards).text


def test_only_what_needs_its_print_is_listed_as_such(office):
    move(office, "retire")
    move(office, "renew")
    listed = office.desk("fitri").get("/tanda-pengenal?keadaan=reprint").text
    assert re.findall(r'row-link" href="/tanda-pengenal/(\d+)"', listed) == ["5"]
    listed = office.desk("fitri").get("/tanda-pengenal?keadaan=available").text
    assert 'row-link" href="/tanda-pengenal/5"' not in listed


@pytest.mark.parametrize(
    ("before", "how", "sentence"),
    [
        ("available", "renew", "Kartu 005 tersedia; langkah ini tidak berlaku untuknya."),
        ("available", "issue", "Kartu 005 tersedia; langkah ini tidak berlaku untuknya."),
        ("lose", "lose", "Kartu 005 hilang; langkah ini tidak berlaku untuknya."),
        ("retire", "break", "Kartu 005 nonaktif; langkah ini tidak berlaku untuknya."),
    ],
)
def test_a_move_from_where_it_does_not_begin_is_refused(office, before, how, sentence):
    if before != "available":
        move(office, before)
    events = len(office.session.scalars(select(BadgeEvent)).all())
    answer = move(office, how)
    assert answer.status_code == 409
    assert sentence in answer.text
    assert len(office.session.scalars(select(BadgeEvent)).all()) == events


@pytest.mark.parametrize("how", ["lose", "break", "retire", "renew"])
def test_what_a_guest_holds_is_moved_by_the_visit_alone(office, how):
    office.bring_to_step(2, "5")
    answer = move(office, how)
    assert answer.status_code == 409
    assert "Kartu 005 sedang dipakai tamu." in answer.text
    assert states(office, 5) == ["in_use"]


def test_a_move_needs_its_kind_and_a_reason_and_keeps_what_was_typed(office):
    answer = move(office, "terbang")
    assert answer.status_code == 422
    assert "Pilih yang terjadi dengan kartu ini." in answer.text
    assert REASON in answer.text
    empty = move(office, "lose", reason=" ")
    assert empty.status_code == 422
    assert "Tulis alasannya, singkat saja." in empty.text
    assert states(office, 5) == ["available"]


def test_a_number_that_does_not_exist_has_no_page(office):
    assert office.desk("fitri").get("/tanda-pengenal/777").status_code == 404
    assert move(office, "lose", number=777).status_code == 404


def test_the_stock_says_where_each_badge_is_and_with_whom(office):
    office.bring_to_step(3, "12", name="Tono")
    office.bring_to_step(2, "13", name="Wulan")
    office.clock.pass_time(hours=2)
    fitri = office.desk("fitri")
    fitri.post(LEAVE, LEFT)
    move(office, "lose")
    page = fitri.get("/tanda-pengenal").text
    assert "20 kartu, 17 tersedia, 1 dipakai, 1 belum kembali, 1 hilang." in page
    away = fitri.get("/tanda-pengenal?keadaan=outstanding").text
    assert ("Tono" in away, "Wulan" in away) == (True, False)
    used = fitri.get("/tanda-pengenal?keadaan=in_use").text
    assert ("Tono" in used, "Wulan" in used) == (False, True)
    assert "20 kartu" in fitri.get("/tanda-pengenal?keadaan=apa").text


def test_the_stock_and_the_page_of_a_badge_say_its_kind(office):
    changed = {"first": "5", "last": "5", "kind": "vip"}
    assert office.desk("adi").post("/tanda-pengenal/jenis", changed).status_code == 303
    page = words(office.desk("fitri").get("/tanda-pengenal/5").text)
    assert "Jenis VIP. Tersedia sejak" in page
    stock = words(office.desk("fitri").get("/tanda-pengenal").text)
    assert stock.count(" VIP ") == 1
    assert stock.count(" Umum ") == 19


def test_the_rack_counts_what_is_in_stock_and_names_every_look(office):
    for how, number in (("retire", 1), ("retire", 2), ("break", 3)):
        move(office, how, number=number)
    desk = words(office.desk("fitri").get("/meja").text)
    assert "17 tersedia dari 18 tanda pengenal" in desk
    assert "tersedia 17 dipakai 0 rusak 1 nonaktif 2" in desk


def test_the_report_lists_what_is_away(office):
    office.bring_to_step(3, "12", name="Tono")
    office.clock.pass_time(hours=2)
    fitri = office.desk("fitri")
    fitri.post(LEAVE, LEFT)
    move(office, "lose")
    report = fitri.get("/tanda-pengenal/laporan").text
    brought = report.index("Dibawa pulang dan belum kembali")
    lost = report.index("Dilaporkan hilang")
    assert brought < report.index("Tono") < lost < report.index("/tanda-pengenal/5")


def test_a_history_tells_of_each_move_with_who_when_and_why(office):
    office.bring_to_step(3, "12", name="Tono")
    office.clock.pass_time(hours=2)
    fitri = office.desk("fitri")
    fitri.post(LEAVE, LEFT)
    office.clock.pass_time(hours=1)
    fitri.scan("12")
    page = fitri.get("/tanda-pengenal/12").text
    assert page.count("Tono") == 3
    assert LEFT["reason"] in page
    assert history(office, 12) == [
        (None, "available", None),
        ("available", "in_use", None),
        ("in_use", "outstanding", LEFT["reason"]),
        ("outstanding", "available", None),
    ]


def test_a_long_history_shows_its_newest_moves_and_the_rest_on_demand(office, monkeypatch):
    monkeypatch.setattr(badge_page, "MOVES_SHOWN", 2)
    fitri = office.desk("fitri")
    move(office, "lose", reason="Pertama.")
    short = fitri.get("/tanda-pengenal/5").text
    assert (short.count("log-by"), "Tampilkan semua" in short) == (2, False)
    move(office, "renew", reason="Kedua.")
    cut = fitri.get("/tanda-pengenal/5").text
    assert cut.count("log-by") == 2
    assert cut.index("Kedua.") < cut.index("Pertama.")
    assert 'href="/tanda-pengenal/5?riwayat=semua"' in cut
    whole = fitri.get("/tanda-pengenal/5?riwayat=semua").text
    assert (whole.count("log-by"), "Tampilkan semua" in whole) == (3, False)


def test_a_badge_away_is_shown_with_its_latest_guest(office):
    office.bring_to_step(6, "12", name="Tono")
    office.clock.pass_time(minutes=2)
    office.desk("fitri").scan("12")
    office.clock.pass_time(minutes=2)
    office.bring_to_step(2, "12", name="Wulan")
    used = office.desk("fitri").get("/tanda-pengenal?keadaan=in_use").text
    assert ("Tono" in used, "Wulan" in used) == (False, True)


@pytest.mark.parametrize(("free", "is_told"), [(4, False), (3, True), (1, True)])
def test_the_front_desk_is_told_in_time_that_few_badges_are_free(office, free, is_told):
    for number in range(free + 1, 21):
        move(office, "retire", number=number)
    desk = office.desk("fitri").get("/meja").text
    assert (f"Tinggal {free} kartu yang bebas." in desk) is is_told


def test_a_badge_that_was_never_printed_is_counted_beside_the_free_ones(office):
    forget_prints(office.app)
    print_badge(office, 5)
    print_badge(office, 6)
    fitri = office.desk("fitri")
    desk = words(fitri.get("/meja").text)
    assert "Tinggal 2 kartu yang bebas. 18 kartu belum dicetak." in desk
    assert "2 tersedia dari 20 tanda pengenal, 18 belum dicetak" in desk
    assert "tersedia 2 belum dicetak 18 dipakai 0" in desk
    assert "20 kartu, 2 tersedia, 18 belum dicetak." in fitri.get("/tanda-pengenal").text
    listed = fitri.get("/tanda-pengenal?keadaan=available").text
    assert re.findall(r'row-link" href="/tanda-pengenal/(\d+)"', listed) == ["5", "6"]
    page = words(fitri.get("/tanda-pengenal/7").text)
    assert "Belum dicetak sejak" in page
    assert "Kode kartu ini belum pernah dicetak. Cetak sebelum dipakai." in page
    assert "pindai kartu 005 atau kartu lain yang bebas. 2 tersedia." in words(
        fitri.get("/buku-tamu/baru").text
    )


def test_a_card_printed_elsewhere_is_handed_out_all_the_same(office):
    """Nobody is kept waiting because a print was not noted."""
    forget_prints(office.app)
    fitri, waiting = office.desk("fitri"), office.open_visit()
    assert "20 kartu belum dicetak. Minta Admin mencetaknya." in words(
        fitri.get("/buku-tamu/baru").text
    )
    assert fitri.scan("7", visit=waiting)["outcome"] == "issued"
    assert states(office, 7) == ["in_use"]


def test_how_few_is_a_setting(office):
    office.app.config["BADGES_LOW"] = 20
    assert "Tinggal 20 kartu yang bebas." in office.desk("fitri").get("/meja").text
    for number in range(1, 21):
        move(office, "retire", number=number)
    assert "Tidak ada kartu yang bebas." in office.desk("fitri").get("/meja").text
