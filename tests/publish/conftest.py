"""Outputs made once for all tests of this room."""

from __future__ import annotations

import pytest
from publish_city import make_profile, make_settings
from publish_fixture import ROWS, make_content

from xmdemand.publish import OUTPUTS, Published, write

EVERY = tuple(output.kind for output in OUTPUTS)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Every output of a list of `ROWS` rows."""
    out = tmp_path_factory.mktemp("published")
    return write(make_content(ROWS), out, make_profile(), make_settings(), only=EVERY)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Every output of a list with formulas, markup, long names and rare characters in it."""
    out = tmp_path_factory.mktemp("hostile")
    content = make_content(30, hostile=True)
    return write(content, out, make_profile(), make_settings(), only=EVERY)
