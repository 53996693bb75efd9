"""The command line as a user meets it."""

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
    def call(*args: str, code: int = 0):
        result = CliRunner().invoke(main, [str(arg) for arg in args])
        assert result.exit_code == code, result.output + repr(result.exception)
        return result

    return call


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_help_with_an_example(run, command):
    assert "示例：" in run(command, "--help").stdout


def test_new_lays_out_an_edition_and_leaves_an_existing_one_alone(run, tmp_path):
    folder = tmp_path / "2026"
    run("new", folder, "--year", 2026)
    assert (folder / "edition.toml").read_text(encoding="utf-8").count("#") > 20
    assert list((folder / "空白表").glob("*.xlsx"))
    assert "没有改动" in run("new", folder, "--year", 2026, code=4).stderr
    shutil.rmtree(folder / "空白表")
    assert "2026 年的年度文件夹" in run("new", folder, "--year", 2027, code=4).stderr
    assert not (folder / "空白表").exists(), "forms that say another year than asked for"
    run("new", folder, "--year", 2026)
    assert list((folder / "空白表").glob("*.xlsx"))


ODD = ["con", "NUL.txt", "a:b", "a|b", "2026.", " 2026", "2026 ", ".2026", "~2026", "a\nb", "2026?"]


@pytest.mark.parametrize("name", ODD)
def test_new_makes_no_folder_that_another_system_could_not_hold(run, tmp_path, name):
    said = run("new", tmp_path / name, "--year", 2026, code=3).stderr
    assert "文件夹名" in said
    run("new", tmp_path / name / "2026", "--year", 2026, code=3)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["2026", "年度 2026（修订）", "2026年-厦门", "contents", "v1.2"])
def test_new_takes_any_plain_name(run, tmp_path, name):
    run("new", tmp_path / name, "--year", 2026)


def test_new_makes_no_edition_within_another(run, tmp_path):
    run("new", tmp_path / "2026", "--year", 2026)
    assert "里面" in run("new", tmp_path / "2026" / "2027", "--year", 2027, code=3).stderr
    assert not (tmp_path / "2026" / "2027").exists()


def test_a_city_of_ones_own_begins_as_a_copy(run, tmp_path):
    folder = tmp_path / "泉州2026"
    assert "本市档案.toml" in run("new", folder, "--year", 2026, "--own-profile").stdout
    assert not (folder / "空白表").exists(), "they name the city's districts"
    profile = folder / "本市档案.toml"
    text = (
        profile.read_text(encoding="utf-8").replace("厦门市", "泉州市").replace("思明区", "鲤城区")
    )
    profile.write_text(text, encoding="utf-8")
    run("new", folder, "--year", 2026)
    book = load_workbook(folder / "空白表" / "2_企业用工需求调查表.xlsx")
    words = [str(cell) for sheet in book for row in sheet.values for cell in row if cell]
    assert any("鲤城区" in word for word in words)
    assert not any("思明区" in word for word in words)
    run("new", folder, "--year", 2026, code=4)
    other = tmp_path / "2027"
    run("new", other, "--year", 2027, "--profile", profile)
    assert Edition.open(other).profile.city == "泉州市", "the file went along"


def test_a_made_up_city_has_the_districts_of_ones_own_profile(run, tmp_path):
    """Beside the profile nothing is needed: the folder is the record, wherever it is carried to."""
    run("new", tmp_path / "own", "--year", 2026, "--own-profile")
    assert "厦" not in (tmp_path / "own" / "edition.toml").read_text(encoding="utf-8")
    own = tmp_path / "own" / "本市档案.toml"
    text = own.read_text(encoding="utf-8").replace("思明", "甲乙").replace('"厦门市"', '"某市"')
    own.write_text(text.replace('key = "xiamen"', 'key = "own"'), encoding="utf-8")
    made = tmp_path / "made"
    run("synth", made, "--profile", own, "--clean")
    shutil.rmtree(tmp_path / "own")
    said = run("check", made).stdout
    assert "甲乙区" in Edition.open(made).tables.employers["district"].unique()
    assert "所属区" not in said
    kept = (made / "edition.toml").read_bytes()
    assert "没有改动" in run("synth", made, code=4).stderr
    assert (made / "edition.toml").read_bytes() == kept


def test_a_check_says_how_much_of_what_was_taken_needs_a_look(run, tmp_path):
    """Districts of another city: every row is taken, and none is of a district."""
    run("new", tmp_path / "e", "--year", 2026)
    rows = [
        "单位名称,所属区,岗位名称,未来12个月计划招用",
        *(f"甲{n}公司,鲤城区,焊工,3" for n in range(9)),
    ]
    (tmp_path / "e" / "inputs" / "用工.csv").write_text("\n".join(rows), encoding="utf-8")
    assert "9 处请核对，最多的是“所属区”：9 处" in run("check", tmp_path / "e").stdout


def test_a_check_of_nothing_says_what_to_do(run, tmp_path):
    run("new", tmp_path / "e", "--year", 2026)
    assert "还没有文件" in run("check", tmp_path / "e").stdout


def test_small_files_of_ones_own_are_told_of_from_check_to_an_empty_catalogue(run, tmp_path):
    """A heading that has to be confirmed, then a catalogue without a row and why."""
    folder = tmp_path / "2026"
    run("new", folder, "--year", 2026)
    posts = ["焊工", "电工", "收银员", "厨师", "叉车司机", "保安员"]
    heads = "月份,职业,需求人数（本期新增）,需求人数（合计）,求职人数（本期新增）,求职人数（合计）"
    rows = [
        f"{year}-{month:02d},{post},{5 + 4 * at},{9 + 9 * at},{10 + at},{20 + at}"
        for year in (2024, 2025)
        for month in range(1, 13)
        for at, post in enumerate(posts)
    ]
    (folder / "inputs" / "供求.csv").write_text("\n".join([heads, *rows]), encoding="gb18030")
    firms = [f"甲{n}公司,{posts[n % 6]},{n % 5},{n % 3}" for n in range(30)]
    (folder / "inputs" / "用工.csv").write_text(
        "\n".join(["单位名称,岗位,目前缺人数,计划招用", *firms]), encoding="utf-8"
    )
    told = run("check", folder)
    assert "目前缺人数" in told.stderr
    assert "待确认的表头" in told.stdout
    draft = (folder / "check" / "mapping.toml").read_text(encoding="utf-8")
    (folder / "inputs" / "mapping.toml").write_text(draft.replace('# "', '"'), encoding="utf-8")
    assert "目前缺人数" not in run("check", folder).stderr
    assert Edition.open(folder).tables.employers["vacancies"].notna().all()
    told = run("build", folder, "--only", "json")
    assert "目录共 0 个职业" in told.stdout
    assert "没有一个职业列入目录。培训需求达到规定人数的概率低于规定值" in told.stderr


@pytest.mark.parametrize("day", ["2026-05-20", "2026/5/20", "2026.5.20", "2026年5月20日"])
def test_a_day_may_be_written_as_officials_write_it(run, tmp_path, day):
    run("new", tmp_path / "e", "--year", 2026)
    said = run(
        "freeze", tmp_path / "e", "--state", "signed", "--approver", "张", "--date", day, code=3
    )
    assert "还没有生成" in said.stderr


def test_a_new_edition_without_inputs_is_refused_with_what_to_do(run, tmp_path):
    run("new", tmp_path / "e", "--year", 2026)
    assert "inputs" in run("build", tmp_path / "e", code=3).stderr


def test_a_damaged_file_is_named_and_the_rest_is_read(run, built, tmp_path, monkeypatch):
    monkeypatch.setenv("XMDEMAND_CACHE", str(tmp_path / "kept"))
    folder = tmp_path / "damaged"
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns("out"))
    (folder / "inputs" / "坏.xlsx").write_bytes(b"PK\x03\x04")
    assert "坏.xlsx：文件已损坏" in run("check", folder).stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("bild",), "没有 bild 这个命令"),
        (("check", "x", "--foo"), "没有 --foo 这个选项"),
        (("trace", "x"), "缺少 --firm"),
        (("new", "x", "--year", "abc"), "--year 的写法不对：应是2000到2100之间的整数"),
        (("--jobs", "0", "check", "x"), "应是不小于1的整数"),
        (("build", "x", "--date", "5月"), "应是 2026-05-20 这样的日期"),
        (("freeze", "x"), "缺少 --state；可用的有：consultation、signed、published"),
    ],
)
def test_a_wrong_command_line_is_told_in_chinese_with_where_its_help_is(run, line, said):
    told = run(*line, code=2).stderr
    assert told.startswith("错误：")
    assert said in told
    assert "--help" in told


@pytest.mark.parametrize("command", ["verify", "explain"])
def test_an_edition_never_built_is_told_to_build(run, tmp_path, command):
    run("new", tmp_path / "e", "--year", 2026)
    asked = ("焊工",) if command == "explain" else ()
    assert "请先运行 xmdemand build" in run(command, tmp_path / "e", *asked, code=3).stderr


def test_check_writes_the_report_and_builds_nothing(run, built, tmp_path):
    folder = tmp_path / "checked"
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns("out"))
    answer = json.loads(run("--json", "check", folder).stdout)
    assert (folder / "check" / "数据质量报告.xlsx").is_file()
    assert not (folder / "out").exists()
    rows = answer["rows"]
    assert rows["rows_read"] == rows["accepted"] + rows["refused"] > 0


def test_json_is_one_object_and_nothing_else(run, built, tmp_path):
    folder = tmp_path / "built"
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns(".*"))
    answer = json.loads(run("--json", "build", folder, "--only", "json").stdout)
    assert answer["command"] == "build"
    assert answer["entries"] >= 60
    assert set(answer["seconds"]) >= {"tables", "ranking", "publish"}


def test_outputs_may_be_named_between_chinese_commas(run, built):
    said = run("build", built, "--only", "json，xlsx、nope", code=3).stderr
    assert "没有名为 nope 的文件种类" in said


def test_a_document_held_open_is_exit_4(run, built, tmp_path):
    folder = tmp_path / "open"
    shutil.copytree(built, folder)
    (folder / "out" / "~$catalogue.xlsx").write_text("")
    assert "请先关闭 catalogue.xlsx" in run("build", folder, code=4).stderr


def test_an_unknown_folder_is_exit_3_also_as_json(run, tmp_path):
    answer = json.loads(run("--json", "build", tmp_path, code=3).stdout)
    assert answer["exit"] == 3
    assert "edition.toml" in answer["error"]


def test_wrong_usage_is_exit_2(run):
    run("build", code=2)
    run("no-such-command", code=2)


def test_explain_answers_for_listed_and_unlisted(run, built):
    record = json.loads((built / "out" / "record.json").read_text(encoding="utf-8"))
    listed = next(entry for entry in record["entries"] if entry["listed"])
    unlisted = next(
        entry for entry in record["entries"] if entry["eligible"] and not entry["listed"]
    )
    told = run("explain", built, listed["code"]).stdout
    assert listed["name"] in told
    assert "紧缺位次" in told
    told = run("explain", built, unlisted["name"]).stdout
    assert unlisted["code"] in told
    assert "未列入" in told


def test_explain_writes_an_answer_to_send_that_holds_nothing_internal(run, built, tmp_path):
    from docx import Document

    record = json.loads((built / "out" / "record.json").read_text(encoding="utf-8"))
    listed = next(entry for entry in record["entries"] if entry["listed"])
    files = [tmp_path / name for name in ("一.docx", "二.docx")]
    for file in files:
        run("explain", built, listed["code"], "--docx", file)
    words = "\n".join(paragraph.text for paragraph in Document(files[0]).paragraphs)
    assert listed["name"] in words
    assert f"第{listed['seq']}位" in words
    assert not [word for word in ("区间", "紧缺位次", "招用需求") if word in words]
    names = {one["who"] for entry in record["entries"] for one in entry["decisions"]}
    assert not [name for name in names if name in words]
    assert len(words) < 700, "one page of 22 lines of 28 characters"
    assert files[0].read_bytes() == files[1].read_bytes()
    run("explain", built, listed["code"], "--docx", tmp_path / "no" / "a.docx", code=4)


def test_explain_an_unknown_name_is_exit_3(run, built):
    run("explain", built, "没有这个职业", code=3)


def test_verify_says_what_was_changed_and_how_it_ends(run, built, tmp_path):
    folder = tmp_path / "verified"
    shutil.copytree(built, folder)
    assert "0 项不一致" in run("verify", folder).stdout
    page = folder / "out" / "index.html"
    page.write_bytes(page.read_bytes().replace(b"<h1", b"<h1 ", 1))
    (folder / "decisions.csv").write_text("x", encoding="utf-8")
    answer = json.loads(run("--json", "verify", folder, code=4).stdout)
    told = {(wrong["what"], wrong["file"], wrong["state"]) for wrong in answer["wrong"]}
    assert ("output", "index.html", "changed") in told
    assert ("rendered", "index.html", "changed") in told
    assert any(what == "input" and file == "decisions.csv" for what, file, _ in told)
