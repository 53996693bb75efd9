"""What would have to change for an occupation to enter the list or a tier, or to leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.errors import NotFoundError
from xmdemand.profile import Profile
from xmdemand.shortage.goalposts import Goalposts
from xmdemand.shortage.indicators import INDICATORS, Indicator, back, forward
from xmdemand.shortage.ranking import Ranking

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

FloatArray = NDArray[np.float64]
COLUMNS = ("decision", "holds", "quantity", "now", "needed", "change")


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
        ``change``. ``needed`` is NaN where no value of that indicator alone would do.

        The list turns where P(need >= persons) meets its probability with all draws multiplied
        alike; a tier where P(index >= cut) meets the probability to enter, or, for one that holds
        it, to leave. An indicator is moved by its mean, its spread held.

    Raises
    ------
    NotFoundError
        If the occupation is not in the ranking.
    """
    if occupation not in ranking.frame.index:
        raise NotFoundError(f"no occupation {occupation!r} in the ranking")
    at = int(np.asarray(ranking.frame.index.get_indexer(pd.Index([occupation])))[0])
    row = ranking.frame.iloc[at]
    rows = list(_listing(ranking.draws["need"].values[:, at], bool(row["listed"]), profile))
    index = ranking.draws["index"].values[:, at]
    if np.isfinite(index).all():
        own = ranking.indicators[ranking.indicators["occupation"] == occupation]
        rows += list(_tiers(index, row, own, ranking, profile, indicators))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _listing(need: FloatArray, listed: bool, profile: Profile) -> Iterable[tuple[object, ...]]:
    rule = profile.listing
    # P(f N >= persons) = probability  <=>  f x quantile(N, 1 - probability) = persons.
    reached = float(np.quantile(need, 1 - rule.probability))
    now = float(need.mean())
    needed = now * rule.need_persons / reached if reached > 0 else np.nan
    yield "listed", listed, "need", now, needed, needed - now


def _tiers(
    index: FloatArray,
    row: pd.Series,
    indicators: pd.DataFrame,
    ranking: Ranking,
    profile: Profile,
    table: Sequence[Indicator],
) -> Iterable[tuple[object, ...]]:
    declared = {indicator.name: indicator for indicator in table}
    goalposts = Goalposts.from_dict(ranking.goalposts)
    rule = profile.tier_rule
    now = float(index.mean())
    first = any(note.code == "shortage.first_edition" for note in ranking.notes)
    for stars, cut in enumerate(goalposts.cuts, start=1):
        holds = bool(row["tier"] >= stars)
        limit = rule.first if first else (rule.leave if holds else rule.enter)
        shift = cut - float(np.quantile(index, 1 - limit))
        decision = f"tier_{stars}"
        yield decision, holds, "index", now, now + shift, shift
        for item in indicators.to_dict("records"):
            moved = _moved(item, shift, goalposts, declared)
            if moved is not None:
                value = float(item["value"])
                yield decision, holds, item["indicator"], value, moved, moved - value


def _moved(
    item: Mapping[Hashable, object],
    shift: float,
    goalposts: Goalposts,
    declared: Mapping[str, Indicator],
) -> float | None:
    """The value one indicator alone would need for the index to move by `shift`."""
    name = str(item["indicator"])
    weight, z = float(str(item["weight"])), float(str(item["z"]))
    if name not in declared or name not in goalposts.posts or not weight > 0:
        return None
    target = z + shift / weight
    if abs(target) > 3.0:
        return np.nan
    indicator = declared[name]
    _, spread = goalposts.posts[name]
    now = forward(np.asarray(float(str(item["value"]))), indicator.transform)
    # Move from where the mean stands: the clipped z need not be (value - median) / spread.
    moved = now + (target - z) * spread * indicator.direction
    return float(back(np.asarray(moved), indicator.transform))
