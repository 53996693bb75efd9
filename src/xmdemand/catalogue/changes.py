"""What changed against last year's catalogue, and by what: data, method, classification, decision.

Entries are held together by lineage, so a recoded occupation is not one gone and another come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from xmdemand.catalogue.content import Change
from xmdemand.catalogue.record import Record, RecordEntry
from xmdemand.catalogue.words import share_words
from xmdemand.notes import text

Cause = Literal["data", "method", "classification", "decision"]

ORDER = ("added", "removed", "raised", "lowered", "renamed", "recoded")

STAR_ACTIONS = ("raise", "lower", "lift_flag")
"""Decisions on stars; a row that was only put in has the stars of its index."""

CHANGE_WORDS = {kind: f"catalogue.kind_{kind}" for kind in ORDER}
"""Message code of each kind of change."""


def compare(
    before: Sequence[RecordEntry],
    after: Sequence[RecordEntry],
    *,
    stars: Mapping[int, str] | None = None,
) -> tuple[Change, ...]:
    """All differences between two editions, by kind, then by code.

    Parameters
    ----------
    before, after
        The entries of two records, listed and not.
    stars
        How a number of stars is printed; by default the stars themselves.

    Examples
    --------
    >>> compare((), ())
    ()
    """
    old = {entry.lineage: entry for entry in before}
    new = {entry.lineage: entry for entry in after}
    printed = stars or {}
    changes: list[Change] = []
    for lineage in {**old, **new}:
        was, now = old.get(lineage), new.get(lineage)
        was_listed, is_listed = bool(was and was.listed), bool(now and now.listed)
        if now is not None and is_listed and not was_listed:
            ends = text("catalogue.change_not_listed"), _listed(now, printed)
            changes.append(_change("added", now, *_why_listing(was, now), *ends))
        elif was is not None and was_listed and not is_listed:
            ends = _listed(was, printed), text("catalogue.change_not_listed")
            changes.append(_change("removed", now or was, *_why_listing(was, now), *ends))
        elif was is not None and now is not None and was_listed and is_listed:
            changes.extend(_within(was, now, printed))
    rank = {kind: at for at, kind in enumerate(ORDER)}
    return tuple(sorted(changes, key=lambda one: (rank[one.kind], one.code, one.lineage)))


def diff(before: Record, after: Record) -> tuple[Change, ...]:
    """All differences between two editions' records."""
    marks = {tier.stars: tier.mark for tier in after.catalogue.legend.tiers}
    return compare(before.entries, after.entries, stars=marks)


def _within(was: RecordEntry, now: RecordEntry, printed: Mapping[int, str]) -> list[Change]:
    found = []
    if now.stars != was.stars:
        kind: Literal["raised", "lowered"] = "raised" if now.stars > was.stars else "lowered"
        cause, reason = _why_stars(was, now)
        found.append(_change(kind, now, cause, reason, _stars(was, printed), _stars(now, printed)))
    if now.name != was.name:
        reason = text("catalogue.change_renamed")
        found.append(_change("renamed", now, "classification", reason, was.name, now.name))
    if now.code != was.code:
        reason = text("catalogue.change_recoded")
        found.append(_change("recoded", now, "classification", reason, was.code, now.code))
    return found


def _why_listing(was: RecordEntry | None, now: RecordEntry | None) -> tuple[Cause, str]:
    if now is None:
        return "classification", text("catalogue.change_left_classification")
    come = "added" if now.listed else "removed"
    if now.listed != now.rule_listed:
        return "decision", text(f"catalogue.change_{come}_decision")
    if was is None:
        return "classification", text("catalogue.change_new_occupation")
    if was.listed != was.rule_listed and was.rule_listed == now.rule_listed:
        return "decision", text("catalogue.change_decision_ended")
    if now.former_listed is not None and now.former_listed == was.listed:
        return "method", text(f"catalogue.change_{come}_method")
    if now.listed:
        return "data", text("catalogue.change_added_data", p=_probability(now))
    return "data", text("catalogue.change_removed_data", why=now.failed_text)


def _why_stars(was: RecordEntry, now: RecordEntry) -> tuple[Cause, str]:
    if _stars_decided(now, since=was.stars):
        return "decision", text("catalogue.change_stars_decision")
    if _stars_decided(was, since=was.rule_stars) and was.rule_stars == now.rule_stars:
        return "decision", text("catalogue.change_decision_ended")
    if now.former_judged and (now.former_stars is None or now.former_stars == was.stars):
        return "method", text("catalogue.change_stars_method")
    up = "raised" if now.stars > was.stars else "lowered"
    return "data", text(f"catalogue.change_{up}_data")


def _stars_decided(entry: RecordEntry, *, since: int) -> bool:
    """Whether a decision on stars, and not the rule, moved them the way they went."""
    asked = any(one.applied and one.action in STAR_ACTIONS for one in entry.decisions)
    return asked and _way(entry.rule_stars - since) != _way(entry.stars - since)


def _way(difference: int) -> int:
    return (difference > 0) - (difference < 0)


def _change(
    kind: Literal["added", "removed", "raised", "lowered", "renamed", "recoded"],
    entry: RecordEntry,
    cause: Cause,
    reason: str,
    before: str = "",
    after: str = "",
) -> Change:
    return Change(
        kind=kind,
        lineage=entry.lineage,
        code=entry.code,
        name=entry.name,
        before=before,
        after=after,
        cause=cause,
        reason=reason,
    )


def _listed(entry: RecordEntry, printed: Mapping[int, str]) -> str:
    return _stars(entry, printed) if entry.stars else text("catalogue.change_listed")


def _stars(entry: RecordEntry, printed: Mapping[int, str]) -> str:
    return printed.get(entry.stars, "★" * entry.stars) or text("catalogue.no_stars")


def _probability(entry: RecordEntry) -> str:
    value = entry.numbers.get("p_need")
    return share_words(float(value) if isinstance(value, int | float) else None)
