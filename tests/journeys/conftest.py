"""One served demo and one browser for the journeys; each test has a hard time limit."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.servers import COMMAND, environment, free_port, run, serving

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SECONDS_EACH = 90
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the browser's tests where there is none; begin with journeys, so that no worker ends long after."""
    for item in items:
        if item.get_closest_marker("browser") and CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="no chromium here: apt-get install chromium"))
    items.sort(key=lambda item: HERE not in item.path.parents)


@pytest.fixture(autouse=True)
def hard_limit() -> Iterator[None]:
    """Fail a journey that hangs, whatever it waits for."""

    def give_up(*_: Any) -> None:
        raise TimeoutError(f"the journey took more than {SECONDS_EACH} seconds")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS_EACH)
    yield
    signal.alarm(0)


@dataclass
class Product:
    """A served demo installation."""

    env: dict[str, str]
    base: str
    forms: list[str]

    def command(self, *arguments: str) -> str:
        """Run `survey-app` on this installation."""
        return run(*arguments, env=self.env)


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`survey-app demo`, built and served as a newcomer gets it."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    env = environment(folder, public_url=f"http://127.0.0.1:{port}")
    printed = run("demo", "--no-serve", env=env)
    forms = re.findall(r"^form: (\S+)$", printed, re.MULTILINE)
    with serving([*COMMAND, "serve", "--port", str(port)], port, env):
        yield Product(env, f"http://127.0.0.1:{port}", forms)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page in an empty browser profile; script errors fail the test."""
    contexts, errors = [], []

    def open_page(viewport: dict[str, int], *, scripts: bool = True) -> Page:
        context = browser.new_context(viewport=viewport, java_script_enabled=scripts)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        assert context.cookies() == []
        context.close()
    assert errors == []
