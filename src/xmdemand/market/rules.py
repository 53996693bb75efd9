"""What is done to short and odd series: every rule, declared once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.notes import Note, Notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.market.mixture import Mixture
    from xmdemand.market.panel import Panel


@dataclass(frozen=True)
class Rule:
    """A rule by name, when it applies and what it does (words: ``market.rule_<name>``)."""

    name: str
    when: str
    then: str


RULES = (
    Rule("few", "fewer than 3 observations", "their mean, with the spread of a rare count"),
    Rule("zeros", "every observation is 0", "a rare count: half an event over the history"),
    Rule("constant", "every observation is the same", "that value"),
    Rule("no_season", "less than two years of history", "no season but the panel's"),
    Rule("no_slope", "fewer than 6 observations", "slopes start at zero"),
    Rule("gaps", "periods missing inside", "no update of the state in those periods"),
    Rule("counts", "whole numbers, mean forecast below 25", "negative binomial quantiles"),
    Rule("mostly_zero", "more than half of the observations are 0", "nothing else: recorded"),
    Rule("spike", "one value far above all others", "its error is clipped in the weights"),
    Rule("earlier_end", "ends before the latest series", "forecast from its own end"),
)
"""The table of rules. Which series met which is in `Forecast.rules`."""


def classify(panel: Panel) -> dict[str, NDArray[np.bool_]]:
    """Which series meet which rule, (n_series,) for every rule name."""
    values, n = panel.values, panel.n_obs
    column = np.arange(values.shape[1])
    first = np.argmax(np.isfinite(values), axis=1)
    high, low = np.nanmax(values, axis=1), np.nanmin(values, axis=1)
    flat = high == low
    ordered = -np.sort(np.where(np.isfinite(values), -values, np.inf), axis=1)
    second = ordered[:, 1] if values.shape[1] > 1 else ordered[:, 0]
    few = n < 3
    zeros = (high == 0) & ~few
    centre = np.nanmedian(values, axis=1)
    whole = np.nanmax(np.abs(values - np.round(values)), axis=1) < 1e-9
    return {
        "few": few,
        "zeros": zeros,
        "constant": flat & ~few & ~zeros,
        "no_season": values.shape[1] - first < 2 * panel.season,
        "no_slope": values.shape[1] - first < 6,
        "gaps": (np.isnan(values) & (column >= first[:, None])).any(axis=1),
        "counts": whole & (np.nanmean(values, axis=1) < 25),
        "mostly_zero": (values == 0).sum(axis=1) > 0.5 * n,
        "spike": (n >= 6) & (second > -np.inf) & (high > 5 * np.maximum(second, centre + 1e-12)),
        "earlier_end": panel.last < panel.last.max(),
    }


def as_frame(panel: Panel, met: dict[str, NDArray[np.bool_]]) -> pd.DataFrame:
    """Long table of the rules met: ``unique_id, rule``."""
    rows = [(int(at), name) for name, flags in met.items() for at in np.flatnonzero(flags)]
    rows.sort(key=lambda row: row[0])
    return pd.DataFrame(
        {
            "unique_id": panel.ids[[at for at, _ in rows]],
            "rule": pd.Series([name for _, name in rows], dtype="object"),
        }
    )


def as_notes(panel: Panel, met: dict[str, NDArray[np.bool_]]) -> Notes:
    """One note a rule that was met, naming up to five series."""
    from xmdemand.errors import name_some

    return tuple(
        Note(f"market.rule_{name}", where=name_some(panel.ids[flags]), n=int(flags.sum()))
        for name, flags in met.items()
        if flags.any()
    )


def apply(mixture: Mixture, panel: Panel, met: dict[str, NDArray[np.bool_]]) -> Mixture:
    """Forecasts of the series that have no model: ``few``, ``zeros``, ``constant``."""
    values = panel.values
    level = np.nanmean(values, axis=1)
    deviation = np.zeros_like(level)
    rare = met["zeros"] | (met["few"] & (level == 0))
    level = np.where(rare, 0.5 / panel.n_obs, level)
    deviation = np.where(rare | met["few"], np.maximum(np.sqrt(level), 0.5 * level), deviation)
    plain = met["few"] | met["zeros"] | met["constant"]
    raw = ~mixture.log
    weight = np.where(plain[:, None], raw / raw.sum(), mixture.weight)
    # Level 1 times a factor in full precision, so that a constant is printed as it was given.
    relative = np.minimum(deviation, 1e6 * level) / np.where(level > 0, level, 1.0)
    mean, sd = mixture.mean.copy(), mixture.sd.copy()
    mean[plain], sd[plain] = 1.0, relative[plain, None, None]
    factor = np.where(plain[:, None], level[:, None], mixture.factor)
    discrete = (mixture.discrete & ~met["constant"]) | rare
    return replace(mixture, weight=weight, mean=mean, sd=sd, factor=factor, discrete=discrete)
