"""Consultation: a workbook for every department and district, with evidence and proposal.

Each holds its occupations and unlocked answer cells; everything else is protected. The answers are
read back by `consultation_answers`. The columns of an answer are those of a decision in
`intake/columns.toml`, so a sheet can also be handed in as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xmdemand.catalogue.record import Content, Record, RecordEntry
from xmdemand.catalogue.words import number_words, share_words
from xmdemand.intake import sheetstyle as style
from xmdemand.intake.columns import choice, header
from xmdemand.notes import text
from xmdemand.ooxml import normalise_ooxml
from xmdemand.outdir import whole_file
from xmdemand.profile import Profile

SHEET = "征求意见"
HEAD_ROW = 3

ACTIONS = ("keep", "add", "drop", "raise", "lower")
"""What a department may answer, in the order of the drop-down list."""

IDENTITY = ("code", "title")
ANSWERS = ("action", "reason", "who", "date")
FINGERPRINT = "evidence_hash"

EVIDENCE = (
    "place",
    "last_year",
    "proposal",
    "reporters",
    "registered_posts",
    "need",
    "p_need",
    "rank",
    "why",
)
"""Evidence columns of a department's sheet; headings are `catalogue.consult_...` messages."""

DISTRICT_EVIDENCE = ("hires", "district_reporters", "district_posts", "district_seekers")
"""More columns of a district's sheet: its own evidence."""

WIDTHS = {
    "code": 13,
    "title": 24,
    "place": 22,
    "last_year": 12,
    "proposal": 25,
    "reporters": 11,
    "registered_posts": 11,
    "need": 22,
    "p_need": 12,
    "rank": 20,
    "why": 44,
    "reason": 34,
    "who": 11,
    "date": 13,
    FINGERPRINT: 3,
}
"""Column widths in cells, where ten do not fit."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who is consulted, and the entries shown to them."""

    name: str
    kind: str
    entries: tuple[RecordEntry, ...]


def write_consultation(content: Content, profile: Profile, folder: Path) -> tuple[Path, ...]:
    """Write one workbook for every department and every district.

    Parameters
    ----------
    content
        The draft edition.
    profile
        The city: its districts, its departments through the entries.
    folder
        Where to; made if it is not there. Workbooks already there are replaced.

    Returns
    -------
    tuple of Path
        The workbooks: departments in the order of their number of rows, then districts.

    Raises
    ------
    OutputError
        If a workbook is open in another program.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(
        save(party_workbook(party, content.record, profile), folder / f"{party.name}.xlsx", content)
        for party in parties(content.record, profile)
    )


def parties(record: Record, profile: Profile) -> tuple[Party, ...]:
    """Departments and districts with the occupations that concern them.

    A department is shown what it leads or shares; a district, what has evidence there. Listed rows
    come first in catalogue order, then those left out, the most probable first.
    """
    shown = sorted((entry for entry in record.entries if entry.numbers), key=_order)
    departments: dict[str, list[RecordEntry]] = {}
    for entry in shown:
        for name in entry.departments:
            departments.setdefault(name, []).append(entry)
    found = [Party(name, "department", tuple(rows)) for name, rows in departments.items()]
    found.sort(key=lambda party: (-len(party.entries), party.name))
    for district in profile.districts:
        rows = tuple(entry for entry in shown if _of_district(entry, district.name))
        if rows:
            found.append(Party(district.name, "district", rows))
    return tuple(found)


def party_workbook(party: Party, record: Record, profile: Profile) -> Workbook:
    """The workbook of one party: the table to answer in, and how to answer."""
    book = Workbook()
    sheet = style.first_sheet(book, SHEET)
    evidence = EVIDENCE + (DISTRICT_EVIDENCE if party.kind == "district" else ())
    columns = (*IDENTITY, *evidence, *ANSWERS, FINGERPRINT)
    rows = [_cells(entry, party, record, evidence) for entry in party.entries]
    title = text("catalogue.consult_title", name=party.name, title=record.catalogue.title)
    answer_sheet(sheet, title, columns, rows)
    _instructions(book.create_sheet(text("catalogue.consult_sheet_help")), record, profile)
    book.properties.title = title
    book.properties.creator = profile.bureau
    return book


def answer_sheet(
    sheet: Worksheet, title: str, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Write a table with unlocked answer columns and lock the rest."""
    columns = list(columns)
    rows = list(rows)
    last = get_column_letter(len(columns))
    for row, words, font in (
        (1, title, style.TITLE),
        (2, text("catalogue.consult_hint"), style.HINT),
    ):
        sheet.merge_cells(f"A{row}:{last}{row}")
        style.put(sheet.cell(row, 1), words)
        sheet.cell(row, 1).font = font
    style.write_row(sheet, HEAD_ROW, [heading(column) for column in columns], head=True)
    sheet.row_dimensions[HEAD_ROW].height = 48
    for at, cells in enumerate(rows, HEAD_ROW + 1):
        style.write_row(sheet, at, [cells.get(column, "") for column in columns])
    widths = [WIDTHS.get(column, 10) for column in columns]
    style.set_widths(sheet, widths)
    shown = [width for column, width in zip(columns, widths, strict=True) if column != FINGERPRINT]
    style.fit_heights(sheet, HEAD_ROW + 1, shown)
    _open_answers(sheet, columns, HEAD_ROW + len(rows))
    sheet.freeze_panes = f"{get_column_letter(len(IDENTITY) + 1)}{HEAD_ROW + 1}"
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{last}{max(HEAD_ROW + len(rows), HEAD_ROW + 1)}"
    style.print_setup(sheet, head_row=HEAD_ROW, wide=True)
    sheet.protection.sheet = True
    for right in ("autoFilter", "sort", "formatColumns", "formatRows"):
        setattr(sheet.protection, right, False)  # false: allowed


def heading(column: str) -> str:
    """The Chinese heading of a column; answers are headed as decisions are."""
    if column in (*IDENTITY, *ANSWERS, FINGERPRINT):
        return header("decisions", column)
    return text(f"catalogue.consult_{column}")


def save(book: Workbook, path: Path, content: Content) -> Path:
    """Save a workbook with the day of issue instead of the clock's."""
    with whole_file(path) as fresh:
        book.save(fresh)
        normalise_ooxml(fresh, content.catalogue.issued)
    return path


def proposal_words(entry: RecordEntry, record: Record) -> str:
    """What the rule proposes: listed with its stars, or left out."""
    if not entry.rule_listed:
        return text("catalogue.proposal_out")
    names = {tier.stars: f"{tier.mark} {tier.name}" for tier in record.catalogue.legend.tiers}
    return text(
        "catalogue.proposal_in", tier=names.get(entry.rule_stars, text("catalogue.no_stars"))
    )


def _cells(
    entry: RecordEntry, party: Party, record: Record, evidence: Iterable[str]
) -> dict[str, Any]:
    known = entry.numbers
    own = _of_district(entry, party.name) or {}
    values = {
        "code": entry.code,
        "title": entry.name,
        "place": "、".join(filter(None, (entry.field, entry.industry))),
        "last_year": _last_year(entry, record),
        "proposal": proposal_words(entry, record),
        "reporters": _whole(known.get("reporters")),
        "registered_posts": _whole(known.get("registered_posts")),
        "need": _interval(known, "need"),
        "p_need": share_words(_float(known.get("p_need"))),
        "rank": _interval(known, "rank"),
        "why": entry.failed_text or _cause(known),
        "hires": _whole(own.get("hires")),
        "district_reporters": _whole(own.get("reporters")),
        "district_posts": _whole(own.get("posts")),
        "district_seekers": _whole(own.get("seekers")),
        FINGERPRINT: entry.evidence_hash,
    }
    kept = {*IDENTITY, *evidence, FINGERPRINT}
    return {name: value for name, value in values.items() if name in kept}


def _open_answers(sheet: Worksheet, columns: list[str], last_row: int) -> None:
    if last_row <= HEAD_ROW:
        return
    for column in ANSWERS:
        place = columns.index(column) + 1
        sheet.cell(HEAD_ROW, place).fill = style.MUST_FILL
        for row in range(HEAD_ROW + 1, last_row + 1):
            cell = sheet.cell(row, place)
            cell.protection = style.UNLOCKED
            cell.fill = style.MUST_FILL
            cell.number_format = "yyyy-mm-dd" if column == "date" else "@"
    letter = get_column_letter(columns.index("action") + 1)
    words = ",".join(choice("decisions", "action", action) for action in ACTIONS)
    rule = DataValidation("list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
    rule.error = text("catalogue.consult_choose", words=words.replace(",", "、"))
    rule.add(f"{letter}{HEAD_ROW + 1}:{letter}{last_row}")
    sheet.add_data_validation(rule)
    sheet.column_dimensions[get_column_letter(columns.index(FINGERPRINT) + 1)].hidden = True


def _instructions(sheet: Worksheet, record: Record, profile: Profile) -> None:
    catalogue = record.catalogue
    rule = profile.listing
    lines = (
        text("catalogue.consult_help_what", title=catalogue.title, bureau=profile.bureau),
        text(
            "catalogue.consult_help_rule",
            persons=f"{rule.need_persons:g}",
            p=share_words(rule.probability),
        ),
        text("catalogue.consult_help_answers"),
        text("catalogue.consult_help_complete"),
        text("catalogue.consult_help_blank"),
        text("catalogue.consult_help_kept"),
        text("catalogue.consult_help_internal"),
    )
    style.put(sheet.cell(1, 1), text("catalogue.consult_sheet_help"))
    sheet.cell(1, 1).font = style.TITLE
    for at, line in enumerate(lines, 2):
        style.put(sheet.cell(at, 1), f"{at - 1}. {line}")
        sheet.cell(at, 1).font, sheet.cell(at, 1).alignment = style.BODY, style.WRAP
    style.set_widths(sheet, [90])
    style.fit_heights(sheet, 2, [90])
    style.print_setup(sheet, head_row=0, landscape=False)
    sheet.protection.sheet = True


def _order(entry: RecordEntry) -> tuple[int, int, float, str]:
    p_need = _float(entry.numbers.get("p_need")) or 0.0
    return (0, entry.seq, 0.0, "") if entry.seq else (1, 0, -p_need, entry.code)


def _of_district(entry: RecordEntry, name: str) -> dict[str, Any] | None:
    return next((row for row in entry.districts if row["district"] == name), None)


def _last_year(entry: RecordEntry, record: Record) -> str:
    if not entry.former_judged:
        return "—"
    row = entry.row
    if row is not None and row.previous_seq is not None:
        return text("catalogue.remark_previous", seq=row.previous_seq)
    gone = any(c.lineage == entry.lineage and c.kind == "removed" for c in record.catalogue.changes)
    return text("catalogue.consult_was_listed" if gone else "catalogue.consult_was_not")


def _interval(known: Mapping[str, Any], name: str) -> str:
    value, low, high = (_float(known.get(f"{name}{end}")) for end in ("", "_lower", "_upper"))
    if value is None:
        return "—"
    return f"{number_words(value)}（{number_words(low)}～{number_words(high)}）"


def _cause(known: Mapping[str, Any]) -> str:
    if not known.get("cause"):
        return ""
    return (
        f"{text('shortage.cause_' + known['cause'])}：{text('shortage.remedy_' + known['remedy'])}"
    )


def _whole(value: Any) -> float | str:
    number = _float(value)
    return "—" if number is None else round(number)


def _float(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
