"""Cells of one column -> parsed values, each distinct cell parsed once."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xmdemand.intake import values
from xmdemand.intake.columnar import Codes, held
from xmdemand.intake.columns import Column
from xmdemand.intake.names import Names
from xmdemand.intake.parsed import EMPTY
from xmdemand.intake.personal import MASK, mask
from xmdemand.intake.rowkinds import may_be_no_data
from xmdemand.intake.text import bare, tidy, words_of
from xmdemand.intake.values import Broken, Value

DOUBTS = frozenset(
    [
        "unreadable",
        "broken",
        "doubtful",
        "spoilt",
        "negative",
        "no_year",
        "ambiguous",
        "not_a_district",
        "implausible",
        "fraction",
        "summed",
        "approximate",
        "no_number",
    ]
)
"""Flags a reader of the report should see; the others only record how a cell was written."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A column: `parsed[codes[i]]` is what row i says, read from `cells[codes[i]]`.

    Columns that have a parser in common share the lists, which grow with every sheet; `held` is the
    column with its own values only. `doubtful` names the flag of every value a reader should see,
    `known` is what their parser has read.
    """

    column: Column
    codes: np.ndarray
    parsed: list[Any]
    cells: list[object]
    doubtful: Mapping[int, str]
    own: bool = False
    known: Known | None = None

    def __getitem__(self, place: int) -> object:
        """The cell of one row."""
        return self.cells[self.codes[place]]

    def odd(self, labels: Collection[str]) -> list[str]:
        """The texts that are one of some labels or `may_be_no_data`."""
        if self.known is None:
            return odd_texts(self.cells, labels)
        as_labels = {self.known[text] for text in labels if text in self.known}
        if not as_labels and not self.known.odd:
            return []
        codes = self.codes.tolist()
        odd = self.known.odd.intersection(codes) | as_labels.intersection(codes)
        return [str(self.cells[place]) for place in odd]

    def held(self) -> Decoded:
        """The column without values that none of its rows holds."""
        if self.own:
            return self
        places, codes = held(self.codes, len(self.parsed))
        parsed = [self.parsed[place] for place in places]
        cells = [self.cells[place] for place in places]
        doubtful = {
            new: self.doubtful[old] for new, old in enumerate(places) if old in self.doubtful
        }
        return Decoded(self.column, codes, parsed, cells, doubtful, own=True)

    def take(self, read: Callable[[Any], object], dtype: Any = object) -> np.ndarray:
        """One attribute of the parsed values, row by row."""
        own = self.held()
        distinct = np.empty(len(own.parsed), dtype=dtype)
        for place, item in enumerate(own.parsed):
            distinct[place] = read(item)
        return distinct[own.codes]

    def values(self) -> np.ndarray:
        """The plain values, row by row (None where missing)."""
        return self.take(lambda item: item.value)

    def doubts(self) -> list[tuple[int, object, str]]:
        """``(row position, cell, flag)`` of every cell a reader should see."""
        if not self.doubtful:
            return []
        codes = self.codes.tolist()
        if self.doubtful.keys().isdisjoint(codes):
            return []
        return [
            (place, self.cells[code], self.doubtful[code])
            for place, code in enumerate(codes)
            if code in self.doubtful
        ]


def odd_texts(cells: Iterable[object], labels: Collection[str]) -> list[str]:
    """The texts among cells that are one of some labels or `may_be_no_data`."""
    texts = {cell for cell in cells if isinstance(cell, str) and cell}
    return [text for text in texts if text in labels or may_be_no_data(text)]


class Known(dict[object, int]):
    """Cell -> its place among all that one parser has read; a new cell is parsed when asked for.

    `odd` are the places of cells that may make their rows no data, whatever their table.
    """

    def __init__(self, parse: Callable[[object], Any]) -> None:
        super().__init__()
        self._parse = parse
        self.parsed: list[Any] = []
        self.cells: list[object] = []
        self.doubtful: dict[int, str] = {}
        self.odd: set[int] = set()

    def __missing__(self, key: object) -> int:
        cell = key[0] if isinstance(key, tuple) else key
        item = self._parse(cell)
        place = self[key] = len(self.parsed)
        self.parsed.append(item)
        self.cells.append(cell)
        for flag in item.flags:
            if flag in DOUBTS:
                self.doubtful[place] = flag
        if isinstance(cell, str) and may_be_no_data(cell):
            self.odd.add(place)
        return place


class Parsers:
    """The parser of every column with what it has read so far, kept while a folder is read."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[tuple[str, str, float], Known] = {}

    def of(self, column: Column, unit: float) -> Known:
        """What the parser of a column has read."""
        key = (column.kind, column.header if column.choices else column.unit, unit)
        if key not in self._known:
            self._known[key] = Known(_parser(column, self._names, unit))
        return self._known[key]


def decode(
    column: Column, cells: Sequence[object] | Codes, parsers: Parsers, *, unit: float = 1.0
) -> Decoded:
    """Parse the cells of a column."""
    known = parsers.of(column, unit)
    keys = distinct = cells.distinct if isinstance(cells, Codes) else cells
    if bool in set(map(type, distinct)):  # True equals 1, but does not mean it
        keys = [(cell, bool) if isinstance(cell, bool) else cell for cell in distinct]
    if isinstance(cells, Codes):
        places = [known[key] for key in keys]
        parsed = [known.parsed[place] for place in places]
        doubtful = {
            own: known.doubtful[place]
            for own, place in enumerate(places)
            if place in known.doubtful
        }
        return Decoded(column, cells.codes, parsed, list(distinct), doubtful, own=True)
    codes = np.fromiter(map(known.__getitem__, keys), dtype=np.int64, count=len(keys))
    return Decoded(column, codes, known.parsed, known.cells, known.doubtful, known=known)


def _parser(column: Column, names: Names, unit: float) -> Callable[[object], Any]:
    parsers: dict[str, Callable[[object], Any]] = {
        "age": values.parse_age,
        "choice": lambda cell: _choice(cell, column),
        "code": values.parse_code,
        "count": lambda cell: _stated(values.parse_count(_bare_of(cell, column.unit), unit=unit)),
        "date": values.parse_date,
        "district": lambda cell: values.parse_district(
            cell, names.districts, elsewhere=names.elsewhere, places=names.places
        ),
        "firm_id": _firm_id,
        "group": lambda cell: _group(cell, names),
        "level": lambda cell: values.parse_level(cell, names.levels, ladder=names.ladder),
        "levels": lambda cell: values.parse_level(cell, names.levels, ladder=names.ladder),
        "month": values.parse_month,
        "number": _number,
        "share": _share,
        "text": _text,
        "title": _text,
        "titles": lambda cell: _posts(cell, names),
        "uncertain": lambda cell: values.parse_count(cell, unit=unit),
        "wage": lambda cell: values.parse_wage(cell, unit=unit),
    }
    return parsers[column.kind]


def _bare_of(cell: object, unit: str) -> object:
    """A cell without the unit its column counts in (``2家``)."""
    counted = isinstance(cell, str) and unit and unit != "人"
    return tidy(cell).removesuffix(unit) if counted and isinstance(cell, str) else cell


def _stated(count: values.Count) -> values.Count:
    """A count where a number is needed: about 120 is 120, an interval is none; both are said."""
    if count.kind == "approx":
        return values.Count(count.low, count.high, "exact", (*count.flags, "approximate"))
    if count.kind not in ("exact", "missing"):
        return values.missing(*count.flags, "no_number")
    return count


_LONGEST = 12
"""Characters from which no text says that nothing is there."""


def _text(cell: object) -> Value[str]:
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    text = mask(tidy(cell)) if isinstance(cell, str) else words_of(cell)
    if len(text) < _LONGEST and bare(text) in EMPTY:
        return Value(None, "missing")
    return Value(text, "exact")


def _posts(cell: object, names: Names) -> Value[tuple[values.Post, ...]]:
    if isinstance(cell, str):
        cell = mask(cell).replace(MASK, "")
        if bare(cell) in names.titles:  # official names hold separators too
            return Value((values.Post(tidy(_BREAK.sub("", cell))),), "single")
    return values.split_posts(cell)


_BREAK = re.compile(r"\s*[\r\n]+\s*")


def _choice(cell: object, column: Column) -> Value[str]:
    text = bare(words_of(cell))
    if text in EMPTY or text == "否":
        return Value(None, "missing")
    exact = {bare(word): key for key, words in column.choices.items() for word in (key, *words)}
    if text in exact:
        return Value(exact[text], "exact")
    if _DENIED.search(text):
        return Value(None, "missing", ("ambiguous",))
    found = {key for word, key in exact.items() if len(word) > 1 and word in text}
    if len(found) == 1:
        return Value(found.pop(), "within")
    return Value(None, "missing", ("ambiguous" if found else "unreadable",))


_DENIED = re.compile(r"[未不非没无](?!限|详|足|明|符|匹|能|到|够|便|合|在)")
"""A word that turns what follows into its opposite: 未抽中 is not 抽中, 不同意调出 not 调出."""


def _firm_id(cell: object) -> Value[str]:
    if isinstance(cell, str) and len(cell) == 18 and cell.isascii() and cell.isalnum():
        return Value(cell.upper(), "exact")
    if isinstance(cell, float) and abs(cell) >= 1e15:
        return Value(None, "missing", ("spoilt",))
    text = bare(words_of(cell)).upper()
    if text.casefold() in EMPTY or text == "无":
        return Value(None, "missing")
    if "E+" in text:
        return Value(None, "missing", ("spoilt",))
    if text.isalnum() and text.isascii() and 2 <= len(text) <= 24:
        return Value(text, "exact")
    return Value(None, "missing", ("unreadable",))


_NO_GROUP = frozenset(
    [
        "无",
        "其他",
        "其它",
        "其他人员",
        "以上都不是",
        "以上都没有",
        "以上均不是",
        "都不是",
        "均不是",
        "普通居民",
        "一般人员",
        "其他群体",
        "不属于",
        "不属于以上",
        "不属于以上人员",
    ]
)
"""Belonging to no group that has a name here."""


def _group(cell: object, names: Names) -> Value[str]:
    text = words_of(cell)
    if bare(text) in EMPTY or bare(text) in _NO_GROUP:
        return Value(None, "missing")
    found = names.group(text)
    return Value(None, "missing", ("unreadable",)) if found is None else Value(found, "exact")


def _number(cell: object) -> Value[float]:
    text = bare(words_of(cell)).replace(",", "")
    if text in EMPTY:
        return Value(None, "missing")
    try:
        number = float(text)
    except ValueError:
        return Value(None, "missing", ("unreadable",))
    return Value(number, "exact") if math.isfinite(number) else Value(None, "missing", ("broken",))


def _share(cell: object) -> Value[float]:
    """A share: ``60%`` or ``0.6``; a bare number above 1 is a percentage."""
    text = bare(words_of(cell))
    number = _number(text.removesuffix("%"))
    if number.value is None:
        return number
    share = number.value / 100 if text.endswith("%") or number.value > 1 else number.value
    if not 0 <= share <= 1:
        return Value(None, "missing", ("implausible",))
    return Value(share, "exact")
