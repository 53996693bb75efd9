"""Two engines that count postings alike: duckdb on one machine, dask on a cluster.

An engine knows nothing of what cells mean. It tells the distinct cells of columns, and counts rows
by the numbers it is handed for them; all of them are whole, so no order of summing matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from xmdemand.errors import ArgumentTypeError, InputError, need_extra

if TYPE_CHECKING:
    from dask.distributed import Client

_DAY = 11
_TIME = r"^(\S{8,11})[ T][0-9]{1,2}:[0-9:.+Z-]*$"
"""A day with its time, whose day is kept: every second would be a cell of its own."""
_READ = ("title", "posted", "district", "count")
_KEYS = ["bad", "firm", "title", "posted", "district"]
_COUNTED = ["bad", "title", "posted", "district"]


@dataclass(frozen=True, eq=False)
class Reading:
    """What the distinct cells of a column say.

    Attributes
    ----------
    table
        ``cell, at``: a cell's text and the position of what it says in `values`, -1 if unusable.
    values
        What cells say.
    """

    table: pd.DataFrame
    values: tuple[Any, ...]

    @property
    def of_nothing(self) -> int:
        """The number of an empty cell."""
        numbered = self.numbered
        return int(numbered.loc[numbered["cell"] == "", "at"].iloc[0])

    @property
    def numbered(self) -> pd.DataFrame:
        """``cell, at``, where `at` is a number itself if the values are (counts), else a place."""
        if not self.values or isinstance(self.values[0], str):
            return self.table
        numbers = dict(enumerate(self.values)) | {-1: -1}
        return self.table.assign(at=self.table["at"].map(numbers).astype("int64"))


class Engine(Protocol):
    """What counts."""

    @property
    def names(self) -> list[str]:
        """The data's columns."""

    def distinct(self, columns: Mapping[str, str]) -> dict[str, list[str]]:
        """Distinct cells, as text, by our name of the column."""

    def count(self, columns: Mapping[str, str], readings: Mapping[str, Reading]) -> pd.DataFrame:
        """Rows by what they say.

        ``bad`` (the first column that cannot be used, else empty), ``title, posted, district``
        (positions, -1 in refused rows, 0 in absent columns), ``posts`` (an advert once, with its
        largest number), ``adverts, rows, nameless`` (rows without a firm).
        """


def open_engine(dataset: Any, client: Client | None = None) -> Engine:
    """The engine for a data set: dask for its frames and where there is a client, else duckdb."""
    if isinstance(dataset, str | Path):
        files, kind = find_files(Path(dataset))
        return DaskEngine.of_files(files, kind, client) if client else DuckEngine(files, kind)
    if isinstance(dataset, pd.DataFrame):
        return DuckEngine(dataset, "frame")
    if type(dataset).__module__.startswith("dask"):
        return DaskEngine(dataset, client)
    raise ArgumentTypeError(f"postings are a path or a DataFrame, not {type(dataset).__name__}")


def find_files(path: Path) -> tuple[list[str], str]:
    """The Parquet or CSV files of a path, sorted, and which they are."""
    inside = sorted(path.rglob("*")) if path.is_dir() else [path]
    found = {
        kind: [str(item) for item in inside if item.is_file() and item.name.endswith(endings)]
        for kind, endings in (("parquet", (".parquet", ".pq")), ("csv", (".csv", ".csv.gz")))
    }
    if not any(found.values()):
        raise InputError(f"{path}: no Parquet or CSV file there")
    if all(found.values()):
        raise InputError(f"{path}: both Parquet and CSV files there; put one kind into a folder")
    kind = "parquet" if found["parquet"] else "csv"
    return found[kind], kind


class DuckEngine:
    """Counts with duckdb, which spills to disk what memory does not hold."""

    def __init__(self, source: list[str] | pd.DataFrame, kind: str) -> None:
        try:
            import duckdb
        except ImportError as error:
            raise need_extra("duckdb", "postings") from error
        self._connection = duckdb.connect()
        self._refused = duckdb.Error
        if isinstance(source, pd.DataFrame):
            self._connection.register("postings", _texts(source))
        else:
            files = "[" + ", ".join(_quoted(file, "'") for file in source) + "]"
            how = f"read_parquet({files}, union_by_name = true)"
            if kind == "csv":
                how = (
                    f"read_csv({files}, header = true, all_varchar = true, delim = ',', "
                    "quote = '\"', escape = '\"', union_by_name = true)"
                )
            self._ask(f"CREATE VIEW postings AS SELECT * FROM {how}")
        described = self._ask("DESCRIBE postings")
        self._types = dict(zip(described["column_name"], described["column_type"], strict=True))

    @property
    def names(self) -> list[str]:
        return list(self._types)

    def distinct(self, columns: Mapping[str, str]) -> dict[str, list[str]]:
        cells = {}
        for name, given in columns.items():
            found = self._ask(f"SELECT DISTINCT {self._text(name, given)} AS cell FROM postings")
            cells[name] = found["cell"].fillna("").tolist()
        return cells

    def count(self, columns: Mapping[str, str], readings: Mapping[str, Reading]) -> pd.DataFrame:
        at, joins = {"title": "0", "posted": "0", "district": "0", "count": "1"}, ""
        for name, reading in readings.items():
            self._connection.register(f"reading_{name}", reading.numbered)
            at[name] = f"coalesce(reading_{name}.at, {reading.of_nothing})"
            joins += f" LEFT JOIN reading_{name}"
            joins += f" ON {self._text(name, columns[name])} = reading_{name}.cell"
        good = " AND ".join(f"{at[name]} >= 0" for name in readings)
        bad = " ".join(
            f"WHEN {at[name]} < 0 THEN {-1 - _READ.index(name)}"
            for name in _READ
            if name in readings
        )
        sizes = {name: len(readings[name].values) for name in _COUNTED[2:] if name in readings}
        n_months, n_districts = max(sizes.get("posted", 1), 1), max(sizes.get("district", 1), 1)
        key = f"({at['title']} * {n_months} + {at['posted']}) * {n_districts} + {at['district']}"
        firm = "''"
        if "firm" in columns:
            firm = f"coalesce(trim({_column(columns['firm'])}::VARCHAR), '')"
        counted = self._ask(
            f"""
            WITH advert AS (
                SELECT CASE WHEN {good} THEN {key} ELSE CASE {bad} END END AS key,
                    CASE WHEN {good} THEN {firm} ELSE '' END AS firm,
                    max({at["count"]}) AS most, sum({at["count"]}) AS every, count(*) AS rows
                FROM postings {joins} GROUP BY ALL
            )
            SELECT key,
                sum(CASE WHEN firm = '' THEN every ELSE most END)::BIGINT AS posts,
                sum(CASE WHEN firm = '' THEN rows ELSE 1 END)::BIGINT AS adverts,
                sum(rows)::BIGINT AS rows,
                sum(CASE WHEN firm = '' THEN rows ELSE 0 END)::BIGINT AS nameless
            FROM advert GROUP BY ALL
            """
        )
        return _unpacked(counted, n_months, n_districts)

    def _text(self, name: str, column: str) -> str:
        """SQL for a cell as text: months of moments, days of texts that hold a time as well.

        A plain column stays one: duckdb then looks up its dictionary, not every row.
        """
        quoted, kind = _column(column), self._types[column]
        if kind == "DATE" or kind.startswith("TIMESTAMP"):
            return f"strftime({quoted}, '%Y-%m')"
        if kind in ("FLOAT", "DOUBLE"):
            return f"CASE WHEN NOT isnan({quoted}) THEN {quoted}::VARCHAR END"
        if kind != "VARCHAR":
            return f"{quoted}::VARCHAR"
        if name == "posted" and self._has_times(quoted):
            return f"regexp_replace({quoted}, '{_TIME}', '\\1')"
        return quoted

    def _has_times(self, quoted: str) -> bool:
        longest = self._ask(f"SELECT max(length({quoted})) AS n FROM postings")["n"]
        return bool((longest.fillna(0) > _DAY).any())

    def _ask(self, question: str) -> pd.DataFrame:
        try:
            return self._connection.execute(question).df()
        except self._refused as error:
            raise InputError(f"postings cannot be read: {error}") from error


def _column(name: str) -> str:
    """SQL for a column of the data, whatever it is called."""
    return "postings." + _quoted(name, '"')


def _unpacked(counted: pd.DataFrame, n_months: int, n_districts: int) -> pd.DataFrame:
    """Keys as the columns they were made of; the negative ones say why rows are refused."""
    key = counted.pop("key").astype("int64")
    bad = key < 0
    pair, district = key // n_districts, key % n_districts
    title, posted = pair // n_months, pair % n_months
    parts = {"title": title, "posted": posted, "district": district}
    reasons = key.map({-1 - at: name for at, name in enumerate(_READ)}).where(bad, "")
    return counted.assign(
        bad=reasons.astype(str), **{name: part.mask(bad, -1) for name, part in parts.items()}
    )


def _quoted(name: str, mark: str) -> str:
    return mark + name.replace(mark, 2 * mark) + mark


def _texts(frame: pd.DataFrame, posted: str = "") -> pd.DataFrame:
    """All cells as text, empty where there is none; months of moments, no times of day."""
    texts = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            column = column.dt.strftime("%Y-%m")
        text = column.astype(object).where(column.notna(), "").astype(str)
        if name == posted and (text.str.len() > _DAY).any():
            text = text.str.replace(_TIME, r"\1", regex=True)
        texts[str(name)] = text
    return pd.DataFrame(texts)


class DaskEngine:
    """Counts with dask: every partition by itself, adverts then meet by firm."""

    def __init__(self, frame: Any, client: Client | None = None) -> None:
        self._frame, self._client = frame, client

    @classmethod
    def of_files(cls, files: list[str], kind: str, client: Client | None) -> DaskEngine:
        """From files that every worker can reach."""
        try:
            import dask.dataframe
        except ImportError as error:
            raise need_extra("dask", "cluster") from error
        dd: Any = dask.dataframe
        if kind == "parquet":
            return cls(dd.from_map(_read_parquet, files), client)
        packed = any(file.endswith(".gz") for file in files)
        options: dict[str, Any] = {"dtype": str, "keep_default_na": False, "encoding": "utf-8-sig"}
        if packed:
            options |= {"blocksize": None, "compression": "infer"}
        return cls(dd.read_csv(files, **options), client)

    @property
    def names(self) -> list[str]:
        return [str(name) for name in self._frame.columns]

    def distinct(self, columns: Mapping[str, str]) -> dict[str, list[str]]:
        frame = self._frame[list(columns.values())]
        texts = frame.map_partitions(_texts, columns.get("posted", ""))
        found = self._computed([texts[given].drop_duplicates() for given in columns.values()])
        return {name: cells.tolist() for name, cells in zip(columns, found, strict=True)}

    def count(self, columns: Mapping[str, str], readings: Mapping[str, Reading]) -> pd.DataFrame:
        maps = {
            name: reading.numbered.set_index("cell")["at"] for name, reading in readings.items()
        }
        frame = self._frame[list(columns.values())]
        meta = _adverts(frame._meta, dict(columns), maps)
        parts = frame.map_partitions(_adverts, dict(columns), maps, meta=meta)
        pieces = max(1, parts.npartitions // 8)
        whole = parts.shuffle(on="firm", npartitions=pieces) if pieces > 1 else parts
        whole = whole.repartition(npartitions=1) if pieces == 1 else whole
        counted = self._computed([whole.map_partitions(_counted, meta=_counted(meta))])[0]
        return counted.groupby(_COUNTED, sort=False).sum().reset_index()

    def _computed(self, lazy: list[Any]) -> list[Any]:
        from dask import base

        client: Any = self._client
        compute: Any = base.compute
        try:
            return list(client.gather(client.compute(lazy)) if client else compute(*lazy))
        except ValueError as error:  # not UTF-8, a row with too many cells
            raise InputError(f"postings cannot be read: {error}") from error


def _read_parquet(file: str, columns: list[str] | None = None) -> pd.DataFrame:
    """One file; dask hands on which columns are wanted, the others are never read."""
    return pd.read_parquet(file, columns=columns)


def _adverts(
    frame: pd.DataFrame, columns: dict[str, str], maps: dict[str, pd.Series]
) -> pd.DataFrame:
    """A partition's adverts: keys, the largest number and the sum, rows."""
    texts = _texts(frame, columns.get("posted", ""))
    said = pd.DataFrame(index=texts.index)
    for name in _READ:
        absent = 1 if name == "count" else 0
        said[name] = texts[columns[name]].map(maps[name]) if name in maps else absent
    said = said.astype("int64")
    bad = pd.Series("", index=said.index, dtype=object)
    for name in reversed([name for name in _READ if name in maps]):
        bad = bad.mask(said[name] < 0, name)
    good = bad == ""
    firm = texts[columns["firm"]].str.strip(" ") if "firm" in columns else ""
    said = said.where(good, -1).assign(
        bad=bad.astype(str), firm=pd.Series(firm, index=said.index).where(good, "").astype(str)
    )
    said["count"] = said["count"].where(good, 0)
    grouped = said.groupby(_KEYS, sort=False)["count"]
    return grouped.agg(most="max", every="sum", rows="size").reset_index()


def _counted(parts: pd.DataFrame) -> pd.DataFrame:
    """All adverts of some firms, from every partition, by what they say."""
    adverts = parts.groupby(_KEYS, sort=False).agg({"most": "max", "every": "sum", "rows": "sum"})
    adverts = adverts.reset_index()
    nameless = adverts["firm"] == ""
    table = adverts[_COUNTED].assign(
        posts=adverts["most"].where(~nameless, adverts["every"]),
        adverts=adverts["rows"].where(nameless, 1),
        rows=adverts["rows"],
        nameless=adverts["rows"].where(nameless, 0),
    )
    return table.groupby(_COUNTED, sort=False).sum().reset_index()
