"""The public employment service's register -> flows, stocks and ratios by occupation and month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.errors import InputError, name_some
from xmdemand.notes import Note, Notes

if TYPE_CHECKING:
    from xmdemand.market.panel import Frequency

SIDES = ("posts", "seekers")
_NEEDED = ("occupation", "occupation_status", "district", "month")
_COUNTS = tuple(f"{side}_{kind}" for side in SIDES for kind in ("carried", "new", "total"))


@dataclass(frozen=True, eq=False)
class Register:
    """A register made ready, by unit occupation.

    Attributes
    ----------
    flow
        (occupation x variable) rows, period columns: new posts and new seekers; absent rows in a
        delivered period are zeros. Columns are empty where the file has no flows.
    rows
        Cleaned rows, an occupation x district x period: the counts of `Tables.register`.
    freq
        ``M`` or ``Q``.
    has_flow
        False where a file gives only totals, carried stock included.
    not_stated
        New seekers of the last year who state no occupation.
    """

    flow: pd.DataFrame
    rows: pd.DataFrame
    freq: Frequency
    has_flow: bool
    not_stated: float
    notes: Notes


def read_register(table: pd.DataFrame, start: dt.date) -> Register:
    """Check, cut at `start`, share out group rows, and sum districts.

    Parameters
    ----------
    table
        `Tables.register`.
    start
        First month to be forecast; what lies at or after it is left out, with a note.
    """
    rows, freq, notes = _checked(table, start)
    rows, more = _like_with_like(rows)
    notes += more
    rows = _fill_identities(rows)
    last_year = rows["period"] > rows["period"].max() - _periods_a_year(freq)
    silent = rows["occupation_status"].eq("not_stated")
    not_stated = float(rows.loc[silent & last_year, "seekers_new"].sum())
    rows, more = _to_units(rows[~silent])
    notes += more
    has_flow = bool(rows["posts_new"].notna().any() or rows["seekers_new"].notna().any())
    if not has_flow:
        notes += (Note("market.stock_in_flow", n=len(rows), severity="warning"),)
    flow, more = _flows(rows, freq)
    return Register(
        flow=flow,
        rows=rows,
        freq=freq,
        has_flow=has_flow,
        not_stated=not_stated,
        notes=notes + more,
    )


def _checked(table: pd.DataFrame, start: dt.date) -> tuple[pd.DataFrame, Frequency, Notes]:
    missing = [name for name in _NEEDED if name not in table.columns]
    if missing:
        raise InputError.told(
            Note("market.register_column", fields={"columns": ", ".join(missing)})
        )
    rows = table.copy()
    for name in (*_COUNTS, "ratio_printed"):
        rows[name] = pd.to_numeric(rows[name], errors="coerce") if name in rows else np.nan
    month = pd.to_datetime(rows["month"], errors="coerce")
    if month.isna().any():
        shown = name_some(table.index[month.isna()])
        raise InputError.told(Note("market.register_no_month", fields={"rows": shown}))
    number = month.dt.year * 12 + month.dt.month - 1
    negative = (rows[list(_COUNTS)] < 0).any(axis=1)
    if negative.any():
        raise InputError.told(
            Note("market.register_negative", fields={"rows": name_some(table.index[negative])})
        )
    freq: Frequency = "Q" if _is_quarterly(number) else "M"
    rows["period"] = number // 3 if freq == "Q" else number
    notes: Notes = ()
    late = number >= start.year * 12 + start.month - 1
    if late.any():
        first = f"{start:%Y-%m}"
        notes += (Note("market.after_start", where=first, n=int(late.sum())),)
        rows = rows[~late]
    if rows.empty:
        raise InputError.told(Note("market.register_later", fields={"start": f"{start:%Y-%m}"}))
    return rows, freq, notes


def _is_quarterly(month_number: pd.Series) -> bool:
    seen = np.unique(month_number)
    return len(seen) > 1 and bool((np.diff(seen) % 3 == 0).all())


def _periods_a_year(freq: Frequency) -> int:
    return 4 if freq == "Q" else 12


def _like_with_like(rows: pd.DataFrame) -> tuple[pd.DataFrame, Notes]:
    """Where one side has only new counts and the other only totals, both are read as totals.

    Files that say no more than 招聘人数 and 求职人数 mean one and the same by both; a ratio of what
    came in a month to all there were would be none.
    """
    given = {name: rows[name].notna().any() for name in _COUNTS}
    for side, other in (SIDES, SIDES[::-1]):
        only_new = given[f"{side}_new"] and not given[f"{side}_total"]
        only_total = given[f"{other}_total"] and not given[f"{other}_new"]
        if only_new and only_total and not any(given[f"{name}_carried"] for name in SIDES):
            alike = rows.copy()
            alike[f"{side}_total"], alike[f"{side}_new"] = rows[f"{side}_new"], np.nan
            return alike, (
                Note("market.unlike_sides", where=side, n=len(rows), severity="warning"),
            )
    return rows, ()


def _fill_identities(rows: pd.DataFrame) -> pd.DataFrame:
    """Total = carried + new: whichever one of the three is missing follows from the others."""
    filled = rows.copy()
    for side in SIDES:
        carried, new, total = (filled[f"{side}_{kind}"] for kind in ("carried", "new", "total"))
        filled[f"{side}_new"] = new.fillna((total - carried).clip(lower=0))
        filled[f"{side}_carried"] = carried.fillna((total - new).clip(lower=0))
        filled[f"{side}_total"] = total.fillna(carried + new)
    return filled


def _to_units(rows: pd.DataFrame) -> tuple[pd.DataFrame, Notes]:
    """Rows of unit occupations; group rows shared out by the past shares of the units below."""
    status = rows["occupation_status"]
    units, groups = rows[status.eq("coded")], rows[status.eq("group")]
    lost = rows[~status.isin(["coded", "group"])]
    shares = _shares(units)
    shared = groups.merge(shares, left_on="occupation", right_on="group", suffixes=("", "_unit"))
    alone = groups[~groups["occupation"].isin(shares["group"])]
    for name in _COUNTS:
        shared[name] *= shared[f"share_{name.split('_')[0]}"]
    shared["occupation"] = shared["occupation_unit"]
    kept = [*_NEEDED, "period", *_COUNTS, "ratio_printed"]
    shared["ratio_printed"] = np.nan
    notes: Notes = ()
    if len(shared):
        found = groups[groups["occupation"].isin(shares["group"])]
        codes = name_some(sorted(found["occupation"].unique()))
        notes += (Note("market.group_shared", where=codes, n=len(found)),)
    left_out = pd.concat([lost, alone])
    if len(left_out):
        fields = {
            "posts": round(float(left_out["posts_new"].sum())),
            "seekers": round(float(left_out["seekers_new"].sum())),
        }
        notes += (Note("market.not_coded", n=len(left_out), severity="warning", fields=fields),)
    if units.empty and shared.empty:
        raise InputError.told(Note("market.register_uncoded"))
    return pd.concat([units[kept], shared[kept]], ignore_index=True), notes


def _shares(units: pd.DataFrame) -> pd.DataFrame:
    """Share of every unit in its minor group's past: ``group, occupation_unit, share_*``."""
    size = units.groupby("occupation")[[f"{side}_total" for side in SIDES]].sum()
    flow = units.groupby("occupation")[[f"{side}_new" for side in SIDES]].sum()
    table = pd.DataFrame({"occupation_unit": size.index.astype(str)})
    table["group"] = table["occupation_unit"].str.rsplit("-", n=1).str[0]
    for side in SIDES:
        weight = pd.Series(size[f"{side}_total"].to_numpy() + flow[f"{side}_new"].to_numpy())
        whole = weight.groupby(table["group"]).transform("sum")
        count = weight.groupby(table["group"]).transform("size")
        table[f"share_{side}"] = np.where(whole > 0, weight / whole.where(whole > 0, 1), 1 / count)
    return table


def _flows(rows: pd.DataFrame, freq: Frequency) -> tuple[pd.DataFrame, Notes]:
    """Flows by occupation and variable over a full calendar; months not delivered are NaN."""
    periods = np.arange(rows["period"].min(), rows["period"].max() + 1)
    occupations = np.sort(rows["occupation"].astype(str).unique())
    notes: Notes = ()
    parts = []
    for side in SIDES:
        name = f"{side}_new"
        given = rows[rows[name].notna()]
        wide = given.pivot_table(index="occupation", columns="period", values=name, aggfunc="sum")
        delivered = np.isin(periods, given["period"].unique())
        wide = wide.reindex(index=occupations, columns=periods)
        wide = wide.fillna(0.0)
        wide.loc[:, ~delivered] = np.nan
        scale, missing = _coverage(given, periods, name, freq)
        wide = wide * scale[None, :]
        if missing:
            shown = name_some(missing)
            notes += (
                Note("market.district_missing", where=shown, n=len(missing), severity="warning"),
            )
        wide.index = pd.MultiIndex.from_product(
            [occupations, [side]], names=["occupation", "variable"]
        )
        parts.append(wide)
        if hidden := int((~delivered).sum()):
            notes += (Note("market.months_missing", where=side, n=hidden, severity="warning"),)
    return pd.concat(parts), notes


def _coverage(
    given: pd.DataFrame, periods: np.ndarray, name: str, freq: Frequency
) -> tuple[np.ndarray, list[str]]:
    """What a period's sum is multiplied by for districts that did not report in it."""
    if given.empty:
        return np.ones(len(periods)), []
    table = given.pivot_table(index="district", columns="period", values=name, aggfunc="sum")
    table = table.reindex(columns=periods)
    mean = table.mean(axis=1)
    share = (mean / max(float(mean.sum()), 1e-300)).to_numpy()
    first = table.notna().to_numpy().argmax(axis=1)
    absent = table.isna().to_numpy() & (np.arange(len(periods))[None, :] >= first[:, None])
    absent &= table.notna().any(axis=0).to_numpy()[None, :]
    covered = 1.0 - (absent * share[:, None]).sum(axis=0)
    named = [f"{table.index[d]} {period_text(periods[p], freq)}" for d, p in np.argwhere(absent)]
    return 1.0 / np.maximum(covered, 0.2), named


def period_text(period: int, freq: Frequency) -> str:
    """A period number as people write it.

    >>> period_text(24303, "M"), period_text(8101, "Q")
    ('2025-04', '2025Q2')
    """
    if freq == "Q":
        return f"{period // 4}Q{period % 4 + 1}"
    return f"{period // 12}-{period % 12 + 1:02d}"
