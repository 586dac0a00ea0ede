"""Behind a proxy: whom it speaks for is believed, and nobody else's word is."""

import pytest
from flask import request

from app import create_app
from app.models.person import SignInFailure
from tests.cast import Clock, Office, copy_instance

TOLD = {
    "X-Forwarded-For": "192.168.1.77",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "tamu.kantor.lan",
    "X-Forwarded-Port": "443",
}
BELIEVED = ("192.168.1.77", "https", "tamu.kantor.lan")


def not_believed(address):
    return (address, "http", "127.0.0.1:8000")


@pytest.mark.parametrize(
    ("trusted", "address", "seen"),
    [
        ((), "127.0.0.1", not_believed("127.0.0.1")),
        (("127.0.0.1",), "127.0.0.1", BELIEVED),
        (("127.0.0.1",), "192.168.1.9", not_believed("192.168.1.9")),
        (("10.0.0.2", "fd00::2"), "fd00::2", BELIEVED),
    ],
)
def test_only_a_trusted_proxy_is_believed(template, tmp_path, trusted, address, seen):
    instance = copy_instance(template, tmp_path / "instance")
    app = create_app({"INSTANCE": instance, "NOW": Clock(), "TRUSTED_PROXY": trusted})
    told = []

    @app.after_request
    def note(response):
        told.append((request.remote_addr, request.scheme, request.host))
        return response

    app.test_client().get(
        "/percaya/ping",
        headers=TOLD,
        base_url="http://127.0.0.1:8000",
        environ_overrides={"REMOTE_ADDR": address},
    )
    assert told == [seen]


def test_wrong_passwords_are_counted_for_the_visitor_not_for_the_proxy(template, tmp_path):
    clock = Clock()
    instance = copy_instance(template, tmp_path / "instance")
    app = create_app({"INSTANCE": instance, "NOW": clock, "TRUSTED_PROXY": ("127.0.0.1",)})
    office = Office(app, clock)
    desk = office.visitor()
    desk.post("/masuk", {"username": "fitri", "password": "salah sama sekali"},
              headers={"X-Forwarded-For": "192.168.1.77"})  # fmt: skip
    assert [row.address for row in office.session.query(SignInFailure)] == ["192.168.1.77"]
    office.close()
