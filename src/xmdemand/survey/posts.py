"""The returns' rows, firm x post, made ready to be weighted: occupations, counts, wages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from xmdemand.notes import Note, Notes
from xmdemand.survey.linearise import Codes, Floats, grouping


class HasFrame(Protocol):
    """A classification: `.frame` with ``code, name, level, parent``."""

    @property
    def frame(self) -> pd.DataFrame: ...


@dataclass(frozen=True, eq=False)
class Count:
    """A count of every row: exact, or an interval. All NaN means that nothing is known."""

    exact: Floats
    low: Floats
    high: Floats

    def times(self, factor: Floats) -> Count:
        """The count scaled row by row."""
        return Count(self.exact * factor, self.low * factor, self.high * factor)

    @property
    def given(self) -> Codes:
        """Rows with a number or an interval."""
        return np.flatnonzero(~(np.isnan(self.exact) & np.isnan(self.low) & np.isnan(self.high)))


def read_count(rows: pd.DataFrame, name: str) -> Count:
    """An uncertain count's four columns as arrays; ``some`` is at least 1 if nothing is said."""

    def column(key: str) -> Floats:
        if key not in rows.columns:
            return np.full(len(rows), np.nan)
        return pd.to_numeric(rows[key], errors="coerce").to_numpy(dtype=float, na_value=np.nan)

    exact, low, high = column(name), column(f"{name}_low"), column(f"{name}_high")
    if f"{name}_kind" in rows.columns:
        some = (rows[f"{name}_kind"] == "some").to_numpy(dtype=bool)
        low = np.where(some & np.isnan(low), 1.0, low)
    return Count(
        exact, np.where(np.isnan(exact), low, exact), np.where(np.isnan(exact), high, exact)
    )


def planned_hires(
    rows: pd.DataFrame, *, months_open: float, season: Mapping[int, float]
) -> tuple[Count, Notes]:
    """Planned hires; where a form gives only openings, openings x 12 / months open / season.

    A row with a post and no number at all counts as "some"; a row that gives another number and
    leaves hires and openings blank plans none.
    """
    planned, vacancies = read_count(rows, "planned_hires"), read_count(rows, "vacancies")
    month = (
        pd.to_datetime(rows["submitted"], errors="coerce").dt.month
        if "submitted" in rows.columns
        else pd.Series(np.nan, index=rows.index)
    )
    seasonal = month.map(season).astype(float).fillna(1.0).to_numpy(dtype=float)
    yearly = vacancies.times(np.asarray(12 / months_open / seasonal, dtype=np.float64))
    asked = np.zeros(len(rows), dtype=bool)
    asked[planned.given] = True
    openings = np.zeros(len(rows), dtype=bool)
    openings[vacancies.given] = True
    openings &= ~asked
    other = np.zeros(len(rows), dtype=bool)
    for name in ("headcount", "past_hires", "leavers", "train_persons"):
        other[read_count(rows, name).given] = True
    post = rows["post"] if "post" in rows.columns else rows["occupation"]
    named = (post.notna() & (post.astype(object) != "")).to_numpy(dtype=bool)
    unnumbered = ~asked & ~openings & ~other & named

    def pick(of_plan: Floats, of_openings: Floats, of_some: float) -> Floats:
        chosen = np.where(asked, of_plan, np.where(openings, of_openings, 0.0))
        return np.where(unnumbered, of_some, chosen)

    count = Count(
        pick(planned.exact, yearly.exact, np.nan),
        pick(planned.low, yearly.low, 1.0),
        pick(planned.high, yearly.high, np.nan),
    )
    notes = []
    if openings.any():
        fields = {"months": months_open}
        notes.append(Note("survey.hires_from_vacancies", n=int(openings.sum()), fields=fields))
    if unnumbered.any():
        notes.append(Note("survey.post_without_number", n=int(unnumbered.sum())))
    return count, tuple(notes)


def seasonal_factors(register: pd.DataFrame | None) -> dict[int, float]:
    """Posts of each calendar month against the average month, from two full years or more."""
    if register is None or "posts_new" not in register.columns:
        return {}
    month = pd.to_datetime(register["month"], errors="coerce")
    totals = register["posts_new"].groupby(month).sum(min_count=1).dropna()
    years = len(totals) // 12
    if years < 2:
        return {}
    whole = totals.iloc[-12 * years :]
    factor = whole.groupby(pd.DatetimeIndex(whole.index).month).mean() / whole.mean()
    return {
        int(at): float(value)
        for at, value in zip(factor.index.to_list(), factor, strict=True)
        if value > 0
    }


@dataclass(frozen=True, eq=False)
class Shares:
    """Which occupations a row stands for.

    Attributes
    ----------
    matrix
        (rows x occupations); rows of coded posts have a single 1, others are shared out.
    split, mass
        ``matrix = split @ mass``, (rows x parts) and (parts x occupations): a part is an occupation
        or a set of rows that are shared out alike. A row with 500 occupations has one part, so
        sums over many replicates are taken by part.
    index
        Occupations, sorted.
    coded
        (n,) rows that name their occupation themselves.
    uncoded
        Rows that name neither an occupation nor a group of the classification.
    """

    matrix: sparse.csr_array
    split: sparse.csr_array
    mass: sparse.csr_array
    index: pd.Index
    coded: NDArray[np.bool_]
    uncoded: Codes
    notes: Notes


def parents_of(classification: HasFrame) -> dict[str, str]:
    """The code above every code; empty at the top."""
    frame = classification.frame.reset_index()
    parent = frame["parent"].astype(object).where(frame["parent"].notna(), "")
    return dict(zip(frame["code"].astype(str), parent.astype(str), strict=True))


def units_below(classification: HasFrame) -> dict[str, tuple[str, ...]]:
    """The units under every code of the tree."""
    frame = classification.frame.reset_index()
    parent = parents_of(classification)
    below: dict[str, list[str]] = {}
    for code in frame.loc[frame["level"] == "unit", "code"].astype(str):
        above = parent.get(code, "")
        while above:
            below.setdefault(above, []).append(code)
            above = parent.get(above, "")
    return {code: tuple(units) for code, units in below.items()}


def occupation_shares(
    rows: pd.DataFrame,
    size: Floats,
    classification: HasFrame,
    *,
    what: str,
    within: NDArray[np.object_],
    counted: NDArray[np.bool_] | None = None,
) -> Shares:
    """Rows to occupations; what is not coded to one is shared out, so that no demand vanishes.

    Rows known only by a group are shared over its units as the group's coded rows are (equally
    where it has none), rows known by nothing over the occupations of the coded rows of their
    class, else of all.

    Parameters
    ----------
    rows
        ``occupation, occupation_status``.
    size
        (n,) weighted size of each row, which gives the shares.
    what
        Named in the notes: ``posts`` or ``wishes``.
    within
        (n,) class of each row (its industry), within which uncoded rows are shared out.
    counted
        Rows that stand for something; the others are left out unless they are coded.
    """
    counted = np.ones(len(rows), dtype=bool) if counted is None else counted
    code = labels_of(rows, "occupation")
    status = labels_of(rows, "occupation_status")
    below = units_below(classification)
    coded = (status == "coded") & (code != "")
    grouped = (status == "group") & np.array([key in below for key in code], dtype=bool)
    uncoded = np.flatnonzero(~coded & ~grouped & counted)
    known = pd.Series(size[coded]).groupby(code[coded]).sum()
    known = known[known > 0]

    equal = 0
    alike: list[tuple[Codes, pd.Series]] = []
    for group in sorted(set(code[grouped])):
        places = np.flatnonzero(grouped & (code == group))
        mass = known[known.index.isin(below[group])]
        if mass.empty:
            equal += len(places)
            mass = pd.Series(1.0, index=list(below[group]))
        alike.append((places, mass))
    for name in sorted(set(within[uncoded])) if len(known) else []:
        like = coded & (within == name)
        mass = pd.Series(size[like]).groupby(code[like]).sum()
        mass = mass[mass > 0]
        alike.append((uncoded[within[uncoded] == name], known if mass.empty else mass))

    every = set(code[coded]).union(*(shared.index for _, shared in alike))
    index = pd.Index(sorted(every), name="occupation", dtype=object)
    part = np.full(len(rows), -1)
    part[coded] = index.get_indexer(pd.Index(code[coded]))
    for number, (members, _) in enumerate(alike, start=len(index)):
        part[members] = number
    split = grouping(part, len(index) + len(alike)).T.tocsr()
    mass = _mass([shared for _, shared in alike], index)
    counts = {
        "survey.group_shared": int(grouped.sum()),
        "survey.group_shared_equally": equal,
        "survey.uncoded": len(uncoded),
    }
    notes = tuple(
        Note(key, n=n, severity="warning" if key == "survey.uncoded" else "info", where=what)
        for key, n in counts.items()
        if n
    )
    matrix = sparse.csr_array(split @ mass)
    matrix.sort_indices()
    return Shares(matrix, split, mass, index, coded, uncoded, notes)


def _mass(alike: Sequence[pd.Series], index: pd.Index) -> sparse.csr_array:
    """An occupation is all itself; below, the occupations that rows shared out alike stand for."""
    blocks: list[sparse.sparray] = [sparse.eye_array(len(index), format="csr")]
    for shared in alike:
        share = shared.to_numpy(dtype=float) / shared.sum()
        at = index.get_indexer(shared.index)
        blocks.append(sparse.csr_array((share, at, [0, len(at)]), shape=(1, len(index))))
    return sparse.csr_array(sparse.vstack(blocks, format="csr"))


def cell_codes(rows: pd.DataFrame, keys: Sequence[Sequence[str]]) -> list[Codes]:
    """Codes of the combinations of columns, one array a combination, the last for all rows."""
    cells: list[Codes] = []
    for columns in keys:
        text = labels_of(rows, columns[0])
        for name in columns[1:]:
            text = text + "|" + labels_of(rows, name)
        cells.append(pd.factorize(text)[0].astype(np.intp))
    return [*cells, np.zeros(len(rows), dtype=np.intp)]


def labels_of(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    """A column as text, empty where it is missing or absent."""
    if name not in frame.columns:
        return np.full(len(frame), "", dtype=object)
    if isinstance(frame[name].dtype, pd.StringDtype):
        return frame[name].to_numpy(dtype=object, na_value="")
    return frame[name].astype(object).where(frame[name].notna(), "").astype(str).to_numpy(object)
