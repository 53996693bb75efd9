"""What an official meets when something is wrong: one Chinese message and an exit code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from test_messages import in_english
from xmdemand.cli import main


def run(*line: object):
    return CliRunner().invoke(main, [str(word) for word in line])


@pytest.fixture
def edition(built, tmp_path):
    folder = tmp_path / "年度 2026"
    shutil.copytree(built, folder)
    return folder


def settings(was: str, now: str):
    """Change one line of `edition.toml`."""

    def spoil(folder: Path) -> None:
        path = folder / "edition.toml"
        words = path.read_text(encoding="utf-8")
        assert was in words
        path.write_text(words.replace(was, now, 1), encoding="utf-8")

    return spoil


def file(name: str, content: str | bytes):
    """Put a file, or another one, into the edition."""

    def spoil(folder: Path) -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    return spoil


def only_one_firm(folder: Path) -> None:
    shutil.rmtree(folder / "inputs")
    table = "单位名称,岗位,计划招用人数\n甲公司,焊工,3\n"
    file("inputs/用工.csv", table)(folder)


def nothing_came(folder: Path) -> None:
    shutil.rmtree(folder / "inputs")


WRONG = {
    "year": (settings("year = ", "year = x"), "build"),
    "unquoted": (settings('profile = "xiamen"', "profile = xiamen"), "check"),
    "curly": (settings('title = "', "title = “"), "check"),
    "open end": (file("edition.toml", "year = 2026\n[dates\n"), "check"),
    "no choice": (settings('index = "composite"', 'index = "best"'), "check"),
    "too few": (settings("draws = 1000", "draws = -3"), "check"),
    "text": (settings("draws = 1000", 'draws = "many"'), "check"),
    "no title": (settings('title = "training-need"', 'title = "other"'), "build"),
    "no profile": (settings('profile = "xiamen"', 'profile = "quanzhou"'), "check"),
    "old classification": (
        settings("# classification_as_of = 2025", "classification_as_of = 2019"),
        "check",
    ),
    "no indicator": (settings("[method.weights]", "[method.weights]\nbest = 2"), "build"),
    "negative weight": (settings("[method.weights]", "[method.weights]\nlog_ratio = -2"), "build"),
    "no weight": (
        settings(
            "[method.weights]",
            "[method.weights]\n"
            + "".join(
                f"{name} = 0\n"
                for name in (
                    "log_ratio",
                    "carried_over",
                    "unfilled",
                    "vacancy_rate",
                    "skill_shortage",
                    "long_open",
                    "wage_growth",
                    "demand_growth",
                )
            ),
        ),
        "build",
    ),
    "not utf-8": (file("edition.toml", "year = 2026 # 年".encode("gb18030")), "check"),
    "mapping": (file("inputs/mapping.toml", "[employers]\n岗位 = post\n"), "check"),
    "mapping kind": (file("inputs/mapping.toml", '[firm]\n"岗位" = "post"\n'), "check"),
    "mapping flat": (file("inputs/mapping.toml", 'kinds = "firms"\n'), "check"),
    "taught": (file("coded_titles.csv", "title,code\n焊工,9-99-99-99\n"), "check"),
    "taught what": (file("coded_titles.csv", "岗位,编码\n焊工,6-18-02-04\n"), "check"),
    "taught ragged": (file("coded_titles.csv", 'title,code\n焊工,"6-18\n"x,y,z\n'), "check"),
    "previous": (file("previous/record.json", "{"), "check"),
    "previous year": (file("previous/record.json", '{"year": 2026}'), "check"),
    "previous empty": (file("previous/record.json", '{"year": 2025}'), "build"),
    "fonts": (settings('# dir = "C:/Windows/Fonts"', 'dir = "字体"'), "build"),
    "jinja": (file("templates/page.html.j2", "<p>{{ no_such_name }}</p>"), "build"),
    "jinja syntax": (file("templates/page.html.j2", "<p>\n{% if x %}</p>"), "build"),
    "typst": (file("templates/catalogue.typ", "#let x = \n#nothing("), "build"),
    "nothing came": (nothing_came, "build"),
    "one firm": (only_one_firm, "build"),
    "no register": (nothing_came, "backtest"),
    "record": (file("out/record.json", "{}"), "explain"),
    "record text": (file("out/record.json", "x"), "trace"),
    "record of diff": (file("out/record.json", "[]"), "diff"),
    "manifest": (file("out/manifest.json", "{}"), "verify"),
    "catalogue": (file("out/catalogue.json", "{}"), "verify"),
    "catalogue version": (file("out/catalogue.json", '{"schema_version": "9.0"}'), "publish"),
    "freeze": (file("freeze.json", '[{"state": 1}]'), "status"),
    "answers": (file("consult/市教育局.xlsx", "PK"), "collect"),
    "titles": (file("check/待确认名称.xlsx", "PK"), "review"),
}


@pytest.mark.parametrize("wrong", sorted(WRONG))
def test_what_is_wrong_is_said_in_chinese(edition, wrong):
    spoil, command = WRONG[wrong]
    spoil(edition)
    line = {
        "explain": ("explain", edition, "焊工"),
        "trace": ("trace", edition, "--firm", "甲公司"),
        "diff": ("diff", edition, edition),
        "publish": ("publish", edition, edition.parent / "site", "--draft"),
        "collect": ("consult", edition, "--collect"),
        "review": ("review", edition, "--collect"),
    }.get(command, (command, edition))
    found = run(*line)
    assert found.exit_code in {3, 4}, found.output + repr(found.exception)
    assert found.stderr
    assert in_english(found.stderr.replace(str(edition), "")) is None, found.stderr


@pytest.mark.parametrize(
    "line",
    [
        ("--foo", "check", "x"),
        ("--jobs", "0", "check", "x"),
        ("--jobs", "check", "x"),
        ("-x",),
        ("check",),
        ("check", "a", "b"),
        ("check", "x", "--json"),
        ("build", "x", "--only"),
        ("build", "x", "--date", "明天"),
        ("synth", "x", "--seed", "a"),
        ("synth", "x", "--year", "1900"),
        ("new", "x", "--year", "1"),
        ("freeze", "x", "--state", "done"),
        ("publish", "x"),
        ("publish", __file__, "y"),
        ("bild", "x"),
        ("explain", "x", "焊工", "--docx"),
        ("check", "没有这个文件夹"),
        ("demo", __file__),
    ],
)
def test_wrong_usage_is_said_in_chinese(line):
    found = run(*line)
    assert found.exit_code in {2, 3}
    assert found.stderr.startswith("错误：")
    assert in_english(found.stderr) is None


def test_an_option_of_all_commands_behind_one_is_shown_where_it_goes():
    assert "--json check" in run("check", "x", "--json").stderr


@pytest.mark.parametrize("line", [("--help",), *((name, "--help") for name in main.commands)])
def test_help_has_no_english_headings(line):
    told = run(*line).stdout
    assert in_english(told.replace("[参数]", "")) is None
    for word in ("Usage", "Options", "Commands", "OPTIONS", "required", "default", "Show"):
        assert word not in told


def test_an_unexpected_error_is_told_without_quoting_data(monkeypatch, tmp_path):
    def fail(*args, **kwargs):
        raise ValueError("cannot read 张三 13800000000")

    monkeypatch.setattr("xmdemand.scaffold.new_edition", fail)
    found = run("new", tmp_path / "e", "--year", 2026)
    assert found.exit_code == 1
    assert "ValueError" in found.stderr
    assert "张三" not in found.stderr
    assert in_english(found.stderr) is None
    assert "张三" in run("--debug", "new", tmp_path / "e", "--year", 2026).stderr
    answer = json.loads(run("--json", "new", tmp_path / "e", "--year", 2026).stdout)
    assert answer["exit"] == 1


def test_what_the_system_refuses_is_an_output_that_could_not_be_made(tmp_path):
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "inputs").write_text("")
    found = run("new", tmp_path / "e", "--year", 2026)
    assert found.exit_code == 4
    assert "inputs：" in found.stderr
    assert in_english(found.stderr.replace(str(tmp_path), "")) is None
