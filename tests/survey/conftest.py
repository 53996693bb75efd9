"""Fixtures of the survey room: a small city, and the reference data where they are."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from survey_city import draw_returns, make_population, small_classification

from xmdemand.intake.tables import Tables
from xmdemand.profile import Priors
from xmdemand.survey import Design, Sample


@pytest.fixture(scope="session")
def classification() -> SimpleNamespace:
    return small_classification()


@pytest.fixture(scope="session")
def profile() -> SimpleNamespace:
    return SimpleNamespace(priors=Priors())


@pytest.fixture(scope="session")
def units(classification: SimpleNamespace) -> list[str]:
    frame = classification.frame
    return list(frame.loc[frame["level"] == "unit", "code"])


@pytest.fixture
def city(units: list[str]) -> Tables:
    rng = np.random.default_rng(7)
    return draw_returns(rng, make_population(rng, 600, units), response=0.8, uncertain=0.1)


API_DESIGNS = {
    "apisrs": Design(weights="pw", fpc="fpc"),
    "apistrat": Design(strata="stype", weights="pw", fpc="fpc"),
    "apiclus1": Design(psu="dnum", weights="pw", fpc="fpc"),
    "apiclus2": Design(psu=["dnum", "cds"], weights="pw", fpc=["fpc1", "fpc2"]),
    "nhanes": Design(strata="SDMVSTRA", psu="SDMVPSU", weights="WTMEC2YR"),
}


@pytest.fixture(scope="session")
def samples(shared: Path) -> dict[str, Sample]:
    """The reference samples of R survey, bound to their designs."""
    data = shared / "data"
    paths = {name: data / "survey_api" / f"{name}.csv" for name in API_DESIGNS}
    paths["nhanes"] = data / "survey_nhanes" / "nhanes.csv"
    return {name: design.bind(pd.read_csv(paths[name])) for name, design in API_DESIGNS.items()}
