"""Replicate weights: the Rao-Wu rescaled bootstrap and the jackknife."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmdemand.draws import rng_for
from xmdemand.errors import InputError
from xmdemand.notes import Note, Notes
from xmdemand.survey.design import Sample
from xmdemand.survey.linearise import TAKE_ALL, Codes, Floats
from xmdemand.survey.nonresponse import NonResponse


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
        (n x n_draws).
    redrawn
        How many draws could not be adjusted and were drawn again.
    """

    sample: Sample
    weights: Floats
    redrawn: int = 0

    @property
    def notes(self) -> Notes:
        """The sample's notes, and how many draws were redrawn."""
        if not self.redrawn:
            return self.sample.notes
        note = Note("survey.redrawn", n=self.redrawn, fields={"draws": self.weights.shape[1]})
        return (*self.sample.notes, note)


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
        block = sample.base[:, None] * drawn[stage.unit]
        failed = np.zeros(len(wanted), dtype=bool)
        for step in sample.steps:
            block, lost = step.apply(block)
            failed |= lost
        weights[:, wanted] = block
        wanted = wanted[failed]
        redrawn += len(wanted)
        if redrawn > max(1, 0.01 * n):
            raise InputError(
                f"{redrawn} of {n} replicates could not be adjusted (more than 1%): weighting "
                "classes or margins are too fine for the sample; use coarser ones"
            )
        if not len(wanted):
            break
    return Replicates(sample, weights, redrawn)
