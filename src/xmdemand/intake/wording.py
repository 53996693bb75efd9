"""What a heading says, word by word: the words it consists of, in whatever order they stand.

``目前缺工人数``, ``缺工人数（目前）`` and ``目前所缺人数`` are different texts of the same words.
A heading counts as understood only if it consists of known words and of nothing else, so that
a word that changes the meaning (``男``, ``占比``) leaves it to a person.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

FILLER = "of"
"""The class of words that say nothing, also at the end of a heading."""
MOST = 64
"""Readings of one heading that are followed; more are ambiguous anyway."""

_SIGNS = re.compile(r"[/()\[\]、,，:：·\-\s]")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to take a heading apart: its words' classes, and that of the last telling word."""

    classes: frozenset[str]
    last: str


@dataclass(frozen=True, slots=True)
class Saying:
    """Which classes of words a heading must hold, which it may hold, and how it may end."""

    needed: tuple[frozenset[str], ...]
    allowed: frozenset[str]
    ends: frozenset[str] = frozenset()
    ends_not: frozenset[str] = frozenset()

    def fits(self, reading: Reading) -> bool:
        """Whether a reading holds all that is needed and nothing beyond what is allowed."""
        if not reading.classes <= self.allowed or reading.last in self.ends_not:
            return False
        if self.ends and reading.last not in self.ends:
            return False
        return all(not choice.isdisjoint(reading.classes) for choice in self.needed)


@cache
def _declared() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Word -> names of its classes, and group of classes -> its classes, as declared."""
    raw = tomllib.loads((files(__package__) / "wording.toml").read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    for name, listed in raw["words"].items():
        for word in listed.split():
            words[word] = f"{words[word]} {name}" if word in words else name
    return words, raw["groups"]


@cache
def _longest() -> int:
    return max(map(len, _declared()[0]))


_DATED = re.compile(r"20\d\d年?度?")


@lru_cache(maxsize=8192)
def readings(key: str) -> frozenset[Reading]:
    """All ways to take a heading apart into known words; none if it holds any other.

    Examples
    --------
    >>> sorted(sorted(found.classes) for found in readings("目前缺额"))
    [['lack', 'now']]
    >>> readings("缺工占比")
    frozenset()
    """
    text = _SIGNS.sub("", key)
    words = _declared()[0]
    at: list[set[Reading]] = [set() for _ in range(len(text) + 1)]
    at[0].add(Reading(frozenset(), ""))
    for start in range(len(text)):
        if not at[start]:
            continue
        steps = [
            (start + n, words[text[start : start + n]])
            for n in range(1, min(_longest(), len(text) - start) + 1)
            if text[start : start + n] in words
        ]
        if year := _DATED.match(text, start):
            steps.append((year.end(), "dated"))
        for end, names in steps:
            for before in at[start]:
                for name in names.split():
                    if len(at[end]) < MOST:
                        last = before.last if name == FILLER and before.last else name
                        at[end].add(Reading(before.classes | {name}, last))
    return frozenset(found for found in at[-1] if found.last)


@lru_cache(maxsize=1024)
def saying(text: str) -> Saying:
    """A declared saying: ``lack n? @about !>post``.

    A class alone is needed, ``a/b`` one of two, ``a?`` may stand there, ``@group`` stands for all
    classes of a group, ``>a/b`` is what it ends with and ``!>a`` what it does not.
    """
    groups = _declared()[1]
    needed, allowed = [], set()
    ends: frozenset[str] = frozenset()
    ends_not: frozenset[str] = frozenset()
    for part in text.split():
        names = frozenset(part.lstrip("@!>").rstrip("?").split("/"))
        if part.startswith("@"):
            allowed |= {name for group in names for name in groups[group].split()}
        elif part.startswith("!>"):
            ends_not = names
        elif part.startswith(">"):
            ends = names
        else:
            allowed |= names
            if not part.endswith("?"):
                needed.append(names)
    return Saying(tuple(needed), frozenset(allowed), ends, ends_not)


def says(key: str, sayings: tuple[str, ...]) -> bool:
    """Whether a heading follows one of the declared sayings."""
    return any(saying(text).fits(found) for found in readings(key) for text in sayings)


_TELLING = frozenset(["past", "future", "year", "plan", "done", "leave", "long", "train"])


def tells_period(key: str) -> bool:
    """Whether a heading above another one changes what that one counts (``过去一年``, ``培训``)."""
    found = readings(key)
    return bool(found) and all(not _TELLING.isdisjoint(reading.classes) for reading in found)
