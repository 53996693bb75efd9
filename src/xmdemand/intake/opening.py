"""One file -> its sheets as grids of cells, or the reason why it is not read."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from xmdemand.intake.columnar import from_arrow, from_text
from xmdemand.intake.guarded import GuardedReader
from xmdemand.intake.looking import MAX_COLUMNS, Look, look_at_workbook
from xmdemand.intake.markup import read_markup
from xmdemand.intake.sources import Cell, Grid, Rows, Source, Unread, digest
from xmdemand.intake.text import tidy

OLD_WORKBOOKS = (".xls", ".ods", ".xlsb", ".et")
TEXTS = (".csv", ".tsv", ".txt", ".htm", ".html")
MACROS = (".xlsm", ".xltm", ".xlam")
MAX_LINES = 3_000_000
LARGE_TEXT = 2**20
"""Characters from which a text is read by column if it can be."""
MAX_VALUES = 100_000_000
"""Values a Parquet file may hold: a few kilobytes can stand for billions of equal ones."""
OLD_FORMAT = "intake.old_format"
"""Remark on a sheet of a format in which formula errors look like empty cells."""
HIDDEN = "intake.hidden_sheet"
"""Remark on a sheet its author hid, which is not read."""

_DOCUMENTS = (".docx", ".docm", ".pptx", ".odt", ".odp", ".ofd", ".doc", ".ppt", ".wps", ".msg")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NO_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"Rar!", b"7z\xbc\xaf", b"MZ")


def open_source(source: Source, guarded: GuardedReader) -> Iterator[Grid | Unread]:
    """The sheets of one file.

    The first bytes decide what a file is; its ending is only believed where they do not tell.
    """
    try:
        data = source.read()
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        ValueError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        code = "intake.locked" if isinstance(error, PermissionError) else "intake.damaged"
        yield Unread(source.name, "", code)
        return
    mark = digest(data)
    if not data:
        yield Unread(source.name, "", "intake.empty_file", mark)
    elif source.suffix in MACROS:
        yield Unread(source.name, "", "intake.macros", mark)
    elif data.startswith(_NO_TABLES) or _is_document(source, data):
        yield Unread(source.name, "", "intake.unknown_format", mark)
    elif data.startswith(_ZIP) and source.suffix not in (".ods", ".xlsb"):
        yield from _open_xlsx(source, data, mark)
    elif source.suffix in (*OLD_WORKBOOKS, ".xlsx") and _is_text(data):
        yield _open_text(source, data, mark)
    elif data.startswith(_OLE) or source.suffix in OLD_WORKBOOKS:
        yield from _open_old(source, data, mark, guarded)
    elif source.suffix in (".parquet", ".pq") or data.startswith(b"PAR1"):
        yield _open_parquet(source, data, mark)
    elif source.suffix in (".json", ".jsonl", ".ndjson"):
        yield _open_json(source, data, mark)
    elif source.suffix in TEXTS:
        yield _open_text(source, data, mark)
    else:
        code = "intake.damaged" if source.suffix == ".xlsx" else "intake.unknown_format"
        yield Unread(source.name, "", code, mark)


def _is_document(source: Source, data: bytes) -> bool:
    """Whether a file of office programs is a text and no workbook."""
    return data.startswith((_ZIP, _OLE)) and source.suffix in _DOCUMENTS


def _open_xlsx(source: Source, data: bytes, mark: str) -> Iterator[Grid | Unread]:
    import python_calamine as calamine

    looks = look_at_workbook(data)
    if isinstance(looks, str):
        yield Unread(source.name, "", looks, mark)
        return
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError:
        yield Unread(source.name, "", "intake.protected", mark)
        return
    except (calamine.CalamineError, ValueError, OSError):
        yield Unread(source.name, "", "intake.damaged", mark)
        return
    hidden = {
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible != calamine.SheetVisibleEnum.Visible
    }
    for name in book.sheet_names:
        look = looks.get(name, Look())
        if name in hidden:
            yield Grid(source.name, name, [], mark, remarks=(HIDDEN,))
        elif look.refuse:
            yield Unread(source.name, name, look.refuse, mark)
        elif look.last_row:
            rows = _read_near(data, name, look)
            _put_broken(rows, look)
            yield Grid(
                source.name, name, rows, mark, remarks=("intake.far_cell",), hidden=look.hidden
            )
        else:
            yield _read_sheet(source, book, name, look, mark)


def _read_sheet(source: Source, book: Any, name: str, look: Look, mark: str) -> Grid | Unread:
    import python_calamine as calamine

    try:
        sheet = book.get_sheet_by_name(name)
        rows: Rows = sheet.to_python(skip_empty_area=False)
        merged = tuple(sheet.merged_cell_ranges or ())
    except (calamine.CalamineError, ValueError, OSError):
        return Unread(source.name, name, "intake.damaged", mark)
    _put_broken(rows, look)
    return Grid(source.name, name, rows, mark, merged=merged, hidden=look.hidden)


def _read_near(data: bytes, name: str, look: Look) -> Rows:
    """Read a sheet up to where its cells go astray, without allocating what lies between."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheet = book[name]
        sheet.reset_dimensions()
        return [
            list(row)
            for row in sheet.iter_rows(
                max_row=look.last_row, max_col=look.last_column, values_only=True
            )
        ]
    finally:
        book.close()


def _put_broken(rows: Rows, look: Look) -> None:
    for (row, column), value in look.broken.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = value


def _open_old(
    source: Source, data: bytes, mark: str, guarded: GuardedReader
) -> Iterator[Grid | Unread]:
    if "EncryptedPackage".encode("utf-16-le") in data:
        yield Unread(source.name, "", "intake.protected", mark)
        return
    verdict, result = guarded.read(data)
    if verdict == "refused":
        et = source.suffix == ".et" and result == "intake.damaged"
        yield Unread(source.name, "", "intake.save_as_xlsx" if et else result, mark)
        return
    for name, *found in result:
        if isinstance(found[0], str):
            yield Unread(source.name, name, found[0], mark)
        else:
            merged = tuple(found[1])
            yield Grid(source.name, name, found[0], mark, merged=merged, remarks=(OLD_FORMAT,))


def decode_text(data: bytes) -> tuple[str, str] | None:
    """Text and its encoding, by trial; None if it is no text.

    A UTF-8 text that was read as GBK, or GBK as Latin-1, and saved again is put right where that
    gives back text without loss; what was lost (``锟斤拷``) stays lost.

    Examples
    --------
    >>> decode_text("企业".encode("gb18030"))
    ('企业', 'gb18030')
    >>> decode_text("企业名称".encode("gb18030").decode("latin-1").encode("utf-8"))
    ('企业名称', 'gb18030 as latin-1')
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), "utf-16"
    if any(mark in data[:4096] for mark in (b"\r\x00\n\x00", b",\x00", b"\t\x00")):
        return data.decode("utf-16-le", errors="replace"), "utf-16-le"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            return None
    return _repaired(text) or (text, "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8")


def _repaired(text: str) -> tuple[str, str] | None:
    """Undo one wrong reading if the text has no Chinese as it is, and much of it afterwards."""
    head = text[:4096]
    if any("\u4e00" <= character <= "\u9fff" for character in head) or head.isascii():
        return None
    for wrong in ("latin-1", "cp1252"):
        try:
            right = text.encode(wrong).decode("gb18030")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if sum("\u4e00" <= character <= "\u9fff" for character in right[:4096]) >= 4:
            return right, f"gb18030 as {wrong}"
    return None


def _open_text(source: Source, data: bytes, mark: str) -> Grid | Unread:
    decoded = decode_text(data)
    if decoded is None or "\x00\x00" in decoded[0][:4096]:
        return Unread(source.name, "", "intake.encoding", mark)
    text, encoding = decoded
    if "锟斤拷" in text[:65536]:
        return Unread(source.name, "", "intake.text_lost", mark)
    text = text.replace("\x00", "")
    if text.count("\n") > MAX_LINES:
        return Unread(source.name, "", "intake.too_large", mark)
    if text[:64].lstrip().startswith("<") and "<t" in text[:65536].casefold():
        return _open_markup(source, text, encoding, mark)
    delimiter = max(",\t;|", key=text[:4096].count)
    if len(text) >= LARGE_TEXT and text[: text.find("\n")].count(delimiter) < MAX_COLUMNS:
        in_columns = from_text(text, delimiter)
        if in_columns is not None:
            return Grid(source.name, "", in_columns, mark, encoding)
    if source.suffix == ".txt" and not text[:4096].count(delimiter):
        return Unread(source.name, "", "intake.unknown_format", mark)
    rows: list[list[Cell]] = []
    if '="' in text:  # how spreadsheets are made to take digits for a text
        text = _AS_TEXT.sub(r"\1", text)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(row) > MAX_COLUMNS:
                return Unread(source.name, "", "intake.too_wide", mark)
            rows.append([tidy(cell) for cell in row])
    except csv.Error:
        return Unread(source.name, "", "intake.damaged", mark)
    return Grid(source.name, "", rows, mark, encoding)


_AS_TEXT = re.compile(r'(?<![^,;\t|\n])"?="{1,2}([^",;\t|\n]*)"{1,2}"?(?![^,;\t|\r\n])')


def _is_text(data: bytes) -> bool:
    """Whether what is named a workbook is the text or web page that many systems export."""
    decoded = decode_text(data[:4096]) or decode_text(data[:4095])
    if decoded is None or data.startswith((_ZIP, _OLE)):
        return False
    text = decoded[0].lstrip().casefold()
    readable = sum(character.isprintable() or character in "\r\n\t" for character in text)
    return readable == len(text) and (text.startswith("<") or "\t" in text or "," in text)


def _open_markup(source: Source, text: str, encoding: str, mark: str) -> Grid | Unread:
    found = read_markup(text)
    if found is None:
        return Unread(source.name, "", "intake.save_as_xlsx", mark)
    rows, merged = found
    if max(map(len, rows)) > MAX_COLUMNS:
        return Unread(source.name, "", "intake.too_wide", mark)
    return Grid(source.name, "", rows, mark, encoding, merged=tuple(merged))


def _records_of(text: str) -> object:
    """What a text holds: one value, or one value a line."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        return [json.loads(line) for line in lines]


def _open_json(source: Source, data: bytes, mark: str) -> Grid | Unread:
    try:
        records = _records_of(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        return Unread(source.name, "", "intake.damaged", mark)
    records = _records_in(records)
    if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
        return Unread(source.name, "", "intake.not_records", mark)
    names = list(dict.fromkeys(name for record in records for name in record))
    if len(names) > MAX_COLUMNS:
        return Unread(source.name, "", "intake.too_wide", mark)
    rows: list[list[Cell]] = [list(names)]
    rows.extend([_scalar(record.get(name)) for name in names] for record in records)
    return Grid(source.name, "", rows, mark, "utf-8")


def _records_in(value: object, depth: int = 4) -> object:
    """The list of records in what an interface answers: itself, or the longest one inside."""
    if not isinstance(value, dict) or not depth:
        return value
    inside = [_records_in(item, depth - 1) for item in value.values()]
    lists = [item for item in inside if isinstance(item, list)]
    return max(lists, key=len, default=[value])


def _scalar(value: object) -> object:
    """A JSON value as a cell: lists become entries, anything deeper its text."""
    if isinstance(value, list):
        return "┋".join(str(item) for item in value)
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def _open_parquet(source: Source, data: bytes, mark: str) -> Grid | Unread:
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        return Unread(source.name, "", "intake.needs_pyarrow", mark)
    try:
        file = parquet.ParquetFile(io.BytesIO(data))
        if len(file.schema_arrow) > MAX_COLUMNS:
            return Unread(source.name, "", "intake.too_wide", mark)
        if file.metadata.num_rows * len(file.schema_arrow) > MAX_VALUES:
            return Unread(source.name, "", "intake.too_large", mark)
        kinds = (arrow.string(), arrow.large_string())
        texts = [item.name for item in file.schema_arrow if item.type in kinds]
        table = parquet.read_table(io.BytesIO(data), read_dictionary=texts)
        rows: Rows | None = from_arrow(table)
        if rows is None:
            columns = [column.to_pylist() for column in table.columns]
            rows = [list(table.column_names), *map(list, _transposed(columns))]
    except (arrow.ArrowException, OSError, ValueError):
        return Unread(source.name, "", "intake.damaged", mark)
    return Grid(source.name, "", rows, mark, "parquet")


def _transposed(columns: Iterable[list[object]]) -> Iterator[tuple[object, ...]]:
    return zip(*columns, strict=True)
