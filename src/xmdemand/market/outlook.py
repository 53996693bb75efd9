"""The register's next twelve months, as draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmdemand.draws import Draws
from xmdemand.notes import Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Outlook(Result):
    """What the register says of an occupation's next twelve months (unit codes, sorted).

    Attributes
    ----------
    posts, seekers
        New posts and new seekers of the next 12 months, registered, (n_draws x occupations).
        Column b of both comes from one joint path.
    log_ratio
        Draws of log(posts / seekers) of the average *stock* of the last 12 months; NaN where
        there is no stock of either.
    growth
        Draws of log(new posts of the next 12 months / of the last 12), halves added to both.
    monthly
        Long history and forecast for figures: ``occupation, variable`` (``posts, seekers``),
        ``ds, actual, median, lower, upper`` at level 0.8.
    districts
        ``occupation, district, posts, seekers``: the last 12 months.
    frame
        Indexed by occupation: ``posts_past, seekers_past`` (last 12 months' new),
        ``posts_stock, seekers_stock`` (average carried), ``ratio_printed`` (as the file says),
        ``ratio_computed, months`` (observed), ``posts, posts_lower, posts_upper, seekers,
        seekers_lower, seekers_upper, level``.
    track_record
        How the same forecast would have done a year earlier: ``variable, measure, value``
        (coverage of 80% intervals of the 12-month sum, WAPE, bias against the past).
    not_stated
        New seekers of the last 12 months who state no occupation, persons.
    """

    posts: Draws
    seekers: Draws
    log_ratio: Draws
    growth: Draws
    monthly: pd.DataFrame
    districts: pd.DataFrame
    frame: pd.DataFrame
    track_record: pd.DataFrame
    not_stated: float = 0.0
    notes: Notes = ()
