"""The one place that knows HX-* headers: page or fragment, redirects, retargeting."""

from flask import Flask, Response, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from jinja2 import Template

from app.extensions import htmx


def init_app(app: Flask) -> None:
    """Mark every page as depending on who asks: a browser or htmx."""
    app.after_request(_vary)


def wants_fragment() -> bool:
    """Whether htmx asks for a part of the page; a history restore needs the whole one."""
    return bool(htmx) and not htmx.history_restore_request


def render_block(template: str, block: str, **context: object) -> str:
    """One named block of a page, rendered alone."""
    page: Template = current_app.jinja_env.get_template(template)
    current_app.update_template_context(context)
    rendered = page.blocks[block](page.new_context(context))
    return "".join(rendered)


def page_or_block(template: str, block: str, **context: object) -> str:
    """The block for htmx, the whole page for everybody else."""
    if wants_fragment():
        return render_block(template, block, **context)
    return render_template(template, **context)


def see_other(url: str) -> ResponseReturnValue:
    """Send the browser to another page, also from inside an htmx request."""
    if not bool(htmx):
        return redirect(url, code=303)
    response = make_response("", 200)
    response.headers["HX-Redirect"] = url
    return response


def over_the_page(body: str, status: int) -> Response:
    """An answer that opens above the page and leaves what is on it untouched."""
    response = make_response(body, status)
    response.headers["HX-Retarget"] = "#overlay"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def only_said(body: str, status: int) -> Response:
    """An answer that changes nothing on the page: a poll that failed tries again by itself."""
    response = make_response(body, status)
    response.headers["HX-Reswap"] = "none"
    return response


def _vary(response: Response) -> Response:
    if request.endpoint != "static":
        response.vary.add("HX-Request")
    return response
