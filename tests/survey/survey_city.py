"""A small made-up city: a frame, a sample of it, returns and persons, with the truth known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from xmdemand.intake.tables import UNCERTAIN_COUNTS, Tables


def small_classification(n_minor: int = 10, per_minor: int = 4) -> SimpleNamespace:
    rows = [("4", "major", "", "4"), ("4-01", "sub-major", "", "4")]
    for minor in range(n_minor):
        code = f"4-01-{minor:02d}"
        rows.append((code, "minor", "4-01", code))
        rows += [(f"{code}-{unit:02d}", "unit", code, code) for unit in range(per_minor)]
    frame = pd.DataFrame(rows, columns=["code", "level", "parent", "name"])
    frame.loc[frame["level"] == "sub-major", "parent"] = "4"
    return SimpleNamespace(frame=frame)


def make_population(rng: np.random.Generator, n_firms: int, units: list[str]) -> pd.DataFrame:
    """Firm x post with true planned hires; sizes are skewed, hires follow them."""
    size = np.clip(rng.lognormal(3, 1.2, n_firms), 1, 5000).round()
    firms = pd.DataFrame(
        {
            "firm": [f"F{i:05d}" for i in range(n_firms)],
            "industry": rng.choice(["a", "b", "c"], n_firms),
            "district": rng.choice(["x", "y"], n_firms),
            "employees": size,
            "size_class": pd.cut(size, [0, 20, 100, 300, 1e9], labels=["1", "2", "3", "4"]).astype(
                str
            ),
        }
    )
    posts = firms.loc[firms.index.repeat(rng.integers(1, 4, n_firms))].reset_index(drop=True)
    posts["occupation"] = rng.choice(units, len(posts))
    posts["hires"] = rng.poisson(0.05 * posts["employees"]).astype(float)
    return posts


def draw_returns(
    rng: np.random.Generator, posts: pd.DataFrame, *, response: float = 1.0, uncertain: float = 0.0
) -> Tables:
    """A sample (a fifth of the small, all of the large firms) with its frame."""
    firms = posts.drop_duplicates("firm").drop(columns=["occupation", "hires"]).copy()
    large = firms["size_class"] == "4"
    chosen = large.copy()
    for _, members in firms[~large].groupby(["industry", "size_class"]):
        n = min(len(members), max(4, len(members) // 5))
        chosen[rng.choice(members.index, n, replace=False)] = True
    firms["selection"] = np.where(large, "take_all", np.where(chosen, "probability", ""))
    answered = chosen & (rng.random(len(firms)) < response)
    firms["status"] = np.where(answered, "responded", np.where(chosen, "refused", ""))
    firms["firm_name"] = firms["firm"]
    returns = posts[posts["firm"].isin(firms.loc[answered, "firm"])].reset_index(drop=True)
    for name in UNCERTAIN_COUNTS:
        returns[name] = np.nan
        returns[f"{name}_low"] = np.nan
        returns[f"{name}_high"] = np.nan
        returns[f"{name}_kind"] = "missing"
    returns["planned_hires"] = returns.pop("hires")
    returns["vacancies"] = (returns["planned_hires"] / 6).round()
    blurred = rng.random(len(returns)) < uncertain
    returns["planned_hires_kind"] = np.where(blurred, "range", "exact")
    returns.loc[blurred, "planned_hires_low"] = (returns["planned_hires"] * 0.7).round()
    returns.loc[blurred, "planned_hires_high"] = (returns["planned_hires"] * 1.3).round() + 1
    returns.loc[blurred, "planned_hires"] = np.nan
    returns["firm_name"] = returns["firm"]
    returns["post"] = returns["occupation"]
    returns["occupation_status"] = "coded"
    returns["submitted"] = pd.Timestamp("2026-03-01")
    returns["hard_reason"] = rng.choice(["unqualified", "pay", ""], len(returns))
    returns["wage_low"], returns["wage_high"] = 5000.0, 7000.0
    returns["level"] = [("3", "4")] * len(returns)
    returns["train_level"] = "3"
    returns["train_persons"] = 2.0
    return Tables(firms=firms.reset_index(drop=True), employers=returns)
