"""What a reader needs to judge a set of weights, and who carries an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.survey.calibration import TOLERANCE, Calibration, relative_g
from xmdemand.survey.linearise import Floats
from xmdemand.survey.nonresponse import NonResponse
from xmdemand.survey.raking import Raking
from xmdemand.survey.steps import Step

if TYPE_CHECKING:
    from xmdemand.survey.estimates import Domains


def kish_effect(weights: Floats) -> float:
    """Kish's design effect of unequal weights, n sum(w^2) / (sum w)^2.

    >>> kish_effect(np.array([1.0, 1.0, 2.0]))
    1.125
    """
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def share_of(part: float, whole: float) -> float:
    """part / whole, 0 of nothing."""
    return float(part / whole) if whole > 0 else 0.0


def weight_diagnostics(base: Floats, steps: Sequence[tuple[Step, Floats, Floats]]) -> pd.DataFrame:
    """``step, item, value``: of every step the range of g, the weights' design effect, what it hit.

    Parameters
    ----------
    steps
        Each step with the weights before and after it.
    """
    rows: list[tuple[str, str, float]] = [
        ("design", "rows", float(len(base))),
        ("design", "sum of weights", float(base.sum())),
        ("design", "design effect of weights", kish_effect(base[base > 0])),
    ]
    for at, (step, before, after) in enumerate(steps, start=1):
        name = f"{at}. {step.name}"
        kept = (before > 0) & (after != 0)
        g = relative_g(after, before)[kept]
        rows += [
            (name, "rows with weight", float(kept.sum())),
            (name, "sum of weights", float(after.sum())),
            (name, "lowest g", float(g.min())),
            (name, "highest g", float(g.max())),
            (name, "design effect of weights", kish_effect(after[kept])),
        ]
        if isinstance(step, NonResponse):
            sums = step.sums(before[:, None])
            rate = sums.responded.sum() / (sums.eligible + sums.eligibility * sums.unknown).sum()
            rows += [
                (name, "weighted response rate", float(rate)),
                (name, "classes", float(len(step.labels))),
                (name, "largest class factor", float(sums.factor.max())),
            ]
        if isinstance(step, Calibration | Raking):
            margins = step.margins(after)
            off = (margins["estimate"] / margins["target"].replace(0, np.nan) - 1).abs().fillna(0)
            rows += [
                (name, "margins", float(len(margins))),
                (name, "margins hit", float((off <= 10 * TOLERANCE).sum())),
                (name, "largest relative miss", float(off.max())),
            ]
    return pd.DataFrame(rows, columns=["step", "item", "value"])


def most_influential(
    values: Floats, weights: Floats, domains: Domains, labels: pd.Index, *, top: int
) -> pd.DataFrame:
    """The rows with the largest weighted share of each domain's total.

    Returns
    -------
    DataFrame
        The `by` columns, ``row`` (label), ``weight, value, share``, largest first.
    """
    rows = np.flatnonzero(domains.codes >= 0)
    carried = np.abs(weights * values)
    table = pd.DataFrame({"domain": domains.codes[rows], "at": rows, "carried": carried[rows]})
    whole = table.groupby("domain")["carried"].transform("sum")
    table["share"] = np.where(whole > 0, table["carried"] / whole.where(whole > 0, 1.0), np.nan)
    table = table.sort_values(["domain", "carried", "at"], ascending=[True, False, True])
    table = table.groupby("domain").head(top)
    out = domains.table.iloc[table["domain"].to_numpy()].reset_index(drop=True)
    return out.assign(
        row=labels[table["at"].to_numpy()],
        weight=weights[table["at"].to_numpy()],
        value=values[table["at"].to_numpy()],
        share=table["share"].to_numpy(),
    )
