"""Which industry, training field and department an occupation belongs to, by code prefix."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from xmdemand.errors import NotFoundError, SettingError
from xmdemand.notes import Note
from xmdemand.tomlfile import refused

if TYPE_CHECKING:
    from xmdemand.profile import Profile

HEADER = {
    "prefix": ("编码前缀", "prefix"),
    "industry": ("产业", "industry"),
    "field": ("培训领域", "field"),
    "department": ("主管部门", "department"),
    "remark": ("说明", "remark"),
}
"""Column names a map may use, Chinese first."""

PREFIX = re.compile(r"[0-9A-Za-z.]+(-[0-9A-Za-z]+)*")
"""What a code prefix looks like: ``4``, ``4-10``; in other classifications ``71`` or ``A``."""
_DATE = re.compile(r"\d{4}[/年-]\d{1,2}|\d{1,2}月\d{1,2}|\d{1,2}-[A-Z][a-z]{2}")


def under(code: str, prefixes: Iterable[str]) -> bool:
    """Whether a code lies under one of the prefixes.

    Codes in parts are compared part by part, so that ``4-1`` is no prefix of ``4-10``; codes
    without parts letter by letter.

    >>> under("4-10-01-05", ["4-10"]), under("4-10-01-05", ["4-1"]), under("7112", ["71"])
    (True, False, True)
    """
    return any(
        code == prefix or code.startswith(prefix if "-" not in code else f"{prefix}-")
        for prefix in prefixes
    )


class Place(NamedTuple):
    """Where an occupation belongs; empty where the map does not say."""

    industry: str = ""
    field: str = ""
    department: str = ""
    remark: str = ""


@dataclass(frozen=True)
class OccupationMap:
    """Code prefixes and what they belong to; the longest prefix of a code wins.

    A prefix may end in ``-*``, which keeps Excel from reading ``4-10`` as a date.

    Examples
    --------
    >>> places = OccupationMap({"4": Place(field="services"), "4-02": Place(field="transport")})
    >>> places.find("4-02-01-01").field, places.find("4-10-01-05").field, places.find("6").field
    ('transport', 'services', '')
    """

    places: Mapping[str, Place]

    def find(self, code: str) -> Place:
        """The place of a code by its longest prefix; an empty one if none covers it."""
        if "-" in code:
            parts = code.split("-")
            prefixes = ["-".join(parts[:end]) for end in range(len(parts), 0, -1)]
        else:
            prefixes = [code[:end] for end in range(len(code), 0, -1)]
        return next((self.places[one] for one in prefixes if one in self.places), Place())

    @classmethod
    def load(cls, path: Path, *, profile: Profile) -> Self:
        """Read the CSV that stands beside a profile (UTF-8, or GB 18030 as Excel may save it).

        Raises
        ------
        NotFoundError
            If there is no such file.
        SettingError
            If columns are missing or a row names what the profile does not know: all at once.
        """
        rows = _rows(path)
        keys = {
            "industry": {
                word: item.key for item in profile.industries for word in (item.key, item.name)
            },
            "field": {word: item.key for item in profile.fields for word in (item.key, item.name)},
        }
        departments = {
            *profile.departments,
            *(d for field in profile.fields for d in field.departments),
        }
        places: dict[str, Place] = {}
        problems: list[Note] = []
        for line, row in rows:
            prefix = row["prefix"].removesuffix("*").removesuffix("-")
            problems += _faults(line, prefix, row, keys, departments)
            if prefix in places:
                problems.append(_fault(line, "prefix_twice", prefix))
            places[prefix] = Place(
                industry=keys["industry"].get(row["industry"], ""),
                field=keys["field"].get(row["field"], ""),
                department=row["department"],
                remark=row["remark"],
            )
        if problems:
            raise refused(path, tuple(problems))
        return cls(places)


def _faults(
    line: int,
    prefix: str,
    row: Mapping[str, str],
    keys: Mapping[str, Mapping[str, str]],
    departments: set[str],
) -> list[Note]:
    found = []
    if _DATE.search(prefix):
        found.append(_fault(line, "prefix_a_date", prefix))
    elif not PREFIX.fullmatch(prefix):
        found.append(_fault(line, "prefix_no_code", prefix))
    if row["industry"] and row["industry"] not in keys["industry"]:
        found.append(_fault(line, "map_industry", row["industry"]))
    if row["field"] not in keys["field"]:
        found.append(_fault(line, "map_field", row["field"]))
    if row["department"] not in departments:
        found.append(_fault(line, "map_department", row["department"]))
    return found


def _fault(line: int, key: str, found: str) -> Note:
    what = Note(f"settings.{key}", severity="error", fields={"found": found})
    return Note("settings.at_row", severity="error", fields={"line": line, "what": what})


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise NotFoundError.told(Note("settings.no_map", str(path))) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    reader = csv.reader(text.splitlines())
    header = [cell.strip() for cell in next(reader, [])]
    at = {
        key: header.index(name) for key, names in HEADER.items() for name in names if name in header
    }
    if missing := [names[0] for key, names in HEADER.items() if key not in at and key != "remark"]:
        fields = {"missing": "、".join(missing), "found": "、".join(header)}
        raise SettingError.told(Note("settings.map_columns", str(path), fields=fields))
    return [
        (number, {key: _cell(row, at.get(key)) for key in HEADER})
        for number, row in enumerate(reader, start=2)
        if any(cell.strip() for cell in row)
    ]


def _cell(row: list[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""
