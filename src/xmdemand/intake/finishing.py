"""What can only be done once every file is read: duplicates, titles, ages, the accounting."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xmdemand.intake import joining, overlaps
from xmdemand.intake.ages import age_band, is_birth
from xmdemand.intake.assemble import AGE_BANDS
from xmdemand.intake.coding import TITLE_COLUMNS, code_titles, title_hints
from xmdemand.intake.ledger import PROPOSAL_COLUMNS, Ledger
from xmdemand.intake.tables import Tables
from xmdemand.intake.values import parse_district
from xmdemand.notes import Note
from xmdemand.profile import Profile

if TYPE_CHECKING:
    from xmdemand.occupations import Classification

Parts = dict[str, pd.DataFrame]


def finish(
    ledger: Ledger, profile: Profile, classification: Classification, confirmed: pd.DataFrame
) -> Tables:
    """The tables of everything in the ledger."""
    parts = ledger.tables()
    joining.identify_firms(parts, profile.city)
    if "margins" in parts:
        parts["margins"]["category"] = _categories(parts["margins"], ledger)
    _drop_repeated(parts, ledger)
    titles = _code(parts, classification, confirmed)
    _flag_suspicious(parts, ledger)
    notes = [*ledger.notes, *ledger.summary()]
    if "workers" in parts:
        notes += _finish_workers(parts, ledger)
    if "register" in parts:
        notes += _quarterly(parts["register"])
        notes += overlaps.several_registers(parts["register"])
    return Tables(
        **{kind: table.drop(columns="sheet", errors="ignore") for kind, table in parts.items()},
        files=ledger.files(),
        quarantine=ledger.quarantine(),
        oddities=ledger.oddities(),
        titles=titles,
        proposals=pd.DataFrame(ledger.proposals, columns=list(PROPOSAL_COLUMNS)),
        notes=tuple(notes),
    )


_REPEATS: Mapping[str, tuple[Callable[[pd.DataFrame], joining.Refusals], str]] = {
    "employers": (joining.superseded_returns, "firm_name"),
    "register": (joining.superseded_register, "title"),
    "workers": (joining.repeated_persons, "number"),
}
_DOUBTS: Mapping[str, Callable[[pd.DataFrame], list[tuple[str, str, str]]]] = {
    "employers": joining.suspicious_returns,
    "register": joining.suspicious_register,
    "workers": joining.suspicious_persons,
}


def _drop_repeated(parts: Parts, ledger: Ledger) -> None:
    for kind, (find, column) in _REPEATS.items():
        if kind in parts:
            refused = find(parts[kind])
            ledger.refuse(refused, column)
            parts[kind] = _without(parts[kind], refused)
    for kind, find_again, column in (
        ("employers", overlaps.earlier_years, "firm_name"),
        ("workers", overlaps.summed_up_persons, "title"),
        ("margins", overlaps.repeated_totals, "category"),
        ("pipeline", overlaps.repeated_sources, "title"),
    ):
        if kind in parts:
            refused = find_again(parts[kind])
            ledger.refuse(refused, column)
            parts[kind] = _without(parts[kind], refused)
    if "employers" in parts:
        parts["employers"], joined = joining.joined_parts(parts["employers"])
        ledger.flag((source, "title", "intake.joined") for source in joined)
    if "register" in parts:
        for find_overlaps in (overlaps.city_beside_districts, overlaps.quarter_beside_months):
            refused, doubtful = find_overlaps(parts["register"])
            ledger.refuse(refused, "district")
            ledger.flag(doubtful)
            parts["register"] = _without(parts["register"], refused)


def _without(table: pd.DataFrame, refused: joining.Refusals) -> pd.DataFrame:
    """The rows that are not refused; the table itself, uncopied, where none is."""
    if not refused:
        return table
    return table[~table["source"].isin(list(refused))].reset_index(drop=True)


def _flag_suspicious(parts: Parts, ledger: Ledger) -> None:
    for kind, find in _DOUBTS.items():
        if kind in parts:
            ledger.flag(find(parts[kind]))


_TITLES = {
    "employers": ("post", "post"),
    "workers": ("wish", "wish"),
    "register": ("title", "register"),
    "pipeline": ("title", "register"),
    "trainable": ("title", "register"),
    "decisions": ("title", "register"),
}
"""Kind of table -> its column of titles and what `Tables.titles` calls them."""


def _code(parts: Parts, classification: Classification, confirmed: pd.DataFrame) -> pd.DataFrame:
    """Code every distinct title once and write the codes into the tables."""
    counts: Counter[tuple[str, str, str]] = Counter()
    found: dict[str, tuple[list[tuple[str, str]], np.ndarray]] = {}
    for kind, (column, label) in _TITLES.items():
        if kind in parts:
            pairs, codes = found[kind] = _pairs(parts[kind][column], parts[kind]["code"])
            statable = codes
            if kind == "register" and (silent := parts[kind]["not_stated"].to_numpy()).any():
                statable = codes[~silent]
            times = np.bincount(statable, minlength=len(pairs)).tolist()
            for pair, n in zip(pairs, times, strict=True):
                if n and any(pair):
                    counts[*pair, label] += n
    returns = parts.get("employers")
    hints = None if returns is None else lambda: title_hints(returns)
    coded = code_titles(counts, classification, confirmed, hints)
    for kind, (pairs, codes) in found.items():
        _write_codes(parts, kind, [coded.get(pair, _NO_TITLE) for pair in pairs], codes)
    rows = [
        {**coded[title, code], "kind": label, "n": n} for (title, code, label), n in counts.items()
    ]
    return pd.DataFrame(rows, columns=list(TITLE_COLUMNS))


_NO_TITLE = {"code": "", "status": ""}


def _pairs(titles: pd.Series, given: pd.Series) -> tuple[list[tuple[str, str]], np.ndarray]:
    """Distinct pairs of title and given code in order of appearance, and every row's place."""
    title_at, title = pd.factorize(titles)
    if len(given) and (given == "").all():  # most tables give no codes
        return [(str(name), "") for name in title.tolist()], title_at
    given_at, code = pd.factorize(given)
    both = title_at.astype(np.int64) * max(len(code), 1) + given_at
    codes, distinct = pd.factorize(both)
    width = max(len(code), 1)
    return [(str(title[at // width]), str(code[at % width])) for at in distinct.tolist()], codes


def _write_codes(
    parts: Parts, kind: str, coded: list[Mapping[str, Any]], codes: np.ndarray
) -> None:
    table = parts[kind]
    for name, key in (("occupation", "code"), ("occupation_status", "status")):
        texts = pd.Series([item[key] for item in coded], dtype=None if coded else object)
        table[name] = texts.array.take(codes)
    if kind == "register":
        if table["not_stated"].any():
            table.loc[table["not_stated"], "occupation_status"] = "not_stated"
        parts[kind] = table.drop(columns="not_stated")


def _categories(table: pd.DataFrame, ledger: Ledger) -> list[str]:
    """Categories of the margins under the profile's names."""
    named = []
    for variable, category in zip(table["variable"], table["category"], strict=True):
        if variable == "district":
            named.append(parse_district(category, ledger.names.districts).value or category)
        elif variable == "group":
            named.append(ledger.names.group(category) or category)
        else:
            named.append(category)
    return named


def _finish_workers(parts: Parts, ledger: Ledger) -> list[Note]:
    """Running numbers of persons; ages into the bands of the margins."""
    table = parts["workers"]
    table["person"] = pd.factorize(table["source"])[0] + 1
    bands: tuple[str, ...] = AGE_BANDS
    if "margins" in parts:
        margins = parts["margins"]
        bands = tuple(margins.loc[margins["variable"] == "age_band", "category"]) or AGE_BANDS
    today = _reference_day(parts)
    notes = []
    born = [is_birth(age) for age in table["age"]]
    if any(born):
        code = "intake.birth_years" if today else "intake.birth_years_unknown"
        fields = {"year": today.year if today else 0}
        notes.append(Note(code, "", sum(born), "info", fields))
    ages = {age: age_band(age, bands, today) for age in set(table["age"])}
    table["age_band"] = [ages[age] for age in table["age"]]
    nowhere = [
        not band and age is not None
        for age, band in zip(table["age"], table["age_band"], strict=True)
    ]
    unplaced = table.loc[nowhere, "source"].unique()
    ledger.flag((source, "age", "intake.no_age_band") for source in unplaced)
    table["selection"] = table["selection"].where(table["selection"] != "", "voluntary")
    parts["workers"] = table.drop(columns=["age", "number", "seconds"])
    return notes


def _reference_day(parts: Parts) -> dt.date | None:
    """The day that births are counted from: the latest any input bears."""
    days = [
        parts[kind][column].max()
        for kind, column in (("workers", "submitted"), ("employers", "submitted"))
        if kind in parts
    ]
    days += [parts["register"]["month"].max()] if "register" in parts else []
    known = [day.date() for day in days if pd.notna(day)]
    return max(known) if known else None


def _quarterly(table: pd.DataFrame) -> list[Note]:
    n = int((table["months"] == 3).sum())
    return [Note("intake.quarterly", "", n, "warning")] if n else []
