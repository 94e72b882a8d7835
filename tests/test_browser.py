"""The search page in a real browser."""

import json
from collections.abc import Iterator

import pytest
from needs import browser
from playwright.sync_api import Page, expect, sync_playwright
from served import ROOT, run, serving

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    index = tmp_path_factory.mktemp("browser") / "index"
    assert run("rebuild", "--corpus", ROOT / "corpus", "--index", index).returncode == 0
    with serving(index) as address:
        yield address.url


@pytest.fixture(params=["scripting", "no scripting"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    path = browser()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        scripting = request.param == "scripting"
        yield chromium.new_context(java_script_enabled=scripting).new_page()
        chromium.close()


def test_a_reader_finds_an_article_and_comes_back(page: Page, url: str) -> None:
    """Opens the page, types, submits, sees marks, opens the first result, goes back."""
    page.goto(url)
    box = page.get_by_role("searchbox")
    box.fill("防汛抗旱")
    box.press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    assert "防" in page.locator("mark").first.inner_text()
    results = page.url
    first = page.locator("main article a, main li a").first
    title = first.inner_text()
    first.click()
    expect(page.locator("h1")).to_contain_text(title.split()[0])
    expect(page.locator("mark").first).to_be_visible()
    page.go_back()
    assert page.url == results
    expect(page.get_by_role("searchbox")).to_have_value("防汛抗旱")


@pytest.mark.parametrize("page", ["scripting"], indirect=True)
def test_what_is_typed_by_its_sound_is_offered(page: Page, url: str) -> None:
    """Initials bring a list; a key chooses from it, another brings back what was typed."""
    page.goto(url)
    box = page.get_by_role("searchbox")
    box.press_sequentially("fxk")
    offered = page.get_by_role("option")
    expect(offered.filter(has_text="防汛抗旱").first).to_be_visible()
    box.press("ArrowDown")
    assert box.input_value() == offered.first.locator("bdi").inner_text()
    box.press("Escape")
    expect(box).to_have_value("fxk")
    expect(offered.first).to_be_hidden()
    box.press_sequentially("h")
    offered.filter(has_text="防汛抗旱").first.click()
    expect(page.locator("mark").first).to_be_visible()


def test_a_slip_is_put_right(page: Page, url: str) -> None:
    """A query that finds next to nothing offers one that sounds the same."""
    page.goto(f"{url}/search?q=防汛抗汗")
    page.get_by_role("link", name="防汛抗旱", exact=True).click()
    expect(page.locator("mark").first).to_be_visible()


@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_is_wider_than_the_screen(page: Page, url: str, width: int) -> None:
    """Form, results and article need no sideways scrolling."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{url}/search?q=防汛抗旱")
    paths = ["/", "/search?q=防汛抗旱", "/search?q=没有的词语甲乙丙", "/nosuch"]
    link = page.locator("main article a, main li a").first.get_attribute("href")
    assert link is not None
    for path in [*paths, link]:
        page.goto(url + path)
        wide = page.locator("html").bounding_box()
        assert wide is not None
        assert wide["width"] <= width
        overflowing = [e for e in page.locator("main *").all()[:200] if _right(e) > width + 1]
        assert overflowing == []


def _right(element: object) -> float:
    box = element.bounding_box()  # type: ignore[attr-defined]
    return box["x"] + box["width"] if box else 0.0


def test_the_page_loads_nothing_from_elsewhere(page: Page, url: str) -> None:
    """No foreign script, font or picture: queries stay between reader and server."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{url}/search?q=防汛抗旱")
    assert asked
    assert all(one.startswith((url, "data:")) for one in asked)


def test_a_title_without_a_break_wraps(
    page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of 5,000 characters, letters too: no page of it is wider than a telephone."""
    folder = tmp_path_factory.mktemp("endless")
    lines = []
    for n, title in enumerate(("长" * 4_990 + "渡口", "w" * 4_990 + "渡口")):
        lines.append(json.dumps({"id": f"a{n}", "title": title, "body": "渡口开放。"}))
    (folder / "a.jsonl").write_text("\n".join(lines), "utf-8")
    index = folder / "index"
    assert run("rebuild", "--corpus", folder / "a.jsonl", "--index", index).returncode == 0
    page.set_viewport_size({"width": 360, "height": 800})
    with serving(index) as address:
        for path in ("/search?q=渡口", "/articles/a0", "/articles/a1?q=渡口"):
            page.goto(address.url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


@pytest.mark.parametrize("page", ["scripting"], indirect=True)
def test_enter_that_confirms_a_candidate_searches_for_nothing(page: Page, url: str) -> None:
    """While an input method composes, Enter is its own; afterwards it sends the form."""
    page.goto(url)
    box = page.get_by_role("searchbox")
    box.focus()
    session = page.context.new_cdp_session(page)
    composed = {"text": "fangxun", "selectionStart": 7, "selectionEnd": 7}
    session.send("Input.imeSetComposition", composed)
    assert box.input_value() == "fangxun"
    # As browsers tell of a key that an input method takes.
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    session.send("Input.dispatchKeyEvent", {"type": "char", "text": "\r", "unmodifiedText": "\r"})
    page.wait_for_timeout(300)
    assert page.url == url + "/"
    session.send("Input.insertText", {"text": "防汛"})
    box.press("Enter")
    expect(page.locator("mark").first).to_be_visible()
