"""Whose staff a column counts: that of the whole firm, or that of one of its posts."""

from __future__ import annotations

import re
from dataclasses import replace

from xmdemand.intake.body import Body
from xmdemand.intake.columns import KINDS
from xmdemand.intake.headings import SURE, Guess
from xmdemand.intake.layout import Layout
from xmdemand.intake.text import words_of


def staff_of_posts(layout: Layout, body: Body) -> Layout:
    """Tell a firm's staff from that of its posts by what is written where it names several.

    ``现有职工`` is a firm's where a row is a firm, and a post's in a list of posts; ``现有人数``
    that is the same for all posts of every firm is the firm's.
    """
    at = {column.name: place for place, column in layout.columns.items()}
    if layout.kind != "employers" or not {"firm_name", "title"} <= at.keys():
        return layout
    if ("employees" in at) == ("headcount" in at):
        return layout
    name, other = ("employees", "headcount") if "employees" in at else ("headcount", "employees")
    label = layout.labels[at[name]]
    if (_OF_FIRM if name == "employees" else _OF_POST).search(label):
        return layout
    several = _written_by_firm(body, at["firm_name"], at[name])
    differing = sum(len(set(staff)) > 1 for staff in several)
    if name == "employees" and differing * 2 <= len(several):
        return layout
    if name == "headcount" and (differing or len(several) < _FIRMS_ENOUGH):
        return layout
    own = {**layout.columns, at[name]: KINDS["employers"].column(other)}
    guess = Guess(label, other, SURE)
    return replace(layout, columns=own, taken=(*layout.taken, guess))


def _written_by_firm(body: Body, firm_at: int, staff_at: int) -> list[list[str]]:
    """The numbers of staff beside every firm that has several."""
    staff: dict[str, list[str]] = {}
    for row in body.rows:
        if len(row) > max(firm_at, staff_at):
            firm, number = words_of(row[firm_at]), words_of(row[staff_at])
            if firm and number:
                staff.setdefault(firm, []).append(number)
    return [numbers for numbers in staff.values() if len(numbers) > 1]


_FIRMS_ENOUGH = 3
"""Firms with several posts from which equal numbers are no accident."""
_OF_POST = re.compile(r"岗位|工种|职位|该岗|本岗|岗")
_OF_FIRM = re.compile(r"单位|企业|公司|全厂|总数|在岗职工数")
