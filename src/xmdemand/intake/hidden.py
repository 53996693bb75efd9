"""Rows and columns of a sheet that its author hid, by hand or by a filter."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*>")
_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_FROM = re.compile(rb"\bmin=[\"'](\d+)[\"']")
_TO = re.compile(rb"\bmax=[\"'](\d+)[\"']")
_MOST_COLUMNS = 500
"""Columns beyond these hold nothing; a sheet may hide all that it does not use."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """Numbers of hidden rows and of hidden columns, as a person counts."""

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


def hidden_lines(xml: bytes) -> Hidden:
    """What a sheet's XML hides.

    >>> hidden_lines(b'<cols><col min="2" max="3" hidden="1"/></cols><row r="5" hidden="1">')
    Hidden(rows=(5,), columns=(2, 3))
    """
    if b"hidden=" not in xml:
        return Hidden()
    rows = tuple(int(n[1]) for row in _ROW.findall(xml) if (n := _NUMBER.search(row)))
    columns: list[int] = []
    for tag in _COLUMN.findall(xml):
        first, last = _FROM.search(tag), _TO.search(tag)
        if first and last:
            columns += range(int(first[1]), min(int(last[1]), _MOST_COLUMNS) + 1)
    return Hidden(rows, tuple(columns))
