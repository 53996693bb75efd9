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
    publish_by = _publish_by(edition)
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


def _publish_by(edition: Edition) -> dt.date:
    return dt.date.fromisoformat(f"{edition.settings.year}-{edition.profile.calendar.publish_by}")


def days_left(edition: Edition, *, today: dt.date) -> int:
    """Days to the publish-by day; negative once it has passed."""
    return (_publish_by(edition) - today).days


def kinds_received(edition: Edition) -> dict[str, int]:
    """Rows accepted of every kind of input, by its printed name; 0 where none came."""
    from xmdemand.intake.columns import KINDS

    files = edition.tables.files
    rows = {} if files is None else files.groupby("kind")["accepted"].sum().to_dict()
    return {kind.title: int(rows.get(key, 0)) for key, kind in KINDS.items() if key != "decisions"}


def parties_silent(edition: Edition) -> list[str]:
    """Departments and districts whose consultation workbook has no complete answer yet."""
    from xmdemand.catalogue.answers import LEAD, read_answers
    from xmdemand.catalogue.record import load_record

    record = edition.out / "record.json"
    books = sorted((edition.folder / "consult").glob("[!~]*.xlsx"))
    if not books or not record.is_file():
        return []
    known = load_record(record)
    return [book.stem for book in books if book.stem != LEAD and not read_answers(book, known)[0]]


def last_days(edition: Edition) -> dict[str, dt.date]:
    """The last day each dated input speaks of."""
    tables = edition.tables
    dated = {"register": (tables.register, "month"), "employers": (tables.employers, "submitted")}
    return {
        kind: table[column].max().date()
        for kind, (table, column) in dated.items()
        if table is not None and table[column].notna().any()
    }
