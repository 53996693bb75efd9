"""What would have to change for an occupation to enter the list or a tier, or to leave it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.errors import NotFoundError
from xmdemand.profile import Profile
from xmdemand.shortage.goalposts import Goalposts, parted
from xmdemand.shortage.indicators import INDICATORS, Indicator, back
from xmdemand.shortage.ranking import Ranking
from xmdemand.shortage.tiers import threshold

FloatArray = NDArray[np.float64]
COLUMNS = ("decision", "holds", "quantity", "now", "needed", "change")
REACH = 12.0
"""An indicator is moved by so many robust deviations at most: four times what counts."""
_JUST = 1e-9
"""Leaving takes a little less than the value at which one stays."""


def what_if(
    ranking: Ranking,
    occupation: str,
    profile: Profile,
    *,
    indicators: Sequence[Indicator] = INDICATORS,
) -> pd.DataFrame:
    """The smallest change of one quantity alone that turns each decision about an occupation.

    Parameters
    ----------
    ranking
        A finished ranking.
    occupation
        Unit code.
    profile
        The thresholds and the tier rule.
    indicators
        The table the ranking was made with.

    Returns
    -------
    DataFrame
        ``decision`` (``listed``, ``tier_1`` ...), ``holds`` (whether it holds now), ``quantity``
        (``need`` in persons; ``index``; an indicator on its own scale), ``now``, ``needed``,
        ``change``. ``needed`` is NaN where no value of that quantity alone would do: the rule that
        fails is another one, or the indicator would have to leave its range.

        The list turns where P(need >= persons) meets its probability with all draws multiplied
        alike; a tier where P(index >= cut) meets the probability that rules there in this edition
        (to enter, or for one starred last time to stay), everything else as it is. An indicator's
        shrunken draws are moved alike on its transformed scale, and clipped at the goalposts as
        ever. Indicators are moved for the composite only. In the form ``shortage`` the list turns
        with the first tier.

    Raises
    ------
    NotFoundError
        If the occupation is not in the ranking.
    """
    if occupation not in ranking.frame.index:
        raise NotFoundError(f"no occupation {occupation!r} in this ranking")
    at = int(ranking.frame.index.get_indexer(pd.Index([occupation]))[0])
    row = ranking.frame.iloc[at]
    starred = list(_tiers(ranking, row, at, profile, indicators)) if row["rated"] else []
    if profile.listing.form == "need":
        rows = [_by_need(ranking.draws["need"].values[:, at], row, profile)]
    else:
        rows = [_by_star(row, change) for change in starred if change[0] == "tier_1"]
    return pd.DataFrame(rows + starred, columns=list(COLUMNS))


Change = tuple[str, bool, str, float, float, float]


def turning_point(values: FloatArray, limit: float) -> float:
    """The highest value that a share `limit` of draws reaches: P(draw >= it) >= limit.

    >>> turning_point(np.array([1.0, 2.0, 3.0, 4.0]), 0.5)
    3.0
    """
    count = max(1, math.ceil(limit * len(values) - 1e-9))
    return float(np.sort(values)[len(values) - count])


def _by_need(need: FloatArray, row: pd.Series, profile: Profile) -> Change:
    rule = profile.listing
    now, listed = float(need.mean()), bool(row["listed"])
    reached = turning_point(need, rule.probability)
    movable = listed or row["failed"] == "shortage.fail_need"
    needed = now * rule.need_persons / reached if movable and reached > 0 else np.nan
    needed = needed * (1 - _JUST) if listed else needed
    return "listed", listed, "need", now, needed, needed - now


def _by_star(row: pd.Series, change: Change) -> Change:
    """In the form ``shortage`` a star lists an occupation, unless another rule keeps it out."""
    _, _, quantity, now, needed, moved = change
    listed = bool(row["listed"])
    if not listed and row["failed"] != "shortage.fail_not_starred":
        needed, moved = np.nan, np.nan
    return "listed", listed, quantity, now, needed, moved


@dataclass(frozen=True, eq=False)
class _Standing:
    """One occupation against one cut: its index as it is ordered, and what must be reached."""

    index: FloatArray
    cut: float
    limit: float

    @property
    def inside(self) -> bool:
        return self.reached(self.index)

    def reached(self, index: FloatArray) -> bool:
        return turning_point(index, self.limit) >= self.cut

    def shift(self) -> float:
        """What the index must gain, or lose."""
        gain = self.cut - turning_point(self.index, self.limit)
        return gain - _JUST if self.inside else gain + _JUST


@dataclass(frozen=True, eq=False)
class _Part:
    """One indicator's part of the index."""

    item: Indicator
    weight: float
    values: FloatArray
    post: tuple[float, float]

    def own(self, step: float) -> FloatArray:
        """Its part with all draws moved by `step` on the transformed scale."""
        return self.weight * parted(self.values + step, self.post, self.item.direction)

    def step(self, standing: _Standing) -> float:
        """The least step that turns the decision, by bisection (the index is monotone in it)."""
        inside, rest = standing.inside, standing.index - self.own(0.0)

        def turned(step: float) -> bool:
            return standing.reached(rest + self.own(step)) != inside

        upward = -self.item.direction if inside else self.item.direction
        near, far = 0.0, upward * REACH * self.post[1]
        if self.weight <= 0 or not turned(far):
            return np.nan
        for _ in range(60):
            middle = (near + far) / 2
            near, far = (near, middle) if turned(middle) else (middle, far)
        return far

    def told(self, step: float) -> tuple[float, float, float]:
        """Mean now, after the step, and the change, on its own scale; NaN beyond that scale."""
        transform = self.item.transform
        now = float(back(self.values, transform).mean())
        moved = self.values + step
        if transform == "arcsine" and not 0.0 <= moved.mean() <= np.pi / 2:
            return now, np.nan, np.nan
        needed = float(back(moved, transform).mean())
        return now, needed, needed - now


def _tiers(
    ranking: Ranking,
    row: pd.Series,
    at: int,
    profile: Profile,
    table: Sequence[Indicator],
) -> Iterator[Change]:
    goalposts = Goalposts.from_dict(ranking.goalposts)
    first = any(note.code == "shortage.first_edition" for note in ranking.notes)
    parts = _parts(ranking, str(row.name), at, goalposts, table)
    index = ranking.draws["index"].values[:, at]
    ordered = np.sum([part.own(0.0) for part in parts], axis=0) if parts else index
    for stars, cut in enumerate(goalposts.cuts, start=1):
        limit = threshold(
            profile.tier_rule,
            held=row["tier_last"] >= stars,
            p_last=float(row[f"last_p_{stars}"]),
            first=first,
        )
        standing = _Standing(ordered, cut, limit)
        holds = bool(row["tier"] >= stars)
        # A bad job has one star at most, whatever its index.
        fixed = standing.inside != holds
        shift = np.nan if fixed else standing.shift()
        now = float(index.mean())
        yield f"tier_{stars}", holds, "index", now, now + shift, shift
        for part in parts:
            step = np.nan if fixed else part.step(standing)
            yield f"tier_{stars}", holds, part.item.name, *part.told(step)


def _parts(
    ranking: Ranking, occupation: str, at: int, goalposts: Goalposts, table: Sequence[Indicator]
) -> list[_Part]:
    """The composite's indicators; other rules have none to be moved."""
    if goalposts.method != "composite":
        return []
    rows = ranking.indicators[ranking.indicators["occupation"] == occupation]
    weight = dict(zip(rows["indicator"], rows["weight"].astype(float), strict=True))
    return [
        _Part(
            item,
            weight[item.name],
            ranking.signals[item.name].values[:, at],
            goalposts.posts[item.name],
        )
        for item in table
        if item.name in weight
    ]
