"""An invented city with districts, levels, tiers and codes of its own goes the whole way."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from xmdemand import intake, synth
from xmdemand.profile import Profile

HERE = Path(__file__).parent
XIAMEN = ("厦门", "思明", "湖里", "集美", "海沧", "同安", "翔安", "350200")


@pytest.fixture(scope="module")
def profile() -> Profile:
    return Profile.load(HERE / "profile.toml")


@pytest.fixture(scope="module")
def edition(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cloud")
    synth.write_edition(folder, year=2030, profile=str(HERE / "profile.toml"), seed=4)
    return folder


def test_codes_of_another_shape_are_eligible_and_placed(profile):
    assert profile.eligible_code("1111")
    assert not profile.eligible_code("1115")
    assert not profile.eligible_code("9111")
    places = profile.classify(["1111", "1211", "2111", "2221", "2225"])
    assert places["field"].tolist() == ["crossing", "care", "craft", "craft", "craft"]
    assert places["industry"].tolist() == ["skyway", "", "weaving", "floating", "floating"]
    assert places["department"].tolist()[-1] == "衡器署"


def test_its_files_are_read_into_its_own_districts_and_groups(profile, edition):
    tables = intake.read(edition / "inputs", profile, profile.load_classification())
    assert set(tables.register["district"]) == {"东泊区", "西泊区", "中桅区"}
    assert set(tables.workers["group"]) == {"新登岛者", "岛民"}
    coded = tables.employers.loc[tables.employers["occupation_status"] == "coded", "occupation"]
    assert set(coded) <= set(profile.load_classification().units())
    assert len(coded) > 0.8 * len(tables.employers)
    assert tables.register["month"].min().strftime("%Y-%m") == "2026-03"


def test_its_edition_builds_and_says_nothing_of_another_city(edition):
    from xmdemand.edition import build

    settings = edition / "edition.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("draws = 1000", "draws = 200"), encoding="utf-8")
    build(edition, only=("json", "record"))
    text = (edition / "out" / "catalogue.json").read_text(encoding="utf-8")
    catalogue = json.loads(text)
    assert catalogue["city"] == "云上城"
    assert catalogue["title"] == "云上城2030年修习目录"
    assert catalogue["entries"], "something is listed"
    codes = {entry["code"] for entry in catalogue["entries"]}
    assert "1115" not in codes
    assert {code[0] for code in codes} == {"1", "2"}
    levels = {level["name"] for entry in catalogue["entries"] for level in entry["levels"]}
    assert levels <= {"见习", "熟手", "大匠"}
    record = (edition / "out" / "record.json").read_text(encoding="utf-8")
    assert not [word for word in XIAMEN if word in text or word in record]


CLEANING = "titles.py"
"""Place names of the whole country stand there, to be taken off job titles."""


def test_no_python_code_names_the_city():
    """Docstrings may: examples need a city. What runs may not."""
    package = Path(synth.__file__).parent.parent
    named = [
        f"{path.relative_to(package)}: {constant}"
        for path in package.rglob("*.py")
        if path.name != CLEANING
        for constant in _spoken(path)
        if any(word in constant for word in XIAMEN)
    ]
    assert not named


def _spoken(path: Path) -> list[str]:
    """String constants of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documents
    ]
