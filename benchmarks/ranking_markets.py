"""Six labour markets, simulated a quarter of a month at a time.

A vacancy opens, waits, is filled, is withdrawn or stays open; a seeker registers or not, waits, is
hired or leaves. What differs between the markets is who meets whom and what comes of it; see
`KINDS` for their stories and `ranking_worlds` for what was fitted to which panel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xmdemand.draws import rng_for

Array = NDArray[np.float64]

N, GROUPS = 420, 48
STEPS = 4
"""Rounds of matching a month."""
AGES = 13
"""Vacancies by age in rounds; the last class is twelve rounds and more."""
OLD = 11
"""A vacancy in this class has been through twelve rounds, three months."""
BURN, SEEN, AHEAD = 12, 48, 12
"""Months: to come to rest, of history, and the year whose vacancies are the truth."""
MONTHS = BURN + SEEN + AHEAD
NOW = BURN + SEEN - 1
"""The month of the survey, the last that is seen."""
COMMON, OWN, MONTH = 0.050, 0.057, 0.08
"""Vacancies (logs): monthly steps of the city's cycle and an occupation's own path; noise."""
SEASON_COMMON, SEASON_OWN = 0.07, 0.06
"""Neighbouring months alike; three-month averages, as in the panel, show five sixths of it."""
PEOPLE_COMMON, PEOPLE_OWN = 0.025, 0.025
WITHDRAWN, GONE = 0.015, 0.03
"""A round: vacancies given up, seekers who go elsewhere."""
DECIDE = 0.3
"""Chance that an employer with a suitable applicant has decided within a round."""
FROM_JOBS = 0.4
"""Share of hires who come from another job, not from those who seek."""


@dataclass(frozen=True)
class Kind:
    """How one market differs from the others."""

    story: str
    meet: Callable[[Kind, Traits, State], Meeting]
    size: float = 16.2
    """Median new vacancies a month."""
    size_spread: float = 0.94
    ratio: float = 1.0
    """Median new vacancies per new seeker."""
    ratio_spread: float = 0.5
    suitable: tuple[float, float] = (1.0, 0.4)
    """Logit of the chance that a seeker suits a vacancy: mean and spread."""
    speed: float = 0.6
    """Meetings per vacancy and month where seekers and vacancies are equally many."""
    cover: tuple[float, float] = (0.4, 0.5)
    """Median share of posts and of seekers the register covers."""
    cover_spread: float = 0.5
    """Spread of the logs of both, apart."""
    cover_lean: float = 0.0
    """By how much both (logs) are lower where tightness is one spread higher."""
    blind: float = 0.0
    """Share of occupations the public service hardly serves."""
    own: float = 1.0
    """Scale of the occupations' own movements."""
    pay: bool = False
    """Pay decides who accepts and who stays; who leaves is replaced."""
    helpers: float = 0.0
    """Unregistered workers a month, the same number for every occupation. With them it is the gap
    in parts of the median size that is normal, not the log ratio."""


@dataclass(frozen=True, eq=False)
class Traits:
    """What lasts: one value an occupation."""

    group: NDArray[np.int64]
    size: Array
    ratio: Array
    tight: Array
    """Standardised log ratio."""
    fit: Array
    """Chance that a seeker suits."""
    turnover: Array
    """Leavers a year per employee."""
    pay: Array
    """Log offered pay against the going rate."""
    accept: Array
    quits: Array
    """New hires who quit, a month."""
    cover_posts: Array
    cover_seekers: Array


@dataclass(eq=False)
class State:
    """Who waits at one moment."""

    open: NDArray[np.int64]
    suited: NDArray[np.int64]
    unsuited: NDArray[np.int64]
    entered: NDArray[np.int64]
    """Seekers who came in this round, among the two."""


@dataclass(frozen=True, eq=False)
class Meeting:
    """Chance of being filled this round, by age or alike, and seekers a month turned away each."""

    filled: Array
    rejected: Array


@dataclass(frozen=True, eq=False)
class Market:
    """What happened, occupations x months; stocks are of the month's end."""

    traits: Traits
    opened: Array
    arrived: Array
    vacancies: Array
    month_old: Array
    old: Array
    """Open three months or longer."""
    reached: Array
    """Of the month's new vacancies: still open after three months."""
    filled: Array
    leavers: Array
    seekers: Array
    rejected: Array
    waited: Array
    """Filled in the year to come, by age in rounds."""
    expected: tuple[Array, Array]
    """Rates of new vacancies and registered seekers in the year to come, a month."""

    def unfilled(self, back: int = 0) -> Array:
        """Share of a year's vacancies still open after three months; 0 is the year to come."""
        return year(self.reached, back).sum(1) / np.maximum(year(self.opened, back).sum(1), 1)


def year(values: Array, back: int) -> Array:
    """Twelve months: 0 is the year to come, 1 the last, 2 the one before."""
    stop = MONTHS - 12 * back
    return values[:, stop - 12 : stop]


def _per_vacancy(people: Array, state: State) -> Array:
    return people / np.maximum(state.open.sum(axis=1), 1)


def _filled(suitable: Array) -> Array:
    """Chance of being filled in a round, from suitable applicants a month; deciding takes time."""
    return DECIDE * (1 - np.exp(-suitable))[:, None]


def random_matching(kind: Kind, traits: Traits, state: State) -> Meeting:
    """Meetings by a Cobb-Douglas function of the stocks, elasticity a half."""
    meetings = kind.speed * np.sqrt(_per_vacancy(state.suited + state.unsuited, state))
    return Meeting(_filled(meetings * traits.fit * traits.accept), meetings * (1 - traits.fit))


def urn_ball(kind: Kind, traits: Traits, state: State) -> Meeting:
    """Applications fall on vacancies at random, a fifth of them in the group's other trades."""
    vacancies = np.bincount(traits.group, state.open.sum(axis=1), GROUPS)[traits.group]

    def reach(people: Array) -> Array:
        near = np.bincount(traits.group, people, GROUPS)[traits.group] / np.maximum(vacancies, 1)
        return kind.speed * (0.8 * _per_vacancy(people, state) + 0.2 * near)

    return Meeting(_filled(reach(state.suited)), reach(state.unsuited))


def pooled(kind: Kind, traits: Traits, state: State) -> Meeting:
    """As `urn_ball`, without the neighbours: each seeker tries vacancies of the own trade."""
    tried = kind.speed * _per_vacancy(state.suited + state.unsuited, state)
    return Meeting(_filled(tried * traits.fit), tried * (1 - traits.fit))


def stock_flow(kind: Kind, traits: Traits, state: State) -> Meeting:
    """Vacancies try all who wait in their first month, later only those who come."""
    pair = kind.speed * traits.fit / np.maximum(traits.size / traits.ratio, 0.5)
    waiting = state.suited + state.unsuited - state.entered
    older = state.open[:, STEPS:].sum(axis=1)
    taken = state.entered * (1 - np.exp(-pair * older))
    filled = np.empty(state.open.shape)
    filled[:, :STEPS] = (1 - np.exp(-pair * waiting / STEPS))[:, None]
    filled[:, STEPS:] = np.minimum(taken / np.maximum(older, 1), DECIDE)[:, None]
    return Meeting(filled, STEPS * _per_vacancy(state.entered, state))


KINDS: dict[str, Kind] = {
    "stock-flow": Kind(
        "Those who wait have seen all that is open: a vacancy not filled in a month waits for "
        "people yet to come (Coles and Smith 1998). Trades differ in how often a pair suits.",
        stock_flow,
        suitable=(-1.2, 0.6),
        speed=1.0,
        ratio=0.9,
    ),
    "skills": Kind(
        "Many seek and few can do the work; the unsuitable wait longer and swell the register, "
        "and some apply in neighbouring trades (urn-ball, Petrongolo and Pissarides 2001).",
        urn_ball,
        ratio=0.6,
        ratio_spread=0.4,
        suitable=(0.2, 0.9),
        speed=0.35,
    ),
    "pay and churn": Kind(
        "Pay is off the going rate: low pay is refused more often and left sooner, and who leaves "
        "is replaced, so many vacancies open that are not hard to fill.",
        random_matching,
        size=12.0,
        speed=0.8,
        pay=True,
        ratio=0.9,
    ),
    "thin": Kind(
        "Small trades, and a public service that covers a part of each: less where skills are "
        "scarce, next to nothing in some. Matching efficiency differs between trades.",
        random_matching,
        size=4.7,
        suitable=(0.8, 0.8),
        speed=0.6,
        cover_spread=0.8,
        cover_lean=0.25,
        blind=0.06,
        ratio=0.9,
    ),
    "ratio is right": Kind(
        "One matching function with constant returns for all trades, covered alike: how many stay "
        "unfilled follows from vacancies per seeker alone.",
        random_matching,
        size=80.0,
        size_spread=0.7,
        ratio_spread=0.6,
        suitable=(1.0, 0.0),
        speed=0.55,
        cover=(0.6, 0.6),
        cover_spread=0.0,
        own=0.35,
        ratio=0.9,
    ),
    "gap is right": Kind(
        "Trades of like size, and for each the same number of workers a month from a labour "
        "agreement with another province, not registered. They make up for a certain gap between "
        "vacancies and registered seekers; what is short beyond it stays open.",
        pooled,
        size=60.0,
        size_spread=0.15,
        ratio_spread=0.25,
        suitable=(1.0, 0.0),
        speed=0.2,
        cover=(0.6, 0.6),
        cover_spread=0.0,
        own=0.35,
        helpers=38.0,
        ratio=1.8,
    ),
}


def draw_traits(kind: Kind, rng: np.random.Generator) -> Traits:
    """Occupations of one market; a third of what differs is common to a minor group."""
    group = np.sort(rng.choice(GROUPS, N, p=rng.dirichlet(np.full(GROUPS, 3.0))))

    def normal() -> Array:
        return np.sqrt(1 / 3) * rng.normal(size=GROUPS)[group] + np.sqrt(2 / 3) * rng.normal(size=N)

    size = kind.size * np.exp(kind.size_spread * normal())
    tight = normal()
    if kind.helpers:
        # Here the gap is what differs, so it is drawn: log ratios would tie it to the size.
        short = kind.size * (1 - 1 / kind.ratio + kind.ratio_spread * tight)
        ratio = size / np.maximum(size - short, 0.1 * size)
    else:
        ratio = kind.ratio * np.exp(kind.ratio_spread * tight)
    mean, spread = kind.suitable
    pay = 0.15 * normal()
    lean = np.exp(-kind.cover_lean * tight)
    served = np.where(rng.random(N) < kind.blind, 0.05, 1.0)
    covers = [
        (level * np.exp(kind.cover_spread * normal()) * lean * served).clip(0.01, 0.95)
        for level in kind.cover
    ]
    return Traits(
        group=group,
        size=size,
        ratio=ratio,
        tight=tight,
        fit=1 / (1 + np.exp(-(mean + spread * normal()))),
        turnover=(0.245 * np.exp(1.1 * normal())).clip(0.03, 3.0),
        pay=pay,
        accept=1 / (1 + np.exp(-(1 + 6 * pay))) if kind.pay else np.ones(N),
        quits=(0.08 * np.exp(-4 * pay + 0.5 * normal())).clip(0, 0.4) if kind.pay else np.zeros(N),
        cover_posts=covers[0],
        cover_seekers=covers[1],
    )


def draw_rates(kind: Kind, traits: Traits, rng: np.random.Generator) -> tuple[Array, Array]:
    """Expected new vacancies and registered seekers a month; paths are nought at the survey."""
    months = MONTHS + 3

    def path(step: float, rows: int) -> Array:
        walk = np.cumsum(step * rng.normal(size=(rows, months)), axis=1)
        return walk - walk[:, [NOW]]

    def season() -> Array:
        once = SEASON_COMMON * rng.normal(size=12) + SEASON_OWN * rng.normal(size=(N, 12))
        smooth = (np.roll(once, 1, axis=1) + once + np.roll(once, -1, axis=1)) / np.sqrt(3)
        return np.tile(smooth, months // 12 + 1)[:, :months]

    cycle = path(COMMON, 1)
    noise = MONTH * rng.normal(size=(N, months))
    posts = traits.size[:, None] * np.exp(cycle + path(kind.own * OWN, N) + season() + noise)
    people = path(PEOPLE_COMMON, 1) - 0.5 * cycle + path(kind.own * PEOPLE_OWN, N) + season()
    return posts, (traits.size / traits.ratio)[:, None] * np.exp(people)


def simulate(name: str, seed: int, scale: float = 1.0) -> Market:
    """One market of that kind; `scale` times as large it has the same rates and less luck."""
    kind = KINDS[name]
    traits = draw_traits(kind, rng_for(seed, "market", name, "traits"))
    posts, people = draw_rates(kind, traits, rng_for(seed, "market", name, "rates"))
    rng = rng_for(seed, "market", name, "events")
    expected = (posts[:, NOW + 1 : MONTHS].mean(axis=1), people[:, NOW + 1 : MONTHS].mean(axis=1))
    own = people / (people + kind.helpers)
    posts, people = scale * posts, scale * (people + kind.helpers)
    keep = {key: np.zeros((N, MONTHS + 3)) for key in _KEPT}
    waited = np.zeros(AGES)
    none = np.zeros(N, dtype=np.int64)
    state = State(np.zeros((N, AGES), dtype=np.int64), none, none, none)
    recent, reopened = none, none
    for step in range(STEPS * (MONTHS + 3)):
        month = step // STEPS
        new = rng.poisson(posts[:, month] / STEPS) + reopened
        state.open[:, -1] += state.open[:, -2]
        state.open[:, 1:-1] = state.open[:, :-2]
        state.open[:, 0] = new
        state.entered = rng.poisson(people[:, month] / STEPS)
        suited = rng.binomial(state.entered, traits.fit)
        state.suited = state.suited + suited
        state.unsuited = state.unsuited + state.entered - suited
        met = kind.meet(kind, traits, state)
        filled = rng.binomial(state.open, met.filled)
        state.open = state.open - filled
        state.open -= rng.binomial(state.open, WITHDRAWN)
        hired = filled.sum(axis=1)
        left = rng.binomial(recent, traits.quits / STEPS)
        reopened = rng.binomial(left, 0.9)
        recent = recent + hired - left
        recent = recent - rng.binomial(recent, 1 / (3 * STEPS))
        _leave(rng, kind, traits, state, hired, rng.binomial(left, 0.6))
        keep["opened"][:, month] += new
        keep["arrived"][:, month] += rng.binomial(state.entered, own[:, month])
        keep["filled"][:, month] += hired
        keep["leavers"][:, month] += left
        if step >= OLD:
            keep["reached"][:, (step - OLD) // STEPS] += state.open[:, OLD]
        if NOW < month < MONTHS:
            waited += filled.sum(axis=0)
        if step % STEPS == STEPS - 1:
            keep["vacancies"][:, month] = state.open.sum(axis=1)
            keep["month_old"][:, month] = state.open[:, STEPS - 1 :].sum(axis=1)
            keep["old"][:, month] = state.open[:, OLD:].sum(axis=1)
            keep["seekers"][:, month] = rng.binomial(state.suited + state.unsuited, own[:, month])
            keep["rejected"][:, month] = met.rejected
    kept = {key: values[:, :MONTHS] for key, values in keep.items()}
    return Market(traits=traits, waited=waited, expected=expected, **kept)


_KEPT = (
    "opened", "arrived", "vacancies", "month_old", "old", "reached", "filled", "leavers",
    "seekers", "rejected",
)  # fmt: skip


def _leave(
    rng: np.random.Generator,
    kind: Kind,
    traits: Traits,
    state: State,
    hired: NDArray[np.int64],
    back: NDArray[np.int64],
) -> None:
    """Hired seekers leave, some go elsewhere, and who quit comes back."""
    hired = rng.binomial(hired, 1 - FROM_JOBS)
    if kind.meet is urn_ball:
        state.suited = np.maximum(state.suited - hired, 0)
    else:
        # The chance to suit belongs to the pair: anyone waiting may be the one hired.
        share = state.suited / np.maximum(state.suited + state.unsuited, 1)
        suited = np.minimum(rng.binomial(hired, share), state.suited)
        state.suited = state.suited - suited
        state.unsuited = np.maximum(state.unsuited - (hired - suited), 0)
    state.suited = state.suited - rng.binomial(state.suited, GONE) + back
    slow = 0.7 if kind.meet is urn_ball else 1.0
    state.unsuited = state.unsuited - rng.binomial(state.unsuited, slow * GONE)
