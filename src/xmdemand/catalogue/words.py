"""Small pieces of Chinese on a row: why it is left out, what was decided, the remark."""

from __future__ import annotations

from xmdemand.catalogue.content import CatalogueEntry
from xmdemand.catalogue.decisions import Outcome
from xmdemand.catalogue.selection import Proposal
from xmdemand.notes import text


def failed_words(proposal: Proposal) -> str:
    """The first rule an occupation failed and by how much, in words; empty if it failed none."""
    if not proposal.failed:
        return ""
    value, limit = number_words(proposal.value), number_words(proposal.limit)
    why = text(proposal.failed, value=value, limit=limit, **proposal.fields)
    if proposal.fields or proposal.value is None or proposal.limit is None:
        return why
    return text("catalogue.failed_by", why=why, value=value, limit=limit)


def number_words(value: float | None) -> str:
    """A count or a share as it is read aloud: shares as per cent, what is unknown as a dash.

    >>> number_words(0.634), number_words(12.0), number_words(None)
    ('63%', '12', '—')
    """
    if value is None or value != value:
        return "—"
    return f"{value:.0%}" if 0 < value < 1 else f"{value:,.4g}"


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
