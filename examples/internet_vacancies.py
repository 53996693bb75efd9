"""Real vacancies: forecast every region x occupation, rank occupations by expected growth.

    python examples/internet_vacancies.py PATH [--out FILE.xlsx] [--series N]

PATH is a folder with `ivi_region_monthly.csv.gz` (Internet Vacancy Index, Jobs and Skills
Australia: month, region, level, anzsco_code, anzsco_title, vacancies_3m_avg), or that file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from xmdemand import backtest, forecast
from xmdemand.market import Forecast

HORIZON = 12
LEVEL = 0.8


def read_vacancies(path: Path) -> pd.DataFrame:
    """The index as a panel: ``unique_id, ds, y, region, occupation, title``."""
    file = path / "ivi_region_monthly.csv.gz" if path.is_dir() else path
    table = pd.read_csv(file, dtype={"anzsco_code": str})
    table = table[table["level"].eq("two_digit")]
    panel = pd.DataFrame(
        {
            "unique_id": table["region"] + " / " + table["anzsco_code"],
            "ds": pd.to_datetime(table["month"]),
            "y": table["vacancies_3m_avg"],
            "region": table["region"],
            "occupation": table["anzsco_code"],
            "title": table["anzsco_title"],
        }
    )
    return panel.sort_values(["unique_id", "ds"], ignore_index=True)


def rank_growth(fc: Forecast, *, n: int = 1000) -> pd.DataFrame:
    """Occupations by expected growth: next 12 months over the last 12, with intervals and ranks."""
    keys = fc.panel.keys["occupation"].to_numpy()
    coming = fc.draws(n).values.sum(axis=2)
    past = pd.Series(np.nansum(fc.panel.values[:, -HORIZON:], axis=1)).groupby(keys).sum()
    codes = past.index.get_indexer(keys)
    sums = np.zeros((n, len(past)))
    for at, code in enumerate(codes):
        sums[:, code] += coming[:, at]
    growth = sums / past.to_numpy() - 1
    ranks = (-growth).argsort(axis=1).argsort(axis=1) + 1
    tail = [(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]
    lower, middle, upper = np.quantile(growth, tail, axis=0)
    low, _, high = np.quantile(ranks, tail, axis=0)
    title = fc.panel.keys.groupby("occupation")["title"].first().reindex(past.index)
    table = pd.DataFrame(
        {
            "occupation": past.index,
            "title": title.to_numpy(),
            "last_12_months": past.to_numpy(),
            "growth": middle,
            "lower": lower,
            "upper": upper,
            "rank_lower": low.astype(int),
            "rank_upper": high.astype(int),
        }
    )
    table = table.sort_values("growth", ascending=False, ignore_index=True)
    return table.assign(rank=table.index + 1)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--out", type=Path, default=Path("vacancy_growth.xlsx"))
    parser.add_argument("--series", type=int, help="only the first N series (for a quick look)")
    args = parser.parse_args(arguments)
    panel = read_vacancies(args.path)
    if args.series:
        panel = panel[panel["unique_id"].isin(panel["unique_id"].unique()[: args.series])]
    fc = forecast(panel, HORIZON)
    table = rank_growth(fc)
    judged = backtest(panel, origins=1, horizon=HORIZON, by="occupation")
    with pd.ExcelWriter(args.out) as book:
        table.to_excel(book, sheet_name="growth", index=False)
        judged.frame.to_excel(book, sheet_name="a year earlier", index=False)
    print(table.head(10).round(3).to_string(index=False))
    print("\nThe same run a year earlier:")
    wide = judged.frame.pivot_table(index=["target", "method"], columns="measure", values="value")
    print(wide.round(3).to_string())
    for note in fc.notes:
        print("-", note.say("en"))
    print(f"\nwritten: {args.out}")


if __name__ == "__main__":
    main()
