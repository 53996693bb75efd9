"""Two years of a small synthetic city, taken through every room once for all tests here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from catalogue_city import Year, compiled, take_year

from xmdemand.catalogue.record import Content


@pytest.fixture(scope="session")
def year() -> Callable[[int], Year]:
    """The results of the other rooms for 2025 and 2026."""
    return cache(take_year)


@pytest.fixture(scope="session")
def first(year: Callable[[int], Year]) -> Content:
    """A first edition."""
    return compiled(year(2025))


@pytest.fixture(scope="session")
def second(year: Callable[[int], Year], first: Content) -> Content:
    """The edition after it."""
    return compiled(year(2026), previous=first.record)
