"""Office files without the clock: the same content gives the same bytes on any day.

openpyxl and python-docx stamp the time of writing into `docProps/core.xml` and into the zip's
directory, even when told a date; and openpyxl spells its XML otherwise where lxml is installed.
Everything the package writes as xlsx or docx passes here last.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree.ElementTree import canonicalize

from xmdemand.errors import InputError
from xmdemand.notes import Note
from xmdemand.outdir import unwritable

_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_REFERENCES = re.compile(rb"(?:&#\d+;)+")
_EMPTY = re.compile(rb"<([\w:]+)([^<>]*)></\1>")
_ZIP_EPOCH = dt.datetime(1980, 1, 1)


def normalise_ooxml(file: bytes | Path, when: dt.date) -> bytes:
    """Write `when` wherever an xlsx, docx or other OOXML file carries the time of its making.

    Parameters
    ----------
    file
        The file's bytes, or its path, which is then rewritten in place.
    when
        The day (or moment, read as UTC) to state: an edition's issue date, never today.

    Returns
    -------
    bytes
        The normalised file. Members keep their order; permissions and the making system are
        made equal too, so that Windows and Linux agree.

    Raises
    ------
    InputError
        If the bytes are no zip archive.

    Examples
    --------
    >>> import io, openpyxl
    >>> def book():
    ...     stream = io.BytesIO()
    ...     openpyxl.Workbook().save(stream)
    ...     return stream.getvalue()
    >>> day = dt.date(2026, 5, 20)
    >>> normalise_ooxml(book(), day) == normalise_ooxml(book(), day)
    True
    """
    if isinstance(file, Path):
        clean = normalise_ooxml(file.read_bytes(), when)
        try:
            file.write_bytes(clean)
        except OSError as error:
            raise unwritable(file, error) from error
        return clean
    stamp = _as_moment(when).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as old:
            members = {member.filename: old.read(member) for member in old.infolist()}
    except zipfile.BadZipFile as error:
        raise InputError.told(Note("core.not_office", fields={"foreign": str(error)})) from error
    if core := members.get("docProps/core.xml"):
        members["docProps/core.xml"] = _STAMP.sub(rb"\g<1>" + stamp + rb"\g<3>", core)
    if "xl/workbook.xml" in members:
        members = {name: _spelt_alike(name, content) for name, content in members.items()}
    return archive(members, when)


def _spelt_alike(name: str, content: bytes) -> bytes:
    """One spelling of a part, whichever XML library wrote it.

    Sheets and strings are large and differ in three ways only (how an empty element ends, the space
    before that, characters as numbers); the rest goes through canonical XML.
    A part that names prefixes in an attribute's text (``mc:Ignorable``) is left alone: canonical
    XML would drop declarations that only this text uses.
    """
    if not name.endswith((".xml", ".rels", ".vml")) or b"Ignorable" in content:
        return content
    if name.startswith(("xl/worksheets/sheet", "xl/sharedStrings")) and b"r:id" not in content:
        closed = _EMPTY.sub(rb"<\1\2/>", content.replace(b" />", b"/>"))
        return _REFERENCES.sub(_as_utf8, closed)
    return canonicalize(content.decode("utf-8")).encode("utf-8")


def _as_utf8(run: re.Match[bytes]) -> bytes:
    numbers = run[0][2:-1].split(b";&#")
    return b"".join(
        chr(int(number)).encode("utf-8") if int(number) > 127 else b"&#%b;" % number
        for number in numbers
    )


def archive(members: Mapping[str, bytes], when: dt.date) -> bytes:
    """A zip archive with its members in the order given, all stamped `when`.

    >>> day = dt.date(2026, 5, 20)
    >>> archive({"a.txt": b"1"}, day) == archive({"a.txt": b"1"}, day)
    True
    """
    moment = max(_as_moment(when), _ZIP_EPOCH)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, content in members.items():
            file.writestr(_plain(name, moment), content)
    return target.getvalue()


def _as_moment(when: dt.date) -> dt.datetime:
    if not isinstance(when, dt.datetime):
        return dt.datetime(when.year, when.month, when.day)
    return when.astimezone(dt.UTC).replace(tzinfo=None) if when.tzinfo else when


def _plain(name: str, moment: dt.datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 0
    info.external_attr = 0o600 << 16
    return info
