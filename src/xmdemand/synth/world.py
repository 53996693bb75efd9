"""The city behind the files: occupations, firms with posts, and what they will want each year.

Nothing here knows how the package estimates. Amounts are persons; years are *edition years*: the
twelve months from the month after the profile's cut-off day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from xmdemand.draws import rng_for

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from xmdemand.occupations import Classification
    from xmdemand.profile import Profile

FIRST_YEAR = 2010
LAST_YEAR = 2060
"""Latent paths run over these years for every seed: a city keeps its history."""

SIZES = ("大型", "中型", "小型", "微型")


@dataclass(frozen=True, slots=True)
class Scale:
    """How large a city is drawn."""

    firms: int
    occupations: int
    months: int
    workers: int
    population: int
    posts: float
    """Posts of an average firm."""
    sampling: tuple[float, float, float, float]
    """Share of firms sampled by size; large ones are all taken."""


SCALES = {
    "small": Scale(600, 140, 48, 600, 70_000, 5.5, (1.0, 0.35, 0.15, 0.10)),
    "city": Scale(12_000, 600, 60, 8_000, 600_000, 4.0, (1.0, 0.45, 0.18, 0.10)),
}


@dataclass(frozen=True, eq=False)
class World:
    """Structure that does not change from year to year, and the latent yearly paths.

    Attributes
    ----------
    occupations
        Indexed by code: ``name, group`` (major), ``section`` (industry that mostly employs it),
        ``turnover, growth, wage, qualified`` (share of seekers who could do the work), ``supply``
        (seekers per hire in an average year), ``train`` (share of staff firms train a year),
        ``wish`` (popularity among workers), ``cycle`` (how strongly the cycle moves it),
        ``post_cover, seeker_cover`` (shares the register sees), ``coverage_drift``.
    firms
        ``firm, firm_name, district, industry, size_class, employees``.
    posts
        A row a firm x occupation: ``firm_at, occupation_at`` (positions), ``headcount, base``
        (hires wanted in an average year), ``pay`` (log deviation from the occupation's wage).
    realisation
        Share of planned hires that come true, by major group.
    enrolment
        Share of wishes that lead to enrolment.
    """

    seed: int
    scale: Scale
    season: bool
    cycle: bool
    occupations: pd.DataFrame
    firms: pd.DataFrame
    posts: pd.DataFrame
    realisation: pd.Series
    enrolment: float

    @cached_property
    def base(self) -> NDArray[np.float64]:
        """Hires wanted in an average year, by occupation."""
        total = np.zeros(len(self.occupations))
        np.add.at(total, self.posts["occupation_at"], self.posts["base"].to_numpy())
        return total

    @cached_property
    def lowest_level(self) -> NDArray[np.int64]:
        """Step of the ladder of skill at which each occupation begins (0 to 3)."""
        return rng_for(self.seed, "levels").integers(0, 4, len(self.occupations))

    @cached_property
    def paths(self) -> dict[str, NDArray[np.float64]]:
        """Log deviations from the average by occupation and month since `FIRST_YEAR`-01."""
        n, months = len(self.occupations), (LAST_YEAR - FIRST_YEAR + 1) * 12
        cycle = _walk(rng_for(self.seed, "cycle"), 1, months, memory=0.97, sd=0.04)[0]
        own = _walk(rng_for(self.seed, "own"), n, months, memory=0.95, sd=0.05)
        supply = _walk(rng_for(self.seed, "supply"), n, months, memory=0.96, sd=0.04)
        phase = rng_for(self.seed, "season").normal(0, 0.12, (n, 12))
        common = np.log([0.85, 0.70, 1.45, 1.20, 1.05, 1.05, 1.15, 1.05, 1.15, 1.0, 0.85, 0.75])
        seasonal = np.tile(common + phase, LAST_YEAR - FIRST_YEAR + 1) * self.season
        graduates = np.log([0.9, 0.8, 1.3, 1.0, 0.95, 1.25, 1.4, 1.0, 1.0, 0.95, 0.9, 0.85])
        beta = self.occupations["cycle"].to_numpy()[:, None]
        cycle = cycle * self.cycle
        return {
            "wanted": beta * cycle + own + seasonal,
            "seekers": -0.6 * beta * cycle
            + supply
            + np.tile(graduates, LAST_YEAR - FIRST_YEAR + 1) * self.season,
        }

    def months_of(self, year: int, start: int) -> slice:
        """Positions of the twelve months beginning with month `start` of `year`."""
        first = (year - FIRST_YEAR) * 12 + start - 1
        return slice(first, first + 12)

    def planned(self, year: int, start: int) -> NDArray[np.int64]:
        """Hires each post's firm plans for the twelve months, in the order of `posts`."""
        rng = rng_for(self.seed, "planned", str(year))
        path = np.exp(self.paths["wanted"][:, self.months_of(year, start)])
        level = path.mean(axis=1) / self._mean_season
        share = self._realised
        mean = self.posts["base"].to_numpy() * (level / share)[self.posts["occupation_at"]]
        luck = rng.gamma(16.0, 1 / 16, len(mean))
        return rng.poisson(mean * luck)

    @cached_property
    def _realised(self) -> NDArray[np.float64]:
        return self.realisation.loc[self.occupations["group"]].to_numpy()

    @cached_property
    def _mean_season(self) -> NDArray[np.float64]:
        return np.exp(self.paths["wanted"]).mean(axis=1)

    def hires(self, year: int, start: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Planned and wanted hires of the twelve months, by occupation."""
        planned = np.zeros(len(self.occupations), dtype=np.int64)
        np.add.at(planned, self.posts["occupation_at"], self.planned(year, start))
        rng = rng_for(self.seed, "hires", str(year))
        kept = rng.binomial(planned, np.minimum(self._realised, 1.0))
        more = rng.poisson(planned * np.maximum(self._realised - 1.0, 0.0))
        return planned, kept + more


def build_world(
    *,
    profile: Profile,
    classification: Classification,
    scale: Scale,
    seed: int,
    season: bool,
    cycle: bool,
) -> World:
    """Draw a city's lasting structure."""
    occupations = _occupations(profile, classification, scale, seed)
    firms = _firms(profile, occupations, scale, seed)
    posts = _posts(firms, occupations, scale, seed)
    rng = rng_for(seed, "realisation")
    groups = pd.Index(sorted(occupations["group"].unique()))
    prior = profile.priors
    city = prior.realisation_median * np.exp(
        prior.realisation_sigma * NormalDist().inv_cdf(spread(seed, 0))
    )
    deviation = rng.normal(0, prior.realisation_group_sigma, len(groups))
    return World(
        seed=seed,
        scale=scale,
        season=season,
        cycle=cycle,
        occupations=occupations,
        firms=firms,
        posts=posts,
        realisation=pd.Series(city * np.exp(deviation), index=groups),
        enrolment=float(np.clip(0.2 + 0.12 * NormalDist().inv_cdf(spread(seed, 1)), 0.05, 0.5)),
    )


def spread(seed: int, which: int) -> float:
    """A number between 0 and 1 such that consecutive seeds cover the interval evenly.

    What is drawn once a city (the realised share of plans) would need hundreds of seeds for a
    check of coverage if it were drawn independently.

    >>> sorted(round(spread(seed, 0), 2) for seed in range(4))
    [0.12, 0.35, 0.5, 0.74]
    """
    golden = (0.6180339887498949, 0.7548776662466927)[which]
    return (0.5 + seed * golden) % 1.0


def _occupations(
    profile: Profile, classification: Classification, scale: Scale, seed: int
) -> pd.DataFrame:
    rng = rng_for(seed, "occupations")
    units = [code for code in classification.units() if profile.eligible_code(code)]
    common = common_titles()
    names = {classification.name(code): code for code in units}
    known = [names[name] for name in common if name in names]
    chosen = list(rng.permutation(known)[: scale.occupations])
    rest = sorted(set(units) - set(chosen))
    more = min(scale.occupations - len(chosen), len(rest))
    chosen += [rest[at] for at in sorted(rng.choice(len(rest), more, replace=False))]
    codes = sorted(map(str, chosen))
    n = len(codes)
    table = pd.DataFrame(index=pd.Index(codes, name="occupation", dtype="object"))
    table["name"] = [classification.name(code) for code in codes]
    table["group"] = [_major(classification, code) for code in codes]
    table["section"] = _sections(codes)
    table["weight"] = rng.lognormal(0, 0.7, n) * np.where(
        table["name"].isin(list(common)), 1.5, 0.7
    )
    table["turnover"] = rng.beta(3, 9, n) + 0.03
    table["growth"] = np.clip(rng.normal(0.05, 0.05, n), 0, None)
    table["wage"] = np.exp(rng.normal(8.7, 0.22, n))
    table["qualified"] = rng.beta(9, 2.5, n)
    table["supply"] = np.exp(rng.normal(-0.05, 0.5, n))
    table["train"] = rng.beta(1.5, 20, n)
    table["wish"] = rng.lognormal(0, 0.9, n)
    table["cycle"] = np.clip(rng.normal(1, 0.35, n), 0.1, None)
    groups = {group: rng.normal(0, 1, 2) for group in sorted(table["group"].unique())}
    deviation = np.array([groups[group] for group in table["group"]])
    post = 0.40 * np.exp(0.15 * deviation[:, 0] + rng.normal(0, 0.30, n))
    ratio = np.exp(0.20 * deviation[:, 1] + rng.normal(0, 0.12, n))
    table["post_cover"] = np.clip(post, 0.03, 0.9)
    table["seeker_cover"] = np.clip(table["post_cover"] / ratio, 0.03, 0.9)
    table["registered"] = rng.random(n) > 0.04
    return table


def _major(classification: Classification, code: str) -> str:
    return (code, *classification.ancestors(code))[-1]


def common_titles() -> dict[str, tuple[str, ...]]:
    """Official names of common occupations with the everyday titles people write for them."""
    text = (files("xmdemand") / "synth" / "titles.csv").read_text(encoding="utf-8")
    rows = (line.split(",") for line in text.splitlines()[1:])
    return {name: tuple(titles.split("、")) for name, titles in rows}


def _sections(codes: list[str]) -> list[str]:
    """The industry that mostly employs each occupation; sub-majors without one take turns."""
    text = (files("xmdemand") / "synth" / "sections.csv").read_text(encoding="utf-8")
    known = dict(line.split(",") for line in text.splitlines()[1:])
    every = sorted(set(known.values()))
    found = []
    for code in codes:
        parts = code.split("-")
        prefixes = ["-".join(parts[:end]) for end in range(len(parts), 0, -1)]
        named = [known[prefix] for prefix in prefixes if prefix in known]
        found.append(named[0] if named else every[sum(map(ord, parts[0])) % len(every)])
    return found


def _firms(profile: Profile, occupations: pd.DataFrame, scale: Scale, seed: int) -> pd.DataFrame:
    rng = rng_for(seed, "firms")
    n = scale.firms
    sections = occupations.groupby("section")["weight"].sum()
    share = (sections / sections.sum()).to_numpy() * 0.8 + 0.2 / len(sections)
    section = rng.choice(sections.index.to_numpy(dtype=object), n, p=share)
    districts = np.array([district.name for district in profile.districts], dtype=object)
    weights = np.linspace(1.6, 0.7, len(districts))
    size = rng.choice(4, n, p=[0.08, 0.22, 0.48, 0.22])
    middle = np.array([7.4, 6.1, 4.6, 2.3])[size]
    spread_of = np.array([0.45, 0.3, 0.5, 0.5])[size]
    limits = np.array([[1000, 20000], [300, 999], [20, 299], [3, 19]])[size]
    employees = np.clip(np.exp(rng.normal(middle, spread_of)), limits[:, 0], limits[:, 1])
    number = rng.permutation(n)
    return pd.DataFrame(
        {
            "firm": [credit_code(int(at)) for at in number],
            "firm_name": _firm_names(rng, section),
            "district": rng.choice(districts, n, p=weights / weights.sum()),
            "industry": section,
            "size_class": np.array(SIZES, dtype=object)[size],
            "employees": np.round(employees),
        }
    )


def credit_code(number: int) -> str:
    """An 18-character organisation code with a right check character (GB 32100-2015).

    >>> credit_code(1)
    '91000000MA0000001R'
    """
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91000000MA0{number:06d}"
    weights = [3**power % 31 for power in range(17)]
    total = sum(signs.index(sign) * weight for sign, weight in zip(body, weights, strict=True))
    return body + signs[-total % 31]


def _firm_names(rng: np.random.Generator, sections: NDArray[np.object_]) -> list[str]:
    first = ("启明", "远航", "恒泰", "宏达", "海川", "晨光", "金榕", "云帆", "嘉禾", "瑞丰", "博远")
    second = tuple("盛兴源达通和德佳创诚益昌")
    kinds = {
        "制造业": ["科技", "电子", "机械", "精密", "食品", "服饰", "新材料"],
        "建筑业": ["建设", "建工"],
        "批发和零售业": ["贸易", "商贸"],
        "交通运输、仓储和邮政业": ["物流", "运输"],
        "住宿和餐饮业": ["酒店管理", "餐饮管理"],
        "信息传输、软件和信息技术服务业": ["信息技术", "软件"],
    }
    names: list[str] = []
    used: set[str] = set()
    for section in sections:
        kind = rng.choice(kinds.get(section, ["服务", "实业"]))
        name = f"示例{rng.choice(first)}{rng.choice(second)}{kind}"
        number = 1
        while (full := f"{name}{number if number > 1 else ''}有限公司") in used:
            number += 1
        used.add(full)
        names.append(full)
    return names


def _posts(firms: pd.DataFrame, occupations: pd.DataFrame, scale: Scale, seed: int) -> pd.DataFrame:
    rng = rng_for(seed, "posts")
    weight = occupations["weight"].to_numpy()
    section = occupations["section"].to_numpy()
    employees = firms["employees"].to_numpy()
    wanted = 1 + rng.poisson(np.clip((scale.posts - 1) * (employees / 150) ** 0.35, 0.2, 14))
    at_firm: list[NDArray] = []
    at_occupation: list[NDArray] = []
    heads: list[NDArray] = []
    odds_by_section = {name: _odds(weight, section == name) for name in set(firms["industry"])}
    for at, name in enumerate(firms["industry"]):
        odds = odds_by_section[name]
        count = min(int(wanted[at]), int(employees[at]), len(odds))
        chosen = rng.choice(len(odds), count, replace=False, p=odds / odds.sum())
        split = rng.dirichlet(np.full(count, 1.3)) * employees[at] * 0.85
        at_firm.append(np.full(count, at))
        at_occupation.append(np.sort(chosen))
        heads.append(np.maximum(np.round(split), 1))
    table = pd.DataFrame(
        {
            "firm_at": np.concatenate(at_firm),
            "occupation_at": np.concatenate(at_occupation),
            "headcount": np.concatenate(heads),
        }
    )
    rate = (occupations["turnover"] + occupations["growth"]).to_numpy()
    own = rng.lognormal(0, 0.35, len(table))
    table["base"] = table["headcount"] * rate[table["occupation_at"]] * own
    table["pay"] = rng.normal(0, 0.12, len(table))
    return table


def _odds(weight: NDArray[np.float64], own: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Chances of an occupation in an industry: four posts of five are of its own occupations."""
    inside, outside = weight * own, weight * ~own
    if not inside.any() or not outside.any():
        return weight / weight.sum()
    return 0.8 * inside / inside.sum() + 0.2 * outside / outside.sum()


def _walk(
    rng: np.random.Generator, n: int, months: int, *, memory: float, sd: float
) -> NDArray[np.float64]:
    """Stationary autoregressive paths (n x months) with standard deviation about sd / (1 - m²)½."""
    path = np.empty((n, months))
    path[:, 0] = rng.normal(0, sd / np.sqrt(1 - memory**2), n)
    shocks = rng.normal(0, sd, (n, months))
    for month in range(1, months):
        path[:, month] = memory * path[:, month - 1] + shocks[:, month]
    return path
