"""A sample: data under their design, with the verbs that adjust its weights and replicate them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from xmdemand.errors import InputError
from xmdemand.notes import Note, Notes
from xmdemand.survey import estimates as est
from xmdemand.survey.calibration import (
    Calibration,
    Distance,
    Totals,
    build_calibration,
    explain_misses,
)
from xmdemand.survey.diagnostics import most_influential, weight_diagnostics
from xmdemand.survey.estimation import Estimation
from xmdemand.survey.linearise import Floats, Stage
from xmdemand.survey.nonresponse import build_nonresponse
from xmdemand.survey.raking import Raking, build_raking
from xmdemand.survey.steps import Step, Winsorising

if TYPE_CHECKING:
    from xmdemand.survey.design import Design
    from xmdemand.survey.replicates import Replicates


@dataclass(frozen=True, eq=False, repr=False)
class Sample(Estimation):
    """Data under their design. Every adjustment returns a new sample that remembers it.

    Attributes
    ----------
    design
        How it was drawn.
    frame
        The data, a row an element; never filtered.
    stages
        The design as arrays.
    base
        (n,) weights as drawn.
    weights
        (n,) weights after every step.
    steps
        What was done to the weights, in order.

    Examples
    --------
    >>> from xmdemand.survey import Design
    >>> firms = pd.DataFrame(
    ...     {"status": ["responded"] * 19 + ["refused"], "kind": list("aabba") * 4,
    ...      "w": 10.0, "hires": [3.0, 5.0, 4.0, 4.0, 1.0] * 4}
    ... )
    >>> sample = Design(weights="w").bind(firms)
    >>> sample = sample.nonresponse("status").rake({"kind": {"a": 50, "b": 40}})
    >>> sample.total("hires").frame["estimate"].round(1).tolist()
    [319.1]
    >>> sample.replicates(500, seed=1).weights.shape
    (20, 500)
    >>> sample.steps[1].describe()
    'raked to the totals of kind (2)'
    """

    design: Design
    frame: pd.DataFrame
    stages: tuple[Stage, ...]
    base: Floats
    weights: Floats
    steps: tuple[Step, ...] = ()
    notes: Notes = ()

    def __post_init__(self) -> None:
        for weights in (self.base, self.weights):
            weights.setflags(write=False)

    def __repr__(self) -> str:
        first = self.stages[0]
        lines = [
            f"Sample: {len(self.frame):,} rows, {len(first.stratum):,} sampled units in "
            f"{len(first.sampled):,} strata, {len(self.stages)} stage(s), df {self.df}",
            f"  {self.design}",
            f"  weights: sum {self.weights.sum():,.1f}, {self.weights.min():.4g} to "
            f"{self.weights.max():.4g}",
        ]
        lines += [f"  {at}. {step.describe()}" for at, step in enumerate(self.steps, start=1)]
        lines += [f"  ! {note.say('en')}" for note in self.notes]
        return "\n".join(lines)

    def nonresponse(
        self,
        status: str,
        classes: str | Sequence[str] | None = None,
        *,
        status_map: Mapping[str, str] | None = None,
    ) -> Sample:
        """Let respondents stand for the non-respondents of their weighting class.

        Parameters
        ----------
        status
            Column that says what became of every sampled row: ``responded, refused, no_contact,
            out_of_scope, unknown`` (unknown eligibility), or words that `status_map` maps to
            these; it must cover every row.
        classes
            Columns whose combinations are the weighting classes; None is one class.

        Raises
        ------
        InputError
            Statuses that are not covered, or a class without a respondent.
        """
        step = build_nonresponse(
            self.frame, self.weights, status, classes, status_map=status_map or {}
        )
        return self.then(step)

    def rake(self, totals: Mapping[str, Mapping[object, float] | pd.Series]) -> Sample:
        """Rake to known totals of categories: ``{"stype": {"E": 4421, "H": 755}, ...}``.

        Raises
        ------
        InputError
            Margins that contradict each other or the sample, or are not reached; the message
            names the margin and how far it is off.
        """
        return self._calibrated(build_raking(self.frame, self.weights != 0, totals))

    def calibrate(
        self,
        totals: Totals,
        *,
        bounds: tuple[float, float] | None = None,
        distance: Distance | None = None,
    ) -> Sample:
        """Calibrate to known totals (generalised regression).

        Parameters
        ----------
        totals
            Numeric column to its total, column to totals by category, and ``"(Intercept)"`` to
            the population's size.
        bounds
            Limits of g, the factor by which a weight may change.
        distance
            ``linear`` (default without bounds), ``truncated`` (default with bounds), ``logit``
            or ``raking``.

        Raises
        ------
        InputError
            Totals that cannot be reached; the message names them and how far they are off.
        """
        if distance is None:
            distance = "linear" if bounds is None else "truncated"
        if distance not in get_args(Distance):
            raise InputError(
                f"distance is one of {', '.join(get_args(Distance))}, got {distance!r}"
            )
        if distance in ("truncated", "logit") and bounds is None:
            raise InputError(f"distance {distance!r} needs bounds, for example (0.3, 3)")
        if distance in ("linear", "raking") and bounds is not None:
            raise InputError(f"distance {distance!r} has no bounds: use 'truncated' or 'logit'")
        step = build_calibration(
            self.frame,
            self.weights != 0,
            totals,
            distance=distance,
            bounds=bounds or (0.0, float("inf")),
        )
        return self._calibrated(step)

    def _calibrated(self, step: Calibration | Raking) -> Sample:
        weights, failed = step.apply(self.weights[:, None])
        if failed.any():
            raise InputError(
                f"{step.describe()}: not reached, {explain_misses(step.margins(weights[:, 0]))}. "
                "Widen the bounds, merge categories, or check the totals against the sample"
            )
        negative = int((weights < 0).sum())
        if negative:
            return self.then(step, Note("survey.negative_weights", n=negative, severity="warning"))
        return self.then(step)

    def winsorise(self, limit: float = 3.0) -> Sample:
        """Cut weights above `limit` times their median; the others take what was cut."""
        if not limit > 1:
            raise InputError(f"limit is a multiple of the median weight above 1, got {limit:g}")
        cap = limit * np.median(self.weights[self.weights > 0])
        note = Note("survey.winsorised", n=int((self.weights > cap).sum()), fields={"limit": limit})
        return self.then(Winsorising(limit), note)

    def replicates(
        self,
        n: int = 1000,
        *,
        seed: int = 0,
        kind: Literal["bootstrap", "jackknife"] = "bootstrap",
    ) -> Replicates:
        """Replicate weights with every adjustment repeated in each.

        Parameters
        ----------
        n
            Bootstrap replicates; a jackknife has one a sampled unit.
        """
        from xmdemand.survey.replicates import bootstrap, jackknife

        if kind not in ("bootstrap", "jackknife"):
            raise InputError(f"kind is 'bootstrap' or 'jackknife', got {kind!r}")
        if n < 2:
            raise InputError(f"n is the number of replicates, at least 2, got {n}")
        return bootstrap(self, n, seed) if kind == "bootstrap" else jackknife(self)

    @property
    def diagnostics(self) -> pd.DataFrame:
        """What the adjustments did to the weights: ``step, item, value``."""
        return weight_diagnostics(self.base, self.weights_by_step())

    def influence(
        self,
        variable: str,
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        top: int = 1,
    ) -> pd.DataFrame:
        """The rows that carry most of a total: ``row, weight, value, share``, by domain."""
        domains = est.domains_of(self.frame, by, where)
        values = np.nan_to_num(est.numbers_of(self.frame, variable))
        return most_influential(values, self.weights, domains, self.frame.index, top=top)

    def then(self, step: Step, *notes: Note) -> Sample:
        """The sample after one more adjustment."""
        weights, _ = step.apply(self.weights[:, None])
        return replace(
            self,
            weights=weights[:, 0],
            steps=(*self.steps, step),
            notes=(*self.notes, *notes),
        )
