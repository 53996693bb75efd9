"""The worker survey's training intent, as draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmdemand.draws import Draws
from xmdemand.notes import Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class WorkerIntent(Result):
    """What workers wish to be trained in; a person with m wishes counts 1/m for each.

    Attributes
    ----------
    wished
        Persons who wish training in an occupation, (n_draws x occupations), before the share that
        enrols (that factor belongs to `shortage`).
    levels
        ``occupation, level, persons``.
    groups
        ``occupation, group, persons, n``.
    districts
        ``occupation, district, persons, n``.
    frame
        Indexed by occupation: ``estimate, se, cv, lower, upper, level, n`` (wishes).
    diagnostics
        ``item, value``.
    """

    wished: Draws
    levels: pd.DataFrame
    groups: pd.DataFrame
    districts: pd.DataFrame
    frame: pd.DataFrame
    diagnostics: pd.DataFrame
    notes: Notes = ()
