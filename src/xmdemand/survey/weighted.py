"""Weighted totals of rows by occupation in every replicate, by sparse products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xmdemand.survey.impute import impute_counts
from xmdemand.survey.linearise import Codes, Floats, grouping
from xmdemand.survey.posts import Count, Shares


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of returns under their units' weights.

    Attributes
    ----------
    unit
        (n_rows,) position of each row's firm or person.
    point
        (n_units,) weights.
    draws
        (n_units x n_draws) replicate weights.
    """

    unit: Codes
    point: Floats
    draws: Floats


@dataclass(frozen=True, eq=False)
class Values:
    """A measure of every row: exact or, where it was imputed, a value in each replicate.

    Attributes
    ----------
    mean
        (n_rows,) the value, or the mean of the imputed ones.
    uncertain
        Rows with imputed values.
    imputed
        (n_uncertain x n_draws).
    without_donor
        Uncertain rows that had no donor.
    """

    mean: Floats
    uncertain: Codes
    imputed: Floats
    without_donor: int = 0

    @classmethod
    def certain(cls, values: Floats) -> Values:
        """Values that are the same in every replicate."""
        return cls(values, np.array([], dtype=np.intp), np.zeros((0, 0)))

    def plus(self, amount: float) -> Values:
        """The values with an amount added to every row."""
        return Values(self.mean + amount, self.uncertain, self.imputed + amount)

    def masked(self, keep: NDArray[Any]) -> Values:
        """The values times a row factor (a mask, a share); rows times 0 are certain zeros."""
        left = keep[self.uncertain] != 0
        uncertain = self.uncertain[left]
        imputed = self.imputed[left] * keep[uncertain][:, None]
        return Values(self.mean * keep, uncertain, imputed)


def fill(count: Count, cells: Sequence[Codes], rows: Rows, rng: np.random.Generator) -> Values:
    """A measure from a count: intervals imputed in each replicate, what nobody gave is zero."""
    absent = np.isnan(count.exact) & np.isnan(count.low) & np.isnan(count.high)
    exact = np.where(absent, 0.0, count.exact)
    uncertain = np.flatnonzero(np.isnan(exact))
    given = np.flatnonzero(~absent)
    if not len(uncertain):
        return Values.certain(exact)
    drawn = impute_counts(
        exact[given],
        count.low[given],
        count.high[given],
        [cell[given] for cell in cells],
        rows.draws,
        rng,
        unit=rows.unit[given],
    )
    mean = exact.copy()
    mean[uncertain] = drawn.values.mean(axis=1)
    return Values(mean, uncertain, drawn.values, drawn.without_donor)


def replicate_totals(values: Values, shares: Shares, rows: Rows) -> Floats:
    """Weighted totals by occupation in every replicate (n_draws x occupations)."""
    parts = replicate_sums(values, shares.split, rows)
    return np.ascontiguousarray((shares.mass.T.tocsr() @ parts).T)


def replicate_sums(values: Values, columns: sparse.csr_array, rows: Rows) -> Floats:
    """Weighted sums by column (rows x columns) in every replicate, (columns x n_draws)."""
    exact = values.mean.copy()
    exact[values.uncertain] = 0.0
    sums = np.asarray(_by_unit(exact, columns, rows).T.tocsr() @ rows.draws)
    if len(values.uncertain):
        weighted = rows.draws[rows.unit[values.uncertain]] * values.imputed
        sums += columns[values.uncertain].T.tocsr() @ weighted
    return sums


def point_totals(values: Values, shares: sparse.csr_array, rows: Rows) -> Floats:
    """Weighted totals by column of `shares` with the sample's own weights."""
    return np.asarray(shares.T @ (rows.point[rows.unit] * values.mean))


def unit_values(values: Values, shares: sparse.csr_array, rows: Rows) -> sparse.csr_array:
    """(n_units x columns) unweighted totals of every unit."""
    return _by_unit(values.mean, shares, rows)


def _by_unit(values: Floats, shares: sparse.csr_array, rows: Rows) -> sparse.csr_array:
    """(n_units x columns) sums by unit; rows of zero, most of them under a mask, cost nothing."""
    some = np.flatnonzero(values)
    to_units = grouping(rows.unit[some], len(rows.point))
    return sparse.csr_array(to_units @ (sparse.diags_array(values[some]) @ shares[some]))
