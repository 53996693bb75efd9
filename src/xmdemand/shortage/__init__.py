"""Demand, supply, intent -> indicators -> index -> ranks with uncertainty -> tiers."""

from xmdemand.shortage.evaluate import Evaluation, evaluate, register_outcome
from xmdemand.shortage.indicators import INDICATORS, Indicator
from xmdemand.shortage.methods import Method, methods, register_method
from xmdemand.shortage.rank import rank
from xmdemand.shortage.rank_sets import RankSets, rank_sets
from xmdemand.shortage.ranking import Ranking
from xmdemand.shortage.record import to_record
from xmdemand.shortage.what_if import what_if

__all__ = [
    "INDICATORS",
    "Evaluation",
    "Indicator",
    "Method",
    "RankSets",
    "Ranking",
    "evaluate",
    "methods",
    "rank",
    "rank_sets",
    "register_method",
    "register_outcome",
    "to_record",
    "what_if",
]
