"""The HTML report in a real browser: quiet, inert, accessible, whole without JavaScript, printable."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from segaudit.findings.report import Report
from segaudit.reporter import ReporterOptions
from segaudit.reporters.html import REPORTER
from tests.reporters import factory

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


def written(folder: Path, report: Report, language: str) -> str:
    file = folder / f"report.{language}.html"
    rendered = REPORTER.render(report, ReporterOptions(language=language))
    assert isinstance(rendered, str)
    file.write_text(rendered, encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("make", [factory.sample, factory.hostile], ids=["sample", "hostile"])
def test_the_page_is_quiet(browser: Browser, tmp_path: Path, make: object, language: str) -> None:
    assert callable(make)
    tab = browser.new_page()
    heard: list[str] = []
    tab.on("console", lambda message: heard.append(message.text))
    tab.on("pageerror", lambda error: heard.append(str(error)))

    def refuse(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    tab.on("dialog", refuse)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    uri = written(tmp_path, make(), language)
    tab.goto(uri)
    tab.mouse.move(300, 300)
    assert heard == []
    assert asked == [uri]
    tab.close()


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(browser: Browser, tmp_path: Path, language: str, scheme: str) -> None:
    # axe has to be injected, which the page's own policy forbids; the test above shows that the policy holds.
    context = browser.new_context(bypass_csp=True, color_scheme="dark" if scheme == "dark" else "light")
    tab = context.new_page()
    tab.goto(written(tmp_path, factory.sample(), language))
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(tab, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    context.close()


def test_without_javascript_everything_is_there(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(written(tmp_path, factory.sample(), "en"))
    for name in ("verdict", "matrix", "findings", "not-judged", "coverage", "method"):
        assert tab.locator(f"#{name}").is_visible()
    assert tab.locator("article.finding").count() == 5
    assert not tab.locator("#filter").is_visible()
    assert not tab.locator("#theme").is_visible()
    context.close()


def shown(tab: Page) -> int:
    return tab.locator("article.finding:not([hidden])").count()


def test_search_and_severity_choose_findings(browser: Browser, tmp_path: Path) -> None:
    tab = browser.new_page()
    tab.goto(written(tmp_path, factory.sample(), "en"))
    assert shown(tab) == 5
    tab.fill("#search", "ssl.root")
    assert shown(tab) == 1
    tab.fill("#search", "")
    tab.uncheck("input[value=critical]")
    assert shown(tab) == 4
    tab.uncheck("input[value=high]")
    assert shown(tab) == 4, "a cause stays while something under it is shown"
    tab.uncheck("input[value=medium]")
    tab.uncheck("input[value=low]")
    assert shown(tab) == 0
    assert tab.inner_text("#shown") == "0 / 5"
    tab.close()


def test_the_keyboard_reaches_everything(browser: Browser, tmp_path: Path) -> None:
    tab = browser.new_page()
    tab.goto(written(tmp_path, factory.sample(), "en"))
    reached: set[str] = set()
    for _ in range(120):
        tab.keyboard.press("Tab")
        reached.add(
            tab.evaluate("(e => e.id || e.getAttribute('href') || e.tagName.toLowerCase())(document.activeElement)")
        )
    assert {"theme", "search", "unfold", "summary", "#findings"} <= reached
    tab.focus("#theme")
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.documentElement.style.colorScheme") == "dark"
    tab.close()


def test_a_link_opens_the_fold_that_it_leads_into(browser: Browser, tmp_path: Path) -> None:
    tab = browser.new_page()
    uri = written(tmp_path, factory.sample(), "en")
    tab.goto(uri)
    tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")
    tab.goto(f"{uri}#f-{factory.SMB.fingerprint[:12]}")
    assert tab.locator(f"#f-{factory.SMB.fingerprint[:12]}").is_visible()
    tab.close()


@pytest.mark.parametrize("width", [360, 1240])
def test_the_page_does_not_scroll_sideways(browser: Browser, tmp_path: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    tab = context.new_page()
    for make in (factory.sample, factory.hostile):
        tab.goto(written(tmp_path, make(), "en"))
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_paper_has_every_finding(browser: Browser, tmp_path: Path, language: str) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("there is no pdftotext: apt-get install poppler-utils")
    tab = browser.new_page()
    tab.goto(written(tmp_path, factory.sample(), language))
    pdf = tmp_path / "report.pdf"
    tab.pdf(path=str(pdf), prefer_css_page_size=True, print_background=True)
    tab.close()
    run = subprocess.run(["pdftotext", str(pdf), "-"], capture_output=True, text=True, encoding="utf-8", check=True)
    told = "".join(run.stdout.split())
    assert told.count("13389") >= 3
    assert factory.SMB.fingerprint[:12] not in told, "what follows from a cause is told short"
    assert factory.RDP_FINDING.fingerprint in told, "folds are open on paper"
    assert ("判定対象外" if language == "ja" else "Whatwasnotjudged") in told


def test_ci_has_a_browser() -> None:
    assert CHROMIUM is not None or not os.environ.get("CI")
