"""TOML files that people edit: read them, and say on which line a problem stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xmdemand.errors import NotFoundError, SettingError
from xmdemand.notes import Note, Notes

if TYPE_CHECKING:
    from pydantic import ValidationError

Where = tuple[str | int, ...]
"""Path of a value: table names, keys and positions, as pydantic reports it."""

_TABLE = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\.(?:[\w-]+|"[^"]*"))*)\s*=\s*(.*)$""")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: the path of the value, and what is wrong with it."""

    where: Where
    what: Note


def problem(where: Where, key: str, /, **fields: object) -> Problem:
    """A problem by the key of its words under ``[settings]`` in `messages/`."""
    return Problem(where, Note(f"settings.{key}", severity="error", fields=fields))


def read_toml(path: Path) -> tuple[dict[str, object], str]:
    """Parse a TOML file; the text comes along so that problems can be given a line.

    Raises
    ------
    NotFoundError
        If there is no such file.
    SettingError
        If it is not UTF-8 or not TOML, with the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise NotFoundError.told(Note("settings.no_file", str(path))) from None
    except UnicodeDecodeError as error:
        found = Note("settings.not_utf8", str(path), fields={"byte": error.start})
        raise SettingError.told(found) from None
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise SettingError.told(not_toml(path, text, error)) from None


def not_toml(path: Path, text: str, error: tomllib.TOMLDecodeError) -> Note:
    """What to say of a file that is not TOML: the line, and what stands there."""
    lines = text.splitlines() or [""]
    found = re.search(r"at line (\d+)", str(error))
    line = min(int(found[1]), len(lines)) if found else len(lines)
    fields = {"line": line, "source": lines[line - 1].strip(), "foreign": str(error)}
    return Note("settings.not_toml", str(path), fields=fields)


def line_of(text: str, where: Where) -> int | None:
    """The 1-based line on which the value at `where` (or the nearest parent of it) begins.

    Reads tables (``[a]``), arrays of tables (``[[a]]``) and arrays written one item a line,
    which is how the package's own files are laid out.

    Examples
    --------
    >>> text = '''year = 2026
    ... [method]
    ... draws = 10
    ... [[tiers]]
    ... stars = 1
    ... [[tiers]]
    ... stars = 0
    ... '''
    >>> line_of(text, ("method", "draws")), line_of(text, ("tiers", 1, "stars"))
    (3, 7)
    """
    lines = dict(_places(text))
    for end in range(len(where), 0, -1):
        if (line := lines.get(where[:end])) is not None:
            return line
    return None


def _places(text: str) -> Iterable[tuple[Where, int]]:
    """Every path that a line of the text begins, with the line's number."""
    table: Where = ()
    counts: dict[str, int] = {}
    array: Where | None = None
    item = 0
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if array is not None:
            if bare.startswith("]"):
                array = None
            elif bare and not bare.startswith("#"):
                yield (*array, item), number
                yield from (((*array, item, key), number) for key in _inline_keys(bare))
                item += 1
        elif match := _TABLE.match(line):
            name = match[2]
            table = _path(name)
            if match[1] == "[[":
                counts[name] = counts.get(name, -1) + 1
                table = (*table, counts[name])
            yield table, number
        elif match := _KEY.match(line):
            here = (*table, *_path(match[1]))
            yield here, number
            value = match[2].split("#")[0].rstrip()
            if value.startswith("[") and not value.endswith("]"):
                array, item = here, 0
            yield from (((*here, key), number) for key in _inline_keys(match[2]))


def _path(dotted: str) -> Where:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _inline_keys(text: str) -> list[str]:
    return re.findall(r"[{,]\s*([\w-]+)\s*=", text)


def refuse(path: Path, text: str, problems: Sequence[Problem]) -> SettingError:
    """All problems of one file as one error, each with its line and key."""
    placed = [(line_of(text, one.where) or 0, one) for one in problems]
    placed.sort(key=lambda pair: pair[0])
    return refused(path, tuple(_at(line, one) for line, one in placed))


def refused(path: Path, told: Notes) -> SettingError:
    """One error for everything that is wrong with a file."""
    fields = {"told": told}
    return SettingError.told(Note("settings.refused", str(path), len(told), "error", fields))


def _at(line: int, problem: Problem) -> Note:
    key = "at_line" if line else "at_file"
    fields = {"line": line, "what": problem.what}
    return Note(f"settings.{key}", _dotted(problem.where), severity="error", fields=fields)


_KINDS = {
    "missing": "missing",
    "extra_forbidden": "unknown_key",
    "literal_error": "not_one_of",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
}
_TYPES = {
    "int": "integer",
    "float": "number",
    "string": "text",
    "bool": "true_false",
    "date": "date",
    "tuple": "array",
    "list": "array",
    "dict": "table",
    "mapping": "table",
    "model": "table",
}
"""Our words for pydantic's error types: whole names, then what a type's name begins with."""


def problems_of(error: ValidationError) -> list[Problem]:
    """Pydantic's findings, each in one sentence with what was found."""
    return [
        problem(
            tuple(each["loc"]),
            _KINDS.get(each["type"]) or _TYPES.get(each["type"].split("_")[0], "not_accepted"),
            foreign=f"{each['msg'][:1].lower()}{each['msg'][1:]}",
            found=repr(each.get("input")),
            **{"expected": "", "ge": "", "le": "", **_plain(each.get("ctx", {}))},
        )
        for each in error.errors(include_url=False)
    ]


def _plain(context: Mapping[str, object]) -> dict[str, object]:
    """Pydantic's own fields; its list of choices ends in an English word."""
    return {
        name: value.replace(" or ", ", ") if isinstance(value, str) else value
        for name, value in context.items()
    }


def _dotted(where: Where) -> str:
    text = ""
    for part in where:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "(file)"
