"""One sheet -> rows with parsed columns, what is refused and what is odd."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from xmdemand.intake.body import Body
from xmdemand.intake.cells import NO_CELL, cell_at, seen_at
from xmdemand.intake.columnar import row_names
from xmdemand.intake.columns import KINDS, Kind
from xmdemand.intake.decode import Decoded
from xmdemand.intake.layout import Layout
from xmdemand.intake.names import Names
from xmdemand.intake.personal import MASK, mask, mask_names_beside, name_persons
from xmdemand.intake.sources import Grid
from xmdemand.intake.text import bare, words_of

Distinct = tuple[list[object], np.ndarray]
"""Distinct values, and for every row the place of its own among them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that is refused or odd: position of its row, heading, what stands there, why."""

    place: int
    column: str
    found: str
    expected: str
    code: str


@dataclass(eq=False)
class Sheet:
    """A sheet whose columns are parsed. `refused` and `odd` grow while the sheet is read."""

    grid: Grid
    layout: Layout
    body: Body
    names: Names
    decoded: dict[str, list[Decoded]]
    refused: dict[int, Problem] = field(default_factory=dict)
    odd: list[Problem] = field(default_factory=list)
    _of_persons: dict[int, bool] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What kind of table it is."""
        return KINDS[self.layout.kind]

    def place_of(self, label: str) -> int:
        """Position among the data rows of the row with that name."""
        if self.body.labels:
            return self._places[label]
        return bisect_left(self.body.numbers, int(label))

    @cached_property
    def _places(self) -> dict[str, int]:
        return {label: place for place, label in enumerate(self.body.labels)}

    @property
    def n(self) -> int:
        """Number of data rows."""
        return len(self.body.rows)

    def distinct(self, name: str, read: Callable[[Any], object], empty: object) -> Distinct:
        """An attribute of a column's distinct values, and which every row has; else `empty`."""
        columns = self.decoded.get(name)
        if not columns:
            return [empty], np.zeros(self.n, dtype=int)
        column = columns[0].held()
        return [read(item) for item in column.parsed], column.codes

    def source(self) -> Any:
        """``file!sheet!row`` of every row."""
        start = f"{self.grid.file}!{self.grid.sheet}!"
        if isinstance(self.body.numbers, np.ndarray):
            return row_names(start, self.body.numbers)
        labels = self.body.labels or map(str, self.body.numbers)
        return np.array([start + label for label in labels], dtype=object)

    def cell(self, place: int, column: str) -> str:
        """What stands in a row's cell of a column, personal data masked."""
        for position, declared in self.layout.columns.items():
            if declared.name == column:
                found = cell_at(self.body.rows, place, position)
                if found is not NO_CELL:
                    text = words_of(found)
                    return MASK if text and self._names_persons(position) else mask(text)
        return ""

    def seen_at(self, position: int) -> list[object]:
        """The distinct cells of a column, read or not."""
        return seen_at(self.body.rows, position)

    def _names_persons(self, position: int) -> bool:
        """Whether a column holds names of persons, whatever its heading says."""
        known = self._of_persons.get(position)
        if known is None:
            column = self.layout.columns.get(position)
            texts = {text for cell in self.seen_at(position) if (text := words_of(cell))}
            least = 1 if column is None or column.personal else _NAMES_ENOUGH
            known = len(texts) >= least and name_persons(texts)
            self._of_persons[position] = known
        return known

    def refuse(self, places: Iterable[int], column: str, code: str) -> None:
        """Refuse rows; the first reason of a row stays."""
        declared = self.kind.column(column)
        for place in places:
            self.refused.setdefault(
                int(place),
                Problem(
                    int(place),
                    declared.header,
                    self.cell(int(place), column),
                    declared.expected,
                    code,
                ),
            )

    def flag(self, places: Iterable[int], column: str, code: str) -> None:
        """Name cells a reader should look at; their rows stay."""
        declared = self.kind.column(column)
        self.odd.extend(
            Problem(int(p), declared.header, self.cell(int(p), column), declared.expected, code)
            for p in places
        )

    def kept(self) -> np.ndarray:
        """Which rows are not refused."""
        keep = np.ones(self.n, dtype=bool)
        keep[list(self.refused)] = False
        return keep

    def subject(self, place: int) -> str:
        """Whose row it is: a firm's credit code or name; nothing for persons."""
        if self.layout.kind not in ("firms", "employers"):
            return ""
        return self.cell(place, "firm") or self.cell(place, "firm_name")

    def masked_row(self, place: int) -> str:
        """A row as read, personal columns blanked and personal data in free text masked."""
        cells = []
        named = False  # whether the cell before announces a person
        for position, cell in enumerate(self.body.rows[place]):
            text = words_of(cell)
            if text and (self._personal(position) or named or self._names_persons(position)):
                text = MASK
            named = bool(_NAMES_SOMEBODY.search(text)) or (named and not text)
            cells.append(mask(text))
        return "|".join(mask_names_beside(cells)).rstrip("|")

    def _personal(self, position: int) -> bool:
        """Whether a column holds personal data: as declared, or else by its heading's words.

        Who decided is said in the table of decisions, where it belongs, and nowhere else.
        """
        if column := self.layout.columns.get(position):
            return column.personal or column.name == "who"
        labels = self.layout.labels
        label = labels[position] if position < len(labels) else ""
        return bool(_PERSONAL_HEAD.search(bare(label)))


_NAMES_ENOUGH = 3
"""Names of persons from which a column that was taken for something else is one of names."""
_PERSONAL_HEAD = re.compile(
    r"(?:姓名|签名|签字|(?:联系|填表|填报|制表|经办|负责|审核|走访|调查|登记)人员?|电话(?:号码)?|手机(?:号码?)?"
    r"|.{0,6}(?:干部|专管员|联络员|协管员|院长|厂长|店长|园长|校长|所长|法定代表人|法人代表)"
    r"|联系方式|身份证号?码?|证件号码?|微信号?|qq号?|邮箱|住址|来自ip|ip地址)(?:[(].*)?$"
)
_NAMES_SOMEBODY = re.compile(r"(?:人|签字|签章|签名|姓名|电话|手机)[)）]?\s*[:：]\s*$")


def problem_rows(sheet: Sheet, problems: Iterable[Problem]) -> Iterator[tuple[object, ...]]:
    """Problems as rows of the quarantine or of the oddities."""
    for problem in problems:
        yield (
            sheet.grid.file,
            sheet.grid.sheet,
            int(sheet.body.numbers[problem.place]),
            problem.column,
            problem.found,
            problem.expected,
            problem.code,
            sheet.masked_row(problem.place) if problem.place in sheet.refused else "",
            sheet.subject(problem.place),
        )


PROBLEM_COLUMNS = ("file", "sheet", "row", "column", "found", "expected", "code", "text", "subject")
