"""Demand, supply, gap, need and intent of every occupation, in persons a year, as draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.draws import rng_for
from xmdemand.errors import InputError
from xmdemand.notes import Note
from xmdemand.shortage import join as joining
from xmdemand.shortage import need as needing
from xmdemand.shortage import supply as supplying
from xmdemand.shortage.evidence import Evidence, Register, Survey
from xmdemand.shortage.past import Past

if TYPE_CHECKING:
    from xmdemand.profile import Priors, Profile

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Demand:
    """The joined demand and its two single witnesses; by occupation, π, κ also by draw."""

    planned: FloatArray
    """C + θ by draw: hires planned, before realisation."""
    basis: NDArray[np.object_]
    survey_weight: FloatArray
    kappa: FloatArray
    shape: FloatArray
    dispersion: FloatArray
    assumed: bool
    """Whether nothing sets the level (κ unknown)."""
    n: NDArray[np.int64]
    source: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, eq=False)
class Quantities:
    """Draws (n_draws x occupations) of everything counted in persons."""

    demand: FloatArray
    supply: FloatArray
    gap: FloatArray
    need_entry: FloatArray
    need_upgrade: FloatArray
    intent: FloatArray | None
    seekers: FloatArray
    """S from the register at λ = 1 (π κ S^R), before the pipeline."""
    pi: FloatArray
    lam: FloatArray
    coming: FloatArray
    joined: Demand
    notes: tuple[Note, ...]

    @property
    def need(self) -> FloatArray:
        """N = N_entry + N_upgrade."""
        return self.need_entry + self.need_upgrade

    def gap_at(self, lam: float) -> FloatArray:
        """Median gap with the register's coverage ratio held at `lam`."""
        return np.asarray(np.median(self.demand - lam * self.seekers - self.coming, axis=0))


def join_demand(evidence: Evidence, past: Past, seed: int) -> Demand:
    """C + θ by draw from whatever witnesses there are; see `join` for the model."""
    rng = rng_for(seed, "shortage", "join")
    survey, register = evidence.survey, evidence.register
    if survey is None and register is not None:
        return _register_only(evidence, register, past, rng)
    if survey is None:
        raise InputError.told(Note("shortage.no_demand"))
    major = evidence.units.major_at
    n_groups = int(major.max()) + 1
    sampled = np.maximum(survey.planned - survey.certain, 0.0)
    seen = register.seen if register is not None else np.zeros(len(evidence.units), dtype=bool)
    weights = joining.bootstrap_weights(rng, evidence.n_draws, len(seen))
    dispersion = joining.pool_dispersion(
        sampled, survey.variance, survey.reporters, major, n_groups, weights
    )
    n_draws, n = evidence.n_draws, len(seen)
    kappa, shape = np.full((n_draws, n_groups), np.nan), np.full((n_draws, n_groups), np.nan)
    counts = np.zeros(n_groups, dtype=np.int64)
    expected, sizes = np.empty((n_draws, n)), np.empty((n_draws, n))
    if register is not None and seen.any():
        posts = np.maximum(register.posts[:, seen], joining.FLOOR_POSTS)
        found = joining.fit_witnesses(
            sampled[seen],
            survey.certain[seen],
            posts.mean(axis=0),
            dispersion,
            major[seen],
            weights[:, seen],
            growth=joining.dispersion_growth(
                sampled[seen], survey.variance[seen], survey.reporters[seen], posts.mean(axis=0)
            ),
        )
        kappa, shape, counts = found.kappa, found.shape, found.n
        expected[:, seen] = kappa[:, major[seen]] * posts
        sizes[:, seen] = shape[:, major[seen]]
    if not seen.all():
        prior, size = _survey_only(evidence, past, sampled, dispersion, weights, ~seen)
        expected[:, ~seen] = prior + survey.certain[~seen]
        sizes[:, ~seen] = size[:, None]
    planned, weight = joining.join(
        rng, sampled, survey.certain, expected, sizes, dispersion[:, major]
    )
    return Demand(
        planned=planned,
        basis=np.where(seen, "both", "survey").astype(object),
        survey_weight=weight,
        kappa=kappa,
        shape=shape,
        dispersion=dispersion,
        assumed=False,
        n=counts,
        source="estimated",
        notes=_survey_notes(register, seen),
    )


def _survey_only(
    evidence: Evidence,
    past: Past,
    sampled: FloatArray,
    dispersion: FloatArray,
    weights: FloatArray,
    alone: NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray]:
    """μ of occupations only the survey speaks of, and a of their neighbourhood by likelihood."""
    units = evidence.units
    group_total = np.bincount(units.major_at, weights=np.nan_to_num(past.demand))[units.major_at]
    share = np.divide(
        past.demand, group_total, out=np.full(len(units), np.nan), where=group_total > 0
    )
    everyone = joining.neighbours_mean(sampled, units.minor_at, units.major_at, share)
    prior = everyone[alone]
    if alone.sum() < joining.MIN_REPORTERS:
        return prior, np.full(len(weights), 1.0)
    found = joining.fit_witnesses(
        sampled[alone],
        np.zeros(int(alone.sum())),
        prior,
        np.median(dispersion, axis=1, keepdims=True),
        np.zeros(int(alone.sum()), dtype=np.int64),
        weights[:, alone],
    )
    return prior, found.shape[:, 0]


def _survey_notes(register: Register | None, seen: NDArray[np.bool_]) -> tuple[Note, ...]:
    if register is None or seen.all():
        return ()
    return (Note("shortage.not_in_register", n=int((~seen).sum())),)


def _register_only(
    evidence: Evidence, register: Register, past: Past, rng: np.random.Generator
) -> Demand:
    n_draws, n = evidence.n_draws, len(evidence.units)
    known = "kappa" in past.parameters
    n_groups = int(evidence.units.major_at.max()) + 1
    kappa = np.full((n_draws, n_groups), past.parameters.get("kappa", 1.0))
    shape = np.full((n_draws, n_groups), past.parameters.get("shape", joining.ASSUMED_SHAPE))
    posts = np.maximum(np.nan_to_num(register.posts), joining.FLOOR_POSTS)
    wide = shape[:, evidence.units.major_at]
    planned = kappa[:, evidence.units.major_at] * posts * rng.standard_gamma(wide) / wide
    planned = np.where(register.seen, planned, 0.0)
    note = (
        Note("shortage.kappa_past") if known else Note("shortage.kappa_unknown", severity="warning")
    )
    return Demand(
        planned=planned,
        basis=np.full(n, "register", dtype=object),
        survey_weight=np.zeros(n),
        kappa=kappa,
        shape=shape,
        dispersion=np.full((n_draws, n_groups), np.nan),
        assumed=not known,
        n=np.zeros(n_groups, dtype=np.int64),
        source="last edition" if known else "assumed",
        notes=(note,),
    )


def observed_realisation(
    survey: Survey | None, register: Register | None, past: Past
) -> tuple[float | None, float]:
    """Realised over planned hires of the last edition's year, and the error of its logarithm.

    From the record if somebody counted it, else this survey's past hires over the last survey's
    plans, for occupations that both name. Where people are short, plans fail for lack of people;
    with a register, only occupations with more seekers than posts speak.
    """
    if past.realised is not None:
        return past.realised, 0.0
    if survey is None or "past_hires" not in survey.totals:
        return None, 0.0
    both = np.isfinite(past.planned) & (past.planned > 0)
    if register is not None and (both & (register.seekers_past > register.posts_past)).any():
        both &= register.seekers_past > register.posts_past
    hired = survey.totals["past_hires"][:, both].sum(axis=1)
    if not both.any() or not (hired > 0).all():
        return None, 0.0
    # Last year's plans come from a survey too, about as uncertain as this one's hires.
    error = np.sqrt(2) * np.std(np.log(hired))
    return float(hired.mean() / past.planned[both].sum()), float(error)


def quantities(
    evidence: Evidence,
    profile: Profile,
    past: Past,
    unqualified: FloatArray | None,
    pipeline: pd.DataFrame | None,
    seed: int,
) -> Quantities:
    """Everything counted in persons.

    Parameters
    ----------
    evidence, profile, past
        Aligned inputs, the city's priors and thresholds, the last edition.
    unqualified
        Draws of the share of hard-to-fill vacancies that lack qualified applicants (shrunken), or
        None to draw it from the profile's prior.
    pipeline
        Graduates and trainees to come.
    """
    priors = profile.priors
    n_draws, major = evidence.n_draws, evidence.units.major_at
    n_groups = int(major.max()) + 1
    joined = join_demand(evidence, past, seed)
    ratio, ratio_se = observed_realisation(evidence.survey, evidence.register, past)
    pi = supplying.realisation(
        rng_for(seed, "shortage", "realisation"),
        n_draws,
        n_groups,
        median=priors.realisation_median,
        sigma=priors.realisation_sigma,
        group_sigma=priors.realisation_group_sigma,
        observed=ratio,
        observed_se=ratio_se,
    )
    lam = supplying.coverage(
        rng_for(seed, "shortage", "coverage"), n_draws, n_groups, priors.coverage_sigma
    )
    coming, n_assumed = supplying.pipeline_persons(
        pipeline,
        evidence.units.codes,
        entry_share=priors.graduate_entry,
        stay_share=priors.graduate_stay,
    )
    demand = pi[:, major] * joined.planned
    seekers = _registered_seekers(evidence, joined) * pi[:, major]
    supply = lam[:, major] * seekers + coming
    gap = demand - supply
    share = _unqualified(unqualified, priors, demand.shape, seed)
    notes = _assumptions(ratio, unqualified, n_assumed, evidence)
    return Quantities(
        demand=demand,
        supply=supply,
        gap=gap,
        need_entry=needing.need_entry(demand, gap, share, priors.trainable_share),
        need_upgrade=_upgrade(evidence, demand.shape),
        intent=None
        if evidence.wished is None
        else needing.intent(
            rng_for(seed, "shortage", "enrolment"), evidence.wished, priors.enrolment
        ),
        seekers=seekers,
        pi=pi,
        lam=lam,
        coming=coming,
        joined=joined,
        notes=(*joined.notes, *notes),
    )


def _registered_seekers(evidence: Evidence, joined: Demand) -> FloatArray:
    """κ S^R by draw, those without a stated occupation shared out; NaN off the register."""
    register = evidence.register
    if register is None:
        return np.full((evidence.n_draws, len(evidence.units)), np.nan)
    seekers = supplying.share_out(register.seekers, register.seekers_past, register.not_stated)
    kappa = np.nan_to_num(joined.kappa, nan=1.0)
    return np.where(register.seen, kappa[:, evidence.units.major_at] * seekers, np.nan)


def _unqualified(
    drawn: FloatArray | None, priors: Priors, shape: tuple[int, int], seed: int
) -> FloatArray:
    if drawn is not None:
        return drawn
    a, b = priors.unqualified_share
    common = rng_for(seed, "shortage", "unqualified").beta(a, b, size=(shape[0], 1))
    return np.broadcast_to(common, shape)


def _upgrade(evidence: Evidence, shape: tuple[int, int]) -> FloatArray:
    if evidence.survey is None or "upgrade" not in evidence.survey.totals:
        return np.zeros(shape)
    return evidence.survey.totals["upgrade"]


def _assumptions(
    ratio: float | None, unqualified: FloatArray | None, n_assumed: int, evidence: Evidence
) -> tuple[Note, ...]:
    notes = []
    if ratio is None:
        notes.append(Note("shortage.realisation_assumed"))
    else:
        notes.append(Note("shortage.realisation_learnt", fields={"ratio": round(ratio, 3)}))
    if unqualified is None:
        notes.append(Note("shortage.unqualified_assumed"))
    if n_assumed:
        notes.append(Note("shortage.pipeline_assumed", n=n_assumed))
    if evidence.register is not None and evidence.register.not_stated > 0:
        notes.append(Note("shortage.not_stated_shared", n=round(evidence.register.not_stated)))
    return tuple(notes)
