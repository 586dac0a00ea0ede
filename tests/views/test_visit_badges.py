"""The badges of a visit: several, lost, damaged, swapped, carried home; and who came along."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.models.badge import Badge, BadgeCode, BadgeEvent, Loan
from app.models.visit import StepEvent, Visit, VisitText
from app.operations.badges import note_print
from app.queries.visits import members_of
from tests.cast import Office, stored_visit
from tests.views.reading import words

CARDS = "/kunjungan/2026/1/kartu"
GONE, SWAP, LEAVE = f"{CARDS}/hilang", f"{CARDS}/tukar", f"{CARDS}/pulang"
PARTY = "/kunjungan/2026/1/rombongan"
PLATE = r'<span class="plate [^>]*><span[^>]*>[^<]*</span>([^<]*)</span>'
ROW = r"<(?:li|tr)\b(?:(?!<li\b|<tr\b).)*?%s.*?</(?:li|tr)>"
LOST = {"number": "12", "how": "lose", "replacement": "13", "reason": "Jatuh di parkiran."}
SWAPPED = {"number": "12", "other": "14", "reason": "Tertukar di ruang tunggu."}
LEFT = {"left_at": "2026-11-24T09:30", "reason": "Tidak ada di ruang tunggu."}


@pytest.fixture
def visited(office: Office) -> Office:
    """Tono, a party of three, stands at step 3 with badge 12; it is 09.06."""
    office.bring_to_step(3, "12", party_size=3)
    office.clock.pass_time(minutes=2)
    return office


def states(office: Office, *numbers: int) -> list[str]:
    found = {badge.number: badge.state for badge in office.session.scalars(select(Badge))}
    return [found[number] for number in numbers]


def loans(office: Office) -> list[tuple[int, int, str | None]]:
    """Each loan: badge, visit, how it ended."""
    rows = office.session.execute(
        select(Badge.number, Loan.visit_id, Loan.ended_as)
        .join(Badge, Badge.id == Loan.badge_id)
        .order_by(Loan.id)
    )
    return [tuple(row) for row in rows]


def kinds(office: Office, visit_id: int = 1) -> list[str]:
    rows = select(StepEvent.kind).where(StepEvent.visit_id == visit_id).order_by(StepEvent.seq)
    return list(office.session.scalars(rows))


def visit(office: Office, label: str = "1/2026") -> Visit:
    return stored_visit(office.session, label)


def history(office: Office, number: int) -> list[tuple[str | None, str, str | None]]:
    rows = office.session.execute(
        select(BadgeEvent.from_state, BadgeEvent.to_state, BadgeEvent.reason)
        .join(Badge, Badge.id == BadgeEvent.badge_id)
        .where(Badge.number == number)
        .order_by(BadgeEvent.seq)
    )
    return [tuple(row) for row in rows]


def written(office: Office) -> tuple[int, int, int]:
    """How much there is of what a refused move must not add to."""
    return tuple(
        len(office.session.scalars(select(table)).all()) for table in (StepEvent, Loan, BadgeEvent)
    )


# --- A group --------------------------------------------------------------------------------------


def test_a_group_gets_several_badges_and_any_of_them_moves_it(visited):
    fitri = visited.desk("fitri")
    answer = fitri.scan("13", visit="1/2026", intent="add")
    assert (answer["outcome"], answer["visit"], answer["step"]) == ("issued", "1/2026", 3)
    assert answer["message"].startswith("Tanda pengenal 013 diserahkan. ")
    assert "Langkah 1" not in answer["message"]
    assert loans(visited) == [(12, 1, None), (13, 1, None)]
    assert kinds(visited)[-1] == "issued"

    moved = visited.desk("sekar").scan("13", direction="Antar.", destination="1")
    assert (moved["outcome"], moved["visit"], moved["step"]) == ("advanced", "1/2026", 4)


def test_a_further_badge_needs_to_be_asked_for(visited):
    answer = visited.desk("fitri").scan("13", visit="1/2026")
    assert (answer["outcome"], answer["reason"]) == ("refused", "not_waiting")
    assert loans(visited) == [(12, 1, None)]


def test_a_further_badge_for_a_closed_visit_is_refused(office):
    office.bring_to_step(6, "12")
    office.clock.pass_time(minutes=2)
    assert office.desk("fitri").scan("12")["outcome"] == "closed"
    office.clock.pass_time(minutes=2)
    answer = office.desk("fitri").scan("13", visit="1/2026", intent="add")
    assert (answer["outcome"], answer["reason"]) == ("refused", "not_waiting")
    assert states(office, 12, 13) == ["available", "available"]


def test_its_badges_come_back_one_by_one_and_the_last_one_closes_the_visit(office):
    label = office.bring_to_step(6, "12", party_size=3)
    fitri = office.desk("fitri")
    for number in ("13", "14"):
        fitri.scan(number, visit=label, intent="add")
    office.clock.pass_time(minutes=2)
    outcomes = []
    for number in ("13", "12", "14"):
        outcomes.append(fitri.scan(number)["outcome"])
        office.clock.pass_time(1)
    assert outcomes == ["returned", "returned", "closed"]
    assert {ended for _, _, ended in loans(office)} == {"returned"}
    assert states(office, 12, 13, 14) == ["available"] * 3
    assert visit(office).outcome == "completed"
    assert kinds(office)[-5:] == ["returned", "returned", "returned", "completed", "closed"]


def test_a_member_who_leaves_early_takes_nothing_from_the_others(visited):
    fitri = visited.desk("fitri")
    fitri.scan("13", visit="1/2026", intent="add")
    visited.clock.pass_time(minutes=2)
    answer = fitri.scan("13")
    assert (answer["outcome"], answer["step"]) == ("returned", 3)
    assert "1 kartu lagi: 012" in answer["message"]
    assert states(visited, 12, 13) == ["in_use", "available"]
    assert visit(visited).outcome is None


def test_the_result_offers_a_further_badge_to_a_group_only(visited):
    fitri = visited.desk("fitri")
    offered = fitri.post("/pindai", {"nonce": "b0b7f4a6-5d0c-4c6e-9d3d-000000000001", "code": "13",
                                     "visit": "1/2026", "intent": "add"})  # fmt: skip
    assert "maksud=tambah" in offered.text
    alone = visited.open_visit("Wulan")
    plain = fitri.post("/pindai", {"nonce": "b0b7f4a6-5d0c-4c6e-9d3d-000000000002", "code": "14",
                                   "visit": alone})  # fmt: skip
    assert "Tanda pengenal 014 diserahkan" in plain.text
    assert "maksud=tambah" not in plain.text


def test_head_count_and_names_are_written_once_each(visited):
    fitri = visited.desk("fitri")
    answer = fitri.post(PARTY, {"size": "4", "names": "Budi\n  Siti  Aminah \n\nbudi"})
    assert (answer.status_code, answer.location) == (303, CARDS)
    fitri.post(PARTY, {"size": "4", "names": "Budi\nJoko"})
    assert members_of(visited.session, 1) == ["Budi", "Siti Aminah", "Joko"]
    assert visit(visited).party_size == 4
    assert kinds(visited).count("corrected") == 1
    texts = visited.session.scalars(select(VisitText).where(VisitText.field == "party_size")).all()
    assert [text.value for text in texts] == ["3 orang menjadi 4 orang"]
    page = fitri.get("/kunjungan/2026/1").text
    assert "Budi, Siti Aminah, Joko" in page
    assert "3 orang menjadi 4 orang" in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"size": "0", "names": ""}, "Tulis jumlah orang dengan angka, dari 1 sampai 999."),
        ({"size": "x", "names": "Budi"}, "Tulis jumlah orang dengan angka, dari 1 sampai 999."),
        ({"size": "2", "names": "Budi\nSiti"}, "Nama anggota paling banyak 1 orang"),
    ],
)
def test_a_party_that_does_not_add_up_is_sent_back_with_what_was_typed(visited, sent, sentence):
    answer = visited.desk("fitri").post(PARTY, sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert all(name in answer.text for name in sent["names"].split())
    assert members_of(visited.session, 1) == []
    assert visit(visited).party_size == 3


# --- Lost or damaged ------------------------------------------------------------------------------


def test_one_action_kills_the_code_and_hands_over_another_badge(visited):
    old = visited.code_of(12)
    answer = visited.desk("fitri").post(GONE, LOST)
    assert (answer.status_code, answer.location) == (303, CARDS)
    assert states(visited, 12, 13) == ["lost", "in_use"]
    assert loans(visited) == [(12, 1, "lost"), (13, 1, None)]
    rows = visited.session.scalars(select(Loan).order_by(Loan.id)).all()
    assert rows[1].replaces_id == rows[0].id
    row = visited.session.get_one(BadgeCode, old)
    assert (row.revoked_at, row.reason) == (visited.clock(), "lost")
    assert kinds(visited)[-1] == "badge_replaced"
    assert history(visited, 12)[-1] == ("in_use", "lost", "Jatuh di parkiran.")
    page = visited.desk("fitri").get("/kunjungan/2026/1").text
    assert "kartu 012 menjadi 013, hilang" in page


def test_the_dead_code_says_so_to_staff_and_nothing_to_others(visited):
    old = visited.code_of(12)
    strangers_before = visited.visitor().get(f"/T/{old}").data
    visited.desk("fitri").post(GONE, LOST)
    for content in (old, f"https://tamu.lan/T/{old}", "12"):
        answer = visited.desk("kasim").scan(content)
        assert (answer["outcome"], answer["reason"]) == ("refused", "badge_retired")
        assert answer["message"].startswith("Tanda pengenal tidak berlaku.")
        assert answer["visit"] is None
    assert "Tanda pengenal tidak berlaku" in visited.desk("kasim").get(f"/T/{old}").text
    assert visited.visitor().get(f"/T/{old}").data == strangers_before


def test_a_replacement_names_the_card_for_which_it_stands(visited):
    visited.desk("fitri").post(GONE, LOST)
    page = words(visited.desk("fitri").get(CARDS).text)
    assert page.count("pengganti kartu") == 1
    assert "Diserahkan 09.06 WIB, pengganti kartu 012 Dipegang tamu" in page


def test_nothing_stands_without_a_heading_nor_a_heading_without_anything(office):
    office.bring_to_step(6, "12")
    fitri = office.desk("fitri")
    assert "Rombongan" in words(fitri.get(CARDS).text)
    fitri.scan("12")
    assert "<h2>Rombongan</h2>" not in fitri.get(CARDS).text


def test_the_visit_goes_on_with_the_replacement(visited):
    visited.desk("fitri").post(GONE, LOST | {"how": "break"})
    assert states(visited, 12) == ["damaged"]
    answer = visited.desk("sekar").scan("13", direction="Antar.", destination="1")
    assert (answer["outcome"], answer["visit"]) == ("advanced", "1/2026")


def test_a_replacement_may_be_scanned_into_its_field(visited):
    address = f"HTTPS://TAMU.LAN/T/{visited.code_of(15)}"
    visited.desk("fitri").post(GONE, LOST | {"replacement": address})
    assert loans(visited) == [(12, 1, "lost"), (15, 1, None)]


def test_without_a_replacement_the_visit_goes_on_and_is_closed_by_a_tap(office):
    office.bring_to_step(6, "12")
    fitri = office.desk("fitri")
    office.clock.pass_time(minutes=2)
    fitri.post(GONE, LOST | {"replacement": ""})
    assert states(office, 12) == ["lost"]
    assert visit(office).outcome is None
    assert kinds(office)[-1] == "badge_gone"
    assert "Tutup kunjungan" in fitri.get("/meja").text

    answer = fitri.scan(None, visit="1/2026", method="tap", intent="return", confirm="1")
    assert answer["outcome"] == "closed"
    assert kinds(office)[-2:] == ["completed", "closed"]
    assert "returned" not in kinds(office)


def test_a_badge_that_came_back_to_another_guest_stands_for_that_one_alone(office):
    """Lost, renewed, printed and handed out again: Tono goes on without a card."""
    office.bring_to_step(2, "12", name="Tono")
    fitri = office.desk("fitri")
    fitri.post(GONE, LOST | {"replacement": ""})
    office.clock.pass_time(minutes=1)
    fitri.post("/tanda-pengenal/12", {"move": "renew", "reason": "Ditemukan."})
    with office.app.app_context():
        note_print([office.code_of(12)], public_url="", at=office.clock())
    office.bring_to_step(2, "12", name="Rahma")

    def plates(username: str, url: str, who: str) -> set[str]:
        """What the plates of that guest say."""
        rows = re.findall(ROW % who, office.desk(username).get(url).text, re.DOTALL)
        return set(re.findall(PLATE, "".join(rows)))

    office.clock.at = office.clock.at.replace(hour=10)  # 17.00 WIB: the front desk asks who stays
    for username, url in (
        ("kasim", "/meja"),
        ("fitri", "/meja"),
        ("fitri", "/sedang-di-dalam"),
        ("fitri", "/evakuasi"),
    ):
        assert plates(username, url, "Tono") == {"tanpa kartu"}, (username, url)
        assert plates(username, url, "Rahma") == {"012"}, (username, url)
    page = words(fitri.get("/kunjungan/2026/1").text)
    assert "Tanda pengenal tanpa kartu Tono" in page
    assert "Tanda pengenal Tanpa kartu riwayat" in page
    moved = fitri.post(LEAVE, {"left_at": "2026-11-24T16:55", "reason": ""})
    assert moved.status_code == 303
    assert "Tanda pengenal 012 Tono" in words(fitri.get("/kunjungan/2026/1").text)


def test_a_group_whose_last_badge_is_lost_is_closed_when_the_others_are_back(office):
    label = office.bring_to_step(6, "12", party_size=2)
    fitri = office.desk("fitri")
    fitri.scan("13", visit=label, intent="add")
    office.clock.pass_time(minutes=2)
    assert fitri.scan("12")["outcome"] == "returned"
    answer = fitri.post(GONE, LOST | {"number": "13", "replacement": ""}, follow_redirects=True)
    assert "kunjungan ditutup" in answer.text
    assert (visit(office).outcome, states(office, 12, 13)) == ("completed", ["available", "lost"])


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        (LOST | {"reason": ""}, 422, "Tulis alasannya, singkat saja."),
        (LOST | {"how": "retire"}, 422, "Pilih hilang atau rusak."),
        (LOST | {"replacement": "bukan kartu"}, 422, "Tulis nomor yang tercetak di kartu"),
        (LOST | {"number": "13"}, 409, "Kartu 013 tidak dipegang kunjungan ini."),
        (LOST | {"number": "999"}, 409, "Tidak ada kartu nomor 999."),
        (LOST | {"replacement": "12"}, 409, "Itu kartu yang sama, 012."),
        (LOST | {"replacement": "14"}, 409, "Kartu 014 dipakai."),
        (LOST | {"replacement": "999"}, 409, "Tidak ada kartu nomor 999."),
    ],
)
def test_a_loss_that_cannot_be_is_refused_and_changes_nothing(visited, sent, status, sentence):
    visited.bring_to_step(2, "14", name="Wulan")
    before = written(visited)
    answer = visited.desk("fitri").post(GONE, sent)
    assert answer.status_code == status
    assert sentence in answer.text
    assert LOST["reason"] in answer.text or not sent["reason"]
    assert written(visited) == before
    assert states(visited, 12, 13, 14) == ["in_use", "available", "in_use"]


def test_the_same_loss_sent_twice_is_refused_the_second_time(visited):
    fitri = visited.desk("fitri")
    assert fitri.post(GONE, LOST).status_code == 303
    before = written(visited)
    again = fitri.post(GONE, LOST)
    assert again.status_code == 409
    assert "Kartu 012 tidak dipegang kunjungan ini." in again.text
    assert written(visited) == before


# --- Swapped --------------------------------------------------------------------------------------


def test_two_swapped_badges_are_put_right_in_both_histories(visited):
    visited.bring_to_step(2, "14", name="Wulan")
    visited.clock.pass_time(minutes=1)
    answer = visited.desk("fitri").post(SWAP, SWAPPED)
    assert answer.status_code == 303
    assert loans(visited) == [(12, 1, "swapped"), (14, 2, "swapped"), (12, 2, None), (14, 1, None)]
    for number in (12, 14):
        assert history(visited, number)[-1] == ("in_use", "in_use", SWAPPED["reason"])
    assert (kinds(visited, 1)[-1], kinds(visited, 2)[-1]) == ("badge_swapped", "badge_swapped")
    assert visited.desk("kasim").scan("12")["visit"] == "2/2026"
    assert visited.desk("sekar").scan("14")["visit"] == "1/2026"
    page = visited.desk("fitri").get("/kunjungan/2026/2").text
    assert "kartu 014 menjadi 012" in page


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ("12", "Itu kartu yang sama, 012."),
        ("13", "Kartu 013 dipegang kunjungan ini juga"),
        ("15", "Kartu 015 tersedia, tidak dipegang tamu lain, jadi tidak ada yang ditukar. Bila"),
        ("15", "tekan “Beri kartu lagi” untuk kartu 015, lalu terima kembali kartu yang satu lagi"),
        ("999", "Tidak ada kartu nomor 999."),
    ],
)
def test_a_swap_that_cannot_be_is_refused(visited, other, sentence):
    visited.desk("fitri").scan("13", visit="1/2026", intent="add")
    before = written(visited)
    answer = visited.desk("fitri").post(SWAP, SWAPPED | {"other": other})
    assert answer.status_code == 409
    assert sentence in answer.text
    assert written(visited) == before


# --- Carried home ---------------------------------------------------------------------------------


def test_a_guest_who_has_gone_with_the_badge_is_closed_at_a_guessed_time(visited):
    visited.clock.pass_time(hours=2)
    answer = visited.desk("fitri").post(LEAVE, LEFT)
    assert answer.status_code == 303
    found = visit(visited)
    left_at = visited.clock() - timedelta(hours=1, minutes=36)  # 09.30
    assert (found.outcome, found.closed_at) == ("left_unreported", left_at)
    assert states(visited, 12) == ["outstanding"]
    assert loans(visited) == [(12, 1, "outstanding")]
    events = visited.session.scalars(
        select(StepEvent).where(StepEvent.occurred_at == left_at).order_by(StepEvent.seq)
    ).all()
    assert [event.kind for event in events] == ["skipped"] * 4 + ["left_unreported", "closed"]
    assert {event.recorded_at for event in events} == {visited.clock()}
    book = visited.desk("fitri").get("/buku-tamu").text
    assert "± 09.30" in book
    assert "Pulang tanpa lapor" in book
    assert "Dibawa pulang ± 09.30 WIB" in visited.desk("fitri").get(CARDS).text
    page = words(visited.desk("fitri").get("/tanda-pengenal/12").text)
    assert "Belum kembali sejak Selasa, 24 November 2026, ± 09.30 WIB (1 jam lalu)." in page
    assert "Belum kembali sejak ± 09.30, pada Tono" in page
    stock = words(visited.desk("fitri").get("/tanda-pengenal?keadaan=outstanding").text)
    assert "24 Nov 2026, ± 09.30" in stock


def test_its_badge_turns_up_and_the_visit_keeps_its_times(visited):
    visited.clock.pass_time(hours=2)
    fitri = visited.desk("fitri")
    fitri.post(LEAVE, LEFT)
    before = visit(visited)
    visited.clock.pass_time(hours=3)
    answer = fitri.scan("12")
    assert (answer["outcome"], answer["visit"]) == ("recovered", "1/2026")
    assert answer["message"].startswith("Kartu 012 sudah kembali.")
    after = visit(visited)
    assert (after.closed_at, after.outcome, after.late_steps) == (
        before.closed_at, before.outcome, before.late_steps,
    )  # fmt: skip
    assert states(visited, 12) == ["available"]
    assert visited.session.scalars(select(Loan)).one().recovered_at == visited.clock()
    assert kinds(visited)[-1] == "returned"
    assert fitri.scan("12")["outcome"] == "repeated"


def test_others_who_find_it_are_sent_to_the_front_desk(visited):
    visited.clock.pass_time(hours=2)
    visited.desk("fitri").post(LEAVE, LEFT)
    answer = visited.desk("kasim").scan("12")
    assert (answer["outcome"], answer["reason"]) == ("refused", "badge_not_in_use")
    assert answer["message"].endswith("Kembalikan kartu ini ke meja front desk.")
    assert states(visited, 12) == ["outstanding"]


def test_one_of_a_group_who_left_with_a_badge_leaves_the_visit_open(visited):
    fitri = visited.desk("fitri")
    fitri.scan("13", visit="1/2026", intent="add")
    visited.clock.pass_time(hours=2)
    fitri.post(LEAVE, LEFT | {"number": "13"})
    assert states(visited, 12, 13) == ["in_use", "outstanding"]
    assert visit(visited).outcome is None
    gone = visited.session.scalars(select(StepEvent).where(StepEvent.kind == "badge_gone")).one()
    left_at = visited.clock() - timedelta(hours=1, minutes=36)  # 09.30
    assert (gone.occurred_at, gone.recorded_at) == (left_at, visited.clock())
    assert "Dibawa pulang ± 09.30 WIB" in fitri.get(CARDS).text
    assert "kartu 013, belum kembali" in fitri.get("/kunjungan/2026/1").text
    last = fitri.post(LEAVE, LEFT | {"number": "12"})
    assert last.status_code == 409
    assert "Kartu 012 adalah kartu terakhir kunjungan ini." in last.text


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        (LEFT | {"left_at": ""}, 422, "Tulis tanggal dan jam, misalnya 24/11/2026 15.20."),
        (LEFT | {"left_at": "kemarin"}, 422, "Tulis tanggal dan jam"),
        (LEFT | {"left_at": "2026-11-24T08:00"}, 409, "Waktu pulang harus sesudah catatan"),
        (LEFT | {"left_at": "2026-11-25T09:00"}, 409, "Waktu pulang harus sesudah catatan"),
        (LEFT | {"number": "13"}, 409, "Kartu 013 tidak dipegang kunjungan ini."),
        (LEFT | {"number": "15", "left_at": ""}, 422, "Tulis tanggal dan jam"),
        (LEFT | {"number": "15", "left_at": "2026-11-24T08:00"}, 409, "Waktu pulang harus"),
        (LEFT | {"number": "15", "left_at": "2026-11-25T09:00"}, 409, "Waktu pulang harus"),
    ],
)
def test_a_time_that_cannot_be_is_refused_with_what_was_typed(visited, sent, status, sentence):
    visited.desk("fitri").scan("15", visit="1/2026", intent="add")
    visited.clock.pass_time(hours=2)
    before = written(visited)
    answer = visited.desk("fitri").post(LEAVE, sent)
    assert answer.status_code == status
    assert sentence in answer.text
    assert LEFT["reason"] in answer.text
    assert written(visited) == before


def test_the_minute_of_the_last_record_is_a_good_guess(office):
    office.clock.pass_time(20)
    office.bring_to_step(3, "12")  # its last record is of 09.04.20
    office.clock.pass_time(minutes=2)
    office.desk("fitri").post(LEAVE, LEFT | {"left_at": "2026-11-24T09:04"})
    assert visit(office).closed_at == office.clock() - timedelta(minutes=2)


@pytest.mark.parametrize("url", [GONE, SWAP, LEAVE])
def test_nothing_changes_on_a_closed_visit(office, url):
    office.bring_to_step(6, "12")
    office.clock.pass_time(minutes=2)
    office.desk("fitri").scan("12")
    before = written(office)
    answer = office.desk("fitri").post(url, LOST | SWAPPED | LEFT | {"number": "12"})
    assert answer.status_code == 409
    assert "Kunjungan ini sudah ditutup" in answer.text
    assert written(office) == before


def test_who_never_had_a_badge_cannot_leave_with_one(office):
    office.open_visit()
    office.clock.pass_time(hours=1)
    answer = office.desk("fitri").post(LEAVE, LEFT)
    assert answer.status_code == 409
    assert "Tamu ini belum menerima kartu." in answer.text
    assert visit(office).outcome is None
