"""The stage: a folder of files -> `Tables`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from xmdemand.intake.assemble import AGE_BANDS, ASSEMBLERS, firm_key
from xmdemand.intake.coding import TITLE_COLUMNS, code_titles, read_confirmed
from xmdemand.intake.guarded import GuardedReader
from xmdemand.intake.layout import find_layout
from xmdemand.intake.names import Names
from xmdemand.intake.opening import open_source
from xmdemand.intake.sheets import PROBLEM_COLUMNS, Sheet, parse_sheet, problem_frame
from xmdemand.intake.sources import Grid, Source, Unread, walk
from xmdemand.intake.tables import Tables
from xmdemand.notes import Note, Notes
from xmdemand.profile import Profile

if TYPE_CHECKING:
    from xmdemand.occupations import Classification

FILE_COLUMNS = (
    "file",
    "sheet",
    "kind",
    "rows_read",
    "accepted",
    "refused",
    "header_row",
    "encoding",
    "sha256",
    "state",
    "code",
)


@dataclass(eq=False)
class _Reading:
    """What has been read so far."""

    names: Names
    parts: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    files: list[tuple[Any, ...]] = field(default_factory=list)
    refused: list[pd.DataFrame] = field(default_factory=list)
    odd: list[pd.DataFrame] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def unread(self, item: Unread) -> None:
        self.files.append(
            (item.file, item.sheet, "", 0, 0, 0, 0, "", item.sha256, "refused", item.code)
        )
        where = f"{item.file}!{item.sheet}" if item.sheet else item.file
        self.notes.append(Note(item.code, where, 1, "error", item.fields))

    def grid(self, grid: Grid) -> None:
        layout = find_layout(grid)
        if layout is None:
            self._no_table(grid)
            return
        sheet = parse_sheet(grid, layout, self.names)
        part = ASSEMBLERS[layout.kind](sheet)
        self.parts.setdefault(layout.kind, []).append(part)
        self._account(sheet)
        for guess in (*layout.taken, *layout.proposed):
            code = "intake.heading_taken" if guess in layout.taken else "intake.heading_unknown"
            fields = {"heading": guess.heading, "column": guess.column, "score": guess.score}
            self.notes.append(Note(code, f"{grid.file}!{grid.sheet}", 1, "warning", fields))

    def _no_table(self, grid: Grid) -> None:
        filled = sum(any(cell not in (None, "") for cell in row) for row in grid.rows)
        state, code = (
            ("skipped", "intake.no_table") if filled else ("skipped", "intake.empty_sheet")
        )
        self.files.append(
            (grid.file, grid.sheet, "", 0, 0, 0, 0, grid.encoding, grid.sha256, state, code)
        )
        self.notes.append(
            Note(code, f"{grid.file}!{grid.sheet}", 1, "warning" if filled else "info")
        )

    def _account(self, sheet: Sheet) -> None:
        grid, layout = sheet.grid, sheet.layout
        refused = len(sheet.refused)
        self.files.append(
            (
                grid.file,
                grid.sheet,
                layout.kind,
                sheet.n,
                sheet.n - refused,
                refused,
                layout.header_row,
                grid.encoding,
                grid.sha256,
                "read",
                "",
            )
        )
        if sheet.refused:
            self.refused.append(problem_frame(sheet, sheet.refused.values()))
        if sheet.odd:
            self.odd.append(problem_frame(sheet, sheet.odd))


def read(
    inputs: Path,
    profile: Profile,
    classification: Classification,
    *,
    coded_titles: Path | None = None,
    mapping: Path | None = None,
    decisions: Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Tables:
    """Read every file below a folder.

    Parameters
    ----------
    inputs
        Folder of files, sub-folders and zip archives; read in sorted order.
    profile
        The city's: its districts, groups and levels.
    classification
        By which titles are coded.
    coded_titles
        CSV of what people confirmed: ``title, code, who, when``.
    mapping
        TOML of confirmed headings, by default ``mapping.toml`` in `inputs`.
    decisions
        CSV of departments' decisions, read beside the inputs.
    progress
        Called with a file's name, how many are done, how many there are.

    Returns
    -------
    Tables
        Every row of every file is accepted or in the quarantine.
    """
    inputs = Path(inputs)
    reading = _Reading(Names.of(profile))
    sources: list[Source | Unread] = list(walk(inputs)) if inputs.is_dir() else []
    if decisions is not None and decisions.is_file():
        sources.append(Source(decisions.name, decisions))
    with GuardedReader() as guarded:
        for done, item in enumerate(sources, 1):
            found = [item] if isinstance(item, Unread) else open_source(item, guarded)
            for sheet in found:
                if isinstance(sheet, Unread):
                    reading.unread(sheet)
                else:
                    reading.grid(sheet)
            if progress is not None:
                progress(item.file if isinstance(item, Unread) else item.name, done, len(sources))
    return _tables(reading, profile, classification, read_confirmed(coded_titles))


def _tables(
    reading: _Reading, profile: Profile, classification: Classification, confirmed: pd.DataFrame
) -> Tables:
    parts = {kind: pd.concat(frames, ignore_index=True) for kind, frames in reading.parts.items()}
    if "employers" in parts:
        _identify_firms(parts, profile.city)
    titles = _code(parts, classification, confirmed)
    if "workers" in parts:
        _finish_workers(parts)
    quarantine = _stack(reading.refused, PROBLEM_COLUMNS)
    return Tables(
        **{kind: parts[kind] for kind in parts},
        files=pd.DataFrame(reading.files, columns=list(FILE_COLUMNS)),
        quarantine=quarantine,
        oddities=_stack(reading.odd, PROBLEM_COLUMNS),
        titles=titles,
        notes=(*reading.notes, *_summary(quarantine)),
    )


def _stack(frames: list[pd.DataFrame], columns: Iterable[str]) -> pd.DataFrame:
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(columns))


def _summary(quarantine: pd.DataFrame) -> Notes:
    counts = Counter(zip(quarantine["file"], quarantine["code"], strict=True))
    return tuple(
        Note("intake.rows_refused", file, n, "warning", {"code": code})
        for (file, code), n in sorted(counts.items())
    )


def _identify_firms(parts: dict[str, pd.DataFrame], city: str) -> None:
    """Give returns without a credit code the code their firm has elsewhere, or its name's key."""
    known: dict[str, str] = {}
    for kind in ("firms", "employers"):
        if kind in parts:
            table = parts[kind]
            coded = table[table["firm"] != ""]
            for name, code in zip(coded["firm_name"], coded["firm"], strict=True):
                known.setdefault(firm_key(name, city), code)
    for kind in ("firms", "employers"):
        if kind in parts:
            table = parts[kind]
            keys = [firm_key(name, city) for name in table["firm_name"]]
            found = [known.get(key, key) for key in keys]
            table["firm"] = np.where(table["firm"] != "", table["firm"], found)


_TITLES = {
    "employers": ("post", "post"),
    "workers": ("wish", "wish"),
    "register": ("title", "register"),
    "pipeline": ("title", "register"),
    "trainable": ("title", "register"),
    "decisions": ("title", "register"),
}


def _code(
    parts: dict[str, pd.DataFrame], classification: Classification, confirmed: pd.DataFrame
) -> pd.DataFrame:
    counts: dict[tuple[str, str, str], int] = {}
    for kind, (column, label) in _TITLES.items():
        if kind in parts:
            pairs = zip(parts[kind][column], parts[kind]["code"], strict=True)
            for title, code in pairs:
                if title or code:
                    key = (title, code, label)
                    counts[key] = counts.get(key, 0) + 1
    coded = code_titles(counts, classification, confirmed)
    for kind, (column, _) in _TITLES.items():
        if kind in parts:
            _write_codes(parts, kind, column, coded)
    rows = [
        {**coded[title, code], "kind": label, "n": n} for (title, code, label), n in counts.items()
    ]
    return pd.DataFrame(rows, columns=list(TITLE_COLUMNS))


def _write_codes(
    parts: dict[str, pd.DataFrame], kind: str, column: str, coded: dict[tuple[str, str], Any]
) -> None:
    table = parts[kind]
    found = [coded.get(pair) for pair in zip(table[column], table["code"], strict=True)]
    table["occupation"] = [item["code"] if item else "" for item in found]
    table["occupation_status"] = [item["status"] if item else "" for item in found]
    if kind == "register":
        stated = ~table["not_stated"].to_numpy(dtype=bool)
        table["occupation"] = table["occupation"].where(stated, "")
        table["occupation_status"] = table["occupation_status"].where(stated, "not_stated")
        parts[kind] = table.drop(columns="not_stated")


def _finish_workers(parts: dict[str, pd.DataFrame]) -> None:
    """Running numbers of persons; ages into the bands of the margins."""
    table = parts["workers"]
    table["person"] = pd.factorize(table["source"])[0] + 1
    bands = AGE_BANDS
    if "margins" in parts:
        margins = parts["margins"]
        named = margins.loc[margins["variable"] == "age_band", "category"]
        bands = tuple(named) or AGE_BANDS
    table["age_band"] = [_band(age, bands) for age in table["age"]]
    table["selection"] = table["selection"].where(table["selection"] != "", "voluntary")
    parts["workers"] = table.drop(columns=["age", "number"])


def _band(age: object, bands: tuple[str, ...]) -> str:
    """The band an age lies in; an age band as written if it is one of them."""
    if age is None:
        return ""
    for band in bands:
        low, _, high = (
            band.replace("岁", "").replace("及以上", "-").replace("以上", "-").partition("-")
        )
        ends = (float(low or 0), float(high or 200))
        if isinstance(age, str):
            if age == f"{low}-{high}":
                return band
        elif ends[0] <= float(str(age)) <= ends[1]:
            return band
    return ""
