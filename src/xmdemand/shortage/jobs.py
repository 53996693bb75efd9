"""How good an occupation's jobs are: turnover and relative pay, and the causes they explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.draws import rng_for
from xmdemand.notes import Note
from xmdemand.shortage.causes import bad_jobs, find_causes, relative_pay
from xmdemand.shortage.evidence import Evidence
from xmdemand.shortage.indicators import (
    FloatArray,
    Indicator,
    LastYear,
    Measured,
    measure,
    ratio,
)

if TYPE_CHECKING:
    from xmdemand.profile import Profile
    from xmdemand.shortage.index import Index
    from xmdemand.survey.employers import EmployerDemand


def _turnover(evidence: Evidence, _: LastYear) -> FloatArray | None:
    if evidence.survey is None or not {"leavers", "headcount"} <= set(evidence.survey.totals):
        return None
    return ratio(evidence.survey.totals["leavers"], evidence.survey.totals["headcount"])


def _log_wage(evidence: Evidence, _: LastYear) -> FloatArray | None:
    if evidence.survey is None or not np.isfinite(evidence.survey.log_wage).any():
        return None
    return evidence.survey.log_wage


TURNOVER = Indicator("turnover", _turnover, 1, "arcsine", 0.0, "survey", 3)
LOG_WAGE = Indicator("log_wage", _log_wage, -1, "identity", 0.0, "survey", 3)


@dataclass(frozen=True, eq=False)
class Jobs:
    """Quality of jobs by occupation; NaN where turnover or pay is not observed."""

    p_bad: FloatArray
    bad: NDArray[np.bool_]
    p_low_pay: FloatArray
    p_high_turnover: FloatArray
    high_skill: FloatArray
    """Share of planned hires at high-skill levels, NaN where no level was asked for."""
    levels: NDArray[np.object_]
    """Tuple of level keys demanded, rising."""
    notes: tuple[Note, ...]


def look_at_jobs(
    evidence: Evidence, demand: EmployerDemand | None, profile: Profile, seed: int
) -> Jobs:
    """Shrunken turnover and pay against the profile's 高流动低薪 rule."""
    n = len(evidence.units)
    rule = profile.bad_job
    unknown = np.full(n, np.nan)
    level, high = _levels(demand, evidence.units.codes, profile)
    demanded = _demanded(demand, evidence.units.codes, profile)
    none = LastYear(log_wage=unknown)
    drawn = {}
    for item in (TURNOVER, LOG_WAGE):
        raw = item.measure(evidence, none)
        rng = rng_for(seed, "shortage", "jobs", item.name)
        found = None if raw is None else measure(item, raw, evidence, rng)
        if found is not None:
            drawn[item.name] = np.where(found.observed, found.natural(), np.nan)
    p_low, p_high = unknown, unknown
    pay = None
    if "log_wage" in drawn:
        pay = relative_pay(drawn["log_wage"], level)
        p_low = _probability(pay < rule.log_pay, pay)
    if "turnover" in drawn:
        turnover = drawn["turnover"]
        usual = np.nanmedian(turnover, axis=1, keepdims=True)
        p_high = _probability(turnover > rule.turnover_ratio * usual, turnover)
    p_bad = unknown
    if pay is not None and "turnover" in drawn:
        p_bad = bad_jobs(
            drawn["turnover"], pay, turnover_ratio=rule.turnover_ratio, log_pay=rule.log_pay
        )
    notes = () if np.isfinite(p_bad).any() else (Note("shortage.bad_job_unknown"),)
    bad = np.nan_to_num(p_bad) >= rule.probability
    return Jobs(p_bad, bad, p_low, p_high, high, demanded, notes)


def _probability(event: NDArray[np.bool_], values: FloatArray) -> FloatArray:
    return np.where(np.isfinite(values).all(axis=0), event.mean(axis=0), np.nan)


def _levels(
    demand: EmployerDemand | None, codes: pd.Index, profile: Profile
) -> tuple[NDArray[np.object_], FloatArray]:
    """The level most hires are planned at, and the share at high-skill levels."""
    if demand is None or demand.levels.empty:
        return np.full(len(codes), "", dtype=object), np.full(len(codes), np.nan)
    table = demand.levels.pivot_table(
        index="occupation", columns="level", values="hires", aggfunc="sum", fill_value=0.0
    ).reindex(codes, fill_value=0.0)
    total = table.sum(axis=1).to_numpy(dtype=float)
    high_keys = [level.key for level in profile.levels if level.high_skill]
    high = table[[key for key in table.columns if key in high_keys]].sum(axis=1).to_numpy(float)
    top = table.to_numpy(dtype=float).argmax(axis=1)
    names = table.columns.to_numpy(dtype=object)[top]
    chief = np.where(total > 0, names, "").astype(object)
    return chief, np.divide(high, total, out=np.full(len(codes), np.nan), where=total > 0)


def _demanded(
    demand: EmployerDemand | None, codes: pd.Index, profile: Profile
) -> NDArray[np.object_]:
    """Levels with planned hires or upgrading, in the profile's order."""
    found: dict[str, set[str]] = {}
    if demand is not None:
        rows = demand.levels[(demand.levels["hires"] > 0) | (demand.levels["upgrade"] > 0)]
        for code, key in zip(rows["occupation"], rows["level"], strict=True):
            found.setdefault(str(code), set()).add(str(key))
    ladder = [level.key for level in sorted(profile.levels, key=lambda level: level.order)]
    result = np.empty(len(codes), dtype=object)
    for at, code in enumerate(codes):
        own = found.get(str(code), set())
        result[at] = tuple(key for key in ladder if key in own)
    return result


def explain(
    jobs: Jobs,
    measured: Mapping[str, Measured],
    index: Index,
    short: NDArray[np.bool_],
) -> NDArray[np.object_]:
    """The chief cause of each short occupation."""
    n = len(short)
    unknown = np.full(n, np.nan)
    tight, unqualified = unknown, unknown
    if "log_ratio" in measured:
        found = measured["log_ratio"]
        tight = np.where(found.observed, (found.draws > 0).mean(axis=0), np.nan)
    if "skill_shortage" in measured:
        found = measured["skill_shortage"]
        unqualified = np.where(found.observed, found.natural().mean(axis=0), np.nan)
    positive = np.nan_to_num(index.draws.mean(axis=0), nan=-1.0) > 0
    return find_causes(
        short=short | (positive & index.rated),
        bad_job=jobs.bad,
        low_pay=jobs.p_low_pay,
        high_turnover=jobs.p_high_turnover,
        tight=tight,
        unqualified=unqualified,
        high_skill=jobs.high_skill,
    )
