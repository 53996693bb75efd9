"""What every result of the package can do: a tidy `.frame`, `.notes`, and a look in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmdemand.notes import Notes, as_html

if TYPE_CHECKING:
    import pandas as pd


class Result:
    """Base of result classes, which are frozen dataclasses.

    A subclass has ``frame`` (a tidy DataFrame, its columns documented in the class) and may have
    ``notes`` (what was assumed, dropped, imputed or thin). Printing never computes.
    """

    @property
    def notes(self) -> Notes:
        """What a reader should know; empty unless the subclass has a field of that name."""
        return ()

    def _repr_html_(self) -> str:
        frame: pd.DataFrame = self.frame  # type: ignore[attr-defined]
        head = frame.head(10).to_html()
        more = f"<p>{len(frame):,} rows</p>" if len(frame) > 10 else ""
        return f"<b>{type(self).__name__}</b>{head}{more}{as_html(self.notes)}"


def count_notes(notes: Notes) -> dict[str, int]:
    """How many cases each note code stands for.

    >>> count_notes((Note("a.b", n=2), Note("a.b", n=3)))
    {'a.b': 5}
    """
    counts: dict[str, int] = {}
    for note in notes:
        counts[note.code] = counts.get(note.code, 0) + note.n
    return counts
