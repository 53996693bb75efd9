"""The engine against its peers, in one run on the same series: accuracy, intervals, speed.

    PYTHONPATH=src python benchmarks/forecast.py --cache DIR [--half development] [--series 100]

Peers are those of statsforecast (AutoETS, AutoTheta, DynamicOptimizedTheta, AutoCES), the naive and
the seasonal naive forecast; their results are kept in the cache folder, ours are always computed.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from forecast_tasks import HORIZON, Task, make_tasks
from xmdemand.market import forecast, scores

LEVELS = np.arange(0.05, 0.96, 0.05).round(2)
PEERS = ("AutoETS", "AutoTheta", "DynamicOptimizedTheta", "AutoCES")
NAIVE = ("Naive", "SeasonalNaive")


def ours(task: Task) -> np.ndarray:
    """Quantiles (levels, series, steps)."""
    table = forecast(task.long, HORIZON).quantiles(list(LEVELS))
    values = table["value"].to_numpy().reshape(len(task.train), HORIZON, len(LEVELS))
    return values.transpose(2, 0, 1)


def peer(task: Task, model: str, cache: Path) -> np.ndarray:
    """Quantiles (levels, series, steps) of a statsforecast model, from the cache if known."""
    key = hashlib.sha256(
        pd.util.hash_pandas_object(task.long, index=False).to_numpy().tobytes()
    ).hexdigest()[:16]
    path = cache / f"{model}-{task.name.replace(' ', '_')}-{task.origin}-{key}.npy"
    if not path.exists():
        np.save(path, _run_peer(task, model))
    return np.load(path)


def _run_peer(task: Task, model: str) -> np.ndarray:
    from statsforecast import StatsForecast, models

    options: dict = {"alias": model}
    if model != "Naive":
        options["season_length"] = 12
    run = StatsForecast(models=[getattr(models, model)(**options)], freq="MS", n_jobs=1)
    bands = list(range(10, 100, 10))
    table = run.forecast(df=task.long, h=HORIZON, level=bands)
    table = table.sort_values(["unique_id", "ds"])
    names = [f"{model}-lo-{b}" for b in bands[::-1]] + [model]
    names += [f"{model}-hi-{b}" for b in bands]
    values = table[names].to_numpy().reshape(len(task.train), HORIZON, len(LEVELS))
    return values.transpose(2, 0, 1)


def judge(task: Task, quantiles: np.ndarray) -> dict[str, np.ndarray | float]:
    """Scores of one forecast."""
    actual, middle = task.test.to_numpy(), quantiles[len(LEVELS) // 2]
    scale = scores.naive_scale(task.train.to_numpy(), 12)
    used = np.isfinite(scale)
    lower, upper = quantiles[1], quantiles[-2]
    inside = (actual >= lower) & (actual <= upper)
    crps = scores.ranked_probability_score(actual, quantiles, LEVELS).mean(axis=1) / scale
    width = scores.interval_score(actual, lower, upper, 0.8).mean(axis=1) / scale
    return {
        "MASE": float(scores.absolute_scaled_error(actual, middle, scale)[used].mean()),
        "CRPS": float(crps[used].mean()),
        "interval": float(width[used].mean()),
        "cover80": float(inside.mean()),
    }


def compare(tasks: list[Task], cache: Path, *, peers: bool) -> pd.DataFrame:
    """Long table ``task, origin, method`` and scores."""
    rows = []
    for task in tasks:
        methods = {"xmdemand": ours(task)}
        for name in (*NAIVE, *PEERS) if peers else ():
            methods[name] = peer(task, name, cache)
        if peers:
            methods["mean of four"] = np.mean([methods[name] for name in PEERS], axis=0)
        rows += [
            {"task": task.name, "origin": task.origin, "method": name} | judge(task, values)
            for name, values in methods.items()
        ]
    return pd.DataFrame(rows)


def ratios(table: pd.DataFrame, score: str) -> pd.DataFrame:
    """Task x method: geometric mean over origins of the ratio to AutoETS, and over tasks."""
    wide = table.pivot_table(index=["task", "origin"], columns="method", values=score)
    log = np.log(wide.div(wide["AutoETS"], axis=0)).groupby("task").mean()
    log.loc["geometric mean"] = log.mean()
    return np.exp(log)


def speed(repeats: int, lengths: tuple[int, ...] = (60, 120), n: int = 1000) -> pd.DataFrame:
    """Processor microseconds a series of ours and AutoETS, one thread each, turn by turn.

    AutoETS has 60 of the series. One turn of each before the first counted; a ratio is that of
    one turn, so that both had the same neighbours on the machine.
    """
    from statsforecast import StatsForecast
    from statsforecast.models import AutoETS

    rng = np.random.default_rng(0)
    rows = []
    for length in lengths:
        t = np.arange(length)
        mean = 50 * np.exp(0.3 * np.sin(2 * np.pi * t / 12) + 0.005 * t)
        wide = rng.poisson(mean[None] * rng.lognormal(0, 1, (n, 1))).astype(float)
        ds = pd.date_range("2010-01-01", periods=length, freq="MS")
        frame = pd.DataFrame(wide, index=[f"s{k:05d}" for k in range(n)], columns=ds)
        panel = Task("speed", "", frame, frame).long
        few = panel[panel["unique_id"] < "s00060"]
        peer = StatsForecast(models=[AutoETS(season_length=12)], freq="MS", n_jobs=1)
        turns = []
        for _ in range(repeats + 1):
            began = time.process_time()
            forecast(panel, HORIZON).quantiles([0.1, 0.5, 0.9])
            between = time.process_time()
            peer.forecast(df=few, h=HORIZON, level=[80])
            turns.append(((between - began) / n, (time.process_time() - between) / 60))
        ours, theirs = 1e6 * np.array(turns[1:]).T
        ratio = theirs / ours
        rows.append((length, np.median(ours), np.median(theirs), np.median(ratio), ratio.min()))
    columns = ["months", "xmdemand us", "AutoETS us", "times faster", "at least"]
    return pd.DataFrame(rows, columns=columns)


def blocks(n: int, months: int = 60, size: int = 10_000) -> pd.Series:
    """Seconds and peak memory of `n` series read from and written to Parquet, block by block."""
    rng = np.random.default_rng(0)
    ds = pd.date_range("2015-01-01", periods=months, freq="MS")
    with tempfile.TemporaryDirectory() as folder:
        for at in range(0, n, size):
            names = [f"s{k:07d}" for k in range(at, at + size)]
            counts = rng.poisson(30 * rng.lognormal(0, 1, (size, 1)), (size, months))
            frame = {"unique_id": np.repeat(names, months), "ds": np.tile(ds, size)}
            frame["y"] = counts.ravel().astype(float)
            pd.DataFrame(frame).to_parquet(Path(folder) / f"part-{at:08d}.parquet", index=False)
        began = time.process_time()
        forecast(folder, HORIZON).write(Path(folder) / "out")
        seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    per_million = 1e6 / n
    return pd.Series(
        {
            "series": n,
            "processor seconds": seconds,
            "peak MB": peak,
            "hours for 5,000,000": 5 * per_million * seconds / 3600,
        }
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, required=True, help="folder for peers' results")
    parser.add_argument("--half", default="development", choices=["development", "validation"])
    parser.add_argument("--series", type=int, default=100, help="series a task, at most")
    parser.add_argument("--only", default="", help="tasks whose name starts with this")
    parser.add_argument("--speed", action="store_true", help="time instead of accuracy")
    parser.add_argument("--repeats", type=int, default=5, help="turns of each when timing")
    parser.add_argument("--blocks", type=int, default=0, help="time so many series in blocks")
    args = parser.parse_args()
    args.cache.mkdir(parents=True, exist_ok=True)
    pd.set_option("display.width", 160, "display.max_columns", 20, "display.precision", 3)
    if args.blocks:
        print(blocks(args.blocks))
        return
    if args.speed:
        print(speed(args.repeats))
        return
    tasks = [t for t in make_tasks(args.half, args.series) if t.name.startswith(args.only)]
    table = compare(tasks, args.cache, peers=True)
    for score in ("MASE", "CRPS", "interval"):
        print(f"\n{score}, ratio to AutoETS\n{ratios(table, score)}")
    print(
        "\n80% intervals hold\n",
        table.pivot_table(index="task", columns="method", values="cover80"),
    )


if __name__ == "__main__":
    main()
