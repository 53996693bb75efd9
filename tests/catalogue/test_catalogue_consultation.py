"""Consultation: workbooks out, answers back, conflicts to the lead, decisions in the catalogue."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from catalogue_city import compiled
from openpyxl import load_workbook

from xmdemand.catalogue import collect_consultation, write_consultation, write_decisions
from xmdemand.catalogue.answers import LEAD
from xmdemand.catalogue.consultation import HEAD_ROW, SHEET, parties, party_workbook, save
from xmdemand.intake import read
from xmdemand.profile import Profile


@pytest.fixture(scope="module")
def profile():
    return Profile.load("xiamen")


@pytest.fixture(scope="module")
def everything(first, profile, tmp_path_factory):
    """All workbooks, as they were sent."""
    folder = tmp_path_factory.mktemp("征求意见")
    write_consultation(first, profile, folder)
    return folder


@pytest.fixture
def sent(everything, first, tmp_path):
    """The workbooks of four departments, to be filled in."""
    names = {
        *shared(first, listed=True).departments[:2],
        *shared(first, listed=False).departments[:2],
    }
    for name in names:
        shutil.copy(everything / f"{name}.xlsx", tmp_path)
    return tmp_path


def fill(path, code, **answers):
    """Answer as an official would, in the row of an occupation."""
    book = load_workbook(path)
    sheet = book[SHEET]
    heads = {cell.value: cell.column for cell in sheet[HEAD_ROW]}
    for row in range(HEAD_ROW + 1, sheet.max_row + 1):
        if sheet.cell(row, heads["职业编码"]).value == code:
            for head, value in answers.items():
                sheet.cell(row, heads[head], value)
            book.save(path)
            return f"{SHEET}!", row
    raise AssertionError(f"{code} is not in {path.name}")


def answer(action="调出", reason="岗位已饱和", who="李示例", date="2025年5月12日"):
    return {"意见": action, "理由": reason, "决定人": who, "日期": date}


def shared(first, *, listed):
    """An occupation of which two departments are asked."""
    return next(
        entry
        for entry in first.record.entries
        if entry.rule_listed == listed and len(entry.departments) > 1 and entry.numbers
    )


def test_everybody_gets_their_occupations(first, profile, everything):
    names = {path.stem for path in everything.glob("*.xlsx")}
    assert {district.name for district in profile.districts} <= names
    assert {entry.department for entry in first.catalogue.entries} <= names
    for party in parties(first.record, profile):
        sheet = load_workbook(everything / f"{party.name}.xlsx", read_only=True)[SHEET]
        assert sheet.max_row == HEAD_ROW + len(party.entries)


def test_only_answers_can_be_written(sent):
    for path in sent.glob("*.xlsx"):
        sheet = load_workbook(path)[SHEET]
        assert sheet.protection.sheet
        heads = [cell.value for cell in sheet[HEAD_ROW]]
        open_heads = {
            heads[cell.column - 1]
            for row in sheet.iter_rows(min_row=HEAD_ROW + 1)
            for cell in row
            if not cell.protection.locked
        }
        assert open_heads == {"意见", "理由", "决定人", "日期"}
        lists = [rule.formula1 for rule in sheet.data_validations.dataValidation]
        assert lists == ['"保留,调入,调出,提高,降低"']


def test_workbooks_do_not_carry_the_clock(first, profile, everything, tmp_path):
    party = parties(first.record, profile)[-1]
    path = save(party_workbook(party, first.record, profile), tmp_path / "again.xlsx", first)
    assert path.read_bytes() == (everything / f"{party.name}.xlsx").read_bytes()


def test_no_answer_means_no_decision_and_no_problem(first, profile, sent):
    decisions, problems = collect_consultation(sent, first, profile)
    assert decisions.empty
    assert problems.empty


@pytest.mark.parametrize("missing", ["意见", "理由", "决定人", "日期"])
def test_an_incomplete_answer_is_refused_with_its_cell(first, profile, sent, missing):
    entry = shared(first, listed=True)
    path = sent / f"{entry.departments[0]}.xlsx"
    _, row = fill(path, entry.code, **(answer() | {missing: None}))
    decisions, problems = collect_consultation(sent, first, profile)
    assert decisions.empty
    assert list(problems["kind"]) == ["incomplete"]
    cell = problems["cell"].iloc[0]
    assert cell.endswith(str(row))
    sheet = load_workbook(path)[SHEET]
    assert sheet[cell.split("!")[1].rstrip("0123456789") + str(HEAD_ROW)].value == missing
    assert missing in problems["text"].iloc[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"意见": "随便"}, "随便"),
        ({"日期": "前几天"}, "前几天"),
        ({"意见": "调入"}, "不相配"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(first, profile, sent, change, words):
    entry = shared(first, listed=True)
    fill(sent / f"{entry.departments[0]}.xlsx", entry.code, **(answer() | change))
    decisions, problems = collect_consultation(sent, first, profile)
    assert decisions.empty
    assert list(problems["kind"]) == ["unfit"]
    assert words in problems["text"].iloc[0]


def test_a_conflict_goes_to_the_lead_who_settles_it(first, profile, sent):
    entry = shared(first, listed=True)
    one, other = entry.departments[:2]
    fill(sent / f"{one}.xlsx", entry.code, **answer("调出"))
    fill(sent / f"{other}.xlsx", entry.code, **answer("保留", "订单增加", "王示例"))
    decisions, problems = collect_consultation(sent, first, profile)
    assert decisions.empty
    assert list(problems["kind"]) == ["conflict"]
    assert one in problems["text"].iloc[0]
    assert other in problems["text"].iloc[0]
    fill(sent / f"{LEAD}.xlsx", entry.code, **answer("保留", "经会商保留", "陈示例"))
    decisions, problems = collect_consultation(sent, first, profile)
    assert problems.empty
    assert decisions[["occupation", "action", "department"]].to_numpy().tolist() == [
        [entry.code, "keep", profile.bureau]
    ]


def test_a_broken_workbook_does_not_stop_the_others(first, profile, sent):
    entry = shared(first, listed=True)
    (sent / "坏文件.xlsx").write_bytes(b"not a workbook")
    fill(sent / f"{entry.departments[0]}.xlsx", entry.code, **answer())
    decisions, problems = collect_consultation(sent, first, profile)
    assert list(decisions["action"]) == ["drop"]
    assert list(problems["kind"]) == ["unreadable"]


def test_answers_reach_the_catalogue_beside_what_the_rule_said(year, first, profile, sent):
    out, within = shared(first, listed=True), shared(first, listed=False)
    fill(sent / f"{out.departments[0]}.xlsx", out.code, **answer("调出"))
    fill(sent / f"{within.departments[0]}.xlsx", within.code, **answer("调入", "新项目投产"))
    decisions, problems = collect_consultation(sent, first, profile)
    assert problems.empty
    path = write_decisions(decisions, sent / "decisions.csv")
    (sent / "inputs").mkdir()
    given = year(2025)
    table = read(sent / "inputs", profile, given.classification, decisions=path).decisions
    assert sorted(table["action"]) == ["add", "drop"]
    content = compiled(given.decided(*table.to_dict("records")))
    entries = {entry.code: entry for entry in content.record.entries}
    assert (entries[out.code].rule_listed, entries[out.code].listed) == (True, False)
    assert (entries[within.code].rule_listed, entries[within.code].listed) == (False, True)
    assert entries[within.code].decisions[0].reason == "新项目投产"
    assert entries[within.code].decisions[0].date == dt.date(2025, 5, 12).isoformat()
    public = content.catalogue.by_code(within.code)
    assert public.decided
    assert "经征求意见" in public.remark
    assert "李示例" not in content.catalogue.model_dump_json()
