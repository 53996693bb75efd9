"""The rows of a table, written as text into a sheet that openpyxl set up.

An internal workbook has 150,000 cells, and openpyxl spends ten times as long on a cell as it takes
to write one down: an object, a style looked up, elements of XML. So openpyxl makes a sheet with its
styles, widths and print set-up, and of the table only the head and the last row, which tell it how
far the sheet reaches; the rows between go in as text when the workbook is saved.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from xml.sax.saxutils import escape

from xmdemand.errors import OutputError
from xmdemand.ooxml import archive

_MAX_TEXT = 32_767
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""

Value = str | float | int | bool | None

StyleOf = Callable[[int, Value], int]
"""The number of a cell's style, given its column (from 0) and its value."""


def rows_xml(
    rows: Sequence[Sequence[Value]], first: int, heights: Sequence[float], style_of: StyleOf
) -> bytes:
    """Rows from row `first` on, as elements of a sheet's data, text in the cells themselves.

    >>> rows_xml([["焊工", 2.5, None]], 3, [18.5], lambda column, value: column).decode()[:68]
    '<row r="3" ht="18.5" customHeight="1"><c r="A3" s="0" t="inlineStr">'
    """
    from openpyxl.utils import get_column_letter

    letters = [get_column_letter(at) for at in range(1, max(map(len, rows), default=0) + 1)]
    parts = []
    for down, (row, height) in enumerate(zip(rows, heights, strict=True), start=first):
        parts.append(f'<row r="{down}" ht="{height:.16g}" customHeight="1">')
        parts += [
            f'<c r="{letters[at]}{down}" s="{style_of(at, value)}"{_content(value)}'
            for at, value in enumerate(row)
        ]
        parts.append("</row>")
    return "".join(parts).encode()


def with_rows(book: bytes, rows: Mapping[int, tuple[int, bytes]], when: dt.date) -> bytes:
    """A saved workbook with rows put in: by a sheet's place, before which of its rows, and which.

    Raises
    ------
    OutputError
        If a sheet has no such row.
    """
    with zipfile.ZipFile(io.BytesIO(book)) as old:
        members = {member.filename: old.read(member) for member in old.infolist()}
    for place, (last, between) in rows.items():
        name = f"xl/worksheets/sheet{place}.xml"
        found = re.search(rb'<row [^>]*?\br="%d"' % last, members[name])
        if found is None:
            raise OutputError(f"{name}: openpyxl wrote no row {last} to put rows before")
        at = found.start()
        members[name] = members[name][:at] + between + members[name][at:]
    return archive(members, when)


def _content(value: Value) -> str:
    """The rest of a cell after its style."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return f' t="b"><v>{value:d}</v></c>'
    if value is None or not math.isfinite(value):
        return ' t="n"/>'
    return f' t="n"><v>{value:.16g}</v></c>'


@lru_cache(maxsize=20_000)
def _text(value: str) -> str:
    value = clean(value)
    if not value:
        return ' t="inlineStr"/>'
    space = ' xml:space="preserve"' if value != value.strip() else ""
    text = escape(value, {"\r": "&#13;"})
    return f' t="inlineStr"><is><t{space}>{text}</t></is></c>'


def clean(text: str) -> str:
    """Text a workbook can hold: control characters out, cut at Excel's limit.

    >>> clean("a\\x0bb")
    'ab'
    """
    return _ILLEGAL.sub("", text)[:_MAX_TEXT]
