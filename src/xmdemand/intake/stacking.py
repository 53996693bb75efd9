"""Sheets of one kind as one table's columns: assembled once, however many files there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from xmdemand.intake.columnar import held
from xmdemand.intake.names import Names
from xmdemand.intake.sheets import Distinct, Sheet
from xmdemand.intake.text import words_of


def _text_of(item: Any) -> str:
    return "" if item.value is None else item.value


def _number_of(item: Any) -> float:
    return np.nan if item.value is None else item.value


_ABSENT = object()
_NOTHING = [_ABSENT]
"""What a sheet without the column says."""


class Stack:
    """Parsed sheets of one kind, one below the other.

    It answers as one sheet would; positions count through all of them, and what is refused or
    flagged is entered in the sheet it belongs to.
    """

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = sheets
        self._starts = np.cumsum([0, *(sheet.n for sheet in sheets)])
        self._parsed: dict[str, Distinct] = {}

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

    def distinct(self, of: Callable[[Sheet], Distinct]) -> Distinct:
        """What a function gives of every sheet: distinct values, and which every row has."""
        values: list[object] = []
        codes = []
        for sheet in self.sheets:
            own, places = of(sheet)
            codes.append(places + len(values) if values else places)
            values.extend(own)
        return values, codes[0] if len(codes) == 1 else np.concatenate(codes)

    def column(
        self, of: Callable[[Sheet], Distinct], make: Callable[[list[object]], Any] = pd.Series
    ) -> Any:
        """What a function gives of every sheet as a column, made from its distinct values."""
        values, codes = self.distinct(of)
        if not values:
            return pd.Series([], dtype=object).array
        return make(values).array.take(codes)

    def get(
        self, name: str, read: Callable[[Any], object], empty: object, dtype: Any = object
    ) -> np.ndarray:
        """An attribute of a column's values row by row; `empty` where a sheet lacks it."""
        items, codes = self._items(name)
        distinct = np.empty(len(items), dtype=dtype)
        for place, item in enumerate(items):
            distinct[place] = empty if item is _ABSENT else read(item)
        return distinct[codes] if len(distinct) != 1 else distinct.repeat(len(codes))

    def _items(self, name: str) -> Distinct:
        """A column's parsed values, those that sheets have in common once, and every row's."""
        if name not in self._parsed:
            items: list[object] = []
            starts: dict[int, int] = {}
            codes = []
            for sheet in self.sheets:
                columns = sheet.decoded.get(name)
                own = columns[0].parsed if columns else _NOTHING
                places = columns[0].codes if columns else np.zeros(sheet.n, dtype=int)
                if id(own) not in starts:
                    starts[id(own)] = len(items)
                    items.extend(own)
                start = starts[id(own)]
                codes.append(places + start if start else places)
            joined = codes[0] if len(codes) == 1 else np.concatenate(codes)
            if len(items) > len(joined):
                at, joined = held(joined, len(items))
                items = [items[place] for place in at]
            self._parsed[name] = items, joined
        return self._parsed[name]

    def text(self, name: str, read: Callable[[Any], str] = _text_of, empty: str = "") -> Any:
        """A column's values as a column of text, `empty` where a sheet lacks it."""
        items, codes = self._items(name)
        if not items:
            return pd.Series([], dtype=object).array
        values = [empty if item is _ABSENT else read(item) for item in items]
        return pd.Series(values).array.take(codes)

    def get_cells(self, name: str) -> list[str]:
        """What stands in a column's cells, as text; nothing where a sheet lacks the column."""
        texts: list[str] = []
        for sheet in self.sheets:
            columns = sheet.decoded.get(name)
            if columns:
                cells = [words_of(cell) for cell in columns[0].cells]
                texts += [cells[code] for code in columns[0].codes.tolist()]
            else:
                texts += [""] * sheet.n
        return texts

    def number(self, name: str) -> np.ndarray:
        """A column's exact numbers, NaN where missing."""
        return self.get(name, _number_of, np.nan, float)

    def source(self) -> Any:
        """``file!sheet!row`` of every row."""
        parts = [sheet.source() for sheet in self.sheets]
        if len(parts) == 1:
            return parts[0]
        if all(isinstance(part, np.ndarray) for part in parts):
            return np.concatenate(parts)
        return pd.concat([pd.Series(part) for part in parts], ignore_index=True).array

    def sheet_names(self, dtype: str | None = None) -> Any:
        """``file!sheet`` of every row."""
        return self.column(
            lambda sheet: ([f"{sheet.grid.file}!{sheet.grid.sheet}"], np.zeros(sheet.n, dtype=int)),
            lambda names: pd.Series(names, dtype=dtype),
        )

    def kept(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows that are not refused."""
        if not any(sheet.refused for sheet in self.sheets):
            return table
        return table[self.each(lambda sheet: sheet.kept())]

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
