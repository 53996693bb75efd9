"""The index of every occupation by draw, its parts, and whether it may be rated at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xmdemand.errors import InputError
from xmdemand.notes import Note
from xmdemand.profile import ListingRule
from xmdemand.shortage.evidence import Evidence
from xmdemand.shortage.goalposts import TIES, Goalposts, excess, robust_post, standardise
from xmdemand.shortage.indicators import SPELLS, Indicator, Measured, forward
from xmdemand.shortage.latent import ASSUMED_SHARED, FEWEST, validity
from xmdemand.shortage.methods import Method, Scores
from xmdemand.shortage.quantities import Quantities

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Index:
    """Draws of the index; NaN for occupations that are not rated."""

    draws: FloatArray
    parts: Mapping[str, FloatArray]
    """Draws that add up to the index, by indicator (or the method's own parts)."""
    z: Mapping[str, FloatArray]
    weights: Mapping[str, float]
    observed_weight: FloatArray
    rated: BoolArray
    reason: NDArray[np.object_]
    """Message code of why an occupation is not rated, or empty."""
    posts: Mapping[str, tuple[float, float]]
    valid: FloatArray
    """Correlation with the shortage it is a sign of, by occupation (see `latent`); NaN where not
    rated."""
    drift: FloatArray
    """What the index's tightness may be off by: the coming year's movement and the register's
    coverage of posts against seekers; draws around zero."""
    luck: FloatArray
    """What the coming year's count of so few vacancies may be off by; draws around zero."""
    beyond: FloatArray
    """What clipping took from the index, draws; zeros for rules that are not the composite."""
    notes: tuple[Note, ...]

    @property
    def ordered(self) -> FloatArray:
        """The index with a trace of what clipping took: it parts ties, and only ties.

        With one indicator, half a city's occupations may stand at the limit of ±3; in code order
        they would share ranks by chance, and a tier by the dozen.
        """
        return self.draws + TIES * self.beyond


def thin(evidence: Evidence, rule: ListingRule) -> BoolArray:
    """Reporters < 5 and registered posts < 12 a year (profile): too little to say anything."""
    n = len(evidence.units)
    reporters = evidence.survey.reporters if evidence.survey is not None else np.zeros(n)
    posts = evidence.register.posts_past if evidence.register is not None else np.zeros(n)
    return np.asarray((reporters < rule.min_reporters) & (posts < rule.min_posts))


def compute_index(
    evidence: Evidence,
    measured: Mapping[str, Measured],
    amounts: Quantities,
    *,
    declared: Sequence[Indicator],
    method: Method,
    rule: ListingRule,
    frozen: Goalposts,
    coverage_sigma: float,
    rng: np.random.Generator,
) -> Index:
    """Standardise on the goalposts, rate by the missing-indicator policy, apply the method.

    Indicators are standardised by the frozen median and spread, or, for those the first edition did
    not have, by this edition's over rated occupations.

    Raises
    ------
    InputError
        If no occupation has evidence enough to be rated, or every indicator is constant over those.
    """
    total = sum(item.indicator.weight for item in measured.values())
    weights = {name: item.indicator.weight / total for name, item in measured.items()}
    seen = _observed_weight(measured, declared)
    scarce = thin(evidence, rule)
    enough = seen >= rule.min_weight_observed - 1e-9
    rated = np.asarray(enough & ~scarce)
    if not rated.any():
        raise InputError.told(
            Note(
                "shortage.nothing_rated",
                fields={
                    "scarce": int(scarce.sum()),
                    "occupations": len(rated),
                    "reporters": rule.min_reporters,
                    "posts": rule.min_posts,
                    "thin": int((~enough).sum()),
                },
            )
        )
    posts, notes = _goalposts(measured, rated, frozen)
    z = {
        name: standardise(item.draws, posts[name], item.indicator.direction)
        for name, item in measured.items()
        if name in posts
    }
    scale = sum(weights[name] for name in z)
    weights = {name: weights[name] / scale for name in z}
    log_ratio = measured["log_ratio"].draws if "log_ratio" in measured else None
    areas = evidence.register.areas if evidence.register is not None else np.zeros(len(rated))
    scores = Scores(
        z=z,
        observed={name: measured[name].observed for name in z},
        weights=weights,
        log_ratio=log_ratio,
        demand=amounts.demand,
        gap=amounts.gap,
        areas=areas,
    )
    parts = method.parts(scores)
    draws = np.where(rated, np.sum(list(parts.values()), axis=0), np.nan)
    reason = np.where(scarce, "shortage.unrated_thin", "shortage.unrated_indicators")
    return Index(
        draws=draws,
        parts=MappingProxyType(dict(parts)),
        z=MappingProxyType(z),
        weights=MappingProxyType(weights),
        observed_weight=seen,
        rated=rated,
        reason=np.where(rated, "", reason).astype(object),
        posts=MappingProxyType(posts),
        valid=_valid(method, z, weights, scores.observed, rated),
        beyond=_beyond(method, measured, weights, posts),
        drift=_drift(evidence, method, weights, posts, coverage_sigma, rng),
        luck=_luck(method, measured, draws, rated, posts, amounts.joined.planned, rng),
        notes=(*notes, *_incoherent(z, rated), *_assumed(method, z)),
    )


def _observed_weight(measured: Mapping[str, Measured], declared: Sequence[Indicator]) -> FloatArray:
    """Share of the weight that rests on an occupation's own evidence.

    Each witness has the weight of its declared indicators, also of those nobody can have (growth of
    wages in a first edition): what cannot be known of anyone makes no occupation thinner.
    """
    total, seen = 0.0, 0.0
    for source in sorted({item.indicator.source for item in measured.values()}):
        own = [item for item in measured.values() if item.indicator.source == source]
        weight = sum(item.weight for item in declared if item.source == source)
        observed = np.sum([item.indicator.weight * item.observed for item in own], axis=0)
        seen = seen + weight * observed / sum(item.indicator.weight for item in own)
        total += weight
    return np.asarray(seen / total, dtype=np.float64)


def _valid(
    method: Method,
    z: Mapping[str, FloatArray],
    weights: Mapping[str, float],
    observed: Mapping[str, BoolArray],
    rated: BoolArray,
) -> FloatArray:
    """Only the composite is a mean of indicators; another rule counts as one sign of shortage."""
    found = np.full(len(rated), np.nan)
    found[rated] = ASSUMED_SHARED
    if method.name == "composite":
        found[rated] = validity(
            {name: values[:, rated] for name, values in z.items()},
            weights,
            {name: seen[rated] for name, seen in observed.items()},
        )
    return found


def _assumed(method: Method, z: Mapping[str, FloatArray]) -> list[Note]:
    if method.name == "composite" and len(z) >= FEWEST:
        return []
    return [Note("shortage.validity_assumed", fields={"share": ASSUMED_SHARED})]


def _beyond(
    method: Method,
    measured: Mapping[str, Measured],
    weights: Mapping[str, float],
    posts: Mapping[str, tuple[float, float]],
) -> FloatArray:
    """Σ w (z unclipped - z): it orders those the index cannot tell apart."""
    total = np.zeros_like(next(iter(measured.values())).draws)
    if method.name == "composite":
        for name, weight in weights.items():
            item = measured[name]
            total += weight * excess(item.draws, posts[name], item.indicator.direction)
    return total


def _drift(
    evidence: Evidence,
    method: Method,
    weights: Mapping[str, float],
    posts: Mapping[str, tuple[float, float]],
    coverage_sigma: float,
    rng: np.random.Generator,
) -> FloatArray:
    """The outlook's spread of log(posts / seekers) and that of log λ, on the composite's scale."""
    register = evidence.register
    if register is None or method.name != "composite" or "log_ratio" not in weights:
        return np.zeros((evidence.n_draws, len(evidence.units)))
    coming = np.log(register.posts + 0.5) - np.log(register.seekers + 0.5)
    moved = np.nan_to_num(coming - coming.mean(axis=0))
    moved += coverage_sigma * rng.standard_normal(moved.shape)
    return np.asarray(weights["log_ratio"] * moved / posts["log_ratio"][1])


def _luck(
    method: Method,
    measured: Mapping[str, Measured],
    index: FloatArray,
    rated: BoolArray,
    posts: Mapping[str, tuple[float, float]],
    coming: FloatArray,
    rng: np.random.Generator,
) -> FloatArray:
    """What chance does to a year of n vacancies: how long they wait in the mean has error 1/√n.

    That is q(1 - q)/4n for the arcsine of √q with q = d/(1 + d), as in `indicators`; the index
    follows by its regression on that indicator.
    """
    spell = next((name for name in SPELLS if name in posts), None)
    if spell is None or method.name != "composite":
        return np.zeros_like(index)
    item = measured[spell]
    q, z = item.natural(), standardise(item.draws, posts[spell], item.indicator.direction)
    own, total = z.mean(axis=0)[rated], index.mean(axis=0)[rated]
    slope = np.cov(own, total)[0, 1] / own.var(ddof=1) if rated.sum() > 1 else 0.0
    error = np.sqrt(q * (1 - q) / (4 * np.maximum(coming, 0.5))) / posts[spell][1]
    return np.asarray(slope * error * rng.standard_normal(index.shape))


def _goalposts(
    measured: Mapping[str, Measured], rated: BoolArray, frozen: Goalposts
) -> tuple[dict[str, tuple[float, float]], list[Note]]:
    posts: dict[str, tuple[float, float]] = {}
    notes = []
    for name, item in measured.items():
        declared = item.indicator
        if name in frozen.posts:
            posts[name] = frozen.posts[name]
            continue
        post = robust_post(item.draws[:, rated])
        if declared.centre is not None and declared.spread is not None:
            post = (
                float(forward(np.asarray(declared.centre), declared.transform)),
                declared.spread,
            )
        if post[1] <= 0:
            notes.append(Note("shortage.indicator_constant", where=name, severity="warning"))
            continue
        posts[name] = post
        if frozen.posts:
            notes.append(Note("shortage.goalpost_new", where=name))
    if not posts:
        raise InputError.told(Note("shortage.none_differs"))
    return posts, notes


def _incoherent(z: Mapping[str, FloatArray], rated: BoolArray) -> list[Note]:
    """Indicators that run against the others: is a direction or a column the wrong way round?"""
    means = {name: values.mean(axis=0)[rated] for name, values in z.items()}
    notes: list[Note] = []
    if len(means) < 3 or rated.sum() < 20:
        return notes
    for name, own in means.items():
        rest = np.mean([other for key, other in means.items() if key != name], axis=0)
        if own.std() == 0 or rest.std() == 0:
            continue
        r = float(np.corrcoef(own, rest)[0, 1])
        if r < -2.6 / np.sqrt(len(own)):
            notes.append(
                Note(
                    "shortage.indicator_sign",
                    where=name,
                    severity="warning",
                    fields={"correlation": round(r, 2)},
                )
            )
    return notes
