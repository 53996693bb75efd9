"""Titles of the tables -> occupations: what was confirmed, what is exact, what a coder proposes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from xmdemand.errors import InputError, NotFoundError, name_some
from xmdemand.intake.text import bare
from xmdemand.notes import Note
from xmdemand.occupations.hints import section
from xmdemand.occupations.tree import read_table

if TYPE_CHECKING:
    from xmdemand.occupations import Classification, TitleCoder

TITLE_COLUMNS = ("title", "kind", "n", "status", "code", "name", "score", "method", "alternatives")


def read_confirmed(path: Path | None) -> pd.DataFrame:
    """What people confirmed: ``title, code, who, when``; empty if there is no such file."""
    columns = ["title", "code", "who", "when"]
    if path is None or not Path(path).is_file():
        return pd.DataFrame(columns=columns, dtype=str)
    table = read_table(path)
    if missing := [name for name in columns[:2] if name not in table.columns]:
        fields = {"missing": ", ".join(missing), "found": ", ".join(table.columns)}
        raise InputError.told(Note("occupations.table_columns", str(path), fields=fields))
    return table.reindex(columns=columns, fill_value="")


def code_titles(
    wanted: Iterable[tuple[str, str, str]],
    classification: Classification,
    confirmed: pd.DataFrame,
    hints: Callable[[], pd.DataFrame] | None = None,
) -> dict[tuple[str, str], dict[str, Any]]:
    """Code distinct titles.

    Parameters
    ----------
    wanted
        ``(title, given code, kind)`` of every row to be coded; repeats are counted.
    classification
        The edition's.
    confirmed
        What people confirmed, as of `read_confirmed`.
    hints
        Gives what `title_hints` gives, a nudge for titles only the coder knows; asked where there
        are such titles.

    Returns
    -------
    dict
        ``(title, given code)`` -> the columns of `Tables.titles` (without ``kind`` and ``n``).

    Raises
    ------
    InputError
        If confirmed titles have codes that are in no edition; all are named.
    """
    pairs = dict.fromkeys((title, code) for title, code, _ in wanted)
    taught = _taught(confirmed, classification)
    official = _official(classification)
    coded: dict[tuple[str, str], dict[str, Any]] = {}
    left = []
    for title, given in pairs:
        found = _certain(title, given, classification, taught, official)
        if found is None:
            left.append((title, given))
        else:
            coded[title, given] = found
    coded.update(_proposed(left, confirmed, classification, hints))
    return coded


def title_hints(employers: pd.DataFrame) -> pd.DataFrame:
    """Industry and wage of titles, where the firms that write them agree.

    Parameters
    ----------
    employers
        ``post, industry, wage_low, wage_high`` (yuan a month), a row a firm and post.

    Returns
    -------
    DataFrame
        By title: ``industry`` (None unless all that are stated are in one section of GB/T 4754),
        ``wage`` (the median; None unless the highest is at most twice the lowest).

    Examples
    --------
    >>> rows = [("操作员", "C39", 5000.0, 7000.0), ("操作员", "制造业", 7000.0, 9000.0)]
    >>> columns = ["post", "industry", "wage_low", "wage_high"]
    >>> title_hints(pd.DataFrame(rows, columns=columns)).loc["操作员"].tolist()
    ['C', 7000.0]
    """
    industry = employers["industry"].astype(object)
    sections = industry.map({each: section(each) or None for each in industry.unique()})
    stated = sections.groupby(employers["post"])
    wage = employers[["wage_low", "wage_high"]].mean(axis=1)
    paid = wage.where(wage > 0).groupby(employers["post"])
    found = pd.DataFrame(
        {
            "industry": stated.first().where(stated.nunique() < 2),
            "wage": paid.median().where(paid.max() <= 2 * paid.min()),
        }
    ).astype(object)
    return found.where(found.notna(), None)


def _taught(confirmed: pd.DataFrame, classification: Classification) -> dict[str, str]:
    """Confirmed titles, spelt plainly, and their codes."""
    pairs = list(zip(confirmed["title"], confirmed["code"], strict=True))
    lost = []
    for code in dict.fromkeys(code for _, code in pairs):
        try:
            classification.find(code=code)
        except (InputError, NotFoundError):
            lost.append(code)
    if lost:
        told = [f"{title} {code}".strip() for title, code in pairs if code in lost]
        raise InputError.told(Note("intake.taught_unknown", name_some(told)))
    return {bare(title): code for title, code in pairs}


@lru_cache(maxsize=4)
def _official(classification: Classification) -> frozenset[str]:
    """Every name and code the classification can find exactly, of any edition.

    Looking for anything else would only work out what it resembles, which is the coder's task.
    """
    tables = (classification.frame, classification.history)
    words = [str(word) for table in tables for word in (*table["code"], *table["name"])]
    words += [str(word) for word in classification.work_type_table["work_type"]]
    return frozenset(map(bare, words)) - {""}


def _certain(
    title: str,
    given: str,
    classification: Classification,
    known: Mapping[str, str],
    official: frozenset[str],
) -> dict[str, Any] | None:
    """A title a person confirmed, or one that is official by name or by code and name."""
    if title and (code := known.get(bare(title))):
        return _coded(title, *_found(classification, code, None), 1.0, "confirmed")
    if not {bare(title), bare(given)} & official:
        return None
    try:
        match = classification.find(code=given or None, name=title or None)
    except NotFoundError:
        return None
    return _coded(title, match.code, match.name, classification.level(match.code), 1.0, match.how)


def _found(classification: Classification, code: str, name: str | None) -> tuple[str, str, str]:
    match = classification.find(code=code, name=name)
    return match.code, match.name, classification.level(match.code)


def _coded(
    title: str, code: str, name: str, level: str, score: float, method: str
) -> dict[str, Any]:
    status = {"unit": "coded", "minor": "group"}.get(level, "review")
    best = {"code": code, "name": name, "score": score}
    return {
        "title": title,
        "status": status,
        "code": code if status != "review" else "",
        "name": name,
        "score": score,
        "method": method,
        "alternatives": [best],
    }


def _proposed(
    pairs: list[tuple[str, str]],
    confirmed: pd.DataFrame,
    classification: Classification,
    hints: Callable[[], pd.DataFrame] | None,
) -> dict[tuple[str, str], dict[str, Any]]:
    titles = list(dict.fromkeys(title for title, _ in pairs if title))
    if not titles:
        return {pair: _unmatched(pair[0]) for pair in pairs}
    coder = _coder(confirmed, classification)
    if hints is None:
        frame = coder.code(titles)
    else:
        known = hints()
        said = {name: [known[name].get(title) for title in titles] for name in ("industry", "wage")}
        frame = coder.code(titles, industry=said["industry"], wage=said["wage"])
    by_title = {row["title"]: row for row in frame.to_dict("records")}
    out = {}
    for title, given in pairs:
        row = by_title.get(title)
        out[title, given] = _unmatched(title) if row is None else _from_coder(title, row)
    return out


def _coder(confirmed: pd.DataFrame, classification: Classification) -> TitleCoder:
    from xmdemand.occupations import TitleCoder

    if confirmed.empty:
        return _untaught_coder(classification)
    return TitleCoder(confirmed=confirmed[["title", "code"]], classification=classification)


@lru_cache(maxsize=1)
def _untaught_coder(classification: Classification) -> TitleCoder:
    """A coder nobody has taught is the same every time; starting one takes a second."""
    from xmdemand.occupations import TitleCoder

    return TitleCoder(classification=classification)


def _from_coder(title: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    code = row["code"] if isinstance(row["code"], str) else ""
    status = row["status"]
    if status == "coded" and code.count("-") == 2:
        status = "group"
    return {
        "title": title,
        "status": status,
        "code": code if status in ("coded", "group") else "",
        "name": row["name"] if isinstance(row["name"], str) else "",
        "score": float(row["score"]),
        "method": row["method"],
        "alternatives": list(row["alternatives"]),
    }


def _unmatched(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "status": "unmatched",
        "code": "",
        "name": "",
        "score": 0.0,
        "method": "",
        "alternatives": [],
    }
