"""What depends on the day: said on the terminal, never written into an edition's `out/`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from xmdemand.notes import Note, Notes

if TYPE_CHECKING:
    from xmdemand.edition import Edition


def warnings_of_the_day(edition: Edition, *, today: dt.date) -> Notes:
    """Is it past the publish-by day, is an input too old, does the register end early?

    Parameters
    ----------
    edition
        An opened edition; its tables are read if they are not yet.
    today
        The day, from whoever may read the clock.
    """
    notes = []
    calendar, dates = edition.profile.calendar, edition.settings.dates
    month, day = map(int, calendar.publish_by.split("-"))
    publish_by = dt.date(edition.settings.year, month, day)
    if today > publish_by:
        notes.append(
            Note(
                "edition.publish_by_passed",
                severity="warning",
                fields={"year": edition.settings.year, "day": publish_by.isoformat()},
            )
        )
    for kind, last in last_days(edition).items():
        age = (dates.cut_off.year - last.year) * 12 + dates.cut_off.month - last.month
        if age > calendar.max_input_age_months:
            notes.append(
                Note(
                    "edition.input_old",
                    where=kind,
                    severity="warning",
                    fields={
                        "last": last.isoformat(),
                        "months": calendar.max_input_age_months,
                    },
                )
            )
        elif kind == "register" and age > 0:
            notes.append(
                Note(
                    "edition.register_short",
                    severity="warning",
                    fields={"last": last.isoformat(), "cut_off": dates.cut_off.isoformat()},
                )
            )
    return tuple(notes)


def last_days(edition: Edition) -> dict[str, dt.date]:
    """The last day each dated input speaks of."""
    tables = edition.tables
    dated = {"register": (tables.register, "month"), "employers": (tables.employers, "submitted")}
    return {
        kind: table[column].max().date()
        for kind, (table, column) in dated.items()
        if table is not None and table[column].notna().any()
    }
