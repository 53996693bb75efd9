"""Why an occupation is short, what to do about it, and shortages that are none of skill."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "few_applicants": "recruit_train",
        "unsuitable": "tailor_training",
        "pay": "improve_pay",
        "retention": "improve_conditions",
        "long_training": "build_pipeline",
    }
)
"""The remedy of each cause (keys; words in messages), after the Australian drivers."""


def bad_jobs(
    turnover: FloatArray,
    relative_pay: FloatArray,
    *,
    turnover_ratio: float,
    log_pay: float,
) -> FloatArray:
    """P(high turnover and low pay): t > ratio x the city's median and w < log_pay.

    Parameters
    ----------
    turnover
        Leavers / employed, (n_draws x occupations).
    relative_pay
        Log offered wage minus the log median at its level.

    Returns
    -------
    ndarray
        By occupation, NaN where either is unknown.
    """
    known = np.isfinite(turnover).all(axis=0) & np.isfinite(relative_pay).all(axis=0)
    if not known.any():
        return np.full(turnover.shape[1], np.nan)
    median = np.median(turnover[:, known], axis=1, keepdims=True)
    flag = (turnover > turnover_ratio * median) & (relative_pay < log_pay)
    return np.where(known, flag.mean(axis=0), np.nan)


def relative_pay(
    log_wage: FloatArray, level: NDArray[np.object_], *, fewest: int = 5
) -> FloatArray:
    """Log wage minus the log median of occupations at the same level.

    A level with fewer than `fewest` paid occupations is held against the whole city.
    """
    known = np.isfinite(log_wage).all(axis=0)
    result = np.full(log_wage.shape, np.nan)
    if not known.any():
        return result
    city = np.median(log_wage[:, known], axis=1, keepdims=True)
    result[:, known] = log_wage[:, known] - city
    for key in sorted({str(item) for item in level[known]}):
        same = known & (level.astype(str) == key)
        if same.sum() >= fewest:
            median = np.median(log_wage[:, same], axis=1, keepdims=True)
            result[:, same] = log_wage[:, same] - median
    return result


def find_causes(
    *,
    short: BoolArray,
    bad_job: BoolArray,
    low_pay: FloatArray,
    high_turnover: FloatArray,
    tight: FloatArray,
    unqualified: FloatArray,
    high_skill: FloatArray,
) -> NDArray[np.object_]:
    """The chief cause of every short occupation, empty where none is short or data are silent.

    In this order: a bad job is ``retention`` if turnover is the surer sign, else ``pay``; few
    seekers per post is ``long_training`` where at least half the demand is for high skill, else
    ``few_applicants``; enough seekers but an unqualified share above the city's median is
    ``unsuitable``; then high turnover alone is ``retention`` and low pay alone is ``pay``.

    Parameters
    ----------
    short
        Which occupations to explain.
    bad_job
        Flagged 高流动低薪.
    low_pay, high_turnover, tight
        Probabilities of low pay, of high turnover, and of more posts than seekers.
    unqualified
        Share of vacancies hard to fill for lack of qualified applicants.
    high_skill
        Share of demand at high-skill levels.
    """
    pay, leave = np.nan_to_num(low_pay), np.nan_to_num(high_turnover)
    few = np.nan_to_num(tight) >= 0.7
    known = unqualified[np.isfinite(unqualified)]
    usual = float(np.median(known)) if len(known) else np.inf
    rules = [
        (bad_job & (leave > pay), "retention"),
        (bad_job, "pay"),
        (few & (np.nan_to_num(high_skill) >= 0.5), "long_training"),
        (few, "few_applicants"),
        (np.nan_to_num(unqualified, nan=-1.0) > usual, "unsuitable"),
        (leave >= 0.7, "retention"),
        (pay >= 0.7, "pay"),
    ]
    chosen = np.select([rule for rule, _ in rules], [name for _, name in rules], default="")
    return np.where(short, chosen, "").astype(object)
