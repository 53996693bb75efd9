"""One count for two times side by side: which of them is the present one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xmdemand.intake.columns import Column
from xmdemand.intake.headings import heading_key, meaning

_WHEN = re.compile(
    r"(20\d\d)(?:年度?|届)(?:(1[0-2]|0?[1-9])月(?:份|末|底)?)?"
    r"(?:[春夏秋冬]季|春节[前后]|节[前后]|年[初末底])?的?/?(?=.)"
)
_STATES = {
    "employers": ("vacancies", "vacancies_3m", "headcount", "employees"),
    "firms": ("employees",),
    "pipeline": ("persons",),
}
"""Counts of a state, of which an earlier one says nothing; what came and went is of its period."""


def present_counts(
    kind: str, labels: Sequence[str], year: str
) -> tuple[Mapping[int, Column], frozenset[int]]:
    """Positions of headings of the present, with their columns, and of those of an earlier time.

    ``2025年5月缺工数 | 2026年5月缺工数``: what firms lack now is the later one. Of graduates of two
    years those count whose year the texts around the table name.

    Parameters
    ----------
    kind
        A key of `KINDS`.
    labels
        The headings.
    year
        The one year that the texts around the table name, or nothing.

    Examples
    --------
    >>> now, before = present_counts("employers", ("2025年缺工数", "2026年缺工数"), "")
    >>> sorted(now), sorted(before)
    ([1], [0])
    """
    if kind not in _STATES:
        return {}, frozenset()
    dated: dict[str, dict[tuple[int, int], int]] = {}
    for at, label in enumerate(labels):
        key = heading_key(label) if "20" in label else ""
        if found := _WHEN.match(key):
            when = (int(found[1]), int(found[2] or 0))
            dated.setdefault(key[found.end() :], {})[when] = at
    now: dict[int, Column] = {}
    before: set[int] = set()
    for stem, places in dated.items():
        known = meaning(kind, stem)
        if len(places) < 2 or known is None or known[0].name not in _STATES[kind]:
            continue
        latest = max(places)
        if kind == "pipeline":
            said = [when for when in places if str(when[0]) == year]
            if len(said) != 1:
                continue
            latest = said[0]
        now[places[latest]] = known[0]
        before |= {at for when, at in places.items() if when < latest}
    return now, frozenset(before)
