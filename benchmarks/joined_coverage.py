"""Do the joined draws of planned hires hold the truth? Many samples and registers of one city.

    python benchmarks/joined_coverage.py --samples 100
    python benchmarks/joined_coverage.py --samples 10 --cities 8

The firms, their posts and what they plan stay; the sample, its non-response and the register are
drawn anew each time. The register sees a share of each occupation's plans that differs between
occupations (no rule of the model is used for it), and its forecast errs by a tenth. What is held
against the truth is C + θ, hires planned: demand given the realised share π, which is common to
all occupations and so would make a city all or nothing. Printed: coverage of 90% intervals by
number of reporting firms, of the joined draws and of the survey's own replicates, with the bias
and the median width over the truth.
"""

from __future__ import annotations

import argparse
import datetime as dt
import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xmdemand import survey, synth
from xmdemand.draws import Draws, rng_for
from xmdemand.market.outlook import Outlook
from xmdemand.occupations import Classification
from xmdemand.profile import Profile
from xmdemand.shortage.evidence import align
from xmdemand.shortage.past import read_past
from xmdemand.shortage.quantities import join_demand
from xmdemand.synth import labour, returns

LEVEL = 0.9
REPORTERS = [-1, 0, 2, 5, 15, 10_000]
LABELS = ["0", "1-2", "3-5", "6-15", "16 and more"]


@dataclass(frozen=True, eq=False)
class Population:
    """A city whose plans are known: all that stays from sample to sample."""

    city: synth.City
    posts: pd.DataFrame
    planned: pd.Series
    cover: pd.Series
    """Share of each occupation's plans the register sees."""
    profile: Profile
    classification: Classification


def make_population(seed: int = 1) -> Population:
    """One city, what its firms plan, and how well its register covers each occupation."""
    profile = Profile.load("xiamen")
    classification = profile.load_classification()
    city = synth.city(profile=profile, classification=classification, seed=seed, mess=False)
    start = (city.issued.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    history = labour.run(city.world, year=start.year, start=start.month)
    posts = returns.posts_now(city.world, history, year=start.year, start=start.month)
    seen = city.world.occupations
    return Population(
        city=city,
        posts=posts,
        planned=city.truth["planned"],
        cover=seen["post_cover"][seen["registered"]],
        profile=profile,
        classification=classification,
    )


def look_once(
    population: Population, seed: int, *, clean: bool = True, n_draws: int = 400
) -> pd.DataFrame:
    """One sample and one register: by occupation the truth, the reporters and both intervals."""
    city = population.city
    world = replace(city.world, seed=seed)
    year = city.options.year
    frame = returns.draw_sample(
        world, population.posts, year=year, nonresponse=not clean, sampling=True
    )
    employers = returns.answers(
        world,
        population.posts,
        frame,
        profile=population.profile,
        year=year,
        start=6,
        misreport=False,
        names=world.occupations["name"].to_numpy()[population.posts["occupation_at"]],
    )
    demand = survey.employer_demand(
        replace(city.tables, firms=frame, employers=employers),
        population.profile,
        classification=population.classification,
        n_draws=n_draws,
        seed=seed,
    )
    evidence = align(
        demand,
        register(population, seed, n_draws),
        None,
        population.classification.frame,
        n_draws=n_draws,
    )
    joined = join_demand(evidence, read_past(None, evidence.units, 1), seed)
    codes = evidence.units.codes
    return pd.DataFrame(
        {
            "truth": population.planned.reindex(codes).to_numpy(),
            "reporters": demand.frame["reporters"].reindex(codes).fillna(0).to_numpy(int),
            **interval("joined", joined.planned),
            **interval("survey", demand.hires.reindex(codes, fill=0.0).values),
            "weight": joined.survey_weight,
        },
        index=codes,
    )


def interval(name: str, draws: np.ndarray) -> dict[str, np.ndarray]:
    """Mean and the ends of the 90% interval of draws, as columns."""
    tail = (1 - LEVEL) / 2
    lower, upper = np.quantile(draws, [tail, 1 - tail], axis=0)
    return {name: draws.mean(axis=0), f"{name}_lower": lower, f"{name}_upper": upper}


def register(population: Population, seed: int, n_draws: int) -> Outlook:
    """What the register lets expect: a share of the plans, known up to a forecast error."""
    rng = rng_for(seed, "benchmark register")
    cover = population.cover
    posts = rng.binomial(population.planned[cover.index], cover).astype(float)
    centre = posts * rng.lognormal(0, 0.1, len(posts))
    drawn = centre * rng.lognormal(0, 0.1, (n_draws, len(posts)))
    draws = Draws(drawn, cover.index, "registered posts")
    nothing = pd.DataFrame(columns=["occupation", "district", "posts", "seekers"])
    return Outlook(
        posts=draws,
        seekers=draws,
        log_ratio=draws,
        growth=draws,
        monthly=pd.DataFrame(),
        districts=nothing,
        frame=pd.DataFrame(index=cover.index),
        track_record=pd.DataFrame(),
    )


def tabulate(looks: pd.DataFrame) -> pd.DataFrame:
    """Coverage, bias and width by number of reporters, and over all."""
    looks = looks.assign(
        **{
            f"held_{name}": looks["truth"].between(looks[f"{name}_lower"], looks[f"{name}_upper"])
            for name in ("joined", "survey")
        },
        width=(looks["joined_upper"] - looks["joined_lower"]) / looks["truth"].clip(lower=1),
        below=looks["truth"] < looks["joined_lower"],
        above=looks["truth"] > looks["joined_upper"],
        kind=pd.cut(looks["reporters"], REPORTERS, labels=LABELS),
    )
    parts = {"all": looks} | dict(list(looks.groupby("kind", observed=True)))
    return pd.DataFrame(
        {
            str(name): {
                "n": len(part),
                "joined": part["held_joined"].mean(),
                "truth below": part["below"].mean(),
                "truth above": part["above"].mean(),
                "survey alone": part["held_survey"].mean(),
                "bias": part["joined"].sum() / part["truth"].sum() - 1,
                "width": part["width"].median(),
                "survey's weight": part["weight"].mean(),
            }
            for name, part in parts.items()
        }
    ).T


def simulate(n_samples: int, *, seed: int = 1, clean: bool, n_draws: int = 400) -> pd.DataFrame:
    """All looks at one population, below each other."""
    population = make_population(seed)
    return pd.concat(
        [look_once(population, 1000 + at, clean=clean, n_draws=n_draws) for at in range(n_samples)]
    )


def main() -> None:
    """Print a table a city with the coverage of each, then of all together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--cities", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for clean in (True, False):
        looks = {
            seed: simulate(options.samples, seed=seed, clean=clean)
            for seed in range(1, options.cities + 1)
        }
        said = "full response" if clean else "with non-response"
        print(f"\n{options.cities} cities, {options.samples} samples of each, {said}")
        print(tabulate(pd.concat(looks)).round(3).to_string())
        each = [tabulate(part).loc["all", "joined"] for part in looks.values()]
        print("city by city:", *(f"{share:.3f}" for share in each), flush=True)


if __name__ == "__main__":
    main()
