"""What happens between builds: consultation out and back, titles placed, a firm traced."""

from __future__ import annotations

import json
import shutil

import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from xmdemand import Edition
from xmdemand.catalogue import load_record
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
    kept = (edition / "decisions.csv").read_bytes()
    assert "没有改动" in run("consult", edition, "--collect").stdout
    assert (edition / "decisions.csv").read_bytes() == kept, "no answer came back"
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


@pytest.mark.parametrize("command", ["consult", "review"])
def test_nothing_is_read_back_before_it_went_out(run, edition, tmp_path, command):
    told = run(command, edition, "--collect", code=3).stderr
    assert f"先运行 xmdemand {command} {edition}，" in told
    assert "不是年度文件夹" in run(command, tmp_path, "--collect", code=3).stderr


def test_what_is_no_edition_is_not_told_to_build(run, edition, tmp_path):
    assert "不是年度文件夹" in run("diff", edition, tmp_path, code=3).stderr


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


APPROVED = ("--approver", "陈示例", "--date", "2026-05-20")


def test_an_edition_is_frozen_then_only_revised(run, edition, tmp_path):
    step = json.loads(run("--json", "freeze", edition, "--state", "signed", *APPROVED).stdout)
    assert (step["state"], step["date"], step["revision"]) == ("signed", "2026-05-20", 0)
    manifest = json.loads((edition / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["state"], load_record(edition / "out" / "record.json").state) == (
        "signed",
        "signed",
    )
    assert "0 项不一致" in run("verify", edition).stdout
    assert "已签发" in run("status", edition).stdout
    run("build", edition, code=3)
    run("build", edition, "--revision", "--date", "2026-06-10", code=3)

    gone = load_record(edition / "out" / "record.json").catalogue.entries[0]
    drop_in_decisions(edition, gone.code)
    assert (
        "decisions.csv" in run("freeze", edition, "--state", "published", *APPROVED, code=3).stderr
    )
    revised = ("build", edition, "--revision", "--reason", "单位更正", "--date", "2026-06-10")
    told = json.loads(run("--json", *revised).stdout)["errata"]
    line = next(line for line in told if gone.code in line["line"])
    assert gone.name in line["old"]
    assert (line["new"], line["date"], line["reason"]) == ("", "2026-06-10", "单位更正")
    record = load_record(edition / "out" / "record.json")
    assert (record.state, record.catalogue.revision) == ("draft", 1)
    manifest = json.loads((edition / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert not [row for row in manifest["inputs"] if row["file"].startswith(("freeze", "frozen"))]
    assert "再次签发" in run("publish", edition, tmp_path / "site", code=3).stderr
    assert not (tmp_path / "site").exists(), "a revision nobody signed is a draft"
    run("publish", edition, tmp_path / "preview", "--draft")
    step = json.loads(run("--json", "freeze", edition, "--state", "published", *APPROVED).stdout)
    assert (step["revision"], step["reason"]) == (1, "单位更正")
    run("publish", edition, tmp_path / "site")


def drop_in_decisions(edition, code):
    path = edition / "decisions.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    row = {
        "职业编码": code,
        "意见": "调出",
        "理由": "单位更正",
        "决定人": "测试人",
        "部门": "测试处",
        "日期": "2026-06-09",
    }
    pd.concat([table, pd.DataFrame([row])]).fillna("").to_csv(
        path, index=False, encoding="utf-8-sig"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ("--reason", "更正"),
        ("--date", "2026-06-10"),
        ("--revision", "--reason", "更正"),
        ("--revision", "--reason", "更正", "--date", "2026-06-10", "--only", "xlsx"),
        ("--revision", "--reason", "更正", "--date", "明天"),
    ],
)
def test_a_revision_half_said_is_wrong_usage(run, edition, wrong):
    run("build", edition, *wrong, code=2)


def test_a_difference_is_told_in_words_json_and_as_a_page(run, edition, tmp_path):
    """Last year lacked one row, had another without a star, and one under another name."""
    path = edition / "out" / "record.json"
    before = tmp_path / "2025"
    shutil.copytree(edition, before)
    told = json.loads(path.read_text(encoding="utf-8"))
    gone, starred, named = [e for e in told["entries"] if e["listed"] and e["rule_stars"]][:3]
    gone |= {"listed": False, "rule_listed": False}
    starred |= {"stars": 0, "rule_stars": 0}
    named |= {"name": "<旧名>"}
    (before / "out" / "record.json").write_text(
        json.dumps(told, ensure_ascii=False), encoding="utf-8"
    )
    page = tmp_path / "对照.html"
    answer = json.loads(run("--json", "diff", before, edition, "--html", page).stdout)
    kinds = {(change["kind"], change["code"]) for change in answer["changes"]}
    expected = {("added", gone["code"]), ("raised", starred["code"]), ("renamed", named["code"])}
    assert kinds == expected
    words = run("diff", before, edition).stdout
    html = page.read_text(encoding="utf-8")
    for change in answer["changes"]:
        assert change["code"] in words
        assert change["reason"] in words
        assert change["code"] in html
        assert change["reason"] in html
    assert "&lt;旧名&gt;" in html
    assert "<旧名>" not in html
    assert "示例数据，非真实统计" in html


def test_only_public_documents_of_a_signed_edition_are_published(run, edition, tmp_path):
    site = tmp_path / "网站" / "catalogue"
    assert "--draft" in run("publish", edition, site, code=3).stderr
    assert not site.exists()
    run("publish", edition, site, "--draft")
    run("freeze", edition, "--state", "signed", *APPROVED)
    answer = json.loads(run("--json", "publish", edition, site).stdout)
    assert answer["state"] == "signed"
    names = {path.name for path in site.iterdir()}
    assert {"index.html", "catalogue.json", "method.html"} <= names
    assert not names & {"record.json", "evidence.xlsx", "manifest.json"}
    for name in names:
        assert (site / name).read_bytes() == (edition / "out" / name).read_bytes()


def test_nothing_is_published_over_other_files_or_from_changed_ones(run, edition, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "私人文件.txt").write_text("x", encoding="utf-8")
    assert "私人文件.txt" in run("publish", edition, home, "--draft", code=3).stderr
    assert [path.name for path in home.iterdir()] == ["私人文件.txt"]
    (edition / "out" / "catalogue.csv").write_text("x", encoding="utf-8")
    assert "catalogue.csv" in run("publish", edition, tmp_path / "s", "--draft", code=4).stderr
    assert not (tmp_path / "s").exists()


def test_a_district_is_verified_explained_and_published_apart(run, edition, tmp_path):
    run("build", edition, "--district", "集美区", "--only", "json,html,record")
    assert "0 项不一致" in run("verify", edition, "--district", "集美区").stdout
    site = tmp_path / "jimei"
    district = ("publish", edition, site, "--district", "集美区")
    assert "--draft" in run(*district, code=3).stderr, "the city's list is not signed yet"
    run("freeze", edition, "--state", "signed", *APPROVED)
    run(*district)
    told = json.loads((site / "catalogue.json").read_text(encoding="utf-8"))
    assert told["district"] == "集美区"
    assert (site / "catalogue.json").read_bytes() == (
        edition / "out-集美区" / "catalogue.json"
    ).read_bytes()
    run("explain", edition, told["entries"][0]["code"], "--district", "集美区")
    assert "可用的有" in run("publish", edition, site, "--district", "集美", code=3).stderr
    (edition / "decisions.csv").unlink()
    assert "decisions.csv" in run(*district, code=4).stderr
    assert (site / "catalogue.json").is_file()


def test_a_district_never_built_is_told_to_build(run, edition, tmp_path):
    said = run("publish", edition, tmp_path / "s", "--district", "翔安区", "--draft", code=3).stderr
    assert "xmdemand build" in said
