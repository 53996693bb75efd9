"""The ranking room's stage: evidence in, every occupation's need, index, ranks and tier out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xmdemand.draws import rng_for
from xmdemand.errors import InputError, name_some
from xmdemand.notes import Note, Notes
from xmdemand.shortage import tables
from xmdemand.shortage.breakdown import by_district, by_group, by_level
from xmdemand.shortage.decide import decide
from xmdemand.shortage.evaluate import Evaluation, evaluate, learn_trust, register_outcome
from xmdemand.shortage.evidence import align
from xmdemand.shortage.index import compute_index
from xmdemand.shortage.indicators import INDICATORS, Indicator, LastYear, measure_all, with_weights
from xmdemand.shortage.jobs import explain, look_at_jobs
from xmdemand.shortage.methods import method_named
from xmdemand.shortage.need import advise
from xmdemand.shortage.past import Past, read_past
from xmdemand.shortage.quantities import quantities
from xmdemand.shortage.ranking import Ranking

if TYPE_CHECKING:
    import pandas as pd

    from xmdemand.market.outlook import Outlook
    from xmdemand.occupations import Classification
    from xmdemand.profile import Profile
    from xmdemand.survey.employers import EmployerDemand
    from xmdemand.survey.workers import WorkerIntent


def rank(
    demand: EmployerDemand | None,
    outlook: Outlook | None,
    intent: WorkerIntent | None,
    profile: Profile,
    *,
    classification: Classification,
    year: int,
    n_draws: int,
    seed: int,
    pipeline: pd.DataFrame | None = None,
    trainable: pd.DataFrame | None = None,
    previous: Mapping[str, Any] | None = None,
    method: str = "composite",
    weights: Mapping[str, float] | None = None,
    top: int = 50,
    indicators: Sequence[Indicator] = INDICATORS,
) -> Ranking:
    """Rank a city's occupations by shortage and training need, with their uncertainty.

    1. Align the inputs on unit codes; draw b of one is paired with draw b of the others.
    2. Shrink every indicator to its minor group.
    3. Join both demand witnesses; supply, gap, need and intent per draw.
    4. Standardise on frozen goalposts, sum to the index, rank per draw.
    5. Need decides the rows, the index alone the stars, with last edition's in the rule.
    6. P(top k) adds what the index does not share with shortage, as past outcomes taught it.

    Parameters
    ----------
    demand, outlook, intent
        From the survey and market rooms; None where there was no input. At least one of the first
        two must be there.
    profile
        The city's rules, priors and quotas.
    classification
        Gives names, lineage and the tree.
    year
        Edition.
    n_draws
        Draws used of each input.
    seed
        Of every random draw here.
    pipeline, trainable
        Optional tables of `intake.Tables`.
    previous
        Last edition's parsed ``record.json``; its ``ranking`` part is `to_record`'s.
    method
        One of `methods()`.
    weights
        Weight by indicator where it differs from `INDICATORS`.
    top
        k of P(top k).
    indicators
        The declared table; another one is another index.

    Raises
    ------
    InputError
        If both employer survey and register are missing, nothing can be rated or compared, weights
        are negative or sum to zero, an input has too few draws, or `top` is below 1.
    NotFoundError
        For an unknown method or indicator.
    """
    if top < 1 or n_draws < 2:
        raise InputError(f"top must be 1 or more and n_draws 2 or more, got {top} and {n_draws}")
    declared = with_weights(indicators, weights)
    evidence = align(demand, outlook, intent, classification.frame, n_draws=n_draws)
    past = read_past(previous, evidence.units, len(profile.tiers))
    measured, left_out = measure_all(
        evidence,
        LastYear(log_wage=past.log_wage),
        declared,
        lambda name: rng_for(seed, "shortage", "indicator", name),
    )
    share = measured["skill_shortage"].natural() if "skill_shortage" in measured else None
    amounts = quantities(evidence, profile, past, share, pipeline, seed)
    index = compute_index(
        evidence,
        measured,
        amounts,
        declared=declared,
        method=method_named(method),
        rule=profile.listing,
        frozen=past.goalposts,
        coverage_sigma=profile.priors.coverage_sigma,
        rng=rng_for(seed, "shortage", "drift"),
    )
    advice = advise(amounts.need, amounts.intent, profile.listing)
    jobs = look_at_jobs(evidence, demand, profile, seed)
    decision = decide(
        evidence,
        index,
        advice.p_need,
        jobs.bad,
        profile=profile,
        past=past,
        method=method,
        weights={item.name: item.weight for item in declared},
        year=year,
    )
    listed = decision.listing.listed
    evaluation, trust, told = _look_back(previous, outlook, past, top)
    found = tables.Assembly(
        evidence=evidence,
        past=past,
        amounts=amounts,
        measured=measured,
        index=index,
        ranked=tables.Ranked.of(index, decision.eligible, top=top, seed=seed, trust=trust),
        advice=advice,
        decision=decision,
        jobs=jobs,
        cause=explain(jobs, measured, index, listed | (decision.stars.tier > 0)),
    )
    sensitivity, weights_rank = tables.sensitivity_table(found, top=top, seed=seed)
    untrained = _untrainable(trainable, evidence.units.codes, listed)
    return Ranking(
        frame=tables.main_frame(found, weights_rank),
        indicators=tables.indicator_frame(found),
        draws=tables.named_draws(found),
        signals=tables.signals(found),
        groups=by_group(evidence, amounts, intent, profile, listed=listed),
        levels=by_level(evidence, amounts, demand, intent, profile),
        districts=by_district(evidence, amounts, demand, outlook, intent, profile),
        thresholds=tables.threshold_frame(found, profile),
        sensitivity=sensitivity,
        parameters=tables.parameter_frame(found),
        goalposts=decision.stars.goalposts.as_dict() | {"year": year},
        evaluation=evaluation,
        trust=trust,
        notes=(*evidence.notes, *left_out, *found.notes, *untrained, *told),
    )


def _look_back(
    previous: Mapping[str, Any] | None, outlook: Outlook | None, past: Past, top: int
) -> tuple[Evaluation | None, float, Notes]:
    """How last edition's ranking did, where the register has seen enough, and what that teaches."""
    if not previous or outlook is None:
        return None, past.trust, ()
    try:
        found = evaluate(previous, register_outcome(outlook, previous), k=top)
    except InputError:
        return None, past.trust, (Note("shortage.not_evaluated", where=str(past.year)),)
    trust = learn_trust(found.slope, found.slope_se, past.trust)
    fields = {"slope": round(found.slope, 2), "trust": round(trust, 2)}
    return found, trust, (*found.notes, Note("shortage.trust_learnt", fields=fields))


def _untrainable(
    trainable: pd.DataFrame | None, codes: pd.Index, listed: NDArray[np.bool_]
) -> tuple[Note, ...]:
    """Listed occupations for which no standard, institution or assessor is known."""
    if trainable is None:
        return ()
    known = set(trainable["occupation"].astype(str))
    missing = [code for code in codes[listed] if code not in known]
    if not missing:
        return ()
    return (Note("shortage.untrainable", where=name_some(missing), n=len(missing)),)
