"""A survey's design, bound once to its data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import pandas as pd

from xmdemand.errors import InputError, NotFoundError, name_some
from xmdemand.survey.linearise import Floats, SingletonRule, Stage
from xmdemand.survey.sample import Sample
from xmdemand.survey.stages import Columns, build_stages, finite_column


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

    Examples
    --------
    >>> firms = pd.DataFrame(
    ...     {"size": ["big", "big", "small", "small", "small"], "N": [2, 2, 30, 30, 30],
    ...      "hires": [40, 25, 2, 0, 4]}
    ... )
    >>> sample = Design(strata="size", fpc="N").bind(firms)
    >>> print(sample)
    Sample: 5 rows, 5 sampled units in 2 strata, 1 stage(s), df 3
      Design(strata='size', psu=None, weights=None, fpc='N', singleton='fail')
      weights: sum 32.0, 1 to 10
    >>> sample.total("hires", by="size").frame[["size", "estimate", "se"]].round(1)
        size  estimate    se
    0    big      65.0   0.0
    1  small      60.0  32.9
    """

    strata: Columns | str | None = None
    psu: Columns | str | None = None
    weights: str | None = None
    fpc: Columns | str | None = None
    singleton: SingletonRule = "fail"

    def __post_init__(self) -> None:
        for name in ("strata", "psu", "fpc"):
            columns = getattr(self, name)
            if not (columns is None or isinstance(columns, str)):
                object.__setattr__(self, name, tuple(columns))
        if self.singleton not in get_args(SingletonRule):
            raise InputError(
                f"singleton is one of {', '.join(get_args(SingletonRule))}, got {self.singleton!r}"
            )

    def bind(self, frame: pd.DataFrame) -> Sample:
        """The sample of this design in a copy of `frame`, one row a sampled element."""
        wanted = [
            *names_of(self.strata),
            *names_of(self.psu),
            *names_of(self.weights),
            *names_of(self.fpc),
        ]
        absent = [name for name in wanted if name not in frame.columns]
        if absent:
            raise NotFoundError(
                f"design columns not in the data: {name_some(absent)}; "
                f"the data have {name_some(frame.columns, show=10)}"
            )
        twice = frame.columns[frame.columns.duplicated()].unique()
        if len(twice):
            raise InputError(f"columns that the data have more than once: {name_some(twice)}")
        stages, notes = build_stages(
            frame,
            strata=names_of(self.strata),
            psu=names_of(self.psu),
            fpc=names_of(self.fpc),
            singleton=self.singleton,
        )
        weights = base_weights(self, frame, stages)
        return Sample(
            design=self,
            frame=frame.copy(),
            stages=stages,
            base=weights,
            weights=weights,
            notes=notes,
        )


def names_of(columns: Columns | str | None) -> tuple[str, ...]:
    """One column, several or none, as a tuple."""
    if columns is None:
        return ()
    return (columns,) if isinstance(columns, str) else tuple(columns)


def base_weights(design: Design, frame: pd.DataFrame, stages: Sequence[Stage]) -> Floats:
    """Weights as drawn: the design's column, or the inverse of the fractions of its fpc."""
    if design.weights is not None:
        values = finite_column(frame, design.weights, "weights")
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
