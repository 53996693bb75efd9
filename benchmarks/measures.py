"""The single measurements of `run.py`, each run in a process of its own; prints one JSON object."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from xmdemand import synth
from xmdemand.profile import Profile

POSTINGS = 10_000_000
PROVINCE = synth.Scale(60_000, 1_200, 60, 40_000, 3_000_000, 4.0, (1.0, 0.45, 0.18, 0.10))


def peak() -> float:
    """Largest memory of this process so far, MiB."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 2**20 if sys.platform == "darwin" else used / 2**10


def seconds(call: Callable[[], object], times: int = 3) -> float:
    """The best of several runs, seconds of this process's processor."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return min(spent)


def city() -> tuple:
    """The profile and classification that everything is measured with."""
    profile = Profile.load("xiamen")
    return profile, profile.load_classification()


# builds


def build(name: str) -> dict:
    """Every stage of a build, one after the other (one job), from a folder of messy files."""
    folder = Path(name)
    if not (folder / "edition.toml").exists():
        import subprocess

        # In a process of its own: making the inputs is no part of the build's peak.
        subprocess.run([sys.executable, __file__, "make", name], check=True, capture_output=True)
    start, clock = time.process_time(), time.perf_counter()
    from xmdemand.edition import STAGES, Edition
    from xmdemand.publish import write

    lines: list[tuple[str, float, float, float]] = []
    mark = [start, clock]

    def done(stage: str) -> None:
        now, then = time.process_time(), time.perf_counter()
        lines.append((stage, now - mark[0], then - mark[1], peak()))
        mark[:] = [now, then]

    edition = Edition.open(folder)
    done("open")
    for stage in STAGES:
        getattr(edition, stage)
        done(stage)
    settings, tables = edition.settings, edition.tables
    write(edition.content, folder / "out", edition.profile, settings, tables=tables)
    done("publish")
    now, then = time.process_time(), time.perf_counter()
    lines.append(("all", now - start, then - clock, peak()))
    asked = tables.firms["selection"].isin(["probability", "take_all"]).sum()
    workers = tables.workers["person"].nunique()
    size = (
        f"{asked:,} firms asked, {len(tables.employers):,} posts, "
        f"{len(tables.register):,} register rows, {workers:,} workers, "
        f"{settings.method.draws:,} draws, "
        f"{len(edition.content.catalogue.entries)} rows listed"
    )
    return {"stages": lines, "size": size}


def make(name: str) -> dict:
    """The inputs of a build."""
    synth.write_edition(name, scale=PROVINCE if name == "province" else name, seed=3)
    return {}


# against peers


def compare(name: str) -> dict:
    """Lines of what, our seconds, theirs."""
    return {"lines": COMPARE[name]()}


def engine() -> list:
    """The market engine against AutoETS (statsforecast), a series."""
    from forecast import speed

    table = speed(repeats=3)
    return [
        (f"a series of {row.months} months, ms, AutoETS", row[2] / 1e3, row[3] / 1e3)
        for row in table.itertuples()
    ]


def survey_totals() -> list:
    """Totals with errors of many domains against svy."""
    from survey import compare_totals

    name, ours, theirs, _ = compare_totals(np.random.default_rng(1), 20_000, 200, peer=True)
    return [(f"svy: {name}", ours, theirs)]


def survey_replicates() -> list:
    """Raked replicates against svy."""
    from survey import compare_replicates

    name, ours, theirs, _ = compare_replicates(np.random.default_rng(1), peer=True)
    return [(f"svy: {name}", ours, theirs)]


def rank_sets() -> list:
    """Marginal rank sets and credible ranks against drawing the normals."""
    from xmdemand import rank_sets
    from xmdemand.shortage.ranks import credible_ranks

    x, se = items(1_700)
    rng = np.random.default_rng(0)
    draws = rng.standard_normal((10_000, len(x)), dtype=np.float32)
    normals = seconds(lambda: rng.standard_normal((10_000, len(x)), dtype=np.float32))
    return [
        ("marginal sets of 1,700 items; drawing 10,000 x 1,700 normals",
         seconds(lambda: rank_sets(x, se=se)), normals),
        ("credible ranks of 10,000 x 1,700 draws; drawing them",
         seconds(lambda: credible_ranks(draws, top=50)), normals),
    ]  # fmt: skip


def items(n: int) -> tuple:
    """Estimates and standard errors."""
    rng = np.random.default_rng(0)
    se = np.exp(rng.normal(-1, 0.5, n))
    return rng.normal(size=n) * (1 + se), se


def reading() -> list:
    """Reading workbooks whole against calamine's bare reading."""
    from intake import bare_calamine, employer_file
    from xmdemand.intake import read

    profile, classification = city()
    units = classification.frame.query("level == 'unit'")["name"].tolist()
    districts = [district.name for district in profile.districts]
    folder = Path("books")
    folder.mkdir(exist_ok=True)
    for number in range(50):
        employer_file(folder / f"{number:03d}.xlsx", number, 250, units[:300], districts)
    bare = seconds(lambda: bare_calamine(folder))
    whole = seconds(lambda: read(folder, profile, classification), times=2)
    return [("50 workbooks of 250 rows; calamine alone", whole, bare)]


def postings() -> list:
    """Counting postings against duckdb's bare group-by of the same file, same threads."""
    import duckdb

    from xmdemand.intake import postings
    from xmdemand.intake.posting_engines import open_engine
    from xmdemand.intake.postings import _read_cells, _readers, find_columns

    folder = posting_files(POSTINGS)
    profile, classification = city()

    def bare(keys: str) -> None:
        duckdb.connect().execute(
            f"SELECT count(*), sum(n) FROM (SELECT {keys}, left(date, 7) AS month, max(count) AS n "
            f"FROM read_parquet('{folder.as_posix()}/*.parquet') GROUP BY ALL)"
        ).fetchall()

    def count() -> None:
        engine = open_engine(folder)
        columns = find_columns(engine.names, {})
        cells = engine.distinct({k: v for k, v in columns.items() if k != "firm"})
        readers = _readers(profile)
        engine.count(columns, {k: _read_cells(cells[k], readers[k]) for k in cells})

    counted = seconds(count, times=2)
    whole = seconds(lambda: postings(folder, profile, classification), times=1)
    adverts, panel = "firm, title, district", "title, district"
    by_advert = seconds(lambda: bare(adverts), times=2)
    by_panel = seconds(lambda: bare(panel), times=2)
    return [
        (f"{POSTINGS:,} rows counted; bare group-by of the same adverts", counted, by_advert),
        (f"{POSTINGS:,} rows counted; bare group-by without firms", counted, by_panel),
        (f"{POSTINGS:,} rows, 5,000 titles coded too; same adverts", whole, by_advert),
    ]


def posting_files(rows: int) -> Path:
    """Made-up postings in ten Parquet files: 5,000 titles, 200,000 firms, a third put up again."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = Path(f"postings-{rows}")
    if folder.exists():
        return folder
    folder.mkdir()
    rng = np.random.default_rng(1)
    names = city()[1].frame.query("level == 'unit'")["name"].tolist()
    words = pa.array([f"{names[at % len(names)]}{at // len(names) or ''}" for at in range(5_000)])
    firms = pa.array([f"示例企业{at:06d}有限公司" for at in range(200_000)])
    places = pa.array([*[one.name for one in city()[0].districts], "厦门市", "漳州市"])
    chance = 1 / np.arange(1, 5_001) ** 0.9
    for part in range(10):
        n = rows // 10
        table = pd.DataFrame(
            {
                "title": rng.choice(5_000, n, p=chance / chance.sum()),
                "place": rng.integers(0, len(places), n),
                "firm": rng.integers(0, len(firms), n),
                "day": rng.integers(0, 730, n),
            }
        )
        again = rng.random(n) < 0.3
        table[again] = table.iloc[rng.integers(0, n, again.sum())].to_numpy()
        day = np.datetime64("2024-05-01") + table["day"].to_numpy()
        columns = {
            "title": words.take(pa.array(table["title"])),
            "district": places.take(pa.array(table["place"])),
            "date": pa.array(day.astype(str)),
            "firm": firms.take(pa.array(table["firm"])),
            "count": pa.array(rng.integers(1, 6, n)),
        }
        pq.write_table(pa.table(columns), folder / f"{part}.parquet")
    return folder


# growth


def grow(name: str, size: str) -> dict:
    """Seconds of a step at one size, its inputs made before."""
    step = GROW[name](int(size))
    warm = GROW[name](10) if name != "postings, rows" else None
    if warm:
        warm()
    return {"seconds": seconds(step, times=2), "peak": peak()}


def grow_forecast(n: int) -> Callable[[], object]:
    from xmdemand import forecast

    rng = np.random.default_rng(0)
    y = rng.poisson(40 * rng.lognormal(0, 1, (n, 1)), (n, 60)).astype(float)
    ds = pd.date_range("2021-05-01", periods=60, freq="MS")
    ids = np.repeat([f"s{at:06d}" for at in range(n)], 60)
    panel = pd.DataFrame({"unique_id": ids, "ds": np.tile(ds, n), "y": y.ravel()})
    return lambda: forecast(panel, 12).quantiles([0.1, 0.5, 0.9])


def grow_replicates(n: int) -> Callable[[], object]:
    from survey import margins_of, wide_frame
    from xmdemand import Design

    rng = np.random.default_rng(0)
    frame = wide_frame(rng, max(n, 1_000), 20)
    totals = margins_of(frame, rng)
    bound = Design(strata="h", weights="w", fpc="N").bind(frame).rake(totals)
    return lambda: bound.replicates(200, seed=1).total("y")


def grow_rank_sets(n: int) -> Callable[[], object]:
    from xmdemand import rank_sets

    x, se = items(n)
    return lambda: rank_sets(x, se=se)


def grow_titles(n: int) -> Callable[[], object]:
    from xmdemand import TitleCoder

    coder, names = TitleCoder(), city()[1].frame.query("level == 'unit'")["name"].tolist()
    titles = [
        f"{names[at % len(names)]}{'甲乙丙丁戊己庚辛壬癸子丑寅'[at // len(names)]}"
        for at in range(n)
    ]
    return lambda: coder.code(titles)


def grow_reading(n: int) -> Callable[[], object]:
    from intake import register_frame
    from xmdemand.intake import read

    profile, classification = city()
    units = classification.frame.query("level == 'unit'")["name"].tolist()
    folder = Path(f"register-{n}")
    folder.mkdir(exist_ok=True)
    districts = [district.name for district in profile.districts]
    register_frame(n, units[:100], districts).to_csv(folder / "register.csv", index=False)
    return lambda: read(folder, profile, classification)


def grow_postings(n: int) -> Callable[[], object]:
    from xmdemand.intake import postings

    folder = posting_files(n)
    return lambda: postings(folder, *city())


def grow_sheet(n: int) -> Callable[[], object]:
    from xmdemand.publish.sheets import Field, Layout, add_sheet, new_workbook, workbook_bytes

    rows = [[f"6-18-02-{at:04d}", "焊工", "思明区", at * 0.5, at, ""] for at in range(n)]
    fields = [Field(f"列{at}") for at in range(6)]

    def write() -> bytes:
        import datetime as dt

        book = new_workbook("x", "x")
        add_sheet(book, "x", fields, rows, Layout())
        return workbook_bytes(book, dt.datetime(2026, 5, 20))

    return write


COMPARE = {
    "engine": engine,
    "survey totals": survey_totals,
    "survey replicates": survey_replicates,
    "rank sets": rank_sets,
    "reading": reading,
    "postings": postings,
}
GROW = {
    "forecast, series": grow_forecast,
    "replicates, firms": grow_replicates,
    "rank sets, items": grow_rank_sets,
    "titles": grow_titles,
    "register rows read": grow_reading,
    "postings, rows": grow_postings,
    "sheet rows written": grow_sheet,
}

if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    print(
        json.dumps(
            {"build": build, "make": make, "compare": compare, "grow": grow}[what](*arguments)
        )
    )
