"""What happens between builds: consultation out and back, titles placed, a firm traced."""

from __future__ import annotations

import json
import shutil

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from xmdemand import Edition
from xmdemand.cli import main


@pytest.fixture
def run():
    def call(*args: object, code: int = 0):
        result = CliRunner().invoke(main, [str(arg) for arg in args])
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return call


@pytest.fixture
def edition(built, tmp_path):
    folder = tmp_path / "edition"
    shutil.copytree(built, folder)
    return folder


def test_consultation_goes_out_once_and_its_answers_come_back(run, edition):
    run("consult", edition)
    assert "--again" in run("consult", edition, code=4).stderr
    books = sorted((edition / "consult").glob("市*.xlsx"))
    assert books
    before = len(Edition.open(edition).tables.decisions)
    book = load_workbook(books[0])
    sheet = book.worksheets[0]
    heads = {}
    row = next(
        number
        for number, cells in enumerate(sheet.iter_rows(values_only=True), 1)
        if "职业编码" in [str(cell) for cell in cells]
    )
    for cell in sheet[row]:
        heads[str(cell.value)] = cell.column
    names = [
        name for name in heads if name.startswith(("意见", "理由", "决定人", "填报人", "日期"))
    ]
    answers = dict(zip(names, ("保留", "与行业规划一致", "测试人", "2026-05-10"), strict=True))
    for name, value in answers.items():
        sheet.cell(row + 1, heads[name]).value = value
    book.save(books[0])
    answer = json.loads(run("--json", "consult", edition, "--collect").stdout)
    assert answer["decisions"] == 1
    assert len(Edition.open(edition).tables.decisions) >= before
    assert "尚未答复" in run("status", edition).stdout
    assert books[0].stem not in json.loads(run("--json", "status", edition).stdout)["silent"]


def test_titles_to_review_are_written_and_read_back(run, edition):
    run("review", edition)
    assert (edition / "check" / "待确认名称.xlsx").is_file()
    assert json.loads(run("--json", "review", edition, "--collect").stdout)["placed"] == 0


def test_a_firm_is_followed_to_the_catalogue(run, edition):
    name = Edition.open(edition).tables.employers["firm_name"].iloc[0]
    answer = json.loads(run("--json", "trace", edition, "--firm", name).stdout)
    assert answer["rows"]
    assert {row["status"] for row in answer["rows"]} <= {"accepted", "refused"}
    run("trace", edition, "--firm", "没有这家单位", code=3)


def test_an_edition_does_not_differ_from_itself(run, edition):
    assert json.loads(run("--json", "diff", edition, edition).stdout)["changes"] == []


def test_status_counts_what_came_and_the_days(run, edition):
    answer = json.loads(run("--json", "status", edition).stdout)
    assert answer["received"]["企业用工需求调查表"] > 0
    assert isinstance(answer["days_left"], int)
