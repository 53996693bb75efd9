"""Do the survey's intervals hold what they promise? Repeated samples of a skewed population.

    python benchmarks/survey_coverage.py [samples [replicates [seed]]]

Firms are lognormal in size; hires are Poisson with a gamma factor of each firm; the largest firms
are taken whole, the others by industry x size class; a quarter of the firms refuse, the more the
smaller. Printed: coverage of nominal 95% intervals with its Monte Carlo error, relative bias, and
for occupations the coverage by number of reporting firms.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xmdemand.survey import Design, Sample

SAMPLED = {"1": 0.1, "2": 0.2, "3": 0.5, "4": 1.0}
"""Share sampled by size class: the larger the firm, the likelier (near Neyman's allocation)."""
DOMAIN_BINS = [0, 2, 5, 15, 50, 10_000]


@dataclass(frozen=True)
class World:
    """A population of firms with its truth: firm-level totals and one occupation a firm."""

    firms: pd.DataFrame
    n_occupations: int


def make_world(rng: np.random.Generator, n_firms: int = 3000, n_occupations: int = 60) -> World:
    size = np.clip(rng.lognormal(3, 1.2, n_firms), 1, 3000).round()
    firms = pd.DataFrame(
        {
            "industry": rng.choice(list("abcde"), n_firms, p=[0.35, 0.25, 0.2, 0.15, 0.05]),
            "employees": size,
            "size_class": pd.cut(size, [0, 10, 50, 200, np.inf], labels=list("1234")).astype(str),
        }
    )
    luck = rng.gamma(2, 0.5, n_firms)
    firms["hires"] = rng.poisson(0.15 * size**0.9 * luck).astype(float)
    share = 1 / np.arange(1, n_occupations + 1)
    firms["occupation"] = rng.choice(n_occupations, n_firms, p=share / share.sum())
    firms["stratum"] = firms["industry"] + firms["size_class"]
    firms["N"] = firms.groupby("stratum")["stratum"].transform("size").astype(float)
    firms["willing"] = np.where(firms["size_class"] == "4", 0.85, 0.7)
    return World(firms, n_occupations)


def draw_sample(world: World, rng: np.random.Generator, *, respond: bool) -> Sample:
    """A share of each stratum that rises with size, at least eight; all of the largest firms."""
    firms = world.firms
    order = rng.random(len(firms))
    rank = pd.Series(order).groupby(firms["stratum"].to_numpy()).rank().to_numpy()
    share = firms["size_class"].map(SAMPLED) * firms["N"]
    wanted = np.minimum(np.maximum(8, share), firms["N"])
    frame = firms[rank <= np.ceil(wanted)].reset_index(drop=True)
    frame["occupation"] = pd.Categorical(frame["occupation"], range(world.n_occupations))
    sample = Design(strata="stratum", fpc="N", singleton="adjust").bind(frame)
    if not respond:
        return sample
    answered = rng.random(len(frame)) < frame["willing"]
    status = np.where(answered, "responded", "refused")
    bound = Design(strata="stratum", fpc="N", singleton="adjust").bind(frame.assign(status=status))
    return bound.nonresponse("status", "size_class")


def simulate(
    world: World, n_samples: int, seed: int, *, respond: bool, replicates: int = 200
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Coverage of every statistic, and of occupations by number of reporters."""
    firms = world.firms
    truth = {"city total": firms["hires"].sum()}
    truth |= {
        f"industry {key} total": value
        for key, value in firms.groupby("industry")["hires"].sum().items()
    }
    truth["ratio to employees"] = firms["hires"].sum() / firms["employees"].sum()
    for name in ("replicates of it", "calibrated total", "replicates of this"):
        truth[name] = truth["city total"]
    by_occupation = firms.groupby("occupation")["hires"].sum().reindex(range(world.n_occupations))
    rng = np.random.default_rng(seed)
    rows: list[tuple[str, float, float, float]] = []
    domains = []
    for _ in range(n_samples):
        sample = draw_sample(world, rng, respond=respond)
        again = int(rng.integers(2**31))
        parts = [("city total", sample.total("hires").frame)]
        if replicates:
            drawn = sample.replicates(replicates, seed=again)
            parts.append(("replicates of it", drawn.total("hires").frame))
        parts += [
            ("ratio to employees", sample.ratio("hires", "employees").frame),
        ]
        for key, row in sample.total("hires", by="industry").frame.groupby("industry"):
            parts.append((f"industry {key} total", row))
        totals = {"(Intercept)": len(firms), "employees": firms["employees"].sum()}
        calibrated = sample.calibrate(totals, bounds=(0.2, 5), distance="logit")
        parts.append(("calibrated total", calibrated.total("hires").frame))
        if replicates:
            drawn = calibrated.replicates(replicates, seed=again)
            parts.append(("replicates of this", drawn.total("hires").frame))
        for name, table in parts:
            row = table.iloc[0]
            rows.append((name, row["estimate"], row["lower"], row["upper"]))
        table = sample.total("hires", by="occupation").frame
        counted = sample.weights > 0
        reporters = (
            sample.frame[counted & (sample.frame["hires"] > 0).to_numpy()]
            .groupby("occupation", observed=False)
            .size()
        )
        domains.append(
            pd.DataFrame(
                {
                    "reporters": reporters.to_numpy(),
                    "coverage": by_occupation.between(table["lower"], table["upper"]),
                }
            )
        )
    frame = pd.DataFrame(rows, columns=["statistic", "estimate", "lower", "upper"])
    frame["truth"] = frame["statistic"].map(truth)
    frame["hit"] = frame["lower"].le(frame["truth"]) & frame["upper"].ge(frame["truth"])
    table = frame.groupby("statistic", sort=False).agg(
        coverage=("hit", "mean"), estimate=("estimate", "mean"), truth=("truth", "first")
    )
    table["bias"] = table.pop("estimate") / table.pop("truth") - 1
    table["error"] = np.sqrt(table["coverage"] * (1 - table["coverage"]) / n_samples)
    pooled = pd.concat(domains)
    pooled = pooled[pooled["reporters"] > 0]
    pooled["reporters"] = pd.cut(pooled["reporters"], DOMAIN_BINS)
    groups = pooled.groupby("reporters", observed=True)
    return table, groups.mean().assign(n=groups.size())


def main() -> None:
    n_samples = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    replicates = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    world = make_world(np.random.default_rng(2026))
    for respond in (False, True):
        started = time.perf_counter()
        table, domains = simulate(world, n_samples, seed, respond=respond, replicates=replicates)
        print(
            f"\n{n_samples} samples, {'with non-response' if respond else 'full response'} "
            f"({time.perf_counter() - started:.0f} s)"
        )
        print(table.round(4).to_string())
        print("occupations, by number of reporting firms")
        print(domains.round(3).to_string())


if __name__ == "__main__":
    main()
