"""The reference page in a browser without a network: it renders, it is searched, and it asks nobody for anything."""

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
    """Opens pages, and hears what they say and ask for."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self._opened: set[str] = set()

    def opens(self, file: Path, size: tuple[int, int] = WIDE) -> Any:
        """A page from disk, with the network switched off."""
        viewport = {"width": size[0], "height": size[1]}
        page = self._browser.new_context(viewport=viewport, offline=True).new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.extend([said.text] * (said.type in ("error", "warning"))))
        page.on("request", lambda request: self.asked.append(request.url))
        self._opened.add(file.as_uri())
        page.goto(file.as_uri())
        return page

    @property
    def abroad(self) -> list[str]:
        """Requests for anything that is not in the page itself."""
        return [url for url in self.asked if not url.startswith(("blob:", "data:")) and url not in self._opened]


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


def goes_to(page: Any, tag: str, summary: str) -> None:
    """Opens an operation by the menu."""
    entry = page.get_by_role("listitem").get_by_role("link", name=summary)
    if not entry.count():
        page.get_by_role("listitem").get_by_role("link", name=tag).click()
    entry.click()
    shows(page, summary)


def shows(page: Any, summary: str) -> None:
    """An operation is there to be read."""
    page.get_by_role("main").get_by_role("heading").filter(has_text=summary).first.wait_for()


def searches(page: Any, words: str) -> Any:
    """Types into the search, and gives what it shows."""
    field = page.get_by_placeholder("Search docs...")
    if not field.count():
        page.keyboard.press("Control+k")
    field.fill(words)
    return page.get_by_role("banner").locator("xpath=..")


def light_and_colours(page: Any) -> tuple[float, int]:
    """How bright a page is, from 0 to 255, and how many colours it has."""
    from PIL import Image, ImageStat

    image = Image.open(BytesIO(page.screenshot()))
    colours = image.convert("RGB").getcolors(1 << 24)
    assert colours is not None
    return ImageStat.Stat(image.convert("L")).mean[0], len(colours)


def test_every_operation_is_there_with_its_parameters_headers_and_examples(reader: Reader) -> None:
    page = reader.opens(PAGE)
    assert page.title() == contract.DOCUMENT["info"]["title"]
    for _, path, definition in contract.operations():
        goes_to(page, definition["tags"][0], definition["summary"])
        text = page.locator("body").inner_text()
        assert path in text
        for status, response in definition["responses"].items():
            assert status in text
            if status == "200":
                assert all(header in text for header in contract.resolve(response)["headers"])
        for parameter in definition.get("parameters", []):
            assert contract.resolve(parameter)["name"] in text
    page.screenshot(path=PAGE.with_name("reference-wide.png"))
    assert (reader.complaints, reader.abroad) == ([], [])


@pytest.mark.parametrize("summary", OPERATIONS)
def test_an_operation_is_found_by_its_path_and_by_its_name(reader: Reader, summary: str) -> None:
    page = reader.opens(PAGE)
    for words in (OPERATIONS[summary][1].rpartition("/")[2].strip("{}"), summary):
        searches(page, words).get_by_text(summary, exact=True).first.wait_for()
    assert (reader.complaints, reader.abroad) == ([], [])


def test_what_is_found_is_opened_and_what_is_not_there_is_not_found(reader: Reader) -> None:
    page = reader.opens(PAGE)
    searches(page, "zzzzz").get_by_text("No results").wait_for()
    searches(page, "notification-email").get_by_text("Set the e-mail address to notify").click()
    shows(page, "Set the e-mail address to notify")
    assert page.url.endswith("#/topup-orders/settopupordernotificationemail")


def test_it_is_drawn_light_and_dark(reader: Reader) -> None:
    page = reader.opens(PAGE)
    shows(page, "authentication")
    light, colours = light_and_colours(page)
    assert light > 200
    assert colours > 100  # text, and not a blank page
    page.get_by_role("button", name="light").click()
    page.wait_for_timeout(500)
    dark, colours = light_and_colours(page)
    page.screenshot(path=PAGE.with_name("reference-dark.png"))
    assert dark < 60
    assert colours > 100
    assert (reader.complaints, reader.abroad) == ([], [])


def test_a_phone_has_no_need_to_scroll_sideways(reader: Reader) -> None:
    page = reader.opens(PAGE, PHONE)
    shows(page, contract.DOCUMENT["info"]["title"])
    page.screenshot(path=PAGE.with_name("reference-phone.png"))
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Open navigation menu").click()
    goes_to(page, "topup orders", "List topup orders")
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")
    assert (reader.complaints, reader.abroad) == ([], [])


def test_what_a_page_asks_of_others_and_complains_of_is_noticed(reader: Reader, tmp_path: Path) -> None:
    # The last end of the body: the scripts of the page speak of others.
    before, end, after = PAGE.read_text("utf-8").rpartition("</body>")
    page = tmp_path / "page.html"
    page.write_text(f"{before}<img src=https://elsewhere.invalid/x.png>{end}{after}", "utf-8")
    opened = reader.opens(page)
    for _ in range(50):
        if reader.complaints:
            break
        opened.wait_for_timeout(100)
    assert reader.abroad == ["https://elsewhere.invalid/x.png"]
    assert reader.complaints == ["Failed to load resource: net::ERR_INTERNET_DISCONNECTED"]
