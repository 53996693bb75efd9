"""Variance of weighted totals by linearisation: the numeric core, arrays in and arrays out.

A statistic is a smooth function of weighted totals. Its variance is that of the total of its
*scores* (influence values), so everything the room estimates ends in `design_variance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Codes = NDArray[np.integer[Any]]
SingletonRule = Literal["fail", "certainty", "adjust", "average", "merge"]

TAKE_ALL = 1 - 1e-7
"""A sampled fraction from here on counts as everything (R survey's tolerance)."""


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of sampling, as arrays.

    Parameters
    ----------
    unit
        (n,) code of the sampling unit that each row belongs to.
    stratum
        (n_units,) stratum code of each unit.
    sampled
        (n_strata,) number of units sampled.
    fraction
        (n_strata,) share of the stratum's units that was sampled; 0 without a finite population.
    scale
        (n_strata,) product of the fractions of earlier stages; 1 at the first.
    labels
        Names of the strata, for messages.
    """

    unit: Codes
    stratum: Codes
    sampled: Floats
    fraction: Floats
    scale: Floats
    labels: tuple[str, ...]

    @property
    def singletons(self) -> NDArray[np.bool_]:
        """Strata from which a variance would need two units and only one was drawn."""
        return (self.sampled < 2) & (self.fraction < TAKE_ALL)


def grouping(codes: Codes, n_groups: int) -> sparse.csr_array:
    """The (n_groups x n) indicator matrix that sums rows by group; negative codes fall out."""
    rows = np.flatnonzero(codes >= 0)
    return sparse.csr_array((np.ones(len(rows)), (codes[rows], rows)), shape=(n_groups, len(codes)))


def stage_variance(scores: sparse.coo_array, stage: Stage, rule: SingletonRule) -> Floats:
    r"""One stage's contribution to the variance of the totals of weighted scores.

    .. math:: V = \sum_h s_h (1 - f_h) \frac{n_h}{n_h - 1} \sum_{i \in h} (z_{hi} - \bar z_h)^2

    with z the unit's sum of weighted scores. Units without an entry count as zeros, so a domain's
    total over a sparse column keeps the whole design.

    Parameters
    ----------
    scores
        (n x k) weighted scores; sparse columns are cheap.
    rule
        What a singleton stratum adds: nothing (``certainty``), its square about zero
        (``adjust``), or the average of the other strata (``average``).
    """
    n_strata, k = len(stage.sampled), scores.shape[1]
    units: sparse.coo_array = sparse.coo_array(
        (scores.data, (stage.unit[scores.row], scores.col)), shape=(len(stage.stratum), k)
    )
    if len(stage.stratum) < scores.shape[0]:
        units = units.tocsr().tocoo()
    key = stage.stratum[units.row] * k + units.col
    present = np.bincount(key, minlength=n_strata * k).reshape(n_strata, k).astype(float)
    sums = np.bincount(key, units.data, n_strata * k).reshape(n_strata, k)
    mean = sums / stage.sampled[:, None]
    squares = np.bincount(key, (units.data - mean.ravel()[key]) ** 2, n_strata * k)
    squares = squares.reshape(n_strata, k) + (stage.sampled[:, None] - present) * mean**2

    free = np.where(stage.fraction < TAKE_ALL, 1 - stage.fraction, 0.0)
    factor = free * stage.sampled / np.maximum(stage.sampled - 1, 1) * stage.scale
    single = stage.singletons
    if rule == "adjust":
        squares[single] = sums[single] ** 2
    elif rule != "average":
        squares[single] = 0.0
    if rule == "average":
        squares[single] = 0.0
        strata_seen = (present > 0).sum(axis=0)
        usable = (present[~single] > 0).sum(axis=0)
        raised = np.divide(strata_seen, usable, out=np.full(k, np.nan), where=usable > 0)
        return (factor @ squares) * raised
    return factor @ squares


def design_variance(
    scores: sparse.coo_array, stages: Sequence[Stage], rule: SingletonRule
) -> Floats:
    """Variance of the totals of weighted scores, summed over the stages of the design.

    Each stage within the units of the one before adds its own variance, scaled by the fraction of
    those units that was sampled (the estimator of R survey's ``svyrecvar``).
    """
    return np.sum([stage_variance(scores, stage, rule) for stage in stages], axis=0)
