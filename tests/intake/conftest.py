"""What the tests of this room share."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from xmdemand.intake import read
from xmdemand.occupations import Classification
from xmdemand.profile import Profile


@pytest.fixture(scope="session")
def profile():
    return Profile.load("xiamen")


@pytest.fixture(scope="session")
def classification():
    return Classification.load()


@pytest.fixture(scope="session")
def save():
    """Write rows as a workbook, with merged areas."""

    def write(path, rows, *, merge=(), title="Sheet1"):
        path.parent.mkdir(parents=True, exist_ok=True)
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
        for area in merge:
            sheet.merge_cells(area)
        book.save(path)

    return write


@pytest.fixture
def tables_of(profile, classification):
    """Read a folder with the city's profile."""

    def tables(folder, **more):
        return read(folder, profile, classification, **more)

    return tables
