"""What the public employment service, schools and workers tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.draws import rng_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.profile import Profile
    from xmdemand.synth.labour import History
    from xmdemand.synth.world import World

NOT_STATED = 0.07
"""Share of registered seekers who state no occupation."""
AGE_BANDS = ("16-24", "25-34", "35-44", "45-54", "55-")


def register(world: World, history: History, *, first_month: pd.Timestamp) -> pd.DataFrame:
    """The register, as `Tables.register`: a share of what happens, other for each occupation."""
    rng = rng_for(world.seed, "register", str(first_month.year))
    seen = np.flatnonzero(world.occupations["registered"])
    months = history.past
    shares = _district_shares(world)[seen]
    drift = np.exp(0.1 * np.sin(np.arange(months) / 17.0))
    cover = {
        side: np.clip(world.occupations[f"{side}_cover"].to_numpy()[seen, None] * drift, 0, 0.95)
        for side in ("post", "seeker")
    }
    flows = {
        "posts_new": (history.wanted, cover["post"]),
        "seekers_new": (history.seekers, cover["seeker"]),
        "posts_carried": (_carried(history.vacancy_stock), cover["post"] * 0.9),
        "seekers_carried": (_carried(history.seeker_stock), cover["seeker"] * 0.9),
    }
    counts = {
        name: rng.binomial(_by_district(rng, full[seen, :months], shares), share[:, None, :])
        for name, (full, share) in flows.items()
    }
    lost = rng.binomial(counts["seekers_new"], NOT_STATED)
    counts["seekers_new"] = counts["seekers_new"] - lost
    when = pd.date_range(first_month, periods=months, freq="MS")
    table = _long(world, counts, seen, when)
    return pd.concat([table, _not_stated(world, lost.sum(axis=0), when)], ignore_index=True).assign(
        source=lambda found: [f"synth!register!{at + 1}" for at in range(len(found))]
    )


def _carried(stock: NDArray[np.int64]) -> NDArray[np.int64]:
    """What was left at the end of the month before."""
    return np.concatenate([stock[:, :1], stock[:, :-1]], axis=1)


def _district_shares(world: World) -> NDArray[np.float64]:
    """Where each occupation's work is: (occupations x districts)."""
    names = sorted(world.firms["district"].unique())
    at = pd.Index(names).get_indexer(world.firms["district"])[world.posts["firm_at"]]
    table = np.full((len(world.occupations), len(names)), 1e-9)
    np.add.at(table, (world.posts["occupation_at"].to_numpy(), at), world.posts["base"].to_numpy())
    table += table.sum(axis=1, keepdims=True) * 0.02
    return table / table.sum(axis=1, keepdims=True)


def _by_district(
    rng: np.random.Generator, full: NDArray[np.int64], shares: NDArray[np.float64]
) -> NDArray[np.int64]:
    """(occupations x months) -> (occupations x districts x months)."""
    split = rng.multinomial(full, np.broadcast_to(shares[:, None], (*full.shape, shares.shape[1])))
    return np.moveaxis(split, 2, 1)


def _long(
    world: World,
    counts: dict[str, NDArray[np.int64]],
    seen: NDArray[np.intp],
    when: pd.DatetimeIndex,
) -> pd.DataFrame:
    districts = sorted(world.firms["district"].unique())
    codes = world.occupations.index.to_numpy()[seen]
    n, d, m = len(codes), len(districts), len(when)
    table = pd.DataFrame(
        {
            "occupation": np.repeat(codes, d * m),
            "occupation_status": "coded",
            "district": np.tile(np.repeat(np.array(districts, dtype=object), m), n),
            "month": np.tile(when.to_numpy(), n * d),
            **{name: values.reshape(-1).astype(float) for name, values in counts.items()},
        }
    )
    return _totals(table)


def _not_stated(world: World, lost: NDArray[np.int64], when: pd.DatetimeIndex) -> pd.DataFrame:
    districts = sorted(world.firms["district"].unique())
    table = pd.DataFrame(
        {
            "occupation": "",
            "occupation_status": "not_stated",
            "district": np.repeat(np.array(districts, dtype=object), len(when)),
            "month": np.tile(when.to_numpy(), len(districts)),
            "posts_new": 0.0,
            "seekers_new": lost.reshape(-1).astype(float),
            "posts_carried": 0.0,
            "seekers_carried": 0.0,
        }
    )
    return _totals(table)


def _totals(table: pd.DataFrame) -> pd.DataFrame:
    table["posts_total"] = table["posts_carried"] + table["posts_new"]
    table["seekers_total"] = table["seekers_carried"] + table["seekers_new"]
    table["ratio_printed"] = np.nan
    order = "occupation occupation_status district month posts_carried posts_new posts_total"
    return table[
        [*order.split(), "seekers_carried", "seekers_new", "seekers_total", "ratio_printed"]
    ]


def people(world: World, profile: Profile, *, year: int) -> pd.DataFrame:
    """The working population with its wishes: ``district, group, age_band, wishes, wish_1..3``.

    A wish is the position of an occupation, -1 if there is none.
    """
    rng = rng_for(world.seed, "people", str(year))
    n = world.scale.population
    districts = np.array([one.name for one in profile.districts], dtype=object)
    groups = np.array([one.name for one in profile.groups] or [""], dtype=object)
    size = rng_for(world.seed, "groups").dirichlet(np.full(len(groups), 4.0))
    group = rng.choice(len(groups), n, p=size)
    taste = rng_for(world.seed, "taste").lognormal(0, 0.6, (len(groups), len(world.occupations)))
    odds = (taste * world.occupations["wish"].to_numpy()).cumsum(axis=1)
    wishes = rng.choice(4, n, p=[0.35, 0.35, 0.20, 0.10])
    chosen = np.full((n, 3), -1)
    for at in range(len(groups)):
        rows = np.flatnonzero(group == at)
        luck = rng.random((len(rows), 3)) * odds[at, -1]
        chosen[rows] = np.searchsorted(odds[at], luck).clip(max=odds.shape[1] - 1)
    chosen[:, 1][chosen[:, 1] == chosen[:, 0]] = -1
    chosen[:, 2][(chosen[:, 2] == chosen[:, 0]) | (chosen[:, 2] == chosen[:, 1])] = -1
    chosen[np.arange(3) >= wishes[:, None]] = -1
    return pd.DataFrame(
        {
            "district": rng.choice(districts, n),
            "group": groups[group],
            "age_band": rng.choice(
                np.array(AGE_BANDS, dtype=object), n, p=[0.18, 0.3, 0.24, 0.18, 0.1]
            ),
            "wishes": (chosen >= 0).sum(axis=1),
            **{f"wish_{at + 1}": chosen[:, at] for at in range(3)},
        }
    )


def wished(world: World, population: pd.DataFrame) -> NDArray[np.float64]:
    """Persons who wish training by occupation; one with m wishes counts 1/m for each."""
    total = np.zeros(len(world.occupations))
    share = 1 / population["wishes"].clip(lower=1).to_numpy()
    for at in range(1, 4):
        wish = population[f"wish_{at}"].to_numpy()
        np.add.at(total, wish[wish >= 0], share[wish >= 0])
    return total


def worker_sample(
    world: World, population: pd.DataFrame, *, profile: Profile, year: int, nonresponse: bool
) -> pd.DataFrame:
    """The worker survey, as `Tables.workers`."""
    rng = rng_for(world.seed, "worker sample", str(year))
    odds = np.ones(len(population))
    if nonresponse:
        tendency = rng.lognormal(0, 0.4, population["group"].nunique())
        odds = tendency[pd.factorize(population["group"], sort=True)[0]]
        odds = odds * np.where(population["age_band"] == AGE_BANDS[0], 1.4, 1.0)
    size = min(world.scale.workers, len(population))
    picked = rng.choice(len(population), size, replace=False, p=odds / odds.sum())
    people_ = population.iloc[picked].reset_index(drop=True)
    people_.insert(0, "person", np.arange(1, len(people_) + 1))
    ladder = [
        one.key for one in sorted(profile.levels, key=lambda one: one.order) if not one.outside
    ]
    keys = np.array(["", *ladder[1:5]], dtype=object)
    people_["level"] = keys[rng.integers(0, len(keys), len(people_))]
    long = people_.melt(
        id_vars=["person", "district", "group", "age_band", "wishes", "level"],
        value_vars=["wish_1", "wish_2", "wish_3"],
        value_name="at",
    )
    keep = (long["at"] >= 0) | ((long["wishes"] == 0) & (long["variable"] == "wish_1"))
    long = long[keep].sort_values(["person", "variable"], ignore_index=True)
    codes = np.append(world.occupations.index.to_numpy(), "")
    names = np.append(world.occupations["name"].to_numpy(), "")
    long["occupation"] = codes[long["at"]]
    long["wish"] = names[long["at"]]
    long["level"] = long["level"].where(long["occupation"] != "", "")
    long["occupation_status"] = np.where(long["occupation"] == "", "", "coded")
    long["selection"] = "probability"
    long["source"] = [f"synth!workers!{at + 1}" for at in range(len(long))]
    order = "person district group age_band selection occupation occupation_status wish level"
    return long[[*order.split(), "wishes", "source"]]


def margins(population: pd.DataFrame) -> pd.DataFrame:
    """Known totals of the population, as `Tables.margins`."""
    parts = [
        population.groupby(name, sort=True)
        .size()
        .rename("persons")
        .reset_index()
        .rename(columns={name: "category"})
        .assign(variable=name)
        for name in ("district", "group", "age_band")
    ]
    table = pd.concat(parts, ignore_index=True)[["variable", "category", "persons"]]
    table["persons"] = table["persons"].astype(float)
    table["source"] = [f"synth!margins!{at + 1}" for at in range(len(table))]
    return table


def pipeline(world: World, *, year: int) -> pd.DataFrame:
    """Graduates and trainees to come, as `Tables.pipeline`."""
    rng = rng_for(world.seed, "pipeline", str(year))
    rows = []
    for at, code in enumerate(world.occupations.index):
        for kind, share in (("graduates", 0.08), ("trainees", 0.03)):
            if rng.random() < 0.35:
                persons = float(rng.poisson(world.base[at] * share))
                given = rng.random() < 0.6
                entry, stay = rng.beta(6, 5), rng.beta(7, 4)
                shares = (round(entry, 2), round(stay, 2)) if given else (np.nan, np.nan)
                rows.append((code, kind, persons, *shares))
    columns = ["occupation", "kind", "persons", "entry_share", "stay_share"]
    table = pd.DataFrame(rows, columns=columns)
    table["source"] = [f"synth!pipeline!{at + 1}" for at in range(len(table))]
    return table


def trainable(world: World, profile: Profile, *, year: int) -> pd.DataFrame:
    """What can be trained and assessed, as `Tables.trainable`."""
    rng = rng_for(world.seed, "trainable", str(year))
    ladder = [
        one.key for one in sorted(profile.levels, key=lambda one: one.order) if not one.outside
    ]
    usual = ladder[1:6] or ladder
    special = [one.key for one in profile.levels if one.outside][:1]
    rows = []
    for code, lowest in zip(world.occupations.index, world.lowest_level, strict=True):
        if rng.random() < 0.08:
            continue
        highest = min(int(lowest), len(usual) - 1) + int(rng.integers(1, 4))
        levels = special if special and rng.random() < 0.06 else usual[:highest]
        rows.append((code, "", tuple(levels), float(rng.poisson(2.2)), float(rng.poisson(1.8))))
    table = pd.DataFrame(
        rows, columns=["occupation", "work_type", "levels", "institutions", "bodies"]
    )
    table["source"] = [f"synth!trainable!{at + 1}" for at in range(len(table))]
    return table
