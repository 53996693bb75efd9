"""The ranking's part of `record.json`: what next year's ranking needs to remember."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from xmdemand.shortage.ranking import Ranking

_NUMBERS = ("rank", "index", "p_top", "demand", "need", "p_need", "planned", "log_wage")


def to_record(ranking: Ranking) -> dict[str, Any]:
    """The mapping next year's `rank` reads as ``previous["ranking"]``; JSON-able, deterministic.

    Returns
    -------
    dict
        ``year``, ``goalposts``, ``parameters`` (κ, a of the city), ``trust`` (in P(top k), as
        past outcomes taught it), and ``entries`` by lineage:
        ``code, tier, p_tiers, listed, rank, index, p_top, demand, need, p_need, planned,
        log_wage, bad_job``; unknown numbers are None.
    """
    frame = ranking.frame
    stars = sorted(column for column in frame.columns if column.startswith("p_tier_"))
    entries = {}
    for code, row in zip(frame.index, frame.to_dict("records"), strict=True):
        entries[str(row["lineage"])] = {
            "code": str(code),
            "tier": int(row["tier"]),
            "p_tiers": [_number(row[name]) for name in stars],
            "listed": bool(row["listed"]),
            "bad_job": bool(row["bad_job"]),
            **{name: _number(row[name]) for name in _NUMBERS},
        }
    goalposts = dict(ranking.goalposts)
    year = int(str(goalposts.pop("year")))
    return {
        "year": year,
        "goalposts": goalposts,
        "parameters": _city(ranking.parameters),
        "trust": ranking.trust,
        "entries": dict(sorted(entries.items())),
    }


def _number(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _city(parameters: pd.DataFrame) -> dict[str, float]:
    """κ and a over groups, weighted by the occupations that told them."""
    found: dict[str, float] = {}
    estimated = parameters[(parameters["source"] == "estimated") & (parameters["n"] > 0)]
    for name in ("kappa", "shape"):
        own = estimated[estimated["parameter"] == name]
        if len(own):
            logs = np.log(own["estimate"].to_numpy(dtype=float))
            found[name] = float(np.exp(np.average(logs, weights=own["n"].to_numpy(dtype=float))))
    return found
