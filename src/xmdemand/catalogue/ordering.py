"""The order of rows: groups in policy order; in each urgency, then need, then code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from xmdemand.catalogue.decisions import Outcome
from xmdemand.catalogue.material import Material


def in_order(
    material: Material,
    outcomes: Mapping[str, Outcome],
    numbers: Mapping[str, Mapping[str, Any]],
) -> list[str]:
    """Codes of the listed occupations in catalogue order.

    The group is the first of industry and field among the public columns; rows without one come
    last. The order is total, so it does not depend on the order of the input.
    """
    profile = material.profile
    columns = [name for name in profile.public_columns if name in ("industry", "field")]
    group = columns[0] if columns else "field"
    terms: Iterable[Any] = profile.industries if group == "industry" else profile.fields
    policy = {term.name: at for at, term in enumerate(terms)}

    def key(code: str) -> tuple[int, int, float, str]:
        name = getattr(material.places[code], group)
        need = numbers.get(code, {}).get("need") or 0.0
        return policy.get(name, len(policy)), -outcomes[code].stars, -need, code

    return sorted((code for code, one in outcomes.items() if one.listed), key=key)
