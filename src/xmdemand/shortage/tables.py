"""The frames of a `Ranking`: nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.draws import Draws, rng_for
from xmdemand.notes import Notes
from xmdemand.shortage.causes import REMEDIES
from xmdemand.shortage.decide import Decision
from xmdemand.shortage.evidence import Evidence
from xmdemand.shortage.index import Index
from xmdemand.shortage.indicators import Measured, back
from xmdemand.shortage.jobs import Jobs
from xmdemand.shortage.latent import promise
from xmdemand.shortage.need import Advice
from xmdemand.shortage.past import Past
from xmdemand.shortage.quantities import Quantities
from xmdemand.shortage.ranks import credible_ranks, p_top_k, point_ranks
from xmdemand.shortage.sensitivity import sensitivity

if TYPE_CHECKING:
    from xmdemand.profile import Profile

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
TAILS = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Ranked:
    """Ranks of the eligible rated occupations, NaN elsewhere."""

    rank: FloatArray
    lower: FloatArray
    upper: FloatArray
    p_top: FloatArray

    @classmethod
    def of(
        cls,
        index: Index,
        may: BoolArray,
        *,
        top: int,
        seed: int,
        trust: float,
    ) -> Ranked:
        """Rank and interval from the index's draws; P(top k) also from what they cannot know.

        P(top k) is a promise about the coming year's shortage, not about the index: what tightness
        may still do is added, and what the index does not share with shortage (see `latent`).
        """
        rows = index.rated & may
        out = np.full((4, len(rows)), np.nan)
        if rows.any():
            rank, lower, upper, _ = credible_ranks(index.ordered[:, rows], top=top)
            rng = rng_for(seed, "shortage", "promise")
            signs = (index.draws + index.beyond + index.drift)[:, rows]
            coming = promise(signs, index.valid[rows], rng, trust=trust) + index.luck[:, rows]
            out[:, rows] = rank, lower, upper, p_top_k(coming, top)
        return cls(*out)


@dataclass(frozen=True, eq=False)
class Assembly:
    """Everything the stage found, before it is laid out."""

    evidence: Evidence
    past: Past
    amounts: Quantities
    measured: Mapping[str, Measured]
    index: Index
    ranked: Ranked
    advice: Advice
    decision: Decision
    jobs: Jobs
    cause: NDArray[np.object_]

    @property
    def notes(self) -> Notes:
        """What the parts have to say."""
        parts = (self.amounts, self.index, self.decision.stars, self.jobs)
        return tuple(note for part in parts for note in part.notes)


def reporters(evidence: Evidence) -> FloatArray:
    """Firms that reported an occupation; zeros without a survey."""
    if evidence.survey is None:
        return np.zeros(len(evidence.units))
    return evidence.survey.reporters


def named_draws(a: Assembly) -> dict[str, Draws]:
    """The draws a `Ranking` keeps, by name."""
    q = a.amounts
    unit = "registered posts" if q.joined.assumed else "persons"
    persons = {
        "demand": q.demand,
        "supply": q.supply,
        "gap": q.gap,
        "need_entry": q.need_entry,
        "need_upgrade": q.need_upgrade,
        "need": q.need,
        "intent": np.full_like(q.demand, np.nan) if q.intent is None else q.intent,
    }
    codes = a.evidence.units.codes
    found = {name: Draws(values, codes, unit) for name, values in persons.items()}
    return found | {"index": Draws(a.index.draws, codes, "index")}


def signals(a: Assembly) -> dict[str, Draws]:
    """Shrunken draws by indicator of the index, on its transformed scale."""
    codes = a.evidence.units.codes
    return {name: Draws(a.measured[name].draws, codes, "transformed") for name in a.index.z}


def main_frame(a: Assembly, weights_rank: tuple[FloatArray, FloatArray]) -> pd.DataFrame:
    """One row an occupation; columns as `Ranking.frame` documents."""
    units, evidence = a.evidence.units, a.evidence
    columns: dict[str, object] = {"name": units.names, "lineage": units.lineage}
    for name, draws in named_draws(a).items():
        if name != "index":
            columns |= _interval(name, draws.values)
    columns |= _witnesses(a)
    columns |= {"p_need": a.advice.p_need, "p_intent": a.advice.p_intent}
    columns |= {"advice": a.advice.key, "p_advice": a.advice.p}
    columns |= {"rated": a.index.rated, "unrated_reason": a.index.reason}
    columns |= _interval("index", a.index.draws)
    columns |= {
        "rank": a.ranked.rank,
        "rank_lower": a.ranked.lower,
        "rank_upper": a.ranked.upper,
        "p_top": a.ranked.p_top,
        "rank_weights_lower": weights_rank[0],
        "rank_weights_upper": weights_rank[1],
    }
    for at in range(a.decision.stars.p.shape[1]):
        columns[f"p_tier_{at + 1}"] = a.decision.stars.p[:, at]
        columns[f"last_p_{at + 1}"] = a.past.p_tiers[:, at]
    columns |= {
        "tier": a.decision.stars.tier,
        "tier_memoryless": a.decision.stars.memoryless,
        "tier_last": a.past.tier,
        "bad_job": a.jobs.bad,
        "p_bad_job": a.jobs.p_bad,
        "remedy": np.array([REMEDIES.get(str(key), "") for key in a.cause], dtype=object),
        "cause": a.cause,
        "eligible": a.decision.eligible,
        "listed": a.decision.listing.listed,
        "failed": a.decision.listing.failed,
        "failed_value": a.decision.listing.value,
        "failed_limit": a.decision.listing.limit,
        "reporters": reporters(evidence),
        "registered_posts": evidence.register.posts_past if evidence.register else 0.0,
        "firms": evidence.survey.firms if evidence.survey else 0.0,
        "planned": evidence.survey.planned if evidence.survey else np.nan,
        "log_wage": evidence.survey.log_wage.mean(axis=0) if evidence.survey else np.nan,
        "levels": a.jobs.levels,
    }
    return pd.DataFrame(columns, index=units.codes)


def _interval(name: str, draws: FloatArray) -> dict[str, FloatArray]:
    lower, upper = np.quantile(draws, TAILS, axis=0)
    return {name: draws.mean(axis=0), f"{name}_lower": lower, f"{name}_upper": upper}


def _witnesses(a: Assembly) -> dict[str, object]:
    """Both witnesses in realised persons, their weight, the joint and single-witness ranks."""
    q, evidence = a.amounts, a.evidence
    pi = q.pi.mean(axis=0)[evidence.units.major_at]
    nan = np.full(len(evidence.units), np.nan)
    survey = pi * evidence.survey.planned if evidence.survey else nan
    register, printed, computed = nan, nan, nan
    if evidence.register is not None:
        kappa = np.nan_to_num(q.joined.kappa.mean(axis=0), nan=1.0)[evidence.units.major_at]
        register = pi * kappa * evidence.register.posts.mean(axis=0)
        printed, computed = evidence.register.ratio_printed, evidence.register.ratio_computed
    return {
        "gap_half": q.gap_at(0.5),
        "gap_one": q.gap_at(1.0),
        "gap_double": q.gap_at(2.0),
        "basis": q.joined.basis,
        "survey_weight": q.joined.survey_weight,
        "survey_demand": survey,
        "register_demand": register,
        "assumed": q.joined.assumed,
        "rank_demand": point_ranks(q.demand.mean(axis=0)),
        "rank_survey": point_ranks(survey),
        "rank_register": point_ranks(register),
        "ratio_printed": printed,
        "ratio_computed": computed,
    }


def indicator_frame(a: Assembly) -> pd.DataFrame:
    """Long: one row an occupation x part of the index."""
    codes = a.evidence.units.codes
    pieces = []
    for name, part in a.index.parts.items():
        found = a.measured.get(name)
        piece = pd.DataFrame({"occupation": codes, "indicator": name})
        contribution = np.where(a.index.rated, part.mean(axis=0), np.nan)
        if found is None:
            piece = piece.assign(
                value=part.mean(axis=0), lower=np.nan, upper=np.nan, z=np.nan, weight=np.nan
            )
            observed: BoolArray = np.ones(len(codes), dtype=bool)
            source = ""
        else:
            natural = back(found.draws, found.indicator.transform)
            lower, upper = np.quantile(natural, TAILS, axis=0)
            piece = piece.assign(
                value=natural.mean(axis=0),
                lower=lower,
                upper=upper,
                z=a.index.z[name].mean(axis=0),
                weight=a.index.weights[name],
            )
            observed, source = found.observed, found.indicator.source
        pieces.append(piece.assign(contribution=contribution, observed=observed, source=source))
    table = pd.concat(pieces, ignore_index=True)
    return table.sort_values("occupation", kind="stable", ignore_index=True)


def sensitivity_table(
    a: Assembly, *, top: int, seed: int
) -> tuple[pd.DataFrame, tuple[FloatArray, FloatArray]]:
    """Choices of weights and forms over the ranked occupations; rank limits of all occupations."""
    rows = a.index.rated & a.decision.eligible
    lower, upper = np.full((2, len(rows)), np.nan)
    if not rows.any():
        columns = ["choice", "alternative", "mean_rank_shift", "top_kept"]
        return pd.DataFrame(columns=columns), (lower, upper)
    z = {name: values.mean(axis=0)[rows] for name, values in a.index.z.items()}
    table, low, high = sensitivity(
        z, a.index.weights, top=top, rng=rng_for(seed, "shortage", "sensitivity")
    )
    lower[rows], upper[rows] = low, high
    return table, (lower, upper)


def threshold_frame(a: Assembly, profile: Profile) -> pd.DataFrame:
    """How many rows other thresholds would give."""
    rule = profile.listing
    need = a.amounts.need
    fit = a.decision.eligible & (a.decision.listing.failed != "shortage.fail_evidence")
    rows: list[tuple[str, float, int]] = []
    for persons in sorted({10.0, 20.0, 30.0, 50.0, 100.0, rule.need_persons}):
        p = (need >= persons).mean(axis=0)
        rows.append(("need_persons", persons, int((fit & (p >= rule.probability)).sum())))
    for probability in sorted({0.5, 0.6, 0.7, 0.8, 0.9, rule.probability}):
        rows.append(
            ("probability", probability, int((fit & (a.advice.p_need >= probability)).sum()))
        )
    for at in range(a.decision.stars.p.shape[1]):
        p_tier = np.nan_to_num(a.decision.stars.p[:, at], nan=-1.0)
        for enter in (0.3, 0.5, 0.7, 0.9):
            count = int((a.decision.listing.listed & (p_tier >= enter)).sum())
            rows.append((f"p_tier_{at + 1}", enter, count))
    return pd.DataFrame(rows, columns=["what", "threshold", "rows"])


def parameter_frame(a: Assembly) -> pd.DataFrame:
    """κ, a, φ, λ, π by major group, and the spreads of the indicators' models."""
    majors = np.unique(a.evidence.units.major)
    q = a.amounts
    drawn = {
        "kappa": (q.joined.kappa, q.joined.source),
        "shape": (q.joined.shape, q.joined.source),
        "dispersion": (q.joined.dispersion, q.joined.source),
        "coverage": (q.lam, "prior"),
        "realisation": (q.pi, "prior" if _from_prior(q) else "estimated"),
    }
    rows = []
    for parameter, (values, source) in drawn.items():
        for at, group in enumerate(majors):
            column = values[:, at]
            if np.isfinite(column).all():
                lower, upper = np.quantile(column, TAILS)
                estimate = float(np.median(column))
                n = int(q.joined.n[at])
                rows.append((str(group), parameter, estimate, lower, upper, n, source))
    for name, item in a.measured.items():
        n = int(item.observed.sum())
        for parameter, value in (("within", item.fit.within), ("between", item.fit.between)):
            rows.append(("all", f"{name}_{parameter}", value, np.nan, np.nan, n, "estimated"))
    columns = ["group", "parameter", "estimate", "lower", "upper", "n", "source"]
    return pd.DataFrame(rows, columns=columns)


def _from_prior(q: Quantities) -> bool:
    return any(note.code == "shortage.realisation_assumed" for note in q.notes)
