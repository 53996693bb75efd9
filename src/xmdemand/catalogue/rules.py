"""The rules in force, and what last year's rules would say of this year's evidence.

A change between two years is the rules' doing if last year's rules, applied to this year's
evidence, would not have made it. So every entry carries both judgements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xmdemand.catalogue.material import Material, plain
from xmdemand.catalogue.selection import Proposal
from xmdemand.profile import TierRule
from xmdemand.shortage.tiers import place


def rules_in_force(material: Material) -> dict[str, Any]:
    """Everything that turns evidence into rows and stars, as the record keeps it."""
    profile, method = material.profile, material.settings.method
    return {
        "listing": profile.listing.model_dump(mode="json"),
        "tier_rule": profile.tier_rule.model_dump(mode="json"),
        "bad_job": profile.bad_job.model_dump(mode="json"),
        "disclosure": profile.disclosure.model_dump(mode="json"),
        "index": method.index,
        "weights": dict(sorted(method.weights.items())),
        "cuts": plain(material.ranking.goalposts.get("cuts")),
        "eligible": list(profile.eligible),
        "barred": list(profile.barred),
    }


def former_judgement(
    material: Material,
    proposal: Proposal,
    row: Mapping[str, Any],
    rules: Mapping[str, Any],
) -> tuple[bool | None, int | None]:
    """Listed and stars as last year's rules would have it on this year's evidence.

    None where last year's rules cannot be applied any more (another index, other weights).
    """
    former = material.previous.rules if material.previous is not None else {}
    if not former:
        return None, None
    listed = _former_listed(material, proposal, former["listing"], rules["listing"])
    same_index = all(former[name] == rules[name] for name in ("index", "weights"))
    if not same_index:
        return listed, None
    if all(former[name] == rules[name] for name in ("cuts", "tier_rule", "bad_job")):
        return listed, int(row.get("tier") or 0)
    return listed, _former_stars(material, proposal.code, row, former)


def _former_listed(
    material: Material, proposal: Proposal, former: Mapping[str, Any], now: Mapping[str, Any]
) -> bool:
    if former == now:
        return proposal.listed
    if proposal.failed.startswith("catalogue.over_"):
        return former["field_quota"] != now["field_quota"] or (
            former["industry_quota"] != now["industry_quota"]
        )
    by_need = proposal.limit is not None and proposal.limit == now["probability"]
    if not (proposal.listed or by_need):
        return False
    enough = _share_above(material, "need", proposal.code, former["need_persons"])
    return enough >= former["probability"]


def stars_by(
    material: Material,
    code: str,
    row: Mapping[str, Any],
    *,
    rule: TierRule | None = None,
    p: Sequence[float | None] | None = None,
) -> int:
    """Stars by the tier probabilities alone: no cap for high turnover and low pay.

    `rule` and `p` (P(index >= cut) by tier) are this year's unless given.
    """
    tiers = sorted(tier.stars for tier in material.profile.tiers)
    now = p if p is not None else [row.get(f"p_tier_{stars}") for stars in tiers]
    lineage = material.classification.lineage(code)
    past = {} if material.previous is None else material.previous.ranking.get("entries", {})
    before = past.get(lineage, {}).get("p_tiers") or [None] * len(tiers)
    last = row.get("tier_last")
    placed = place(
        _array(now),
        last=np.array([-1 if last is None else int(last)]),
        p_last=_array(before if len(before) == len(tiers) else [None] * len(tiers)),
        rule=rule or material.profile.tier_rule,
        first=any(note.code == "shortage.first_edition" for note in material.ranking.notes),
    )
    return int(placed[0])


def _former_stars(
    material: Material, code: str, row: Mapping[str, Any], former: Mapping[str, Any]
) -> int:
    rule = TierRule.model_validate(former["tier_rule"])
    p = [_share_above(material, "index", code, float(cut)) for cut in former["cuts"] or ()]
    if len(p) != len(material.profile.tiers):
        return int(row.get("tier") or 0)
    stars = stars_by(material, code, row, rule=rule, p=p)
    return min(stars, 1) if row.get("bad_job") else stars


def _array(p: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([[np.nan if value is None else float(value) for value in p]])


def _share_above(material: Material, name: str, code: str, limit: float) -> float:
    draws = material.ranking.draws.get(name)
    if draws is None or code not in draws.index:
        return 0.0
    values = draws.values[:, draws.index.get_loc(code)]
    return float(np.mean(values >= limit))
