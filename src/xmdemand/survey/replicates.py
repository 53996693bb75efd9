"""Replicate weights: the Rao-Wu rescaled bootstrap and the jackknife."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xmdemand.draws import Draws, check_level, rng_for
from xmdemand.errors import InputError
from xmdemand.notes import Note, Notes
from xmdemand.survey import estimates as est
from xmdemand.survey.estimates import Domains, Estimates
from xmdemand.survey.linearise import TAKE_ALL, Codes, Floats, grouping
from xmdemand.survey.nonresponse import NonResponse
from xmdemand.survey.sample import Sample

_AT_ONCE = 100
"""Replicates that are adjusted together; each is adjusted by itself, so it saves memory only."""


def rao_wu_multipliers(
    stratum: Codes,
    fraction: Floats,
    n_draws: int,
    rng: np.random.Generator,
) -> Floats:
    r"""Multipliers of the sampling units' weights in every bootstrap replicate.

    From the n_h units of a stratum m_h = n_h - 1 are drawn with replacement. With k_i the times
    unit i is drawn and f_h the sampled fraction (Rao, Wu and Yue 1992),

    .. math:: r_i = 1 - \lambda_h + \lambda_h \frac{n_h}{m_h} k_i, \qquad
              \lambda_h = \sqrt{\frac{m_h (1 - f_h)}{n_h - 1}}

    which is never negative. A stratum sampled completely keeps its weights. Units alone in their
    stratum are resampled together, as one stratum; a single such unit keeps its weight.

    Parameters
    ----------
    stratum
        (n_units,) stratum codes.
    fraction
        (n_strata,) sampled fractions.

    Returns
    -------
    array (n_units x n_draws)
    """
    out = np.ones((len(stratum), n_draws))
    sizes = np.bincount(stratum, minlength=len(fraction))
    alone = (sizes[stratum] == 1) & (fraction[stratum] < TAKE_ALL)
    groups = [np.flatnonzero(alone)] + [
        np.flatnonzero(stratum == h) for h in np.flatnonzero((sizes > 1) & (fraction < TAKE_ALL))
    ]
    for members in groups:
        n = len(members)
        if n < 2:
            continue
        rate = np.sqrt(1 - fraction[stratum[members]].mean())
        times = rng.multinomial(n - 1, np.full(n, 1 / n), size=n_draws).T
        out[members] = 1 - rate + rate * n / (n - 1) * times
    return out


def gamma_multipliers(
    n_units: int, n_draws: int, rng: np.random.Generator, *, variance: float
) -> Floats:
    """Multipliers for a sample without a probability design: gamma, mean 1, a given variance.

    A weighted bootstrap: with variance 1 it is the Bayesian bootstrap of Rubin (1981). Every unit
    stays in every replicate, so no class or margin is ever empty.
    """
    drawn = rng.gamma(1 / variance, variance, size=(n_units, n_draws))
    drawn = np.maximum(drawn, 1e-9)
    return np.asarray(drawn / drawn.mean(axis=0))


@dataclass(frozen=True, eq=False)
class Replicates:
    """Replicate weights of a sample, every adjustment repeated in each.

    Attributes
    ----------
    sample
        What they replicate.
    weights
        (n x n_replicates).
    coefficients
        (n_replicates,) what each replicate's squared deviation counts in a variance.
    kind
        ``bootstrap`` or ``jackknife``.
    redrawn
        How many bootstrap replicates could not be adjusted and were drawn again.
    """

    sample: Sample
    weights: Floats
    coefficients: Floats
    kind: Literal["bootstrap", "jackknife"] = "bootstrap"
    redrawn: int = 0

    @property
    def notes(self) -> Notes:
        """The sample's notes, that one stage of several is resampled, how many were redrawn."""
        notes = list(self.sample.notes)
        if (stages := len(self.sample.stages)) > 1:
            notes.append(Note("survey.later_stages", fields={"stages": stages}))
        if self.redrawn:
            fields = {"draws": self.weights.shape[1]}
            notes.append(Note("survey.redrawn", n=self.redrawn, fields=fields))
        return tuple(notes)

    def draws(
        self,
        variable: str,
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        unit: str = "",
    ) -> Draws:
        """A total in every bootstrap replicate, by domain, as draws.

        Raises
        ------
        InputError
            For a jackknife, whose replicates are no draws.
        """
        if self.kind != "bootstrap":
            raise InputError("jackknife replicates are no draws: use replicates(kind='bootstrap')")
        domains = est.domains_of(self.sample.frame, by, where)
        values = self._values(variable)
        totals = self._domain_sums(values, domains)
        table = domains.table
        if table.shape[1] == 0:
            index = pd.Index(["all"], name="domain")
        elif table.shape[1] == 1:
            index = pd.Index(table.iloc[:, 0])
        else:
            index = pd.MultiIndex.from_frame(table)
        return Draws(np.ascontiguousarray(totals.T), index, unit or variable)

    def total(
        self,
        variable: str,
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        level: float = 0.95,
    ) -> Estimates:
        """Totals with replicate standard errors and t intervals."""
        return self.ratio(variable, None, by=by, where=where, level=level)

    def mean(
        self,
        variable: str,
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        level: float = 0.95,
    ) -> Estimates:
        """Means with replicate standard errors and t intervals."""
        return self.ratio(variable, 1.0, by=by, where=where, level=level)

    def ratio(
        self,
        numerator: str,
        denominator: str | float | None,
        *,
        by: str | Sequence[str] | None = None,
        where: object | None = None,
        level: float = 0.95,
    ) -> Estimates:
        """Ratios with replicate standard errors; the denominator 1 gives means, None totals."""
        sample = self.sample
        domains = est.domains_of(sample.frame, by, where)
        above = self._values(numerator)
        below = self._values(denominator) if isinstance(denominator, str) else np.ones(len(above))
        point, _ = est.total_scores(above, sample.weights, domains)
        replicated = self._domain_sums(above, domains)
        if denominator is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                point = point / est.total_scores(below, sample.weights, domains)[0]
                replicated = replicated / self._domain_sums(below, domains)
        centre = replicated.mean(axis=1, keepdims=True)
        variance = (replicated - centre) ** 2 @ self.coefficients
        counted = (domains.codes >= 0) & (sample.weights > 0)
        n = np.bincount(domains.codes[counted], minlength=len(domains)).astype(float)
        level = check_level(level)
        degrees = np.full(len(domains), float(sample.df))
        table = est.tabulate(
            domains,
            point,
            variance,
            n=n,
            df=degrees,
            level=level,
            deff=np.full(len(domains), np.nan),
            interval=lambda value, se: est.t_interval(value, se, degrees, level),
        ).drop(columns=["deff", "deff_reference"])
        kind = "total" if denominator is None else "mean" if denominator == 1.0 else "ratio"
        return Estimates(kind, est.name_rows(table, domains, variable=numerator), self.notes)

    def _values(self, name: str) -> Floats:
        values = est.numbers_of(self.sample.frame, name)
        missing = np.isnan(values) & (self.sample.weights > 0)
        if missing.any():
            raise InputError(f"variable {name!r} is missing in {int(missing.sum())} rows")
        return np.nan_to_num(values)

    def _domain_sums(self, values: Floats, domains: Domains) -> Floats:
        return np.asarray(grouping(domains.codes, len(domains)) @ (values[:, None] * self.weights))


def resolved_fraction(sample: Sample) -> Floats:
    """Sampled fraction of each stratum that was resolved: responded or found out of scope.

    The non-respondents of a take-all stratum are a random loss, so the stratum is resampled as if
    its respondents had been drawn from it; at full response it keeps its weights.
    """
    stage = sample.stages[0]
    fraction = stage.fraction.copy()
    for step in sample.steps:
        if isinstance(step, NonResponse):
            units = stage.stratum[stage.unit]
            settled = np.isin(step.status, (0, 3))
            share = np.bincount(units, settled, len(fraction)) / np.bincount(units)
            fraction = fraction * share
    return fraction


def bootstrap(
    sample: Sample, n: int, seed: int, *, model_variance: float | None = None
) -> Replicates:
    """Rao-Wu replicates of a sample's weights, its steps repeated in each.

    Parameters
    ----------
    model_variance
        For samples without a probability design: the variance of gamma multipliers, which take
        the place of resampling (1 as if drawn at random; more is wider).

    Raises
    ------
    InputError
        If more than 1% of the draws cannot be adjusted (a class without a respondent, margins
        that are not reached).
    """
    stage = sample.stages[0]
    fraction = resolved_fraction(sample)
    weights = np.empty((len(sample.base), n))
    wanted = np.arange(n)
    redrawn = 0
    for attempt in range(10):
        rng = rng_for(seed, "survey.bootstrap", str(attempt))
        drawn = (
            rao_wu_multipliers(stage.stratum, fraction, len(wanted), rng)
            if model_variance is None
            else gamma_multipliers(len(stage.stratum), len(wanted), rng, variance=model_variance)
        )
        failed = np.zeros(len(wanted), dtype=bool)
        for first in range(0, len(wanted), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            block = sample.base[:, None] * drawn[stage.unit, some]
            for step in sample.steps:
                block, lost = step.apply(block)
                failed[some] |= lost
            weights[:, wanted[some]] = block
        wanted = wanted[failed]
        redrawn += len(wanted)
        if redrawn > max(1, 0.01 * n):
            raise InputError.told(
                Note("survey.too_many_redrawn", fields={"redrawn": redrawn, "draws": n})
            )
        if not len(wanted):
            break
    return Replicates(sample, weights, np.full(n, 1 / max(n - 1, 1)), "bootstrap", redrawn)


def jackknife(sample: Sample) -> Replicates:
    """One replicate a sampled unit, with that unit left out and its stratum's others raised.

    The variance is the sum of (1 - f_h)(n_h - 1) / n_h times the squared deviations from the
    replicates' mean (R survey's JKn, and JK1 without strata). Units of take-all strata are left
    out of no replicate at full response; a unit alone in its stratum cannot be left out.
    """
    stage = sample.stages[0]
    fraction = resolved_fraction(sample)[stage.stratum]
    size = stage.sampled[stage.stratum]
    left = np.flatnonzero((size > 1) & (fraction < TAKE_ALL))
    multipliers = np.ones((len(size), len(left)))
    for column, unit in enumerate(left):
        others = stage.stratum == stage.stratum[unit]
        multipliers[others, column] = size[unit] / (size[unit] - 1)
        multipliers[unit, column] = 0.0
    weights = sample.base[:, None] * multipliers[stage.unit]
    for step in sample.steps:
        weights, failed = step.apply(weights)
        if failed.any():
            raise InputError(
                f"{int(failed.sum())} of {len(left)} jackknife replicates could not be adjusted "
                f"({step.describe()}): weighting classes or margins are too fine for the sample"
            )
    coefficients = (1 - fraction[left]) * (size[left] - 1) / size[left]
    return Replicates(sample, weights, coefficients, "jackknife")
