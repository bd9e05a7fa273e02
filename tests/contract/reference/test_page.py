"""The reference page in an offline browser: it renders, its search works, and it sends no request."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from support import contract

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PAGE = Path(os.environ.get("REFERENCE_PAGE", ""))
OPERATIONS = {definition["summary"]: (method, path) for method, path, definition in contract.operations()}
TAGS = [tag["name"] for tag in contract.DOCUMENT["tags"]]
WIDE, PHONE = (1440, 1000), (390, 844)

if not PAGE.is_file() or BROWSER is None:
    reason = "no REFERENCE_PAGE, or no Chromium on PATH; nox -s reference runs this"
    pytest.skip(reason, allow_module_level=True)


class Reader:
    """Open pages, and record their errors and requests."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._opened: set[str] = set()

    def open(self, file: Path, size: tuple[int, int] = WIDE) -> Any:
        """Open a page from disk in an offline browser."""
        viewport = {"width": size[0], "height": size[1]}
        page = self._browser.new_context(viewport=viewport, offline=True).new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.extend([line.text] * (line.type in ("error", "warning"))))
        page.on("request", lambda request: self.requests.append(request.url))
        self._opened.add(file.as_uri())
        page.goto(file.as_uri())
        return page

    @property
    def external_requests(self) -> list[str]:
        """The requests for anything outside the page."""
        return [url for url in self.requests if not url.startswith(("blob:", "data:")) and url not in self._opened]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def reader(browser: Any) -> Iterator[Reader]:
    reader = Reader(browser)
    yield reader
    for context in browser.contexts:
        context.close()


def go_to(page: Any, tag: str, summary: str) -> None:
    """Open an operation through the menu."""
    entry = page.get_by_role("listitem").get_by_role("link", name=summary)
    if not entry.count():
        page.get_by_role("listitem").get_by_role("link", name=tag).click()
    entry.click()
    wait_for_heading(page, summary)


def wait_for_heading(page: Any, summary: str) -> None:
    """Wait until the main part shows a heading."""
    page.get_by_role("main").get_by_role("heading").filter(has_text=summary).first.wait_for()


def search(page: Any, words: str) -> Any:
    """Type into the search field and return the results."""
    field = page.get_by_placeholder("Search docs...")
    if not field.count():
        page.keyboard.press("Control+k")
    field.fill(words)
    return page.get_by_role("banner").locator("xpath=..")


def brightness_and_colours(page: Any) -> tuple[float, int]:
    """Return the mean brightness of a page, from 0 to 255, and its number of colours."""
    from PIL import Image, ImageStat

    image = Image.open(BytesIO(page.screenshot()))
    colours = image.convert("RGB").getcolors(1 << 24)
    assert colours is not None
    return ImageStat.Stat(image.convert("L")).mean[0], len(colours)


def test_every_operation_shows_its_path_statuses_headers_and_parameters(reader: Reader) -> None:
    page = reader.open(PAGE)
    assert page.title() == contract.DOCUMENT["info"]["title"]
    for _, path, definition in contract.operations():
        go_to(page, definition["tags"][0], definition["summary"])
        text = page.locator("body").inner_text()
        assert path in text
        for status, response in definition["responses"].items():
            assert status in text
            if status == "200":
                assert all(header in text for header in contract.resolve(response)["headers"])
        for parameter in definition.get("parameters", []):
            assert contract.resolve(parameter)["name"] in text
    page.screenshot(path=PAGE.with_name("reference-wide.png"))
    assert (reader.errors, reader.external_requests) == ([], [])


@pytest.mark.parametrize("summary", OPERATIONS)
def test_the_search_finds_an_operation_by_path_and_by_name(reader: Reader, summary: str) -> None:
    page = reader.open(PAGE)
    for words in (OPERATIONS[summary][1].rpartition("/")[2].strip("{}"), summary):
        search(page, words).get_by_text(summary, exact=True).first.wait_for()
    assert (reader.errors, reader.external_requests) == ([], [])


def test_a_search_result_opens_its_operation(reader: Reader) -> None:
    page = reader.open(PAGE)
    search(page, "zzzzz").get_by_text("No results").wait_for()
    search(page, "notification-email").get_by_text("Set the notification e-mail address").click()
    wait_for_heading(page, "Set the notification e-mail address")
    assert page.url.endswith("#/topup-orders/settopupordernotificationemail")


def test_the_page_has_a_light_and_a_dark_theme(reader: Reader) -> None:
    page = reader.open(PAGE)
    wait_for_heading(page, "authentication")
    light, colours = brightness_and_colours(page)
    assert light > 200
    assert colours > 100  # not a blank page
    page.get_by_role("button", name="light").click()
    page.wait_for_timeout(500)
    dark, colours = brightness_and_colours(page)
    page.screenshot(path=PAGE.with_name("reference-dark.png"))
    assert dark < 60
    assert colours > 100
    assert (reader.errors, reader.external_requests) == ([], [])


def test_the_page_fits_the_width_of_a_phone(reader: Reader) -> None:
    page = reader.open(PAGE, PHONE)
    wait_for_heading(page, contract.DOCUMENT["info"]["title"])
    page.screenshot(path=PAGE.with_name("reference-phone.png"))
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Open navigation menu").click()
    go_to(page, "topup orders", "List topup orders")
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    assert (reader.errors, reader.external_requests) == ([], [])


def test_external_requests_and_errors_are_detected(reader: Reader, tmp_path: Path) -> None:
    # The last </body> ends the page; the scripts contain others.
    before, end, after = PAGE.read_text("utf-8").rpartition("</body>")
    page = tmp_path / "page.html"
    page.write_text(f"{before}<img src=https://elsewhere.invalid/x.png>{end}{after}", "utf-8")
    opened = reader.open(page)
    for _ in range(50):
        if reader.errors:
            break
        opened.wait_for_timeout(100)
    assert reader.external_requests == ["https://elsewhere.invalid/x.png"]
    assert reader.errors == ["Failed to load resource: net::ERR_INTERNET_DISCONNECTED"]
