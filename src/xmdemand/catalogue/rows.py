"""The columns of a catalogue row by rule: what is unknown stays empty and is printed 待核."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from xmdemand.catalogue.content import EntryLevel, PublicNumber
from xmdemand.catalogue.material import Material, plain
from xmdemand.profile import Profile

ENTRY_SHARE = (1 / 3, 2 / 3)
"""Below the first share of entry need only upgrading is named, above the second only entry."""

GROUP_MIN_N = 5
"""Wishes a group must have stated before it is named beside an occupation."""

MOST_GROUPS = 3
MOST_DISTRICTS = 3

DISTRICT_SHARE = 0.2
"""Share of an occupation's demand from which a district counts as typical."""


Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, eq=False)
class RowSources:
    """Look-ups for the row columns, made once for all rows."""

    material: Material

    @cached_property
    def trainable(self) -> Mapping[str, Rows]:
        """Rows of what can be trained and assessed, by occupation."""
        return _split(self.material.tables.trainable)

    @cached_property
    def groups(self) -> Mapping[str, Rows]:
        """Group-specific intent by occupation, with `lift` over the group's share in all wishes."""
        table = self.material.ranking.groups
        if table.empty:
            return {}
        share = table["persons"] / table.groupby("occupation")["persons"].transform("sum")
        common = table.groupby("group")["persons"].sum() / table["persons"].sum()
        lift = share / table["group"].map(common).where(lambda part: part > 0)
        return _split(table.assign(lift=lift.fillna(0.0)))

    @cached_property
    def districts(self) -> Mapping[str, Rows]:
        """Hires (survey) by district and occupation."""
        demand = self.material.demand
        return {} if demand is None else _split(demand.districts)

    def levels(self, code: str, demanded: Sequence[str], stars: int) -> tuple[EntryLevel, ...]:
        """Levels demanded that can be assessed, with the rates in force on the day of issue."""
        profile, day = self.material.profile, self.material.settings.dates.issued
        can = None
        if self.material.tables.trainable is not None:
            can = {key for row in self.trainable.get(code, ()) for key in row["levels"]}
        return dated_levels(level_keys(demanded, can), profile, day, urgent=stars > 0)

    def counts(self, code: str) -> tuple[int | None, int | None]:
        """Numbers of training institutions and evaluation bodies; None where nobody said."""
        rows = self.trainable.get(code, ())
        institutions, bodies = (
            [int(row[name]) for row in rows if row[name] == row[name] and row[name] is not None]
            for name in ("institutions", "bodies")
        )
        return max(institutions, default=None), max(bodies, default=None)

    def work_types(self, code: str) -> tuple[str, ...]:
        """Work types that can be assessed."""
        names = [plain(row["work_type"]) for row in self.trainable.get(code, ())]
        return tuple(dict.fromkeys(str(name) for name in names if name))

    def group_names(self, code: str) -> tuple[str, ...] | None:
        """Key groups with most wishes, where a group wishes it more than groups do on average.

        None where no group was asked at all.
        """
        if self.material.ranking.groups.empty:
            return None
        names = {group.key: group.name for group in self.material.profile.groups}
        fit = [
            row
            for row in self.groups.get(code, ())
            if row["n"] >= GROUP_MIN_N and row["suits"] and row["lift"] >= 1
        ]
        fit.sort(key=lambda row: (-row["persons"], str(row["group"])))
        return tuple(names.get(str(row["group"]), str(row["group"])) for row in fit[:MOST_GROUPS])

    def district_names(self, code: str) -> tuple[str, ...]:
        """Districts where the survey's demand concentrates, each resting on enough firms."""
        rows = self.districts.get(code, ())
        total = sum(row["hires"] for row in rows)
        fewest = self.material.profile.disclosure.min_firms
        kept = [
            row
            for row in rows
            if total > 0 and row["hires"] / total >= DISTRICT_SHARE and row["reporters"] >= fewest
        ]
        kept.sort(key=lambda row: (-row["hires"], str(row["district"])))
        names = (self.material.district_name(str(row["district"])) for row in kept)
        return tuple(dict.fromkeys(names))[:MOST_DISTRICTS]

    def ratio(self, code: str) -> PublicNumber | None:
        """Posts per seeker as the register counts them, two decimals."""
        outlook = self.material.outlook
        if outlook is None or code not in outlook.frame.index:
            return None
        value = float(outlook.frame["ratio_computed"][code])
        known = np.isfinite(value)
        return PublicNumber(
            value=round(value, 2) if known else None, unit="", withheld="" if known else "unknown"
        )

    def wage(self, code: str) -> PublicNumber | None:
        """The middle offered wage: exp of the mean log wage, to a hundred yuan."""
        demand = self.material.demand
        if demand is None or code not in demand.log_wage.index:
            return None
        at = demand.log_wage.index.get_loc(code)
        value = float(np.exp(np.mean(demand.log_wage.values[:, at])))
        if not np.isfinite(value):
            return PublicNumber(value=None, unit="元/月", withheld="unknown")
        if float(demand.frame["reporters"][code]) < self.material.profile.disclosure.min_firms:
            return PublicNumber(value=None, unit="元/月", withheld="few_firms")
        return PublicNumber(value=float(round(value / 100) * 100), unit="元/月")


def level_keys(demanded: Sequence[str], can: set[str] | None) -> tuple[str, ...]:
    """Levels demanded that can be assessed.

    `can` None means nobody said what can be assessed. Where employers name no level, all that can
    be assessed are meant.

    >>> level_keys(["level_5", "level_4"], {"level_4", "level_3"})
    ('level_4',)
    >>> level_keys([], {"level_4"}), level_keys(["level_4"], None)
    (('level_4',), ('level_4',))
    """
    if can is None:
        return tuple(dict.fromkeys(demanded))
    return tuple(sorted(can & set(demanded) if demanded else can))


def dated_levels(
    keys: Sequence[str], profile: Profile, day: dt.date, *, urgent: bool
) -> tuple[EntryLevel, ...]:
    """Levels in rising order of skill, each with the rate and uplift in force on a day."""
    order = {level.key: (level.order, level.name) for level in profile.levels}
    uplift = profile.uplift(day) if urgent else 0.0
    return tuple(
        EntryLevel(
            key=key,
            name=order[key][1],
            subsidy=profile.subsidy(key, day),
            subsidy_since=_since(profile, key, day),
            uplift=uplift or None,
        )
        for key in sorted((key for key in keys if key in order), key=lambda key: order[key][0])
    )


def training_names(need_entry: float, need_upgrade: float, profile: Profile) -> tuple[str, ...]:
    """Kinds of training by whether the need is to enter the occupation or to upgrade within it."""
    total = need_entry + need_upgrade
    if not total > 0:
        return ()
    share = need_entry / total
    serves = {"entry"} if share > ENTRY_SHARE[0] else set()
    serves |= {"upgrade"} if share < ENTRY_SHARE[1] else set()
    if len(serves) == 2:
        serves.add("either")
    return tuple(kind.name for kind in profile.training if kind.serves in serves)


def _since(profile: Profile, level: str, day: dt.date) -> dt.date | None:
    days = [one.since for one in profile.subsidies if one.level == level and one.since <= day]
    return max(days) if days and profile.subsidy(level, day) is not None else None


def _split(table: pd.DataFrame | None) -> Mapping[str, Rows]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in [] if table is None else table.to_dict("records"):
        found.setdefault(str(row["occupation"]), []).append({str(k): v for k, v in row.items()})
    return found
