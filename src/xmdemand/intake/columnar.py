"""Tables that come in columns (Parquet): distinct values are kept once, rows made on demand.

A register of a million rows holds some thousand distinct values. Rows as lists of Python objects
would cost more than everything else together, and nobody looks at most of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from xmdemand.intake.text import tidy

if TYPE_CHECKING:
    import pyarrow as arrow


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """One column: row i holds ``distinct[codes[i]]``."""

    codes: np.ndarray
    distinct: Sequence[object]

    def spread(self) -> list[object]:
        """The values row by row."""
        return [self.distinct[code] for code in self.codes.tolist()]

    def take(self, places: np.ndarray) -> Codes:
        """The column of some rows, without values that none of them holds."""
        codes = self.codes[places]
        held, codes = np.unique(codes, return_inverse=True)
        return Codes(codes, [self.distinct[code] for code in held])


class ColumnRows(Sequence[list[object]]):
    """A table in columns that answers as a list of rows would, its headings first."""

    def __init__(self, columns: Sequence[Codes], heads: Sequence[str] = ()) -> None:
        self.columns = columns
        self.heads = list(heads)
        self._n = len(columns[0].codes) if columns else 0

    def __len__(self) -> int:
        return self._n + bool(self.heads)

    @overload
    def __getitem__(self, place: int) -> list[object]: ...

    @overload
    def __getitem__(self, place: slice) -> list[list[object]]: ...

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        if self.heads and place == 0:
            return [*self.heads]
        place -= bool(self.heads)
        return [column.distinct[column.codes[place]] for column in self.columns]

    def __iter__(self) -> Iterator[list[object]]:
        if self.heads:
            yield [*self.heads]
        if self.columns:
            for row in zip(*(column.spread() for column in self.columns), strict=True):
                yield list(row)

    def body(self) -> ColumnRows:
        """The rows below the headings."""
        return ColumnRows(self.columns)

    def take(self, places: np.ndarray) -> ColumnRows:
        """Some of the rows below the headings."""
        return ColumnRows([column.take(places) for column in self.columns])

    def holding(self, wanted: Sequence[frozenset[int]]) -> np.ndarray:
        """Which rows below the headings hold one of the wanted values, given by code and column."""
        found = np.zeros(self._n, dtype=bool)
        for column, codes in zip(self.columns, wanted, strict=True):
            if codes:
                found |= np.isin(column.codes, list(codes))
        return found

    def empty(self) -> np.ndarray:
        """Which rows below the headings hold nothing at all."""
        nothing = np.ones(self._n, dtype=bool)
        for column in self.columns:
            blank = [code for code, value in enumerate(column.distinct) if value in ("", None)]
            nothing &= np.isin(column.codes, blank) if blank else False
            if not nothing.any():
                break
        return nothing


def from_arrow(table: arrow.Table) -> ColumnRows | None:
    """The rows of a Parquet table; None if a column holds what cannot be told apart (lists)."""
    import pyarrow as arrow

    columns = []
    for column in table.columns:
        try:
            columns.append(_encoded(column))
        except (arrow.ArrowNotImplementedError, arrow.ArrowInvalid, TypeError):
            return None
    return ColumnRows(columns, [str(name) for name in table.column_names])


def _encoded(column: Any) -> Codes:
    import pyarrow as arrow

    column = column.unify_dictionaries()
    merged = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if not arrow.types.is_dictionary(merged.type):
        merged = merged.dictionary_encode()
    distinct = merged.dictionary.to_pylist()
    indices = merged.indices
    if indices.null_count:
        indices = indices.fill_null(len(distinct))
        distinct.append(None)
    return Codes(indices.to_numpy(zero_copy_only=False), distinct)


def held(codes: np.ndarray, n: int) -> tuple[list[int], np.ndarray]:
    """Which of n values some row holds, and the rows' codes among those.

    >>> held(np.array([4, 1, 4]), 6)
    ([1, 4], array([1, 0, 1]))
    """
    used = np.zeros(n, dtype=bool)
    used[codes] = True
    return np.flatnonzero(used).tolist(), (np.cumsum(used) - 1)[codes]


def from_text(text: str, delimiter: str) -> ColumnRows | None:
    """The rows of a text without quotes whose rows are all as wide as its headings; else None.

    Cells are tidied as those read row by row are.
    """
    try:
        import pyarrow as arrow
        from pyarrow import csv as arrow_csv
    except ImportError:
        return None
    heads = text.partition("\n")[0].rstrip("\r").split(delimiter)
    if '"' in text or text.count("\r") != text.count("\r\n") or len(heads) < 2:
        return None
    names = [str(place) for place in range(len(heads))]
    kind = arrow.dictionary(arrow.int32(), arrow.string())
    try:
        table = arrow_csv.read_csv(
            arrow.py_buffer(text.encode()),
            read_options=arrow_csv.ReadOptions(column_names=names, skip_rows=1, use_threads=False),
            parse_options=arrow_csv.ParseOptions(
                delimiter=delimiter, quote_char=False, ignore_empty_lines=False
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, kind), strings_can_be_null=False
            ),
        )
    except (arrow.ArrowException, UnicodeEncodeError):
        return None
    columns = [_encoded(column) for column in table.columns]
    cells = [[str(value) for value in column.distinct] for column in columns]
    if max(len(cell) for column in (heads, *cells) for cell in column) > csv.field_size_limit():
        return None  # the row reader refuses such a file
    tidied = [
        Codes(column.codes, [tidy(cell) for cell in own])
        for column, own in zip(columns, cells, strict=True)
    ]
    return ColumnRows(tidied, [tidy(head) for head in heads])


def row_names(start: str, numbers: np.ndarray) -> Any:
    """``start`` with every number behind it, as a column of text."""
    import pyarrow as arrow
    import pyarrow.compute as compute

    texts = compute.cast(arrow.array(numbers), arrow.large_string())
    return compute.binary_replace_slice(texts, 0, 0, start).to_pandas().array
