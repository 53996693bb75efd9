"""The accounting while files are read: what was accepted, refused, skipped, doubted, proposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from xmdemand.intake.assemble import ASSEMBLERS
from xmdemand.intake.codebooks import TRANSLATED
from xmdemand.intake.columns import KINDS
from xmdemand.intake.decode import Parsers
from xmdemand.intake.headings import meaning
from xmdemand.intake.layout import Layout
from xmdemand.intake.names import Names
from xmdemand.intake.opening import OLD_FORMAT
from xmdemand.intake.sheets import PROBLEM_COLUMNS, Sheet, problem_rows
from xmdemand.intake.sources import Grid, Unread
from xmdemand.intake.stacking import Stack
from xmdemand.intake.totals import total_rows
from xmdemand.intake.unknown import holds_numbers, propose_kind
from xmdemand.notes import Note, Notes

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
PROPOSAL_COLUMNS = ("file", "sheet", "kind", "heading", "column", "header", "score", "taken")
SEVERITY = {
    "intake.summed": "info",
    "intake.several_posts": "info",
    "intake.filled_down": "info",
    "intake.fraction": "info",
    "intake.approximate": "info",
    "intake.joined": "info",
}
"""Severity of an oddity where it is not a warning."""

_QUIET = frozenset([OLD_FORMAT, TRANSLATED])
_WORTH_ASKING = 0.6
"""Likeness from which a heading of a table nobody knows is proposed for a column."""
_FEW = 50
"""Hidden rows that are pointed at one by one; more of them are a filter left on."""
_NAMED = 12
"""Hidden rows a note names."""
_SEEKERS = frozenset(["seekers_total", "seekers_new", "seekers_carried", "ratio_printed"])


@dataclass(eq=False)
class Ledger:
    """What has been read so far."""

    names: Names
    sheets: dict[tuple[str, str], Sheet] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    proposals: list[tuple[Any, ...]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    parsers: Parsers = field(init=False)
    _hashes: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parsers = Parsers(self.names)

    def tables(self) -> dict[str, pd.DataFrame]:
        """What was read, one table a kind, before other rows are looked at; none are empty."""
        tables = {}
        for kind, assemble in ASSEMBLERS.items():
            sheets = [sheet for sheet in self.sheets.values() if sheet.layout.kind == kind]
            if sheets:
                table = assemble(Stack(sheets))
                if len(table):
                    tables[kind] = table.reset_index(drop=True)
        return tables

    def unread(self, item: Unread) -> None:
        """A file or sheet that was not read."""
        self._line(item.file, item.sheet, item.sha256, state="refused", code=item.code)
        where = f"{item.file}!{item.sheet}" if item.sheet else item.file
        self.notes.append(Note(item.code, where, 1, "error", item.fields))

    def skip(self, grid: Grid, code: str) -> None:
        """A sheet that needs no reading."""
        self._line(grid.file, grid.sheet, grid.sha256, state="skipped", code=code)
        self.notes.append(Note(code, f"{grid.file}!{grid.sheet}", 1, "info"))

    def no_table(self, grid: Grid, code: str) -> None:
        """A sheet without headings we know: an instruction sheet, or a question to a person."""
        guesses = propose_kind(grid)
        kinds = [kind for kind, _ in guesses[:1]]
        if code == "intake.no_table" and not guesses and not holds_numbers(grid):
            self.skip(grid, "intake.instructions")
            return
        self._line(grid.file, grid.sheet, grid.sha256, state="skipped", code=code)
        self.notes.append(Note(code, f"{grid.file}!{grid.sheet}", 1, "warning"))
        likely = kinds[0] if kinds else ""
        self.proposals.append((grid.file, grid.sheet, "", "", likely, "", 0.0, False))
        for kind, guess in guesses:
            if guess.score < _WORTH_ASKING or meaning(kind, guess.heading) is not None:
                continue  # nothing a person would confirm, or known once the kind is
            header = KINDS[kind].column(guess.column).header
            line = (grid.file, grid.sheet, kind, guess.heading, guess.column, header, guess.score)
            self.proposals.append((*line, False))

    def known_before(self, grid: Grid) -> bool:
        """Whether the same bytes were read under another name."""
        first = self._hashes.setdefault((grid.sha256, grid.sheet), grid.file)
        return first != grid.file

    def enter(self, sheet: Sheet) -> None:
        """A sheet with a table."""
        grid, layout = sheet.grid, sheet.layout
        self.sheets[grid.file, grid.sheet] = sheet
        self._line(grid.file, grid.sheet, grid.sha256, state="read", encoding=grid.encoding)
        where = f"{grid.file}!{grid.sheet}"
        for code in grid.remarks:
            self.notes.append(Note(code, where, 1, "info" if code in _QUIET else "warning"))
        if examples := sheet.body.skipped.get("example"):
            self.notes.append(Note("intake.example_rows", where, examples, "info"))
        self._hidden(sheet, where)
        if layout.kind == "register" and not _SEEKERS & sheet.decoded.keys():
            self.notes.append(Note("intake.posts_only", where, sheet.n, "warning"))
        self._propose(grid, layout, where)

    def _hidden(self, sheet: Sheet, where: str) -> None:
        """Rows and columns nobody sees are read like the others, and said."""
        hidden = sheet.grid.hidden
        if not hidden.rows and not hidden.columns:
            return
        own = set(hidden.rows)
        read = [(n, number) for n, number in enumerate(sheet.body.numbers) if number in own]
        if own and read:
            numbers = "、".join(str(number) for _, number in read[:_NAMED])
            fields = {"rows": numbers + " …" * (len(read) > _NAMED)}
            self.notes.append(Note("intake.hidden_rows", where, len(read), "warning", fields))
            if len(read) <= _FEW:
                column = next(iter(sheet.layout.columns.values())).name
                sheet.flag([n for n, _ in read], column, "intake.hidden_row")
        labels = sheet.layout.labels
        unseen = [labels[n - 1] for n in hidden.columns if n <= len(labels) and labels[n - 1]]
        if unseen:
            fields = {"headings": "、".join(unseen)}
            self.notes.append(Note("intake.hidden_columns", where, len(unseen), "warning", fields))

    def _propose(self, grid: Grid, layout: Layout, where: str) -> None:
        codes = {"taken": layout.taken, "unknown": layout.proposed, "contested": layout.contested}
        for why, guess in ((why, guess) for why, guesses in codes.items() for guess in guesses):
            header = KINDS[layout.kind].column(guess.column).header
            line = (grid.file, grid.sheet, layout.kind, guess.heading, guess.column, header)
            self.proposals.append((*line, guess.score, why == "taken"))
            code = f"intake.heading_{why}"
            fields = {"heading": guess.heading, "header": header, "score": f"{guess.score:.2f}"}
            self.notes.append(Note(code, where, 1, "warning", fields))
        if layout.unused:
            fields = {"headings": "、".join(layout.unused)}
            self.notes.append(Note("intake.unused", where, len(layout.unused), "info", fields))
        if layout.wide.blocks:
            self.notes.append(Note("intake.wide", where, len(layout.wide.blocks), "info"))

    def refuse(self, refusals: Mapping[str, str], column: str) -> None:
        """Refuse rows by their source, after other files have been seen."""
        for source, code in refusals.items():
            sheet, place = self._at(source)
            sheet.refuse([place], column, code)

    def flag(self, found: Iterable[tuple[str, str, str]]) -> None:
        """Flag cells by ``(source, column, code)``."""
        for source, column, code in found:
            sheet, place = self._at(source)
            sheet.flag([place], column, code)

    def _at(self, source: str) -> tuple[Sheet, int]:
        where, _, row = source.rpartition("!")
        file, _, name = where.rpartition("!")
        sheet = self.sheets[file, name]
        return sheet, sheet.place_of(row)

    def _line(self, file: str, sheet: str, sha256: str, **rest: str) -> None:
        self.lines.append({"file": file, "sheet": sheet, "sha256": sha256, **rest})

    def files(self) -> pd.DataFrame:
        """The accounting, a row a file x sheet."""
        rows = []
        for line in self.lines:
            sheet = self.sheets.get((line["file"], line["sheet"]))
            numbers = {"kind": "", "rows_read": 0, "accepted": 0, "refused": 0, "header_row": 0}
            if sheet is not None and line["state"] == "read":
                numbers = {
                    "kind": sheet.layout.kind,
                    "rows_read": sheet.n,
                    "accepted": sheet.n - len(sheet.refused),
                    "refused": len(sheet.refused),
                    "header_row": sheet.grid.offset + sheet.layout.header_row,
                }
            rows.append({"encoding": "", "code": "", **numbers, **line})
        return pd.DataFrame(rows, columns=list(FILE_COLUMNS))

    def quarantine(self) -> pd.DataFrame:
        """Refused rows, one line each."""
        rows = [
            row
            for sheet in self.sheets.values()
            for row in problem_rows(sheet, sorted(sheet.refused.values(), key=lambda p: p.place))
        ]
        return pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS))

    def oddities(self) -> pd.DataFrame:
        """Cells of accepted rows that a person should look at."""
        rows = [
            row
            for sheet in self.sheets.values()
            for row in problem_rows(sheet, (p for p in sheet.odd if p.place not in sheet.refused))
        ]
        rows += [row for sheet in self.sheets.values() for row in total_rows(sheet)]
        table = pd.DataFrame(rows, columns=list(PROBLEM_COLUMNS)).drop_duplicates()
        table["severity"] = [SEVERITY.get(code, "warning") for code in table["code"]]
        return table.reset_index(drop=True)

    def summary(self) -> Notes:
        """Notes on refused rows and odd cells, by file and reason."""
        refused = Counter(
            (sheet.grid.file, problem.code)
            for sheet in self.sheets.values()
            for problem in sheet.refused.values()
        )
        return tuple(
            Note("intake.rows_refused", file, n, "warning", {"reason": code})
            for (file, code), n in sorted(refused.items())
        )
