"""Every page, light and dark, wide and narrow: WCAG 2.2 AA by axe, no sideways scrolling, and
nothing that moves for whoever asked for less motion."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Launch, Stage, staged
from tests.e2e.views import NOT_PAGES, VIEWS, View, furnish

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]  # what a theme can change
# The stylesheet is one for all pages: what axe would load it for on each is asked of one page.
OF_STYLESHEET = ["css-orientation-lock"]
VIOLATIONS = """async ({runOnly, preload}) => {
  const found = await axe.run({runOnly, preload, resultTypes: ['violations']});
  return found.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}`));
}"""
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 4000}  # so tall that the tabs below lie over nothing
ZOOMED = {"200 %": {"width": 640, "height": 400}, "400 %": {"width": 320, "height": 256}}
MOVING = """() => [...document.querySelectorAll("*")].flatMap((element) =>
  [null, "::before", "::after"].flatMap((part) => {
    const { animationDuration, transitionDuration } = getComputedStyle(element, part);
    const durations = `${animationDuration}, ${transitionDuration}`.split(", ").map(parseFloat);
    return durations.some((duration) => duration > 0) ? [`${element.className}${part ?? ""}`] : [];
  }))"""
TURNED = "@media (orientation: landscape) { html { transform: rotate(90deg) } }"
CUT_OFF = (Path(__file__).parent / "cut_off.js").read_text(encoding="utf-8")
ALL_VIEWS = [view for views in VIEWS.values() for view in views]


@dataclass
class Screens:
    """The offices behind their addresses, each with one page that everybody uses in turn."""

    template: Path
    folder: Path
    launch: Launch
    closing: ExitStack
    pages: dict[str, tuple[Stage, Page]] = field(default_factory=dict)

    def open(self, view: View) -> Page:
        """The page of the view, in its state."""
        stage, page = self._page(view.office)
        page.goto("about:blank")  # a poll of the last page would bring a cookie of its own
        page.context.clear_cookies()
        if view.who:
            cookie = stage.office.desk(view.who).client.get_cookie("tamu_session")
            assert cookie is not None
            named = {"name": cookie.key, "value": cookie.value, "url": stage.url}
            page.context.add_cookies([named])
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(stage.url + view.address(stage.office))
        if view.act:
            view.act(page)
        expect(page.get_by_text(view.says).locator("visible=true").first).to_be_visible()
        return page

    def _page(self, kind: str) -> tuple[Stage, Page]:
        if kind not in self.pages:
            office = furnish(kind, self.template, self.folder / kind)
            self.closing.callback(office.close)
            stage = self.closing.enter_context(staged(office, self.launch))
            stage.expect_complaint("the server responded with a status of 4")
            context = stage.open_browser().new_context(locale="id-ID")
            context.add_init_script(AXE)
            self.pages[kind] = stage, stage.watch(context)
        return self.pages[kind]


@pytest.fixture(scope="module")
def screens(
    template: Path, tmp_path_factory: pytest.TempPathFactory, launch: Launch
) -> Iterator[Screens]:
    with ExitStack() as closing:
        yield Screens(template, tmp_path_factory.mktemp("offices"), launch, closing)


def violations(page: Page, theme: Theme) -> list[str]:
    """What axe finds; in the second theme only what a theme can change."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    only = {"type": "tag", "values": TAGS} if theme == "light" else OF_COLOUR
    return ask_axe(page, only)


def ask_axe(page: Page, only: object, *, preload: bool = False) -> list[str]:
    """The rules that are broken, and by what."""
    found: list[str] = page.evaluate(VIOLATIONS, {"runOnly": only, "preload": preload})
    return found


@pytest.mark.parametrize("view", ALL_VIEWS, ids=str)
def test_a_page_is_for_everybody(screens: Screens, view: View) -> None:
    page = screens.open(view)
    found: dict[str, Any] = {}
    for screen, size in {"wide": WIDE, "phone": PHONE}.items():
        page.set_viewport_size(size)
        for theme in THEMES:
            found[f"{theme}, {screen}"] = violations(page, theme)
    for screen, size in {"wide": WIDE, **ZOOMED}.items():
        page.set_viewport_size(size)
        found[f"cut off, {screen}"] = page.evaluate(CUT_OFF)
    found["moving"] = page.evaluate(MOVING)
    assert {where: what for where, what in found.items() if what} == {}


def test_the_checks_see_what_is_wrong(screens: Screens) -> None:
    page = screens.open(VIEWS["/masuk"][0])
    page.emulate_media(reduced_motion="no-preference")
    assert "button is-main is-big is-wide" in page.evaluate(MOVING)
    page.locator("main").evaluate(
        """main => {
          const long = "<p class='nowrap'>" + "panjang ".repeat(99) + "</p>";
          main.insertAdjacentHTML("beforeend", `<img id="unnamed"><p id="pale">Pucat</p>
            <div id="clipped">${long}</div><div id="scrolling">${long}</div>`);
          document.getElementById("pale").style.color = "#777";
          document.getElementById("clipped").style.overflow = "hidden";
          document.getElementById("scrolling").style.overflow = "auto";
        }"""
    )
    assert violations(page, "light") == [
        "color-contrast: #pale",
        "image-alt: #unnamed",
        "scrollable-region-focusable: #scrolling",
    ]
    assert violations(page, "dark") == ["color-contrast: #pale"]
    assert [cut.partition(":")[0] for cut in page.evaluate(CUT_OFF)] == [
        "div#clipped",
        "div#scrolling",
    ]


def test_the_stylesheet_turns_no_screen(screens: Screens) -> None:
    page = screens.open(VIEWS["/masuk"][0])
    assert page.evaluate("document.styleSheets.length") == 1
    assert ask_axe(page, OF_STYLESHEET, preload=True) == []
    page.evaluate("rule => document.styleSheets[0].insertRule(rule)", TURNED)
    assert ask_axe(page, OF_STYLESHEET, preload=True) == ["css-orientation-lock: html"]


def test_every_page_has_its_views(app: Flask) -> None:
    routes = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    assert routes == (set(VIEWS) - {""}) | set(NOT_PAGES)
