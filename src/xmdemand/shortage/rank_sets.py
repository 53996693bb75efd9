"""Confidence sets for ranks (Mogstad, Romano, Shaikh and Wilhelm, 2024, with stepdown).

The rank of j is one plus the number of items that are larger. If the one-sided hypotheses
"k is not larger than j" and "k is not smaller than j" are tested for all k with the family-wise
error held at 1 - level, then j's rank lies between 1 + #{k found larger} and
p - #{k found smaller}. The critical value is a quantile of the largest studentised difference over
the hypotheses still standing; each round of stepdown drops those rejected and lowers it.

For independent errors the marginal sets need no simulation: given Z_j the other differences are
independent, so the law of their maximum is a product, integrated over Z_j on a grid.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xmdemand.draws import check_level, rng_for
from xmdemand.errors import InputError, name_some
from xmdemand.notes import Note, Notes
from xmdemand.results import Result
from xmdemand.shortage.max_difference import MarginalTable, coarse_range, max_over

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Kind = Literal["marginal", "simultaneous"]

_DRAWS = 10_000
_STEPDOWN_ITEMS = 250
"""Simultaneous sets of more items skip stepdown: valid, a little wide, and noted."""


@dataclass(frozen=True, eq=False)
class RankSets(Result):
    """Confidence sets for the ranks of items.

    Attributes
    ----------
    frame
        In input order: ``estimate, rank`` (1 the largest; ties share the best rank),
        ``lower, upper, level, kind``.
    errors
        Standard errors (items,) of independent estimates, or their covariance (items, items).
    """

    frame: pd.DataFrame
    level: float
    kind: Kind
    errors: FloatArray
    seed: int
    notes: Notes = ()

    def plot(self, *, top: int = 30) -> Axes:
        """Ranks and their sets; see `xmdemand.plots.rank_set_intervals`."""
        from xmdemand.plots import rank_set_intervals

        return rank_set_intervals(self, top=top)

    def top_set(self, k: int) -> pd.Index:
        """Items that may be among the k largest: with probability `level` it holds all of them.

        Those whose simultaneous lower limit of the rank (one-sided, stepdown) is at most k, best
        first.
        """
        if not 1 <= k <= len(self.frame):
            raise InputError(f"top_set: k lies between 1 and {len(self.frame)}, got {k}")
        x = self.frame["estimate"].to_numpy(dtype=float)
        lower, _, _ = _simultaneous(x, self.errors, self.level, self.seed, both=False)
        rows = self.frame.assign(lower=lower)
        return rows[rows["lower"] <= k].sort_values("rank", kind="stable").index


def rank_sets(
    estimate: ArrayLike | pd.Series,
    cov: ArrayLike | None = None,
    se: ArrayLike | None = None,
    level: float = 0.95,
    kind: Kind = "marginal",
    seed: int = 0,
) -> RankSets:
    """Confidence sets for ranks, from estimates and their errors.

    Parameters
    ----------
    estimate
        (items,), larger is better (rank 1); a Series keeps its labels, and `cov` or `se` with
        labels of their own are put into its order.
    cov
        Covariance of the estimates, (items x items). Needs simulation, O(10,000 items²).
    se
        Standard errors, for independent estimates; exact integration for marginal sets. Give
        either `cov` or `se`.
    level
        Probability that a set holds the true rank (``marginal``: one item at a time;
        ``simultaneous``: all at once).
    kind
        ``marginal`` or ``simultaneous``.
    seed
        Of the simulation.

    Returns
    -------
    RankSets
        ``frame`` with ``estimate, rank, lower, upper``, and ``top_set(k)``.

    Raises
    ------
    InputError
        For values that are no numbers or not finite, lengths or labels that differ, negative
        standard errors, a covariance of the wrong shape, not symmetric or not positive
        semi-definite, or both or neither of `cov` and `se`.

    References
    ----------
    Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024). Inference for Ranks with
    Applications to Mobility across Neighbourhoods and Academic Achievement across Countries.
    Review of Economic Studies 91, 476-518.

    Examples
    --------
    >>> sets = rank_sets([5.0, 4.9, 1.0], se=[0.1, 0.1, 0.1])
    >>> sets.frame[["rank", "lower", "upper"]].to_numpy().tolist()
    [[1, 1, 2], [2, 1, 2], [3, 3, 3]]
    >>> sets.top_set(1).tolist()
    [0, 1]
    """
    import pandas as pd

    level = check_level(level)
    if kind not in ("marginal", "simultaneous"):
        raise InputError(f"kind is 'marginal' or 'simultaneous', not {kind!r}")
    labels = estimate.index if isinstance(estimate, pd.Series) else None
    x = _numbers(estimate, "estimate")
    if x.ndim != 1 or x.size == 0:
        raise InputError(f"estimate is one number an item, got shape {x.shape}")
    bad = np.flatnonzero(~np.isfinite(x))
    if bad.size:
        names = bad if labels is None else labels[bad]
        raise InputError(f"estimate is not finite for {name_some(names)}: leave those out")
    if labels is not None:
        cov, se = _by_label(cov, labels, "cov"), _by_label(se, labels, "se")
    errors = _errors(x.size, cov, se)
    notes: Notes = ()
    if kind == "simultaneous":
        lower, upper, notes = _simultaneous(x, errors, level, seed, both=True)
    elif errors.ndim == 2:
        lower, upper = _marginal_simulated(x, errors, level, seed)
    else:
        lower, upper = _marginal_independent(x, errors, level)
    frame = pd.DataFrame(
        {
            "estimate": x,
            "rank": 1 + np.searchsorted(np.sort(-x), -x, side="left"),
            "lower": lower,
            "upper": upper,
            "level": level,
            "kind": kind,
        },
        index=labels,
    )
    return RankSets(frame=frame, level=level, kind=kind, errors=errors, seed=seed, notes=notes)


def _numbers(values: ArrayLike | None, name: str) -> FloatArray:
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name} holds something that is no number: {values!r:.80}") from None


def _by_label(values: Any, labels: pd.Index, name: str) -> Any:
    """Errors that carry labels are put into the order of the estimate's; others are taken as is."""
    import pandas as pd

    if not isinstance(values, pd.Series | pd.DataFrame):
        return values
    for axis in values.axes:
        twice = not axis.is_unique or not labels.is_unique
        if not axis.equals(labels) and (twice or set(axis) != set(labels)):
            odd = sorted({*map(str, axis)} ^ {*map(str, labels)})
            raise InputError(
                f"{name} has other labels than estimate ({name_some(odd) or 'some twice'}): "
                "align them, or give plain arrays in the same order"
            )
    if all(axis.equals(labels) for axis in values.axes):
        return values
    if isinstance(values, pd.Series):
        return values.reindex(labels)
    return values.reindex(index=labels, columns=labels)


def _errors(n: int, cov: ArrayLike | None, se: ArrayLike | None) -> FloatArray:
    """Standard errors where the estimates are independent, else the covariance; both checked."""
    if (cov is None) == (se is None):
        raise InputError("give either cov (a matrix) or se (one number an item), not both or none")
    if se is not None:
        errors = _numbers(se, "se")
        if errors.shape not in ((), (n,)):
            raise InputError(f"se has shape {errors.shape}, expected one number an item: ({n},)")
        errors = np.broadcast_to(errors, (n,))
        wrong = np.flatnonzero(~(np.isfinite(errors) & (errors >= 0)))
        if wrong.size:
            raise InputError(f"se is negative or not finite for items {name_some(wrong)}")
        return errors
    matrix = _numbers(cov, "cov")
    if matrix.shape != (n, n):
        raise InputError(f"cov has shape {matrix.shape}, expected ({n}, {n})")
    if not np.isfinite(matrix).all():
        raise InputError("cov has values that are not finite")
    scale = float(np.abs(matrix).max()) or 1.0
    if not np.allclose(matrix, matrix.T, atol=1e-8 * scale):
        raise InputError("cov is not symmetric")
    lowest = float(np.linalg.eigvalsh(matrix).min())
    if lowest < -1e-8 * scale * n:
        raise InputError(
            f"cov is not positive semi-definite: its smallest eigenvalue is {lowest:g}; "
            "an empirical covariance of draws always is"
        )
    variance = np.diag(matrix)
    return matrix if np.any(matrix - np.diag(variance)) else np.sqrt(np.maximum(variance, 0.0))


def _in_errors(gap: FloatArray, sigma: FloatArray) -> FloatArray:
    exact = np.where(gap == 0, 0.0, np.copysign(np.inf, gap))
    return np.divide(gap, sigma, out=exact, where=sigma > 0)


def _difference_sd(errors: FloatArray) -> FloatArray:
    if errors.ndim == 1:
        return np.asarray(np.sqrt(errors[:, None] ** 2 + errors**2))
    variance = np.diag(errors)
    return np.sqrt(np.maximum(variance[:, None] + variance - 2 * errors, 0.0))


def _marginal_independent(
    x: FloatArray, s: FloatArray, level: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Stepdown for all items at once, critical values by integration."""
    p = len(x)
    gap = x - x[:, None]
    sigma = np.sqrt(s[:, None] ** 2 + s**2)
    larger, smaller = (gap > 0) & (sigma == 0), (gap < 0) & (sigma == 0)
    if p > 1 and s.any():
        table = MarginalTable.of(s, level)
        critical = np.full(p, np.inf)
        rows, found = np.arange(p), np.full(p, -1)
        while len(rows):
            # Only an item that lost a hypothesis in the last round has another critical value.
            newest = table.critical(larger[rows], smaller[rows], rows)
            critical[rows] = np.minimum(critical[rows], newest)
            reach = sigma[rows] * critical[rows, None]
            larger[rows], smaller[rows] = gap[rows] > reach, gap[rows] < -reach
            now = larger[rows].sum(axis=1) + smaller[rows].sum(axis=1)
            lost = now != found[rows]
            found[rows] = now
            rows = rows[lost]
    return 1 + larger.sum(axis=1), p - smaller.sum(axis=1)


def _normals(errors: FloatArray, seed: int) -> NDArray[np.float32]:
    rng = rng_for(seed, "rank_sets")
    standard = rng.standard_normal((_DRAWS, len(errors)), dtype=np.float32)
    if errors.ndim == 1:
        return standard * errors.astype(np.float32)
    values, vectors = np.linalg.eigh(errors)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(standard @ root.T.astype(np.float32))


def _step_down(
    d: FloatArray, largest: Callable[[BoolArray, BoolArray], FloatArray], level: float, both: bool
) -> tuple[BoolArray, BoolArray]:
    """Rejections "found larger" (d > c) and "found smaller" (d < -c) by stepdown.

    `largest` gives, per draw, the largest studentised difference over the hypotheses standing.
    """
    upward, downward = np.isfinite(d), np.isfinite(d) & both
    while True:
        if not (upward.any() or downward.any()):
            break
        c = float(np.quantile(largest(upward, downward), level))
        keep_up, keep_down = upward & (d <= c), downward & (-d <= c)
        if (keep_up == upward).all() and (keep_down == downward).all():
            break
        upward, downward = keep_up, keep_down
    return ~upward & (d > 0), ~downward & (d < 0) if both else np.zeros_like(upward)


def _marginal_simulated(
    x: FloatArray, cov: FloatArray, level: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    p = len(x)
    z = _normals(cov, seed)
    sigma = _difference_sd(cov)
    lower, upper = np.ones(p, dtype=np.int64), np.full(p, p, dtype=np.int64)
    for j in range(p):
        others = np.delete(np.arange(p), j)
        sd = sigma[j, others]
        width: NDArray[np.float32] = np.where(sd > 0, sd, np.inf).astype(np.float32)
        scaled: NDArray[np.float32] = (z[:, others] - z[:, [j]]) / width
        d = _in_errors(x[others] - x[j], sd)
        larger, smaller = _step_down(d, partial(max_over, scaled), level, both=True)
        lower[j] += int(larger.sum())
        upper[j] -= int(smaller.sum())
    return lower, upper


def _simultaneous(
    x: FloatArray, errors: FloatArray, level: float, seed: int, *, both: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], Notes]:
    p = len(x)
    lower, upper = np.ones(p, dtype=np.int64), np.full(p, p, dtype=np.int64)
    if p == 1:
        return lower, upper, ()
    z = _normals(errors, seed)
    if p > _STEPDOWN_ITEMS:
        sigma = _difference_sd(errors)
        c = float(np.quantile(coarse_range(z, sigma), level))
        gap = x - x[:, None]
        lower += (gap > c * sigma).sum(axis=1)
        upper -= (gap < -c * sigma).sum(axis=1)
        return lower, upper, (Note("shortage.no_stepdown", n=p),)
    first, second = np.triu_indices(p, 1)
    if not both:
        first, second = np.concatenate([first, second]), np.concatenate([second, first])
    sigma = _difference_sd(errors)[first, second]
    d = _in_errors(x[second] - x[first], sigma)
    scale = np.where(sigma > 0, sigma, np.inf).astype(np.float32)

    def largest(up: BoolArray, down: BoolArray) -> FloatArray:
        return _largest_pair(z, first, second, scale, up, down)

    larger, smaller = _step_down(d, largest, level, both)
    np.add.at(lower, first[larger], 1)
    np.add.at(upper, second[larger], -1)
    np.add.at(lower, second[smaller], 1)
    np.add.at(upper, first[smaller], -1)
    return lower, upper, ()


def _largest_pair(
    z: NDArray[np.float32],
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    scale: NDArray[np.float32],
    up: BoolArray,
    down: BoolArray,
) -> FloatArray:
    """Largest studentised difference of the standing pairs, in blocks of draws."""
    use = up | down
    i, j, width = first[use], second[use], scale[use]
    pieces = []
    step = max(1, 4_000_000 // max(len(i), 1))
    for start in range(0, len(z), step):
        block = z[start : start + step]
        pieces.append(max_over((block[:, j] - block[:, i]) / width, up[use], down[use]))
    return np.concatenate(pieces)
