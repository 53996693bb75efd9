"""Which rows below the headings are data: blanks, repeated heads, totals and tails are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmdemand.intake.bygone import says_earlier
from xmdemand.intake.captions import caption, counts_another, is_title, says_spare
from xmdemand.intake.columnar import ColumnRows
from xmdemand.intake.layout import Layout
from xmdemand.intake.parsed import DITTO
from xmdemand.intake.rowkinds import Judge, Row, numbers_columns
from xmdemand.intake.sources import Grid


@dataclass(frozen=True, slots=True)
class Body:
    """The data rows of a sheet.

    Attributes
    ----------
    numbers
        Row numbers as a person counts.
    rows
        Their cells.
    labels
        A name for every row of a wide table: its number, and behind a point which part of it; of
        other tables nothing, there the number is the name.
    rest
        Position in the grid where a second table starts, below this one; 0 if none does.
    totals
        Rows that only add others up, with their numbers, for the check against the sum.
    skipped
        How many rows were no data, by reason: ``repeated_head, total, tail, example``, ``numbered``
        (nothing but a running number) and ``note`` (a lone sentence, source, hint or caption).
    """

    numbers: Sequence[int] | np.ndarray
    rows: Sequence[Row]
    totals: list[tuple[int, Row]]
    skipped: dict[str, int]
    labels: Sequence[str] = ()
    rest: int = 0


def data_rows(grid: Grid, layout: Layout) -> Body:
    """Split the rows below the headings into data and the rest.

    Only rows that hold a text which could open a total, a tail or a heading are looked at closely.
    """
    judge = Judge(layout, grid.rows[: layout.first])
    rows = grid.rows[layout.first :]
    suspects = judge.suspects(rows)
    numbers: list[int] = []
    kept: list[Row] = []
    made_up: list[int] = []
    body = Body(numbers, kept, [], {})
    below_head = True  # where statistical forms number their columns
    for place, row in enumerate(rows):
        if (not row or row[0] in ("", None)) and row.count("") + row.count(None) == len(row):
            continue
        reason = judge(row) if place in suspects else None
        if below_head and numbers_columns(row):
            reason = "numbered"
        below_head = reason == "repeated_head"
        if reason is None and len(row) - row.count("") - row.count(None) <= 1:
            reason = judge.lone(row)
        if reason == "made_up":
            made_up.append(len(kept))
            reason = None
        if reason == "repeated_head" and _counts_another(rows, place, layout, judge):
            reason = "other_head"
        if reason is None:
            numbers.append(grid.offset + layout.first + 1 + place)
            kept.append(row)
        elif reason == "other_head":
            start = _with_title(rows, place, judge)
            kept_rows = sum(number <= grid.offset + layout.first + start for number in numbers)
            del numbers[kept_rows:], kept[kept_rows:]
            body = replace(body, rest=layout.first + start)
            break
        else:
            _leave_out(body, grid.offset + layout.first + 1 + place, row, reason)
    if made_up == [0] and len(kept) > 1:
        _leave_out(body, numbers.pop(0), kept.pop(0), "example")
    return body


def _with_title(rows: Sequence[Row], place: int, judge: Judge) -> int:
    """Where a second table starts: at its headings, or at the lone texts and blanks before them."""
    while place and (is_title(rows[place - 1]) or judge.heads_again(rows[place - 1])):
        place -= 1
    return place


def _counts_another(rows: Sequence[Row], place: int, layout: Layout, judge: Judge) -> bool:
    """Whether the lines before a repeated head say that another side of the register follows."""
    lines = [caption(row) or "" for row in rows[_with_title(rows, place, judge) : place]]
    if layout.kind == "employers":
        return says_spare(lines) or says_earlier(lines)
    return layout.kind == "register" and counts_another(lines, layout.above)


def data_rows_in_columns(rows: ColumnRows, layout: Layout) -> Body | None:
    """The same of a table in columns whose headings are its first row; None if another follows it.

    Only rows that hold a suspect text are made and looked at.
    """
    judge = Judge(layout)
    body = Body((), (), [], {})
    keep = ~rows.empty()
    odd = [judge.odd(column.distinct) for column in rows.columns]
    made_up: list[int] = []
    if len(rows) and numbers_columns(rows[0]):
        keep[0] = False
        body.skipped["numbered"] = 1
    for place in np.flatnonzero(rows.holding(odd)).tolist():
        row = rows[place]
        reason = judge(row) if keep[place] else None
        if reason == "other_head":
            return None
        if reason == "made_up":
            made_up.append(place)
        elif reason is not None:
            keep[place] = False
            _leave_out(body, place + 2, row, reason)
    if len(made_up) == 1 and made_up[0] == np.argmax(keep) and keep.sum() > 1:
        keep[made_up[0]] = False
        _leave_out(body, made_up[0] + 2, rows[made_up[0]], "example")
    places = np.flatnonzero(keep)
    kept = rows if len(places) == len(keep) else rows.take(places)
    return replace(body, numbers=places + 2, rows=kept)


def _leave_out(body: Body, number: int, row: Row, reason: str) -> None:
    if reason == "blank":
        return
    body.skipped[reason] = body.skipped.get(reason, 0) + 1
    if reason == "total":
        body.totals.append((number, row))


def all_data(
    layout: Layout,
    rows: Sequence[Row],
    columns: Sequence[Sequence[object]],
    odd: Sequence[Iterable[str]],
) -> bool:
    """Whether every row below the headings is data and stands for itself, as in most sheets.

    What `data_rows` finds by rows, told from few texts. False if it is not sure.

    Parameters
    ----------
    rows, columns
        All cells below the headings, twice.
    odd
        Of every column the texts that are a heading of the sheet or `may_be_no_data`.
    """
    filled = ("" not in column and None not in column for column in columns)
    if not columns or not next(filled) or not any(filled):
        return False  # a row may be blank, or hold a note or a heading of its own alone
    if numbers_columns(rows[0]):
        return False
    judge = Judge(layout)
    named = made_up = False  # whether a row's first text is before the column, or a made-up name
    for column, texts in zip(columns, odd, strict=True):
        for text in texts:
            says = judge.says(text)
            if text in DITTO or says in ("total", "other_head"):
                return False
            if says != "data" and not named:
                if says != "made_up":
                    return False
                made_up = True
        named = named or ("" not in column and set(map(type, column)) == {str})
    if made_up and judge(rows[0]) == "made_up":
        return any(judge(row) == "made_up" for row in rows[1:])
    return True
