"""The employer survey's hiring demand, as draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.draws import Draws, rng_for
from xmdemand.errors import InputError
from xmdemand.notes import Note, Notes
from xmdemand.results import Result
from xmdemand.survey import demand_tables as built
from xmdemand.survey.linearise import Codes, SingletonRule
from xmdemand.survey.posts import (
    HasFrame,
    cell_codes,
    labels_of,
    occupation_shares,
    parents_of,
    planned_hires,
    read_count,
    seasonal_factors,
)
from xmdemand.survey.replicates import bootstrap
from xmdemand.survey.returns import establishments, firm_keys
from xmdemand.survey.weighted import Rows, fill, replicate_totals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from xmdemand.intake.tables import Tables
    from xmdemand.profile import Profile


@dataclass(frozen=True, eq=False)
class EmployerDemand(Result):
    """What employers plan, by occupation (unit codes, sorted; the index of every member).

    Attributes
    ----------
    hires
        V_o: planned hires of the next 12 months, persons, (n_draws x occupations).
    certain
        C_o: the part of V_o that take-all firms reported themselves, persons, by occupation.
    variance
        Design variance of Y_o = V_o - C_o (replicates), persons squared, by occupation.
    totals
        Draws of weighted totals in persons, by name: ``vacancies, headcount, past_hires,
        leavers, vacancies_3m, unqualified`` (vacancies hard to fill for lack of qualified
        applicants), ``upgrade`` (employees firms will train). A name nobody reported is absent.
    log_wage
        Draws of the vacancy-weighted mean log offered wage (yuan a month); NaN where no wage.
    levels
        ``occupation, level, hires, upgrade``: weighted point totals by level demanded.
    districts
        ``occupation, district, hires, se, reporters``.
    cells
        For disclosure control: ``occupation, district`` (``all`` for the city), ``firms`` (with
        hires > 0 in rows coded to the occupation), ``total, first, second`` (unweighted total and
        the two largest firms); every cell of the estimates has its row.
    frame
        Indexed by occupation: ``estimate, se, cv, lower, upper, level, n`` (rows coded to it),
        ``reporters`` (firms with such a row), ``certain, basis`` (``direct, model``),
        ``influence`` (largest weighted share of one firm).
    diagnostics
        ``item, value`` rows for the method page: sample sizes, response rates, design effects,
        shares of demand resting on probability, take_all and voluntary returns.
    """

    hires: Draws
    certain: pd.Series
    variance: pd.Series
    totals: Mapping[str, Draws]
    log_wage: Draws
    levels: pd.DataFrame
    districts: pd.DataFrame
    cells: pd.DataFrame
    frame: pd.DataFrame
    diagnostics: pd.DataFrame
    notes: Notes = ()

    def plot(self, names: Mapping[str, str] | pd.Series | None = None, *, top: int = 20) -> Axes:
        """The largest estimates with their intervals; see `xmdemand.plots.survey_intervals`."""
        from xmdemand.plots import survey_intervals

        return survey_intervals(self, names, top=top)


MEASURES = ("vacancies", "headcount", "past_hires", "leavers", "vacancies_3m", "train_persons")


def employer_demand(
    tables: Tables,
    profile: Profile,
    *,
    classification: HasFrame,
    n_draws: int,
    seed: int,
    singleton: SingletonRule = "adjust",
) -> EmployerDemand:
    """Planned hires of the next twelve months by occupation, as draws.

    1. Frame and returns give the sample: strata industry x size class, weights N_h / n_h,
       non-response within classes; voluntary returns stand for themselves (`returns`).
    2. Rao-Wu replicates with every adjustment repeated in each (`replicates`).
    3. Uncertain counts are imputed inside each replicate, posts known only by their group are
       shared out (`posts`, `impute`), and everything is weighted by sparse products (`weighted`).

    Parameters
    ----------
    tables
        Uses ``employers`` (required), ``firms`` and the season of ``register``.
    classification
        Anything with ``.frame`` of ``code, level, parent``.
    n_draws
        Number of replicates.
    singleton
        Rule for strata with one sampled firm, see `Design`.

    Raises
    ------
    InputError
        If there is no employer survey, or no establishment in it.
    """
    if tables.employers is None or tables.employers.empty:
        raise InputError.told(Note("survey.no_employers"))
    posts = tables.employers.reset_index(drop=True)
    joined = establishments(tables.firms, posts, singleton=singleton)
    sample = joined.sample
    widened = None if joined.basis == "design" else profile.priors.voluntary_variance_factor
    replicates = bootstrap(sample, n_draws, seed, model_variance=widened)
    unit = pd.Index(sample.frame["firm"]).get_indexer(pd.Index(firm_keys(posts)))
    rows = Rows(unit.astype(np.intp), sample.weights, replicates.weights)

    priors = profile.priors
    season = seasonal_factors(tables.register)
    hires_count, hire_notes = planned_hires(posts, months_open=priors.months_open, season=season)
    cells = donor_cells(posts, sample.frame["size_class"].to_numpy()[unit], classification)
    hires = fill(hires_count, cells, rows, rng_for(seed, "survey.impute", "hires"))
    shares = occupation_shares(
        posts,
        sample.weights[unit] * hires.mean,
        classification,
        what="posts",
        within=labels_of(sample.frame, "industry")[unit],
        counted=(labels_of(posts, "post") != "") | (hires.mean > 0),
    )
    measures = {
        name: fill(count, cells, rows, rng_for(seed, "survey.impute", name))
        for name in MEASURES
        if len((count := read_count(posts, name)).given)
    }
    work = built.Weighed(posts, sample, rows, shares, hires, measures)
    drawn = replicate_totals(hires, shares, rows)
    certain = built.certain_part(work)
    frame = built.demand_summary(work, drawn, certain)
    return EmployerDemand(
        hires=Draws(drawn, shares.index, "persons"),
        certain=certain,
        variance=pd.Series(drawn.var(axis=0, ddof=1), index=shares.index, name="variance"),
        totals=built.further_totals(work),
        log_wage=built.mean_log_wage(work),
        levels=built.by_level(work),
        districts=built.by_district(work),
        cells=built.disclosure_cells(work),
        frame=frame,
        diagnostics=built.demand_diagnostics(work, frame, joined.basis),
        notes=(
            *joined.notes,
            *replicates.notes,
            *hire_notes,
            *shares.notes,
            *built.demand_notes(work, frame),
        ),
    )


def donor_cells(
    posts: pd.DataFrame, size_class: NDArray[np.object_], classification: HasFrame
) -> list[Codes]:
    """Where donors of uncertain counts are looked for: size class x occupation, x group, alone."""
    code = pd.Series(labels_of(posts, "occupation"))
    parent = parents_of(classification)
    group = code.map(lambda key: parent.get(key, key))
    table = pd.DataFrame({"size_class": size_class, "occupation": code, "group": group})
    return cell_codes(
        table, [("size_class", "occupation"), ("size_class", "group"), ("size_class",)]
    )
