"""Was last year's ranking right? Held against what happened since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xmdemand.errors import InputError, name_some
from xmdemand.notes import Note, Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from xmdemand.market.outlook import Outlook

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
TRUST_SPREAD = 0.3
"""How far the slope of calibration is expected to lie from 1 before anything is seen."""
TRUST_LIMITS = (0.2, 2.0)
BINS = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0)


@dataclass(frozen=True, eq=False)
class Evaluation(Result):
    """How a past ranking did.

    Attributes
    ----------
    frame
        ``by, group, measure, estimate, n``: over ``all``, and by ``field``, ``size``, ``trained``
        where the outcome has them. Measures: ``hits`` (share of the true top k among the k that
        were given the highest P(top k)), ``ndcg``, ``kendall_tau`` (of rank and outcome),
        ``brier``, ``brier_skill`` (against k/n for everyone).
    calibration
        ``promised, happened, n`` by class of P(top k).
    slope, slope_se
        Of logistic calibration, outcome on the logit of P(top k): 1 is calibrated, below 1 the
        promises were too sure.
    """

    frame: pd.DataFrame
    calibration: pd.DataFrame
    slope: float
    slope_se: float
    notes: Notes = ()

    def plot(self) -> Axes:
        """Promises against what happened; see `xmdemand.plots.calibration`."""
        from xmdemand.plots import calibration

        table = self.calibration
        return calibration(*(table[name].tolist() for name in ("promised", "happened", "n")))


def evaluate(
    record: Mapping[str, Any], outcome: pd.DataFrame | pd.Series, *, k: int = 50
) -> Evaluation:
    """Hold a past record's ranking against an outcome from data outside the index's window.

    Parameters
    ----------
    record
        A past ``record.json`` (its ``ranking`` is used) or `to_record`'s mapping itself.
    outcome
        What happened: a Series by lineage (or by code), or a frame with ``occupation`` and
        ``outcome`` and optionally ``field``, ``size``, ``trained``. Large means short.
    k
        How many make the top; at most half of the occupations compared.

    Raises
    ------
    InputError
        If the record holds no ranking, fewer than five occupations can be compared, outcomes are
        all alike, or an occupation has two outcomes.

    Examples
    --------
    >>> entries = {
    ...     f"L{i}": {"code": f"{i}", "index": -i, "rank": i + 1, "p_top": 1 - i / 10}
    ...     for i in range(10)
    ... }
    >>> import pandas as pd
    >>> happened = pd.Series({f"L{i}": 10.0 - i for i in range(10)})
    >>> evaluate({"year": 2025, "entries": entries}, happened, k=3).frame["estimate"].iloc[0].item()
    1.0
    """
    import pandas as pd

    table = _compared(_entries(record), _tidy(outcome))
    truth = table["outcome"].to_numpy(dtype=float)
    if len(table) < 5:
        raise InputError.told(Note("shortage.few_outcomes", n=len(table)))
    if np.ptp(truth) == 0:
        raise InputError.told(Note("shortage.outcomes_alike"))
    size = min(k, len(table) // 2)
    top = _is_top(truth, size)
    p = table["p_top"].to_numpy(dtype=float)
    rows = _measures("all", "all", table, top, size)
    for by in ("field", "size", "trained"):
        if by in table:
            for group, own in table.groupby(by, sort=True):
                if len(own) >= 5:
                    rows += _measures(by, str(group), own, top[own.index.to_numpy()], size)
    notes = [Note("shortage.evaluated", n=len(table), fields={"k": size})]
    if size < k:
        notes.append(Note("shortage.evaluated_fewer", n=size, fields={"asked": k}))
    columns = ["by", "group", "measure", "estimate", "n"]
    slope, slope_se = calibrate(p, top)
    return Evaluation(
        frame=pd.DataFrame(rows, columns=columns),
        calibration=calibration_table(p, top),
        slope=slope,
        slope_se=slope_se,
        notes=tuple(notes),
    )


def register_outcome(
    outlook: Outlook, record: Mapping[str, Any], *, fewest: int = 12
) -> pd.DataFrame:
    """What the register saw since a past edition: how long its posts waited, in logs of months.

    Its window begins where the past edition's data ended. By Little's law the posts carried over
    per new post of a month are the months they wait, which is nearest to vacancies that stay open;
    a register that carries nothing over is judged by new posts per new seeker instead. Occupations
    with fewer than `fewest` new posts and seekers together are left out. Those that were listed
    count as ``trained``, since being listed is what training follows from.
    """
    import pandas as pd

    listed = {row.get("code"): bool(row.get("listed")) for row in _entries(record).values()}
    frame = outlook.frame
    posts, seekers = frame["posts_past"].fillna(0.0), frame["seekers_past"].fillna(0.0)
    stock = frame["posts_stock"]
    carried = bool((stock > 0).any())
    top, bottom = (12 * stock, posts) if carried else (posts, seekers)
    table = pd.DataFrame(
        {
            "occupation": frame.index.astype(str),
            "outcome": np.log(np.asarray((top + 0.5) / (bottom + 0.5), dtype=float)),
            "trained": [listed.get(str(code), False) for code in frame.index],
        }
    )
    enough = np.asarray(posts + seekers, dtype=float) >= fewest
    return table[enough & ((posts.to_numpy() > 0) | (not carried))].reset_index(drop=True)


def _entries(record: Mapping[str, Any]) -> Mapping[str, Any]:
    ranking = record.get("ranking", record)
    if not isinstance(ranking, Mapping) or "entries" not in ranking:
        raise InputError.told(Note("shortage.record_no_ranking"))
    return ranking["entries"]


def _tidy(outcome: pd.DataFrame | pd.Series) -> pd.DataFrame:
    import pandas as pd

    if isinstance(outcome, pd.Series):
        outcome = pd.DataFrame({"occupation": outcome.index, "outcome": outcome.to_numpy()})
    missing = {"occupation", "outcome"} - set(outcome.columns)
    if missing:
        raise InputError(f"outcome lacks columns {name_some(sorted(missing))}")
    twice = outcome["occupation"][outcome["occupation"].duplicated()]
    if len(twice):
        raise InputError.told(Note("shortage.outcome_twice", name_some(sorted(set(twice)))))
    return outcome


def _compared(entries: Mapping[str, Any], outcome: pd.DataFrame) -> pd.DataFrame:
    """Ranked occupations with an outcome, by lineage first, by code otherwise."""
    import pandas as pd

    ranked = {key: row for key, row in entries.items() if row.get("rank") is not None}
    by_code = {row.get("code"): key for key, row in ranked.items()}
    keys = [key if key in ranked else by_code.get(key) for key in outcome["occupation"]]
    table = outcome.assign(lineage=pd.Series(keys, index=outcome.index, dtype=object))
    table = table[table["lineage"].notna() & table["outcome"].notna()]
    found = pd.DataFrame(
        {
            "rank": [ranked[key]["rank"] for key in table["lineage"]],
            "p_top": [ranked[key]["p_top"] for key in table["lineage"]],
        }
    ).astype(float)
    return pd.concat([table.reset_index(drop=True), found], axis=1)


def _is_top(values: FloatArray, k: int) -> BoolArray:
    """The k largest; ties keep the given order."""
    top = np.zeros(len(values), dtype=bool)
    top[np.argsort(-values, kind="stable")[:k]] = True
    return top


def _measures(
    by: str, group: str, table: pd.DataFrame, top: BoolArray, k: int
) -> list[tuple[str, str, str, float, int]]:
    from scipy.stats import kendalltau

    p = table["p_top"].to_numpy(dtype=float)
    rank = table["rank"].to_numpy(dtype=float)
    truth = table["outcome"].to_numpy(dtype=float)
    n = len(table)
    size = k if by == "all" else int(top.sum())
    given = np.zeros(n, dtype=bool)
    given[np.lexsort((rank, -p))[:size]] = True
    base = float(np.mean((top.mean() - top) ** 2))
    brier = float(np.mean((p - top) ** 2))
    found = {
        "hits": float((given & top).sum() / size) if size else np.nan,
        "ndcg": ndcg(rank, truth, size),
        "kendall_tau": float(kendalltau(-rank, truth).statistic),
        "brier": brier,
        "brier_skill": 1 - brier / base if base > 0 else np.nan,
    }
    return [(by, group, measure, value, n) for measure, value in found.items()]


def ndcg(rank: FloatArray, truth: FloatArray, k: int) -> float:
    """Discounted gain of the first k by rank over the best possible; gains are percentiles.

    >>> ndcg(np.array([1.0, 2.0, 3.0]), np.array([9.0, 5.0, 1.0]), 2)
    1.0
    """
    if k < 1:
        return float("nan")
    gain = truth.argsort(kind="stable").argsort(kind="stable") / max(len(truth) - 1, 1)
    discount = 1 / np.log2(np.arange(2, min(k, len(rank)) + 2))
    got = gain[np.argsort(rank, kind="stable")][: len(discount)] @ discount
    best = np.sort(gain)[::-1][: len(discount)] @ discount
    return float(got / best)


def calibration_table(p: FloatArray, happened: BoolArray) -> pd.DataFrame:
    """Mean promised probability and share that happened, by class of probability."""
    import pandas as pd

    at = np.clip(np.digitize(p, BINS[1:-1]), 0, len(BINS) - 2)
    table = pd.DataFrame({"bin": at, "promised": p, "happened": happened.astype(float)})
    grouped = table.groupby("bin")
    result = grouped.mean()
    return result.assign(n=grouped.size()).reset_index(drop=True)


def calibration_slope(p: FloatArray, happened: BoolArray) -> float:
    """Slope of happened on logit(p) by logistic regression; see `calibrate`."""
    return calibrate(p, happened)[0]


def calibrate(p: FloatArray, happened: BoolArray) -> tuple[float, float]:
    """Slope of happened on logit(p) by logistic regression, and its standard error.

    NaN where all or none happened. Probabilities are held 0.001 away from 0 and 1.
    """
    from scipy.optimize import minimize

    if happened.all() or not happened.any():
        return float("nan"), float("nan")
    clipped = np.clip(p, 1e-3, 1 - 1e-3)
    logit = np.log(clipped / (1 - clipped))

    def fitted(beta: FloatArray) -> FloatArray:
        return np.asarray(1 / (1 + np.exp(-np.clip(beta[0] + beta[1] * logit, -500, 500))))

    def loss(beta: FloatArray) -> tuple[float, FloatArray]:
        score = beta[0] + beta[1] * logit
        off = fitted(beta) - happened
        value = np.logaddexp(0.0, score).sum() - score[happened].sum()
        return float(value), np.array([off.sum(), off @ logit])

    beta = minimize(loss, np.array([0.0, 1.0]), jac=True, method="BFGS").x
    weight = fitted(beta) * (1 - fitted(beta))
    total = weight.sum()
    spread = weight @ logit**2 - (weight @ logit) ** 2 / total if total > 0 else 0.0
    return float(beta[1]), float(1 / np.sqrt(spread)) if spread > 0 else float("inf")


def learn_trust(slope: float, slope_se: float, before: float = 1.0) -> float:
    """How far P(top k) is to be believed, after last edition's promises were held against events.

    `before` times the slope's posterior mean, with N(1, `TRUST_SPREAD`²) before seeing it: a year
    of few occupations teaches little. See `latent.promise` for what the number does.

    >>> round(learn_trust(0.4, 0.1), 2), round(learn_trust(0.4, 0.6), 2)
    (0.46, 0.88)
    """
    if not np.isfinite([slope, slope_se]).all():
        return before
    told = TRUST_SPREAD**2 / (TRUST_SPREAD**2 + slope_se**2)
    return float(np.clip(before * (1 + told * (slope - 1)), *TRUST_LIMITS))
