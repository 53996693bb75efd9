"""Titles whose code is known: official names, work types, aliases, what people confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from xmdemand.errors import InputError, NotFoundError
from xmdemand.notes import Note, Notes
from xmdemand.occupations.classification import Classification
from xmdemand.occupations.layers import packaged
from xmdemand.occupations.titles import clean_title


@dataclass(frozen=True)
class Entry:
    """What a cleaned title means.

    Attributes
    ----------
    code
        An occupation or group.
    source
        ``name, work_type, former_name, alias, vague, confirmed``.
    certain
        Of aliases: "yes" if one occupation alone is meant, "no" if people mean several by it
        (read one by one); empty where nobody needed to decide.
    """

    code: str
    source: str
    certain: str = ""


def lexicon(classification: Classification) -> dict[str, Entry]:
    """Cleaned titles with a certain code, the most official source first.

    Aliases and vague titles are written for the Chinese classification; they apply only where the
    classification knows the occupation by name.
    """
    entries: dict[str, Entry] = {}
    frame = classification.frame
    units = frame[frame["level"] == "unit"]
    sources: dict[str, Iterable[tuple[str, ...]]] = {
        "name": zip(units["name"], units["code"], strict=True),
        "work_type": classification.work_type_table[["work_type", "code"]].itertuples(index=False),
        "alias": _by_name(classification, "aliases.csv"),
        "vague": _by_name(classification, "vague_titles.csv"),
        "former_name": classification.former_names(),
    }
    for source, rows in sources.items():
        for title, code, *certain in rows:
            entries.setdefault(clean_title(title), Entry(code, source, *certain))
    return entries


def confirmed_codes(
    confirmed: pd.DataFrame, classification: Classification
) -> tuple[pd.DataFrame, Notes]:
    """Confirmed titles with their codes in this classification.

    Parameters
    ----------
    confirmed
        ``title, code``, and ``name`` where known (it settles codes of older editions). A title
        given twice counts as it was confirmed last.

    Returns
    -------
    frame
        ``title, text`` (cleaned), ``code``.
    notes
        Codes that could not be found.

    Raises
    ------
    InputError
        If a column is missing.
    """
    missing = [column for column in ("title", "code") if column not in confirmed.columns]
    if missing:
        raise InputError.told(
            Note("occupations.confirmed_columns", fields={"missing": ", ".join(missing)})
        )
    known = confirmed.assign(title=confirmed["title"].astype(str))
    known = known.drop_duplicates("title", keep="last")
    names = known["name"] if "name" in known.columns else pd.Series("", index=known.index)
    pairs = list(zip(known["code"], names, strict=True))
    found = {pair: _find(classification, *pair) for pair in dict.fromkeys(pairs)}
    targets = [found[pair] for pair in pairs]
    lost = [t for t, code in zip(known["title"], targets, strict=True) if not code]
    frame = known.assign(code=targets, text=[clean_title(title) for title in known["title"]])
    note = Note("occupations.confirmed_unknown", "、".join(lost[:5]), len(lost), "warning")
    return frame.loc[frame["code"] != "", ["title", "text", "code"]], (note,) if lost else ()


def _find(classification: Classification, code: object, name: object) -> str:
    try:
        return classification.find(code, str(name) if isinstance(name, str) else None).code
    except (NotFoundError, InputError):
        return ""


def _by_name(classification: Classification, file: str) -> list[tuple[str, ...]]:
    """Title, code and other columns of a table, where the classification knows the occupation."""
    known = classification.frame.set_index("name")["code"]
    codes = dict(zip(classification.frame["code"], classification.frame["name"], strict=True))
    unique = known[~known.index.duplicated()]
    rows = []
    for title, code, name, *more in packaged(file).to_numpy():
        if codes.get(code) == name:
            rows.append((title, code, *more))
        elif name in unique.index:
            rows.append((title, str(unique[name]), *more))
    return rows
