"""People firms can spare, listed beside people firms want: what is spare is no demand."""

from __future__ import annotations

import re

from xmdemand.intake.captions import says_spare
from xmdemand.intake.cells import cell_at
from xmdemand.intake.columns import KINDS
from xmdemand.intake.headings import heading_key
from xmdemand.intake.layout import Layout
from xmdemand.intake.sheets import Sheet
from xmdemand.intake.sources import Grid
from xmdemand.intake.text import bare, words_of

OTHER_SURPLUS = "intake.other_surplus"
"""Why a table of people to spare is not read."""

_OF_WHOM = "(?:用工|人员|企业)?"
_SPARE_ROW = re.compile(rf"{_OF_WHOM}(?:富余|有余|余){_OF_WHOM}|输出方?|可?(?:调出|借出)")
_SAYS_WHICH = re.compile(r"余缺|缺余|供需|供求|(?:类型|类别|性质|方向|情况)$")


def of_surplus(grid: Grid, layout: Layout) -> bool:
    """Whether a table lists people firms can spare, though its headings do not say so.

    That is so of ``企业 | 岗位 | 人数`` below a line ``二、富余用工企业``.
    """
    if layout.kind != "employers":
        return False
    vague = {heading_key(text) for text in KINDS["employers"].column("vacancies").vague}
    counts = [
        layout.labels[at]
        for at, column in layout.columns.items()
        if column.name in ("vacancies", "headcount") and at < len(layout.labels)
    ]
    if not all(heading_key(label) in vague for label in counts):
        return False
    lines = layout.above.split("\n")
    if not grid.offset:  # a further table's own lines stand first, above those of the whole sheet
        lines.reverse()
    return says_spare([*lines, grid.sheet, grid.file])


def refuse_spare_rows(sheet: Sheet) -> None:
    """Refuse the rows of which a column of their own says that these are people to spare."""
    if sheet.layout.kind != "employers":
        return
    for at, label in enumerate(sheet.layout.labels):
        if not label or at in sheet.layout.columns or not _SAYS_WHICH.search(heading_key(label)):
            continue
        cells = [bare(words_of(cell_at(sheet.body.rows, n, at))) for n in range(sheet.n)]
        spare = [n for n, text in enumerate(cells) if _SPARE_ROW.fullmatch(text)]
        if spare:
            sheet.refuse(spare, "vacancies", "intake.surplus")
