"""A hand-made city for the ranking room's tests: inputs with a known order, no other room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xmdemand.draws import Draws
from xmdemand.market.outlook import Outlook
from xmdemand.profile import (
    District,
    Level,
    Profile,
    Tier,
    Title,
    TrainingField,
)
from xmdemand.survey.employers import EmployerDemand
from xmdemand.survey.workers import WorkerIntent


@dataclass(frozen=True)
class FakeClassification:
    frame: pd.DataFrame


def classification(n_minor: int = 6, per_minor: int = 8) -> FakeClassification:
    rows = []
    for major in ("4", "6"):
        rows.append((major, f"major {major}", "major", ""))
        rows.append((f"{major}-01", f"sub {major}", "sub-major", major))
        for minor in range(1, n_minor + 1):
            group = f"{major}-01-{minor:02d}"
            rows.append((group, f"group {group}", "minor", f"{major}-01"))
            rows += [
                (f"{group}-{unit:02d}", f"occupation {group}-{unit:02d}", "unit", group)
                for unit in range(1, per_minor + 1)
            ]
    frame = pd.DataFrame(rows, columns=["code", "name", "level", "parent"])
    return FakeClassification(frame.assign(lineage="L" + frame["code"]))


def profile(**changes: object) -> Profile:
    settings: dict[str, object] = {
        "key": "test",
        "city": "示例市",
        "bureau": "示例市人社局",
        "districts": (District(code="01", name="东区"), District(code="02", name="西区")),
        "fields": (TrainingField(key="made", name="制造", departments=("工信",)),),
        "levels": (
            Level(key="5", name="初级工", order=1),
            Level(key="4", name="中级工", order=2),
            Level(key="3", name="高级工", order=3, high_skill=True),
        ),
        "titles": (Title(key="training-need", text="{city}{year}", short="目录"),),
        "tiers": (
            Tier(stars=1, name="紧缺", mark="★", quota=20),
            Tier(stars=2, name="急需", mark="★★", quota=8),
        ),
        "eligible": ("4", "6"),
        "public_columns": ("code", "name"),
    }
    return Profile(**(settings | changes))  # type: ignore[arg-type]


def unit_codes(tree: FakeClassification) -> pd.Index:
    codes = tree.frame.loc[tree.frame["level"] == "unit", "code"]
    return pd.Index(sorted(codes), name="occupation")


@dataclass(frozen=True)
class City:
    demand: EmployerDemand
    outlook: Outlook
    intent: WorkerIntent
    tree: FakeClassification
    tightness: np.ndarray
    hires: np.ndarray


def make_city(*, seed: int = 1, n_draws: int = 200, tree: FakeClassification | None = None) -> City:
    """Occupations with lognormal hires and known tightness; all inputs noisy views of them."""
    rng = np.random.default_rng(seed)
    tree = tree or classification()
    codes = unit_codes(tree)
    n = len(codes)
    hires = np.exp(rng.normal(4.5, 1.0, n))
    tightness = rng.normal(0.0, 0.7, n)
    demand = employer_demand(rng, codes, hires, tightness, n_draws)
    outlook = register_outlook(rng, codes, hires, tightness, n_draws)
    intent = worker_intent(rng, codes, hires, n_draws)
    return City(demand, outlook, intent, tree, tightness, hires)


def draws(values: np.ndarray, codes: pd.Index, unit: str = "persons") -> Draws:
    return Draws(values=values, index=codes, unit=unit)


def employer_demand(
    rng: np.random.Generator,
    codes: pd.Index,
    hires: np.ndarray,
    tightness: np.ndarray,
    n_draws: int,
) -> EmployerDemand:
    n = len(codes)
    reporters = np.maximum(rng.poisson(hires / 8), 0)
    phi = 8.0
    sampled = phi * rng.poisson(hires / phi)
    noise = rng.normal(size=(n_draws, n)) * np.sqrt(phi * sampled)
    planned = np.maximum(sampled + noise, 0.0)
    vacancies = sampled * 0.3 * np.exp(0.3 * tightness)
    jitter = np.exp(rng.normal(0, 0.1, (n_draws, n)))
    share = 1 / (1 + np.exp(-tightness))
    totals = {
        "vacancies": vacancies * jitter,
        "headcount": 10 * hires * np.ones((n_draws, 1)),
        "past_hires": hires * jitter,
        "leavers": 1.5 * hires * jitter,
        "vacancies_3m": vacancies * jitter * np.clip(0.6 * share, 0, 1),
        "unqualified": vacancies * jitter * np.clip(0.8 * share, 0, 1),
        "upgrade": 0.1 * hires * jitter,
    }
    wage = np.log(6000) + 0.1 * tightness + rng.normal(0, 0.02, (n_draws, n))
    frame = pd.DataFrame(
        {
            "estimate": sampled,
            "se": np.sqrt(phi * sampled),
            "n": reporters,
            "reporters": reporters,
        },
        index=codes,
    )
    levels = pd.DataFrame(
        {
            "occupation": np.repeat(codes, 2),
            "level": ["5", "3"] * n,
            "hires": np.repeat(sampled, 2) * np.tile([0.7, 0.3], n),
            "upgrade": 1.0,
        }
    )
    cells = pd.DataFrame(
        {
            "occupation": codes,
            "district": "all",
            "firms": reporters,
            "total": sampled,
            "first": sampled / 3,
            "second": sampled / 4,
        }
    )
    return EmployerDemand(
        hires=draws(planned, codes),
        certain=pd.Series(0.0, index=codes),
        variance=pd.Series(phi * sampled, index=codes),
        totals={name: draws(values, codes) for name, values in totals.items()},
        log_wage=draws(wage, codes, "log yuan"),
        levels=levels,
        districts=pd.DataFrame(
            {
                "occupation": np.repeat(codes, 2),
                "district": ["01", "02"] * n,
                "hires": np.repeat(sampled, 2) / 2,
                "se": 1.0,
                "reporters": np.repeat(reporters, 2) // 2,
            }
        ),
        cells=cells,
        frame=frame,
        diagnostics=pd.DataFrame(columns=["item", "value"]),
    )


def register_outlook(
    rng: np.random.Generator,
    codes: pd.Index,
    hires: np.ndarray,
    tightness: np.ndarray,
    n_draws: int,
) -> Outlook:
    n = len(codes)
    posts = 0.5 * hires * rng.gamma(5, 1 / 5, n)
    seekers = posts * np.exp(-tightness)
    common = np.exp(rng.normal(0, 0.05, (n_draws, 1)))
    path = np.exp(rng.normal(0, 0.1, (n_draws, n)))
    ratio = np.log(posts / seekers)
    # Months of waiting go with the root of tightness (a matching function of elasticity a half),
    # and with reasons of their own.
    wait = 2 * np.exp(0.5 * tightness + 0.15 * rng.spawn(1)[0].normal(size=n))
    frame = pd.DataFrame(
        {
            "posts_past": posts,
            "seekers_past": seekers,
            "posts_stock": posts / 12 * wait,
            "seekers_stock": seekers / 6,
            "ratio_printed": posts / seekers,
            "ratio_computed": posts / seekers,
            "months": 60,
        },
        index=codes,
    )
    return Outlook(
        posts=draws(posts * common * path, codes, "registered posts"),
        seekers=draws(seekers * common * path, codes, "registered seekers"),
        log_ratio=draws(ratio + rng.normal(0, 0.05, (n_draws, n)), codes, "log ratio"),
        growth=draws(0.1 * tightness + rng.normal(0, 0.1, (n_draws, n)), codes, "log ratio"),
        monthly=pd.DataFrame(),
        districts=pd.DataFrame(
            {
                "occupation": np.repeat(codes, 2),
                "district": ["01", "02"] * n,
                "posts": np.repeat(posts, 2) / 2,
                "seekers": np.repeat(seekers, 2) / 2,
            }
        ),
        frame=frame,
        track_record=pd.DataFrame(),
        not_stated=50.0,
    )


def worker_intent(
    rng: np.random.Generator, codes: pd.Index, hires: np.ndarray, n_draws: int
) -> WorkerIntent:
    wished = 2 * hires * rng.gamma(2, 0.5, len(codes))
    n = len(codes)
    return WorkerIntent(
        wished=draws(wished * np.exp(rng.normal(0, 0.2, (n_draws, n))), codes),
        levels=pd.DataFrame({"occupation": codes, "level": "5", "persons": wished}),
        groups=pd.DataFrame({"occupation": codes, "group": "rural", "persons": wished, "n": 6}),
        districts=pd.DataFrame({"occupation": codes, "district": "01", "persons": wished, "n": 6}),
        frame=pd.DataFrame({"estimate": wished, "n": 6}, index=codes),
        diagnostics=pd.DataFrame(columns=["item", "value"]),
    )
