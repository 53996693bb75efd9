"""Any design, estimated a second time by loops: the definitions of R survey's svyrecvar()."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from xmdemand.survey import Design

Stages = list[tuple[np.ndarray, np.ndarray, np.ndarray]]
"""Stratum, unit and population size of every row, stage by stage."""


def variance(
    z: np.ndarray, inside: np.ndarray, stages: Stages, rule: str, rows: np.ndarray
) -> float:
    """Variance of the total of z over the rows inside, stage within stage."""
    stratum, unit, size = stages[0]
    total, met, usable = 0.0, 0, 0
    for h in pd.unique(stratum[rows]):
        members = rows[stratum[rows] == h]
        if not inside[members].any():
            continue
        units = pd.unique(unit[members])
        n, population = len(units), size[members[0]]
        sums = np.array([(z * inside)[members[unit[members] == u]].sum() for u in units])
        met += 1
        usable += 1
        if n == population:
            continue
        if n > 1:
            total += (1 - n / population) * n / (n - 1) * ((sums - sums.mean()) ** 2).sum()
        elif rule == "adjust":
            total += (1 - n / population) * sums[0] ** 2
        elif rule == "average":
            usable -= 1
    total = total * met / usable if usable else np.nan
    if len(stages) > 1:
        for u in pd.unique(unit[rows]):
            members = rows[unit[rows] == u]
            if not inside[members].any():
                continue
            here = rows[stratum[rows] == stratum[members[0]]]
            fraction = len(pd.unique(unit[here])) / size[members[0]]
            total += fraction * variance(z, inside, stages[1:], rule, members)
    return total


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    rule=st.sampled_from(["certainty", "adjust", "average"]),
    two_stages=st.booleans(),
)
def test_any_design_equals_the_loops(seed, rule, two_stages):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 30))
    frame = pd.DataFrame(
        {
            "h": rng.integers(0, 5, n),
            "c": rng.integers(0, 4, n),
            "e": np.arange(n),
            "w": rng.uniform(1, 9, n),
            "y": rng.normal(size=n),
            "x": rng.uniform(1, 2, n),
            "d": rng.integers(0, 3, n),
        }
    )
    frame["N1"] = frame.groupby("h")["c"].transform("nunique") * frame["h"].map(
        dict(enumerate(rng.choice([1, 2, 5], 5)))
    )
    # Under "average" R has no number for a second stage of singletons; ours pools the stage.
    times = 1 if rule == "average" else int(rng.integers(1, 4))
    frame["N2"] = frame.groupby(["h", "c"])["e"].transform("size") * times
    cluster = frame["h"] * 10 + frame["c"]
    stages = [tuple(part.to_numpy() for part in (frame["h"], cluster, frame["N1"]))]
    design = Design(strata="h", psu="c", weights="w", fpc="N1", singleton=rule)
    if two_stages:
        stages.append(tuple(part.to_numpy() for part in (cluster, frame["e"], frame["N2"])))
        design = Design(strata="h", psu=["c", "e"], weights="w", fpc=["N1", "N2"], singleton=rule)
    sample = design.bind(frame)
    y, x, w = (frame[name].to_numpy() for name in ("y", "x", "w"))
    for value in frame["d"].unique():
        inside = (frame["d"] == value).to_numpy()
        total, weight, ratio = ((w * part)[inside].sum() for part in (y, np.ones(n), x))
        scores = {
            "total": y,
            "mean": (y - total / weight) / weight,
            "ratio": (y - total / ratio * x) / ratio,
        }
        for verb, score in scores.items():
            names = ("y", "x") if verb == "ratio" else ("y",)
            se = getattr(sample, verb)(*names, where=inside).frame["se"][0]
            expected = variance(w * score, inside, stages, rule, np.arange(n))
            assert_allclose(se**2, expected, rtol=1e-9, atol=1e-12, err_msg=f"{verb} {value}")


@pytest.mark.parametrize("name", ["apistrat", "apiclus1", "apiclus2", "nhanes"])
def test_design_effects_are_those_of_r(samples, name):
    """svytotal(deff = TRUE): against svyvar() W^2 (W - n) / (W n), W the sum of weights."""
    sample = samples[name]
    variable, by = ("HI_CHOL", "RIAGENDR") if name == "nhanes" else ("enroll", "stype")
    frame, weights = sample.frame, sample.weights
    for verb in ("total", "mean"):
        table = getattr(sample, verb)(variable, by=by, na_rm=True).frame
        for row in table.itertuples():
            inside = ((frame[by] == getattr(row, by)) & frame[variable].notna()).to_numpy()
            values, w, n = frame[variable].to_numpy(float)[inside], weights[inside], inside.sum()
            spread = (w * (values - np.average(values, weights=w)) ** 2).sum() / w.sum()
            scale = w.sum() ** 2 if verb == "total" else 1
            simple = spread * n / (n - 1) * scale * (w.sum() - n) / (w.sum() * n)
            assert_allclose(row.deff, row.se**2 / simple, rtol=1e-9)
