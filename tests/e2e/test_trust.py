"""Percayai perangkat ini: the page finds out by itself whether its device trusts the office."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from app.lan.network import look_around
from tests.e2e.conftest import Stage, answered_whole

PLAIN = {"PUBLIC_URL": "", "DOMAIN": ""}


@pytest.fixture
def secured(stage: Stage) -> Iterator[Stage]:
    """The office by HTTPS too, with the certificate of its own authority."""
    app = stage.office.app
    leaf = look_around(app.config["INSTANCE"], PLAIN, "127.0.0.1", datetime.now(UTC)).leaf
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf.certificate, leaf.key)
    server = make_server("127.0.0.1", 0, answered_whole(app), threaded=True, ssl_context=context)
    app.config["SECURE_ADDRESS"] = lambda host: f"https://{host}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield stage
    server.shutdown()
    thread.join()
    server.server_close()


def trust_page(stage: Stage, *, is_trusted: bool) -> Page:
    context = stage.open_browser().new_context(locale="id-ID", ignore_https_errors=is_trusted)
    page = stage.watch(context)
    page.goto(f"{stage.url}/percaya")
    return page


def states(page: Page) -> list[str]:
    """What the page says of the device."""
    return [part.inner_text() for part in page.locator("[data-state]:visible").all()]


def test_a_device_that_does_not_trust_the_office_is_told_to_go_on(secured: Stage) -> None:
    secured.expect_complaint("net::ERR_CERT_AUTHORITY_INVALID")
    page = trust_page(secured, is_trusted=False)
    expect(page.get_by_text("Perangkat ini belum percaya.")).to_be_visible()
    assert states(page) == ["Perangkat ini belum percaya. Ikuti langkah di bawah."]


def test_a_device_that_trusts_the_office_is_told_so(secured: Stage) -> None:
    page = trust_page(secured, is_trusted=True)
    expect(page.get_by_text("Perangkat ini sudah percaya.")).to_be_visible()
    assert states(page) == ["Perangkat ini sudah percaya. Lanjutkan dengan mencoba kameranya."]
