"""What a form may hold: so many bytes, so many fields, and all that was announced."""

import io

import pytest
from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

FORM = "application/x-www-form-urlencoded"
BYTES, FIELDS = 1000, 20


@pytest.fixture
def read(app):
    """The fields of a form, as a view reads them."""
    app.config.update(MAX_FORM_MEMORY_SIZE=BYTES, MAX_FORM_PARTS=FIELDS)

    def fields(body, *, announced=None, kind=FORM, **server):
        length = len(body) if announced is None else announced
        told = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(length), "REQUEST_METHOD": "POST"}
        told |= {"wsgi.input": io.BytesIO(body)} | server
        with app.test_request_context(environ_overrides=told):
            return list(request.form.items(multi=True))

    return fields


@pytest.mark.parametrize("kind", [FORM, FORM + "; charset=utf-8", FORM.upper()])
def test_a_form_within_its_bounds_is_read_as_it_was_sent(read, kind):
    said = [("nama", "Tono & Tini"), ("nama", "ä"), ("kosong", "")]
    assert read(b"nama=Tono+%26+Tini&nama=%C3%A4&kosong=", kind=kind) == said


def test_a_form_may_have_as_many_bytes_and_fields_as_are_allowed_and_no_more(read):
    assert read(b"a=" + b"x" * (BYTES - 2)) == [("a", "x" * (BYTES - 2))]
    with pytest.raises(RequestEntityTooLarge):
        read(b"a=" + b"x" * (BYTES - 1))
    assert read(b"&".join([b"a=1"] * FIELDS)) == [("a", "1")] * FIELDS
    with pytest.raises(RequestEntityTooLarge):
        read(b"&".join([b"a=1"] * (FIELDS + 1)))


@pytest.mark.parametrize("server", [{}, {"wsgi.input_terminated": True}], ids=["", "terminated"])
@pytest.mark.parametrize("body", [b"", b"kartu=1"])
def test_a_form_cut_off_on_its_way_is_none_even_if_the_server_says_that_it_is_at_its_end(
    read, body, server
):
    with pytest.raises(ClientDisconnected):
        read(body, announced=len(b"kartu=12"), **server)


def test_nothing_at_all_is_a_form_without_fields(read):
    assert read(b"") == []
