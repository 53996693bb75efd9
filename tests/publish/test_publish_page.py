"""The page in a real browser: search, filters, keyboard, phone, print, dark, accessibility."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from publish_browser import axe_source, chromium
from publish_city import make_settings
from publish_fixture import ROWS, make_catalogue

from xmdemand.publish import Published, page
from xmdemand.publish.press import Press
from xmdemand.publish.templates import Templates

VISIBLE = "#list tbody tr:not([hidden])"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


class Visit:
    """An open page, with what it asked for and what it complained of."""

    def __init__(self, browser: Any, path: Path, **options: Any) -> None:
        self.context = browser.new_context(offline=True, **options)
        self.tab = self.context.new_page()
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on("console", self._listen)
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.goto(path.as_uri())

    def _listen(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def axe(self) -> dict[str, Any]:
        """Run axe-core through the debugger: the page's own policy forbids foreign scripts."""
        session = self.context.new_cdp_session(self.tab)
        session.send("Runtime.evaluate", {"expression": axe_source()})
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        run = f"axe.run(document, {{runOnly: {rules}}}).then(r => JSON.stringify(r))"
        answer = session.send(
            "Runtime.evaluate", {"expression": run, "awaitPromise": True, "returnByValue": True}
        )
        import json

        found: dict[str, Any] = json.loads(answer["result"]["value"])
        return found

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def visit(browser: Any, published: Published) -> Iterator[Visit]:
    found = Visit(browser, published.folder / "index.html", viewport={"width": 1200, "height": 900})
    yield found
    found.close()


def test_the_page_asks_for_itself_only_and_says_nothing_on_the_console(visit: Visit) -> None:
    visit.tab.fill("#q", "gong")
    assert len(visit.requests) == 1
    assert visit.requests[0].startswith("file:")
    assert visit.errors == []


QUERIES = (
    ("收银", "收银员"),
    ("4-01-02-04", "收银员"),
    ("4010204", "收银员"),
    ("shouyinyuan", "收银员"),
    ("syy", "收银员"),
    ("ＳＹＹ", "收银员"),
    ("diaojiu", "调酒师"),
    ("kongtiao", "空调"),
)


def test_search_finds_by_name_code_pinyin_and_initials(browser: Any, tmp_path: Path) -> None:
    names = [("4-01-02-04", "收银员"), ("4-03-02-08", "调酒师"), ("6-31-01-04", "空调装配工")]
    path = _page_of(tmp_path, names)
    visit = Visit(browser, path)
    shown = visit.tab.locator(VISIBLE)
    for query, name in QUERIES:
        visit.tab.fill("#q", query)
        assert shown.count() == 1, query
        assert name in shown.first.inner_text()
    visit.close()


def _page_of(folder: Path, names: list[tuple[str, str]]) -> Path:
    from pypinyin import lazy_pinyin

    catalogue = make_catalogue(len(names))
    entries = []
    for entry, (code, name) in zip(catalogue.entries, names, strict=True):
        sound = lazy_pinyin(name)
        values = {
            "code": code,
            "name": name,
            "pinyin": "".join(sound),
            "initials": "".join(part[0] for part in sound),
        }
        entries.append(entry.model_copy(update=values))
    press = Press(templates=Templates(), settings=make_settings(), files={})
    path = folder / "index.html"
    path.write_bytes(page.render(catalogue.model_copy(update={"entries": tuple(entries)}), press))
    return path


def test_filters_narrow_and_reset_brings_all_back(visit: Visit) -> None:
    every = visit.tab.locator(VISIBLE).count()
    assert every == ROWS
    visit.tab.select_option("#f-t", label="★★★")
    starred = visit.tab.locator(VISIBLE).count()
    expected = sum(entry.stars == 3 for entry in make_catalogue(ROWS).entries)
    assert starred == expected
    assert f"符合条件{starred}项" in visit.tab.inner_text("#count")
    visit.tab.select_option("#f-f", label="现代服务")
    assert visit.tab.locator(VISIBLE).count() < starred
    visit.tab.click("button[type=reset]")
    visit.tab.wait_for_function(f"document.querySelectorAll('{VISIBLE}').length === {ROWS}")


def test_a_search_without_result_says_so(visit: Visit) -> None:
    visit.tab.fill("#q", "没有这个职业")
    assert visit.tab.locator("#none").is_visible()
    assert not visit.tab.locator("#list").is_visible()


def test_the_keyboard_is_enough(visit: Visit) -> None:
    visit.tab.keyboard.press("Tab")
    assert visit.tab.evaluate("document.activeElement.className") == "skip"
    visit.tab.keyboard.press("Tab")
    assert visit.tab.evaluate("document.activeElement.id") == "q"
    visit.tab.keyboard.type("syy")
    visit.tab.keyboard.press("Enter")
    assert len(visit.requests) == 1
    visit.tab.keyboard.press("Escape")
    assert visit.tab.input_value("#q") == ""
    visit.tab.keyboard.press("Tab")
    assert visit.tab.evaluate("document.activeElement.tagName") == "SELECT"
    visit.tab.keyboard.press("ArrowDown")
    assert visit.tab.locator(VISIBLE).count() < ROWS


def test_a_phone_needs_no_sideways_scrolling(browser: Any, published: Published) -> None:
    size = {"width": 360, "height": 740}
    visit = Visit(browser, published.folder / "index.html", viewport=size)
    width = visit.tab.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    label = visit.tab.evaluate(
        "getComputedStyle(document.querySelector('#list td'), '::before').content"
    )
    assert label == '"序号"'
    visit.close()


@pytest.mark.parametrize("width", [768, 1024, 1100, 1280, 1366])
def test_no_screen_needs_sideways_scrolling(browser: Any, published: Published, width: int) -> None:
    size = {"width": width, "height": 740}
    visit = Visit(browser, published.folder / "index.html", viewport=size)
    assert visit.tab.evaluate("document.documentElement.scrollWidth") <= width
    visit.close()


def test_print_shows_all_rows_without_the_form(visit: Visit) -> None:
    visit.tab.emulate_media(media="print")
    assert not visit.tab.locator("#search").is_visible()
    assert visit.tab.locator(VISIBLE).count() == ROWS
    assert visit.tab.locator("h1").is_visible()


def test_without_scripts_every_row_is_there(browser: Any, published: Published) -> None:
    visit = Visit(browser, published.folder / "index.html", java_script_enabled=False)
    assert visit.tab.locator("#list tbody tr").count() == ROWS
    assert not visit.tab.locator("#search").is_visible()
    visit.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 360)])
@pytest.mark.parametrize("name", ["index.html", "method.html"])
def test_axe_finds_nothing(
    browser: Any, published: Published, name: str, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 800}
    visit = Visit(browser, published.folder / name, viewport=size, color_scheme=scheme)
    result = visit.axe()
    assert [rule["id"] for rule in result["violations"]] == []
    assert len(result["passes"]) > 15
    visit.close()


def test_axe_finds_what_is_broken(browser: Any, published: Published, tmp_path: Path) -> None:
    source = (published.folder / "index.html").read_text(encoding="utf-8")
    broken = source.replace('<label for="q">', "<label>").replace('lang="zh-CN"', "", 1)
    path = tmp_path / "broken.html"
    path.write_text(broken, encoding="utf-8")
    visit = Visit(browser, path)
    found = {rule["id"] for rule in visit.axe()["violations"]}
    assert "html-has-lang" in found
    visit.close()


def test_markup_in_the_data_stays_text(browser: Any, hostile: Published) -> None:
    visit = Visit(browser, hostile.folder / "index.html")
    assert visit.errors == []
    assert len(visit.requests) == 1
    assert visit.tab.locator("#list script, #list img").count() == 0
    assert visit.tab.locator("#list td a", has_text="<script>alert(1)</script>").count() == 1
    visit.close()


def test_a_single_occupation_has_a_page(browser: Any, published: Published) -> None:
    path = sorted((published.folder / "occupations").iterdir())[0]
    visit = Visit(browser, path)
    assert visit.errors == []
    visit.tab.click("text=返回")
    assert visit.tab.url.endswith("index.html")
    visit.close()


def test_two_hundred_rows_stay_below_200_kb() -> None:
    press = Press(templates=Templates(), settings=make_settings(), files={"pdf": "a.pdf"})
    assert len(page.render(make_catalogue(200), press)) < 200_000


def test_linked_data_cannot_leave_its_script() -> None:
    import json

    press = Press(templates=Templates(), settings=make_settings(), files={})
    text = page.render(make_catalogue(20, hostile=True), press).decode()
    block = text.split('<script type="application/ld+json">')[1].split("</script>")[0]
    data = json.loads(block)
    assert data["mainEntity"]["numberOfItems"] == 20
    assert "<" not in block


def test_headings_break_between_their_words_and_marks_do_not_stand_alone(
    browser: Any, published: Published
) -> None:
    """Where the page is narrow: lines of a cell are the tops of its characters' boxes."""
    lines = """element => {
      const found = {}, walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node; (node = walk.nextNode());) for (let at = 0; at < node.length; at++) {
        const range = document.createRange();
        range.setStart(node, at); range.setEnd(node, at + 1);
        const top = Math.round(range.getBoundingClientRect().top / 4);
        found[top] = (found[top] || '') + node.data[at];
      }
      return Object.values(found);
    }"""
    visit = Visit(browser, published.folder / "index.html", viewport={"width": 1040, "height": 740})
    heads = visit.tab.locator("#list th")
    told = [heads.nth(at).evaluate(lines) for at in range(heads.count())]
    assert ["急需紧缺", "程度"] in told
    assert all(len(part) > 1 for line in told for part in line)
    names = visit.tab.locator("#list td :has(> .end)")
    assert names.count()
    for at in range(names.count()):
        assert len(names.nth(at).evaluate(lines)[-1].strip()) > 1
    visit.close()
