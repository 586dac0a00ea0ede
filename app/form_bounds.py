"""Forms have bounds and an end, however they are encoded: the library checks multipart alone."""

import io
from typing import IO, TYPE_CHECKING

from flask import Flask, Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

if TYPE_CHECKING:
    from werkzeug.formparser import t_parse_result

URL_ENCODED = "application/x-www-form-urlencoded"


class BoundedForms(FormDataParser):
    """Reads a form that has come whole, and of no more bytes and fields than are allowed."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> "t_parse_result":
        if mimetype == URL_ENCODED:
            stream = self._checked(stream, content_length or 0)
        return super().parse(stream, mimetype, content_length, options)

    def _checked(self, stream: IO[bytes], length: int) -> IO[bytes]:
        if self.max_form_memory_size is not None and length > self.max_form_memory_size:
            raise RequestEntityTooLarge
        body = stream.read()
        if len(body) < length:  # cut off on its way: it would pass for the whole
            raise ClientDisconnected
        if self.max_form_parts is not None and body.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge
        return io.BytesIO(body)


class BoundedRequest(Request):
    """A request whose form is bounded."""

    form_data_parser_class = BoundedForms


def init_app(app: Flask) -> None:
    """Bound every form that this app reads."""
    app.request_class = BoundedRequest
