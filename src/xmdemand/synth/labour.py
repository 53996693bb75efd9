"""How vacancies and people meet, month by month: what is really short comes from here.

Vacancies and seekers wait in stocks. Each month a matching function of the den Haan, Ramey and
Watson form decides how many meet; a seeker who could not do the work meets nobody. Vacancies are
followed by age, so it is known which stay open over three months.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xmdemand.draws import rng_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.synth.world import World

GIVE_UP = 0.06
"""Share of open vacancies withdrawn a month."""
LEAVE = 0.18
"""Share of seekers who stop looking a month."""
CURVATURE = 2.0
BURN_IN_YEARS = 2


@dataclass(frozen=True, eq=False)
class History:
    """Months of the labour market, (occupations x months), persons.

    The last twelve months are the future; those before are what files may tell about.
    """

    wanted: NDArray[np.int64]
    """Vacancies opened."""
    seekers: NDArray[np.int64]
    """People who begin to look."""
    matched: NDArray[np.int64]
    vacancy_stock: NDArray[np.int64]
    """Open at the end of the month."""
    old_stock: NDArray[np.int64]
    """Of them open over three months."""
    seeker_stock: NDArray[np.int64]
    unfilled: NDArray[np.float64]
    """Share of the vacancies opened in a year of months that were still open after three, by
    occupation and year."""
    planned: NDArray[np.int64]
    """Planned hires of the coming twelve months, by occupation."""
    hires: NDArray[np.int64]
    """Hires really wanted in the coming twelve months, by occupation."""

    @property
    def past(self) -> int:
        """How many months lie behind."""
        return self.wanted.shape[1] - 12


def run(world: World, *, year: int, start: int) -> History:
    """Let the market run up to the edition of `year` and twelve months beyond.

    Parameters
    ----------
    world
        The city.
    year, start
        The coming twelve months begin with month `start` of `year`.
    """
    years = [year - back for back in range(world.scale.months // 12 + BURN_IN_YEARS, -1, -1)]
    opened = [_opened(world, each, start) for each in years]
    wanted = np.concatenate(opened, axis=1)
    seekers = np.concatenate([_arriving(world, each, start) for each in years], axis=1)
    stocks = _meet(world, wanted, seekers, years[0])
    keep = slice(12 * BURN_IN_YEARS, None)
    planned, hires = world.hires(year, start)
    return History(
        wanted=wanted[:, keep],
        seekers=seekers[:, keep],
        planned=planned,
        hires=hires,
        unfilled=stocks.pop("unfilled")[:, BURN_IN_YEARS:],
        **{name: array[:, keep] for name, array in stocks.items()},
    )


def _opened(world: World, year: int, start: int) -> NDArray[np.int64]:
    """Spread a year's wanted hires over its months."""
    _, hires = world.hires(year, start)
    weight = np.exp(world.paths["wanted"][:, world.months_of(year, start)])
    rng = rng_for(world.seed, "opened", str(year))
    return rng.multinomial(hires, weight / weight.sum(axis=1, keepdims=True))


def _arriving(world: World, year: int, start: int) -> NDArray[np.int64]:
    months = world.months_of(year, start)
    rng = rng_for(world.seed, "arriving", str(year))
    usual = world.base * world.occupations["supply"].to_numpy() / 12
    mean = usual[:, None] * np.exp(world.paths["seekers"][:, months])
    return rng.poisson(mean * rng.gamma(12.0, 1 / 12, mean.shape))


def _meet(
    world: World, wanted: NDArray[np.int64], seekers: NDArray[np.int64], year: int
) -> dict[str, NDArray]:
    n, months = wanted.shape
    qualified = world.occupations["qualified"].to_numpy()
    ages = np.zeros((n, 4), dtype=np.int64)  # open 0, 1, 2 months, and three or more
    looking = np.zeros(n, dtype=np.int64)
    matched, stock, old, people = (np.zeros((n, months), dtype=np.int64) for _ in range(4))
    reached_three = np.zeros((n, months))
    for month in range(months):
        if month % 12 == 0:  # a year's luck is its own, from whichever year the run began
            rng = rng_for(world.seed, "meet", str(year + month // 12))
        reached_three[:, month] = ages[:, 2]
        ages[:, 3] += ages[:, 2]
        ages[:, 1:3] = ages[:, 0:2]
        ages[:, 0] = wanted[:, month]
        looking += seekers[:, month]
        able = looking * qualified
        open_ = ages.sum(axis=1)
        chance = np.minimum(_meetings(open_, able) / np.maximum(open_, 1), 1.0)
        filled = rng.binomial(ages, chance[:, None])
        ages -= filled
        ages -= rng.binomial(ages, GIVE_UP)
        matched[:, month] = filled.sum(axis=1)
        looking = np.maximum(looking - matched[:, month], 0)
        looking -= rng.binomial(looking, LEAVE)
        stock[:, month], old[:, month], people[:, month] = ages.sum(axis=1), ages[:, 3], looking
    reached = reached_three.reshape(n, -1, 12).sum(axis=2)
    opened = wanted.reshape(n, -1, 12).sum(axis=2)
    return {
        "matched": matched,
        "vacancy_stock": stock,
        "old_stock": old,
        "seeker_stock": people,
        "unfilled": np.divide(
            np.minimum(reached, opened), opened, out=np.full(opened.shape, np.nan), where=opened > 0
        ),
    }


def _meetings(vacancies: NDArray[np.int64], people: NDArray[np.float64]) -> NDArray[np.float64]:
    """den Haan, Ramey, Watson (2000): m = v u / (v^c + u^c)^(1/c), never above either side."""
    norm = (vacancies**CURVATURE + people**CURVATURE) ** (1 / CURVATURE)
    return np.divide(vacancies * people, norm, out=np.zeros(len(people)), where=norm > 0)
