"""Tables that are known and of no use here: said and skipped, nobody is asked about them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from xmdemand.intake.headings import heading_key, resembles_heading
from xmdemand.intake.sources import Grid
from xmdemand.intake.text import words_of

_LOOK_AT = 12
"""Rows in which headings are looked for."""
_NUMBERING = frozenset(["序号", "编号", "no", "no.", "行次"])


@dataclass(frozen=True, slots=True)
class Other:
    """A kind of table that is not read.

    Attributes
    ----------
    code
        The message that says what it is.
    has, without
        Patterns of whole headings: each of `has` must be met by one, none of `without`.
    first
        What the first heading that is no numbering must be.
    words
        What the names of file and sheet or the rows above must contain.
    first_of_all
        Whether it is no table of ours even where one of our kinds would fit.
    """

    code: str
    has: tuple[re.Pattern[str], ...]
    without: tuple[re.Pattern[str], ...] = ()
    first: re.Pattern[str] | None = None
    words: re.Pattern[str] | None = None
    first_of_all: bool = False

    def fits(self, labels: Sequence[str], around: str) -> bool:
        """Whether headings are those of such a table."""
        if self.words is not None and not self.words.search(around):
            return False
        own = [label for label in labels if label not in _NUMBERING]
        if self.first is not None and not (own and self.first.fullmatch(own[0])):
            return False
        if any(pattern.fullmatch(label) for pattern in self.without for label in own):
            return False
        return all(any(pattern.fullmatch(label) for label in own) for pattern in self.has)


@cache
def _others() -> tuple[Other, ...]:
    raw = tomllib.loads((files(__package__) / "others.toml").read_text(encoding="utf-8"))
    return tuple(
        Other(
            f"intake.other_{name}",
            tuple(map(re.compile, kind["has"])),
            tuple(map(re.compile, kind.get("without", ()))),
            re.compile(kind["first"]) if "first" in kind else None,
            re.compile(kind["words"]) if "words" in kind else None,
            kind.get("first_of_all", False),
        )
        for name, kind in raw.items()
    )


@lru_cache(maxsize=1024)  # many files of one folder have the same headings
def _known_by(labels: tuple[str, ...], around: str, *, first_of_all: bool) -> str:
    for other in _others():
        if (other.first_of_all or not first_of_all) and other.fits(labels, around):
            return other.code
    return ""


def other_table(grid: Grid, *, first_of_all: bool = False) -> str:
    """The message that says what a table is that none of our kinds fits; nothing if unknown.

    With `first_of_all` only those are looked for that a kind of ours would fit as well.
    """
    above = ""
    for row in grid.rows[:_LOOK_AT]:
        labels = [heading_key(words_of(cell)) for cell in row if isinstance(cell, str)]
        labels = [label for label in labels if label]
        if len(labels) >= 2 and all(len(label) <= 25 for label in labels):
            around = "" if first_of_all else f"{grid.file}/{grid.sheet}/{above}"
            if code := _known_by(tuple(labels), around, first_of_all=first_of_all):
                return code
        if sum(map(resembles_heading, labels)) * 3 > len(labels) * 2 > 4:
            break  # what stands below headings is data
        above += " ".join(labels)
    return ""
