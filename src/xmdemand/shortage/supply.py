"""Who will be there to hire: realisation of plans, coverage of the register, supply and gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xmdemand.errors import InputError
from xmdemand.notes import Note

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def realisation(
    rng: np.random.Generator,
    n_draws: int,
    n_groups: int,
    *,
    median: float,
    sigma: float,
    group_sigma: float,
    observed: float | None = None,
    observed_se: float = 0.0,
) -> FloatArray:
    """π = realised / planned hires: one lognormal draw a replicate and a deviation a group.

    With an `observed` ratio (last edition's plans against the hires since), the prior on log π is
    updated by it in the usual normal way. One past year is not the next: years are taken to differ
    by as much as groups do (`group_sigma`), so a ratio known exactly still leaves that much open.

    Parameters
    ----------
    median, sigma
        The prior's median and standard deviation of log π.
    group_sigma
        Standard deviation of a major group's deviation from the city, log scale.
    observed, observed_se
        Realised over planned of past editions, and the standard error of its logarithm.

    Returns
    -------
    ndarray
        (n_draws x n_groups).
    """
    centre, spread = np.log(median), sigma
    if observed is not None:
        noise = np.hypot(observed_se, group_sigma)
        trust = sigma**2 / (sigma**2 + noise**2)
        centre = (1 - trust) * centre + trust * np.log(observed)
        spread = sigma * np.sqrt(1 - trust)
    common = rng.normal(centre, spread, size=(n_draws, 1))
    return np.exp(common + rng.normal(0.0, group_sigma, size=(n_draws, n_groups)))


def coverage(rng: np.random.Generator, n_draws: int, n_groups: int, sigma: float) -> FloatArray:
    """λ = post coverage / seeker coverage of the register, lognormal(0, σ) by major group."""
    return np.exp(rng.normal(0.0, sigma, size=(n_draws, n_groups)))


def share_out(seekers: FloatArray, stated: FloatArray, not_stated: float) -> FloatArray:
    """Seekers with those who state no occupation shared out as the others' wishes are.

    The declared rule is proportional: each occupation's seekers grow by
    not stated / stated of the same twelve months.

    >>> share_out(np.array([[30.0, 10.0]]), np.array([60.0, 20.0]), 20.0).tolist()
    [[37.5, 12.5]]
    """
    total = float(stated.sum())
    return seekers * (1 + not_stated / total) if total > 0 else seekers


def pipeline_persons(
    pipeline: pd.DataFrame | None,
    codes: pd.Index,
    *,
    entry_share: float,
    stay_share: float,
) -> tuple[FloatArray, int]:
    """Graduates and trainees who will enter the occupation here, persons by occupation.

    Shares that a row does not give are the profile's.

    Returns
    -------
    tuple
        Persons by occupation, and how many rows took an assumed share.
    """
    if pipeline is None or pipeline.empty:
        return np.zeros(len(codes)), 0
    entry = pipeline["entry_share"].astype(float)
    stay = pipeline["stay_share"].astype(float)
    persons = pipeline["persons"].astype(float)
    if (persons < 0).any():
        raise InputError.told(Note("shortage.pipeline_negative"))
    coming = persons * entry.fillna(entry_share) * stay.fillna(stay_share)
    by_code = coming.groupby(pipeline["occupation"].to_numpy()).sum()
    assumed = int((entry.isna() | stay.isna()).sum())
    persons_of = np.asarray(by_code.reindex(codes).fillna(0.0), dtype=np.float64)
    return persons_of, assumed


def supply(
    seekers: FloatArray, pi: FloatArray, kappa: FloatArray, lam: FloatArray, coming: FloatArray
) -> FloatArray:
    """S = π κ λ S^R + graduates and trainees; NaN where the register has no row.

    All by draw and occupation, `coming` by occupation.
    """
    return pi * kappa * lam * seekers + coming
