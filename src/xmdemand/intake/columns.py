"""Every column of every kind of input file: the declarations of `columns.toml` as objects.

Blank workbooks, reading, refusals, the quality report, the documentation and the tests all derive
from `KINDS`. To accept another heading, add it to the synonyms there (or, for one edition, to
`inputs/mapping.toml`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from xmdemand.errors import NotFoundError

ValueKind = Literal[
    "age",
    "choice",
    "code",
    "count",
    "date",
    "district",
    "firm_id",
    "group",
    "ignored",
    "level",
    "levels",
    "month",
    "number",
    "share",
    "text",
    "title",
    "titles",
    "uncertain",
    "wage",
]

Choices = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one kind of file.

    Attributes
    ----------
    name
        Canonical name, as in `Tables`; also its English heading.
    header
        The Chinese heading of our own blank workbooks; accepted first.
    kind
        Which parser of `xmdemand.intake.values` reads it; ``ignored`` columns are not kept.
    synonyms
        Other headings that mean it. Case, spaces, width, question numbers and a unit in brackets
        do not matter.
    unit
        What a bare number counts.
    required
        A row without it is refused.
    personal
        About a private person: dropped on reading and masked in the quarantine.
    choices
        Key -> the words that mean it, the preferred one first (a drop-down list).
    expected
        What a cell should hold, in Chinese, for the sheet's instructions and for refusals.
    example
        A cell that is right.
    repeats
        Whether ``header1, header2, ...`` or one cell with several entries may stand for it.
    vague
        Headings that may mean it but say little (``人数``): used where nothing better is there,
        and listed for a person to confirm.
    patterns
        Regular expressions of whole headings that mean it, for what no list of synonyms exhausts.
    says
        The classes of words a heading that means it consists of, see `xmdemand.intake.wording`.
    """

    name: str
    header: str
    kind: ValueKind
    synonyms: tuple[str, ...] = ()
    unit: str = ""
    required: bool = False
    personal: bool = False
    choices: Choices = field(default_factory=lambda: MappingProxyType({}))
    expected: str = ""
    example: str = ""
    repeats: bool = False
    vague: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of input file.

    Attributes
    ----------
    name
        As in `Tables`.
    title
        Chinese title, also the file name of the blank workbook.
    row
        What one row is, in Chinese.
    words
        Words in a folder, file or sheet name that speak for this kind when headings leave a tie.
    columns
        In the order of the blank workbook.
    marks
        Columns that tell this kind from the others: a sheet needs one of them.
    """

    name: str
    title: str
    row: str
    words: tuple[str, ...]
    columns: tuple[Column, ...]
    marks: tuple[str, ...]

    def column(self, name: str) -> Column:
        """The column of that canonical name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise NotFoundError(f"kind {self.name!r} has no column {name!r}")


def _column(
    declared: Mapping[str, Any], shared: Mapping[str, Mapping[str, Any]], words: Mapping[str, str]
) -> Column:
    values = {**shared.get(declared.get("shared", ""), {}), **declared}
    values.pop("shared", None)
    choices = {key: tuple(words) for key, words in values.pop("choices", {}).items()}
    synonyms, vague, says = (tuple(values.pop(name, ())) for name in ("synonyms", "vague", "says"))
    patterns = tuple(_spelt_out(pattern, words) for pattern in values.pop("patterns", ()))
    return Column(
        synonyms=synonyms,
        vague=vague,
        says=says,
        patterns=patterns,
        choices=MappingProxyType(choices),
        **values,
    )


def _spelt_out(pattern: str, words: Mapping[str, str]) -> str:
    """A pattern with the shared words it names in braces."""
    for name, meant in words.items():
        pattern = pattern.replace(f"{{{name}}}", meant)
    return pattern


def _load(file: str) -> Mapping[str, Kind]:
    raw = tomllib.loads((files(__package__) / file).read_text(encoding="utf-8"))
    shared, words = raw.pop("shared", {}), raw.pop("words", {})
    kinds = {
        name: Kind(
            name=name,
            title=kind["title"],
            row=kind["row"],
            words=tuple(kind["words"]),
            columns=tuple(_column(column, shared, words) for column in kind["columns"]),
            marks=tuple(kind["marks"]),
        )
        for name, kind in raw.items()
    }
    return MappingProxyType(kinds)


KINDS: Mapping[str, Kind] = _load("columns.toml")
"""Every kind of input file by name, in the order in which an edition is laid out."""

POSTINGS: Kind = _load("postings.toml")["postings"]
"""Job postings, which `xmdemand.intake.postings` reads; no file of an edition's inputs."""


def header(kind: str, column: str) -> str:
    """The preferred Chinese heading of a column.

    Parameters
    ----------
    kind
        A key of `KINDS`.
    column
        Canonical column name.

    Raises
    ------
    NotFoundError
        If there is no such kind or column.

    Examples
    --------
    >>> header("employers", "vacancies")
    '当前空缺人数'
    """
    if kind not in KINDS:
        raise NotFoundError(f"no kind {kind!r}; there are {', '.join(KINDS)}")
    return KINDS[kind].column(column).header


def choice(kind: str, column: str, key: str) -> str:
    """The preferred Chinese word of a choice.

    Examples
    --------
    >>> choice("employers", "hard_reason", "pay")
    '薪酬达不到期望'
    """
    choices = KINDS[kind].column(column).choices
    if key not in choices:
        raise NotFoundError(
            f"{kind}.{column} has no choice {key!r}; there are {', '.join(choices)}"
        )
    return choices[key][0]
