"""Figures of the method page: where things stand is worked out here, drawn in `figure.svg.j2`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from xmdemand.catalogue.content import Figure
from xmdemand.publish.formats import number
from xmdemand.publish.sheets import display_width
from xmdemand.publish.templates import Templates

WIDTH = 640
_ROW = 24
_TOP = 12
_FOOT = 30
_CHARACTER = 6.6
_LABEL_AT_MOST = 330
_PLOT_HEIGHT = 240


@dataclass(frozen=True)
class Axis:
    """A linear scale from data to the drawing.

    Parameters
    ----------
    low, high
        Ends of the data.
    start, stop
        Their places in the drawing.
    """

    low: float
    high: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        """Where a value stands, to a tenth of a unit."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.stop - self.start), 1)

    def ticks(self) -> list[tuple[float, str]]:
        """Places and labels of round values."""
        step = tick_step(self.high - self.low)
        digits = max(0, -math.floor(math.log10(step)))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [
            (self.at(count * step), number(count * step, digits))
            for count in range(first, last + 1)
        ]


@dataclass(frozen=True)
class Mark:
    """One item of a figure: its label, its place, its interval's ends, its printed value."""

    label: str
    at: float
    place: float
    low: float | None
    high: float | None
    value: str


@dataclass(frozen=True)
class Drawing:
    """All that the template needs, in its own units."""

    kind: Literal["intervals", "bars", "calibration", "fan"]
    width: float
    height: float
    left: float
    zero: float
    ticks: list[tuple[float, str]]
    marks: list[Mark]
    points: str = ""
    band: str = ""


def draw(figure: Figure, templates: Templates, *, ident: str, font: str = "") -> str:
    """A figure as SVG.

    Parameters
    ----------
    figure
        Kind and data.
    templates
        Where `figure.svg.j2` is found.
    ident
        Unique in the page: names the title for screen readers.
    font
        Family for print; on the page the figure takes the page's own.
    """
    place = _lying if figure.kind in ("intervals", "bars") else _standing
    drawing = place(figure)
    return templates.render("figure.svg.j2", figure=figure, drawing=drawing, ident=ident, font=font)


def tick_step(span: float, *, about: int = 5) -> float:
    """A round step (1, 2 or 5 times a power of ten) that gives about so many ticks.

    >>> tick_step(2.3), tick_step(800)
    (0.5, 200.0)
    """
    raw = span / about
    power = 10.0 ** math.floor(math.log10(raw))
    return next(power * times for times in (1, 2, 5, 10) if power * times >= raw * (1 - 1e-9))


def shortened(label: str, width: int) -> str:
    """A label cut to a width in characters; the table under the figure has it whole.

    >>> shortened("电工", 4), shortened("起重装卸机械操作工", 9)
    ('电工', '起重装卸…')
    """
    if display_width(label) <= width:
        return label
    while display_width(label) > width - 1:
        label = label[:-1]
    return f"{label}…"


def table_of(figure: Figure) -> list[tuple[str, str]]:
    """The figure's data as rows of words, for readers who do not see it."""
    step = _digits(figure)
    rows = []
    for at, (label, value) in enumerate(zip(figure.labels, figure.values, strict=True)):
        said = number(value, step)
        if figure.lower and figure.upper:
            said += f"（{number(figure.lower[at], step)}～{number(figure.upper[at], step)}）"
        rows.append((label, said))
    return rows


def _lying(figure: Figure) -> Drawing:
    """Labels down the left, values to the right: intervals and bars."""
    widest = max((display_width(each) + each.count("%") for each in figure.labels), default=0)
    left = min(widest * _CHARACTER + 12, _LABEL_AT_MOST)
    bottom = _TOP + _ROW * len(figure.labels)
    axis = _axis(figure, left, WIDTH - 60, zero=figure.kind == "bars")
    marks = [_mark(figure, axis, at, _TOP + _ROW * (at + 0.5)) for at in range(len(figure.labels))]
    zero = axis.at(max(axis.low, 0.0))
    return Drawing(figure.kind, WIDTH, bottom + _FOOT, left, zero, axis.ticks(), marks)


def _standing(figure: Figure) -> Drawing:
    """Labels along the bottom, values upwards: calibration and fan."""
    left, right = 56.0, WIDTH - 16.0
    axis = _axis(figure, _TOP + _PLOT_HEIGHT, _TOP, zero=figure.kind == "calibration")
    count = max(len(figure.labels), 1)
    across = [round(left + (right - left) * (at + 0.5) / count, 1) for at in range(count)]
    every = math.ceil(count * 9 * _CHARACTER / (right - left))
    marks = []
    for at in range(len(figure.labels)):
        mark = _mark(figure, axis, at, across[at])
        shown = mark.label if at % every == 0 else ""
        marks.append(Mark(shown, mark.at, mark.place, mark.low, mark.high, mark.value))
    points = " ".join(f"{mark.place},{mark.at}" for mark in marks)
    band = ""
    if figure.kind == "fan" and figure.lower and figure.upper:
        there = [f"{x},{axis.at(v)}" for x, v in zip(across, figure.upper, strict=False)]
        back = [f"{x},{axis.at(v)}" for x, v in zip(across, figure.lower, strict=False)]
        band = " ".join([*there, *reversed(back)])
    height = _TOP + _PLOT_HEIGHT + _FOOT
    bottom = axis.at(axis.low)
    return Drawing(figure.kind, WIDTH, height, left, bottom, axis.ticks(), marks, points, band)


def _mark(figure: Figure, axis: Axis, at: int, place: float) -> Mark:
    both = bool(figure.lower and figure.upper)
    return Mark(
        label=shortened(figure.labels[at], int((_LABEL_AT_MOST - 12) / _CHARACTER)),
        at=axis.at(figure.values[at]),
        place=round(place, 1),
        low=axis.at(figure.lower[at]) if both else None,
        high=axis.at(figure.upper[at]) if both else None,
        value=number(figure.values[at], _digits(figure)),
    )


def _axis(figure: Figure, start: float, stop: float, *, zero: bool) -> Axis:
    values: Sequence[float] = (*figure.values, *figure.lower, *figure.upper)
    known = [value for value in values if math.isfinite(value)] or [0.0]
    low, high = min(known), max(known)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high <= low:
        low, high = low - 0.5, high + 0.5
    edge = 0.0 if zero else (high - low) * 0.04
    return Axis(low - (edge if low < 0 or not zero else 0.0), high + edge, start, stop)


def _digits(figure: Figure) -> int:
    """Decimals worth printing: none for counts, two for shares and indices."""
    return 0 if max((abs(v) for v in figure.values), default=0) >= 20 else 2
