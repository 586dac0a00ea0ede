"""Numbers of forms: forged, sent again, taken by somebody else, guessed.

One nonce, one scan, and what another use of it is told: tests/views/test_scan.py; at once from many
places: tests/operations/test_races.py.
"""

import uuid

import pytest

from app.models.scan import Scan
from app.models.visit import StepEvent, Visit, Visitor
from tests.attacks.attacking import changed, stored
from tests.views.reading import count, form_to, rows

USED = "0b5f2b0e-5f4a-4c57-9a2d-7d1f6a3d9e11"
FORGED = [
    "",
    " ",
    "0",
    "null",
    "12",
    USED[:-1],
    USED + "0",
    USED.replace("-", ""),
    "{" + USED + "}",
    "urn:uuid:" + USED,
    USED.replace("-", "–"),
    USED.replace("0", "\uff10"),
    USED.replace("0", "O"),
    USED + "\x00",
    USED[:20] + "\n" + USED[20:],
    "%" * 36,
    "_" * 36,
    f"{USED}/2",
    f"{USED}' OR '1'='1",
    "x" * 100_000,
]


def scan_of(desk, nonce, **fields):
    return desk.send_scan(fields.pop("code", "12"), nonce=nonce, **fields)


def test_a_scan_with_a_number_that_is_none_is_refused_and_not_stored(house):
    before = stored(house)
    for nonce in FORGED:
        answer = scan_of(house.desk("kasim"), nonce)
        assert answer.status_code == 400, ascii(nonce[:40])
        assert answer.json["message"].startswith("Belum tercatat. Kiriman ini tidak bernomor.")
    assert changed(before, stored(house)) == []


def test_a_guest_with_a_number_that_is_none_is_written_down_all_the_same(office):
    """Nothing is worse than a guest who is not in the book."""
    for number, nonce in enumerate(FORGED):
        data = {"name": f"Tono {number}", "origin": "perorangan", "nonce": nonce}
        answer = office.desk("fitri").post("/buku-tamu/baru", data)
        assert answer.status_code == 303, ascii(nonce[:40])
    assert [visit.entry_nonce for visit in rows(office, Visit)] == [None] * len(FORGED)


def told(answer):
    """The facts of a scan; the words may name another time, the request has its own number."""
    told = {"message", "request_id"}
    return {key: value for key, value in answer.json.items() if key not in told}


REPLAYS = {"refused": "kasim", "needs": "sekar", "advanced": "kasim"}


@pytest.mark.parametrize("outcome", REPLAYS)
def test_a_scan_replayed_by_the_same_person_is_answered_alike_and_stored_once(office, outcome):
    office.bring_to_step({"refused": 3, "needs": 3, "advanced": 2}[outcome])
    office.clock.pass_time(minutes=2)
    who = office.desk(REPLAYS[outcome])
    first = scan_of(who, USED)
    assert first.json["outcome"] == outcome
    after_it = stored(office)
    for minutes in (0, 1, 600):
        office.clock.pass_time(minutes=minutes)
        assert told(scan_of(who, USED)) == told(first)
        assert told(scan_of(who, USED.upper())) == told(first)
    assert changed(after_it, stored(office)) == []
    assert [scan.nonce for scan in rows(office, Scan)].count(USED) == 1


def test_a_number_taken_by_somebody_else_tells_nothing_of_its_scan(house):
    first = scan_of(house.desk("kasim"), USED)
    assert (first.json["outcome"], first.json["visit"]) == ("advanced", "1/2026")
    log = rows(house, StepEvent)
    for who, code in (("sekar", "12"), ("hadi", "12"), ("hadi", "5"), ("adi", "nothing")):
        answer = scan_of(house.desk(who), USED, code=code)
        assert told(answer) == {
            "outcome": "refused", "reason": "nonce_conflict", "step": None, "expected_role": None,
            "visit": None, "badge": None,
        }  # fmt: skip
        assert "Tono" not in answer.text
    assert [event.id for event in rows(house, StepEvent)] == [event.id for event in log]
    assert [scan.reason for scan in rows(house, Scan)[-4:]] == ["nonce_conflict"] * 4


def test_a_guessed_number_is_like_any_other(house):
    """Nothing tells from an answer whether a number was used: one that was is a conflict, and to
    find one of 2^122 takes longer than the office will stand."""
    numbers = {uuid.UUID(form_to(house.desk("fitri").get("/buku-tamu/baru").text,
                                 "/buku-tamu/baru").data["nonce"]) for _ in range(50)}  # fmt: skip
    assert len(numbers) == 50
    assert {number.version for number in numbers} == {4}
    bits = [number.int.bit_count() for number in numbers]
    assert 45 < sum(bits) / len(bits) < 80


# --- The guest book's form ------------------------------------------------------------------------


def write(office, who="fitri", **fields):
    data = {"name": "Tono", "origin": "perorangan", "nonce": USED, **fields}
    answer = office.desk(who).post("/buku-tamu/baru", data)
    assert answer.status_code == 303
    return answer.headers["Location"].partition("=")[2]


def test_an_entry_replayed_opens_one_visit_whoever_sends_it(office):
    office.hire("farida", "front_desk")
    first = write(office)
    after_it = stored(office)
    office.clock.pass_time(minutes=90)
    assert [write(office), write(office, "farida"), write(office, name=" Tono ")] == [first] * 3
    assert changed(after_it, stored(office)) == []


def test_another_guest_under_a_number_that_was_used_is_not_lost(office):
    """The browser's Back shows the form of before: whoever is typed into it is another guest."""
    assert write(office) == "1/2026"
    for _ in range(2):  # each of them twice, as a double click sends it
        assert write(office, name="Udin") == "2/2026"
        assert write(office, origin="Koperasi Maju") == "3/2026"
        assert write(office) == "1/2026"
    assert [guest.name for guest in rows(office, Visitor)] == ["Tono", "Udin", "Tono"]
    assert [visit.entry_nonce for visit in rows(office, Visit)] == [USED, f"{USED}/2", f"{USED}/3"]


def test_a_number_that_only_begins_alike_is_another(office):
    other = USED[:-1] + "2"
    assert write(office) == "1/2026"
    assert write(office, nonce=other) == "2/2026"
    assert write(office, nonce=other, name="Udin") == "3/2026"
    assert write(office) == "1/2026"
    assert count(office, Visit) == 3
