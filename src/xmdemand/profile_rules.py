"""Contradictions inside a profile: what no single key shows to be wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from xmdemand.errors import NotFoundError, SettingError
from xmdemand.occupation_map import PREFIX
from xmdemand.tomlfile import Problem

if TYPE_CHECKING:
    from xmdemand.profile import District, Group, Level, Profile

PUBLISHABLE = frozenset(
    {
        *("seq", "lineage", "code", "name", "pinyin", "initials", "marks", "industry", "field"),
        *("levels", "stars", "tier", "training", "groups", "department", "departments"),
        *("work_types", "institutions", "bodies", "districts", "demand", "demand_by_district"),
        *("subsidy", "uplift", "ratio", "wage", "new", "new_occupation", "previous_seq"),
        *("decided", "decision", "thin", "remark"),
    }
)
"""Columns and fields of a catalogue entry that a city may choose to publish; all else is
internal."""


def contradictions(profile: Profile) -> list[Problem]:
    """Every contradiction of a profile, each at the path of the value to mend.

    Checked: keys used once; names refer to something declared; levels have orders of their own;
    tiers are nested (a higher one is not larger) and harder to enter than to stay in;
    rates do not overlap; titles use known blanks; public columns are publishable; days of the
    year exist; the occupation map reads.
    """
    return [
        *_doubles(profile),
        *_unknown_references(profile),
        *_tiers(profile),
        *_rates(profile),
        *_titles(profile),
        *_public(profile),
        *_days(profile),
        *_map(profile),
    ]


def _doubles(profile: Profile) -> Iterator[Problem]:
    lists = {
        "districts": ("code", "name"),
        "industries": ("key", "name"),
        "fields": ("key", "name"),
        "groups": ("key", "name"),
        "levels": ("key", "name", "order"),
        "training": ("key", "name"),
        "titles": ("key",),
        "tiers": ("stars", "mark"),
    }
    for name, attributes in lists.items():
        for attribute in attributes:
            values = [getattr(item, attribute) for item in getattr(profile, name)]
            yield from _repeated(name, attribute, values)
    for name in ("districts", "groups", "levels"):
        yield from _ambiguous(name, getattr(profile, name))


def _ambiguous(name: str, items: Sequence[District | Group | Level]) -> Iterator[Problem]:
    """Spellings that mean two of the items; two equal names are told elsewhere."""
    owner: dict[str, str] = {}
    for at, item in enumerate(items):
        for word in dict.fromkeys((item.name, *item.aliases)):
            if owner.setdefault(word, item.name) != item.name:
                yield Problem((name, at), f"{word!r} also means {owner[word]}")


def _repeated(name: str, attribute: str, values: list[object]) -> Iterator[Problem]:
    seen: dict[object, int] = {}
    for at, value in enumerate(values):
        if value in seen:
            says = f"{attribute} {value!r} is already that of entry {seen[value] + 1}"
            yield Problem((name, at, attribute), says)
        seen.setdefault(value, at)


def _unknown_references(profile: Profile) -> Iterator[Problem]:
    levels = profile.names("levels")
    for at, rate in enumerate(profile.subsidies):
        if rate.level not in levels:
            yield Problem(("subsidies", at, "level"), f"no level has the key {rate.level!r}")
    for quota, declared in (
        ("field_quota", profile.names("fields")),
        ("industry_quota", profile.names("industries")),
    ):
        for key, rows in getattr(profile.listing, quota).items():
            where = ("listing", quota, key)
            if key not in declared:
                yield Problem(where, f"unknown key {key!r}; known: {', '.join(declared)}")
            if rows < 0:
                yield Problem(where, f"a quota is a number of rows, got {rows}")
    spellings = {word for item in profile.districts for word in (item.name, *item.aliases)}
    for at, place in enumerate(profile.not_districts):
        if place in spellings:
            yield Problem(("not_districts", at), f"{place!r} is a district's name as well")
    for name in ("eligible", "barred"):
        for at, prefix in enumerate(getattr(profile, name)):
            if not PREFIX.fullmatch(prefix):
                yield Problem((name, at), f"{prefix!r} is no code prefix such as 4 or 4-10")


def _tiers(profile: Profile) -> Iterator[Problem]:
    ordered = sorted(enumerate(profile.tiers), key=lambda pair: pair[1].stars)
    for expected, (at, tier) in enumerate(ordered, start=1):
        if tier.stars != expected:
            yield Problem(("tiers", at, "stars"), f"tiers count 1, 2, 3 ...; got {tier.stars}")
            break
    for (_, low), (at, high) in pairwise(ordered):
        if high.quota > low.quota:
            says = f"{high.mark} is part of {low.mark}: its quota must not be above {low.quota}"
            yield Problem(("tiers", at, "quota"), says)
    rule = profile.tier_rule
    if not rule.leave <= rule.leave_twice <= rule.enter:
        says = "leave <= leave_twice <= enter must hold, or rows would flip without new evidence"
        yield Problem(("tier_rule",), says)


def _rates(profile: Profile) -> Iterator[Problem]:
    for name in ("subsidies", "uplifts"):
        starts: dict[tuple[str, dt.date], int] = {}
        for at, rate in enumerate(getattr(profile, name)):
            if rate.until is not None and rate.until < rate.since:
                yield Problem((name, at, "until"), f"ends ({rate.until}) before it begins")
            key = (getattr(rate, "level", ""), rate.since)
            if key in starts:
                yield Problem((name, at, "since"), f"entry {starts[key] + 1} begins that day too")
            starts.setdefault(key, at)


def _titles(profile: Profile) -> Iterator[Problem]:
    for at, title in enumerate(profile.titles):
        try:
            title.text.format(city="", year="")
        except (KeyError, IndexError, ValueError):
            yield Problem(("titles", at, "text"), "may use the blanks {city} and {year} only")


def _public(profile: Profile) -> Iterator[Problem]:
    for at, column in enumerate(profile.public_columns):
        if column not in PUBLISHABLE:
            says = f"{column!r} is internal; publishable are {', '.join(sorted(PUBLISHABLE))}"
            yield Problem(("public_columns", at), says)
    yield from _repeated_columns(profile.public_columns)
    for needed in ("code", "name"):
        if needed not in profile.public_columns:
            yield Problem(("public_columns",), f"{needed!r} is missing: a row would have no name")


def _repeated_columns(columns: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, column in enumerate(columns):
        if column in seen:
            yield Problem(("public_columns", at), f"{column!r} stands twice")
        seen.add(column)


def _days(profile: Profile) -> Iterator[Problem]:
    for name in ("cut_off", "publish_by"):
        day = getattr(profile.calendar, name)
        try:
            dt.date.fromisoformat(f"2000-{day}")
        except ValueError:
            yield Problem(("calendar", name), f"a day of the year such as 04-30, got {day!r}")
    if profile.calendar.cut_off > profile.calendar.publish_by:
        yield Problem(("calendar", "publish_by"), "is before the cut-off day")


def _map(profile: Profile) -> Iterator[Problem]:
    try:
        _ = profile.occupations
    except (NotFoundError, SettingError) as error:
        yield Problem(("occupation_map",), str(error))
    if profile.classification and not profile.path_of(profile.classification).is_file():
        says = f"{profile.path_of(profile.classification)}: no such file"
        yield Problem(("classification",), says)
