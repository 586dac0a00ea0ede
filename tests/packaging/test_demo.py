"""`tamu demo` as somebody meets it who wants to try everything out."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import psutil
import pytest

from tests.cast import token_of
from tests.packaging.running import START_S, STOP_S
from tools.driving.servers import clean_environment, free_port

ROLES = {
    "adi": ("admin", "Admin"),
    "fitri": ("front_desk", "Petugas Front Desk"),
    "kasim": ("general_affairs", "Kasubbag UMPAR"),
    "sekar": ("secretary", "Sekretaris"),
    "hadi": ("host", "Penerima tamu"),
    "rahmat": ("host", "Penerima tamu"),
    "yuliana": ("host", "Penerima tamu"),
}
STRIP = '<aside class="demo" aria-label="Demo">'


def start_demo(folder: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    """A demo whose throw-away folder is made in a folder of the test's."""
    tamu = shutil.which("tamu", path=str(Path(sys.executable).parent))
    assert tamu, "pip install -e '.[test]' puts tamu beside python"
    return subprocess.Popen(
        [tamu, "demo", *options],
        cwd=folder,
        env={**clean_environment(), "TMPDIR": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def left_of_demo(folder: Path) -> list[Path]:
    return list(folder.glob("tamu-demo-*"))


class Visitor:
    """A browser of one person."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.browser: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        try:
            with self.browser.open(self.url + path, timeout=10) as answer:
                return answer.read().decode()
        except HTTPError as error:
            return error.read().decode()

    def post(self, path: str, fields: dict[str, str], accept: str = "text/html") -> str:
        data = urlencode({"csrf_token": token_of(self.get("/masuk")), **fields}).encode()
        request = Request(self.url + path, data=data, headers={"Accept": accept})
        with self.browser.open(request, timeout=10) as answer:
            return answer.read().decode()

    def scan(self, code: str) -> dict[str, object]:
        fields = {
            "nonce": str(uuid.uuid4()),
            "code": code,
            "csrf_token": token_of(self.get("/meja")),
        }
        return json.loads(self.post("/pindai", fields, accept="application/json"))


class Demo:
    """A demo that runs, and what it printed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.at_work = folder / "at-work"
        self.process = start_demo(
            folder,
            *("--json", "--days", "5", "--port", str(self.port)),
            TAMU_INSTANCE=str(self.at_work),
            TAMU_DATABASE_URL=f"sqlite:///{self.at_work}.db",
            TAMU_SOP="no such SOP",
        )
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        assert self.line, self.process.communicate()
        self.told = json.loads(self.line)
        self.children = psutil.Process(self.process.pid).children(recursive=True)

    def sign_in(self, username: str) -> Visitor:
        visitor = Visitor(self.told["url"])
        (password,) = (
            account["password"]
            for account in self.told["accounts"]
            if account["username"] == username
        )
        visitor.post("/masuk", {"username": username, "password": password})
        return visitor

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        for child in self.children:
            if child.is_running():
                child.kill()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory):
    demo = Demo(tmp_path_factory.mktemp("demo"))
    yield demo
    demo.close()


def test_it_tells_its_address_its_accounts_and_its_badges(demo):
    assert set(demo.told) == {"url", "accounts", "badges"}
    assert demo.told["url"] == f"http://127.0.0.1:{demo.port}"
    accounts = {account["username"]: account for account in demo.told["accounts"]}
    assert {name: account["roles"] for name, account in accounts.items()} == {
        name: [role] for name, (role, _) in ROLES.items()
    }
    passwords = [account["password"] for account in accounts.values()]
    assert len(set(passwords)) == len(passwords)
    assert all(re.fullmatch(r"[a-z]+-[a-z]+-[a-z]+-\d\d", password) for password in passwords)
    assert min(map(len, passwords)) >= 12
    assert [badge["number"] for badge in demo.told["badges"]] == list(range(1, 21))
    assert all(re.fullmatch("[A-Z2-7]{16}", badge["code"]) for badge in demo.told["badges"])


def test_everybody_can_sign_in_and_has_the_role_that_was_told(demo):
    for username, (_, post) in ROLES.items():
        page = demo.sign_in(username).get("/akun/kata-sandi")
        assert f'<span class="bar-post">{post}</span>' in page, username


@pytest.mark.parametrize("path", ["/masuk", "/T/AAAABBBBCCCCDDDD", "/tidak-ada"])
def test_a_page_for_anybody_says_that_this_is_a_demo(demo, path):
    assert Visitor(demo.told["url"]).get(path).count(STRIP) == 1


@pytest.mark.parametrize(
    "path", ["/meja", "/pindai", "/buku-tamu", "/sedang-di-dalam", "/tidak-ada"]
)
def test_a_page_for_staff_says_that_this_is_a_demo(demo, path):
    assert demo_strips(demo.sign_in("fitri").get(path)) == 1


def demo_strips(page: str) -> int:
    return page.count(STRIP)


def test_guests_wait_at_every_desk(demo):
    assert "1 menunggu tanda pengenal, 5 kunjungan" in demo.sign_in("fitri").get("/meja")
    assert "2 tamu menunggu" in demo.sign_in("kasim").get("/meja")
    assert "Terlambat" in demo.sign_in("sekar").get("/meja")
    assert "Langkah 5" in demo.sign_in("hadi").get("/meja")


def test_the_guest_book_is_filled_and_each_visit_has_its_record(demo):
    page = demo.sign_in("fitri").get("/buku-tamu")
    visits = re.findall(r'href="(/kunjungan/\d{4}/\d+)"', page)
    assert len(set(visits)) == 25
    assert "Buku tamu diisi" in demo.sign_in("fitri").get(visits[0])


def test_a_free_badge_is_known_and_handed_out_to_who_waits(demo):
    free = demo.told["badges"][19]
    told = demo.sign_in("kasim").scan(free["code"])
    assert (told["outcome"], told["reason"]) == ("refused", "badge_not_in_use")

    handed_out = demo.sign_in("fitri").scan(free["code"])
    assert (handed_out["outcome"], handed_out["step"]) == ("issued", 2)
    assert handed_out["badge"] == "020"


def test_the_office_that_the_environment_names_is_not_touched(demo):
    assert list(demo.folder.iterdir()) == left_of_demo(demo.folder)


def test_ctrl_c_leaves_nothing_behind(demo):
    (folder,) = left_of_demo(demo.folder)
    assert (folder / "tamu.db").is_file()

    demo.process.send_signal(signal.SIGINT)
    printed, said = demo.process.communicate(timeout=STOP_S)

    assert (demo.process.returncode, printed) == (0, "")
    assert "Traceback" not in said
    assert left_of_demo(demo.folder) == []
    assert not psutil.wait_procs(demo.children, timeout=5)[1]
    socket.create_server(("127.0.0.1", demo.port)).close()


def test_a_stop_while_it_prepares_leaves_nothing_behind_either(tmp_path):
    process = start_demo(tmp_path, "--port", str(free_port()))
    until = time.monotonic() + START_S
    while not left_of_demo(tmp_path) and time.monotonic() < until:
        time.sleep(0.02)
    assert left_of_demo(tmp_path)

    process.terminate()
    process.communicate(timeout=STOP_S)

    assert process.returncode == 128 + signal.SIGTERM
    assert left_of_demo(tmp_path) == []


def test_a_taken_port_is_said_at_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        process = start_demo(tmp_path, "--port", str(port), "--json")
        printed, said = process.communicate(timeout=START_S)
    assert (process.returncode, printed) == (2, "")
    assert f"Port {port} tidak dapat dipakai: sedang dipakai program lain" in said
    assert left_of_demo(tmp_path) == []
