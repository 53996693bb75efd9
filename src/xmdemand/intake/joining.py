"""Rows of different files that speak of the same thing: firms, returns sent twice, corrections.

The rule: of one firm's returns the last by its day of filing counts. Without days, a file whose
name says it is a correction (更正, 修订, 重报), or that is another version of the same file,
replaces a return that shares a post with it; any other later name replaces the posts they share.
Returns of one firm that share no post and bear no days are all kept (parts of one return), and so
are answers of one sheet that name different posts. Two returns that count different things (people
wanted, people to train) are parts of one as well: their rows of one post become one. For the
register, a row of the later file replaces the same occupation, district and month of an earlier one
of the same series; see `xmdemand.intake.overlaps` for whole cities and quarters. What is replaced
goes to the quarantine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import pandas as pd

from xmdemand.intake.assemble import firm_key
from xmdemand.intake.tables import UNCERTAIN_COUNTS

_CORRECTION = re.compile(r"更正|修订|修改|更新|重报|补正|最终|订正|correct|revis", re.IGNORECASE)

Refusals = dict[str, str]
"""Source of a row -> why it is refused."""


def precedence(file: str) -> tuple[bool, str]:
    """Order in which files replace each other: corrections last, then by name.

    >>> precedence("b.xlsx") < precedence("a更正.xlsx")
    True
    """
    return bool(_CORRECTION.search(file)), file


def cells(column: pd.Series) -> list:
    """A column as plain Python values; iterating over a string column itself is slow."""
    return column.to_numpy(dtype=object).tolist()


def identify_firms(tables: Mapping[str, pd.DataFrame], city: str) -> None:
    """Give rows without a credit code the code their firm has elsewhere, or its name's key.

    Names are compared without legal form, brackets and the city's name; a name that stands beside
    two codes identifies neither.
    """
    codes: dict[str, set[str]] = {}
    kinds = [kind for kind in ("firms", "employers") if kind in tables]
    if all((tables[kind]["firm"] != "").all() for kind in kinds):
        return
    for kind in kinds:
        table = tables[kind]
        pairs = zip(cells(table["firm_name"]), cells(table["firm"]), strict=True)
        for name, code in dict.fromkeys(pairs):
            if code:
                codes.setdefault(firm_key(name, city), set()).add(code)
    known = {key: min(found) for key, found in codes.items() if key and len(found) == 1}
    for kind in kinds:
        table = tables[kind]
        keys = [firm_key(name, city) for name in cells(table["firm_name"])]
        found = [known.get(key, key) for key in keys]
        table["firm"] = [own or key for own, key in zip(cells(table["firm"]), found, strict=True)]


def superseded_returns(table: pd.DataFrame) -> Refusals:
    """Sources of returns that a later return of the same firm replaces, and of repeated rows."""
    refused: Refusals = {}
    returns = table[["firm", "sheet", "submitted"]].drop_duplicates()
    several = table[table["firm"].isin(returns.loc[returns["firm"].duplicated(), "firm"])]
    of_firm: dict[str, list[_Row]] = {}
    for firm, row in zip(several["firm"], _rows(several), strict=True):
        of_firm.setdefault(firm, []).append(row)
    for rows in of_firm.values():
        refused.update(_replaced(rows))
    rest = table[~table["source"].isin(list(refused))] if refused else table
    content = [column for column in rest.columns if column not in ("source", "submitted", "sheet")]
    same = rest.duplicated(["firm", "post"], keep=False)
    if same.any():
        repeated = rest[same].astype(str)[content].duplicated(keep="first")
        for source in rest[same].loc[repeated.to_numpy(), "source"]:
            refused.setdefault(source, "intake.repeated")
    return refused


@dataclass(frozen=True, slots=True)
class _Row:
    """What tells whether a row of a firm's return is replaced by a later return."""

    sheet: str
    submitted: pd.Timestamp
    post: str
    source: str
    counts: frozenset[str]


def _rows(table: pd.DataFrame) -> Iterator[_Row]:
    stated = np.stack([table[f"{name}_kind"] != "missing" for name in UNCERTAIN_COUNTS], axis=1)
    counts = (frozenset(compress(UNCERTAIN_COUNTS, row)) for row in stated.tolist())
    columns = (table[name] for name in ("sheet", "submitted", "post", "source"))
    return (_Row(*values) for values in zip(*columns, counts, strict=True))


def _replaced(rows: Sequence[_Row]) -> Refusals:
    """The rows of one firm that a later return of it replaces."""
    last: dict[str, pd.Timestamp] = {}  # a row without a day belongs to its sheet's last return
    for row in rows:
        if not pd.isna(row.submitted):
            last[row.sheet] = max(row.submitted, last.get(row.sheet, row.submitted))
    keys = [
        (
            last.get(row.sheet, pd.Timestamp.min) if pd.isna(row.submitted) else row.submitted,
            precedence(row.sheet),
        )
        for row in rows
    ]
    order = sorted(set(keys))
    posts: list[set[str]] = [set() for _ in order]
    counted: list[set[str]] = [set() for _ in order]
    for row, key in zip(rows, keys, strict=True):
        posts[order.index(key)].add(row.post)
        counted[order.index(key)] |= row.counts
    refused: Refusals = {}
    for key, row in zip(keys, rows, strict=True):
        own = order.index(key)
        for later in range(own + 1, len(order)):
            parts = order[later][1] == key[1]  # of one sheet: a questionnaire filled in per post
            undated = order[later][0] == pd.Timestamp.min
            shared = bool(posts[own] & posts[later])
            if counted[own] and counted[later] and not counted[own] & counted[later]:
                continue
            whole = not undated or (shared and _replaces(order[later][1], key[1]))
            if (row.post in posts[later]) if parts or not whole else True:
                refused[row.source] = "intake.superseded"
    return refused


def _replaces(later: tuple[bool, str], earlier: tuple[bool, str]) -> bool:
    """Whether a sheet is a whole return once more: a correction, or its file's next version."""
    names = (name.rpartition("!")[0].casefold() for _, name in (later, earlier))
    one, two = (_VERSION.sub("", _ENDING.sub("", name)) for name in names)
    return later[0] or one == two


def joined_parts(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Make one row of what two tables say of one firm's post, each counting something else.

    Returns
    -------
    tuple
        The table, and the sources of the rows that went into others.
    """
    of_sheets = table[["firm", "sheet"]].drop_duplicates()["firm"]
    several = of_sheets[of_sheets.duplicated()]
    if several.empty:
        return table, []
    same = table["firm"].isin(several) & (table["post"] != "")
    same &= table.duplicated(["firm", "post"], keep=False)
    columns = {name: table[name].to_numpy(dtype=object).copy() for name in (*_COUNTED, *_ALSO)}
    gone: list[int] = []
    places = pd.Series(np.arange(len(table)), index=table.index)
    for _, rows in table[same].groupby(["firm", "post"], sort=False):
        if rows["sheet"].duplicated().any():
            continue  # which row belongs to which is not known
        into, *others = places[rows.index].tolist()
        for other in others:
            if not _stated(columns, into) & _stated(columns, other):
                _move(columns, other, into)
                gone.append(other)
    if not gone:
        return table, []
    filled = {
        name: pd.Series(list(values), index=table.index).astype(table[name].dtype)
        for name, values in columns.items()
    }
    sources = table["source"].iloc[gone].tolist()
    kept = np.delete(np.arange(len(table)), gone)
    return table.assign(**filled).iloc[kept].reset_index(drop=True), sources


_ENDS = ("", "_low", "_high", "_kind")
_COUNTED = tuple(f"{name}{end}" for name in UNCERTAIN_COUNTS for end in _ENDS)
_ALSO = ("hard_reason", "train_level", "code", "level", "wage_low", "wage_high")
_Columns = Mapping[str, np.ndarray]


def _stated(columns: _Columns, place: int) -> set[str]:
    return {name for name in UNCERTAIN_COUNTS if columns[f"{name}_kind"][place] != "missing"}


def _move(columns: _Columns, other: int, into: int) -> None:
    """Write into a row what it leaves open and the other row says."""
    for name in _stated(columns, other):
        for end in _ENDS:
            columns[f"{name}{end}"][into] = columns[f"{name}{end}"][other]
    for name in _ALSO:
        own = columns[name][into]
        if own in ("", ()) or own != own:
            columns[name][into] = columns[name][other]


def superseded_register(table: pd.DataFrame) -> Refusals:
    """Rows of the register that a later file of the same series gives again.

    Two services' registers of one district and month are two registers: their numbers add up. A
    file is of another's series if its name differs by days, numbers and words of correction only,
    or if nine in ten of the rows they have in common are equal.
    """
    if table["sheet"].nunique() < 2:
        return {}
    again = table[table.duplicated(_SAME_ROW, keep=False)]
    if again.empty:
        return {}
    again = again.assign(sheet=again["sheet"].astype(str))
    refused: Refusals = {}
    for side in ("posts", "seekers"):
        counts = [f"{side}_{part}" for part in ("carried", "new", "total")]
        stated = again[again[counts].notna().any(axis=1)]
        series = stated["sheet"].map(_series_of(stated, counts))
        names = sorted(set(stated["sheet"]), key=precedence)
        rank = stated["sheet"].map({name: place for place, name in enumerate(names)})
        latest = rank.groupby([series, *(stated[column] for column in _SAME_ROW)]).transform("max")
        earlier = stated.loc[(rank < latest).to_numpy(), "source"]
        refused.update(dict.fromkeys(earlier, "intake.superseded"))
    return refused


_SAME_ROW = ["title", "code", "district", "month", "months"]
_ENDING = re.compile(r"\.[a-z0-9]+$")
_VERSION = re.compile(
    r"[\d０-９一二三四五六七八九十年月日季度上下半份.\-_ （）()【】\[\]]+"
    r"|更正|修订|修改|更新|重报|补正|最终|订正|副本|补报|新|版|第|稿|copy|final|v(?=\d)",
    re.IGNORECASE,
)


def _series_of(table: pd.DataFrame, counts: list[str]) -> dict[str, str]:
    """Sheet -> the series it belongs to, named after one of its sheets."""
    sheets = list(dict.fromkeys(table["sheet"]))
    names = {sheet: sheet.rpartition("!")[0].casefold() for sheet in sheets}
    series = {sheet: _VERSION.sub("", _ENDING.sub("", name)) for sheet, name in names.items()}
    rows = {
        sheet: own.drop_duplicates(_SAME_ROW).set_index(_SAME_ROW)[counts]
        for sheet, own in table.groupby("sheet", sort=False)
    }
    for place, sheet in enumerate(sheets):
        for other in sheets[:place]:
            common = rows[sheet].index.intersection(rows[other].index)
            if series[sheet] == series[other] or not len(common):
                continue
            one, two = rows[sheet].loc[common].to_numpy(), rows[other].loc[common].to_numpy()
            alike = (np.nan_to_num(one, nan=-1.0) == np.nan_to_num(two, nan=-1.0)).all(axis=1)
            if alike.mean() >= 0.9:
                own = series[sheet]
                series = {name: series[other] if s == own else s for name, s in series.items()}
    return series


def repeated_persons(table: pd.DataFrame) -> Refusals:
    """Answers that were imported twice.

    That is so of the same number and moment of submission, and of the same moment, to the second,
    and all answers alike in another sheet (a district's part of the city's export).
    """
    stamped = table[(table["number"] != "") & table["submitted"].notna()]
    first = stamped.groupby(["number", "submitted"], sort=False)["source"].transform("first")
    again = stamped.loc[(stamped["source"] != first).to_numpy(), "source"]
    refused = dict.fromkeys(again, "intake.repeated")
    timed = table[table["submitted"].notna() & ~table["source"].isin(list(refused))]
    timed = timed[timed["submitted"] != timed["submitted"].dt.normalize()]
    alike = ["submitted", "seconds", "group", "age", "wish", "level"]
    if len(set(timed["sheet"])) > 1:
        sheet = timed.groupby(alike, sort=False, dropna=False)["sheet"].transform("first")
        elsewhere = timed.loc[(timed["sheet"] != sheet).to_numpy(), "source"]
        refused |= dict.fromkeys(elsewhere, "intake.repeated")
    return refused


def suspicious_returns(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """``(source, column, code)`` of returns that do not fit together. Nothing is deleted.

    Wages are held against their occupation: more than 4 robust standard deviations of the log
    wage away, among at least 8.
    """
    found: list[tuple[str, str, str]] = []

    def add(rows: pd.Series | np.ndarray, column: str, code: str) -> None:
        found.extend(
            (s, column, code) for s in table.loc[np.asarray(rows, bool), "source"].unique()
        )

    staff = table["employees"]
    add(
        (table["vacancies_low"] > staff.clip(lower=10)).fillna(False),
        "vacancies",
        "intake.over_staff",
    )
    add((table["headcount_low"] > staff).fillna(False), "headcount", "intake.over_staff")
    long_open = (table["vacancies_3m_low"] > table["vacancies_high"]).fillna(False)
    add(long_open, "vacancies_3m", "intake.over_vacancies")
    wage = np.log(table[["wage_low", "wage_high"]].mean(axis=1).where(lambda w: w > 0))
    groups = wage.groupby(table["occupation"].replace("", np.nan))
    centre = groups.transform("median")
    spread = 1.4826 * (wage - centre).abs().groupby(table["occupation"]).transform("median")
    enough = groups.transform("count") >= 8
    odd = enough & ((wage - centre).abs() > 4 * spread.clip(lower=0.1))
    add(odd.fillna(False), "wage", "intake.odd_wage")
    return found


def suspicious_register(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Register rows whose total is not the sum of its parts."""
    found = []
    for side in ("posts", "seekers"):
        carried, new, total = (
            table[f"{side}_{part}"].to_numpy() for part in ("carried", "new", "total")
        )
        off = np.abs(total - (carried + new)) > 0.5
        if off.any():
            found += [(s, f"{side}_total", "intake.sum_differs") for s in table.loc[off, "source"]]
    return found


def suspicious_persons(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Questionnaires filled in within 20 seconds."""
    seconds = pd.to_numeric(
        table["seconds"].str.extract(r"^(\d+)\s*秒?$", expand=False), errors="coerce"
    )
    quick = table.loc[(seconds < 20).to_numpy(), "source"].unique()
    return [(source, "seconds", "intake.too_quick") for source in quick]
