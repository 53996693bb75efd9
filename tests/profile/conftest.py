"""The invented second city."""

from __future__ import annotations

from pathlib import Path

import pytest

from xmdemand.profile import Profile

FOLDER = Path(__file__).parent.parent / "another_city"


@pytest.fixture(scope="session")
def another_city() -> Profile:
    return Profile.load(FOLDER / "profile.toml")


@pytest.fixture
def edited(tmp_path):
    """Write the second city's profile with one text replaced by another; returns its path."""
    for name in ("occupations.csv", "map.csv"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())

    def edit(*replacements: tuple[str, str]) -> Path:
        text = (FOLDER / "profile.toml").read_text(encoding="utf-8")
        for old, new in replacements:
            assert text.count(old) >= 1, old
            text = text.replace(old, new, 1)
        path = tmp_path / "profile.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return edit
