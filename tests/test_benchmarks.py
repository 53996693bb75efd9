"""The one entry of the benchmarks: its lists agree, slopes are right, failures are told."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    import measures
    import run

    return run, measures


def test_every_line_has_its_measurement(benchmarks):
    run, measures = benchmarks
    assert list(run.GROWTH) == list(measures.GROW)
    assert list(run.COMPARED) == list(measures.COMPARE)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_the_slope_is_the_power(benchmarks, power):
    run, _ = benchmarks
    sizes = (30, 300, 3_000)
    assert run.slope(sizes, [0.7 * size**power for size in sizes]) == pytest.approx(power)


def test_a_measurement_comes_back_and_a_failed_one_says_why(benchmarks, tmp_path):
    run, _ = benchmarks
    found = run.measure("grow", "sheet rows written", "20", work=tmp_path)
    assert found["seconds"] > 0
    assert "KeyError" in run.measure("grow", "nothing of this name", "20", work=tmp_path)


def test_the_table_names_the_machine_without_name_or_path(tmp_path):
    told = subprocess.run(
        [sys.executable, str(HERE / "run.py"), "--only", "no such line", "--work", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "cores" in told
    assert "numpy" in told
    assert "/" not in told.replace("ours/theirs", "")
