"""A wide table's rows as long ones: a row for every post, place or month set side by side."""

from __future__ import annotations

from dataclasses import replace

from xmdemand.intake.body import Body
from xmdemand.intake.columns import KINDS
from xmdemand.intake.layout import Layout
from xmdemand.intake.parsed import EMPTY
from xmdemand.intake.rowkinds import Row
from xmdemand.intake.text import words_of
from xmdemand.intake.wide import Block


def lengthened(layout: Layout, body: Body) -> tuple[Layout, Body]:
    """Give every post, place or month of a wide row its own row, and every row its firm's facts.

    The cells of a block, what its headings say and the facts follow behind the row's own cells. A
    block nobody filled in is no row, unless all are empty.
    """
    if not layout.wide.blocks and not layout.facts:
        return layout, body
    blocks = layout.wide.blocks or (Block({}),)
    width = max([len(layout.labels), *(len(row) for row in body.rows)])
    kind = KINDS[layout.kind]
    names = list(dict.fromkeys([*layout.facts, *(n for b in blocks for n in _names(b))]))
    columns = dict(layout.columns)
    units = dict(layout.units)
    for at, name in enumerate(names, width):
        columns[at] = kind.column(name)
    for block in blocks:
        for place, column in block.columns.items():
            units[width + names.index(column.name)] = layout.units.get(place, 1.0)
    numbers, rows, labels = [], [], []
    for number, row in zip(body.numbers, body.rows, strict=True):
        padded = [*row, *[None] * (width - len(row))]
        filled = [block for block in blocks if _is_filled(block, padded)]
        for part, block in enumerate(filled or [_silent(blocks[0])], 1):
            own = {column.name: padded[at] for at, column in block.columns.items()}
            own = {**layout.facts, **block.said, **own}
            numbers.append(number)
            labels.append(f"{number}.{part}" if part > 1 else str(number))
            rows.append(padded + [own.get(name) for name in names])
    long = Body(numbers, rows, body.totals, body.skipped, labels, body.rest)
    return replace(layout, columns=columns, units=units), long


def _names(block: Block) -> list[str]:
    return [*block.said, *(column.name for column in block.columns.values())]


def _silent(block: Block) -> Block:
    """A block nobody filled in names no post; its place or month stands."""
    return Block(block.columns) if "title" in block.said else block


def _is_filled(block: Block, row: Row) -> bool:
    texts = [words_of(row[at]) for at in block.columns if at < len(row)]
    titled = any(column.name == "title" for column in block.columns.values())
    empty = EMPTY | {"0"} if titled else EMPTY  # a post without a title is wanted by nobody
    return any(text not in empty for text in texts)
