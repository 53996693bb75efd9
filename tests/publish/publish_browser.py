"""The system's Chromium, driven by playwright; axe-core, where it is.

Elsewhere the tests that need them are skipped with the reason; with `XMDEMAND_REQUIRE_BROWSER=1`
(set in CI) they fail instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
)


def _absent(reason: str) -> NoReturn:
    if os.environ.get("XMDEMAND_REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _absent("playwright is not installed")
    path = os.environ.get("XMDEMAND_CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), "")
    if not path:
        _absent("no Chromium on this machine (its system package, or XMDEMAND_CHROMIUM)")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()


def axe_source() -> str:
    """The text of axe-core: named by `XMDEMAND_AXE`, or as the test extra brings it."""
    spec = find_spec("axe_playwright_python")
    places = [
        Path(os.environ.get("XMDEMAND_AXE", "")),
        *(Path(home) / "axe.min.js" for home in (spec and spec.submodule_search_locations) or ()),
    ]
    for place in places:
        if place.is_file():
            return place.read_text(encoding="utf-8")
    _absent("axe-core is not on this machine: install the test extra, or set XMDEMAND_AXE")
