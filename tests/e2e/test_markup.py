"""An office in which everything was told in markup, looked at by a real browser: nothing runs.

That no page has an element more than it should: tests/attacks/test_xss.py.
"""

import itertools

from playwright.sync_api import expect

from tests.attacks.markup import PAYLOADS, plant

HEARD = """
window.heard = [];
addEventListener("securitypolicyviolation", event => heard.push(event.violatedDirective));
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => heard.push(name);
"""
PAGES = {
    "fitri": (
        "/meja",
        "/buku-tamu/baru?tersimpan=5/2026",
        "/buku-tamu",
        "/kunjungan/2026/1",
        "/kunjungan/2026/2",
        "/ringkasan",
        "/sedang-di-dalam",
        "/evakuasi",
        "/pindai?untuk=5/2026",
    ),
    "adi": ("/petugas", "/tujuan", "/tujuan/1", "/kantor", "/buku-tamu?cari=alert"),
}


def nothing_ran(page):
    page.wait_for_load_state()
    assert page.evaluate("heard") == [], page.url
    assert page.locator("img[src=x], [onerror]").count() == 0, page.url
    assert "alert(" in page.content(), page.url


def test_no_page_of_an_office_told_in_markup_runs_any_of_it(stage, launch):
    office, numbers = stage.office, itertools.count(1)

    def send(who, url, data, word):
        assert office.desk(who).post(url, {**data, **word}).status_code < 500

    plant(send, lambda: PAYLOADS[0].format(n=next(numbers)))
    browser = launch(None)
    for who, urls in PAGES.items():
        page = stage.sign_in(browser, who)
        page.add_init_script(HEARD)
        for url in urls:
            page.goto(stage.url + url)
            nothing_ran(page)
        page.goto(stage.url + "/pindai")
        page.locator("#scan-code").fill("12")
        page.locator("#scan-code").press("Enter")
        expect(page.locator("#result[data-result]")).to_be_visible()
        nothing_ran(page)
