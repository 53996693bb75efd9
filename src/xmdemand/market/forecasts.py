"""`forecast`: a long panel in, the next periods of every series out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import pandas as pd
from scipy import special

from xmdemand.draws import Draws, check_level
from xmdemand.errors import ArgumentTypeError, InputError, NotFoundError
from xmdemand.market import rules
from xmdemand.market.covariates import covariate_effect
from xmdemand.market.mixture import Mixture, moments, quantile
from xmdemand.market.own import moved
from xmdemand.market.panel import Frequency, Panel, read_panel
from xmdemand.market.panel_info import (
    PanelInfo,
    forecast_own,
    group_labels,
    learn,
    pull_of,
    quarter_gaps,
    shift_of,
)
from xmdemand.market.paths import sample_paths, sample_sums
from xmdemand.notes import Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    from dask.distributed import Client
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from xmdemand.market.blocks import BlockForecast

MAX_HORIZON = 36
_AT_ONCE = 5000


@dataclass(frozen=True, eq=False)
class Forecast(Result):
    """Forecasts of a panel: points, quantiles, joint paths, sums.

    Attributes
    ----------
    panel
        What was forecast.
    mixture
        The forecasts as components (`xmdemand.market.mixture.Mixture`).
    info
        What the panel told its series.
    rules
        ``unique_id, rule``: which rule of `xmdemand.market.rules.RULES` met which series.
    notes
        One note a rule, with its count.
    """

    panel: Panel
    mixture: Mixture
    info: PanelInfo
    labels: NDArray
    seed: int
    rules: pd.DataFrame
    notes: Notes = ()

    @property
    def horizon(self) -> int:
        """Periods forecast."""
        return self.mixture.factor.shape[1]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """``unique_id, ds, mean, median``, after every series' own last observation."""
        mean, _ = moments(self.mixture)
        median = quantile(self.mixture, np.zeros((1, 1)))
        return self._keyed(mean=mean.ravel(), median=median.ravel())

    def quantiles(self, levels: float | Sequence[float] = (0.1, 0.5, 0.9)) -> pd.DataFrame:
        """Quantiles of every series and period: ``unique_id, ds, quantile, value``."""
        asked = np.sort([check_level(p) for p in np.atleast_1d(levels).tolist()])
        z = special.ndtri(asked)[:, None, None]
        n_series = len(self.panel.ids)
        values = np.empty((n_series, self.horizon, len(asked)))
        for at in range(0, n_series, _AT_ONCE):
            rows = slice(at, at + _AT_ONCE)
            values[rows] = quantile(self.mixture.take(rows), z).transpose(1, 2, 0)
        return self._keyed(
            each=len(asked), quantile=np.tile(asked, n_series * self.horizon), value=values.ravel()
        )

    def draws(self, n: int = 1000) -> Draws:
        """Sample paths (n, series, horizon), joint over time and series.

        ``times`` counts the steps 1, 2, ... after every series' own last observation.
        """
        if n < 1:
            raise InputError(f"n is the number of paths, at least 1, got {n}")
        values = sample_paths(
            self.mixture, self.panel.ids, self.labels, self.info, n=n, seed=self.seed
        )
        steps = pd.RangeIndex(1, self.horizon + 1, name="step")
        return Draws(values=values, index=self.panel.ids, unit="count", times=steps)

    def sums(self, n: int = 1000, steps: slice = slice(None)) -> NDArray:
        """Sums over some steps of the paths that `draws` gives, (n, series), in little memory."""
        if n < 1:
            raise InputError(f"n is the number of paths, at least 1, got {n}")
        return sample_sums(
            self.mixture, self.panel.ids, self.labels, self.info, n=n, seed=self.seed, steps=steps
        )

    def total(
        self,
        steps: int | None = None,
        by: str | list[str] | None = None,
        *,
        level: float = 0.8,
        n: int = 2000,
    ) -> pd.DataFrame:
        """Sums over the first `steps` periods, of every series or of groups, from joint paths.

        Parameters
        ----------
        steps
            How many periods to add up; all by default.
        by
            Key column(s) of the panel; by default every series by itself.

        Returns
        -------
        DataFrame
            The key column(s), ``mean, median, lower, upper, level, n`` (n series in the sum).
        """
        level = check_level(level)
        steps = self.horizon if steps is None else steps
        if not 1 <= steps <= self.horizon:
            raise InputError(f"steps is 1 to the horizon {self.horizon}, got {steps}")
        sums = self.sums(n, slice(steps))
        names = ["unique_id"] if by is None else [by] if isinstance(by, str) else list(by)
        table = self.panel.keys.reset_index()
        if unknown := [name for name in names if name not in table.columns]:
            raise NotFoundError(
                f"the panel has no key column {', '.join(unknown)}; it has {list(table.columns)}"
            )
        grouped = table.groupby(names, sort=True)
        number = grouped.ngroup().to_numpy()
        values = np.zeros((n, number.max() + 1))
        for at, group in enumerate(number):
            values[:, group] += sums[:, at]
        tail = (1 - level) / 2
        lower, median, upper = np.quantile(values, [tail, 0.5, 1 - tail], axis=0)
        return (
            grouped.size()
            .index.to_frame(index=False)
            .assign(
                mean=values.mean(axis=0),
                median=median,
                lower=lower,
                upper=upper,
                level=level,
                n=np.bincount(number),
            )
        )

    def plot(self, unique_id: str | None = None, *, level: float = 0.8) -> Axes:
        """History and forecast of one series (the first); see `xmdemand.plots.series_fan`."""
        from xmdemand.plots import series_fan

        return series_fan(self, self.panel.ids[0] if unique_id is None else unique_id, level=level)

    def with_factor(self, factor: NDArray) -> Forecast:
        """The forecast with every series and step multiplied by `factor`, (S, H)."""
        return replace(self, mixture=self.mixture.pulled(factor))

    def _keyed(self, *, each: int = 1, **columns: NDArray) -> pd.DataFrame:
        """A table of ``unique_id, ds`` and columns, `each` rows a series and period."""
        periods = self.panel.last[:, None] + np.arange(1, self.horizon + 1)[None, :]
        return pd.DataFrame(
            {
                "unique_id": self.panel.ids.repeat(self.horizon * each),
                "ds": self.panel.dates(periods.ravel()).repeat(each),
                **columns,
            },
            copy=False,
        )


@overload
def forecast(
    panel: pd.DataFrame,
    horizon: int = 12,
    *,
    seed: int = 0,
    freq: Frequency | None = None,
    total: str | bool = True,
    relative: bool = True,
    correlation: float | None = None,
    info: PanelInfo | None = None,
    covariates: pd.DataFrame | None = None,
    client: None = None,
) -> Forecast: ...


@overload
def forecast(
    panel: Any,
    horizon: int = 12,
    *,
    seed: int = 0,
    freq: Frequency | None = None,
    total: str | bool = True,
    relative: bool = True,
    correlation: float | None = None,
    info: PanelInfo | None = None,
    covariates: None = None,
    client: Client | None = None,
) -> BlockForecast: ...


def forecast(
    panel: Any,
    horizon: int = 12,
    *,
    seed: int = 0,
    freq: Frequency | None = None,
    total: str | bool = True,
    relative: bool = True,
    correlation: float | None = None,
    info: PanelInfo | None = None,
    covariates: pd.DataFrame | None = None,
    client: Client | None = None,
) -> Forecast | BlockForecast:
    """Forecast thousands of short monthly or quarterly series of counts.

    Parameters
    ----------
    panel
        Long frame ``unique_id, ds, y``; further columns that are constant within every series
        are keys (`Forecast.total`). Every series is forecast from its own last observation. For
        panels larger than memory: a dask DataFrame or a folder of Parquet files, every series
        within one partition or file; the result then works block by block (`BlockForecast`).
    horizon
        Periods ahead, 1 to 36.
    seed
        For sample paths.
    freq
        ``M`` or ``Q``, by default as the dates say.
    total
        Series are drawn towards their total's own forecast: of the whole panel (True), of
        each group of a key column (its name), or not (False).
    relative
        Whether a series' standing among the others of its group moves its forecast: half-way to
        what its quarters say (`xmdemand.market.own`), and by one regression for the whole panel,
        as far as past origins tell that it helps (`xmdemand.market.relative`).
    correlation
        Share of a common factor in the series' shocks; by default learnt, 0 switches it off.
    info
        Panel information of another run, used in place of this panel's; `PanelInfo()` is none.
    covariates
        A second panel of the same form and names as a leading indicator. It is used if it makes
        past forecasts better; `Forecast.notes` says whether.
    client
        Of dask.distributed, for a panel in blocks.

    Returns
    -------
    Forecast

    Raises
    ------
    InputError
        If the panel cannot be used; every problem in one message.

    Examples
    --------
    >>> import pandas as pd
    >>> ds = pd.date_range("2021-01-01", periods=36, freq="MS")
    >>> panel = pd.DataFrame({"unique_id": "cooks", "ds": ds, "y": [20, 22, 24] * 12})
    >>> fc = forecast(panel, horizon=3)
    >>> list(fc.frame.columns)
    ['unique_id', 'ds', 'mean', 'median']
    """
    horizon = check_horizon(horizon)
    by = total if isinstance(total, str) else None
    if is_blocked(panel):
        if covariates is not None:
            raise InputError("covariates are for panels in memory, not for blocks")
        from xmdemand.market.blocks import forecast_blocks

        return forecast_blocks(
            panel,
            horizon,
            seed=seed,
            freq=freq,
            by=by,
            pull=total is not False,
            relative=relative,
            correlation=correlation,
            info=info,
            client=client,
        )
    checked = read_panel(panel, freq=freq)
    if by is not None and by not in checked.keys.columns:
        raise NotFoundError(
            f"total={by!r} is not a key column of the panel; it has {list(checked.keys.columns)}"
        )
    options: dict[str, Any] = {
        "seed": seed,
        "by": by,
        "pull": total is not False,
        "relative": relative,
        "correlation": correlation,
        "info": info,
    }
    made = forecast_panel(checked, horizon, **options)
    if covariates is None:
        return made
    effect = covariate_effect(
        checked,
        read_panel(covariates, freq=checked.freq),
        horizon,
        lambda known: forecast_panel(known, horizon, **options),
    )
    moved = made.with_factor(np.exp(effect.shift)[:, None]) if effect.used else made
    return replace(moved, notes=(*made.notes, effect.note))


def is_blocked(panel: object) -> bool:
    """Whether a panel comes in blocks: a path, or a dask DataFrame."""
    return isinstance(panel, str | Path) or type(panel).__module__.startswith("dask")


def forecast_panel(
    panel: Panel,
    horizon: int,
    *,
    seed: int = 0,
    by: str | None = None,
    pull: bool = True,
    relative: bool = True,
    correlation: float | None = None,
    info: PanelInfo | None = None,
) -> Forecast:
    """`forecast` of a checked panel."""
    met = rules.classify(panel)
    labels = group_labels(panel, by)
    if info is None:
        info, own = learn(panel, labels, horizon)
        if correlation is not None:
            info = info.with_correlation(correlation)
    else:
        quarters = relative and bool(info.quarters)
        own = forecast_own(panel, labels, horizon, info.common, quarters=quarters)
    mixture = own.mixture
    if relative:
        mixture = moved(mixture, quarter_gaps(panel, own, labels, info))
        mixture = mixture.pulled(np.exp(shift_of(panel, mixture, labels, info)))
    mixture = mixture.widened(np.full(horizon, info.spread))
    if pull:
        mixture = mixture.shifted(pull_of(panel, labels, info, horizon))
    mixture = rules.apply(mixture, panel, met)
    return Forecast(
        panel=panel,
        mixture=mixture,
        info=info,
        labels=labels,
        seed=seed,
        rules=rules.as_frame(panel, met),
        notes=panel.notes + rules.as_notes(panel, met),
    )


def check_horizon(horizon: int) -> int:
    """A whole number of periods, 1 to 36."""
    if isinstance(horizon, bool) or not isinstance(horizon, int | np.integer):
        raise ArgumentTypeError(f"horizon is a whole number of periods, not {horizon!r}")
    if not 1 <= horizon <= MAX_HORIZON:
        raise InputError(f"horizon is 1 to {MAX_HORIZON} periods, got {horizon}")
    return int(horizon)
