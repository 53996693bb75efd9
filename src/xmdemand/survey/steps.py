"""What an adjustment of weights can do, and the plain one that cuts extreme weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from xmdemand.survey.linearise import Floats


class Step(Protocol):
    """An adjustment of weights: repeatable on any weights, and known by its derivative."""

    @property
    def name(self) -> str: ...

    def apply(self, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Adjusted weights (n x n_draws), and which draws could not be adjusted."""
        ...

    def pull_back(self, scores: Floats, before: Floats) -> Floats:
        """Scores (n x k) on the weights before the step, from scores on those after it."""
        ...

    def own_variance(self, scores: Floats, before: Floats, fraction: Floats) -> Floats:
        """Variance (k) the step adds beyond that of the pulled-back scores."""
        ...

    def describe(self) -> str:
        """One line for `print`."""
        ...


@dataclass(frozen=True, eq=False)
class Winsorising:
    """Weights above a multiple of their median are cut; the others take what was cut.

    Biased on purpose, for less variance. The variance treats the cut as fixed.
    """

    limit: float
    name: str = "winsorise"

    def apply(self, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Cut weights (n x n_draws) with the same sums."""
        positive = np.where(weights > 0, weights, np.nan)
        cap = self.limit * np.nanmedian(positive, axis=0)
        cut = np.minimum(weights, cap)
        under = weights < cap
        excess = (weights - cut).sum(axis=0)
        room = np.where(under, cut, 0.0).sum(axis=0)
        raised = cut * (1 + np.where(under, excess / np.where(room > 0, room, 1.0), 0.0))
        return raised, room <= 0

    def pull_back(self, scores: Floats, before: Floats) -> Floats:
        """Scores times the factors by which the weights were changed."""
        after = self.apply(before[:, None])[0][:, 0]
        factor = np.divide(after, before, out=np.ones_like(before), where=before > 0)
        return np.asarray(factor[:, None] * scores)

    def own_variance(self, scores: Floats, before: Floats, fraction: Floats) -> Floats:
        """None of its own."""
        return np.zeros(scores.shape[1])

    def describe(self) -> str:
        """One line for `print`."""
        return f"weights above {self.limit:g} times their median cut"
