"""The indicators of shortage, each declared once, and their shrunken draws.

To change the index, change `INDICATORS` (or the weights in `edition.toml`): the checks, the
tables, the sensitivity analysis and the record read this table and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xmdemand.errors import InputError, NotFoundError, name_some
from xmdemand.notes import Note
from xmdemand.shortage.evidence import Evidence
from xmdemand.shortage.shrink import Shrunk, believable, shrink

FloatArray = NDArray[np.float64]
Transform = Literal["identity", "arcsine", "log"]
Measure = Callable[["Evidence", "LastYear"], "FloatArray | Direct | None"]

LEAST_SIGNAL = 0.05
"""An indicator with less of its variance between occupations would only add noise."""


@dataclass(frozen=True)
class Indicator:
    """One sign of shortage.

    Parameters
    ----------
    name
        Key, also in ``[method] weights`` of an edition.
    measure
        From `Evidence` and what the last edition knew to raw draws (n_draws x occupations) on the
        natural scale, or to `Direct` values; NaN where an occupation has none; None if the inputs
        cannot give it.
    direction
        +1 if a high value means shortage, -1 if a low one does.
    transform
        Scale on which it is shrunk and standardised: shares by arcsine of the root, which steadies
        their variance; logs are logs already.
    weight
        Share in the composite, before missing indicators are taken out.
    source
        ``survey`` or ``register``: whose counts say how thin the evidence is.
    minimum
        Cases (reporters; registered posts and seekers) an occupation needs to count as observed.
    centre, spread
        Fixed goalposts; without them the first edition's median and 1.4826 MAD.
    """

    name: str
    measure: Measure
    direction: int
    transform: Transform
    weight: float
    source: Literal["survey", "register"]
    minimum: float
    centre: float | None = None
    spread: float | None = None


@dataclass(frozen=True, eq=False)
class Direct:
    """Values on the transformed scale and their sampling variances, where a formula gives them."""

    estimate: FloatArray
    variance: FloatArray


@dataclass(frozen=True, eq=False)
class LastYear:
    """What indicators need of the last edition, aligned to this one's occupations."""

    log_wage: FloatArray
    """Mean log offered wage in the last edition, NaN where unknown."""


@dataclass(frozen=True, eq=False)
class Measured:
    """An indicator's shrunken draws on its transformed scale."""

    indicator: Indicator
    draws: FloatArray
    observed: NDArray[np.bool_]
    fit: Shrunk

    def signal(self) -> float:
        """Share of the draws' variance that lies between occupations (0: nothing but noise)."""
        between = float(np.var(self.draws.mean(axis=0)))
        within = float(np.mean(np.var(self.draws, axis=0)))
        # n_draws means of pure noise differ by within / n_draws.
        between -= within / len(self.draws)
        return between / (between + within) if between > 1e-12 else 0.0

    def natural(self) -> FloatArray:
        """The draws on the indicator's own scale."""
        return back(self.draws, self.indicator.transform)


def _share(part: str, whole: str) -> Callable[[Evidence, LastYear], FloatArray | None]:
    def measure(evidence: Evidence, _: LastYear) -> FloatArray | None:
        if evidence.survey is None:
            return None
        totals = evidence.survey.totals
        if part not in totals or whole not in totals:
            return None
        return ratio(totals[part], totals[whole])

    return measure


def _vacancy_rate(evidence: Evidence, _: LastYear) -> FloatArray | None:
    if evidence.survey is None:
        return None
    totals = evidence.survey.totals
    if "vacancies" not in totals or "headcount" not in totals:
        return None
    return ratio(totals["vacancies"], totals["vacancies"] + totals["headcount"])


def _unfilled(evidence: Evidence, _: LastYear) -> FloatArray | None:
    """Vacancies / (vacancies + hires of the last 12 months), d / (1 + d) at d years of waiting."""
    if evidence.survey is None:
        return None
    totals = evidence.survey.totals
    if "vacancies" not in totals or "past_hires" not in totals:
        return None
    return ratio(totals["vacancies"], totals["vacancies"] + totals["past_hires"])


def _carried_over(evidence: Evidence, _: LastYear) -> Direct | None:
    """Posts carried over / (carried over + new of a month), d / (1 + d) at d months of waiting.

    By Little's law the average stock is what comes in a month times the months it waits. A mean of
    n spells has a relative error of 1/√n where spells are exponential, hence q(1 - q)/4n for the
    arcsine of √q. Posts are compared with posts: how many of them the register covers cancels.
    """
    register = evidence.register
    if register is None:
        return None
    stock, new = 12 * register.posts_stock, register.posts_past
    known = np.isfinite(register.log_ratio).any(axis=0) & (new > 0)
    if not known.any():
        return None
    q = (stock + 0.5) / (stock + new + 1)  # a share of 0 or 1 has its error as well
    return Direct(
        forward(np.where(known, ratio(stock, stock + new), np.nan), "arcsine"),
        np.where(known, q * (1 - q) / (4 * (new + 1)), np.nan),
    )


def _log_ratio(evidence: Evidence, _: LastYear) -> FloatArray | None:
    return None if evidence.register is None else evidence.register.log_ratio


def _growth(evidence: Evidence, _: LastYear) -> FloatArray | None:
    return None if evidence.register is None else evidence.register.growth


def _wage_growth(evidence: Evidence, last: LastYear) -> FloatArray | None:
    if evidence.survey is None or not np.isfinite(last.log_wage).any():
        return None
    growth = evidence.survey.log_wage - last.log_wage
    known = np.isfinite(growth).all(axis=0)
    if not known.any():
        return None
    return growth - np.median(growth[:, known], axis=1, keepdims=True)


INDICATORS: tuple[Indicator, ...] = (
    Indicator("log_ratio", _log_ratio, 1, "identity", 0.20, "register", 6, 0.0, float(np.log(2.0))),
    Indicator("carried_over", _carried_over, 1, "arcsine", 0.25, "register", 6),
    Indicator("unfilled", _unfilled, 1, "arcsine", 0.20, "survey", 3),
    Indicator("long_open", _share("vacancies_3m", "vacancies"), 1, "arcsine", 0.15, "survey", 3),
    Indicator("vacancy_rate", _vacancy_rate, 1, "arcsine", 0.05, "survey", 3),
    Indicator(
        "skill_shortage", _share("unqualified", "vacancies"), 1, "arcsine", 0.05, "survey", 3
    ),
    Indicator("wage_growth", _wage_growth, 1, "identity", 0.05, "survey", 3),
    Indicator("demand_growth", _growth, 1, "identity", 0.05, "register", 6),
)
"""The composite index's indicators (design: signs of scarcity, never of size).

How long vacancies wait counts most, asked of firms and read off the register; half of the weight is
the register's and half the employers', so that either witness alone can rate an occupation.
"""
SPELLS = ("carried_over", "unfilled")
"""Indicators that are q = d/(1 + d) of the mean wait d, the best known first."""


def ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """part / whole, NaN where there is no whole (never infinity)."""
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)


def forward(values: FloatArray, transform: Transform) -> FloatArray:
    """To the scale on which an indicator is shrunk and standardised."""
    if transform == "arcsine":
        return np.arcsin(np.sqrt(np.clip(values, 0.0, 1.0)))
    return np.log(values) if transform == "log" else values


def back(values: FloatArray, transform: Transform) -> FloatArray:
    """The inverse of `forward`."""
    if transform == "arcsine":
        return np.sin(np.clip(values, 0.0, np.pi / 2)) ** 2
    return np.exp(values) if transform == "log" else values


def with_weights(
    indicators: Sequence[Indicator], weights: Mapping[str, float] | None
) -> tuple[Indicator, ...]:
    """The table with an edition's own weights.

    Raises
    ------
    NotFoundError
        For a name that is no indicator.
    InputError
        For weights that are negative or not finite, or that sum to zero.
    """
    given = dict(weights or {})
    unknown = sorted(set(given) - {item.name for item in indicators})
    if unknown:
        raise NotFoundError.told(
            Note(
                "shortage.no_indicator",
                name_some(unknown),
                fields={"known": ", ".join(item.name for item in indicators)},
            )
        )
    bad = [f"{name}={value:g}" for name, value in given.items() if not 0 <= value < np.inf]
    if bad:
        raise InputError.told(Note("shortage.bad_weights", name_some(bad)))
    table = tuple(replace(item, weight=given.get(item.name, item.weight)) for item in indicators)
    if sum(item.weight for item in table) <= 0:
        raise InputError.told(Note("shortage.no_weight"))
    return table


def measure_all(
    evidence: Evidence,
    last: LastYear,
    indicators: Sequence[Indicator],
    rng_of: Callable[[str], np.random.Generator],
) -> tuple[Mapping[str, Measured], tuple[Note, ...]]:
    """Every indicator the inputs allow, shrunken to minor groups, as draws.

    An indicator nobody can give, or that is the same everywhere, is left out with a note.

    Raises
    ------
    InputError
        If none is left.
    """
    found: dict[str, Measured] = {}
    notes: list[Note] = []
    for item in indicators:
        if item.weight <= 0:
            continue
        raw = item.measure(evidence, last)
        measured = None if raw is None else measure(item, raw, evidence, rng_of(item.name))
        if measured is None:
            notes.append(Note("shortage.indicator_missing", where=item.name, severity="warning"))
        elif measured.signal() <= 0:
            notes.append(Note("shortage.indicator_constant", where=item.name, severity="warning"))
        elif measured.signal() < LEAST_SIGNAL:
            notes.append(Note("shortage.indicator_noise", where=item.name, severity="warning"))
        else:
            found[item.name] = measured
    if not found:
        raise InputError.told(_none_left(notes, len(evidence.units)))
    return MappingProxyType(found), tuple(notes)


def _none_left(notes: Sequence[Note], n: int) -> Note:
    if n == 1:
        return Note("shortage.only_one")
    told = tuple(
        Note(note.code.replace("indicator_", "none_"), fields={"name": _named(note.where)})
        for note in notes
    )
    return Note("shortage.no_indicators", fields={"told": told})


def _named(indicator: str) -> Note:
    return Note(f"shortage.indicator_{indicator}")


def measure(
    item: Indicator, raw: FloatArray | Direct, evidence: Evidence, rng: np.random.Generator
) -> Measured | None:
    """Shrink one indicator's raw draws to its minor groups; None if nobody is observed."""
    n = cases(evidence, item.source)
    direct = raw if isinstance(raw, Direct) else _moments(forward(raw, item.transform))
    enough = np.isfinite(direct.estimate) & (n >= item.minimum)
    if not enough.any():
        return None
    estimate = np.where(enough, direct.estimate, np.nan)
    variance = believable(np.where(enough, direct.variance, np.nan), n)
    fit = shrink(estimate, variance, evidence.units.minor_at)
    return Measured(item, fit.draw(rng, evidence.n_draws), enough, fit)


def _moments(values: FloatArray) -> Direct:
    """Mean and variance of raw draws; NaN where half of them or more have no value."""
    usable = np.isfinite(values)
    count = np.maximum(usable.sum(axis=0), 1)
    mean = np.where(usable, values, 0.0).sum(axis=0) / count
    var = np.where(usable, (values - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count - 1, 1)
    enough = usable.mean(axis=0) >= 0.5
    return Direct(np.where(enough, mean, np.nan), np.where(enough, var, np.nan))


def cases(evidence: Evidence, source: str) -> FloatArray:
    """How many cases a source has of every occupation: reporters, or posts and seekers."""
    if source == "survey" and evidence.survey is not None:
        return evidence.survey.reporters
    if source == "register" and evidence.register is not None:
        register = evidence.register
        return np.maximum(
            register.posts_stock + register.seekers_stock,
            register.posts_past + register.seekers_past,
        )
    return np.zeros(len(evidence.units))
