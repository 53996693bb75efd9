"""A survey's design, bound once to its data: the immutable sample every estimate starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xmdemand.errors import InputError, NotFoundError, name_some
from xmdemand.notes import Note, Notes
from xmdemand.survey.linearise import TAKE_ALL, Codes, Floats, SingletonRule, Stage

Columns = str | Sequence[str]


class Step(Protocol):
    """An adjustment of weights: repeatable on any weights, and known by its derivative."""

    @property
    def name(self) -> str: ...

    def apply(self, weights: Floats) -> tuple[Floats, NDArray[np.bool_]]: ...

    def pull_back(self, scores: Floats, before: Floats) -> Floats: ...

    def own_variance(self, scores: Floats, before: Floats, fraction: Floats) -> Floats: ...


@dataclass(frozen=True)
class Design:
    """How a sample was drawn, by column names.

    Parameters
    ----------
    strata
        Column of the strata; several columns mean their combination.
    psu
        Column of the primary sampling units; several columns are the stages in order. Units are
        nested: the same name in two strata means two units. None: every row is one.
    weights
        Column of the weights. None: they follow from `fpc`.
    fpc
        Column of the number of units in the stratum's population (or, all at most 1, the sampled
        fraction); several columns for several stages. Fewer columns than stages: the later
        stages count as drawn with replacement, so the first alone sets the variance (ultimate
        cluster).
    singleton
        What a stratum with one sampled unit adds to the variance: ``fail`` raises; ``certainty``
        nothing; ``adjust`` its square about zero, the mean of scores; ``average`` the mean of
        the other strata; ``merge`` joins it to the next stratum in order of their names.
    """

    strata: Columns | None = None
    psu: Columns | None = None
    weights: str | None = None
    fpc: Columns | None = None
    singleton: SingletonRule = "fail"

    def bind(self, frame: pd.DataFrame) -> Sample:
        """The sample of this design in `frame`, one row a responding or sampled element."""
        wanted = [*_names(self.strata), *_names(self.psu), *_names(self.weights), *_names(self.fpc)]
        absent = [name for name in wanted if name not in frame.columns]
        if absent:
            raise NotFoundError(
                f"design columns not in the data: {name_some(absent)}; "
                f"the data have {name_some(frame.columns, show=10)}"
            )
        stages, notes = build_stages(self, frame)
        weights = base_weights(self, frame, stages)
        return Sample(
            design=self, frame=frame, stages=stages, base=weights, weights=weights, notes=notes
        )


@dataclass(frozen=True, eq=False, repr=False)
class Sample:
    """Data under their design. Every adjustment returns a new sample that remembers it.

    Attributes
    ----------
    base
        (n,) weights as drawn.
    weights
        (n,) weights after every step.
    steps
        What was done to the weights, in order.
    """

    design: Design
    frame: pd.DataFrame
    stages: tuple[Stage, ...]
    base: Floats
    weights: Floats
    steps: tuple[Step, ...] = ()
    notes: Notes = ()

    def then(self, step: Step, *notes: Note) -> Sample:
        """The sample after one more adjustment."""
        weights, _ = step.apply(self.weights[:, None])
        return replace(
            self,
            weights=weights[:, 0],
            steps=(*self.steps, step),
            notes=(*self.notes, *notes),
        )

    @property
    def df(self) -> int:
        """Design degrees of freedom: sampled units less strata, of the first stage."""
        first = self.stages[0]
        return int(len(first.stratum) - len(first.sampled))


def _names(columns: Columns | None) -> tuple[str, ...]:
    if columns is None:
        return ()
    return (columns,) if isinstance(columns, str) else tuple(columns)


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


def _finite(frame: pd.DataFrame, name: str, what: str) -> Floats:
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
    bad = ~np.isfinite(values)
    if bad.any():
        raise InputError(
            f"{what} column {name!r} is missing or not a finite number in {int(bad.sum())} rows: "
            f"{name_some(frame.index[bad])}"
        )
    return values


def build_stages(design: Design, frame: pd.DataFrame) -> tuple[tuple[Stage, ...], Notes]:
    """The stages of sampling as arrays, checked.

    Raises
    ------
    InputError
        An empty frame, missing design values, an fpc that varies within a stratum or is smaller
        than the sample, or singleton strata without a rule.
    """
    if not len(frame):
        raise InputError("the data have no rows: a sample needs at least one")
    psus, fpcs = _names(design.psu), _names(design.fpc)
    if len(fpcs) > max(1, len(psus)):
        raise InputError(f"{len(fpcs)} fpc columns for {max(1, len(psus))} stages: one a stage")
    stratum, labels = combined(frame, _names(design.strata), "stratum")
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
    return settle_singletons(tuple(stages), design.singleton)


def sampled_fraction(
    frame: pd.DataFrame, name: str, stratum: Codes, labels: list[str], sampled: Floats
) -> Floats:
    """Share of each stratum's units in the sample, from population sizes or fractions."""
    values = _finite(frame, name, "fpc")
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
    if rule == "fail":
        raise InputError(
            f"{len(alone)} strata have a single sampled unit, from which no variance can be "
            f"estimated: {name_some(alone)}. Merge them in the data, or choose a rule: "
            "Design(singleton='certainty' | 'adjust' | 'average' | 'merge')"
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


def base_weights(design: Design, frame: pd.DataFrame, stages: Sequence[Stage]) -> Floats:
    """Weights as drawn: the design's column, or the inverse of the fractions of its fpc."""
    if design.weights is not None:
        values = _finite(frame, design.weights, "weights")
        if (values < 0).any():
            raise InputError(
                f"weights column {design.weights!r} is negative in {int((values < 0).sum())} "
                f"rows: {name_some(frame.index[values < 0])}"
            )
        if not values.any():
            raise InputError(f"weights column {design.weights!r} is zero in every row")
        return values
    if design.fpc is None:
        raise InputError(
            "a design needs weights or an fpc from which they follow: Design(weights=...) or "
            "Design(fpc=...)"
        )
    weights = np.ones(len(frame))
    for stage in stages:
        weights = weights / stage.fraction[stage.stratum[stage.unit]]
    return weights
