"""Two decisions a row: is it listed (training need), and how urgent is its shortage (stars)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xmdemand.notes import Note
from xmdemand.occupation_map import under
from xmdemand.shortage.evidence import Evidence
from xmdemand.shortage.goalposts import Goalposts, same_weights
from xmdemand.shortage.index import Index, thin
from xmdemand.shortage.past import Past
from xmdemand.shortage.tiers import place, set_cut, tier_probabilities

if TYPE_CHECKING:
    from xmdemand.profile import Profile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Stars:
    """Tiers of every occupation and how they came about."""

    p: FloatArray
    """P(index >= cut), (occupations x tiers)."""
    tier: IntArray
    memoryless: IntArray
    goalposts: Goalposts
    first: bool
    notes: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class Decision:
    """Both decisions of every row."""

    eligible: BoolArray
    stars: Stars
    listing: Listing


def decide(
    evidence: Evidence,
    index: Index,
    p_need: FloatArray,
    bad_job: BoolArray,
    *,
    profile: Profile,
    past: Past,
    method: str,
    weights: Mapping[str, float],
    year: int,
) -> Decision:
    """Stars by the index, then the list by need; a bad job has one star at most."""
    codes = [str(code) for code in evidence.units.codes]
    may = np.array([profile.eligible_code(code) for code in codes], dtype=bool)
    scarce = thin(evidence, profile.listing)
    candidates = may & ~scarce
    if profile.listing.form == "need":
        candidates &= np.nan_to_num(p_need) >= profile.listing.probability
    stars = award_stars(
        index,
        candidates,
        may,
        profile=profile,
        past=past,
        method=method,
        weights=weights,
        year=year,
    )
    stars = replace(stars, tier=np.where(bad_job, np.minimum(stars.tier, 1), stars.tier))
    reporters = np.zeros(len(codes)) if evidence.survey is None else evidence.survey.reporters
    return Decision(
        eligible=may,
        stars=stars,
        listing=decide_listing(codes, p_need, scarce, reporters, index.reason, stars, profile),
    )


def award_stars(
    index: Index,
    candidates: BoolArray,
    fallback: BoolArray,
    *,
    profile: Profile,
    past: Past,
    method: str,
    weights: Mapping[str, float],
    year: int,
) -> Stars:
    """Cuts (set now or frozen) and tiers with memory.

    Cuts are set so that the expected number of starred rows meets the profile's quotas: over
    `candidates` (listed rows), or over `fallback` (all eligible rated ones) where a quota is not
    below their number. They are frozen for the profile's number of editions, and set anew when the
    method or its weights change.
    """
    tiers = sorted(profile.tiers, key=lambda tier: tier.stars)
    frozen = past.goalposts
    comparable = (
        len(frozen.cuts) == len(tiers)
        and frozen.method == method
        and same_weights(frozen.weights, weights)
    )
    expired = frozen.editions >= profile.tier_rule.frozen_editions
    notes: list[Note] = []
    if comparable and not expired:
        goalposts = replace(frozen, editions=frozen.editions + 1)
    else:
        if frozen.cuts:
            code = "shortage.cuts_expired" if comparable else "shortage.cuts_method_changed"
            notes.append(Note(code, severity="warning", where=str(frozen.since)))
        cuts = _cuts(index, candidates, fallback, [tier.quota for tier in tiers], notes)
        goalposts = Goalposts(cuts=cuts, since=year, editions=1, method=method, weights=weights)
    goalposts = replace(goalposts, posts={**index.posts, **frozen.posts})
    first = past.year == 0 or not comparable
    if first:
        notes.append(Note("shortage.first_edition"))
    p = tier_probabilities(index.ordered, np.asarray(goalposts.cuts))
    blank = np.full_like(past.tier, -1)
    rule = profile.tier_rule
    return Stars(
        p=p,
        tier=place(p, last=past.tier, p_last=past.p_tiers, rule=rule, first=first),
        memoryless=place(p, last=blank, p_last=past.p_tiers, rule=rule, first=True),
        goalposts=goalposts,
        first=first,
        notes=tuple(notes),
    )


def _cuts(
    index: Index,
    candidates: BoolArray,
    fallback: BoolArray,
    quotas: list[int],
    notes: list[Note],
) -> tuple[float, ...]:
    rows = candidates & index.rated
    if quotas and max(quotas) >= rows.sum():
        notes.append(
            Note("shortage.cuts_over_eligible", n=int(rows.sum()), fields={"quota": max(quotas)})
        )
        rows = fallback & index.rated
    if not rows.any():
        rows = index.rated
    draws = index.ordered[:, rows]
    ceiling = draws.shape[1] / 2
    return tuple(set_cut(draws, min(quota, ceiling)) for quota in quotas)


@dataclass(frozen=True, eq=False)
class Listing:
    """Whether a row is listed by rule, and the first rule it failed, by how much."""

    listed: BoolArray
    failed: NDArray[np.object_]
    value: FloatArray
    limit: FloatArray


def decide_listing(
    codes: list[str],
    p_need: FloatArray,
    scarce: BoolArray,
    reporters: FloatArray,
    unrated: NDArray[np.object_],
    stars: Stars,
    profile: Profile,
) -> Listing:
    """Apply the listing rules in order; the first that fails is the reason.

    In the form ``need`` a row needs evidence and P(need >= persons) >= probability; in the form
    ``shortage`` it needs a rating and a star.
    """
    rule = profile.listing
    barred = np.array([under(c, profile.barred) for c in codes], dtype=bool)
    allowed = np.array([under(c, profile.eligible) for c in codes], dtype=bool)
    nan = np.full(len(codes), np.nan)
    checks = [
        (barred, "shortage.fail_barred", nan, nan),
        (~allowed, "shortage.fail_not_eligible", nan, nan),
        (scarce, "shortage.fail_evidence", reporters, np.full_like(nan, rule.min_reporters)),
    ]
    if rule.form == "need":
        low = ~(np.nan_to_num(p_need) >= rule.probability)
        checks.append((low, "shortage.fail_need", p_need, np.full_like(nan, rule.probability)))
    else:
        checks.append((unrated != "", "shortage.fail_unrated", nan, nan))
        need_p = np.full_like(nan, profile.tier_rule.enter)
        p_star = stars.p[:, 0] if stars.p.shape[1] else nan
        checks.append((stars.tier < 1, "shortage.fail_not_starred", p_star, need_p))
    conditions = [check[0] for check in checks]
    return Listing(
        listed=~np.any(conditions, axis=0),
        failed=np.select(conditions, [check[1] for check in checks], default="").astype(object),
        value=np.select(conditions, [check[2] for check in checks], default=np.nan),
        limit=np.select(conditions, [check[3] for check in checks], default=np.nan),
    )
