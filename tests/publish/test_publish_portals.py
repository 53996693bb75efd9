"""The two portal examples: a static page over the data file, a service that imports the package."""

from __future__ import annotations

import json
import os
import runpy
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from publish_browser import axe_source, chromium

import xmdemand as xd
from xmdemand.catalogue import CatalogueEntry

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def file(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's catalogue, with markup in a name and the districts published too."""
    published = xd.Catalogue.load(built / "out" / "catalogue.json")
    entries = [*published.entries]
    entries[0] = entries[0].model_copy(update={"name": "<img src=x onerror=alert(1)>"})
    for at, district in enumerate(published.legend.districts):
        for entry in entries[at::7]:
            place = entries.index(entry)
            entries[place] = entry.model_copy(update={"districts": (district.name,)})
    changed = {"entries": tuple(entries), "columns": (*published.columns, "districts")}
    path = tmp_path_factory.mktemp("portal") / "catalogue.json"
    path.write_text(published.model_copy(update=changed).model_dump_json(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def catalogue(file: Path) -> xd.Catalogue:
    return xd.Catalogue.load(file)


def filters(catalogue: xd.Catalogue) -> list[tuple[str, str]]:
    """A word to filter by for each filter, each one that some row but not every row has."""
    words = {
        "district": lambda entry: entry.districts,
        "group": lambda entry: entry.groups,
        "level": lambda entry: [level.name for level in entry.levels],
        "field": lambda entry: [entry.field],
    }
    found = []
    for key, of in words.items():
        counts = Counter(word for entry in catalogue.entries for word in of(entry))
        found.append((key, next(w for w, n in counts.items() if n < len(catalogue.entries))))
    return found


# -- the service --------------------------------------------------------------------------------


@pytest.fixture
def service(file: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("XMDEMAND_CATALOGUE", str(file))
    return TestClient(runpy.run_path(str(EXAMPLES / "portal_fastapi" / "app.py"))["app"])


def codes(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [row["code"] for row in answer.json()]


def test_the_service_says_which_catalogue_it_holds(service, catalogue):
    about = service.get("/about").json()
    assert (about["title"], about["entries"]) == (catalogue.title, len(catalogue.entries))
    assert about["synthetic"] is True


def test_the_service_searches_as_the_package_does(service, catalogue):
    entry = catalogue.entries[3]
    assert codes(service.get("/occupations")) == [e.code for e in catalogue.entries]
    assert entry.code in codes(service.get("/occupations", params={"text": entry.initials}))
    for key, wanted in filters(catalogue):
        expected = [e.code for e in catalogue.search(**{key: wanted})]
        assert codes(service.get("/occupations", params={key: wanted})) == expected


def test_the_service_recommends_and_finds_one(service, catalogue):
    words = dict(filters(catalogue))
    group, district = words["group"], words["district"]
    expected = [e.code for e in catalogue.recommend(group=group, district=district)]
    assert expected
    asked = {"group": group, "district": district}
    assert codes(service.get("/recommend", params=asked)) == expected
    one = service.get(f"/occupations/{catalogue.entries[0].code}").json()
    assert one == json.loads(catalogue.entries[0].model_dump_json())


def test_the_service_refuses_in_words(service):
    assert service.get("/occupations/9-99-99-99").status_code == 404
    wrong = service.get("/occupations", params={"district": "浦东新区"})
    assert wrong.status_code == 422
    assert "浦东新区" in wrong.json()["detail"]


def test_the_service_takes_up_a_new_file(service, file, catalogue, tmp_path, monkeypatch):
    path = tmp_path / "catalogue.json"
    monkeypatch.setenv("XMDEMAND_CATALOGUE", str(path))
    assert service.get("/about").status_code == 503
    path.write_bytes(file.read_bytes())
    assert service.get("/about").json()["year"] == catalogue.year
    path.write_text(catalogue.model_copy(update={"year": 2031}).model_dump_json(), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert service.get("/about").json()["year"] == 2031


def test_the_service_describes_every_field(service):
    schema = service.get("/openapi.json").json()["components"]["schemas"]["CatalogueEntry"]
    assert set(schema["properties"]) == set(CatalogueEntry.model_fields)


# -- the static page ----------------------------------------------------------------------------

HOME = "http://portal.test/"
ROWS = "#list > li"


@pytest.fixture(scope="module")
def visit(file: Path) -> Iterator[Callable[[bytes], Any]]:
    """Opens the page with a data file beside it; every request is answered from here."""
    page = (EXAMPLES / "portal_static" / "index.html").read_bytes()
    with chromium() as browser:

        def open_with(data: bytes = file.read_bytes()) -> Any:
            tab = browser.new_page()
            tab.asked = []

            def answer(route: Any) -> None:
                tab.asked.append(route.request.url)
                if route.request.url == HOME:
                    route.fulfill(body=page, content_type="text/html; charset=utf-8")
                elif route.request.url == HOME + "catalogue.json":
                    route.fulfill(body=data, content_type="application/json")
                else:
                    route.abort()

            tab.route("**/*", answer)
            tab.on("pageerror", lambda error: pytest.fail(str(error)))
            tab.goto(HOME)
            tab.wait_for_function("!document.getElementById('about').textContent.includes('…')")
            return tab

        yield open_with


def shown(tab: Any) -> list[str]:
    return [text.split("\n")[0] for text in tab.locator(ROWS).all_inner_texts()]


def test_the_page_shows_every_row_and_asks_nobody_else(visit, catalogue):
    tab = visit()
    lines = shown(tab)
    assert len(lines) == len(catalogue.entries)
    assert all(e.code in line for e, line in zip(catalogue.entries, lines, strict=True))
    assert tab.asked == [HOME, HOME + "catalogue.json"]
    assert "示例数据" in tab.inner_text("#about")
    assert not tab.locator(f"{ROWS} script, {ROWS} img").count(), "names became markup"


def test_the_page_searches_and_filters_as_the_package_does(visit, catalogue):
    tab = visit()
    entry = catalogue.entries[5]
    for text in (entry.code, entry.pinyin, entry.initials.upper()):
        tab.fill("#text", text)
        assert len(shown(tab)) == len(catalogue.search(text)) > 0
    tab.fill("#text", "")
    for key, wanted in filters(catalogue):
        box = f"#{key}s"
        tab.select_option(box, wanted)
        expected = catalogue.search(**{key: wanted})
        assert all(e.code in line for e, line in zip(expected, shown(tab), strict=True))
        tab.select_option(box, "")
    assert len(shown(tab)) == len(catalogue.entries)


def test_the_page_says_when_it_cannot_read(visit, catalogue):
    newer = catalogue.model_copy(update={"schema_version": "2.0"}).model_dump_json().encode()
    assert "2.0" in visit(newer).inner_text("#about")
    assert "读取失败" in visit(b"<html>").inner_text("#about")


def test_the_page_is_accessible(visit):
    tab = visit()
    tab.evaluate(axe_source())
    found = tab.evaluate("axe.run(document).then(r => r.violations.map(v => v.id))")
    assert found == []
