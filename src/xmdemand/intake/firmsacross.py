"""Tables with a row a post and a column a firm: every cell is what that firm wants of that post."""

from __future__ import annotations

from collections.abc import Sequence

from xmdemand.intake.captions import names_firm
from xmdemand.intake.headings import meaning

_ENOUGH = 3
"""Firms from which headings that end as firms do are no accident."""


def firms_across(kind: str, labels: Sequence[str]) -> dict[int, str]:
    """Positions of the headings that are names of firms, with the names; none in other tables.

    Examples
    --------
    >>> firms_across("employers", ("工种", "厦门甲公司", "厦门乙公司", "厦门丙集团", "合计"))
    {1: '厦门甲公司', 2: '厦门乙公司', 3: '厦门丙集团'}
    """
    if kind != "employers":
        return {}
    found = {at: label for at, label in enumerate(labels) if label and names_firm(label)}
    if len(found) < _ENOUGH or len(set(found.values())) < len(found):
        return {}
    meant = [meaning(kind, label) for at, label in enumerate(labels) if label and at not in found]
    own = [column[0].name for column in meant if column is not None]
    return found if own.count("title") == 1 and "firm_name" not in own else {}
