"""What everything costs, in one table: builds stage by stage, ratios to peers, growth with size.

    python benchmarks/run.py [--quick] [--only WORD] [--work DIR]

See benchmarks/README.md for how to read it. Every line is measured in a process of its own, so
that peaks of memory do not mix; times are of this process's processor unless the head says
otherwise. A peer that is not installed leaves its line empty.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
VERSIONS = ("xmdemand", "numpy", "pandas", "scipy", "duckdb", "statsforecast", "svy")
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
BUILDS = ("small", "city", "province")
COMPARED = ("engine", "survey totals", "survey replicates", "rank sets", "reading", "postings")
GROWTH = {
    "forecast, series": (100, 1_000, 10_000),
    "replicates, firms": (1_000, 10_000, 100_000),
    "rank sets, items": (30, 300, 3_000),
    "titles": (200, 2_000, 20_000),
    "register rows read": (1_000, 10_000, 100_000),
    "postings, rows": (10_000, 100_000, 1_000_000),
    "sheet rows written": (100, 1_000, 10_000),
}


def measure(*what: str, work: Path) -> dict | str:
    """What a child process tells of one measurement, or why it could not."""
    paths = os.pathsep.join([str(HERE), *sys.path])
    found = subprocess.run(
        [sys.executable, str(HERE / "measures.py"), *what],
        capture_output=True,
        text=True,
        cwd=work,
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": paths, "XMDEMAND_CACHE": "off"},
    )
    if found.returncode == 0:
        return json.loads(found.stdout.splitlines()[-1])
    last = found.stderr.strip().splitlines()[-1:] or ["no output"]
    return last[0][:110]


def machine() -> str:
    """Cores, Python and versions; no name and no path."""
    known = []
    for name in VERSIONS:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            known.append(f"no {name}")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{load}, "
        f"Python {platform.python_version()}; {', '.join(known)}"
    )


def builds(names: Sequence[str], work: Path) -> None:
    """Stages of whole builds from files to documents, nothing kept between runs."""
    print(f"\n{'build':<10}{'stage':<12}{'processor s':>12}{'clock s':>9}{'peak MiB':>10}")
    for name in names:
        found = measure("build", name, work=work)
        if isinstance(found, str):
            print(f"{name:<10}{found}")
            continue
        for stage, processor, clock, peak in found["stages"]:
            print(f"{name:<10}{stage:<12}{processor:>12.2f}{clock:>9.2f}{peak:>10.0f}", flush=True)
        print(f"{name:<10}{found['size']}")


def compared(names: Sequence[str], work: Path) -> None:
    """Ours against peers or the bare work, side by side in one process."""
    print(f"\n{'against':<22}{'ours s':>9}{'theirs s':>10}{'ours/theirs':>13}  what")
    for name in names:
        found = measure("compare", name, work=work)
        if isinstance(found, str):
            print(f"{name:<22}{found}", flush=True)
            continue
        for what, ours, theirs in found["lines"]:
            ratio = ours / theirs
            print(f"{name:<22}{ours:>9.3f}{theirs:>10.3f}{ratio:>13.3g}  {what}", flush=True)


def slope(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Power with which a cost grows: the slope in logs.

    >>> round(slope([1, 10, 100], [2, 20, 200]), 6)
    1.0
    """
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def growth(names: Sequence[str], work: Path, *, largest: int) -> None:
    """Processor time and memory at 1, 10 and 100 times the size."""
    head = f"{'1x':>9}{'10x':>9}{'100x':>9}{'power':>7}{'last':>7}{'peak MiB':>10}"
    print(f"\n{'growth':<22}{'1x is':>9}{head}")
    for name in names:
        sizes = GROWTH[name][:largest]
        found = [measure("grow", name, str(size), work=work) for size in sizes]
        bad = [each for each in found if isinstance(each, str)]
        if bad:
            print(f"{name:<22}{bad[0]}", flush=True)
            continue
        times = [each["seconds"] for each in found]
        cells = "".join(f"{time:>9.3f}" for time in times) + " " * 9 * (3 - len(times))
        whole, last = slope(sizes, times), slope(sizes[-2:], times[-2:])
        peak = found[-1]["peak"]
        print(f"{name:<22}{sizes[0]:>9,}{cells}{whole:>7.2f}{last:>7.2f}{peak:>10.0f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small build, growth to 10x: minutes")
    parser.add_argument("--only", default="", help="lines that hold this word")
    parser.add_argument("--work", type=Path, help="folder that keeps the made-up inputs")
    args = parser.parse_args()

    def chosen(names: Sequence[str]) -> list[str]:
        return [name for name in names if args.only in name]

    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        work = args.work or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        if names := chosen(BUILDS[:1] if args.quick else BUILDS):
            builds(names, work)
        if names := chosen([*COMPARED]):
            compared(names, work)
        if names := chosen([*GROWTH]):
            growth(names, work, largest=2 if args.quick else 3)


if __name__ == "__main__":
    main()
