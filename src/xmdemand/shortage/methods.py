"""Rules that turn the same evidence into an index: ours, and published ones, by name.

Another rule is a function from `Scores` to the parts of its index, registered in a few lines:

>>> from xmdemand.shortage import Method, register_method
>>> def gap_share(scores):
...     return {"gap_share": np.nan_to_num(scores.gap / np.maximum(scores.demand, 1.0))}
>>> register_method(Method("gap_share", gap_share, source="an example"))
>>> "gap_share" in methods()
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xmdemand.errors import NotFoundError
from xmdemand.notes import Note
from xmdemand.shortage.ranks import point_ranks

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Scores:
    """What a rule may look at; arrays (n_draws x occupations) unless said otherwise."""

    z: Mapping[str, FloatArray]
    """Standardised indicators, imputed where missing."""
    observed: Mapping[str, BoolArray]
    """By occupation: was the indicator observed there?"""
    weights: Mapping[str, float]
    """Of the indicators in use; they sum to one."""
    log_ratio: FloatArray | None
    """log(posts / seekers), shrunken; None without a register."""
    demand: FloatArray
    gap: FloatArray
    """NaN where supply is not known."""
    areas: FloatArray
    """Districts with more posts than seekers, by occupation."""


@dataclass(frozen=True)
class Method:
    """A rule: `parts` gives arrays (n_draws x occupations) that add up to its index."""

    name: str
    parts: Callable[[Scores], Mapping[str, FloatArray]]
    source: str


def _composite(scores: Scores) -> Mapping[str, FloatArray]:
    return {name: scores.weights[name] * z for name, z in scores.z.items()}


def _ratio(scores: Scores) -> Mapping[str, FloatArray]:
    if scores.log_ratio is None:
        raise NotFoundError.told(Note("shortage.ratio_needs_register"))
    return {"log_ratio": scores.log_ratio}


def _cettic(scores: Scores) -> Mapping[str, FloatArray]:
    """Half the percentile of the gap, half that of the number of areas in which it exists."""
    gap = np.where(np.isnan(scores.gap), -np.inf, scores.gap)
    n = gap.shape[1]
    places = gap.argsort(axis=1).argsort(axis=1) / max(n - 1, 1)
    areas = (n - point_ranks(scores.areas)) / max(n - 1, 1)
    return {"gap": 0.5 * places, "areas": np.broadcast_to(0.5 * areas, gap.shape).copy()}


BA_CUTS = (-0.5, 0.5, 1.5)
"""z at which points rise to 1, 2, 3; the office's own cuts per indicator are not published."""


def ba_points(z: FloatArray) -> FloatArray:
    """Points 0-3 of an indicator: very far from shortage, no sign, weak sign, sign.

    >>> ba_points(np.array([-2.0, 0.0, 1.0, 2.0])).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    return np.digitize(z, BA_CUTS).astype(float)


def ba_class(points: float) -> str:
    """Class of a mean of points: ``shortage`` from 2.0, ``watch`` from 1.5, else ``none``.

    >>> [ba_class(p) for p in (2.5, 2.2, 2.0, 1.99, 1.5, 1.49)]
    ['shortage', 'shortage', 'shortage', 'watch', 'watch', 'none']
    """
    if points >= 2.0:
        return "shortage"
    return "watch" if points >= 1.5 else "none"


def ba_mean(points: FloatArray) -> FloatArray:
    """Mean over the available indicators (last axis; NaN is not available), NaN if none is."""
    available = np.isfinite(points)
    n = available.sum(axis=-1)
    total = np.where(available, points, 0.0).sum(axis=-1)
    return np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)


def _ba(scores: Scores) -> Mapping[str, FloatArray]:
    n = np.sum(list(scores.observed.values()), axis=0)
    return {
        name: ba_points(z) * np.where(scores.observed[name], 1 / np.maximum(n, 1), 0.0)
        for name, z in scores.z.items()
    }


_METHODS: dict[str, Method] = {}


def register_method(method: Method) -> None:
    """Make a rule available by its name; an existing one of that name is replaced."""
    _METHODS[method.name] = method


def methods() -> Mapping[str, Method]:
    """All rules by name."""
    return dict(_METHODS)


def method_named(name: str) -> Method:
    """The rule of that name.

    Raises
    ------
    NotFoundError
        If there is none; the message lists those there are.
    """
    if name not in _METHODS:
        raise NotFoundError(f"no method named {name!r}; there are {', '.join(sorted(_METHODS))}")
    return _METHODS[name]


for _method in (
    Method("composite", _composite, "Weighted mean of standardised indicators; OECD/JRC (2008)"),
    Method("ratio", _ratio, "求人倍率: registered posts per registered seeker, on a log scale"),
    Method(
        "cettic",
        _cettic,
        "全国“最缺工”100个职业: gap size and number of reporting areas; weights are not "
        "published, equal here",
    ),
    Method(
        "ba",
        _ba,
        "Bundesagentur für Arbeit, Engpassanalyse: 0-3 points, plain mean of available ones",
    ),
):
    register_method(_method)
