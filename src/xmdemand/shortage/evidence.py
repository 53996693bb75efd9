"""The witnesses' evidence on one index of occupations: aligned arrays, nothing estimated yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.draws import Draws
from xmdemand.errors import InputError, name_some
from xmdemand.notes import Note

if TYPE_CHECKING:
    from xmdemand.market.outlook import Outlook
    from xmdemand.survey.employers import EmployerDemand
    from xmdemand.survey.workers import WorkerIntent

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Units:
    """The occupations that have evidence, and their place in the tree."""

    codes: pd.Index
    names: NDArray[np.object_]
    lineage: NDArray[np.object_]
    major: NDArray[np.object_]
    minor: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def major_at(self) -> IntArray:
        """A running number per occupation for its major group."""
        return pd.factorize(self.major, sort=True)[0].astype(np.int64)

    @property
    def minor_at(self) -> IntArray:
        """A running number per occupation for its minor group."""
        return pd.factorize(self.minor, sort=True)[0].astype(np.int64)


@dataclass(frozen=True, eq=False)
class Survey:
    """The employer survey, aligned. An occupation no firm named is an observed zero."""

    planned: FloatArray
    """V: mean planned hires, persons."""
    certain: FloatArray
    variance: FloatArray
    reporters: FloatArray
    firms: FloatArray
    totals: Mapping[str, FloatArray]
    """Draws of totals, (n_draws x occupations)."""
    log_wage: FloatArray


@dataclass(frozen=True, eq=False)
class Register:
    """The register's outlook, aligned. `seen` marks occupations with a row in it."""

    seen: BoolArray
    posts: FloatArray
    seekers: FloatArray
    log_ratio: FloatArray
    growth: FloatArray
    posts_past: FloatArray
    seekers_past: FloatArray
    posts_stock: FloatArray
    seekers_stock: FloatArray
    ratio_printed: FloatArray
    ratio_computed: FloatArray
    areas: FloatArray
    """Districts in which more posts than seekers were registered."""
    not_stated: float


@dataclass(frozen=True, eq=False)
class Evidence:
    """Everything the inputs say of the same occupations, draw b beside draw b."""

    units: Units
    survey: Survey | None
    register: Register | None
    wished: FloatArray | None
    """Persons who wish to be trained, (n_draws x occupations); None without a worker survey."""
    n_draws: int
    notes: tuple[Note, ...] = ()


def align(
    demand: EmployerDemand | None,
    outlook: Outlook | None,
    intent: WorkerIntent | None,
    tree: pd.DataFrame,
    *,
    n_draws: int,
) -> Evidence:
    """Bring the inputs onto the union of their occupations.

    Parameters
    ----------
    demand, outlook, intent
        What the rooms hand over; absent ones are None.
    tree
        `Classification.frame`: ``code, name, level, parent, lineage``.
    n_draws
        Draws to use; every input must have at least as many (further ones are left out).

    Raises
    ------
    InputError
        If neither the employer survey nor the register is there, or an input has too few draws.
    """
    if demand is None and outlook is None:
        raise InputError.told(Note("shortage.no_evidence"))
    parts = {
        "demand": demand.hires if demand is not None else None,
        "outlook": outlook.posts if outlook is not None else None,
        "intent": intent.wished if intent is not None else None,
    }
    given = {name: part for name, part in parts.items() if part is not None}
    for name, part in given.items():
        if len(part) < n_draws:
            raise InputError(f"{name} has {len(part)} draws, {n_draws} are asked for")
    units, unknown = _units([part.index for part in given.values()], tree)
    notes = _notes(demand, outlook, intent, unknown)
    return Evidence(
        units=units,
        survey=_survey(demand, units.codes, n_draws) if demand is not None else None,
        register=_register(outlook, units.codes, n_draws) if outlook is not None else None,
        wished=_take(intent.wished, units.codes, n_draws, 0.0) if intent is not None else None,
        n_draws=n_draws,
        notes=notes,
    )


def _units(indexes: list[pd.Index], tree: pd.DataFrame) -> tuple[Units, list[str]]:
    wanted = sorted({str(code) for index in indexes for code in index})
    place = tree.drop_duplicates("code").set_index("code")
    known = [code for code in wanted if code in place.index]
    if not known:
        raise InputError.told(Note("shortage.no_known_occupation", name_some(wanted)))
    parent = place["parent"].to_dict()
    level = place["level"].to_dict()
    ancestors = [_ancestors(code, parent, level) for code in known]
    units = Units(
        codes=pd.Index(known, name="occupation"),
        names=place.loc[known, "name"].to_numpy(dtype=object),
        lineage=place.loc[known, "lineage"].to_numpy(dtype=object),
        major=np.array([found.get("major", "") for found in ancestors], dtype=object),
        minor=np.array([found.get("minor", "") for found in ancestors], dtype=object),
    )
    return units, [code for code in wanted if code not in place.index]


def _ancestors(code: str, parent: Mapping[Any, Any], level: Mapping[Any, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    at: Any = code
    while isinstance(at, str) and at in level:
        found[level[at]] = at
        at = parent.get(at)
    return found


def _notes(
    demand: EmployerDemand | None,
    outlook: Outlook | None,
    intent: WorkerIntent | None,
    unknown: list[str],
) -> tuple[Note, ...]:
    notes = []
    if demand is None:
        notes.append(Note("shortage.no_survey", severity="warning"))
    if outlook is None:
        notes.append(Note("shortage.no_register", severity="warning"))
    if intent is None:
        notes.append(Note("shortage.no_intent", severity="warning"))
    if unknown:
        notes.append(
            Note(
                "shortage.unknown_occupation",
                where=name_some(unknown),
                n=len(unknown),
                severity="warning",
            )
        )
    return tuple(notes)


def _take(draws: Draws, codes: pd.Index, n_draws: int, fill: float) -> FloatArray:
    return draws.reindex(codes, fill=fill).values[:n_draws]


def _column(frame: pd.DataFrame, column: str, codes: pd.Index, fill: float) -> FloatArray:
    if column not in frame.columns:
        return np.full(len(codes), fill)
    values = frame[column].reindex(codes).astype(float)
    return np.asarray(values.fillna(fill), dtype=np.float64)


def _survey(demand: EmployerDemand, codes: pd.Index, n_draws: int) -> Survey:
    planned = demand.hires.reindex(codes, fill=0.0).values.mean(axis=0)
    certain = demand.certain.reindex(codes).fillna(0.0).to_numpy(dtype=float)
    cells = demand.cells
    city = cells.loc[cells["district"] == "all"].set_index("occupation")
    return Survey(
        planned=planned,
        certain=np.minimum(certain, planned),
        variance=demand.variance.reindex(codes).fillna(0.0).to_numpy(dtype=float),
        reporters=_column(demand.frame, "reporters", codes, 0.0),
        firms=_column(city, "firms", codes, 0.0),
        totals={name: _take(draws, codes, n_draws, 0.0) for name, draws in demand.totals.items()},
        log_wage=_take(demand.log_wage, codes, n_draws, np.nan),
    )


def _register(outlook: Outlook, codes: pd.Index, n_draws: int) -> Register:
    frame = outlook.frame
    areas = outlook.districts
    short = areas.loc[areas["posts"] > areas["seekers"]].groupby("occupation").size()
    return Register(
        seen=np.asarray(codes.isin(outlook.posts.index), dtype=bool),
        posts=_take(outlook.posts, codes, n_draws, np.nan),
        seekers=_take(outlook.seekers, codes, n_draws, np.nan),
        log_ratio=_take(outlook.log_ratio, codes, n_draws, np.nan),
        growth=_take(outlook.growth, codes, n_draws, np.nan),
        posts_past=_column(frame, "posts_past", codes, 0.0),
        seekers_past=_column(frame, "seekers_past", codes, 0.0),
        posts_stock=_column(frame, "posts_stock", codes, 0.0),
        seekers_stock=_column(frame, "seekers_stock", codes, 0.0),
        ratio_printed=_column(frame, "ratio_printed", codes, np.nan),
        ratio_computed=_column(frame, "ratio_computed", codes, np.nan),
        areas=np.asarray(short.reindex(codes).fillna(0.0), dtype=np.float64),
        not_stated=float(outlook.not_stated),
    )
