"""From gap to training need, intent, and the advice they give together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xmdemand.profile import ListingRule

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

ADVICES = ("open", "guide", "control", "none")
"""Both high; need without intent; intent without need; neither. Empty: intent is not known."""


def need_entry(
    demand: FloatArray,
    gap: FloatArray,
    unqualified: FloatArray,
    trainable_share: float,
) -> FloatArray:
    """N_entry: shortage for lack of qualified people that training can mend, capped by D.

    Per draw, ``min(D, max(0, G)) x share unqualified x trainable share``; its mean over draws is
    E[max(0, G)] times the shares. Where the gap is not known (no register row), all of D stands in
    for it, which is its upper bound.
    """
    short = np.where(np.isnan(gap), demand, np.minimum(np.maximum(gap, 0.0), demand))
    return short * unqualified * trainable_share


def intent(rng: np.random.Generator, wished: FloatArray, prior: tuple[float, float]) -> FloatArray:
    """W = wished x ρ, ρ = enrolled / wished ~ Beta(prior), one draw of ρ a replicate."""
    rho = rng.beta(prior[0], prior[1], size=(len(wished), 1))
    return wished * rho


@dataclass(frozen=True, eq=False)
class Advice:
    """By occupation: P(need is high), P(intent is high), the advice, and its probability."""

    p_need: FloatArray
    p_intent: FloatArray
    key: NDArray[np.object_]
    p: FloatArray
    """Share of draws that fall in the advised quadrant."""


def advise(need: FloatArray, wanted: FloatArray | None, rule: ListingRule) -> Advice:
    """Which of the four advices an occupation gets, and how probable it is.

    "High" is P(>= persons) >= probability. Without a worker survey (`wanted` is None) the advice is
    empty: missing intent is not low intent.

    Examples
    --------
    >>> need, wanted = np.array([[50.0, 50.0, 9.0]]), np.array([[40.0, 5.0, 40.0]])
    >>> advise(need, wanted, ListingRule(need_persons=30, intent_persons=30)).key.tolist()
    ['open', 'guide', 'control']
    """
    many = need >= rule.need_persons
    p_need = np.where(np.isnan(need).any(axis=0), np.nan, many.mean(axis=0))
    if wanted is None:
        none = np.full(need.shape[1], np.nan)
        return Advice(p_need, none, np.full(need.shape[1], "", dtype=object), none)
    keen = wanted >= rule.intent_persons
    p_intent = keen.mean(axis=0)
    high_need, high_intent = p_need >= rule.probability, p_intent >= rule.probability
    at = np.where(high_need, np.where(high_intent, 0, 1), np.where(high_intent, 2, 3))
    same = (many == high_need) & (keen == high_intent)
    return Advice(p_need, p_intent, np.array(ADVICES, dtype=object)[at], same.mean(axis=0))
