"""Pages go out compressed, but never to a foreign site's bidding.

What is guessed into a page together with its CSRF token can be told by the compressed length, if
somebody can listen and have the browser ask again and again (BREACH). So only what our own pages or
the person asked for is compressed: browsers say so in Sec-Fetch-Site, which no script can set. They
leave it out where there is no HTTPS, and there a listener needs no guessing.
"""

import gzip

from flask import Flask, Response, request

LEAST = 1024  # bytes; below, nothing is gained
LEVEL = 1  # a third larger than the best, several times as quick
OUR_OWN = {"same-origin", "none"}


def init_app(app: Flask) -> None:
    """Compress each page as it goes out."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed:
        return response
    response.vary.update(["Accept-Encoding", "Sec-Fetch-Site"])
    if len(response.data) >= LEAST and request.accept_encodings["gzip"] > 0 and _is_our_own():
        response.data = gzip.compress(response.data, LEVEL, mtime=0)
        response.content_encoding = "gzip"
    return response


def _is_our_own() -> bool:
    """Whether no other site can have made the browser ask."""
    site = request.headers.get("Sec-Fetch-Site")
    return site in OUR_OWN if site else not request.is_secure
