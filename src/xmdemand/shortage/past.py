"""What the last edition's record says, aligned to this edition's occupations by lineage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmdemand.errors import InputError
from xmdemand.notes import Note
from xmdemand.shortage.evidence import Units
from xmdemand.shortage.goalposts import Goalposts

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Past:
    """The last edition; of a first edition everything is unknown (`year` 0)."""

    year: int
    goalposts: Goalposts
    tier: IntArray
    """Stars, -1 where the occupation was not there."""
    p_tiers: FloatArray
    """P(index >= cut), (occupations x tiers), NaN where unknown."""
    demand: FloatArray
    planned: FloatArray
    log_wage: FloatArray
    parameters: Mapping[str, float]
    """κ and a of the city, where the last edition had both witnesses."""
    realised: float | None
    """Realised over planned hires, if somebody counted it."""
    trust: float = 1.0
    """How far its P(top k) was to be believed (see `evaluate.learn_trust`)."""


def read_past(previous: Mapping[str, Any] | None, units: Units, n_tiers: int) -> Past:
    """Take what is needed from a parsed `record.json` (its ``ranking`` part).

    Raises
    ------
    InputError
        If there is a record without a ranking in it.
    """
    if not previous:
        return _nothing(len(units), n_tiers)
    ranking = previous.get("ranking")
    if not isinstance(ranking, Mapping) or "entries" not in ranking:
        raise InputError.told(Note("shortage.previous_no_ranking"))
    entries = ranking["entries"]
    rows = [entries.get(str(key)) for key in units.lineage]
    p_tiers = np.full((len(units), n_tiers), np.nan)
    for at, row in enumerate(rows):
        if row is not None and len(row.get("p_tiers", ())) == n_tiers:
            p_tiers[at] = [np.nan if p is None else float(p) for p in row["p_tiers"]]
    realised = ranking.get("realised")
    return Past(
        year=int(ranking.get("year", 0)),
        goalposts=Goalposts.from_dict(ranking.get("goalposts", {})),
        tier=np.array([-1 if row is None else int(row["tier"]) for row in rows], dtype=np.int64),
        p_tiers=p_tiers,
        demand=_numbers(rows, "demand"),
        planned=_numbers(rows, "planned"),
        log_wage=_numbers(rows, "log_wage"),
        parameters={k: float(v) for k, v in ranking.get("parameters", {}).items()},
        realised=None if realised is None else float(realised),
        trust=float(ranking.get("trust", 1.0)),
    )


def _nothing(n: int, n_tiers: int) -> Past:
    unknown = np.full(n, np.nan)
    return Past(
        year=0,
        goalposts=Goalposts(),
        tier=np.full(n, -1, dtype=np.int64),
        p_tiers=np.full((n, n_tiers), np.nan),
        demand=unknown,
        planned=unknown,
        log_wage=unknown,
        parameters={},
        realised=None,
    )


def _numbers(rows: list[Any], key: str) -> FloatArray:
    return np.array(
        [np.nan if row is None or row.get(key) is None else float(row[key]) for row in rows],
        dtype=float,
    )
