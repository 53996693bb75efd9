"""What every result of the package can do: a tidy `.frame`, `.notes`, and a look in a notebook."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from xmdemand.notes import Notes, as_html

if TYPE_CHECKING:
    import pandas as pd


SHOWN = 10
"""Rows, and notes, that a notebook shows of a result."""
LONG = 40


class Result:
    """Base of result classes, which are frozen dataclasses.

    A subclass has ``frame`` (a tidy DataFrame, its columns documented in the class) and may have
    ``notes`` (what was assumed, dropped, imputed or thin). Printing never computes.
    """

    @property
    def notes(self) -> Notes:
        """What a reader should know; empty unless the subclass has a field of that name."""
        return ()

    def __init_subclass__(cls) -> None:
        """A dataclass would print every number it holds; it keeps a `__repr__` that is there."""
        super().__init_subclass__()
        if "__repr__" not in vars(cls):
            cls.__repr__ = Result.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        held = ((one.name, getattr(self, one.name)) for one in fields(self))  # type: ignore[arg-type]
        told = ", ".join(filter(None, (_brief(name, value) for name, value in held)))
        return f"<{type(self).__name__}: {told}>" if told else f"<{type(self).__name__}>"

    def _essentials(self) -> pd.DataFrame:
        """The rows and columns a notebook shows; a subclass with many columns chooses."""
        frame: pd.DataFrame = self.frame  # type: ignore[attr-defined]
        return frame.head(SHOWN)

    def _repr_html_(self) -> str:
        frame: pd.DataFrame = self.frame  # type: ignore[attr-defined]
        part = self._essentials()
        table = part.to_html(float_format=_readable, na_rep="")
        rows, columns = len(frame), frame.shape[1]
        more = (
            f"<p>{len(part)} of {rows:,} rows, {part.shape[1]} of {columns} columns: "
            "all are in <code>.frame</code></p>"
            if part.shape != frame.shape
            else ""
        )
        left = len(self.notes) - SHOWN
        others = f"<p>… and {left} more in <code>.notes</code></p>" if left > 0 else ""
        return f"<b>{type(self).__name__}</b>{table}{more}{as_html(self.notes[:SHOWN])}{others}"


def _brief(name: str, value: object) -> str:
    """What a field holds, by its size; what is absent, empty or long is left out."""
    if name == "notes":
        return f"{len(value)} notes" if value else ""  # type: ignore[arg-type]
    if (shape := getattr(value, "shape", None)) is not None:
        return f"{name} {' x '.join(f'{n:,}' for n in shape)}"
    if isinstance(value, Result):
        return f"{name} {value!r}"
    plain = isinstance(value, str | int | float) and value != ""
    return f"{name}={value!r}" if plain and len(repr(value)) < LONG else ""


def _readable(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.2f}"


def count_notes(notes: Notes) -> dict[str, int]:
    """How many cases each note code stands for.

    >>> from xmdemand import Note
    >>> count_notes((Note("a.b", n=2), Note("a.b", n=3)))
    {'a.b': 5}
    """
    counts: dict[str, int] = {}
    for note in notes:
        counts[note.code] = counts.get(note.code, 0) + note.n
    return counts
