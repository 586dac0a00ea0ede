import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.sop import Effect, Field, Performer, SopError
from app.domain.sop_toml import parse_sop
from app.sop_files import BUNDLED

BODY = (BUNDLED / "pelayanan-tamu.toml").read_text(encoding="utf-8")

# The rows of the office's own table: activity, kelengkapan, waktu, output.
ROWS = [
    (
        (
            "Mempersilahkan tamu untuk mengisi buku tamu dan meminta identitas serta memberikan "
            "tanda pengenal tamu dan melaporkan kepada Kasubbag Umpar mengenai keberadaan tamu"
        ),
        "Tanda Pengenal",
        "5 menit",
        "Data tamu",
    ),
    (
        (
            "Menerima laporan dan menanyakan maksud dan tujuan tamu serta memberikan penjelasan "
            "singkat kepada tamu dan melaporkan kepada Sekretaris"
        ),
        "Data keperluan bertamu",
        "5 menit",
        "Informasi mengenai identitas dan keperluan tamu",
    ),
    (
        (
            "Menerima laporan dan memberikan arahan kepada kasubbag umpar untuk memfasilitasi tamu "
            "sesuai keperluan"
        ),
        "Informasi mengenai identitas dan keperluan tamu",
        "5 menit",
        "Informasi mengenai identitas dan keperluan tamu",
    ),
    (
        "Mengarahkan tamu kepada tujuan (Kepala Dinas) sesuai keperluan tamu",
        "Arahan Sekretaris",
        "5 menit",
        "Informasi mengenai identitas dan keperluan tamu",
    ),
    (
        "Menerima Tamu (sesuai keperluan)",
        "Arahan Sekretaris",
        "Sesuai kebutuhan",
        "Informasi mengenai identitas dan keperluan tamu",
    ),
    (
        (
            "Melaporkan kepada Staf Front Desk bahwa keperluan telah selesai dan mengembalikan "
            "tanda pengenal"
        ),
        "",
        "5 Menit",
        "Kunjungan Tamu telah selesai",
    ),
]

# The smallest SOP that has everything a bad one can lack.
SMALL = """
code = "kecil"

[[performers]]
code = "guard"
name = "Satpam"

[[performers]]
code = "host"
name = "Kepala Bagian"
role_name = "Penerima tamu"

[[steps]]
key = "in"
performer = "guard"
activity = "Tamu datang"
limit_s = 120
effects = ["issues_badge"]

[[steps]]
key = "ask"
performer = "guard"
activity = "Tamu ditanya"
limit_s = 60
requires = ["purpose", "destination"]

[[steps]]
key = "meet"
performer = "host"
activity = "Tamu diterima"
effects = ["by_host", "open_ended"]

[[steps]]
key = "out"
performer = "guard"
activity = "Tamu pulang"
limit_s = 900
effects = ["returns_badge"]
"""
HEAD, IN, ASK, MEET, OUT = SMALL.split("[[steps]]")


@pytest.fixture(scope="module")
def sop():
    return parse_sop(BODY)


def small_with(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, f"{old!r} is not there exactly once"
    return SMALL.replace(old, new)


def of_length(steps: int) -> str:
    middle = "".join(
        f'[[steps]]\nkey = "k{n}"\nperformer = "guard"\nactivity = "Langkah {n}"\n\n'
        for n in range(steps - 2)
    )
    return f"{HEAD}[[steps]]{IN}{middle}[[steps]]{OUT}"


def test_the_bundled_sop_keeps_the_words_of_the_office(sop):
    assert [(s.activity, s.requirement, s.standard, s.output) for s in sop.steps] == ROWS


def test_the_bundled_sop_keeps_the_head_of_the_office(sop):
    identity = dict(sop.identity)

    assert identity == {
        "government": "PEMERINTAH PROVINSI KALIMANTAN BARAT BARAT",
        "office": "DINAS KOPERASI, USAHA KECIL DAN MENENGAH",
        "division": "SEKRETARIAT",
        "unit": "SUB BAGIAN UMUM DAN APARATUR",
        "number": "000.8/1619.10/DISKOPUKM.A",
        "made_on": "31-Aug-23",
        "revised_on": "",
        "effective_on": "",
        "approved_by": "",
        "name": "PELAYANAN TAMU",
        "legal_basis": [],
        "qualifications": ["Minimal S1"],
        "related": [],
        "equipment": ["Tanda Pengenal Tamu", "Buku Tamu", "Alat Tulis Kantor", "Komputer"],
        "equipment_label": "Peralatan/perengkapan",
        "activity_label": "Aktifitas",
        "performers_label": "Pelaksana Kegiatan",
        "warning": (
            "Jika SOP Pelayanan Tamu tidak dilaksanakan maka pelayanan tamu tidak akan "
            "terlaksana dengan baik"
        ),
        "records": ["Buku tamu"],
    }
    assert (sop.code, sop.status) == ("pelayanan-tamu", "Draf, belum disahkan")


def test_the_bundled_sop_has_four_performers_in_the_order_of_its_columns(sop):
    assert sop.performers == (
        Performer("front_desk", "Petugas Front Desk", "Petugas Front Desk"),
        Performer("general_affairs", "Kasubbag UMPAR", "Kasubbag UMPAR"),
        Performer("secretary", "Sekretaris", "Sekretaris"),
        Performer("host", "Kepala Dinas", "Penerima tamu"),
    )


def test_the_bundled_sop_says_who_does_what_within_which_time(sop):
    five = timedelta(seconds=300)
    plan = [(s.number, s.key, s.performer, s.limit, s.requires, set(s.effects)) for s in sop.steps]

    assert plan == [
        (1, "registration", "front_desk", five, (), {Effect.ISSUES_BADGE}),
        (2, "purpose", "general_affairs", five, (Field.PURPOSE,), set()),
        (3, "direction", "secretary", five, (Field.DIRECTION, Field.DESTINATION), set()),
        (4, "escort", "general_affairs", five, (), set()),
        (5, "reception", "host", None, (), {Effect.BY_HOST, Effect.OPEN_ENDED}),
        (6, "return", "front_desk", five, (), {Effect.RETURNS_BADGE}),
    ]


def test_the_timed_budget_of_a_visit_is_25_minutes(sop):
    assert sum((s.limit or timedelta() for s in sop.steps), timedelta()) == timedelta(minutes=25)


def test_a_step_a_performer_and_an_effect_are_found_by_name(sop):
    assert sop.step("escort").number == 4
    assert sop.performer("secretary").name == "Sekretaris"
    assert sop.step_with(Effect.BY_HOST) == sop.steps[4]
    assert parse_sop(of_length(3)).step_with(Effect.BY_HOST) is None
    with pytest.raises(KeyError, match="lunch"):
        sop.step("lunch")
    with pytest.raises(KeyError, match="guard"):
        sop.performer("guard")


def test_what_an_sop_leaves_out_is_taken_from_what_it_says():
    sop = parse_sop(SMALL)
    ask = sop.step("ask")

    assert (sop.status, sop.identity) == ("", {})
    assert (ask.title, ask.short_title) == ("Tamu ditanya", "Tamu ditanya")
    assert (ask.instruction, ask.instruction_running) == ("Tamu ditanya", "Tamu ditanya")
    assert (ask.requirement, ask.standard, ask.output) == ("", "", "")
    assert sop.performers == (
        Performer("guard", "Satpam", "Satpam"),
        Performer("host", "Kepala Bagian", "Penerima tamu"),
    )


def test_the_words_of_a_step_follow_its_title_and_instruction():
    step = parse_sop(
        small_with('activity = "Tamu ditanya"',
                   'activity = "A"\ntitle = "T"\ninstruction = "I"')
    ).step("ask")  # fmt: skip

    assert (step.title, step.short_title) == ("T", "T")
    assert (step.instruction, step.instruction_running) == ("I", "I")


@pytest.mark.parametrize("steps", range(3, 16))
def test_an_sop_may_have_three_to_fifteen_steps(steps):
    assert [step.number for step in parse_sop(of_length(steps)).steps] == list(range(1, steps + 1))


FILLED = "harus berupa teks yang terisi"
LIST_OF_TABLES = "harus ada, sebagai daftar"
SECONDS = "harus bilangan detik, dari 1 sampai 31536000"
PLAIN_BADGE_STEP = "langkah tanda pengenal tidak boleh bersyarat atau ber-effect lain"
FIELDS = "pilihan: purpose, direction, destination"
EFFECTS = "pilihan: issues_badge, by_host, open_ended, returns_badge"


def bad(name: str, text: str, message: str):
    return pytest.param(text, message, id=name)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        bad("no code", small_with('code = "kecil"', ""), f"code: {FILLED}"),
        bad("blank code", small_with('"kecil"', '"  "'), f"code: {FILLED}"),
        bad("code is a number", small_with('"kecil"', "7"), f"code: {FILLED}"),
        bad(
            "status is a number",
            small_with('code = "kecil"', 'code = "kecil"\nstatus = 1'),
            f"status: {FILLED}",
        ),
        bad(
            "identity is a text",
            small_with('code = "kecil"', 'code = "kecil"\nidentity = "SOP"'),
            "identity: harus berupa tabel [identity]",
        ),
        bad("empty file", "", f"performers: {LIST_OF_TABLES} [[performers]]"),
        bad(
            "no performers",
            SMALL.replace("[[performers]]", "[[people]]"),
            f"performers: {LIST_OF_TABLES} [[performers]]",
        ),
        bad(
            "performers is one table",
            'code = "x"\n[performers]\ncode = "guard"\n',
            f"performers: {LIST_OF_TABLES} [[performers]]",
        ),
        bad(
            "no steps",
            SMALL.replace("[[steps]]", "[[langkah]]"),
            f"steps: {LIST_OF_TABLES} [[steps]]",
        ),
        bad(
            "steps is an empty list",
            "steps = []\n" + HEAD,
            f"steps: {LIST_OF_TABLES} [[steps]]",
        ),
        bad(
            "steps is a list of texts",
            'steps = ["datang", "pulang"]\n' + HEAD,
            f"steps: {LIST_OF_TABLES} [[steps]]",
        ),
        bad(
            "performer without code",
            small_with('code = "host"', ""),
            f"performers[2].code: {FILLED}",
        ),
        bad(
            "performer without name",
            small_with('name = "Satpam"', ""),
            f"performers[1].name: {FILLED}",
        ),
        bad(
            "performer's role name is a list",
            small_with('role_name = "Penerima tamu"', "role_name = []"),
            f"performers[2].role_name: {FILLED}",
        ),
        bad(
            "two performers of one code",
            small_with('code = "host"', 'code = "guard"'),
            "performers.code: 'guard' ada lebih dari sekali",
        ),
        bad("step without key", small_with('key = "ask"', ""), f"steps[2].key: {FILLED}"),
        bad(
            "step without performer",
            small_with('performer = "host"', ""),
            f"steps[3].performer: {FILLED}",
        ),
        bad(
            "step without activity",
            small_with('activity = "Tamu pulang"', ""),
            f"steps[4].activity: {FILLED}",
        ),
        bad(
            "two steps of one key",
            small_with('key = "meet"', 'key = "ask"'),
            "steps.key: 'ask' ada lebih dari sekali",
        ),
        bad(
            "unknown performer",
            small_with('performer = "host"', 'performer = "butler"'),
            "steps[3].performer: 'butler' tidak ada di [[performers]]",
        ),
        *(
            bad(f"{key} is a number", small_with('key = "ask"', f'key = "ask"\n{key} = 5'),
                f"steps[2].{key}: {FILLED}")
            for key in ("requirement", "standard", "output", "title", "short_title",
                        "instruction", "instruction_running")
        ),
        *(
            bad(f"limit_s is {value}", small_with("limit_s = 60", f"limit_s = {value}"),
                f"steps[2].limit_s: {SECONDS}")
            for value in ("0", "-1", '"60"', "true", "60.5", "31536001", "1" + "0" * 20)
        ),
        bad(
            "a limit on an open-ended step",
            small_with('performer = "host"', 'performer = "host"\nlimit_s = 300'),
            "steps[3].limit_s: langkah 'open_ended' tidak punya mutu baku waktu",
        ),
        bad(
            "unknown requirement",
            small_with('"purpose", "destination"', '"nik", "destination"'),
            f"steps[2].requires: 'nik' tidak dikenal; {FIELDS}",
        ),
        bad(
            "requires is a text",
            small_with('["purpose", "destination"]', '"purpose"'),
            "steps[2].requires: harus berupa daftar",
        ),
        bad(
            "requires holds a list",
            small_with('"purpose", "destination"', '["purpose"]'),
            f"steps[2].requires: '['purpose']' tidak dikenal; {FIELDS}",
        ),
        bad(
            "unknown effect",
            small_with('"by_host", "open_ended"', '"by_host", "teleports"'),
            f"steps[3].effects: 'teleports' tidak dikenal; {EFFECTS}",
        ),
        bad(
            "effects is a text",
            small_with('["by_host", "open_ended"]', '"by_host"'),
            "steps[3].effects: harus berupa daftar",
        ),
        bad("two steps", of_length(2), "steps: harus 3 sampai 15 langkah, ada 2"),
        bad("sixteen steps", of_length(16), "steps: harus 3 sampai 15 langkah, ada 16"),
        bad(
            "nobody issues the badge",
            small_with('effects = ["issues_badge"]', ""),
            "steps: tepat satu langkah harus ber-effect 'issues_badge'",
        ),
        bad(
            "two issue the badge",
            small_with('requires = ["purpose", "destination"]', 'effects = ["issues_badge"]'),
            "steps: tepat satu langkah harus ber-effect 'issues_badge'",
        ),
        bad(
            "nobody takes the badge back",
            small_with('effects = ["returns_badge"]', ""),
            "steps: tepat satu langkah harus ber-effect 'returns_badge'",
        ),
        bad(
            "two take the badge back",
            small_with('requires = ["purpose", "destination"]', 'effects = ["returns_badge"]'),
            "steps: tepat satu langkah harus ber-effect 'returns_badge'",
        ),
        bad(
            "a step after the badge is back",
            SMALL + '[[steps]]\nkey = "late"\nperformer = "guard"\nactivity = "Terlambat"\n',
            "steps: 'returns_badge' harus pada langkah terakhir",
        ),
        bad(
            "one step issues the badge and takes it back",
            small_with('["returns_badge"]', '["issues_badge", "returns_badge"]'),
            f"steps[4]: {PLAIN_BADGE_STEP}",
        ),
        bad(
            "the issuing step requires something",
            small_with('["issues_badge"]', '["issues_badge"]\nrequires = ["purpose"]'),
            f"steps[1]: {PLAIN_BADGE_STEP}",
        ),
        bad(
            "the returning step is open-ended",
            small_with("limit_s = 900\neffects = [\"returns_badge\"]",
                       'effects = ["returns_badge", "open_ended"]'),
            f"steps[4]: {PLAIN_BADGE_STEP}",
        ),
        bad(
            "a host without a destination",
            small_with('"purpose", "destination"', '"purpose"'),
            "steps[3]: 'by_host' perlu langkah sebelumnya yang meminta destination",
        ),
        bad(
            "the host is asked for the destination",
            small_with('"purpose", "destination"', '"purpose"').replace(
                '["by_host", "open_ended"]', '["by_host"]\nrequires = ["destination"]'
            ),
            "steps[3]: 'by_host' perlu langkah sebelumnya yang meminta destination",
        ),
        bad(
            "the destination is asked after the host",
            SMALL.replace(ASK, "@").replace(MEET, ASK).replace("@", MEET),
            "steps[2]: 'by_host' perlu langkah sebelumnya yang meminta destination",
        ),
    ],
)  # fmt: skip
def test_a_bad_sop_is_refused_with_its_key_and_what_is_wrong(text, message):
    with pytest.raises(SopError, match=f"^{re.escape(message)}$"):
        parse_sop(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('code = "kecil', id="open quote"),
        pytest.param("code = kecil", id="no quotes"),
        pytest.param('code = "a"\ncode = "b"', id="a key twice"),
        pytest.param("\x00", id="binary"),
    ],
)
def test_a_text_that_is_no_toml_is_refused_with_the_place_of_the_fault(text):
    with pytest.raises(SopError, match=r"^bukan TOML yang sah: .+ \(at .+\)$"):
        parse_sop(text)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_is_an_sop_or_an_sop_error(text):
    with pytest.raises(SopError):
        parse_sop(text)


def what_is_wrong(text: str) -> str | None:
    try:
        parse_sop(text)
    except SopError as error:
        return str(error)
    return None


VALUES = ["1", "-5", "2.5", "true", '""', "[]", "[1]", "{}", "2026-11-24"]


@pytest.mark.parametrize("value", VALUES)
def test_one_wrong_value_anywhere_gives_an_sop_or_an_sop_error(value):
    lines = SMALL.splitlines()
    places = [index for index, line in enumerate(lines) if " = " in line]

    wrongs = []
    for index in places:
        key = lines[index].split(" = ")[0]
        damaged = [*lines[:index], f"{key} = {value}", *lines[index + 1 :]]
        wrongs.append((key, what_is_wrong("\n".join(damaged))))

    told = [(key, wrong) for key, wrong in wrongs if wrong is not None]
    assert all(key in wrong or wrong.startswith("steps") for key, wrong in told)
    assert len(told) > 12


def test_one_missing_line_anywhere_gives_an_sop_or_an_sop_error():
    lines = SMALL.splitlines()

    wrongs = [
        what_is_wrong("\n".join([*lines[:index], *lines[index + 1 :]]))
        for index in range(len(lines))
    ]

    kept = [line for line, wrong in zip(lines, wrongs, strict=True) if wrong is None]
    assert [line for line in kept if line] == [
        'role_name = "Penerima tamu"',
        "limit_s = 120",
        "limit_s = 60",
        'effects = ["by_host", "open_ended"]',
        "limit_s = 900",
    ]


def test_the_role_of_the_application_itself_cannot_be_a_performer() -> None:
    text = BODY.replace('"secretary"', '"admin"')
    with pytest.raises(SopError) as error:
        parse_sop(text)
    assert str(error.value) == ("performers.code: 'admin' adalah peran aplikasi; pakai kode lain")
