"""A long frame of monthly or quarterly series -> checked arrays, every problem told at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from xmdemand.errors import ArgumentTypeError, InputError, name_some
from xmdemand.notes import Note, Notes

if TYPE_CHECKING:
    from numpy.typing import NDArray

Frequency = Literal["M", "Q"]
SEASON = {"M": 12, "Q": 4}
_STEP = {"M": 1, "Q": 3}
_COLUMNS = ("unique_id", "ds", "y")


@dataclass(frozen=True, eq=False)
class Panel:
    """Series as rows, aligned at their own last observation.

    Parameters
    ----------
    ids
        Sorted series names.
    values
        (n_series, n_time) float64, the last column every series' last observation; NaN before a
        series starts and where a period is missing.
    last
        Period number (months since year 0, or quarters) of every series' last observation.
    freq
        ``M`` or ``Q``.
    keys
        Extra key columns, a row a series (columns constant within every series).
    month_end
        Whether dates are written as the last day of the period.
    notes
        What was noticed on reading.
    """

    ids: pd.Index
    values: NDArray[np.float64]
    last: NDArray[np.int64]
    freq: Frequency
    keys: pd.DataFrame
    month_end: bool = False
    notes: Notes = ()

    @property
    def season(self) -> int:
        """Periods a year."""
        return SEASON[self.freq]

    @property
    def n_obs(self) -> NDArray[np.int64]:
        """Observations of every series."""
        return np.isfinite(self.values).sum(axis=1)

    def select(self, rows: NDArray) -> Panel:
        """The panel of some series."""
        return Panel(
            ids=self.ids[rows],
            values=self.values[rows],
            last=self.last[rows],
            freq=self.freq,
            keys=self.keys.iloc[rows],
            month_end=self.month_end,
        )

    def cut(self, period: int) -> Panel:
        """The panel as it stood after a period; series with no observation by then are gone."""
        n_time = self.values.shape[1]
        number = self.last[:, None] - np.arange(n_time - 1, -1, -1)[None, :]
        seen = np.isfinite(self.values) & (number <= period)
        rows = np.flatnonzero(seen.any(axis=1))
        at_last = n_time - 1 - np.argmax(seen[rows, ::-1], axis=1)
        source = np.arange(n_time)[None, :] - (n_time - 1 - at_last)[:, None]
        values = np.where(
            source >= 0, np.take_along_axis(self.values[rows], np.maximum(source, 0), 1), np.nan
        )
        return Panel(
            ids=self.ids[rows],
            values=_without_empty_start(values),
            last=number[rows, at_last],
            freq=self.freq,
            keys=self.keys.iloc[rows],
            month_end=self.month_end,
        )

    def dates(self, periods: NDArray[np.int64]) -> pd.DatetimeIndex:
        """Dates of period numbers, written as the input wrote them."""
        return to_dates(periods, self.freq, month_end=self.month_end)


def to_dates(
    periods: NDArray[np.int64], freq: Frequency, *, month_end: bool = False
) -> pd.DatetimeIndex:
    """First (or last) days of numbered periods.

    >>> to_dates(np.array([24240]), "M")[0].date().isoformat()
    '2020-01-01'
    """
    months = np.asarray(periods, dtype=np.int64) * _STEP[freq] - 1970 * 12
    if month_end:
        ends = (months + _STEP[freq]).astype("datetime64[M]").astype("datetime64[D]")
        return pd.DatetimeIndex((ends - np.timedelta64(1, "D")).astype("datetime64[ns]"))
    return pd.DatetimeIndex(months.astype("datetime64[M]").astype("datetime64[ns]"))


def read_panel(frame: pd.DataFrame, *, freq: Frequency | None = None) -> Panel:
    """Check a long frame and lay it out as arrays.

    Parameters
    ----------
    frame
        Columns ``unique_id, ds, y`` and any key columns. Within a series, rows are in order of
        time. Periods without a row, or with a missing ``y``, are missing.
    freq
        ``M`` or ``Q``; by default read off the distances between dates.

    Raises
    ------
    ArgumentTypeError
        If `frame` is not a DataFrame.
    InputError
        One message listing every problem found, with series and rows.

    Examples
    --------
    >>> frame = pd.DataFrame({"unique_id": "a", "ds": ["2024-01", "2024-02"], "y": [3, 4]})
    >>> read_panel(frame).values
    array([[3., 4.]])
    """
    _check_columns(frame)
    ids = frame["unique_id"]
    codes, labels = pd.factorize(ids)
    dates, y, problems = _parse(frame, ids, codes)
    if freq not in (None, "M", "Q"):
        problems.append(f"freq is 'M', 'Q' or None, got {freq!r}")
    # Single precision is exact: dates of nanoseconds end in the year 2262.
    month = dates.to_numpy().astype("datetime64[M]").astype(np.float32) + 1970 * 12
    month[np.asarray(dates.isna())] = np.nan
    usable = np.isfinite(month) & (codes >= 0)
    problems += _order_problems(ids, codes, dates, usable)
    found, frequency_problem = _frequency(codes, labels, month, usable, freq)
    if frequency_problem:
        problems.append(frequency_problem)
    if problems:
        raise InputError("the panel cannot be used:\n- " + "\n- ".join(problems))
    period = month.astype(np.int32) // _STEP[found]
    del month, usable
    rank, unique = pd.factorize(labels, sort=True)
    return _lay_out(frame, rank.astype(np.int32)[codes], unique, period, y, found, dates)


def _check_columns(frame: pd.DataFrame) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise ArgumentTypeError(
            f"panel must be a DataFrame with columns unique_id, ds, y, not {type(frame).__name__}"
        )
    missing = [name for name in _COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(
            f"the panel has no column {', '.join(missing)}; expected unique_id, ds, y "
            f"(and keys), found {name_some(frame.columns)}"
        )
    if frame.empty:
        raise InputError("the panel is empty: it needs at least one row of unique_id, ds, y")


def _parse(
    frame: pd.DataFrame, ids: pd.Series, codes: NDArray
) -> tuple[pd.DatetimeIndex, NDArray[np.float64], list[str]]:
    problems = []
    if (codes < 0).any():
        problems.append(f"unique_id is missing in {_rows(codes < 0, ids)}")
    dates = _parse_dates(frame["ds"])
    bad = np.asarray(dates.isna())
    if bad.any():
        shown = name_some(repr(value) for value in frame["ds"][bad].head(3))
        problems.append(
            f"ds is not a date in {_rows(bad, ids)}: found {shown}, expected dates like 2024-01-01"
        )
    y = pd.to_numeric(frame["y"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if pd.api.types.is_bool_dtype(frame["y"]):
        problems.append("y is true/false; expected counts")
    text = np.isnan(y)
    if text.any():
        text &= frame["y"].notna().to_numpy()
    if text.any():
        shown = name_some(repr(value) for value in frame["y"][text].head(3))
        problems.append(f"y is not a number in {_rows(text, ids)}: found {shown}")
    if np.isinf(y).any():
        problems.append(f"y is infinite in {_rows(np.isinf(y), ids)}")
    if (y < 0).any():
        problems.append(f"y is negative in {_rows(y < 0, ids)}: counts are 0 or more")
    if (np.isfinite(y) & (y > 1e15)).any():
        problems.append(f"y is above 1e15 in {_rows(y > 1e15, ids)}: change its unit")
    return dates, y, problems


def _parse_dates(column: pd.Series) -> pd.DatetimeIndex:
    if isinstance(column.dtype, pd.PeriodDtype):
        return pd.DatetimeIndex(column.dt.to_timestamp())
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.DatetimeIndex(column).tz_localize(None)
    if pd.api.types.is_numeric_dtype(column):
        return pd.DatetimeIndex([pd.NaT] * len(column))
    return pd.DatetimeIndex(pd.to_datetime(column, errors="coerce", format="mixed"))


def _rows(bad: NDArray[np.bool_], ids: pd.Series) -> str:
    at = np.flatnonzero(bad)
    return "row " + name_some(f"{row} (series {ids.iloc[row]!r})" for row in at)


def _order_problems(
    ids: pd.Series, codes: NDArray, dates: pd.DatetimeIndex, usable: NDArray[np.bool_]
) -> list[str]:
    if usable.all() and _in_order(codes, dates):
        return []
    problems = []
    key = pd.DataFrame({"id": codes, "ds": dates}).loc[usable]
    twice = key.duplicated(keep=False).to_numpy()
    if twice.any():
        at = np.flatnonzero(usable)[twice]
        problems.append(
            "the same unique_id and ds more than once in row "
            + name_some(f"{row} (series {ids.iloc[row]!r}, {dates[row]:%Y-%m-%d})" for row in at)
        )
    step = key.groupby("id", sort=False)["ds"].diff()
    back = (step < pd.Timedelta(0)).to_numpy()
    if back.any():
        at = np.flatnonzero(usable)[back]
        problems.append(
            "dates go back in time in row "
            + name_some(f"{row} (series {ids.iloc[row]!r}, {dates[row]:%Y-%m-%d})" for row in at)
            + ": sort the panel by unique_id and ds"
        )
    return problems


def _in_order(codes: NDArray, dates: pd.DatetimeIndex) -> bool:
    """Whether every series is one run of rows with ascending dates: nearly always."""
    same = codes[1:] == codes[:-1]
    later = np.asarray(dates[1:] > dates[:-1])
    return int((~same).sum()) + 1 == int(codes.max()) + 1 and bool(later[same].all())


def _frequency(
    codes: NDArray,
    labels: pd.Index,
    month: NDArray[np.float32],
    usable: NDArray[np.bool_],
    asked: Frequency | None,
) -> tuple[Frequency, str]:
    """The panel's frequency, and what speaks against it."""
    if not usable.any():
        return asked or "M", ""
    known = slice(None) if usable.all() else usable
    smallest, counts = _smallest_gaps(codes[known], month[known], len(labels))
    quarterly = (counts > 1) & (smallest % 3 == 0)
    monthly = (counts > 1) & (smallest % 3 != 0)
    if int(usable.sum()) > 2 * int(counts.sum()):
        return asked or "M", "several rows a month: the engine takes monthly or quarterly series"
    if asked is None:
        asked = "Q" if quarterly.any() and not monthly.any() else "M"
    if asked == "Q" and monthly.any():
        return asked, f"freq is 'Q' but these series are monthly: {name_some(labels[monthly])}"
    regular = (smallest == 3) & (counts >= 4)
    if asked == "M" and monthly.any() and regular.any():
        return asked, (
            f"mixed frequencies: {name_some(labels[regular])} quarterly, "
            f"{name_some(labels[monthly])} monthly; "
            "forecast them in two panels"
        )
    return asked, ""


def _smallest_gaps(
    codes: NDArray, month: NDArray[np.float32], n_series: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Smallest distance between two months of every series (0: only one), and its months."""
    same, gap = codes[1:] == codes[:-1], np.diff(month)
    if (codes[1:] < codes[:-1]).any() or (gap[same] < 0).any():
        order = np.lexsort((month, codes))
        codes, month = codes[order], month[order]
        same, gap = codes[1:] == codes[:-1], np.diff(month)
    real = same & (gap > 0)
    smallest = np.full(n_series, np.inf)
    np.minimum.at(smallest, codes[1:][real], gap[real])
    seen = np.bincount(codes, minlength=n_series) > 0
    smallest = np.where(np.isfinite(smallest), smallest, 0.0)
    return smallest, seen + np.bincount(codes[1:][real], minlength=n_series)


def _lay_out(
    frame: pd.DataFrame,
    codes: NDArray[np.int32],
    unique: pd.Index,
    period: NDArray[np.int32],
    y: NDArray[np.float64],
    freq: Frequency,
    dates: pd.DatetimeIndex,
) -> Panel:
    _refuse_same_period(codes, period, unique, freq)
    keys, notes = _keys(frame, codes, unique)
    month_end = dates[0].is_month_end and bool(dates.is_month_end.all())
    seen = np.isfinite(y)
    if not seen.all():
        codes, period, y = codes[seen], period[seen], y[seen]
    last = np.full(len(unique), np.iinfo(np.int32).min, np.int32)
    first = np.full(len(unique), np.iinfo(np.int32).max, np.int32)
    np.maximum.at(last, codes, period)
    np.minimum.at(first, codes, period)
    empty = last < first
    if empty.any():
        raise InputError(
            f"no observation at all in series {name_some(unique[empty])}: leave them out"
        )
    n_time = int((last - first).max()) + 1
    values = np.full((len(unique), n_time), np.nan)
    values[codes, period - last[codes] + np.int32(n_time - 1)] = y
    return Panel(
        ids=keys.index,
        values=values,
        last=last.astype(np.int64),
        freq=freq,
        keys=keys,
        month_end=month_end,
        notes=notes,
    )


def _keys(frame: pd.DataFrame, codes: NDArray, unique: pd.Index) -> tuple[pd.DataFrame, Notes]:
    """The columns that are constant within every series, a row a series."""
    extra = [name for name in frame.columns if name not in _COLUMNS]
    keys = pd.DataFrame(index=pd.Index(unique, name="unique_id"))
    if not extra:
        return keys, ()
    grouped = frame[extra].groupby(codes, sort=True)
    distinct = grouped.nunique(dropna=False)
    steady = [c for c in extra if distinct[c].max() == 1]
    varying = [name for name in extra if name not in steady]
    note = Note("market.column_varies", where=name_some(varying), n=len(varying))
    return grouped[steady].first().set_axis(keys.index), (note,) if varying else ()


def _refuse_same_period(
    codes: NDArray, period: NDArray[np.int32], unique: pd.Index, freq: Frequency
) -> None:
    same = codes[1:] == codes[:-1]
    if int((~same).sum()) + 1 == len(unique) and (np.diff(period)[same] > 0).all():
        return
    key = pd.DataFrame({"code": codes, "period": period})
    twice = key.duplicated(keep=False).to_numpy()
    if twice.any():
        noun = "month" if freq == "M" else "quarter"
        at = np.flatnonzero(twice)
        raise InputError(
            f"several rows of one series in one {noun}, in row "
            + name_some(f"{row} (series {unique[codes[row]]!r})" for row in at)
            + ": sum them first"
        )


def _without_empty_start(values: NDArray[np.float64]) -> NDArray[np.float64]:
    seen = np.isfinite(values).any(axis=0)
    return values[:, int(np.argmax(seen)) :] if seen.any() else values
