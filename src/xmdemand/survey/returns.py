"""Who was really sampled: frame and returns joined into one sample of establishments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xmdemand.notes import Note, Notes
from xmdemand.survey.design import Design
from xmdemand.survey.linearise import SingletonRule
from xmdemand.survey.nonresponse import STATUSES, NonResponse, nested_classes
from xmdemand.survey.raking import Margin, Raking, settled_margin
from xmdemand.survey.sample import Sample

Basis = Literal["design", "model", "none"]
CLASS_RESPONDENTS = 5
TRAITS = ("industry", "size_class", "district")


@dataclass(frozen=True, eq=False)
class Establishments:
    """The sampled and voluntary establishments as a sample with adjusted weights.

    Attributes
    ----------
    sample
        A row a unit: ``firm, industry, size_class, district, selection, status, stratum,
        population, weight``.
    basis
        ``design`` (a probability or take-all sample), ``model`` (all voluntary, calibrated to the
        frame), ``none`` (no frame: returns stand for themselves).
    """

    sample: Sample
    basis: Basis
    notes: Notes


def firm_keys(returns: pd.DataFrame) -> pd.Series:
    """What tells returns apart: the credit code, else the firm's name, else the row itself."""
    key = _text(returns, "firm")
    for name in ("firm_name", "source"):
        key = key.where(key != "", _text(returns, name))
    return key.where(key != "", "row " + returns.index.astype(str).to_series(index=returns.index))


def _text(frame: pd.DataFrame, name: str) -> pd.Series:
    if name not in frame.columns:
        return pd.Series("", index=frame.index, dtype=object)
    return frame[name].astype(object).where(frame[name].notna(), "").astype(str)


def returned_units(returns: pd.DataFrame) -> pd.DataFrame:
    """One row a firm that returned a form, with the traits it gives of itself."""
    units = pd.DataFrame({"firm": firm_keys(returns)})
    for name in TRAITS:
        units[name] = _text(returns, name)
    return units.drop_duplicates("firm").reset_index(drop=True)


def establishments(
    firms: pd.DataFrame | None, returns: pd.DataFrame, *, singleton: SingletonRule
) -> Establishments:
    """Join frame and returns; weight by design, else by calibration, else not at all."""
    answered = returned_units(returns)
    if firms is None or firms.empty:
        return _unframed(answered)
    units, notes = _framed_units(firms, answered)
    if not units["selection"].isin(["probability", "take_all"]).any():
        return _calibrated(units, notes)
    return _designed(units, notes, singleton)


def _framed_units(firms: pd.DataFrame, answered: pd.DataFrame) -> tuple[pd.DataFrame, Notes]:
    """Frame and out-of-frame returns as one table, with settled selection and status."""
    frame = pd.DataFrame({"firm": firm_keys(firms)})
    for name in (*TRAITS, "selection", "status"):
        frame[name] = _text(firms, name).to_numpy()
    frame["employees"] = (
        pd.to_numeric(firms["employees"], errors="coerce").to_numpy()
        if "employees" in firms.columns
        else np.nan
    )
    frame = frame.drop_duplicates("firm")
    outside = answered[~answered["firm"].isin(frame["firm"])]
    units = pd.concat([frame, outside], ignore_index=True)
    units["framed"] = np.arange(len(units)) < len(frame)
    units[["selection", "status"]] = units[["selection", "status"]].fillna("")
    returned = units["firm"].isin(answered["firm"])
    chosen = units["selection"].isin(["probability", "take_all"])

    notes = []

    def settle(rows: pd.Series, column: str, value: str, code: str) -> None:
        if rows.any():
            notes.append(Note(code, n=int(rows.sum()), severity="warning"))
        units.loc[rows, column] = value

    unasked = returned & ~chosen & units["framed"] & (units["selection"] != "voluntary")
    settle(unasked, "selection", "voluntary", "survey.return_not_sampled")
    settle(returned & ~units["framed"], "selection", "voluntary", "survey.return_not_in_frame")
    silent = chosen & ~returned & (units["status"] == "responded")
    settle(silent, "status", "no_contact", "survey.responded_without_return")
    blank = chosen & ~returned & ~units["status"].isin(STATUSES)
    settle(blank, "status", "unknown", "survey.status_missing")
    units.loc[returned, "status"] = "responded"
    units.loc[~returned & (units["selection"] == "voluntary"), "selection"] = ""
    return units, tuple(notes)


def _designed(units: pd.DataFrame, notes: Notes, singleton: SingletonRule) -> Establishments:
    """Weights N_h / n_h by stratum, take-all and voluntary units standing for themselves."""
    units = units.copy()
    cell = units["industry"] + " | " + units["size_class"]
    drawn = ~units["selection"].isin(["take_all", "voluntary"])
    units["stratum"] = (units["selection"] + " | " + cell).where(~drawn, cell)
    units.loc[units["selection"] == "voluntary", "stratum"] = "voluntary"
    joined = join_uncovered(units[drawn & units["framed"]])
    if drawn.any() and not (units["selection"] == "probability").any():
        notes = (*notes, Note("survey.frame_not_sampled", n=int(drawn.sum()), severity="warning"))
    if joined:
        units["stratum"] = units["stratum"].replace(joined)
        notes = (
            *notes,
            Note(
                "survey.stratum_without_sample",
                where="; ".join(sorted(joined)),
                n=len(joined),
                severity="warning",
            ),
        )
    sampled = units["selection"] != ""
    units["population"] = units.groupby("stratum")["firm"].transform("size").astype(float)
    units = units[sampled].reset_index(drop=True)
    taken = units.groupby("stratum")["firm"].transform("size")
    units["weight"] = units["population"] / taken
    sample = Design(strata="stratum", weights="weight", fpc="population", singleton=singleton).bind(
        units
    )
    cell = units["industry"] + " | " + units["size_class"]
    codes, labels = nested_classes(
        [
            list(units["selection"] + " | " + cell),
            list(units["selection"] + " | | " + units["size_class"]),
            list(units["selection"]),
        ],
        (units["status"] == "responded").to_numpy(),
        at_least=CLASS_RESPONDENTS,
    )
    status = units["status"].map({name: at for at, name in enumerate(STATUSES)})
    step = NonResponse(status.to_numpy(dtype=np.intp), codes, labels)
    return Establishments(sample.then(step), "design", notes)


def join_uncovered(units: pd.DataFrame) -> dict[str, str]:
    """Strata of the frame without a sampled unit, and the sampled stratum each is joined to.

    The one of the same industry nearest in size (mean log employees), else the nearest of all.
    """
    size = np.log(units["employees"].clip(lower=1).fillna(1))
    table = units.assign(size=size, taken=units["selection"] == "probability").groupby("stratum")
    strata = table.agg(
        industry=("industry", "first"), size=("size", "mean"), taken=("taken", "sum")
    )
    covered = strata[strata["taken"] > 0]
    if covered.empty:
        return {}
    joined = {}
    for name, row in strata[strata["taken"] == 0].iterrows():
        near = covered[covered["industry"] == row["industry"]]
        near = covered if near.empty else near
        joined[str(name)] = str((near["size"] - row["size"]).abs().idxmin())
    return joined


def _calibrated(units: pd.DataFrame, notes: Notes) -> Establishments:
    """All returns voluntary: rake them to the frame's industry, size class and district."""
    frame = units[units["framed"]]
    sampled = units[units["selection"] == "voluntary"].reset_index(drop=True)
    sampled["weight"] = len(frame) / len(sampled)
    sampled["stratum"], sampled["population"] = "all", float(len(frame))
    margins: list[Margin] = []
    for name in TRAITS:
        margin, said = settled_margin(sampled[name], frame[name].value_counts(), len(frame))
        margins.append(margin)
        notes = (*notes, *said)
    sample = Design(weights="weight").bind(sampled).then(Raking(tuple(margins)))
    notes = (*notes, Note("survey.all_voluntary", n=len(sampled), severity="warning"))
    return Establishments(sample, "model", notes)


def _unframed(answered: pd.DataFrame) -> Establishments:
    """No frame at all: every return stands for itself, and nothing is claimed beyond them."""
    units = answered.assign(
        selection="voluntary", status="responded", stratum="all", population=np.nan, weight=1.0
    )
    sample = Design(weights="weight").bind(units)
    note = Note("survey.no_frame", n=len(units), severity="warning")
    return Establishments(sample, "none", (note,))
