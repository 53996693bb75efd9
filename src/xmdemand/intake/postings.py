"""Job postings of any size -> a register panel: new posts by occupation, district and month.

Rows are never brought together in Python: what the cells of a column say is worked out once a
distinct cell, by the parsers of the room, and an engine (`posting_engines`) counts. duckdb counts
on one machine, dask on a cluster; they are handed the same readings and give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from xmdemand.errors import InputError
from xmdemand.intake.coding import code_titles, read_confirmed
from xmdemand.intake.columns import POSTINGS
from xmdemand.intake.names import Names
from xmdemand.intake.personal import mask
from xmdemand.intake.posting_engines import Reading, open_engine
from xmdemand.intake.text import bare, tidy
from xmdemand.intake.values import parse_count, parse_district, parse_month
from xmdemand.notes import Note, Notes
from xmdemand.results import Result

if TYPE_CHECKING:
    from dask.distributed import Client

    from xmdemand.occupations import Classification
    from xmdemand.profile import Profile

REASONS = ("title", "posted", "district", "count")
"""Columns in the order in which a row is refused for them: the first bad one is its reason."""

KEYS = ("occupation", "occupation_status", "district", "month")


@dataclass(frozen=True, eq=False)
class Postings(Result):
    """What job postings say.

    Attributes
    ----------
    register
        A row an occupation x district x month, columns as in `Tables.register`: ``occupation,
        occupation_status, district, month, posts_new`` (persons). What no occupation could be told
        of stays in it, without an occupation (status ``review`` or ``unmatched``); a posting that
        names the city and no district of it has an empty district. ``adverts`` is the number of
        different adverts, ``rows`` that of rows.
    titles
        ``title, n, status, code, name, score, method, alternatives`` of every distinct title, n
        in rows; personal data in titles are masked.
    accounting
        ``reason, rows``: ``accepted``, and the refused ones by the column they were refused for.
    """

    register: pd.DataFrame
    titles: pd.DataFrame
    accounting: pd.DataFrame
    notes: Notes = ()

    @property
    def frame(self) -> pd.DataFrame:
        """`register`."""
        return self.register

    @property
    def rows_read(self) -> int:
        """Rows of the data set: accepted and refused."""
        return int(self.accounting["rows"].sum())


def postings(
    dataset: Any,
    profile: Profile,
    classification: Classification,
    *,
    columns: Mapping[str, str] | None = None,
    coded_titles: Path | None = None,
    client: Client | None = None,
) -> Postings:
    """Count job postings as a register counts posts.

    One advert is one title of one firm in one district in one calendar month. It counts once
    however often it was put up again in that month, with the largest number of persons it named;
    in another month it counts anew. Rows without a firm cannot be told from each other and count
    each by itself. A number left out is one person, a range its lower end.

    Parameters
    ----------
    dataset
        A Parquet or CSV file (UTF-8, with a heading row), a folder of one of them, a DataFrame, or
        a dask DataFrame. Only the columns that are named below are read.
    profile
        The city; its districts.
    classification
        To which titles are coded.
    columns
        Our name -> the data's: ``title, posted`` (a day or month), ``district, firm, count``. By
        default headings are known by their synonyms (docs/inputs.md). Only the first two are
        needed.
    coded_titles
        CSV of what people confirmed, as for `read`.
    client
        Of dask.distributed: the counting is done there, each worker on its part.

    Returns
    -------
    Postings
        Every row is in ``accounting``, accepted or refused.

    Raises
    ------
    InputError
        If there is nothing to read, or columns are missing, unknown or ambiguous.
    MissingExtraError
        Without duckdb (extra ``postings``), or dask (extra ``cluster``) where that is asked for.

    Examples
    --------
    >>> from xmdemand.occupations import Classification
    >>> from xmdemand.profile import Profile
    >>> data = pd.DataFrame({"职位名称": "保安员", "发布日期": ["2026-03-02", "2026-03-09"],
    ...                      "公司": "甲", "招聘人数": ["3", "5"], "城市": "厦门市思明区"})
    >>> found = postings(data, Profile.load("xiamen"), Classification.load())
    >>> found.register[["district", "posts_new", "adverts", "rows"]].values.tolist()
    [['思明区', 5.0, 1, 2]]
    """
    engine = open_engine(dataset, client)
    found = find_columns(engine.names, columns or {})
    cells = engine.distinct({name: given for name, given in found.items() if name != "firm"})
    readers = _readers(profile)
    readings = {name: _read_cells(cells[name], readers[name]) for name in cells}
    counted = engine.count(found, readings)
    accepted = _worded(counted[counted["bad"] == ""], readings)
    titles = _coded(accepted, classification, coded_titles)
    return Postings(
        register=_panel(accepted, titles),
        titles=titles,
        accounting=_accounting(counted),
        notes=_notes(counted, titles, found),
    )


def find_columns(names: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """Our columns -> the data's, by what the caller says, else by heading.

    >>> find_columns(["职位", "日期", "电话"], {})
    {'title': '职位', 'posted': '日期'}
    """
    names = list(names)
    known = {column.name: column for column in POSTINGS.columns}
    problems = [f"columns names {name!r}, known are {list(known)}" for name in given.keys() - known]
    problems += [
        f"columns[{ours!r}] is {theirs!r}, which the data have not"
        for ours, theirs in given.items()
        if theirs not in names
    ]
    found = {}
    for column in POSTINGS.columns:
        words = {bare(word) for word in (column.name, column.header, *column.synonyms)}
        alike = [name for name in names if bare(name) in words and name not in given.values()]
        if column.name in given:
            found[column.name] = given[column.name]
        elif len(alike) > 1:
            problems.append(f"{column.name} may be {' or '.join(alike)}: say which in columns")
        elif alike:
            found[column.name] = alike[0]
        elif column.required:
            problems.append(f"no column {column.name} ({column.header}): say which in columns")
    if problems:
        raise InputError(f"postings: {'; '.join(problems)}; the data have {names}")
    return found


def _readers(profile: Profile) -> dict[str, Callable[[str], Any]]:
    """What a cell of each column says, None where it cannot be used."""
    names = Names.of(profile)
    city = {bare(profile.city), bare(profile.city).removesuffix("市"), ""}

    def title(cell: str) -> str | None:
        return mask(tidy(cell)) or None

    def posted(cell: str) -> str | None:
        month = parse_month(cell)
        return month.value.isoformat() if month.value and month.kind == "month" else None

    def district(cell: str) -> str | None:
        if bare(cell) in city:
            return ""
        return parse_district(cell, names.districts, elsewhere=names.elsewhere).value

    def count(cell: str) -> int | None:
        amount = parse_count(cell)
        if amount.kind == "missing" and not amount.flags:
            return 1
        return None if amount.kind == "missing" else int(amount.low)

    return {"title": title, "posted": posted, "district": district, "count": count}


def _read_cells(cells: Iterable[str], reader: Callable[[str], Any]) -> Reading:
    """Every distinct cell read once; cells that say the same get the same number."""
    said = {cell: reader(cell) for cell in sorted({*cells, ""})}
    values = list(dict.fromkeys(value for value in said.values() if value is not None))
    place = {value: at for at, value in enumerate(values)}
    table = pd.DataFrame(
        {
            "cell": pd.Series(list(said), dtype=str),
            "at": [-1 if value is None else place[value] for value in said.values()],
        }
    )
    return Reading(table.astype({"at": "int64"}), tuple(values))


def _worded(counted: pd.DataFrame, readings: Mapping[str, Reading]) -> pd.DataFrame:
    """The engine's numbers with their words put back."""
    worded = counted.copy()
    for name in ("title", "posted", "district"):
        if name in readings:
            values = pd.Series(readings[name].values, dtype=str)
            worded[name] = values.reindex(counted[name]).to_numpy()
        else:
            worded[name] = ""
    return worded


def _coded(
    accepted: pd.DataFrame, classification: Classification, coded_titles: Path | None
) -> pd.DataFrame:
    rows = accepted.groupby("title", sort=True)["rows"].sum()
    confirmed = read_confirmed(coded_titles)
    found = code_titles(((title, "", "posting") for title in rows.index), classification, confirmed)
    columns = ["title", "status", "code", "name", "score", "method", "alternatives"]
    table = pd.DataFrame([found[title, ""] for title in rows.index], columns=columns)
    table.insert(1, "n", rows.to_numpy(dtype="int64"))
    return table


def _panel(accepted: pd.DataFrame, titles: pd.DataFrame) -> pd.DataFrame:
    """Sums by occupation, district and month."""
    table = accepted.merge(titles[["title", "code", "status"]], on="title", how="left")
    table = table.rename(columns={"code": "occupation", "status": "occupation_status"})
    table["month"] = pd.to_datetime(table["posted"])
    sums = table.groupby(list(KEYS), sort=True)[["posts", "adverts", "rows"]].sum().reset_index()
    sums.insert(len(KEYS), "posts_new", sums.pop("posts").astype(float))
    sums["occupation"] = sums["occupation"].replace("", None)
    return sums.astype({"adverts": "int64", "rows": "int64"})


def _accounting(counted: pd.DataFrame) -> pd.DataFrame:
    rows = counted.groupby("bad")["rows"].sum().rename({"": "accepted"})
    every = rows.reindex(["accepted", *REASONS], fill_value=0)
    return every.rename_axis("reason").astype("int64").reset_index()


def _notes(
    counted: pd.DataFrame, titles: pd.DataFrame, found: Mapping[str, str]
) -> tuple[Note, ...]:
    notes = []
    refused = counted.loc[counted["bad"] != "", "rows"].sum()
    uncoded = titles.loc[~titles["status"].isin(["coded", "group"]), "n"].sum()
    nameless = counted.loc[counted["bad"] == "", "nameless"].sum()
    for key, n in (("refused", refused), ("uncoded", uncoded), ("without_firm", nameless)):
        if n:
            notes.append(Note(f"intake.postings_{key}", n=int(n), severity="warning"))
    if "district" not in found:
        notes.append(Note("intake.postings_without_district"))
    return tuple(notes)
