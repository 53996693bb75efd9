"""What lies in an inputs folder: files in sorted order, archives looked into, nothing unpacked."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from xmdemand.filenames import readable
from xmdemand.intake.hidden import Hidden

Cell = object
Rows = Sequence[list[Cell]]

MAX_FILE = 200 * 2**20
"""Bytes a file may have, also once unpacked."""
MAX_ARCHIVE = 2**30
"""Bytes all members of an archive may have together once unpacked."""
MAX_NESTED = 50 * 2**20
"""Bytes an archive inside an archive may have."""
MAX_MEMBERS = 5_000
MAX_RATIO = 200
"""How much larger than packed a member may be, if it is larger than 10 MiB."""
OWN_FILES = frozenset(["mapping.toml", ".ds_store", "thumbs.db", "desktop.ini"])


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet as read: `rows[i][j]` is what stands in row i + 1.

    Attributes
    ----------
    offset
        How many rows of the sheet stand before the first of `rows`.
    merged
        Merged areas as ((row, column), (row, column)), counted from 0.
    remarks
        What was noticed while reading: message codes.
    hidden
        Rows and columns its author hid; they are read like the others.
    lines
        Of a form turned over: for every row below the headings the number of the row it stems from.
    """

    file: str
    sheet: str
    rows: Rows
    sha256: str
    encoding: str = ""
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()
    offset: int = 0
    remarks: tuple[str, ...] = ()
    hidden: Hidden = field(default_factory=Hidden)
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or sheet that was not read, and why (a message code with its fields)."""

    file: str
    sheet: str
    code: str
    sha256: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A file below the inputs folder; a member of an archive is named ``a.zip/b.xlsx``.

    `members` leads through an archive, and one archive inside it, to the file.
    """

    name: str
    path: Path
    members: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """Lower-case ending of the name."""
        return PurePosixPath(self.name).suffix.lower()

    def read(self) -> bytes:
        """The bytes of the file or member."""
        if not self.members:
            return self.path.read_bytes()
        archive: Path | io.BytesIO = self.path
        data = b""
        for member in self.members:
            with zipfile.ZipFile(archive) as opened:
                data = opened.read(member)
            archive = io.BytesIO(data)
        return data


def digest(data: bytes) -> str:
    """Hash by which an edition remembers a file."""
    return hashlib.sha256(data).hexdigest()


def walk(inputs: Path) -> Iterator[Source | Unread]:
    """Every file below `inputs` in sorted order, archives looked into.

    Temporary files of office programs, hidden files and links out of the folder are left out.
    """
    root = inputs.resolve()
    for path in sorted(inputs.rglob("*"), key=lambda item: item.relative_to(inputs).as_posix()):
        name = readable(path.relative_to(inputs).as_posix())
        if (
            not path.is_file()
            or path.name.lower() in OWN_FILES
            or path.name.startswith(("~$", "."))
        ):
            continue
        if not path.resolve().is_relative_to(root):
            yield Unread(name, "", "intake.outside")
        elif path.stat().st_size > MAX_FILE:
            yield Unread(name, "", "intake.too_large")
        elif path.suffix.lower() == ".zip":
            yield from _members(name, path)
        else:
            yield Source(name, path)


def _members(
    name: str, path: Path, outer: tuple[str, ...] = (), data: bytes = b""
) -> Iterator[Source | Unread]:
    """The files of an archive that are safe to read; the others named with the reason."""
    try:
        with zipfile.ZipFile(io.BytesIO(data) if outer else path) as archive:
            infos = sorted(archive.infolist(), key=lambda info: info.filename)
    except (zipfile.BadZipFile, OSError, ValueError):
        yield Unread(name, "", "intake.damaged")
        return
    infos = [info for info in infos if not info.is_dir()]
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_ARCHIVE:
        yield Unread(name, "", "intake.archive_bomb")
        return
    seen: set[str] = set()
    for info in infos:
        inside = _member_name(info)
        base = PurePosixPath(inside).name
        if base.startswith(("~$", ".")) or inside.startswith("__MACOSX/"):
            continue
        full = f"{name}/{inside}"
        if reason := _unsafe(info, inside, seen):
            yield Unread(f"{name}/{base}" if reason == "intake.path_trick" else full, "", reason)
        elif inside.lower().endswith(_ARCHIVES):
            yield from _nested(full, path, outer, info)
        else:
            yield Source(full, path, (*outer, info.filename))
        seen.add(inside)


_ARCHIVES = (".zip", ".rar", ".7z")


def _nested(
    name: str, path: Path, outer: tuple[str, ...], info: zipfile.ZipInfo
) -> Iterator[Source | Unread]:
    """The files of a zip in a zip; what lies deeper, or in other archives, is left to a person."""
    if outer or not name.lower().endswith(".zip") or info.file_size > MAX_NESTED:
        yield Unread(name, "", "intake.nested_archive")
        return
    try:
        data = Source(name, path, (info.filename,)).read()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        yield Unread(name, "", "intake.damaged")
        return
    yield from _members(name, path, (info.filename,), data)


def _unsafe(info: zipfile.ZipInfo, inside: str, seen: set[str]) -> str:
    parts = PurePosixPath(inside).parts
    if ".." in parts or inside.startswith("/") or ":" in parts[0] or inside in seen:
        return "intake.path_trick"
    if info.flag_bits & 1:
        return "intake.protected"
    if info.file_size > MAX_FILE or (
        info.file_size > 10 * 2**20 and info.file_size > MAX_RATIO * max(info.compress_size, 1)
    ):
        return "intake.archive_bomb"
    return ""


def _member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; Windows writes Chinese names in GBK without saying so."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except (UnicodeDecodeError, UnicodeEncodeError):
            name = info.filename
    return name.replace("\\", "/")
