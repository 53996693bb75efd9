"""Stages of sampling as arrays, built from a frame's columns and checked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xmdemand.errors import InputError, name_some
from xmdemand.notes import Note, Notes
from xmdemand.survey.linearise import TAKE_ALL, Codes, Floats, SingletonRule, Stage

Columns = Sequence[str]


def combined(frame: pd.DataFrame, columns: Sequence[str], what: str) -> tuple[Codes, list[str]]:
    """Codes and labels of the combinations of some columns; missing values are refused."""
    if not columns:
        return np.zeros(len(frame), dtype=np.intp), ["all"]
    missing = frame[list(columns)].isna().any(axis=1).to_numpy()
    if missing.any():
        raise InputError(
            f"{what} is missing in {int(missing.sum())} rows "
            f"({name_some(frame.index[missing])}): every row needs one"
        )
    parts = [frame[name].astype(str).to_numpy(dtype=object) for name in columns]
    keys = parts[0] if len(parts) == 1 else pd.Series(list(zip(*parts, strict=True))).to_numpy()
    codes, unique = pd.factorize(keys, sort=True)
    labels = [key if isinstance(key, str) else " x ".join(key) for key in unique]
    return codes.astype(np.intp), labels


def finite_column(frame: pd.DataFrame, name: str, what: str) -> Floats:
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    if bad.any():
        raise InputError(
            f"{what} column {name!r} is missing or not a finite number in {int(bad.sum())} rows: "
            f"{name_some(frame.index[bad])}"
        )
    return values


def build_stages(
    frame: pd.DataFrame, *, strata: Columns, psu: Columns, fpc: Columns, singleton: SingletonRule
) -> tuple[tuple[Stage, ...], Notes]:
    """The stages of sampling as arrays, checked.

    Raises
    ------
    InputError
        An empty frame, missing design values, an fpc that varies within a stratum or is smaller
        than the sample, or singleton strata without a rule.
    """
    if not len(frame):
        raise InputError.told(Note("survey.no_rows"))
    psus, fpcs = psu, fpc
    if len(fpcs) > max(1, len(psus)):
        raise InputError(f"{len(fpcs)} fpc columns for {max(1, len(psus))} stages: one a stage")
    stratum, labels = combined(frame, strata, "stratum")
    stages: list[Stage] = []
    scale = np.ones(len(labels))
    for at in range(max(1, len(fpcs))):
        column = psus[at : at + 1]
        inner = combined(frame, column, "psu")[0] if column else np.arange(len(frame))
        pairs = stratum * (int(inner.max()) + 1) + inner
        _, first, unit = np.unique(pairs, return_index=True, return_inverse=True)
        unit_stratum = stratum[first]
        sampled = np.bincount(unit_stratum, minlength=len(labels)).astype(float)
        fraction = (
            sampled_fraction(frame, fpcs[at], stratum, labels, sampled)
            if fpcs
            else np.zeros(len(labels))
        )
        stages.append(
            Stage(unit.astype(np.intp), unit_stratum, sampled, fraction, scale, tuple(labels))
        )
        scale = (scale * fraction)[unit_stratum]
        labels = [
            f"{labels[h]} / {frame[column[0]].iloc[i]}" if column else labels[h]
            for h, i in zip(unit_stratum, first, strict=True)
        ]
        stratum = unit.astype(np.intp)
    return settle_singletons(tuple(stages), singleton)


def sampled_fraction(
    frame: pd.DataFrame, name: str, stratum: Codes, labels: list[str], sampled: Floats
) -> Floats:
    """Share of each stratum's units in the sample, from population sizes or fractions."""
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
    lost = ~np.isfinite(values)
    if lost.any():
        strata = [labels[h] for h in np.unique(stratum[lost])]
        raise InputError(
            f"fpc column {name!r} is missing or not a finite number in {int(lost.sum())} rows "
            f"({name_some(frame.index[lost])}) of strata {name_some(strata)}: a stratum that is "
            "not in the frame has no population to stand for; give its size, or take its rows out"
        )
    low = np.full(len(labels), np.inf)
    high = np.full(len(labels), -np.inf)
    np.minimum.at(low, stratum, values)
    np.maximum.at(high, stratum, values)
    varies = [labels[h] for h in np.flatnonzero(high - low > 1e-9 * np.abs(high))]
    if varies:
        raise InputError(
            f"fpc column {name!r} varies within strata {name_some(varies)}: it is the stratum's "
            "population size (or sampled fraction), the same in all its rows"
        )
    if (low <= 0).any():
        bad = [labels[h] for h in np.flatnonzero(low <= 0)]
        raise InputError(f"fpc column {name!r} is zero or negative in strata {name_some(bad)}")
    if high.max() <= 1:
        return low
    if low.min() < 1:
        bad = [f"{labels[h]} ({low[h]:g})" for h in np.flatnonzero(low < 1)]
        raise InputError(
            f"fpc column {name!r} mixes population sizes with sampled fractions, below 1 in strata "
            f"{name_some(bad)}: give all strata one or the other"
        )
    short = np.flatnonzero(low < sampled * (1 - 1e-9))
    if len(short):
        named = name_some(f"{labels[h]} ({low[h]:g} < {sampled[h]:g} sampled)" for h in short)
        raise InputError(
            f"fpc column {name!r} is below the sample in strata {named}: a stratum cannot hold "
            "fewer units than were drawn from it"
        )
    return sampled / low


def settle_singletons(
    stages: tuple[Stage, ...], rule: SingletonRule
) -> tuple[tuple[Stage, ...], Notes]:
    """Refuse, merge or note strata with one sampled unit."""
    first = stages[0]
    alone = [stage.labels[h] for stage in stages for h in np.flatnonzero(stage.singletons)]
    if not alone:
        return stages, ()
    if rule == "fail" and len(first.unit) == 1:
        raise InputError.told(Note("survey.one_unit"))
    if rule == "fail":
        raise InputError.told(
            Note("survey.singleton_refused", n=len(alone), fields={"strata": name_some(alone)})
        )
    if rule == "merge":
        stages = (merge_singletons(first), *stages[1:])
    note = Note("survey.singleton", where=name_some(alone), n=len(alone), fields={"rule": rule})
    return stages, (note,)


def merge_singletons(stage: Stage) -> Stage:
    """Join every singleton stratum to the next one in order (the last to the one before)."""
    target = np.arange(len(stage.sampled))
    eligible = np.flatnonzero(stage.fraction < TAKE_ALL)
    sizes = stage.sampled.copy()
    for place, h in enumerate(eligible):
        if sizes[h] < 2 and len(eligible) > 1:
            to = eligible[place + 1] if place + 1 < len(eligible) else target[eligible[place - 1]]
            target[target == target[h]] = to
            sizes[to] += sizes[h]
    kept, codes = np.unique(target, return_inverse=True)
    sampled = np.bincount(codes, stage.sampled).astype(float)
    with np.errstate(divide="ignore"):
        population = np.bincount(codes, stage.sampled / stage.fraction)
    return Stage(
        unit=stage.unit,
        stratum=codes[stage.stratum].astype(np.intp),
        sampled=sampled,
        fraction=np.where(np.isfinite(population), sampled / population, 0.0),
        scale=stage.scale[kept],
        labels=tuple(stage.labels[h] for h in kept),
    )
