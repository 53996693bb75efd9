"""Reading speed of intake against the bare readers, in one run on the same files.

    python benchmarks/intake.py [files] [rows in all] [register rows]

Prints the time of `xmdemand.intake.read` as a multiple of calamine's bare reading of the same
workbooks, and of pandas' bare `read_parquet` and `read_csv` of the same register.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import python_calamine as calamine
from openpyxl import Workbook

from xmdemand.intake import read
from xmdemand.intake.columns import header
from xmdemand.occupations import Classification
from xmdemand.profile import Profile

COLUMNS = (
    "firm",
    "firm_name",
    "district",
    "industry",
    "size_class",
    "employees",
    "submitted",
    "title",
    "vacancies",
    "planned_hires",
    "past_hires",
    "leavers",
    "vacancies_3m",
    "headcount",
    "hard_reason",
    "wage",
    "level",
    "train_persons",
    "train_level",
)


def employer_file(path: Path, number: int, n: int, names: list[str], districts: list[str]) -> None:
    """One return of `n` rows as a district sends it."""
    rng = np.random.default_rng(number)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("用工需求")
    sheet.append(["2026年企业用工需求调查表"])
    sheet.append([header("employers", column) for column in COLUMNS])
    for row in range(n):
        firm = f"{number:03d}{row // 3:05d}"
        low = int(rng.integers(35, 90)) * 100
        sheet.append(
            [
                f"91350200MA{firm}",
                f"厦门{firm}有限公司",
                districts[number % len(districts)],
                "制造业",
                "中型",
                200,
                "2026-03-15",
                names[int(rng.integers(len(names)))],
                int(rng.integers(0, 20)),
                "10-20人" if row % 9 == 0 else int(rng.integers(1, 30)),
                int(rng.integers(0, 20)),
                int(rng.integers(0, 20)),
                1,
                int(rng.integers(20, 90)),
                "技能不足",
                f"{low}-{low + 2000}",
                "中级及以上",
                5,
                "五级",
            ]
        )
    book.save(path)


def register_frame(n: int, names: list[str], districts: list[str]) -> pd.DataFrame:
    """A register of `n` rows, occupation x district x month."""
    rng = np.random.default_rng(0)
    i = np.arange(n)
    months = pd.date_range("2010-01-01", periods=192, freq="MS").strftime("%Y-%m").to_numpy()
    frame = pd.DataFrame(
        {
            header("register", "month"): months[i // (len(names) * len(districts)) % len(months)],
            header("register", "district"): np.array(districts)[i // len(names) % len(districts)],
            header("register", "title"): np.array(names)[i % len(names)],
        }
    )
    for column in ("posts_carried", "posts_new", "seekers_carried", "seekers_new"):
        frame[header("register", column)] = rng.poisson(9, n)
    return frame


def seconds(call: Callable[[], object], *, best_of: int = 3) -> float:
    """The best of several runs, in seconds of this process."""
    times = []
    for _ in range(best_of):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def bare_calamine(folder: Path) -> None:
    """What the workbooks cost to read and nothing else."""
    for path in sorted(folder.glob("*.xlsx")):
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        for name in book.sheet_names:
            book.get_sheet_by_name(name).to_python()


def tell(what: str, bare: float, whole: float) -> None:
    """One line of result."""
    print(f"{what}: bare {bare:.2f} s, read {whole:.2f} s, ratio {whole / bare:.2f}")


def main() -> None:
    """Run both comparisons and print their ratios."""
    files, rows, register = (
        int(a) for a in (*sys.argv[1:], *("200", "50000", "1000000")[len(sys.argv) - 1 :])
    )
    profile, classification = Profile.load("xiamen"), Classification.load()
    districts = [district.name for district in profile.districts]
    units = classification.frame.query("level == 'unit'")["name"].tolist()
    with tempfile.TemporaryDirectory() as folder:
        books = Path(folder, "books")
        books.mkdir()
        for number in range(files):
            employer_file(
                books / f"{number:03d}.xlsx", number, rows // files, units[:300], districts
            )
        bare = seconds(lambda: bare_calamine(books))
        whole = seconds(lambda: read(books, profile, classification))
        tell(f"{files} workbooks, {rows} rows", bare, whole)
        parquet = Path(folder, "register", "register.parquet")
        parquet.parent.mkdir()
        table = register_frame(register, units[:800], districts)
        table.to_parquet(parquet)
        bare = seconds(lambda: pd.read_parquet(parquet))
        whole = seconds(lambda: read(parquet.parent, profile, classification))
        tell(f"{register} register rows", bare, whole)
        text = Path(folder, "text", "register.csv")
        text.parent.mkdir()
        table.head(register // 5).to_csv(text, index=False)
        bare = seconds(lambda: pd.read_csv(text))
        whole = seconds(lambda: read(text.parent, profile, classification))
        tell(f"{register // 5} register rows as text", bare, whole)


if __name__ == "__main__":
    main()
