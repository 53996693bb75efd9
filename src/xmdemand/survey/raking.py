"""Raking: iterative proportional fitting to margins, of many weight vectors at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.errors import InputError, NotFoundError, name_some
from xmdemand.notes import Note
from xmdemand.survey.calibration import (
    TOLERANCE,
    category_totals,
    relative_g,
    require_one_population,
    residuals,
)
from xmdemand.survey.linearise import Codes, Floats, grouping

MIN_CATEGORY = 5
"""Sampled units a category needs to be calibrated on its own in a build."""


@dataclass(frozen=True, eq=False)
class Margin:
    """One variable with known totals of its categories.

    Parameters
    ----------
    variable
        Its name.
    codes
        (n,) category of each row.
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


def rake_weights(
    weights: Floats, margins: Sequence[Margin], *, max_iter: int = 500
) -> tuple[Floats, NDArray[np.bool_]]:
    """Iterative proportional fitting of many weight vectors to the same margins.

    Rows alike in every margin get the same factor, so the table of their sums is fitted.

    Parameters
    ----------
    weights
        (n x n_draws).

    Returns
    -------
    weights, failed
        (n x n_draws) raked weights, and (n_draws,) which vectors did not reach the margins.
    """
    shape = [len(margin.targets) + 1 for margin in margins]  # one for rows without a category
    key = np.ravel_multi_index([margin.codes + 1 for margin in margins], shape)
    found, cell = np.unique(key, return_inverse=True)
    cells = np.column_stack(np.unravel_index(found, shape)) - 1
    table = np.asarray(grouping(cell, len(cells)) @ weights.astype(float))
    factors, failed = _rake_cells(table, cells, [margin.targets for margin in margins], max_iter)
    return weights * factors[cell], failed


def _rake_cells(
    table: Floats, cells: Codes, targets: Sequence[Floats], max_iter: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Factors of the cells (n_cells x n_draws) with which a table meets its margins."""
    factors = np.ones_like(table)
    working = np.arange(table.shape[1])
    indicators = [grouping(cells[:, at], len(goal)) for at, goal in enumerate(targets)]
    goals = [goal[:, None] for goal in targets]
    for _ in range(max_iter):
        block, change = table[:, working] * factors[:, working], factors[:, working]
        for at, (indicator, goal) in enumerate(zip(indicators, goals, strict=True)):
            sums = indicator @ block
            factor = np.divide(goal, sums, out=np.ones_like(sums), where=sums > 0)
            block *= factor[cells[:, at]]
            change *= factor[cells[:, at]]
        factors[:, working] = change
        misses = [
            np.abs((indicator @ block - goal) / np.where(goal > 0, goal, 1.0)).max(axis=0)
            for indicator, goal in zip(indicators, goals, strict=True)
        ]
        working = working[np.max(misses, axis=0) > TOLERANCE]
        if not len(working):
            break
    failed = np.zeros(table.shape[1], dtype=bool)
    failed[working] = True
    return factors, failed


@dataclass(frozen=True, eq=False)
class Raking:
    """Weights raked to margins."""

    by_variable: tuple[Margin, ...]
    name: str = "rake"

    @property
    def auxiliaries(self) -> Floats:
        """(n x categories) indicators of all margins."""
        blocks = [grouping(m.codes, len(m.labels)).toarray().T for m in self.by_variable]
        return np.hstack(blocks).astype(float)

    def apply(self, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Raked weights (n x n_draws), and which draws did not converge."""
        return rake_weights(weights, self.by_variable)

    def pull_back(self, scores: Floats, before: Floats) -> Floats:
        """Residuals on the margins times g: the raked total's scores on the weights before."""
        after = self.apply(before[:, None])[0][:, 0]
        return relative_g(after, before)[:, None] * residuals(scores, before, self.auxiliaries)

    def own_variance(self, scores: Floats, before: Floats, fraction: Floats) -> Floats:
        """Raking adds no variance of its own."""
        return np.zeros(scores.shape[1])

    def margins(self, weights: Floats) -> pd.DataFrame:
        """Every known total and what the weights give: ``margin, target, estimate``."""
        return pd.concat(
            [
                pd.DataFrame(
                    {
                        "margin": [f"{m.variable}={label}" for label in m.labels],
                        "target": m.targets,
                        "estimate": m.sums(weights),
                    }
                )
                for m in self.by_variable
            ],
            ignore_index=True,
        )

    def describe(self) -> str:
        """One line for `print`."""
        names = ", ".join(f"{m.variable} ({len(m.labels)})" for m in self.by_variable)
        return f"raked to the totals of {names}"


def build_raking(
    frame: pd.DataFrame,
    used: NDArray[np.bool_],
    totals: Mapping[str, Mapping[object, float] | pd.Series],
) -> Raking:
    """Margins from a frame's columns and their known totals, checked against each other.

    Rows not `used` have no weight (who did not respond): they need no category.

    Raises
    ------
    InputError, NotFoundError
        Unknown columns, categories without totals, margins whose sums contradict each other.
    """
    if not totals:
        raise InputError("no margins to rake to")
    absent = [name for name in totals if name not in frame.columns]
    if absent:
        raise NotFoundError(
            f"margins not in the data: {name_some(absent)}; "
            f"the data have {name_some(frame.columns, show=10)}"
        )
    margins = []
    for name, known in totals.items():
        checked = category_totals(frame[name][used], known)
        labels = list(checked)
        codes = pd.Index(labels).get_indexer(pd.Index(frame[name]))
        targets = np.array(list(checked.values()))
        margins.append(Margin(name, codes, targets, tuple(map(str, labels))))
    require_one_population({margin.variable: float(margin.targets.sum()) for margin in margins})
    return Raking(tuple(margins))


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
        kept = held[held >= MIN_CATEGORY]
        known = kept[kept.index.isin(inside.index)]
        smallest = str((known if len(known) else kept).idxmin())
        values = values.where(~values.isin(thin), smallest)
        goal[smallest] += goal[thin].sum()
        goal = goal.drop(thin)
        where = f"{name}: {', '.join(map(str, sorted(thin)))}"
        notes.append(Note("survey.margin_pooled", where=where, n=len(thin)))
    labels = sorted(goal.index)
    codes = pd.Categorical(values, categories=labels).codes.astype(np.intp)
    final = np.asarray(goal[labels], dtype=np.float64)
    return Margin(name, codes, final, tuple(labels)), tuple(notes)
