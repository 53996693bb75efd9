"""What is frozen in the first edition so that years compare: goalposts of indicators, and cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
CLIP = 3.0
"""z beyond three robust deviations counts as three."""
TIES = 1e-4
"""Weight of what was clipped where occupations are ordered: it parts ties, and only ties."""


@dataclass(frozen=True)
class Goalposts:
    """Medians and spreads by indicator, cuts by tier, and since when they stand.

    Attributes
    ----------
    posts
        (median, spread) on the indicator's transformed scale.
    cuts
        Index value of every tier, rising.
    since, editions
        First year of these cuts, and how many editions have used them.
    method, weights
        With what the cuts were set; another choice makes them meaningless.
    """

    posts: Mapping[str, tuple[float, float]] = field(default_factory=lambda: MappingProxyType({}))
    cuts: tuple[float, ...] = ()
    since: int = 0
    editions: int = 0
    method: str = ""
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def as_dict(self) -> dict[str, Any]:
        """For the record."""
        return {
            "indicators": {
                name: {"median": median, "spread": spread}
                for name, (median, spread) in sorted(self.posts.items())
            },
            "cuts": list(self.cuts),
            "since": self.since,
            "editions": self.editions,
            "method": self.method,
            "weights": dict(sorted(self.weights.items())),
        }

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Goalposts:
        """From a record."""
        posts = {
            name: (float(item["median"]), float(item["spread"]))
            for name, item in raw.get("indicators", {}).items()
        }
        return cls(
            posts=MappingProxyType(posts),
            cuts=tuple(float(cut) for cut in raw.get("cuts", ())),
            since=int(raw.get("since", 0)),
            editions=int(raw.get("editions", 0)),
            method=str(raw.get("method", "")),
            weights=MappingProxyType(
                {name: float(value) for name, value in raw.get("weights", {}).items()}
            ),
        )


def robust_post(values: FloatArray) -> tuple[float, float]:
    """Median and 1.4826 MAD; the standard deviation where more than half the values are equal.

    Of draws, not of their means: the spread is then that of the true values, and an indicator whose
    evidence is thin moves the index little instead of being blown up to unit spread.
    """
    median = float(np.median(values))
    spread = 1.4826 * float(np.median(np.abs(values - median)))
    return median, spread if spread > 0 else float(np.std(values))


def standardise(values: FloatArray, post: tuple[float, float], direction: int) -> FloatArray:
    """z = direction x (value - median) / spread, clipped at ±3."""
    median, spread = post
    return np.clip(direction * (values - median) / spread, -CLIP, CLIP)


def excess(values: FloatArray, post: tuple[float, float], direction: int) -> FloatArray:
    """What `standardise` clips away.

    >>> excess(np.array([1.0, 5.0, -4.0]), (0.0, 1.0), 1).tolist()
    [0.0, 2.0, -1.0]
    """
    median, spread = post
    return direction * (values - median) / spread - standardise(values, post, direction)


def parted(values: FloatArray, post: tuple[float, float], direction: int) -> FloatArray:
    """z with a trace of what was clipped, so that it still orders those beyond the goalposts."""
    return standardise(values, post, direction) + TIES * excess(values, post, direction)


def same_weights(a: Mapping[str, float], b: Mapping[str, float]) -> bool:
    """Whether two sets of declared weights are the same choice."""
    names: Sequence[str] = sorted({*a, *b})
    return bool(np.allclose([a.get(n, 0.0) for n in names], [b.get(n, 0.0) for n in names]))
