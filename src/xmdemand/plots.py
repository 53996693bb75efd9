"""Figures for notebooks: one function a figure, matplotlib axes in and out.

Chinese text never turns to boxes: the open font that the `plots` extra brings is registered once
and set on the texts of the figure itself, so nobody's own matplotlib settings change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from xmdemand.draws import check_level
from xmdemand.errors import InputError, NotFoundError, name_some, need_extra
from xmdemand.terms import term

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from xmdemand.market.forecasts import Forecast
    from xmdemand.market.outlook import Outlook
    from xmdemand.shortage.rank_sets import RankSets
    from xmdemand.shortage.ranking import Ranking
    from xmdemand.survey.employers import EmployerDemand
    from xmdemand.survey.workers import WorkerIntent

INK, QUIET, BAND, STRONG = "#1f2d3d", "#8a94a0", "#c9d7e8", "#b3261e"


@cache
def font_path() -> Path:
    """The Chinese font used in figures.

    Raises
    ------
    MissingExtraError
        If the `plots` extra is not installed.
    """
    spec = find_spec("zhplot")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).rglob("*.ttf")):
            return path
    raise need_extra("zhplot", "plots")


@cache
def _font_name() -> str:
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(font_path()))
    return font_manager.FontProperties(fname=str(font_path())).get_name()


def _axes(ax: Axes | None, *, width: float = 7.0, height: float = 4.2) -> Axes:
    try:
        import matplotlib.pyplot as plt
    except ModuleNotFoundError:
        raise need_extra("matplotlib", "plots") from None
    if ax is None:
        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def _finish(ax: Axes, *, title: str = "", x: str = "", y: str = "") -> Axes:
    """Set the words and give every text of the axes the Chinese font."""
    ax.set_title(title.replace("$", r"\$"), loc="left", fontsize=11, color=INK)
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    texts: list[Any] = [
        ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label,  # type: ignore[attr-defined]
        *ax.get_xticklabels(), *ax.get_yticklabels(), *ax.texts,
    ]  # fmt: skip
    legend = ax.get_legend()
    if legend is not None:
        texts += legend.get_texts()
    for item in texts:
        item.set_fontfamily(_font_name())
    ax.tick_params(labelfontfamily=_font_name(), colors=INK)
    return ax


def forecast_fan(
    outlook: Outlook,
    occupation: str,
    *,
    variable: Literal["posts", "seekers"] = "posts",
    name: str = "",
    ax: Axes | None = None,
) -> Axes:
    """History and forecast of one occupation's registered posts or seekers, with its 80% band.

    Parameters
    ----------
    outlook
        From `market.outlook`.
    occupation
        Unit code.
    variable
        ``posts`` or ``seekers``.
    name
        The occupation's name, for the title.
    """
    rows = outlook.monthly.query("occupation == @occupation and variable == @variable")
    if rows.empty:
        some = name_some(outlook.monthly["occupation"].unique(), show=3)
        raise NotFoundError(f"the register has no {variable} of {occupation!r}; it has {some}")
    ax = _axes(ax)
    past, future = rows[rows["actual"].notna()], rows[rows["median"].notna()]
    ax.plot(past["ds"], past["actual"], color=INK, lw=1.2, label="登记")
    ax.fill_between(future["ds"], future["lower"], future["upper"], color=BAND, label="80% 区间")
    ax.plot(future["ds"], future["median"], color=STRONG, lw=1.4, label="预测中位数")
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False, loc="upper left")
    what = {"posts": "新登记岗位", "seekers": "新登记求职"}[variable]
    return _finish(ax, title=f"{occupation}{name} {what}", y="人/月")


def series_fan(
    forecast: Forecast, unique_id: str, *, level: float = 0.8, ax: Axes | None = None
) -> Axes:
    """History and forecast of one series of a panel, with its `level` band."""
    if unique_id not in forecast.panel.ids:
        raise NotFoundError(f"the panel has no series {unique_id!r}")
    row = forecast.panel.ids.get_loc(unique_id)
    tail = (1 - check_level(level)) / 2
    rows = forecast.quantiles([tail, 0.5, 1 - tail]).query("unique_id == @unique_id")
    future = rows.pivot_table(index="ds", columns="quantile", values="value")
    past = forecast.panel.values[row]
    back = np.arange(len(past)) - len(past) + 1
    ax = _axes(ax)
    dates = forecast.panel.dates(forecast.panel.last[row] + back)
    ax.plot(dates, past, color=INK, lw=1.2, label="实际")
    ax.fill_between(future.index, future.iloc[:, 0], future.iloc[:, 2], color=BAND,
                    label=f"{level:.0%} 区间")  # fmt: skip
    ax.plot(future.index, future.iloc[:, 1], color=STRONG, lw=1.4, label="预测中位数")
    ax.legend(frameon=False, loc="upper left")
    return _finish(ax, title=f"{unique_id} 的历史与预测")


def rank_set_intervals(sets: RankSets, *, top: int = 30, ax: Axes | None = None) -> Axes:
    """Ranks of the `top` items and their confidence sets."""
    frame = sets.frame.nsmallest(top, "rank").iloc[::-1]
    ax = _axes(ax, height=0.24 * len(frame) + 1)
    at = np.arange(len(frame))
    ax.hlines(at, frame["lower"], frame["upper"], color=BAND, lw=5)
    ax.plot(frame["rank"], at, "o", color=INK, ms=4)
    ax.set_yticks(at, frame.index.astype(str))
    ax.set_xlim(left=0)
    kind = {"marginal": "各自", "simultaneous": "同时"}[sets.kind]
    return _finish(ax, title=f"名次（带：{sets.level:.0%} {kind}成立的置信集）", x="名次")


def rank_intervals(ranking: Ranking, *, top: int = 30, ax: Axes | None = None) -> Axes:
    """Median rank and 90% interval of the `top` occupations in shortage."""
    frame = ranking.frame[ranking.frame["rated"]].nsmallest(top, "rank").iloc[::-1]
    if frame.empty:
        raise InputError("no occupation is rated, so there is no rank to draw")
    ax = _axes(ax, height=0.24 * len(frame) + 1)
    at = np.arange(len(frame))
    ax.hlines(at, frame["rank_lower"], frame["rank_upper"], color=BAND, lw=5)
    ax.plot(frame["rank"], at, "o", color=INK, ms=4)
    ax.set_yticks(at, frame["name"])
    ax.set_xlim(left=0)
    return _finish(ax, title="短缺指数排名（点：中位数；带：90% 区间）", x="名次")


def survey_intervals(
    result: EmployerDemand | WorkerIntent,
    names: Mapping[str, str] | pd.Series | None = None,
    *,
    top: int = 20,
    ax: Axes | None = None,
) -> Axes:
    """The largest estimates of a survey with their intervals and how many stand behind each.

    Parameters
    ----------
    names
        Occupation names by unit code; without them the codes are printed.
    """
    frame = result.frame.nlargest(top, "estimate").iloc[::-1]
    if frame.empty:
        raise InputError("the survey has no estimate to draw")
    ax = _axes(ax, height=0.28 * len(frame) + 1)
    at = np.arange(len(frame))
    ax.hlines(at, frame["lower"], frame["upper"], color=BAND, lw=5)
    ax.plot(frame["estimate"], at, "o", color=INK, ms=4)
    for row, (upper, n) in enumerate(zip(frame["upper"], frame["n"], strict=True)):
        ax.annotate(f"n={n:.0f}", (upper, row), xytext=(4, -3), textcoords="offset points",
                    fontsize=7, color=QUIET)  # fmt: skip
    ax.set_yticks(at, [code if names is None else names[code] for code in frame.index])
    ax.set_xlim(left=0)
    level = float(frame["level"].iloc[0])
    return _finish(ax, title=f"调查推算（点：估计；带：{level:.0%} 区间；n：份数）", x="人/年")


def demand_and_seekers(ranking: Ranking, *, top: int = 20, ax: Axes | None = None) -> Axes:
    """Hiring demand against available people, for the largest demands."""
    frame = ranking.frame.nlargest(top, "demand").iloc[::-1]
    ax = _axes(ax, height=0.28 * len(frame) + 1)
    at = np.arange(len(frame))
    ax.hlines(at, frame["demand_lower"], frame["demand_upper"], color=BAND, lw=5)
    ax.plot(frame["demand"], at, "o", color=STRONG, ms=4, label="需求")
    ax.plot(frame["supply"], at, "|", color=INK, ms=9, mew=2, label="供给")
    ax.set_yticks(at, frame["name"])
    ax.set_xlim(left=0)
    ax.legend(frameon=False, loc="lower right")
    return _finish(ax, title="需求与供给（带：需求的 90% 区间）", x="人/年")


def need_and_intent(ranking: Ranking, *, name: int = 12, ax: Axes | None = None) -> Axes:
    """Training need against workers' intent; the `name` largest needs are named where names fit."""
    frame = ranking.frame[ranking.frame["eligible"]]
    ax = _axes(ax, height=5.5)
    listed = frame["listed"].to_numpy(dtype=bool)
    for rows, colour, label in ((~listed, QUIET, "未列入"), (listed, STRONG, "列入")):
        part = frame[rows]
        ax.plot(part["need"] + 1, part["intent"] + 1, "o", ms=4, alpha=0.7, color=colour,
                label=label)  # fmt: skip
    named: list[float] = []
    for _, row in frame.nlargest(name, "need").iterrows():
        height = float(np.log(row["intent"] + 1))
        if any(abs(height - other) < 0.25 for other in named):
            continue  # its name would lie on another's
        named.append(height)
        ax.annotate(row["name"], (row["need"] + 1, row["intent"] + 1), fontsize=8,
                    xytext=(4, 2), textcoords="offset points")  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.legend(frameon=False)
    return _finish(
        ax, title="培训需要与培训意愿", x="培训需要（人/年，加 1）", y="意愿（人/年，加 1）"
    )


def bump(ranks: Mapping[int, pd.Series], *, top: int = 15, ax: Axes | None = None) -> Axes:
    """Ranks over editions: `ranks` maps a year to ranks by occupation name."""
    years = sorted(ranks)
    if len(years) < 2:
        raise InputError(f"a bump chart compares at least two years, got {years}")
    ax = _axes(ax, height=5.5)
    # Median ranks tie; places do not, and names do not lie on each other.
    places = {year: ranks[year].rank(method="first") for year in years}
    for name in places[years[-1]].nsmallest(top).index:
        path = [places[year].get(name, np.nan) for year in years]
        risen = np.isfinite(path[-2]) and path[-2] > path[-1]
        ax.plot(years, path, "-o", ms=4, lw=1.6, color=STRONG if risen else QUIET)
        ax.annotate(str(name), (years[-1], path[-1]), xytext=(6, -3), fontsize=8,
                    textcoords="offset points", color=INK)  # fmt: skip
    ax.invert_yaxis()
    ax.set_xticks(years, [str(year) for year in years])
    return _finish(ax, title="历年名次（红：较上年上升）", y="名次")


def sensitivity(ranking: Ranking, *, ax: Axes | None = None) -> Axes:
    """How far ranks move under other choices of weights and forms, sampling held still."""
    frame = ranking.sensitivity.iloc[::-1]
    if frame.empty:
        raise InputError("the ranking holds no sensitivity table (nothing was rated)")
    ax = _axes(ax, height=0.28 * len(frame) + 1)
    at = np.arange(len(frame))
    ax.barh(at, frame["mean_rank_shift"], color=BAND)
    kinds = frame["choice"].map(partial(term, "choice"))
    ax.set_yticks(at, kinds + "：" + frame["alternative"].map(partial(term, "alternative")))
    return _finish(ax, title="换一种做法，名次平均移动多少", x="名次")


def calibration(
    promised: Sequence[float],
    happened: Sequence[float],
    n: Sequence[int],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Promised probabilities against how often it happened; dots grow with the cases."""
    ax = _axes(ax, width=4.6, height=4.4)
    ax.plot([0, 1], [0, 1], color=QUIET, lw=1, ls="--")
    ax.scatter(promised, happened, s=10 + 2 * np.asarray(n, dtype=float), color=STRONG, alpha=0.7)
    ax.set_xlim(-0.03, 1.03)  # points at the ends stay whole
    ax.set_ylim(-0.03, 1.03)
    return _finish(ax, title="说的概率与实际", x="预告的概率", y="实际的比例")


def district_table(
    table: pd.DataFrame, *, value: str = "hires", top: int = 20, ax: Axes | None = None
) -> Axes:
    """A heat table of occupations by districts (no map: a table compares better).

    Parameters
    ----------
    table
        Columns ``occupation, district`` and `value`, as in `EmployerDemand.districts`.
    """
    wide = table.pivot_table(
        index="occupation", columns="district", values=value, aggfunc="sum", observed=True
    ).fillna(0)
    wide = wide.loc[wide.sum(axis=1).nlargest(top).index]
    if wide.empty:
        raise InputError("the table has no rows to draw")
    ax = _axes(ax, height=0.28 * len(wide) + 1.2)
    numbers = wide.to_numpy(dtype=float)
    ax.imshow(np.log1p(numbers), cmap="Blues", aspect="auto")
    for row, column in np.ndindex(*wide.shape):
        number = numbers[row, column]
        dark = np.log1p(number) > 0.6 * np.log1p(numbers.max())
        ax.text(column, row, f"{number:,.0f}", ha="center", va="center", fontsize=7,
                color="white" if dark else INK)  # fmt: skip
    ax.set_xticks(range(wide.shape[1]), wide.columns)
    ax.set_yticks(range(wide.shape[0]), wide.index)
    ax.spines[:].set_visible(False)
    return _finish(ax, title="各区需求（人/年）")
