"""The documentation site: builds strictly, fetches nothing, tells of every name and command."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import xmdemand
from xmdemand.cli import main

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
REFERENCE = runpy.run_path(str(DOCS / "make_reference.py"))
BOTH = {
    "inputs", "commands", "glossary", "decisions", "dependencies", "api/index", "api/rooms",
}  # fmt: skip
"""Pages of one file for both languages."""


FETCHED = re.compile(
    r'<(?:script|img|iframe)[^>]+src="((?:https?:)?//[^"]+)|<link[^>]+rel="?(?:stylesheet|'
    r'preconnect|icon)[^>]+href="((?:https?:)?//[^"]+)'
)


def test_the_site_builds_strictly_fetches_nothing_and_tells_of_every_name(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "-d", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")}
    assert tmp_path / "en" / "method" / "index.html" in pages
    assert not [path for path, text in pages.items() if FETCHED.search(text)]
    style = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.css"))
    assert not re.search(r"@import|url\(['\"]?https?:", style)

    names = [f"xmdemand.{name}" for name in xmdemand.__all__ if name != "__version__"]
    rooms = [
        f"xmdemand.{room}.{name}"
        for room in (*REFERENCE["ROOMS"], *REFERENCE["MODULES"])
        for name in REFERENCE["names_of"](room)
        if name not in xmdemand.__all__
    ]
    assert rooms
    for page, told in (("index", names), ("rooms/index", rooms)):
        text = pages[tmp_path / "api" / f"{page}.html"]
        heads = re.findall(r'class="doc doc-heading">(.*?)</h\d>', text, re.DOTALL)
        assert not set(told) - {re.sub("<[^>]*>", " ", head).split()[0] for head in heads}
        assert "doc-module" not in text, "a function must not be shadowed by its own module"


@pytest.mark.parametrize("page", REFERENCE["PAGES"])
def test_generated_pages_are_as_declared(page):
    made = REFERENCE["PAGES"][page]()
    assert (DOCS / page).read_text(encoding="utf-8") == made, "python docs/make_reference.py"


def test_every_page_has_its_english():
    chinese = {
        path.relative_to(DOCS).with_suffix("").as_posix()
        for path in DOCS.rglob("*.md")
        if not path.name.endswith(".en.md")
    }
    english = {
        path.relative_to(DOCS).as_posix().removesuffix(".en.md") for path in DOCS.rglob("*.en.md")
    }
    assert chinese - english == BOTH
    assert english <= chinese


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_in_a_tutorial_or_how_to(command):
    told = [
        path
        for path in (*(DOCS / "tutorial").glob("*.md"), *(DOCS / "howto").glob("*.md"))
        if re.search(rf"xmdemand {command}\b", path.read_text(encoding="utf-8"))
    ]
    assert told, f"no page tells when to use xmdemand {command}"
