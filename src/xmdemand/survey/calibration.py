"""Calibration: raking and GREG, plain and bounded, of one or of many weight vectors at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.notes import Note
from xmdemand.survey.linearise import Codes, Floats, grouping

Distance = Literal["linear", "truncated", "logit", "raking"]
TOLERANCE = 1e-9
"""Relative distance from a known total at which it counts as hit."""
MIN_CATEGORY = 5
"""Sampled units a category needs to be calibrated on its own."""


@dataclass(frozen=True, eq=False)
class Margin:
    """One variable with known totals of its categories.

    Parameters
    ----------
    variable
        Its name.
    codes
        (n,) category of each row; negative rows are left alone.
    targets
        (n_categories,) known totals.
    labels
        Names of the categories.
    """

    variable: str
    codes: Codes
    targets: Floats
    labels: tuple[str, ...]

    def sums(self, weights: Floats) -> Floats:
        """Weighted totals of the categories."""
        return np.asarray(grouping(self.codes, len(self.labels)) @ weights)

    def miss(self, weights: Floats) -> Floats:
        """Relative distance from the known totals."""
        targets = self.targets.reshape(-1, *[1] * (weights.ndim - 1))
        return (self.sums(weights) - targets) / np.where(targets > 0, targets, 1.0)


def rake_weights(
    weights: Floats, margins: Sequence[Margin], *, max_iter: int = 200
) -> tuple[Floats, NDArray[np.bool_]]:
    """Iterative proportional fitting of many weight vectors to the same margins.

    Parameters
    ----------
    weights
        (n x n_draws).

    Returns
    -------
    weights, failed
        (n x n_draws) raked weights, and (n_draws,) which vectors did not reach the margins.
    """
    raked = weights.astype(float, copy=True)
    working = np.arange(weights.shape[1])
    indicators = [grouping(margin.codes, len(margin.labels)) for margin in margins]
    for _ in range(max_iter):
        block = raked[:, working]
        for margin, indicator in zip(margins, indicators, strict=True):
            sums = indicator @ block
            factor = np.divide(
                np.broadcast_to(margin.targets[:, None], sums.shape),
                sums,
                out=np.ones_like(sums),
                where=sums > 0,
            )
            rows = margin.codes >= 0
            block[rows] *= factor[margin.codes[rows]]
        raked[:, working] = block
        worst = np.max([np.abs(m.miss(block)).max(axis=0) for m in margins], axis=0)
        working = working[worst > TOLERANCE]
        if not len(working):
            break
    failed = np.zeros(weights.shape[1], dtype=bool)
    failed[working] = True
    return raked, failed


def settled_margin(
    values: pd.Series, targets: pd.Series, size: float
) -> tuple[Margin, tuple[Note, ...]]:
    """A margin that a sample can meet, from totals that need not fit it.

    Totals are scaled to the population. Categories nobody in the sample belongs to are shared by
    the others, sampled units outside the categories keep their share of the sample, and
    categories with fewer than five sampled units are pooled.

    Parameters
    ----------
    values
        (n,) category of each sampled unit.
    targets
        Known totals by category.
    size
        Size of the population.
    """
    name, values = str(values.name), values.astype(str)
    targets = targets.set_axis(targets.index.astype(str))
    held = values.value_counts()
    outside = held[~held.index.isin(targets[targets > 0].index)]
    absent = sorted(set(targets[targets > 0].index) - set(held.index))
    notes: list[Note] = []
    if absent:
        where = f"{name}: {', '.join(map(str, absent))}"
        notes.append(
            Note("survey.margin_without_sample", where=where, n=len(absent), severity="warning")
        )
    if len(outside):
        count = int(outside.sum())
        notes.append(Note("survey.outside_margin", where=name, n=count, severity="warning"))
    goal = outside / len(values) * size
    inside = targets[targets.index.isin(held.index) & (targets > 0)].astype(float)
    goal = pd.concat([goal, inside / inside.sum() * (size - goal.sum())])
    thin = held.index[held < MIN_CATEGORY]
    if len(thin) and len(thin) < len(held):
        smallest = str(held[held >= MIN_CATEGORY].idxmin())
        values = values.where(~values.isin(thin), smallest)
        goal[smallest] += goal[thin].sum()
        goal = goal.drop(thin)
        where = f"{name}: {', '.join(map(str, sorted(thin)))}"
        notes.append(Note("survey.margin_pooled", where=where, n=len(thin)))
    labels = sorted(goal.index)
    codes = pd.Categorical(values, categories=labels).codes.astype(np.intp)
    known = np.asarray(goal[labels], dtype=np.float64)
    return Margin(name, codes, known, tuple(labels)), tuple(notes)


def residuals(scores: Floats, before: Floats, auxiliaries: Floats) -> Floats:
    """Residuals of scores on the calibration variables, weighted by the weights before."""
    root = np.sqrt(before)[:, None]
    beta = np.linalg.lstsq(auxiliaries * root, scores * root, rcond=None)[0]
    return scores - auxiliaries @ beta


@dataclass(frozen=True, eq=False)
class Raking:
    """Weights raked to margins."""

    margins: tuple[Margin, ...]
    name: str = "rake"

    @property
    def auxiliaries(self) -> Floats:
        """(n x categories) indicators of all margins."""
        return np.hstack(
            [grouping(m.codes, len(m.labels)).toarray().T for m in self.margins]
        ).astype(float)

    def apply(self, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Raked weights (n x n_draws), and which draws did not converge."""
        return rake_weights(weights, self.margins)

    def pull_back(self, scores: Floats, before: Floats) -> Floats:
        """Residuals times g, so that before-weights times them are the calibrated ones' scores."""
        after = self.apply(before[:, None])[0][:, 0]
        g = np.divide(after, before, out=np.ones_like(before), where=before > 0)
        return g[:, None] * residuals(scores, before, self.auxiliaries)

    def own_variance(self, scores: Floats, before: Floats, fraction: Floats) -> Floats:
        """Calibration adds no variance of its own."""
        return np.zeros(scores.shape[1])
