"""Estimates with their errors: scores of totals, means, ratios, proportions and quantiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from xmdemand.errors import ArgumentTypeError, InputError, NotFoundError, name_some
from xmdemand.notes import Note, Notes
from xmdemand.results import Result
from xmdemand.survey.linearise import Codes, Floats

Scorer = Callable[[str, "Domains"], tuple[Floats, Floats, "Domains"]]
"""A variable and the domains -> estimates (k), scores (n), and the domains without missings."""
Degrees = float | Literal["domain"] | None
DEFF_REFERENCE = "srs without replacement"


@dataclass(frozen=True, eq=False)
class Estimates(Result):
    """Estimates with standard errors and intervals.

    Attributes
    ----------
    kind
        ``total, mean, ratio, proportion`` or ``quantile``.
    frame
        The `by` columns, ``variable`` (for proportions also ``category``, for ratios
        ``denominator``, for quantiles ``quantile``), ``estimate, se, cv, lower, upper, level,
        df, n`` (rows the estimate rests on), ``deff`` (variance against ``deff_reference``: a
        simple random sample of as many rows, without replacement, from a population of the
        domain's estimated size). A domain without rows has n = 0, a total of 0 and no error.
    """

    kind: str
    frame: pd.DataFrame
    notes: Notes = ()

    def __str__(self) -> str:
        told = [f"! {note.say('en')}" for note in self.notes]
        table = self.frame.drop(columns="deff_reference", errors="ignore")
        return "\n".join([f"{self.kind}s", table.to_string(index=False, max_rows=60), *told])


@dataclass(frozen=True, eq=False)
class Domains:
    """Which domain each row belongs to.

    Attributes
    ----------
    codes
        (n,) domain of each row, -1 for none.
    table
        A row a domain, the `by` columns; one row and no columns without `by`.
    unplaced
        Rows inside `where` that have no `by` value.
    """

    codes: Codes
    table: pd.DataFrame
    unplaced: Codes

    def __len__(self) -> int:
        return len(self.table)


def domains_of(
    frame: pd.DataFrame, by: str | Sequence[str] | None, where: object | None
) -> Domains:
    """Rows to domains; rows outside `where` or without a `by` value belong to none.

    Domains are those of the whole frame (and every category of categorical columns), so that one
    which `where` empties still appears.
    """
    keep = mask_of(frame, where)
    columns = [] if by is None else [by] if isinstance(by, str) else list(by)
    require_columns(frame, columns)
    if not columns:
        codes = np.where(keep, 0, -1)
        return Domains(codes, pd.DataFrame(index=pd.RangeIndex(1)), np.array([], dtype=np.intp))
    cells = frame[columns]
    if any(isinstance(kind, pd.CategoricalDtype) for kind in cells.dtypes):
        levels = [
            list(cells[name].cat.categories)
            if isinstance(cells[name].dtype, pd.CategoricalDtype)
            else sorted(cells[name].dropna().unique())
            for name in columns
        ]
        keys = pd.MultiIndex.from_product(levels, names=columns)
    else:
        keys = pd.MultiIndex.from_frame(cells.dropna().drop_duplicates().sort_values(columns))
    codes = keys.get_indexer(pd.MultiIndex.from_frame(cells))
    unplaced = np.flatnonzero(keep & (codes < 0))
    return Domains(np.where(keep, codes, -1), keys.to_frame(index=False), unplaced)


def require_columns(frame: pd.DataFrame, names: Sequence[str]) -> None:
    """Raise, naming them, if columns are not in the data."""
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise NotFoundError(
            f"columns not in the data: {name_some(absent)}; "
            f"the data have {name_some(frame.columns, show=10)}"
        )


def mask_of(frame: pd.DataFrame, where: object | None) -> NDArray[np.bool_]:
    """A `where` as a boolean array over the rows, checked."""
    if where is None:
        return np.ones(len(frame), dtype=bool)
    if callable(where):
        where = where(frame)
    mask = np.asarray(where)
    if mask.ndim != 1 or len(mask) != len(frame):
        raise InputError(
            f"where has shape {mask.shape} but the sample has {len(frame)} rows: give one True or "
            "False a row (rows are never dropped, so that the design stays whole)"
        )
    if isinstance(where, pd.Series) and not where.index.equals(frame.index):
        raise InputError(
            "where is a Series whose index differs from the data's: make it from the same frame"
        )
    if pd.isna(mask).any():
        rows = frame.index[pd.isna(mask)]
        raise InputError(f"where is missing in {len(rows)} rows: {name_some(rows)}")
    if mask.dtype != bool:
        if not np.isin(mask, [True, False]).all():
            raise ArgumentTypeError("where must be boolean: one True or False a row")
        mask = mask.astype(bool)
    return mask


def numbers_of(frame: pd.DataFrame, name: str) -> Floats:
    """A numeric variable; missing values stay NaN, infinite ones and text are refused."""
    require_columns(frame, [name])
    column = frame[name]
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        raise ArgumentTypeError(
            f"variable {name!r} is {column.dtype}, not numeric: use proportion({name!r}) for its "
            f"categories, or by={name!r}"
        )
    values = column.to_numpy(dtype=float, na_value=np.nan)
    if np.isinf(values).any():
        rows = frame.index[np.isinf(values)]
        raise InputError(f"variable {name!r} is infinite in {len(rows)} rows: {name_some(rows)}")
    return values


def without_missing(
    frame: pd.DataFrame,
    weights: Floats,
    domains: Domains,
    missing: NDArray[np.bool_],
    name: str,
    *,
    na_rm: bool,
) -> Domains:
    """The domains less the rows whose value is missing, or an error that names them.

    Rows without weight (who did not respond) owe no value.
    """
    gone = missing & (domains.codes >= 0) & (weights != 0)
    if not gone.any():
        return domains
    if not na_rm:
        raise InputError(
            f"variable {name!r} is missing in {int(gone.sum())} rows: "
            f"{name_some(frame.index[gone])}. Pass na_rm=True to estimate for the rows that have "
            "it (a domain), or impute it first"
        )
    return replace(domains, codes=np.where(gone, -1, domains.codes))


def left_out(weights: Floats, domains: Domains, used: Domains, name: str) -> Notes:
    """Notes of weighted rows an estimate leaves out: without a `by` value, or without a value."""
    without = int((weights[domains.unplaced] != 0).sum())
    missing = int(((domains.codes >= 0) & (used.codes < 0)).sum())
    by = ", ".join(map(str, domains.table.columns))
    return tuple(
        Note(code, where=where, n=n)
        for code, where, n in (
            ("survey.without_domain", by, without),
            ("survey.missing_left_out", name, missing),
        )
        if n
    )


def total_scores(values: Floats, weights: Floats, domains: Domains) -> tuple[Floats, Floats]:
    """Domain totals and their scores, the values themselves."""
    inside = domains.codes >= 0
    estimate = np.bincount(domains.codes[inside], (weights * values)[inside], len(domains))
    return estimate.astype(np.float64), values


def ratio_scores(
    above: Floats, below: Floats, weights: Floats, domains: Domains
) -> tuple[Floats, Floats]:
    """Domain ratios R of totals Y / X and their scores (y - R x) / X."""
    top, _ = total_scores(above, weights, domains)
    bottom, _ = total_scores(below, weights, domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.where(bottom != 0, top / bottom, np.nan)
        scores = (above - estimate[domains.codes] * below) / bottom[domains.codes]
    return estimate, scores


def check_degrees(df: float) -> float:
    """Degrees of freedom given by hand, checked."""
    if not isinstance(df, Real):
        raise ArgumentTypeError(f"df is None, 'domain', inf or a number, got {df!r}")
    if not df > 0:
        raise InputError(f"df must be positive, got {df:g}")
    return float(df)


def distinct(codes: Codes, group: Codes, n_groups: int) -> Floats:
    """How many distinct codes every group has.

    >>> distinct(np.array([3, 3, 5]), np.array([0, 0, 1]), 3).tolist()
    [1.0, 1.0, 0.0]
    """
    if not len(codes):
        return np.zeros(n_groups)
    pairs = np.unique(group * (int(codes.max()) + 1) + codes)
    groups = pairs // (int(codes.max()) + 1)
    return np.bincount(groups, minlength=n_groups).astype(np.float64)


def t_interval(estimate: Floats, se: Floats, df: Floats, level: float) -> tuple[Floats, Floats]:
    """estimate -+ t(df) se; without degrees of freedom there is no interval."""
    reach = critical(df, level) * se
    return estimate - reach, estimate + reach


def critical(df: Floats, level: float) -> Floats:
    """Two-sided quantile of Student's t, of the normal for infinite df, NaN for none."""
    tail = (1 + level) / 2
    known = np.where(np.asarray(df) > 0, df, np.nan)
    normal = np.isinf(known)
    student = special.stdtrit(np.where(normal, 1.0, known), tail)
    return np.asarray(np.where(normal, special.ndtri(tail), student))


def logit_interval(
    p: Floats, se: Floats, n: Floats, df: Floats, level: float
) -> tuple[Floats, Floats]:
    """Interval of a proportion on the logit scale, back-transformed.

    At 0 and 1, where the logit has no error, the exact binomial bound for n rows is given.
    """
    inner = (p > 0) & (p < 1)
    safe = np.where(inner, p, 0.5)
    centre = np.log(safe / (1 - safe))
    reach = critical(df, level) * se / (safe * (1 - safe))
    with np.errstate(over="ignore"):
        lower, upper = 1 / (1 + np.exp(reach - centre)), 1 / (1 + np.exp(-reach - centre))
    bound = ((1 - level) / 2) ** (1 / np.maximum(n, 1))
    lower = np.where(p == 0, 0.0, np.where(p == 1, bound, lower))
    upper = np.where(p == 1, 1.0, np.where(p == 0, 1 - bound, upper))
    undefined = np.isnan(p)
    return np.where(undefined, np.nan, lower), np.where(undefined, np.nan, upper)


def weighted_quantile(values: Floats, weights: Floats, p: float) -> float:
    """The smallest value whose weighted distribution function reaches p (R's ``qrule="math"``).

    >>> weighted_quantile(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0]), 0.5)
    2.0
    """
    keep = weights > 0
    if not keep.any() or not 0 <= p <= 1:
        return float("nan")
    order = np.argsort(values[keep], kind="stable")
    cumulated = np.cumsum(weights[keep][order])
    at = np.searchsorted(cumulated, p * cumulated[-1] * (1 - 1e-12))
    return float(values[keep][order][min(at, len(order) - 1)])


def srs_variance(scores: Floats, weights: Floats, domains: Domains, n: Floats) -> Floats:
    """Variance of the scores' totals under simple random sampling without replacement.

    With W the domain's sum of weights and S2 the weighted variance of the scores,
    W^2 S2 (1 - n / W) / n: the reference of R survey's design effect.
    """
    inside = domains.codes >= 0
    code, w, u = domains.codes[inside], weights[inside], scores[inside]
    k = len(domains)
    size = np.bincount(code, w, k)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(code, w * u, k) / size
        spread = np.bincount(code, w * (u - mean[code]) ** 2, k) / size * n / (n - 1)
        reference = size**2 * spread * (1 - n / size) / n
    return np.where((n > 1) & (size > n), reference, np.nan)


def tabulate(
    domains: Domains,
    estimate: Floats,
    variance: Floats,
    *,
    n: Floats,
    df: Floats,
    level: float,
    deff: Floats,
    interval: Callable[[Floats, Floats], tuple[Floats, Floats]],
) -> pd.DataFrame:
    """The columns every kind of estimate has."""
    se = np.where(n > 0, np.sqrt(np.maximum(variance, 0)), np.nan)
    lower, upper = interval(estimate, se)
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = np.where(estimate != 0, se / np.abs(estimate), np.nan)
    return domains.table.assign(
        estimate=estimate,
        se=se,
        cv=cv,
        lower=lower,
        upper=upper,
        level=level,
        df=df,
        n=n.astype(int),
        deff=deff,
        deff_reference=DEFF_REFERENCE,
    )


def categories_of(column: pd.Series) -> list[object]:
    """Categories of a column in their order, also those that no row has."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    return sorted(column.dropna().unique())


def name_rows(table: pd.DataFrame, domains: Domains, **names: object) -> pd.DataFrame:
    """Put what the rows are about after the `by` columns."""
    for at, (column, value) in enumerate(names.items(), start=domains.table.shape[1]):
        table.insert(at, column, value)  # type: ignore[arg-type]
    return table
