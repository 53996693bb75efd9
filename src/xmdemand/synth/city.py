"""A synthetic city: tables as a perfect intake would give them, and the truth beside them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from xmdemand.draws import rng_for
from xmdemand.errors import InputError
from xmdemand.intake.tables import Tables
from xmdemand.notes import Note
from xmdemand.results import Result
from xmdemand.synth import labour, registers, returns
from xmdemand.synth.world import (
    FIRST_YEAR,
    LAST_YEAR,
    SCALES,
    Scale,
    World,
    build_world,
    common_titles,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.occupations import Classification
    from xmdemand.profile import Profile
    from xmdemand.synth.labour import History

SHORT = 0.5
"""An occupation is short if this share of its vacancies stays open over three months."""


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for, so that a city can be drawn again."""

    year: int
    scale: Literal["small", "city"] | Scale
    seed: int
    misreport: bool
    nonresponse: bool
    mess: bool
    season: bool
    cycle: bool
    sampling: bool


@dataclass(frozen=True, eq=False)
class City(Result):
    """A synthetic city with known truth.

    Attributes
    ----------
    tables
        As a perfect intake would give them: every occupation coded rightly.
    truth
        Indexed by occupation, persons over the coming twelve months: ``name``; ``planned`` (hires
        all firms plan), ``hires`` (hires really wanted: what demand estimates), ``available``
        (people who will look for such work, graduates and trainees among them), ``gap``;
        ``wished`` (persons who wish training), ``intent`` (of them would enrol); ``upgrade``
        (staff all firms would train); ``unfilled`` (share of vacancies that will stay open over
        three months), ``need`` (such vacancies + upgrade), ``short`` (unfilled above `SHORT`).
    previous
        How the last twelve months turned out, same index: ``hires, available, unfilled, short``.
    years
        The same by ``year`` and ``occupation`` for every year the register covers, long.
    """

    tables: Tables
    truth: pd.DataFrame
    previous: pd.DataFrame
    years: pd.DataFrame
    options: Options
    profile: Profile
    classification: Classification
    world: World

    @property
    def frame(self) -> pd.DataFrame:
        """`truth`."""
        return self.truth

    @property
    def issued(self) -> dt.date:
        """The day its files are stamped with: the profile's cut-off of the year."""
        return dt.date.fromisoformat(f"{self.options.year}-{self.profile.calendar.cut_off}")


def city(
    *,
    profile: Profile,
    classification: Classification,
    year: int = 2026,
    scale: Literal["small", "city"] | Scale = "small",
    seed: int = 1,
    misreport: bool = True,
    nonresponse: bool = True,
    mess: bool = True,
    season: bool = True,
    cycle: bool = True,
    sampling: bool = True,
) -> City:
    """Draw a city.

    The same seed is the same city in every year: its firms and occupations stay, its past of one
    year is the future of the year before.

    Parameters
    ----------
    profile, classification
        What the city's districts, groups and occupations are.
    year
        Year of the edition; the coming twelve months begin after its cut-off day.
    scale
        ``small`` (600 firms, 140 occupations, 48 months) or ``city`` (12,000 firms of which about
        3,000 are sampled, 600 occupations, 60 months), or numbers of your own.
    seed
        Which city.
    misreport
        Firms round, exaggerate, forget, and write ranges or 若干.
    nonresponse
        Sampled firms refuse, cannot be reached or no longer exist; workers answer selectively.
    mess
        Posts carry everyday titles, and `write` makes files as people send them.
    season, cycle
        Whether months and the business cycle matter.
    sampling
        Firms are sampled by industry and size; without it every firm of the frame is asked.

    Examples
    --------
    >>> from xmdemand.occupations import Classification
    >>> from xmdemand.profile import Profile
    >>> here = city(profile=Profile.load("xiamen"), classification=Classification.load())
    >>> len(here.truth), here.tables.register["month"].nunique()
    (140, 48)
    """
    if not isinstance(scale, Scale) and scale not in SCALES:
        raise InputError.told(Note("synth.no_scale", fields={"found": scale}))
    if not FIRST_YEAR + 10 <= year < LAST_YEAR:
        raise InputError.told(
            Note(
                "synth.bad_year",
                fields={"first": FIRST_YEAR + 10, "last": LAST_YEAR - 1, "found": year},
            )
        )
    options = Options(year, scale, seed, misreport, nonresponse, mess, season, cycle, sampling)
    world = build_world(
        profile=profile,
        classification=classification,
        scale=scale if isinstance(scale, Scale) else SCALES[scale],
        seed=seed,
        season=season,
        cycle=cycle,
    )
    start = _start(profile, year)
    history = labour.run(world, year=start.year, start=start.month)
    posts = returns.posts_now(world, history, year=start.year, start=start.month)
    population = registers.people(world, profile, year=year)
    tables = _tables(world, history, posts, population, options, profile, start)
    years = _years(world, history, start.year)
    truth = _truth(world, history, posts, population, tables, years[years["year"] == start.year])
    last = years[years["year"] == start.year - 1]
    return City(
        tables=tables,
        truth=truth,
        previous=last.set_index("occupation").drop(columns="year"),
        years=years,
        options=options,
        profile=profile,
        classification=classification,
        world=world,
    )


def _start(profile: Profile, year: int) -> dt.date:
    """First day of the coming twelve months."""
    cut_off = dt.date.fromisoformat(f"{year}-{profile.calendar.cut_off}")
    return (cut_off.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def _tables(
    world: World,
    history: History,
    posts: pd.DataFrame,
    population: pd.DataFrame,
    options: Options,
    profile: Profile,
    start: dt.date,
) -> Tables:
    frame = returns.draw_sample(
        world,
        posts,
        year=start.year,
        nonresponse=options.nonresponse,
        sampling=options.sampling,
    )
    employers = returns.answers(
        world,
        posts,
        frame,
        profile=profile,
        year=start.year,
        start=start.month,
        misreport=options.misreport,
        names=_titles(world, posts, everyday=options.mess),
    )
    first = pd.Timestamp(start) - pd.DateOffset(months=history.past)
    firms = frame.assign(source=[f"synth!firms!{at + 1}" for at in range(len(frame))])
    return Tables(
        firms=firms,
        employers=employers,
        register=registers.register(world, history, first_month=first),
        workers=registers.worker_sample(
            world, population, profile=profile, year=start.year, nonresponse=options.nonresponse
        ),
        margins=registers.margins(population),
        pipeline=registers.pipeline(world, year=start.year),
        trainable=registers.trainable(world, profile, year=start.year),
    )


def _titles(world: World, posts: pd.DataFrame, *, everyday: bool) -> NDArray[np.object_]:
    """What each firm calls its post: the official name, or something people say."""
    names = world.occupations["name"].to_numpy()[posts["occupation_at"]]
    if not everyday:
        return names
    rng = rng_for(world.seed, "titles")
    said = common_titles()
    luck = rng.random((len(names), 2))
    return np.array(
        [
            said[name][int(pick * len(said[name]))] if name in said and often < 0.6 else name
            for name, (often, pick) in zip(names, luck, strict=True)
        ],
        dtype=object,
    )


def _years(world: World, history: History, last: int) -> pd.DataFrame:
    count = history.wanted.shape[1] // 12
    parts = []
    for at in range(count):
        months = slice(12 * at, 12 * at + 12)
        parts.append(
            pd.DataFrame(
                {
                    "year": last - count + 1 + at,
                    "occupation": world.occupations.index,
                    "hires": history.wanted[:, months].sum(axis=1).astype(float),
                    "available": history.seekers[:, months].sum(axis=1).astype(float),
                    "unfilled": np.nan_to_num(history.unfilled[:, at]),
                }
            )
        )
    years = pd.concat(parts, ignore_index=True)
    years["short"] = years["unfilled"] >= SHORT
    return years


def _truth(
    world: World,
    history: History,
    posts: pd.DataFrame,
    population: pd.DataFrame,
    tables: Tables,
    coming: pd.DataFrame,
) -> pd.DataFrame:
    coming = coming.set_index("occupation")
    truth = pd.DataFrame({"name": world.occupations["name"]})
    truth["planned"] = history.planned.astype(float)
    truth["hires"] = coming["hires"]
    truth["available"] = coming["available"] + _entering(tables.pipeline, truth.index)
    truth["gap"] = truth["hires"] - truth["available"]
    truth["wished"] = registers.wished(world, population)
    truth["intent"] = truth["wished"] * world.enrolment
    upgrade = np.zeros(len(truth))
    np.add.at(upgrade, posts["occupation_at"], posts["train_persons"])
    truth["upgrade"] = upgrade
    truth["unfilled"] = coming["unfilled"]
    truth["need"] = truth["unfilled"] * truth["hires"] + upgrade
    truth["short"] = coming["short"]
    return truth


def _entering(pipeline: pd.DataFrame | None, index: pd.Index) -> pd.Series:
    """Graduates and trainees who will work here, with usual shares where a file gives none."""
    if pipeline is None:
        return pd.Series(0.0, index=index)
    persons = (
        pipeline["persons"]
        * pipeline["entry_share"].fillna(0.55)
        * pipeline["stay_share"].fillna(0.64)
    )
    return persons.groupby(pipeline["occupation"]).sum().reindex(index).fillna(0.0)
