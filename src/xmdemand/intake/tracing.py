"""What became of every row one firm sent."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from xmdemand.errors import NotFoundError
from xmdemand.intake.assemble import firm_key
from xmdemand.intake.tables import UNCERTAIN_COUNTS, Tables
from xmdemand.notes import Note, Notes
from xmdemand.results import Result

TRACE_COLUMNS = (
    "file",
    "sheet",
    "row",
    "status",
    "reason",
    "post",
    "occupation",
    "occupation_status",
    *(f"{name}_{end}" for name in UNCERTAIN_COUNTS[:2] for end in ("low", "high", "kind")),
    "text",
)


@dataclass(frozen=True, eq=False)
class Trace(Result):
    """Every row a firm sent.

    Attributes
    ----------
    firm
        Credit code (or name) as it was asked for.
    names
        The spellings of the firm's name that were met.
    frame
        ``file, sheet, row, status`` (``accepted, refused``), ``reason`` (a message code; also for
        an accepted row a person should look at), ``post, occupation, occupation_status``, the
        bounds and kinds of ``vacancies`` and ``planned_hires``, ``text`` (a refused row as read,
        masked); in the order of files and rows.
    """

    firm: str
    names: tuple[str, ...]
    frame: pd.DataFrame
    notes: Notes = ()


def trace(tables: Tables, firm: str) -> Trace:
    """Follow one firm through the inputs.

    Parameters
    ----------
    tables
        As of `read`.
    firm
        A credit code, or a name in any spelling.

    Returns
    -------
    Trace
        Rows accepted and refused.

    Raises
    ------
    NotFoundError
        If no row of any file is the firm's.
    """
    keys, names = _identities(tables, firm)
    accepted = _accepted(tables, keys)
    refused = _refused(tables, keys)
    joined = _joined(tables, keys)
    if accepted.empty and refused.empty:
        raise NotFoundError.told(Note("intake.no_firm", firm))
    frame = pd.concat([accepted, joined, refused], ignore_index=True).reindex(
        columns=list(TRACE_COLUMNS)
    )
    frame = frame.sort_values(["file", "sheet", "row"], kind="stable", ignore_index=True)
    return Trace(firm, names, frame)


def _identities(tables: Tables, firm: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Every code and name key that means the firm, and the names that were met."""
    keys = {firm, firm.strip().upper(), firm_key(firm)}
    names: list[str] = []
    for table in (tables.firms, tables.employers):
        if table is not None:
            own = table["firm"].isin(list(keys)) | table["firm_name"].map(firm_key).isin(list(keys))
            names += table.loc[own, "firm_name"].tolist()
            keys |= set(table.loc[own, "firm"])
    keys |= {firm_key(name) for name in names if name}
    return frozenset(keys - {""}), tuple(dict.fromkeys(name for name in names if name))


def _accepted(tables: Tables, keys: frozenset[str]) -> pd.DataFrame:
    if tables.employers is None:
        return pd.DataFrame()
    table = tables.employers
    own = table[table["firm"].isin(list(keys))].copy()
    where = own["source"].str.rsplit("!", n=2, expand=True)
    if where.empty:
        return pd.DataFrame()
    own["file"], own["sheet"], own["row"] = (
        where[0],
        where[1],
        where[2].str.partition(".")[0].astype(int),
    )
    own["status"], own["reason"], own["text"] = "accepted", "", ""
    if tables.oddities is not None and len(tables.oddities):
        odd = tables.oddities.groupby(["file", "sheet", "row"])["code"].agg(", ".join)
        at = pd.MultiIndex.from_frame(own[["file", "sheet", "row"]])
        own["reason"] = odd.reindex(at).fillna("").to_numpy()
    return own


def _joined(tables: Tables, keys: frozenset[str]) -> pd.DataFrame:
    """Accepted rows whose numbers stand in the row of another table of the firm."""
    if tables.oddities is None or tables.oddities.empty:
        return pd.DataFrame()
    table = tables.oddities[tables.oddities["code"] == "intake.joined"]
    subject = table["subject"]
    own = table[subject.isin(list(keys)) | subject.map(firm_key).isin(list(keys))]
    own = own[["file", "sheet", "row", "code"]].drop_duplicates()
    return own.rename(columns={"code": "reason"}).assign(status="accepted", text="")


def _refused(tables: Tables, keys: frozenset[str]) -> pd.DataFrame:
    if tables.quarantine is None or tables.quarantine.empty:
        return pd.DataFrame()
    table = tables.quarantine
    subject = table["subject"]
    own = table[subject.isin(list(keys)) | subject.map(firm_key).isin(list(keys))].copy()
    own["status"], own["reason"] = "refused", own["code"]
    return own.drop(columns=["column", "found", "expected", "code"])
