"""Need, intent and advice by level, by district and by group of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.shortage.evidence import Evidence
from xmdemand.shortage.need import advise
from xmdemand.shortage.quantities import Quantities

if TYPE_CHECKING:
    from xmdemand.market.outlook import Outlook
    from xmdemand.profile import Profile
    from xmdemand.survey.employers import EmployerDemand
    from xmdemand.survey.workers import WorkerIntent

FloatArray = NDArray[np.float64]
COLUMNS = (
    "need_entry",
    "need_upgrade",
    "need",
    "intent",
    "p_need",
    "p_intent",
    "advice",
    "p_advice",
)


def by_level(
    evidence: Evidence,
    amounts: Quantities,
    demand: EmployerDemand | None,
    intent: WorkerIntent | None,
    profile: Profile,
) -> pd.DataFrame:
    """``occupation, level`` and `COLUMNS`: entry by planned hires' levels, upgrading by its own."""
    parts = {}
    if demand is not None:
        parts["entry"] = _shares(demand.levels, "level", "hires")
        parts["upgrade"] = _shares(demand.levels, "level", "upgrade")
    if intent is not None:
        parts["intent"] = _shares(intent.levels, "level", "persons")
    return _split(evidence, amounts, parts, "level", profile, intent is not None)


def by_district(
    evidence: Evidence,
    amounts: Quantities,
    demand: EmployerDemand | None,
    outlook: Outlook | None,
    intent: WorkerIntent | None,
    profile: Profile,
) -> pd.DataFrame:
    """``occupation, district`` and `COLUMNS`: need by planned hires, else by registered posts."""
    parts = {}
    if demand is not None:
        parts["entry"] = parts["upgrade"] = _shares(demand.districts, "district", "hires")
    elif outlook is not None:
        parts["entry"] = parts["upgrade"] = _shares(outlook.districts, "district", "posts")
    if intent is not None:
        parts["intent"] = _shares(intent.districts, "district", "persons")
    return _split(evidence, amounts, parts, "district", profile, intent is not None)


def by_group(
    evidence: Evidence,
    amounts: Quantities,
    intent: WorkerIntent | None,
    profile: Profile,
    *,
    listed: NDArray[np.bool_],
    fewest: int = 5,
) -> pd.DataFrame:
    """``occupation, group, persons, n, suits`` and the group's advice.

    An occupation suits a group if it is listed and at least `fewest` wishes were counted there. The
    advice holds the occupation's need against the group's own intent.
    """
    columns = ["occupation", "group", "persons", "n", "suits", "intent", "p_intent", "advice"]
    if intent is None or intent.groups.empty or amounts.intent is None:
        return pd.DataFrame(columns=columns)
    codes = evidence.units.codes
    table = intent.groups[intent.groups["occupation"].isin(codes)].reset_index(drop=True)
    at = codes.get_indexer(pd.Index(table["occupation"]))
    total = np.maximum(np.asarray(evidence.wished).mean(axis=0)[at], 1e-9)
    share = np.minimum(table["persons"].to_numpy(dtype=float) / total, 1.0)
    wanted = amounts.intent[:, at] * share
    advice = advise(amounts.need[:, at], wanted, profile.listing)
    return table.assign(
        suits=listed[at] & (table["n"].to_numpy() >= fewest),
        intent=wanted.mean(axis=0),
        p_intent=advice.p_intent,
        advice=advice.key,
    )[columns]


def _shares(table: pd.DataFrame, key: str, value: str) -> pd.Series:
    """Each cell's part of its occupation, indexed by (occupation, key)."""
    sums = table.groupby(["occupation", key])[value].sum()
    total = sums.groupby(level="occupation").transform("sum")
    return (sums / total)[total > 0]


def _split(
    evidence: Evidence,
    amounts: Quantities,
    parts: dict[str, pd.Series],
    key: str,
    profile: Profile,
    asked: bool,
) -> pd.DataFrame:
    empty = pd.DataFrame(columns=["occupation", key, *COLUMNS])
    cells = pd.Index([])
    for part in parts.values():
        cells = part.index if cells.empty else cells.union(part.index)
    cells = cells[cells.get_level_values(0).isin(evidence.units.codes)] if len(cells) else cells
    if cells.empty:
        return empty
    at = evidence.units.codes.get_indexer(cells.get_level_values(0))

    def share(name: str) -> FloatArray:
        if name not in parts:
            return np.zeros(len(cells))
        return parts[name].reindex(cells).fillna(0.0).to_numpy(dtype=float)

    entry = amounts.need_entry[:, at] * share("entry")
    upgrade = amounts.need_upgrade[:, at] * share("upgrade")
    wanted = None
    if asked and amounts.intent is not None:
        wanted = amounts.intent[:, at] * share("intent")
    advice = advise(entry + upgrade, wanted, profile.listing)
    return pd.DataFrame(
        {
            "occupation": cells.get_level_values(0),
            key: cells.get_level_values(1),
            "need_entry": entry.mean(axis=0),
            "need_upgrade": upgrade.mean(axis=0),
            "need": (entry + upgrade).mean(axis=0),
            "intent": np.nan if wanted is None else wanted.mean(axis=0),
            "p_need": advice.p_need,
            "p_intent": advice.p_intent,
            "advice": advice.key,
            "p_advice": advice.p,
        }
    )
