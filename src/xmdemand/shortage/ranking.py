"""What the ranking room hands to the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmdemand.draws import Draws
from xmdemand.notes import Notes
from xmdemand.results import SHOWN, Result

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from xmdemand.shortage.evaluate import Evaluation


ESSENTIAL = (
    "name", "demand", "supply", "need", "intent",
    "rank", "rank_lower", "rank_upper", "p_top", "tier",
)  # fmt: skip
"""Columns that a notebook shows of the occupations most in shortage."""


@dataclass(frozen=True, eq=False)
class Ranking(Result):
    """Every occupation with evidence: demand, need, intent, index, ranks, tier, and why.

    Attributes
    ----------
    frame
        Indexed by occupation (unit code, sorted), columns

        - ``name, lineage``;
        - quantities in persons a year, each ``q, q_lower, q_upper`` (90%): ``demand, supply,
          gap, need_entry, need_upgrade, need, intent``; ``gap_half, gap_one,
          gap_double`` (medians at λ = 1/2, 1 and 2);
        - ``basis`` (``both, survey, register``), ``survey_weight, survey_demand,
          register_demand, assumed`` (no evidence sets the level);
        - ``p_need, p_intent`` (above the profile's persons), ``advice`` (``open, guide, control,
          none``; empty without a worker survey), ``p_advice``;
        - ``rated``, ``unrated_reason`` (a message code or empty), ``index, index_lower,
          index_upper``;
        - ``rank, rank_lower, rank_upper`` (median and 90%, over rated eligible occupations, NaN
          elsewhere), ``p_top``; ``rank_weights_lower, rank_weights_upper`` (5% and 95% of the rank
          when the weights vary); ``rank_demand, rank_survey, rank_register`` (of demand: joint and
          single-witness, NaN where none);
        - ``p_tier_1 ... p_tier_T`` (P(index >= cut)), ``last_p_1 ... last_p_T`` (the same in the
          last edition, NaN where unknown), ``tier`` (stars, 0 = none),
          ``tier_memoryless``, ``tier_last`` (-1 = no past edition);
        - ``bad_job, p_bad_job, remedy, cause`` (keys: ``few_applicants, unsuitable, pay,
          retention, long_training`` or empty);
        - ``eligible, listed`` (by rule, before quotas and decisions), ``failed`` (message code of
          the first rule failed, or empty), ``failed_value, failed_limit``;
        - ``reporters, registered_posts, firms``, ``levels`` (tuple of level keys demanded),
          ``planned`` (the survey's planned hires), ``log_wage`` and ``ratio_printed,
          ratio_computed``.
    indicators
        Long: ``occupation, indicator, value`` (posterior mean on its own scale), ``lower, upper,
        z, weight, contribution, observed, source``. Contributions of an occupation add up to its
        index.
    draws
        By name: ``demand, supply, gap, need, intent, index``.
    signals
        Shrunken draws by indicator on its transformed scale; `what_if` moves them.
    groups
        ``occupation, group, persons, n, suits, intent, p_intent, advice``: group-specific intent.
    levels, districts
        ``occupation``, ``level`` or ``district``, ``need_entry, need_upgrade, need, intent, p_need,
        p_intent, advice, p_advice``.
    thresholds
        ``what, threshold, rows``: how many rows other thresholds would give.
    sensitivity
        ``choice, alternative, mean_rank_shift, top_kept``: choices of weights and forms, apart
        from sampling uncertainty.
    parameters
        ``group, parameter, estimate, lower, upper, n, source``: κ, a, φ, λ, π and the rest.
    goalposts
        What is frozen for later editions: median and spread by indicator, cuts by tier, editions
        since.
    evaluation
        Last edition's ranking held against what the register has seen since; None in a first
        edition or without a register.
    trust
        What past outcomes taught of P(top k): 1 is as the model says, less is less sure.
    """

    frame: pd.DataFrame
    indicators: pd.DataFrame
    draws: Mapping[str, Draws]
    signals: Mapping[str, Draws]
    groups: pd.DataFrame
    levels: pd.DataFrame
    districts: pd.DataFrame
    thresholds: pd.DataFrame
    sensitivity: pd.DataFrame
    parameters: pd.DataFrame
    goalposts: Mapping[str, object]
    evaluation: Evaluation | None = None
    trust: float = 1.0
    notes: Notes = ()

    def _essentials(self) -> pd.DataFrame:
        return self.frame.nsmallest(SHOWN, "rank")[list(ESSENTIAL)]

    def plot(self, *, top: int = 30) -> Axes:
        """Ranks and their intervals; see `xmdemand.plots.rank_intervals`."""
        from xmdemand.plots import rank_intervals

        return rank_intervals(self, top=top)
