"""Folders, archives and files -> grids of cells, with everything that could not be read told."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from xmdemand.intake.text import tidy

Cell = object
Rows = list[list[Cell]]

WORKBOOKS = (".xlsx", ".xls", ".ods", ".xlsb", ".et")
TEXTS = (".csv", ".tsv", ".txt")
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet as read: `rows[i][j]` is what stands in row i + 1."""

    file: str
    sheet: str
    rows: Rows
    sha256: str
    encoding: str = ""
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or sheet that was not read, and why (a message code with its fields)."""

    file: str
    sheet: str
    code: str
    sha256: str = ""
    fields: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A file's name below the inputs folder (archives as ``a.zip/b.xlsx``) and its bytes."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def suffix(self) -> str:
        """Lower-case ending of the name."""
        return PurePosixPath(self.name).suffix.lower()


OWN_FILES = frozenset(["mapping.toml", ".ds_store", "thumbs.db", "desktop.ini"])


def walk(inputs: Path) -> Iterator[Source | Unread]:
    """Every file below `inputs` in sorted order, archives opened, temporary files left out."""
    for path in sorted(inputs.rglob("*"), key=lambda item: item.relative_to(inputs).as_posix()):
        name = path.relative_to(inputs).as_posix()
        if (
            not path.is_file()
            or path.name.lower() in OWN_FILES
            or path.name.startswith(("~$", "."))
        ):
            continue
        source = Source(name, path.read_bytes())
        if source.suffix == ".zip":
            yield from _open_archive(source)
        else:
            yield source


def _open_archive(source: Source) -> Iterator[Source | Unread]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(source.data))
    except zipfile.BadZipFile:
        yield Unread(source.name, "", "intake.damaged", source.sha256)
        return
    for info in sorted(archive.infolist(), key=lambda item: item.filename):
        if not info.is_dir():
            yield Source(f"{source.name}/{info.filename}", archive.read(info))


def open_source(source: Source) -> Iterator[Grid | Unread]:
    """The sheets of one file."""
    digest = source.sha256
    if source.suffix in WORKBOOKS:
        yield from _open_workbook(source, digest)
    elif source.suffix in TEXTS:
        yield _open_text(source, digest)
    elif source.suffix == ".json":
        yield _open_json(source, digest)
    else:
        yield Unread(source.name, "", "intake.unknown_format", digest)


def _open_workbook(source: Source, digest: str) -> Iterator[Grid | Unread]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(source.data))
        names = book.sheet_names
    except calamine.PasswordError:
        yield Unread(source.name, "", "intake.protected", digest)
        return
    except (calamine.CalamineError, ValueError, OSError):
        yield Unread(source.name, "", "intake.damaged", digest)
        return
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
            rows: Rows = [list(row) for row in sheet.to_python(skip_empty_area=False)]
        except (calamine.CalamineError, ValueError, OSError):
            yield Unread(source.name, name, "intake.damaged", digest)
            continue
        yield Grid(source.name, name, rows, digest, merged=tuple(sheet.merged_cell_ranges or ()))


def decode(data: bytes) -> tuple[str, str] | None:
    """Text and its encoding, by trial; None if it is no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), "utf-16"
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None


def _open_text(source: Source, digest: str) -> Grid | Unread:
    decoded = decode(source.data)
    if decoded is None:
        return Unread(source.name, "", "intake.encoding", digest)
    text, encoding = decoded
    text = text.replace("\x00", "")
    head = text[:4096]
    delimiter = max(",\t;", key=head.count)
    rows: Rows = [
        [tidy(cell) for cell in row]
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    ]
    return Grid(source.name, "", rows, digest, encoding)


def _open_json(source: Source, digest: str) -> Grid | Unread:
    try:
        records = json.loads(source.data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        return Unread(source.name, "", "intake.damaged", digest)
    if isinstance(records, dict):
        records = next((value for value in records.values() if isinstance(value, list)), [])
    if not records or not all(isinstance(record, dict) for record in records):
        return Unread(source.name, "", "intake.not_records", digest)
    names = list(dict.fromkeys(key for record in records for key in record))
    rows: Rows = [list(names)]
    rows.extend([record.get(name) for name in names] for record in records)
    return Grid(source.name, "", rows, digest, "utf-8")
