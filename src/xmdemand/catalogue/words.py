"""Small pieces of Chinese on a row: why it is left out, numbers, what was decided, the remark."""

from __future__ import annotations

import math
import re
from typing import Any

from xmdemand.catalogue.content import CatalogueEntry
from xmdemand.catalogue.decisions import Outcome
from xmdemand.catalogue.selection import Proposal
from xmdemand.notes import text


def failed_words(proposal: Proposal) -> str:
    """The first rule an occupation failed and by how much, in words; empty if it failed none."""
    if not proposal.failed:
        return ""
    share = proposal.limit is not None and 0 < proposal.limit < 1
    words = share_words if share else number_words
    value, limit = words(proposal.value), words(proposal.limit)
    why = text(proposal.failed, value=value, limit=limit, **proposal.fields)
    if proposal.fields or proposal.value is None or proposal.limit is None:
        return why
    return text("catalogue.failed_by", why=why, value=value, limit=limit)


def number_words(value: float | None) -> str:
    """A count or a place, whole; what is unknown as a dash.

    >>> number_words(1234.6), number_words(0.0), number_words(None)
    ('1,235', '0', '—')
    """
    return "—" if value is None or value != value else f"{value:,.0f}"


def share_words(value: float | None) -> str:
    """A share or probability as per cent; draws never make one certain.

    >>> share_words(0.634), share_words(0.001), share_words(1.0), share_words(None)
    ('63%', '不到1%', '99%以上', '—')
    """
    if value is None or value != value:
        return "—"
    if value < 0.01:
        return text("catalogue.under_one")
    return text("catalogue.over_99") if value > 0.99 else f"{value:.0%}"


_SHARES = {"carried_over", "unfilled", "long_open", "vacancy_rate", "skill_shortage"}
_GROWTHS = {"wage_growth", "demand_growth"}
"""Indicators that are shares, and those that are differences of logarithms: both told in %."""


def indicator_words(indicator: str, value: Any) -> str:
    """An indicator's value as people say it.

    >>> indicator_words("unfilled", 0.123), indicator_words("wage_growth", -0.001)
    ('12%', '0%')
    """
    if not isinstance(value, int | float):
        return "—"
    if indicator in _SHARES:
        return share_words(float(value))
    return (
        signed_words(value)
        if indicator not in _GROWTHS
        else _unsigned_zero(f"{math.expm1(value):+.0%}")
    )


def signed_words(value: Any) -> str:
    """A number with its sign, and none on a zero.

    >>> signed_words(0.456), signed_words(-0.001), signed_words(None)
    ('+0.46', '0.00', '—')
    """
    return _unsigned_zero(f"{float(value):+.2f}") if isinstance(value, int | float) else "—"


def _unsigned_zero(number: str) -> str:
    return number if re.search("[1-9]", number) else number.lstrip("+-")


def decision_words(outcome: Outcome) -> str:
    """What the rule said and what was decided; empty if the row follows the rule."""
    if not outcome.decided:
        return ""
    proposal = outcome.proposal
    if outcome.listed != proposal.listed:
        return text("catalogue.decided_in" if outcome.listed else "catalogue.decided_out")
    raised = outcome.stars > proposal.stars
    return text(
        "catalogue.decided_up" if raised else "catalogue.decided_down",
        rule="★" * proposal.stars or text("catalogue.no_stars"),
        decided="★" * outcome.stars or text("catalogue.no_stars"),
    )


def remark(row: CatalogueEntry) -> str:
    """The remark column: new, last year's place, new occupation, decision, thin evidence."""
    said = []
    if row.new:
        said.append(text("catalogue.remark_new"))
    elif row.previous_seq is not None:
        said.append(text("catalogue.remark_previous", seq=row.previous_seq))
    if row.new_occupation:
        said.append(text("catalogue.remark_new_occupation"))
    if row.decided:
        said.append(text("catalogue.remark_decided"))
    if row.thin:
        said.append(text("catalogue.remark_thin"))
    return "；".join(said)
