"""Do intervals hold what they promise? A fast version of benchmarks/survey_coverage.py."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "survey_coverage.py"


@pytest.fixture(scope="module")
def coverage() -> ModuleType:
    if not SCRIPT.exists():
        pytest.skip("the benchmarks are not beside the tests")
    import sys

    spec = importlib.util.spec_from_file_location("survey_coverage", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["survey_coverage"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("respond", [False, True])
def test_intervals_of_totals_and_ratios_cover(coverage, respond):
    world = coverage.make_world(np.random.default_rng(2026), n_firms=1500, n_occupations=20)
    table, domains = coverage.simulate(world, 60, 3, respond=respond, replicates=100)
    assert abs(table["bias"]).max() < 0.05
    # 60 samples: a true 0.95 falls below 0.86 once in three hundred times; all kinds together.
    assert table["coverage"].min() > 0.80
    assert table["coverage"].mean() > 0.90
    rare, common = domains["coverage"].iloc[0], domains["coverage"].iloc[-1]
    assert rare < common  # few reporters: t intervals cannot hold, which the tables say
