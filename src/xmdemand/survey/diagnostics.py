"""What a reader needs to judge a set of weights."""

from __future__ import annotations

from xmdemand.survey.linearise import Floats


def kish_effect(weights: Floats) -> float:
    """Kish's design effect of unequal weights, n sum(w^2) / (sum w)^2.

    >>> import numpy as np
    >>> kish_effect(np.array([1.0, 1.0, 2.0]))
    1.125
    """
    return float(len(weights) * (weights**2).sum() / weights.sum() ** 2)


def share_of(part: float, whole: float) -> float:
    """part / whole, 0 of nothing."""
    return float(part / whole) if whole > 0 else 0.0
