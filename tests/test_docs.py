"""Documents that are made from declarations are as those declarations stand."""

from __future__ import annotations

import doctest
import pkgutil
import re
import runpy
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import yaml

import xmdemand

ROOT = Path(__file__).resolve().parent.parent


def test_the_page_of_input_files_is_as_declared():
    made = runpy.run_path(str(ROOT / "docs" / "make_inputs.py"))["page"]()
    assert (ROOT / "docs" / "inputs.md").read_text(encoding="utf-8") == made


MODULES = sorted(one.name for one in pkgutil.walk_packages(xmdemand.__path__, "xmdemand."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(import_module(name))
    assert not found.failed


def test_every_dependency_has_its_line():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    named = [*project["dependencies"]]
    named += [
        item for extra, items in extras.items() if extra not in {"all", "test"} for item in items
    ]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = {
        name
        for line in page.splitlines()
        if line.startswith("| ")
        for name in line.split("|")[1].strip().split(", ")
    }
    for item in named:
        assert re.match(r"[\w-]+", item)[0] in rows, item


def test_what_ci_runs_is_pinned_without_addresses():
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "://" not in pins
    assert "@" not in pins


def test_lower_bounds_are_those_of_the_oldest_set():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = dict(
        line.split("==") for line in (ROOT / ".ci" / "oldest.txt").read_text().splitlines()
    )
    for item in project["dependencies"]:
        name, bound = item.split(">=")
        assert oldest[name] == bound or oldest[name].startswith(bound + "."), item


def test_the_citation_names_this_version_and_licence():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    told = (cited["version"], cited["license"], xmdemand.__version__)
    assert told == (project["version"], project["license"], project["version"])
