"""The headings of one row against the columns of one kind of file: what each stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from xmdemand.intake.columns import KINDS, Column
from xmdemand.intake.headings import (
    IGNORE,
    SURE,
    TRIMMED,
    VAGUE,
    WORDED,
    Guess,
    heading_key,
    headings,
    meaning,
    order_stems,
)
from xmdemand.intake.names import Names
from xmdemand.intake.present import present_counts
from xmdemand.intake.text import plain
from xmdemand.intake.wide import Around, Wide, find_blocks

_CONFIRMED = -1
_OPTION = re.compile(r"^(.+?)[(]([^()]+(?:[(][^()]*[)][:：]?)?)[)]$")
_LETTER = re.compile(r"^(?:[A-Za-z]|\d{1,2})\s?[.、:)]\s?")
_CODED = re.compile(r"(?:代码|编码|代号)$")
"""A code beside the name it stands for."""
_CURRENT = re.compile(r"本月|本季|本期|本年|当期|当月|今年|合计|总数|尚[缺需]|仍缺|还缺|缺额")


@dataclass(frozen=True, slots=True)
class Match:
    """What the headings of one row mean.

    Attributes
    ----------
    columns
        Position -> column; several positions for a column that repeats.
    options
        Position -> the option a 0/1 column of a multiple choice stands for.
    wide
        What the headings set side by side.
    contested
        Known headings of a column for which another heading stands as well or better.
    vague
        Headings that say little and were taken because nothing better is there.
    worded
        Positions of columns known only by how their heading is worded.
    spare
        Headings whose wording another, better known heading leaves without a column.
    """

    columns: Mapping[int, Column]
    options: Mapping[int, str] = field(default_factory=dict)
    wide: Wide = field(default_factory=Wide)
    contested: tuple[Guess, ...] = ()
    vague: tuple[Guess, ...] = ()
    worded: frozenset[int] = frozenset()
    spare: tuple[str, ...] = ()

    @property
    def names(self) -> set[str]:
        """Names of all columns that are there, also of those in dispute."""
        held = {column.name for column in self.columns.values()}
        return held | set(self.wide.names) | {guess.column for guess in self.contested}


@dataclass(frozen=True, slots=True)
class _Claim:
    """One heading's claim to a column."""

    place: int
    rank: int
    column: Column
    stem: str
    option: str = ""


def match_headings(
    kind: str,
    labels: Sequence[str],
    confirmed: Mapping[str, str],
    names: Names | None = None,
    around: Around | None = None,
) -> Match:
    """Give every heading its column; where two claim one column, none is chosen silently.

    The heading of our own form goes before synonyms, a whole heading before one without its
    brackets, and columns of the present period before others. What is left equal is contested.

    Examples
    --------
    >>> match = match_headings("employers", ("单位名称", "缺员数", "拟招聘人数"), {})
    >>> [guess.heading for guess in match.contested]
    ['缺员数', '拟招聘人数']
    """
    return _matched(kind, tuple(labels), tuple(confirmed.items()), names, around or Around())


@lru_cache(maxsize=1024)  # many files of one folder have the same headings
def _matched(
    kind: str,
    labels: tuple[str, ...],
    told: tuple[tuple[str, str], ...],
    names: Names | None,
    around: Around,
) -> Match:
    confirmed = dict(told)
    free = tuple("" if heading_key(label) in confirmed else label for label in labels)
    wide = find_blocks(kind, free, names, around)
    claims: dict[str, list[_Claim]] = {}
    contested: list[Guess] = []
    optional = _optional(labels)
    ticked = _ticked_below(kind, labels, names)
    now, before = present_counts(kind, free, around.year)
    for place, label in enumerate(labels):
        claim = ticked.get(place)
        if place in before:
            continue
        if place in now:
            claim = _Claim(place, WORDED, now[place], heading_key(label))
        if claim is None and place not in wide.places:
            claim = _claim(kind, place, label, confirmed, option=place in optional)
        if claim is None:
            continue
        if claim.column.name in wide.names:
            contested.append(Guess(label, claim.column.name, 1.0))
        else:
            claims.setdefault(claim.column.name, []).append(claim)
    columns: dict[int, Column] = {}
    options: dict[int, str] = {}
    vague: list[Guess] = []
    worded: list[int] = []
    spare: list[str] = [labels[place] for place in sorted(before)]
    for rivals in claims.values():
        winners = _winners(rivals, labels)
        for claim in rivals:
            if claim in winners:
                columns[claim.place] = claim.column
                if claim.option:
                    options[claim.place] = claim.option
                if claim.rank == VAGUE:
                    vague.append(Guess(labels[claim.place], claim.column.name, SURE))
                if claim.rank == WORDED:
                    worded.append(claim.place)
            elif (winners and _gives_way(claim, labels)) or _are_options(rivals):
                spare.append(labels[claim.place])
            else:
                contested.append(Guess(labels[claim.place], claim.column.name, 1.0))
    return Match(
        dict(sorted(columns.items())),
        options,
        wide,
        tuple(contested),
        tuple(vague),
        frozenset(worded),
        tuple(spare),
    )


_OPTION_BEHIND = re.compile(r"^(.{4,}?)[:：]([^:：]{1,20}?)(?:[(][^()]*[)])?$")
"""A question, and behind a colon the option that its 0/1 column stands for."""


def _split(label: str) -> re.Match[str] | None:
    """A heading's question and its option, in brackets at its end or behind a colon."""
    text = plain(label).replace(" ", "")
    return _OPTION_BEHIND.match(text) or _OPTION.match(text)


def _optional(labels: Sequence[str]) -> frozenset[int]:
    """Positions of headings that differ from another one in their last brackets only.

    Places in an order, 工种（第一志愿） and 工种（第二志愿）, are no options.
    """
    bases: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        if (found := _split(label)) and not order_stems(label):
            bases.setdefault(heading_key(found[1]), []).append(place)
    return frozenset(place for places in bases.values() if len(places) > 1 for place in places)


def _ticked_below(kind: str, labels: Sequence[str], names: Names | None) -> Mapping[int, _Claim]:
    """Headings over two rows of which the upper one asks for titles and the lower ones are such.

    ``培训需求(打√)`` above ``茶艺师 | 手工编织``: one of them at least is an occupation's own name,
    and none is a heading.
    """
    if kind != "workers" or names is None:
        return {}
    groups: dict[str, dict[int, str]] = {}
    for place, label in enumerate(labels):
        top, _, under = label.rpartition("/")
        if top:
            groups.setdefault(top, {})[place] = under
    found: dict[int, _Claim] = {}
    for top, options in groups.items():
        known = meaning(kind, top)
        if len(options) < 2 or known is None or known[0].kind != "titles":
            continue
        keys = {heading_key(under) for under in options.values()}
        if keys.isdisjoint(names.titles) or any(meaning(kind, key) for key in keys):
            continue
        stem = heading_key(top)
        for place, under in options.items():
            found[place] = _Claim(place, TRIMMED, known[0], stem, _LETTER.sub("", under))
    return found


def _claim(
    kind: str, place: int, label: str, confirmed: Mapping[str, str], *, option: bool
) -> _Claim | None:
    if not label:
        return None
    key = heading_key(label)
    if told := confirmed.get(key):
        return None if told == IGNORE else _Claim(place, _CONFIRMED, KINDS[kind].column(told), "")
    if option and (chosen := _option_of(kind, label, confirmed)):
        return _Claim(place, TRIMMED, chosen[0], chosen[1], chosen[2])
    found = meaning(kind, label)
    if found is None:
        return None
    stems = order_stems(label)
    known = (stem for stem in stems if stem in headings(kind))
    return _Claim(place, found[1], found[0], next(known, stems[0] if stems else key))


def _option_of(
    kind: str, label: str, confirmed: Mapping[str, str]
) -> tuple[Column, str, str] | None:
    """The column, the question and the option of a heading like ``3、希望参加的培训(电工)``."""
    found = _split(label)
    if found is None or heading_key(label) in headings(kind):
        return None
    base = heading_key(found[1])
    known = meaning(kind, found[1])
    column = known[0] if known else None
    if base in confirmed and confirmed[base] != IGNORE:
        column = KINDS[kind].column(confirmed[base])
    if column is None or not (column.repeats or column.kind == "choice"):
        return None
    return column, base, _LETTER.sub("", found[2].rstrip(":："))


def _winners(rivals: Sequence[_Claim], labels: Sequence[str]) -> list[_Claim]:
    """The claims that count; none if the best are equal."""
    if rivals[0].column.kind == "ignored":
        return list(rivals)
    best = min(claim.rank for claim in rivals)
    ahead = _but_codes([claim for claim in rivals if claim.rank == best], labels)
    if ahead[0].column.repeats:
        stem = ahead[0].stem
        return [c for c in rivals if c.stem == stem] if _all_of(stem, ahead) else []
    if len(ahead) > 1 and ahead[0].column.kind == "text":
        ahead = [claim for claim in ahead if not _CODED.search(labels[claim.place])] or ahead
    if len(ahead) > 1:
        ahead = [claim for claim in ahead if _CURRENT.search(labels[claim.place])]
    return ahead if len(ahead) == 1 else []


def _gives_way(claim: _Claim, labels: Sequence[str]) -> bool:
    """Whether a heading may be left without a column where another has won it.

    One known by its wording only, a code, or a field of study for a trade.
    """
    studied = claim.rank == VAGUE and claim.column.kind == "title"
    return claim.rank == WORDED or studied or _CODED.search(labels[claim.place]) is not None


def _are_options(rivals: Sequence[_Claim]) -> bool:
    """Whether headings are the options of one question that takes a single answer."""
    return all(claim.option for claim in rivals) and _all_of(rivals[0].stem, rivals)


def _all_of(stem: str, claims: Sequence[_Claim]) -> bool:
    return all(claim.stem == stem for claim in claims)


def _but_codes(claims: list[_Claim], labels: Sequence[str]) -> list[_Claim]:
    """Claims without those of codes of districts, where another heading names the districts."""
    if claims[0].column.kind != "district":
        return claims
    return [c for c in claims if not labels[c.place].endswith(("代码", "编码"))] or claims
