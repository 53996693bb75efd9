"""Look at an xlsx file before a reader allocates memory for it.

calamine allocates the whole used range of a sheet: one stray cell in the last row of a small file
costs gigabytes and, where memory is short, kills the process. It also returns an empty text for
formula errors and for formulas without a stored result. Both are seen here, in the sheet's XML.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import unescape

import numpy as np

from xmdemand.intake.hidden import Hidden, hidden_lines
from xmdemand.intake.parsed import Broken

MAX_XML = 300 * 2**20
"""Bytes the parts of a workbook may have together once unpacked."""
MAX_CELLS = 5_000_000
"""Cells of a sheet's used range up to which it is read in one go."""
MAX_COLUMNS = 1_000
FAR_ROWS, FAR_COLUMNS = 5_000, 200
"""A gap from which what lies beyond it is astray."""

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d+)"')
_WIDE = re.compile(rb'\br="[A-Z]{3}')
_REF = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,8})"')
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)\s*=\s*"([^"]*)"')
_LOOSE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]+)</|<(?:\w+:)?is>")


@dataclass(frozen=True, slots=True)
class Look:
    """What a sheet's XML tells.

    Attributes
    ----------
    refuse
        Message code if the sheet must not be read.
    last_row, last_column
        Where to stop, if cells lie far astray; 0 if the whole sheet can be read.
    broken
        (row, column), counted from 0 -> the lost value.
    """

    refuse: str = ""
    last_row: int = 0
    last_column: int = 0
    broken: Mapping[tuple[int, int], Broken] = field(default_factory=dict)
    hidden: Hidden = field(default_factory=Hidden)


def look_at_workbook(data: bytes) -> str | dict[str, Look]:
    """Judge an xlsx file: the message code of a refusal, or what each sheet's XML tells.

    Parameters
    ----------
    data
        The file's bytes.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return "intake.damaged"
    names = {info.filename for info in infos}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "intake.macros"
    if sum(info.file_size for info in infos) > MAX_XML:
        return "intake.archive_bomb"
    try:
        if any(_declares(archive, name) for name in names if name.endswith(".xml")):
            return "intake.entities"
        return {
            name: _look(archive.read(part)) for name, part in _sheet_parts(archive, names).items()
        }
    except _UNREADABLE:
        return "intake.damaged"


def _look(xml: bytes) -> Look:
    return replace(look_at_sheet(xml), hidden=hidden_lines(xml))


def _declares(archive: zipfile.ZipFile, name: str) -> bool:
    with archive.open(name) as part:
        return _DECLARATION.search(part.read(2048)) is not None


def _sheet_parts(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Sheet name -> part of the package."""
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    relations = {}
    for match in _RELATION.finditer(archive.read("xl/_rels/workbook.xml.rels")):
        found = dict(_ATTRIBUTE.findall(match[1]))
        relations[found.get(b"Id", b"")] = found.get(b"Target", b"").decode("utf-8", "replace")
    parts = {}
    for match in _SHEET.finditer(archive.read("xl/workbook.xml")):
        found = dict(_ATTRIBUTE.findall(match[1]))
        relation = next((value for key, value in found.items() if key.endswith(b":id")), b"")
        target = relations.get(relation, "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in names:
            parts[_unescape(found.get(b"name", b""))] = part
    return parts


def _unescape(text: bytes) -> str:
    return unescape(text.decode("utf-8", "replace"))


def look_at_sheet(xml: bytes) -> Look:
    """Judge one sheet by its XML: its true extent, cells astray, lost values.

    Examples
    --------
    >>> look = look_at_sheet(b'<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>')
    >>> look.broken[0, 0].what
    '#N/A'
    """
    plain, small, lost = _glance(xml)
    if not plain:
        xml = _LOOSE.sub(rb'\1="\2\3"', xml)
        _, small, lost = _glance(xml)
    broken = _broken_cells(xml) if lost else {}
    if small:
        return Look(broken=broken)
    rows = [int(number) for number in _ROW.findall(xml)] or [0]
    width = 16_384 if _WIDE.search(xml) else 702
    if len(rows) > 1_048_576 or max(rows) > 1_048_576:
        return Look("intake.too_large")
    if max(rows) * width <= MAX_CELLS and width <= 702:
        return Look(broken=broken)
    refs = _REF.findall(xml)
    if not refs:
        return Look(broken=broken)
    used_rows = np.unique(np.array([int(row) for _, row in refs]))
    used_columns = np.unique(np.array([_column(letters) for letters, _ in refs]))
    last_row = _before_gap(used_rows, FAR_ROWS)
    last_column = _before_gap(used_columns, FAR_COLUMNS)
    if last_column > MAX_COLUMNS:
        return Look("intake.too_wide")
    if last_row * last_column > MAX_CELLS:
        return Look("intake.too_large")
    if last_row < used_rows[-1] or last_column < used_columns[-1]:
        return Look("", last_row, last_column, broken)
    return Look(broken=broken)


def _glance(xml: bytes) -> tuple[bool, bool, bool]:
    """Whether a sheet is plainly written, surely small, and may hold formulas or errors.

    Plainly is ``name="value"``, as every spreadsheet program writes it: XML allows blanks around
    the sign and single quotes too, and a far cell must not hide behind them. A sheet is small if no
    reference is to a column beyond Z or a row beyond 9,999 and fewer than 10,000 tags may open a
    row. Every pass over the bytes counts here: indices are taken, not masked, for `take` and
    `compress` cost a third.
    """
    text = np.frombuffer(b" " + xml + bytes(10), dtype=np.uint8)
    first, second = text[:-9], text[1:-8]
    at = np.flatnonzero(first == ord("="))
    before, after = text.take(at - 1), text.take(at + 1)
    quoted = after == ord('"')
    plain = bool(quoted.all() and (before > ord(" ")).all())
    values = np.compress(quoted & (before == ord("t")), at) + 2
    errors = (text.take(values) == ord("e")) & (text.take(values + 1) == ord('"'))
    opens = first == ord("<")
    formulas = second == ord("f")
    formulas &= opens | (first == ord(":"))
    opens &= second == ord("r")
    far = _any_far(text, np.compress(quoted & (before == ord("r")), at) + 2)
    small = not far and int(np.count_nonzero(opens)) < 10_000
    return plain, small, bool(errors.any() or formulas.any())


def _any_far(text: np.ndarray, at: np.ndarray) -> bool:
    """Whether any reference that starts at these places has two letters or five digits."""
    letter = text.take(at) - ord("A") < 26
    if (letter & (text.take(at + 1) - ord("A") < 26)).any():
        return True
    at = at + letter
    for step in (3, 0, 1, 2, 4):  # few references have a fourth digit
        at = np.compress(text.take(at + step) - ord("0") < 10, at)
    return at.size > 0


def _before_gap(used: np.ndarray, gap: int) -> int:
    """The last used line before the first wide gap."""
    steps = np.diff(used, prepend=0)
    far = np.flatnonzero(steps > gap)
    far = far[far > 0]
    return int(used[far[0] - 1]) if far.size else int(used[-1])


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _broken_cells(xml: bytes) -> dict[tuple[int, int], Broken]:
    found = {}
    for match in _CELL.finditer(xml):
        attributes, inside = match[1], match[2] or b""
        is_error = b't="e"' in attributes
        if not is_error and b"<f" not in inside and b":f" not in inside:
            continue
        value = _VALUE.search(inside)
        reference = re.search(rb'\br="([A-Z]{1,3})(\d+)"', attributes)
        if reference is None or (value is not None and not is_error):
            continue
        where = (int(reference[2]) - 1, _column(reference[1]) - 1)
        words = value[1].decode("utf-8", "replace") if value and value[1] else "公式无结果"
        found[where] = Broken(words)
    return found
