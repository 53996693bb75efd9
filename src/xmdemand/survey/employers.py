"""The employer survey's hiring demand, as draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmdemand.draws import Draws
from xmdemand.notes import Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    import pandas as pd


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
        hires > 0), ``total, first, second`` (unweighted total and the two largest firms).
    frame
        Indexed by occupation: ``estimate, se, cv, lower, upper, level, n`` (returns' rows),
        ``reporters`` (firms), ``certain, basis`` (``direct, model``), ``influence`` (largest
        weighted share of one firm).
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
