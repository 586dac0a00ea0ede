from io import BytesIO

import pytest
from click.testing import CliRunner
from PIL import Image

from app import create_app
from app.cli import main
from app.config import DEMO_MARKER
from app.demo import DemoOffice, Ending, readable_password
from app.queries.badges import PrintedBadge
from app.sample.emblem import sample_emblem
from app.sample.office import Account
from app.startup import prepare_database
from tests.cast import Office
from tests.support import pdf as paper

STRIP = '<aside class="demo" aria-label="Demo"><p><strong>DEMO</strong>'


@pytest.fixture
def sentences(app, tmp_path, monkeypatch):
    """What the command prints once its office is there."""

    def serve(wanted, *, days, announce):
        accounts = (
            Account("Adi", "adi", "kopi-di-tepi-12", "admin"),
            Account("Fitri", "fitri", "ubi-padi-ulin-34", "front_desk"),
        )
        badges = (PrintedBadge(1, "ABCDEFGHIJKLMNOP", "available"),)
        announce(DemoOffice(app, tmp_path, accounts, badges), f"http://127.0.0.1:{wanted}")

    monkeypatch.setattr("app.commands.demo.serve_demo", serve)
    return lambda *options: CliRunner().invoke(main, ["demo", *options])


def test_address_and_sign_ins_are_a_small_table(sentences):
    assert sentences("--port", "8003").stdout == (
        "Menyiapkan kantor contoh …\n"
        "Alamat: http://127.0.0.1:8003\n"
        "\n"
        "Nama pengguna  Kata sandi        Masuk sebagai\n"
        "adi            kopi-di-tepi-12   Admin\n"
        "fitri          ubi-padi-ulin-34  Petugas Front Desk\n"
        "\n"
        "Semua orang dan kunjungan di sini rekaan, dan hilang saat demo dihentikan.\n"
        "Tekan Ctrl+C untuk berhenti.\n"
    )


def test_as_json_there_is_one_line_and_nothing_else(sentences):
    assert sentences("--port", "8003", "--json").stdout == (
        '{"url": "http://127.0.0.1:8003", "accounts": ['
        '{"username": "adi", "password": "kopi-di-tepi-12", "roles": ["admin"]}, '
        '{"username": "fitri", "password": "ubi-padi-ulin-34", "roles": ["front_desk"]}], '
        '"badges": [{"number": 1, "code": "ABCDEFGHIJKLMNOP"}]}\n'
    )


@pytest.mark.parametrize("option", ["--instance", "--host"])
def test_it_takes_no_folder_and_no_other_address(option):
    answer = CliRunner().invoke(main, ["demo", option, "x"])
    assert answer.exit_code == 2
    assert f"No such option '{option}'" in answer.stderr


def test_passwords_are_long_enough_and_never_the_same():
    passwords = {readable_password() for _ in range(200)}
    assert len(passwords) > 190
    assert min(map(len, passwords)) >= 12


def test_the_set_up_of_a_demo_says_what_it_is(tmp_path):
    (tmp_path / DEMO_MARKER).touch()
    app = create_app({"INSTANCE": tmp_path})
    prepare_database(app)
    assert STRIP in app.test_client().get("/penyiapan").text


def papers(office: Office) -> list[str]:
    """The text of each page of what the office prints: guest book, receipt, SOP."""
    month = {"dari": "2026-11-01", "sampai": "2026-11-30", "format": "pdf"}
    kasim = office.desk("kasim")
    answers = [
        kasim.post("/buku-tamu/ekspor", month),
        kasim.post("/kunjungan/2026/1/bukti.pdf"),
        kasim.get("/sop.pdf"),
    ]
    return [text for answer in answers for text in paper.texts(answer.data)]


def test_every_sheet_of_a_demo_says_so(office: Office):
    office.app.config["DEMO"] = True
    office.bring_to_step(2)
    assert [text[:17] for text in papers(office)] == ["DEMO, data rekaan"] * 4


def test_an_office_at_work_is_no_demo(office: Office):
    office.bring_to_step(2)
    assert 'class="demo"' not in office.visitor().get("/masuk").text
    assert "DEMO" not in " ".join(papers(office))


def test_the_made_up_office_has_an_emblem_of_its_own():
    made = sample_emblem()
    with Image.open(BytesIO(made.png)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (200, 240))
        assert [picture.getpixel(place)[3] for place in ((2, 235), (100, 100))] == [0, 255]


def test_a_signal_waits_until_the_folder_is_in_somebodys_care():
    ending = Ending()
    ending(15, None)
    with pytest.raises(SystemExit) as ended:
        ending.let_go()
    assert ended.value.code == 128 + 15


def test_once_let_go_a_signal_ends_the_demo_at_once():
    ending = Ending()
    ending.let_go()
    with pytest.raises(SystemExit) as ended:
        ending(2, None)
    assert ended.value.code == 128 + 2
