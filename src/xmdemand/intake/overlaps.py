"""Tables that hold others within them: the city beside its districts, a quarter beside its months.

Both would count the same people twice. What is certain is refused; what only may be so is flagged.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from xmdemand.intake.assemble import REGISTER_COUNTS
from xmdemand.intake.text import year_in
from xmdemand.notes import Note

_CITY = re.compile(r"全市|汇总|合计|总表|市级汇总")
_OCCUPATION = ["title", "code"]
_PERIOD = ["month", "months"]

Found = tuple[dict[str, str], list[tuple[str, str, str]]]
"""Source -> why it is refused; ``(source, column, code)`` of what is doubtful."""


def city_beside_districts(table: pd.DataFrame) -> Found:
    """Rows without a district that only add up what other sheets say district by district.

    A sheet that names no district is the districts' sum where at least four in five of the rows
    that can be compared equal it, or where it is called the whole city's and none is less. If none
    is less but it is not called so, its rows are doubtful.

    Parameters
    ----------
    table
        The register, with ``sheet``.
    """
    refused: dict[str, str] = {}
    doubtful: list[tuple[str, str, str]] = []
    named = (table["district"] != "").to_numpy()
    if named.all() or not named.any():
        return refused, doubtful
    by_district, without = table[named], table[~named]
    counts = list(REGISTER_COUNTS)
    sums = by_district.groupby(_OCCUPATION + _PERIOD, sort=False)[counts].sum(min_count=1)
    places = by_district.groupby(_OCCUPATION + _PERIOD, sort=False)["district"].nunique()
    for sheet, rows in without.groupby("sheet", sort=False, observed=True):
        at = pd.MultiIndex.from_frame(rows[_OCCUPATION + _PERIOD])
        known = at.isin(sums.index)
        if known.sum() * 2 < len(rows):
            continue
        rows, at = rows[known], at[known]
        own, parts = rows[counts].to_numpy(float), sums.loc[at, counts].to_numpy(float)
        comparable = ~np.isnan(own) & ~np.isnan(parts)
        least = np.where(comparable, own - parts, 0.0).min(axis=1)
        equal = (np.abs(np.where(comparable, own - parts, 0.0)) <= 0.5).all(axis=1)
        equal &= comparable.any(axis=1)
        several = (places.loc[at].to_numpy() > 1).any()
        called = _CITY.search(str(sheet)) is not None
        if not (several or called):
            if len(rows) > 1 and equal.mean() >= 0.9:  # a district's own table once more
                refused.update(dict.fromkeys(rows["source"], "intake.repeated"))
            continue
        if not comparable.any():
            continue
        if equal.mean() >= 0.8 or (called and (least >= -0.5).all()):
            refused.update(dict.fromkeys(rows["source"], "intake.city_total"))
        elif (least >= -0.5).all():
            doubtful += [(s, "district", "intake.perhaps_city_total") for s in rows["source"]]
    return refused, doubtful


def earlier_years(table: pd.DataFrame) -> dict[str, str]:
    """Returns of sheets named after an earlier year than another sheet of the same file.

    A file with the survey of every year is not several surveys of this year.
    """
    years: dict[str, dict[str, int]] = {}
    for sheet in table["sheet"].unique():
        file, _, name = str(sheet).rpartition("!")
        if year := year_in(name):
            years.setdefault(file, {})[str(sheet)] = int(year)
    old = [s for own in years.values() for s, year in own.items() if year < max(own.values())]
    if not old:
        return {}
    return dict.fromkeys(table.loc[table["sheet"].isin(old), "source"], "intake.earlier_year")


def summed_up_persons(table: pd.DataFrame) -> dict[str, str]:
    """Rows of a sheet called a summary that holds as many people as its file's other sheets."""
    refused: dict[str, str] = {}
    sheets = table.groupby("sheet", sort=False)["source"].nunique()
    for sheet, n in sheets.items():
        file, _, name = str(sheet).rpartition("!")
        others = [m for other, m in sheets.items() if str(other).startswith(f"{file}!")]
        if len(others) > 2 and _CITY.search(name) and sum(others) - n == n:
            own = table.loc[(table["sheet"] == sheet).to_numpy(), "source"]
            refused.update(dict.fromkeys(own, "intake.repeated"))
    return refused


def repeated_totals(table: pd.DataFrame) -> dict[str, str]:
    """Known totals that a later sheet gives again: they would count the same people twice."""
    latest = {sheet: place for place, sheet in enumerate(sorted(set(table["sheet"])))}
    rank = table["sheet"].map(latest)
    last = rank.groupby([table["variable"], table["category"]]).transform("max")
    return dict.fromkeys(table.loc[(rank < last).to_numpy(), "source"], "intake.superseded")


def repeated_sources(table: pd.DataFrame) -> dict[str, str]:
    """Graduates and trainees that a later sheet gives once more, all or nearly all alike."""
    rows = {
        str(sheet): own.drop_duplicates(["title", "kind"]).set_index(["title", "kind"])["persons"]
        for sheet, own in table.groupby("sheet", sort=False)
    }
    again: set[str] = set()
    sheets = sorted(rows)
    for place, earlier in enumerate(sheets):
        for later in sheets[place + 1 :]:
            common = rows[earlier].index.intersection(rows[later].index)
            if len(common) < _ALIKE_ENOUGH or len(common) * 10 < len(rows[earlier]) * 9:
                continue
            same = (rows[earlier][common] - rows[later][common]).abs() <= 0.5
            if same.mean() >= 0.9:
                again.add(earlier)
    return dict.fromkeys(table.loc[table["sheet"].isin(again), "source"], "intake.superseded")


_ALIKE_ENOUGH = 3
"""Rows alike from which two tables are the same one."""


def quarter_beside_months(table: pd.DataFrame) -> Found:
    """Rows of a quarter whose months are given as well; doubtful where only some of them are.

    They are doubtful as well where the months come to far less: an agency's months are no parts
    of the city's quarter.
    """
    refused: dict[str, str] = {}
    of_quarter = (table["months"] == 3).to_numpy()
    if of_quarter.all() or not of_quarter.any():
        return refused, []
    quarters, single = table[of_quarter], table[~of_quarter]
    key = [*_OCCUPATION, "district"]
    start = single["month"].dt.to_period("Q").dt.start_time
    single = single.assign(month=start, one=single["month"], **_flows(single))
    given = single.groupby([*key, "month"], sort=False)
    at = pd.MultiIndex.from_frame(quarters[[*key, "month"]])
    held = given["one"].nunique().reindex(at).fillna(0).to_numpy()
    sums = given[list(_SIDES)].sum(min_count=1).reindex(at).to_numpy(float)
    own = np.column_stack(list(_flows(quarters).values()))
    share = pd.Series(np.where(own > 0, sums / np.where(own > 0, own, 1.0), np.nan).T.ravel())
    sheets = np.tile(quarters["sheet"].astype(str).to_numpy(), len(_SIDES))
    counted = np.tile(held >= 3, len(_SIDES))
    typical = share[counted].groupby(sheets[counted]).median()
    smaller = quarters["sheet"].astype(str).isin(typical[typical < _FAR_LESS].index).to_numpy()
    refused = dict.fromkeys(quarters.loc[(held >= 3) & ~smaller, "source"], "intake.months_given")
    some = quarters.loc[(held > 0) & ((held < 3) | smaller), "source"]
    return refused, [(source, "month", "intake.some_months_given") for source in some]


_SIDES = ("posts", "seekers")
_FAR_LESS = 0.25
"""Share of a quarter below which its months are those of another register."""


def _flows(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """What came in of posts and of seekers, or all there were where that is not told."""
    return {
        side: table[f"{side}_new"].fillna(table[f"{side}_total"]).to_numpy(float) for side in _SIDES
    }


def several_registers(table: pd.DataFrame) -> list[Note]:
    """Occupations that two sheets give for one district and month, which are added up: said.

    Two services of one district have two registers, and both count. But it may also be one
    register sent twice, which only a person can tell. Posts in one sheet and seekers in another
    are one register.
    """
    if table["sheet"].nunique() < 2:
        return []
    sheet = table["sheet"].astype(str)
    key = [*_OCCUPATION, "district", *_PERIOD]
    shared = pd.Series(False, index=table.index)
    for side in ("posts", "seekers"):
        counts = [f"{side}_{part}" for part in ("carried", "new", "total")]
        stated = table[counts].notna().any(axis=1)
        keys = [table.loc[stated, name] for name in key]
        shared[stated] |= sheet[stated].groupby(keys).transform("nunique") > 1
    notes = []
    for (district, month), rows in table[shared].groupby(["district", "month"], sort=True):
        sheets = sorted(set(sheet[rows.index]))
        files = {name.rpartition("!")[0] for name in sheets}
        told = sorted(files) if len(files) > 1 else sheets
        fields = {"month": f"{month:%Y-%m}", "files": "、".join(told)}
        n = len(rows.drop_duplicates(key))
        notes.append(Note("intake.several_registers", str(district) or "—", n, "warning", fields))
    return notes
