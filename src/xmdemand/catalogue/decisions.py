"""What officials decided, laid over what the rule proposes; both stay in the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from xmdemand.catalogue.evidence import fingerprint
from xmdemand.catalogue.material import Material, plain
from xmdemand.catalogue.record import Decision
from xmdemand.catalogue.rules import stars_by
from xmdemand.catalogue.selection import Proposal
from xmdemand.notes import Note

QUESTIONS = {
    "listing": ("keep", "add", "drop"),
    "stars": ("raise", "lower"),
    "flag": ("lift_flag",),
}
"""The questions a decision can answer, with their answers; each is settled on its own."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """An occupation after decisions: what stands in the catalogue, beside the rule's proposal."""

    proposal: Proposal
    listed: bool
    stars: int
    fingerprint: str
    decisions: tuple[Decision, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether a decision changed what the rule proposed."""
        return (self.listed, self.stars) != (self.proposal.listed, self.proposal.stars)


def decide(
    material: Material,
    proposals: Mapping[str, Proposal],
    numbers: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, Outcome], tuple[Note, ...]]:
    """Every proposal with the decisions that apply to it.

    A decision without a reason or a name is refused. One taken on evidence that has changed since
    is reopened, not applied. Of several departments' decisions on one question the latest counts;
    where they contradict each other on one day, none does, and a note asks the lead to settle it.
    """
    made, notes = read_decisions(material.tables.decisions, proposals)
    outcomes = {}
    for code, proposal in proposals.items():
        row = numbers.get(code, {})
        seen = fingerprint(row, listed=proposal.listed, stars=proposal.stars)
        outcome = Outcome(proposal, proposal.listed, proposal.stars, seen)
        if code in made:
            outcome, more = _apply(outcome, made[code], material, row)
            notes += more
        outcomes[code] = outcome
    return outcomes, tuple(notes)


def read_decisions(
    table: pd.DataFrame | None, known: Mapping[str, object]
) -> tuple[dict[str, list[Decision]], list[Note]]:
    """Decisions by occupation, in the order of their dates; refused ones become notes."""
    made: dict[str, list[Decision]] = {}
    notes: list[Note] = []
    for row in [] if table is None else table.to_dict("records"):
        values = {str(name): plain(value) for name, value in row.items()}
        where = str(values.get("source") or values.get("occupation") or "")
        missing = [name for name in ("reason", "who") if not str(values.get(name) or "").strip()]
        code = values.get("occupation")
        if code not in known:
            notes.append(_refused("catalogue.decision_unknown", where, occupation=code or ""))
        elif missing:
            code_ = f"catalogue.decision_without_{missing[0]}"
            notes.append(_refused(code_, where, occupation=code))
        else:
            made.setdefault(str(code), []).append(_decision(str(code), values))
    for decisions in made.values():
        decisions.sort(key=lambda one: (one.date, one.department, one.action))
    return made, notes


def settle(decisions: Sequence[Decision], actions: Sequence[str]) -> tuple[str, list[Decision]]:
    """The action that counts on one question, and those that contradict it on the same day.

    >>> def said(action, date):
    ...     return Decision(lineage="", code="", action=action, reason="", who="",
    ...                     department="", date=date)
    >>> settle([said("keep", "2026-05-01"), said("drop", "2026-05-03")], QUESTIONS["listing"])[0]
    'drop'
    >>> settle([said("add", "2026-05-03"), said("drop", "2026-05-03")], QUESTIONS["listing"])[0]
    ''
    """
    asked = [one for one in decisions if one.action in actions]
    latest = [one for one in asked if one.date == max(other.date for other in asked)]
    said = {one.action for one in latest}
    if len(said) > 1:
        return "", latest
    return (latest[0].action if latest else ""), []


def _apply(
    outcome: Outcome, made: list[Decision], material: Material, row: Mapping[str, Any]
) -> tuple[Outcome, list[Note]]:
    code = outcome.proposal.code
    lineage = material.classification.lineage(code)
    made = [
        one.model_copy(update={"lineage": lineage, "reopened": _changed(one, outcome)})
        for one in made
    ]
    notes = [
        _refused("catalogue.decision_reopened", one.department or one.who, occupation=code)
        for one in made
        if one.reopened
    ]
    valid = [one for one in made if not one.reopened]
    settled = {}
    for question, actions in QUESTIONS.items():
        settled[question], conflict = settle(valid, actions)
        if conflict:
            who = "、".join(one.department or one.who for one in conflict)
            notes.append(_refused("catalogue.decision_conflict", who, occupation=code))
    listed, stars = _result(outcome, settled, material, row)
    applied = {action for action in settled.values() if action}
    final = tuple(
        one.model_copy(update={"applied": not one.reopened and one.action in applied})
        for one in made
    )
    return replace(outcome, listed=listed, stars=stars, decisions=final), notes


def _result(
    outcome: Outcome, settled: Mapping[str, str], material: Material, row: Mapping[str, Any]
) -> tuple[bool, int]:
    listed, stars = outcome.listed, outcome.stars
    former = material.former.get(material.classification.lineage(outcome.proposal.code))
    if settled["flag"]:
        stars = stars_by(material, outcome.proposal.code, row)
    if settled["listing"] == "add":
        listed = True
        stars = max(stars, int(row.get("tier") or 0))
    elif settled["listing"] == "drop":
        listed = False
    elif settled["listing"] == "keep" and not listed and former is not None and former.listed:
        listed, stars = True, former.stars
    if listed and settled["stars"] in ("raise", "lower"):
        top = max(tier.stars for tier in material.profile.tiers)
        stars = min(max(stars + (1 if settled["stars"] == "raise" else -1), 0), top)
    return listed, stars if listed else 0


def _changed(decision: Decision, outcome: Outcome) -> bool:
    return bool(decision.evidence_hash) and decision.evidence_hash != outcome.fingerprint


def _decision(code: str, values: Mapping[str, Any]) -> Decision:
    return Decision(
        lineage="",
        code=code,
        action=values["action"],
        reason=str(values["reason"]).strip(),
        who=str(values["who"]).strip(),
        department=str(values.get("department") or "").strip(),
        date=str(values.get("date") or "")[:10],
        evidence_hash=str(values.get("evidence_hash") or "").strip(),
    )


def _refused(code: str, where: str, **fields: object) -> Note:
    return Note(code, where=where, severity="warning", fields=fields)
