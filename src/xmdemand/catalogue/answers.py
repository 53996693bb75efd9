"""Reading a consultation's answers back: complete ones become decisions, the rest are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from xmdemand.catalogue.consultation import (
    ACTIONS,
    ANSWERS,
    FINGERPRINT,
    IDENTITY,
    SHEET,
    answer_sheet,
    heading,
    proposal_words,
    save,
)
from xmdemand.catalogue.decisions import QUESTIONS
from xmdemand.catalogue.record import Content, Record, RecordEntry
from xmdemand.intake import sheetstyle as style
from xmdemand.intake.columns import KINDS, choice, header
from xmdemand.intake.dates import parse_date
from xmdemand.notes import text
from xmdemand.outdir import whole_file
from xmdemand.profile import Profile

LEAD = "牵头单位确定"
"""Name of the workbook in which the lead settles what departments answered differently."""

DECISION_COLUMNS = ("title", "code", "action", "reason", "who", "department", "date", FINGERPRINT)
PROBLEM_COLUMNS = ("file", "cell", "occupation", "kind", "text")


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of one party on one occupation."""

    party: str
    entry: RecordEntry
    action: str
    reason: str
    who: str
    date: dt.date
    evidence_hash: str


def collect_consultation(
    folder: Path, content: Content, profile: Profile
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read all workbooks of a consultation back.

    An answer is refused as a whole if any of its cells is missing or does not fit. What several
    parties answered differently is not decided: it goes into the workbook `牵头单位确定.xlsx`,
    written into `folder`, where the lead settles it; its answers go before all others when the
    folder is collected again.

    Parameters
    ----------
    folder
        The folder of `write_consultation`, with the workbooks that came back.
    content
        The edition they were written from.
    profile
        The city.

    Returns
    -------
    decisions
        ``occupation, title, action, reason, who, department, date, evidence_hash``: as
        `Tables.decisions`, sorted by occupation and department.
    problems
        ``file, cell, occupation, kind, text``: refused answers (``incomplete, unfit, unknown,
        unreadable, headless``) with the cell named, and conflicts (``conflict``).
    """
    answers: list[Answer] = []
    problems: list[dict[str, str]] = []
    for path in sorted(folder.glob("*.xlsx")):
        if path.name.startswith("~$"):
            continue
        found, refused = read_answers(path, content.record)
        answers += found
        problems += refused
    settled, conflicts = settle_conflicts(answers)
    for group in conflicts:
        problems.append(_conflict(group))
    if conflicts:
        _write_lead(conflicts, content, profile, folder)
    rows = [
        {
            "occupation": one.entry.code,
            "title": one.entry.name,
            "action": one.action,
            "reason": one.reason,
            "who": one.who,
            "department": profile.bureau if one.party == LEAD else one.party,
            "date": pd.Timestamp(one.date),
            FINGERPRINT: one.evidence_hash,
        }
        for one in sorted(settled, key=lambda one: (one.entry.code, one.party, one.action))
    ]
    columns = ["occupation", *(name for name in DECISION_COLUMNS if name != "code")]
    return (
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame(problems, columns=list(PROBLEM_COLUMNS)),
    )


def write_decisions(decisions: pd.DataFrame, path: Path) -> Path:
    """Write decisions as the `decisions.csv` an edition reads (UTF-8 with a mark for Excel).

    Raises
    ------
    OutputError
        If the file is open in another program.
    """
    table = pd.DataFrame(
        {
            header("decisions", "title"): decisions["title"],
            header("decisions", "code"): decisions["occupation"],
            header("decisions", "action"): [
                choice("decisions", "action", str(action)) for action in decisions["action"]
            ],
            **{
                header("decisions", name): decisions[name]
                for name in ("reason", "who", "department")
            },
            header("decisions", "date"): [day.date().isoformat() for day in decisions["date"]],
            header("decisions", FINGERPRINT): decisions[FINGERPRINT],
        }
    )
    with whole_file(path) as fresh:
        table.to_csv(fresh, index=False, encoding="utf-8-sig", lineterminator="\n")
    return path


def read_answers(path: Path, record: Record) -> tuple[list[Answer], list[dict[str, str]]]:
    """The complete answers of one workbook, and what is wrong with the others."""
    try:
        sheet = load_workbook(path, data_only=True)[SHEET]
    except (OSError, KeyError, ValueError, BadZipFile, InvalidFileException):
        return [], [_problem(path, "", "", "unreadable")]
    places = _places(sheet)
    missing = [name for name in (*IDENTITY, *ANSWERS) if name not in places]
    if missing:
        names = "、".join(heading(name) for name in missing)
        return [], [_problem(path, "", "", "headless", names=names)]
    entries = {entry.code: entry for entry in record.entries}
    answers, problems = [], []
    for row in range(places["row"] + 1, sheet.max_row + 1):
        cells = {name: sheet.cell(row, at).value for name, at in places.items() if name != "row"}
        if any(_filled(cells[name]) for name in ANSWERS):
            answer, wrong = _answer(path, row, cells, places, entries)
            problems += wrong
            answers += [answer] if answer is not None else []
    return answers, problems


def settle_conflicts(answers: Iterable[Answer]) -> tuple[list[Answer], list[list[Answer]]]:
    """Answers that stand, and those on one occupation that contradict each other.

    The lead's answer goes before the others. On each question (list it or not; more or fewer
    stars) different answers are a conflict, and then none of them stands.
    """
    by_code: dict[str, list[Answer]] = {}
    for answer in answers:
        by_code.setdefault(answer.entry.code, []).append(answer)
    settled: list[Answer] = []
    conflicts: list[list[Answer]] = []
    for code in sorted(by_code):
        group = by_code[code]
        group = [one for one in group if one.party == LEAD] or group
        if any(
            len({one.action for one in group if one.action in actions}) > 1
            for actions in QUESTIONS.values()
        ):
            conflicts.append(group)
        else:
            settled += group
    return settled, conflicts


def _answer(
    path: Path,
    row: int,
    cells: Mapping[str, Any],
    places: Mapping[str, int],
    entries: Mapping[str, RecordEntry],
) -> tuple[Answer | None, list[dict[str, str]]]:
    code = str(cells["code"] or "").strip()
    said = {name: str(cells[name] or "").strip() for name in ANSWERS}
    action, day = _action(said["action"]), parse_date(cells["date"]).value

    def wrong(kind: str, column: str) -> dict[str, str]:
        cell = f"{SHEET}!{get_column_letter(places[column])}{row}"
        names = {"heading": heading(column), "found": said.get(column, code)}
        return _problem(path, cell, code, kind, **names)

    if code not in entries:
        return None, [wrong("unknown", "code")]
    problems = [wrong("incomplete", name) for name in ANSWERS if not said[name]]
    if said["action"] and action is None:
        problems.append(wrong("unfit", "action"))
    if said["date"] and day is None:
        problems.append(wrong("unfit", "date"))
    entry = entries[code]
    if action is not None and not _makes_sense(action, entry):
        problems.append(wrong("pointless", "action"))
    if problems or action is None or day is None:
        return None, problems
    seen = str(cells.get(FINGERPRINT) or "").strip()
    return (
        Answer(path.stem, entry, action, said["reason"], said["who"], day.date(), seen),
        [],
    )


def _makes_sense(action: str, entry: RecordEntry) -> bool:
    """Whether an answer can change what the rule proposes (keep always can stand)."""
    if action == "add":
        return not entry.rule_listed
    return entry.rule_listed or action == "keep"


def _action(word: str) -> str | None:
    choices = KINDS["decisions"].column("action").choices
    return next((action for action in ACTIONS if word in choices[action]), None)


def _places(sheet: Worksheet) -> dict[str, int]:
    """Columns by name, and the row of headings: the first that holds all of an answer's."""
    names = {heading(name): name for name in (*IDENTITY, *ANSWERS, FINGERPRINT)}
    for row in range(1, min(sheet.max_row, 10) + 1):
        found = {
            names[str(cell.value)]: int(cell.column or 0)
            for cell in sheet[row]
            if str(cell.value) in names
        }
        if "action" in found:
            return {**found, "row": row}
    return {}


def _filled(value: object) -> bool:
    return value is not None and str(value).strip() != ""


def _write_lead(
    conflicts: list[list[Answer]], content: Content, profile: Profile, folder: Path
) -> None:
    """The workbook in which the lead settles conflicts, each party's answer beside the proposal."""
    record = content.record
    book = Workbook()
    sheet = style.first_sheet(book, SHEET)
    rows = [
        {
            "code": group[0].entry.code,
            "title": group[0].entry.name,
            "proposal": proposal_words(group[0].entry, record),
            "said": _said(group),
            FINGERPRINT: group[0].entry.evidence_hash,
        }
        for group in conflicts
    ]
    title = text("catalogue.consult_title", name=LEAD, title=record.catalogue.title)
    columns = (*IDENTITY, "proposal", "said", *ANSWERS, FINGERPRINT)
    answer_sheet(sheet, title, columns, rows)
    sheet.column_dimensions["D"].width = 60
    book.properties.title = title
    book.properties.creator = profile.bureau
    save(book, folder / f"{LEAD}.xlsx", content)


def _said(group: Iterable[Answer]) -> str:
    return "；".join(
        text(
            "catalogue.consult_one_said",
            party=one.party,
            action=choice("decisions", "action", one.action),
            reason=one.reason,
        )
        for one in group
    )


def _conflict(group: list[Answer]) -> dict[str, str]:
    entry = group[0].entry
    return {
        "file": "、".join(f"{one.party}.xlsx" for one in group),
        "cell": "",
        "occupation": entry.code,
        "kind": "conflict",
        "text": text("catalogue.answer_conflict", name=entry.name, said=_said(group)),
    }


def _problem(path: Path, cell: str, code: str, kind: str, **fields: object) -> dict[str, str]:
    words = text(f"catalogue.answer_{kind}", file=path.name, cell=cell, **fields)
    return {
        "file": path.name,
        "cell": cell,
        "occupation": code,
        "kind": "unfit" if kind == "pointless" else kind,
        "text": words,
    }
