"""Sheets of one kind as one table's columns: assembled once, however many files there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from xmdemand.intake.names import Names
from xmdemand.intake.sheets import Sheet


class Stack:
    """Parsed sheets of one kind, one below the other.

    It answers as one sheet would; positions count through all of them, and what is refused or
    flagged is entered in the sheet it belongs to.
    """

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = sheets
        self._starts = np.cumsum([0, *(sheet.n for sheet in sheets)])

    @property
    def n(self) -> int:
        """Number of data rows."""
        return int(self._starts[-1])

    @property
    def names(self) -> Names:
        """The spellings of the profile."""
        return self.sheets[0].names

    def has(self, name: str) -> bool:
        """Whether any sheet has the column."""
        return any(name in sheet.decoded for sheet in self.sheets)

    def each(self, of: Callable[[Sheet], np.ndarray]) -> np.ndarray:
        """What a function gives of every sheet, one below the other."""
        return np.concatenate([of(sheet) for sheet in self.sheets])

    def get(
        self, name: str, read: Callable[[Any], object], empty: object, dtype: Any = object
    ) -> np.ndarray:
        """An attribute of a column's values row by row; `empty` where a sheet lacks it."""
        return self.each(lambda sheet: sheet.get(name, read, empty, dtype))

    def text(self, name: str) -> np.ndarray:
        """A column's values as text, empty where missing."""
        return self.each(lambda sheet: sheet.text(name))

    def number(self, name: str) -> np.ndarray:
        """A column's exact numbers, NaN where missing."""
        return self.each(lambda sheet: sheet.number(name))

    def source(self) -> np.ndarray:
        """``file!sheet!row`` of every row."""
        return self.each(lambda sheet: sheet.source())

    def sheet_names(self) -> np.ndarray:
        """``file!sheet`` of every row."""
        names = np.array([f"{s.grid.file}!{s.grid.sheet}" for s in self.sheets], dtype=object)
        return np.repeat(names, np.diff(self._starts))

    def kept(self) -> np.ndarray:
        """Which rows are not refused."""
        return self.each(lambda sheet: sheet.kept())

    def refuse(self, places: Iterable[int], column: str, code: str) -> None:
        """Refuse rows; the first reason of a row stays."""
        for sheet, place in self._at(places):
            sheet.refuse([place], column, code)

    def flag(self, places: Iterable[int], column: str, code: str) -> None:
        """Name cells a reader should look at; their rows stay."""
        for sheet, place in self._at(places):
            sheet.flag([place], column, code)

    def _at(self, places: Iterable[int]) -> Iterable[tuple[Sheet, int]]:
        for place in places:
            at = int(np.searchsorted(self._starts, place, side="right")) - 1
            yield self.sheets[at], int(place - self._starts[at])
