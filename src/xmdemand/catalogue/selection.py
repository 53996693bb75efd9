"""What the rule proposes: the ranking's listed rows, trimmed to the quotas by P(need).

Eligibility, evidence and need are judged in `shortage`, which says of every row left out the first
rule it failed. An eligible occupation nobody reported on is left out here, for want of evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from xmdemand.catalogue.material import Material


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rule says of one occupation, and the first rule it failed if it is left out."""

    code: str
    listed: bool
    stars: int
    failed: str = ""
    value: float | None = None
    limit: float | None = None
    fields: Mapping[str, object] = field(default_factory=dict)


def propose(
    material: Material, numbers: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Proposal], tuple[dict[str, Any], ...]]:
    """The rule's proposal for every ranked or eligible occupation, and what quotas trimmed.

    Returns
    -------
    proposals
        By code, sorted.
    log
        A row an occupation trimmed: ``quota`` (field or industry), ``name, limit, code, p_need,
        place`` (its place among those the quota holds).
    """
    proposals = {
        code: _by_rule(material, code, numbers.get(code))
        for code in sorted({*material.eligible, *numbers})
    }
    log: list[dict[str, Any]] = []
    listing = material.profile.listing
    for kind, quotas, names in (
        ("field", listing.field_quota, material.profile.names("fields")),
        ("industry", listing.industry_quota, material.profile.names("industries")),
    ):
        for key, limit in quotas.items():
            name = names.get(key, key)
            inside = [
                code
                for code, one in proposals.items()
                if one.listed and getattr(material.places[code], kind) == name
            ]
            for place, code in trimmed(inside, limit, numbers):
                p_need = numbers[code].get("p_need")
                log.append(
                    {"quota": kind, "name": name, "limit": limit, "code": code}
                    | {"p_need": p_need, "place": place}
                )
                proposals[code] = replace(
                    proposals[code],
                    listed=False,
                    stars=0,
                    failed=f"catalogue.over_{kind}_quota",
                    value=float(place),
                    limit=float(limit),
                    fields={"quota": name},
                )
    return proposals, tuple(log)


def trimmed(
    codes: Iterable[str], limit: int, numbers: Mapping[str, Mapping[str, Any]]
) -> list[tuple[int, str]]:
    """The codes beyond a quota with their places: least P(need) goes first, then least need.

    >>> some = {"a": {"p_need": 0.9}, "b": {"p_need": 0.7}, "c": {"p_need": 0.8}}
    >>> trimmed(some, 2, some)
    [(3, 'b')]
    """
    ranked = sorted(
        codes,
        key=lambda code: (
            -(numbers[code].get("p_need") or 0.0),
            -(numbers[code].get("need") or 0.0),
            code,
        ),
    )
    return list(enumerate(ranked, start=1))[limit:]


def _by_rule(material: Material, code: str, row: Mapping[str, Any] | None) -> Proposal:
    if row is None:
        return Proposal(code, listed=False, stars=0, failed="catalogue.no_evidence")
    if row["listed"]:
        return Proposal(code, listed=True, stars=int(row["tier"]))
    failed, value, limit = row["failed"], row["failed_value"], row["failed_limit"]
    return Proposal(code, listed=False, stars=0, failed=str(failed), value=value, limit=limit)
