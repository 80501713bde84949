"""The page, as a person uses it: in headless Chromium."""

import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn

from flux_assets.search import Archive
from flux_assets.serving.app import build_app
from flux_tests.serving.conftest import FACTS

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="needs the programs chromium and chromedriver"
)
FLAGS = (
    *("headless", "no-sandbox", "disable-gpu", "disable-background-networking", "no-first-run"),
    *("disable-component-update", "disable-sync", "disable-dev-shm-usage"),
)
SOON = 20.0  # seconds
LOADED = "return [...document.querySelectorAll('#results img')].filter(i => i.naturalWidth).length"
TEXT = "return document.getElementById(arguments[0]).textContent"


@pytest.fixture(scope="module")
def address(served_root: Path) -> Iterator[str]:
    """The service of the small archive, on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        app = build_app(Archive(served_root, picture_files=False))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    opened = webdriver.Chrome(options, webdriver.ChromeService(str(DRIVER)))
    yield opened
    opened.quit()


def wait(browser: Any, until: Callable[[Any], object]) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, SOON, 0.05).until(until)


def pictures(count: int) -> Callable[[Any], bool]:
    """So many cards, all of their pictures loaded."""
    cards = "return document.querySelectorAll('#results li').length"
    return lambda browser: browser.execute_script(cards) == browser.execute_script(LOADED) == count


def text(browser: Any, element: str) -> str:
    return str(browser.execute_script(TEXT, element))


def ask(browser: Any, question: str) -> None:
    """Type a question with the keyboard alone."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    browser.find_element(By.ID, "plan").click()
    ActionChains(browser).send_keys("/", question, Keys.ENTER).perform()


def test_a_typed_question_shows_pictures_and_how_it_was_understood(
    browser: Any, address: str
) -> None:
    browser.get(address)
    wait(browser, pictures(len(FACTS)))
    ask(browser, "patches of colour in Rome")

    wait(browser, pictures(2))
    assert text(browser, "plan") == 'searching for "patches of colour", in Rome'
    assert "cosine" in browser.page_source
    assert "q=patches+of+colour+in+Rome" in browser.current_url


def test_a_filter_narrows_the_answer_and_the_way_back_works(browser: Any, address: str) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.select import Select

    browser.get(f"{address}/?q=patches")
    wait(browser, pictures(len(FACTS)))
    wait(browser, lambda page: len(page.find_elements(By.CSS_SELECTOR, "[name=year] option")) > 3)
    Select(browser.find_element(By.NAME, "year")).select_by_visible_text("2022")
    wait(browser, pictures(2))
    browser.find_element(By.NAME, "keeper").click()
    wait(browser, pictures(1))
    browser.back()
    wait(browser, pictures(2))
    assert not browser.find_element(By.NAME, "keeper").is_selected()


def test_more_like_this_looks_for_what_a_picture_resembles(browser: Any, address: str) -> None:
    from selenium.webdriver.common.by import By

    browser.get(f"{address}/?city=Rome&keeper=true")
    wait(browser, pictures(1))
    browser.execute_script("document.querySelector('[name=keeper]').click()")
    wait(browser, pictures(2))
    browser.find_element(By.CSS_SELECTOR, "[aria-label='More like a']").click()
    wait(browser, pictures(1))
    assert text(browser, "plan") == "searching for photographs, like a"
    browser.find_element(By.XPATH, "//button[text()='Forget it']").click()
    wait(browser, pictures(2))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("city=Atlantis", "No photograph passes these filters."),
        ("near=far", "near: Value error, write latitude and longitude: 39.95,-75.20"),
        ("q=similar+to+nobody.jpg", "nobody.jpg is no photo_id of this archive"),
    ],
)
def test_no_answer_and_errors_are_said(
    browser: Any, address: str, question: str, said: str
) -> None:
    browser.get(f"{address}/?{question}")
    wait(browser, lambda page: text(page, "message") == said)


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("visual echoes of Rome", "Look 1"),
        ("recurring patches", "1. "),
        ("evolution of patches", "2022"),
    ],
)
def test_structured_answers_have_headings(
    browser: Any, address: str, question: str, heading: str
) -> None:
    from selenium.webdriver.common.by import By

    browser.get(f"{address}/?q={question}")
    wait(browser, lambda page: page.find_elements(By.TAG_NAME, "h2"))
    assert browser.find_element(By.TAG_NAME, "h2").text.startswith(heading)


def test_pages_are_added_below(browser: Any, address: str) -> None:
    from selenium.webdriver.common.by import By

    browser.get(f"{address}/?limit=2")
    wait(browser, pictures(2))
    for count in (4, 5):
        browser.find_element(By.ID, "more").click()
        wait(browser, pictures(count))
    assert not browser.find_element(By.ID, "more").is_displayed()


def test_the_page_asks_nothing_of_other_hosts_and_has_no_mistakes(
    browser: Any, address: str
) -> None:
    browser.get_log("browser")
    browser.get(f"{address}/?q=patches")
    wait(browser, pictures(len(FACTS)))
    asked = browser.execute_script("return performance.getEntriesByType('resource').map(e=>e.name)")
    assert asked
    assert all(name.startswith(address) for name in asked)
    assert browser.get_log("browser") == []
