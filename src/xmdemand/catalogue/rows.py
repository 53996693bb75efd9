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
from xmdemand.catalogue.material import Material
from xmdemand.profile import Profile

ENTRY_SHARE = (1 / 3, 2 / 3)
"""Below the first share of entry need only upgrading is named, above the second only entry."""

GROUP_MIN_N = 5
"""Wishes a group must have stated before it is named beside an occupation."""

MOST_GROUPS = 3
MOST_DISTRICTS = 3

DISTRICT_SHARE = 0.2
"""Share of an occupation's demand from which a district counts as typical."""


@dataclass(frozen=True, eq=False)
class RowSources:
    """Look-ups for the row columns, made once for all rows."""

    material: Material

    @cached_property
    def trainable(self) -> Mapping[str, pd.DataFrame]:
        """Rows of what can be trained and assessed, by occupation."""
        return _split(self.material.tables.trainable)

    @cached_property
    def groups(self) -> Mapping[str, pd.DataFrame]:
        """Group-specific intent by occupation, with `lift` over the group's share in all wishes."""
        table = self.material.ranking.groups
        if table is None or table.empty:
            return {}
        share = table["persons"] / table.groupby("occupation")["persons"].transform("sum")
        common = table.groupby("group")["persons"].sum() / table["persons"].sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            lift = share / table["group"].map(common)
        return _split(table.assign(lift=lift.fillna(0.0)))

    @cached_property
    def districts(self) -> Mapping[str, pd.DataFrame]:
        """Hires (survey) by district and occupation."""
        demand = self.material.demand
        return {} if demand is None else _split(demand.districts)

    def levels(self, code: str, demanded: Sequence[str], stars: int) -> tuple[EntryLevel, ...]:
        """Levels demanded that can be assessed, with the rates in force on the day of issue."""
        profile, day = self.material.profile, self.material.settings.dates.issued
        can = None
        if self.material.tables.trainable is not None:
            rows = self.trainable.get(code)
            can = set() if rows is None else {key for keys in rows["levels"] for key in keys}
        return dated_levels(level_keys(demanded, can), profile, day, urgent=stars > 0)

    def counts(self, code: str) -> tuple[int | None, int | None]:
        """Numbers of training institutions and evaluation bodies; None where nobody said."""
        rows = self.trainable.get(code)
        if rows is None:
            return None, None
        return _largest(rows["institutions"]), _largest(rows["bodies"])

    def work_types(self, code: str) -> tuple[str, ...]:
        """Work types that can be assessed."""
        rows = self.trainable.get(code)
        names = [] if rows is None else [str(name) for name in rows["work_type"].dropna()]
        return tuple(dict.fromkeys(name for name in names if name))

    def group_names(self, code: str) -> tuple[str, ...]:
        """Key groups with most wishes, where a group wishes it more than groups do on average."""
        rows = self.groups.get(code)
        if rows is None:
            return ()
        names = {group.key: group.name for group in self.material.profile.groups}
        fit = rows[(rows["n"] >= GROUP_MIN_N) & rows["suits"].astype(bool) & (rows["lift"] >= 1)]
        fit = fit.sort_values(["persons", "group"], ascending=[False, True]).head(MOST_GROUPS)
        return tuple(names.get(str(key), str(key)) for key in fit["group"])

    def district_names(self, code: str) -> tuple[str, ...]:
        """Districts where the survey's demand concentrates, each resting on enough firms."""
        rows = self.districts.get(code)
        if rows is None or not rows["hires"].sum() > 0:
            return ()
        share = rows["hires"] / rows["hires"].sum()
        enough = rows["reporters"] >= self.material.profile.disclosure.min_firms
        kept = rows.assign(share=share)[enough & (share >= DISTRICT_SHARE)]
        kept = kept.sort_values(["share", "district"], ascending=[False, True])
        names = (self.material.district_name(str(key)) for key in kept["district"])
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


def _split(table: pd.DataFrame | None) -> Mapping[str, pd.DataFrame]:
    if table is None:
        return {}
    return {str(code): rows for code, rows in table.groupby("occupation", sort=False)}


def _largest(column: Any) -> int | None:
    known = pd.to_numeric(column, errors="coerce").dropna()
    return int(known.max()) if len(known) else None
