"""`explain_series`: two reference models of one series, for whoever looks closely."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xmdemand.errors import ArgumentTypeError, InputError
from xmdemand.market.forecasts import check_horizon
from xmdemand.market.panel import Frequency, read_panel
from xmdemand.notes import Note, Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

MIN_OBSERVATIONS = 10


@dataclass(frozen=True, eq=False)
class Explanation(Result):
    """What two well-known models say of one series.

    Attributes
    ----------
    frame
        ``model`` (``ets, structural``), ``ds, actual, fitted, level, slope, season``.
    forecast
        ``model, ds, mean, lower, upper, level``, nothing below zero.
    models
        A row a model: ``model, form, aic, bic, converged, parameters``.
    """

    frame: pd.DataFrame
    forecast: pd.DataFrame
    models: pd.DataFrame
    notes: Notes = ()


def explain_series(
    series: pd.Series | pd.DataFrame,
    *,
    horizon: int = 12,
    level: float = 0.8,
    freq: Frequency | None = None,
) -> Explanation:
    """Fit exponential smoothing and a structural model to one series with statsmodels.

    ETS with additive errors, damped trend and (from two years on) additive season; a local linear
    trend with stochastic season as unobserved components. They are a second opinion: the engine
    combines many such models, these two show level, slope and season by name.

    Parameters
    ----------
    series
        Values with dates as index, or a frame ``ds, y`` (``unique_id`` allowed if it names one).

    Raises
    ------
    InputError
        If there are fewer than 10 observations or several series.

    Examples
    --------
    >>> dates = pd.date_range("2021-01-01", periods=30, freq="MS")
    >>> found = explain_series(pd.Series(np.arange(30.0) + 5, index=dates), horizon=2)
    >>> found.models["model"].tolist()
    ['ets', 'structural']
    """
    horizon = check_horizon(horizon)
    panel = read_panel(_as_frame(series), freq=freq)
    if len(panel.ids) > 1:
        raise InputError(f"explain_series looks at one series, got {len(panel.ids)}")
    values = panel.values[0]
    if np.isfinite(values).sum() < MIN_OBSERVATIONS:
        raise InputError(
            f"{np.isfinite(values).sum()} observations are too few to explain a series; "
            f"at least {MIN_OBSERVATIONS}"
        )
    notes: Notes = ()
    gaps = int(np.isnan(values).sum())
    if gaps:
        time = np.arange(len(values))
        seen = np.isfinite(values)
        values = np.interp(time, time[seen], values[seen])
        notes += (Note("market.gaps_filled", n=gaps),)
    end = int(panel.last[0])
    past = panel.dates(np.arange(end - len(values) + 1, end + 1))
    ahead = panel.dates(np.arange(end + 1, end + 1 + horizon))
    seasonal = len(values) >= 2 * panel.season
    frames, forecasts, models = [], [], []
    for name, fit in (("ets", _ets), ("structural", _structural)):
        parts, bands, about = fit(values, panel.season, seasonal, horizon, level)
        frames.append(pd.DataFrame({"model": name, "ds": past, "actual": values, **parts}))
        forecasts.append(pd.DataFrame({"model": name, "ds": ahead, **bands, "level": level}))
        models.append({"model": name, **about})
        if not about["converged"]:
            notes += (Note("market.not_converged", where=name, severity="warning"),)
    return Explanation(
        frame=pd.concat(frames, ignore_index=True),
        forecast=pd.concat(forecasts, ignore_index=True),
        models=pd.DataFrame(models),
        notes=notes,
    )


def _as_frame(series: pd.Series | pd.DataFrame) -> pd.DataFrame:
    if isinstance(series, pd.Series):
        return pd.DataFrame({"unique_id": "series", "ds": series.index, "y": series.to_numpy()})
    if isinstance(series, pd.DataFrame):
        return series if "unique_id" in series.columns else series.assign(unique_id="series")
    raise ArgumentTypeError(f"a Series or a frame ds, y is needed, not {type(series).__name__}")


_Parts = tuple[dict[str, "NDArray"], dict[str, "NDArray"], dict[str, Any]]


def _ets(values: NDArray, season: int, seasonal: bool, horizon: int, level: float) -> _Parts:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    model = ETSModel(
        pd.Series(values),
        error="add",
        trend="add",
        damped_trend=True,
        seasonal="add" if seasonal else None,
        seasonal_periods=season if seasonal else None,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence is read from the result
        result = model.fit(disp=False)
    bands = result.get_prediction(start=len(values), end=len(values) + horizon - 1)
    interval = np.asarray(bands.pred_int(alpha=1 - level))
    parts = {
        "fitted": np.asarray(result.fittedvalues),
        "level": np.asarray(result.level),
        "slope": np.asarray(result.slope),
        "season": np.asarray(result.season) if seasonal else np.zeros(len(values)),
    }
    form = "ETS(A,Ad,A)" if seasonal else "ETS(A,Ad,N)"
    converged = bool(result.mle_retvals.get("converged", True))
    return parts, _bounded(bands.predicted_mean, interval), _about(form, result, converged)


def _structural(values: NDArray, season: int, seasonal: bool, horizon: int, level: float) -> _Parts:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    model = UnobservedComponents(
        values, level="local linear trend", seasonal=season if seasonal else None
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence is read from the result
        result = model.fit(disp=False, maxiter=200)
    bands = result.get_forecast(horizon)
    parts = {
        "fitted": np.asarray(result.fittedvalues),
        "level": np.asarray(result.level["smoothed"]),
        "slope": np.asarray(result.trend["smoothed"]),
        "season": np.asarray(result.seasonal["smoothed"]) if seasonal else np.zeros(len(values)),
    }
    form = "local linear trend" + (", stochastic season" if seasonal else "")
    converged = bool(result.mle_retvals.get("converged", True))
    interval = np.asarray(bands.conf_int(alpha=1 - level))
    return parts, _bounded(bands.predicted_mean, interval), _about(form, result, converged)


def _bounded(mean: NDArray, interval: NDArray) -> dict[str, NDArray]:
    mean = np.asarray(mean)
    return {
        "mean": np.maximum(mean, 0),
        "lower": np.maximum(interval[:, 0], 0),
        "upper": np.maximum(interval[:, 1], 0),
    }


def _about(form: str, result: Any, converged: bool) -> dict[str, Any]:
    names = (
        list(result.param_names)
        if hasattr(result, "param_names")
        else list(result.model.param_names)
    )
    values = np.asarray(result.params, dtype=float)
    return {
        "form": form,
        "aic": float(result.aic),
        "bic": float(result.bic),
        "converged": converged,
        "parameters": dict(zip(names, values.tolist(), strict=True)),
    }
