"""Contradictions inside a profile: what no single key shows to be wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from xmdemand.errors import NotFoundError, SettingError
from xmdemand.notes import Note
from xmdemand.occupation_map import PREFIX
from xmdemand.tomlfile import Problem, problem

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
                yield problem((name, at), "also_means", word=word, other=owner[word])


def _repeated(name: str, attribute: str, values: list[object]) -> Iterator[Problem]:
    seen: dict[object, int] = {}
    for at, value in enumerate(values):
        if value in seen:
            where = (name, at, attribute)
            yield problem(where, "repeated", key=attribute, found=value, entry=seen[value] + 1)
        seen.setdefault(value, at)


def _unknown_references(profile: Profile) -> Iterator[Problem]:
    levels = profile.names("levels")
    for at, rate in enumerate(profile.subsidies):
        if rate.level not in levels:
            yield problem(("subsidies", at, "level"), "no_level", found=rate.level)
    for quota, declared in (
        ("field_quota", profile.names("fields")),
        ("industry_quota", profile.names("industries")),
    ):
        for key, rows in getattr(profile.listing, quota).items():
            where = ("listing", quota, key)
            if key not in declared:
                yield problem(where, "not_declared", found=key, known=", ".join(declared))
            if rows < 0:
                yield problem(where, "no_quota", found=rows)
    spellings = {word for item in profile.districts for word in (item.name, *item.aliases)}
    for at, place in enumerate(profile.not_districts):
        if place in spellings:
            yield problem(("not_districts", at), "is_a_district", found=place)
    for name in ("eligible", "barred"):
        for at, prefix in enumerate(getattr(profile, name)):
            if not PREFIX.fullmatch(prefix):
                yield problem((name, at), "no_prefix", found=prefix)


def _tiers(profile: Profile) -> Iterator[Problem]:
    ordered = sorted(enumerate(profile.tiers), key=lambda pair: pair[1].stars)
    for expected, (at, tier) in enumerate(ordered, start=1):
        if tier.stars != expected:
            yield problem(("tiers", at, "stars"), "tiers_count", found=tier.stars)
            break
    for (_, low), (at, high) in pairwise(ordered):
        if high.quota > low.quota:
            where = ("tiers", at, "quota")
            yield problem(where, "tier_above", high=high.mark, low=low.mark, quota=low.quota)
    rule = profile.tier_rule
    if not rule.leave <= rule.leave_twice <= rule.enter:
        yield problem(("tier_rule",), "tier_rule")


def _rates(profile: Profile) -> Iterator[Problem]:
    for name in ("subsidies", "uplifts"):
        starts: dict[tuple[str, dt.date], int] = {}
        for at, rate in enumerate(getattr(profile, name)):
            if rate.until is not None and rate.until < rate.since:
                yield problem((name, at, "until"), "ends_early", until=rate.until)
            key = (getattr(rate, "level", ""), rate.since)
            if key in starts:
                yield problem((name, at, "since"), "same_day", entry=starts[key] + 1)
            starts.setdefault(key, at)


def _titles(profile: Profile) -> Iterator[Problem]:
    for at, title in enumerate(profile.titles):
        try:
            title.text.format(city="", year="")
        except (KeyError, IndexError, ValueError):
            yield problem(("titles", at, "text"), "title_blanks")


def _public(profile: Profile) -> Iterator[Problem]:
    for at, column in enumerate(profile.public_columns):
        if column not in PUBLISHABLE:
            known = ", ".join(sorted(PUBLISHABLE))
            yield problem(("public_columns", at), "internal_column", found=column, known=known)
    yield from _repeated_columns(profile.public_columns)
    for needed in ("code", "name"):
        if needed not in profile.public_columns:
            yield problem(("public_columns",), "column_needed", found=needed)


def _repeated_columns(columns: Iterable[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, column in enumerate(columns):
        if column in seen:
            yield problem(("public_columns", at), "column_twice", found=column)
        seen.add(column)


def _days(profile: Profile) -> Iterator[Problem]:
    for name in ("cut_off", "publish_by"):
        day = getattr(profile.calendar, name)
        try:
            dt.date.fromisoformat(f"2000-{day}")
        except ValueError:
            yield problem(("calendar", name), "no_day", found=day)
    if profile.calendar.cut_off > profile.calendar.publish_by:
        yield problem(("calendar", "publish_by"), "published_early")


def _map(profile: Profile) -> Iterator[Problem]:
    try:
        _ = profile.occupations
    except (NotFoundError, SettingError) as error:
        yield Problem(("occupation_map",), error.told_as)
    if profile.classification and not profile.path_of(profile.classification).is_file():
        missing = Note("settings.no_file", str(profile.path_of(profile.classification)))
        yield Problem(("classification",), missing)
