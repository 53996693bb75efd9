"""The law of reading: a true row is read as it is, or refused or asked with a word.

`broken` holds what was read of a case against the truth it was made from.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

import office_employers
import office_markets
import office_truth
from office_paint import Canvas, workbook
from office_truth import LEVELS, Choices, Record, Truth
from xmdemand.intake import read
from xmdemand.intake.columns import KINDS
from xmdemand.intake.tables import Tables
from xmdemand.occupations import Classification
from xmdemand.profile import Profile

_Draw = Callable[[Truth, Choices], list[Canvas]]
MAKERS: Mapping[str, tuple[Callable[[int], Truth], _Draw, str]] = {
    "employers": (office_truth.employers, office_employers.draw, "企业用工需求"),
    "register": (office_truth.register, office_markets.draw_register, "职业供求"),
    "workers": (office_truth.workers, office_markets.draw_workers, "培训意愿调查"),
}
SHARE = ("employers", "employers", "register", "register", "employers", "workers")
"""Kinds of the cases, in turn."""
BATCH = 60


@dataclass(frozen=True)
class Broken:
    """Where the law is broken: what happened, of which field, and an example."""

    what: str
    column: str
    example: str


@dataclass
class Case:
    """One drawn file."""

    seed: int
    how: Choices
    truth: Truth
    canvases: list[Canvas]
    file: str
    broken: list[Broken] = field(default_factory=list)
    outcome: Counter[str] = field(default_factory=Counter)

    def rows_of(self, record: Record) -> set[int]:
        """The rows of the sheet in which a record stands."""
        return set().union(*(canvas.rows_of.get(id(record), set()) for canvas in self.canvases))

    def speaks_of(self, place: str) -> bool:
        """Whether a line around the table names a place, which then holds for all its rows."""
        texts = (str(value) for canvas in self.canvases for value in canvas.cells.values())
        return any(place in text for text in texts)


def make(seed: int, plain: Sequence[str] = ()) -> Case:
    """Draw the case of a seed."""
    truth_of, draw, name = MAKERS[SHARE[seed % len(SHARE)]]
    how, truth = Choices(seed, plain), truth_of(seed)
    canvases = draw(truth, how)
    letters = "".join(chr(97 + seed // 26**k % 26) for k in range(5))
    return Case(seed, how, truth, canvases, f"{letters}{name}.xlsx")


@cache
def _city() -> tuple[Profile, Classification]:
    return Profile.load("xiamen"), Classification.load()


def judge(cases: Sequence[Case], folder: Path) -> None:
    """Write the cases into a folder, read it, and hold every case against its truth."""
    folder.mkdir(parents=True)
    for case in cases:
        (folder / case.file).write_bytes(workbook(case.canvases))
    profile, classification = _city()
    tables = read(folder, profile, classification)
    said = _Said(tables)
    for case in cases:
        _judge(case, said)


class _Said:
    """All that a reading says, by file."""

    def __init__(self, tables: Tables) -> None:
        self.rows: dict[str, list[Record]] = {}
        for kind in KINDS:
            table = getattr(tables, kind)
            for row in [] if table is None else table.to_dict("records"):
                file, _, number = row["source"].split("!")
                row["kind_"], row["row_"] = kind, int(number.partition(".")[0])
                self.rows.setdefault(file, []).append(row)
        self.files = _by_file(tables.files)
        self.refused = _by_file(tables.quarantine)
        self.odd = _by_file(tables.oddities)
        self.asked = _by_file(tables.proposals)


def _by_file(table: pd.DataFrame | None) -> dict[str, list[Record]]:
    out: dict[str, list[Record]] = {}
    for row in [] if table is None else table.to_dict("records"):
        out.setdefault(row["file"], []).append(row)
    return out


_QUIETLY = ("intake.instructions", "intake.empty_sheet", "intake.example_sheet")


def _judge(case: Case, said: _Said) -> None:
    rows = said.rows.get(case.file, [])
    files = said.files.get(case.file, [])
    asked = [row for row in said.asked.get(case.file, []) if not row["taken"]]
    odd = said.odd.get(case.file, [])
    kind = case.truth.kind
    case.outcome["questions"] += len(asked)
    case.outcome["asked"] += bool(asked)
    if any(f["rows_read"] != f["accepted"] + f["refused"] for f in files):
        case.broken.append(Broken("accounting", "", str(files)))
    if other := [row for row in rows if row["kind_"] != kind]:
        case.broken.append(Broken(f"taken as {other[0]['kind_']}", "", f"{len(other)} rows"))
    own = [row for row in rows if row["kind_"] == kind]
    unread = [f["code"] for f in files if f["state"] != "read"]
    quiet = [c for c in unread if c in _QUIETLY or c.startswith("intake.other")]
    refused = {row["row"] for row in said.refused.get(case.file, [])}
    told = {row["row"] for row in odd}
    matched = _MATCH[kind](case, own)
    used = {id(row) for _, found in matched for row in found}
    for row in own:
        if id(row) not in used:
            shown = {k: v for k, v in row.items() if k in _SHOWN and v == v and v != ""}
            case.broken.append(Broken("row nobody wrote", "", str(shown)))
    for record, found in matched:
        places = case.rows_of(record)
        if not found:
            if refused & places:
                case.outcome["refused"] += 1
            elif quiet:
                case.broken.append(Broken("skipped", quiet[0], ""))
            elif unread or any(not row["kind"] for row in asked):
                case.outcome["unread"] += 1
            elif told & places:
                case.outcome["flagged"] += 1
            else:
                case.broken.append(Broken("row lost", "", f"{sorted(places)} {record}"))
            continue
        case.outcome["read"] += 1
        for name, verdict in _COMPARE[kind](record, found, case).items():
            if verdict and not _excused(name, verdict, places, kind, odd, asked):
                seen = {k: v for k, v in found[0].items() if k.startswith(name.split("_")[0])}
                text = f"row {sorted(places)}: {record.get(name)!r}, read {seen}"
                case.broken.append(Broken(verdict, name, text))


_SHOWN = frozenset(
    [
        "row_",
        "firm_name",
        "district",
        "post",
        "title",
        "month",
        "vacancies",
        "posts_total",
        "seekers_total",
        "wish",
    ]
)


def _excused(
    name: str, verdict: str, rows: set[int], kind: str, odd: list[Record], asked: list[Record]
) -> bool:
    """Whether a cell's wrong or empty value is pointed at, or its column asked about."""
    side = name.partition("_")[0]
    names = [c.name for c in KINDS[kind].columns if c.name == name or c.name.startswith(side)]
    names += {"post": ["title"], "wishes": ["title"]}.get(name, [])
    heads = [
        KINDS[kind].column(n).header for n in names if n in {c.name for c in KINDS[kind].columns}
    ]
    if any(o["row"] in rows and o["column"] in heads and o["severity"] != "info" for o in odd):
        return True
    return verdict == "empty" and any(a["column"] in names or not a["kind"] for a in asked)


def _missing(number: Any) -> bool:
    return number is None or (isinstance(number, float) and math.isnan(number))


def _same(true: float, read: Any) -> str:
    return "empty" if _missing(read) else "" if abs(true - read) < 0.5 else "wrong"


Matched = list[tuple[Record, list[Record]]]


def _match_employers(case: Case, rows: list[Record]) -> Matched:
    at: dict[tuple[str, str], list[Record]] = {}
    for row in rows:
        at.setdefault((row["firm_name"], row["post"]), []).append(row)
    return [(r, at.get((r["firm_name"], r["post"]), [])) for r in case.truth.records]


def _compare_employers(record: Record, found: list[Record], case: Case) -> dict[str, str]:
    row = found[0]
    allowed = {
        name
        for made in case.how.made.values()
        if isinstance(made, str)
        for name in office_employers.DECOYS.get(made, ())
    }
    out = {"post": "twice" if len(found) > 1 else ""}
    for name in (
        "vacancies",
        "planned_hires",
        "headcount",
        "past_hires",
        "leavers",
        "vacancies_3m",
        "train_persons",
    ):
        out[name] = _count(record.get(name), row, name, spare=name in allowed)
    if "wage" in record:
        low, high = record["wage"]
        out["wage"] = _same(low, row["wage_low"]) or _same(high, row["wage_high"])
    elif not _missing(row["wage_low"]):
        out["wage"] = "invented"
    if "district" in record:
        out["district"] = (
            "" if row["district"] == record["district"] else "wrong" if row["district"] else "empty"
        )
    elif row["district"] and not case.speaks_of(row["district"]):
        out["district"] = "invented"
    if "employees" in record:
        out["employees"] = _same(record["employees"], row["employees"])
    elif not _missing(row["employees"]) and "employees" not in allowed:
        out["employees"] = "invented"
    if "level" in record:
        out["level"] = (
            "" if LEVELS[record["level"]] in row["level"] else "wrong" if row["level"] else "empty"
        )
    return out


def _count(true: int | None, row: Record, name: str, *, spare: bool) -> str:
    if row[f"{name}_kind"] == "missing":
        return "" if true is None else "empty"
    if true is None:
        return "" if spare else "invented"
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return "" if low == true and high == true else "wrong"


def _match_register(case: Case, rows: list[Record]) -> Matched:
    at: dict[tuple[str, str, str], list[Record]] = {}
    for row in rows:
        place = row["district"]
        if not case.truth.records[0]["district"] and case.speaks_of(place):
            place = ""  # the district of the office that sends a table without districts
        at.setdefault((row["title"], place, str(row["month"])[:10]), []).append(row)
    return [
        (r, at.get((r["title"], r["district"], str(r["month"])), [])) for r in case.truth.records
    ]


def _compare_register(record: Record, found: list[Record], case: Case) -> dict[str, str]:
    out: dict[str, str] = {}
    for side in ("posts", "seekers"):
        stated = [
            {part: row[f"{side}_{part}"] for part in ("carried", "new", "total")} for row in found
        ]
        given = [row for row in stated if not all(map(_missing, row.values()))]
        if side not in record:
            out[side] = "invented" if given else ""
            continue
        if len(given) > 1:
            out[side] = "twice"
            continue
        if not given:
            out[side] = "empty"
            continue
        whole = [given[0][p] for p in ("total", "new") if not _missing(given[0][p])]
        out[side] = (
            "" if any(abs(n - record[side]) < 0.5 for n in whole) else "wrong" if whole else "empty"
        )
        for part in ("carried", "new"):
            if f"{side}_{part}" in record:
                out[f"{side}_{part}"] = _same(record[f"{side}_{part}"], given[0][part])
        if "posts_carried" not in record and not _missing(given[0]["carried"]):
            out[f"{side}_carried"] = "invented"
    if any(row["months"] != 1 for row in found):
        out["month"] = "wrong"
    return out


def _match_workers(case: Case, rows: list[Record]) -> Matched:
    return [
        (record, [row for row in rows if row["row_"] in case.rows_of(record)])
        for record in case.truth.records
    ]


def _compare_workers(record: Record, found: list[Record], case: Case) -> dict[str, str]:
    wishes = sorted(row["wish"] for row in found)
    out = {
        "wishes": "" if wishes == sorted(record["wishes"]) else "wrong" if any(wishes) else "empty"
    }
    band = re.findall(r"\d+", found[0]["age_band"])
    if not band:
        out["age"] = "empty"
    elif not int(band[0]) <= record["age"] <= int([*band, 999][1]):
        out["age"] = "wrong"
    for name in ("district", "group", "level"):
        read_ = found[0][name]
        if name in record:
            out[name] = "" if read_ == record[name] else "wrong" if read_ else "empty"
        elif read_ and not case.speaks_of(read_):
            out[name] = "invented"
    return out


_MATCH = {"employers": _match_employers, "register": _match_register, "workers": _match_workers}
_COMPARE = {
    "employers": _compare_employers,
    "register": _compare_register,
    "workers": _compare_workers,
}


def smallest(case: Case, folder: Path) -> Case:
    """The plainest sheet on which the first failure of a case still happens."""
    wanted = (case.broken[0].what, case.broken[0].column)
    plain: list[str] = list(case.how.plain)
    best = case
    for n, name in enumerate(list(case.how.made)):
        again = make(case.seed, [*plain, name])
        judge([again], folder / f"{case.seed}-{n}")
        if wanted in [(b.what, b.column) for b in again.broken]:
            plain.append(name)
            best = again
    return best
