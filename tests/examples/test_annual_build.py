"""The scripts of the annual build: run where there is a shell, held against each other."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from xmdemand.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BASH = shutil.which("bash")
STEP = re.compile(r'"(?:\$xmdemand|%XMDEMAND%)" ([^|>\n]+)')


@pytest.fixture
def edition(built, tmp_path):
    folder = tmp_path / "2026 年"
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns("out", ".*"))
    return folder


@pytest.fixture
def annual_build():
    """Run the script as a scheduler would, with a command in the place of `xmdemand`."""

    def run(command: Path, *args: object, code: int = 0) -> str:
        command.chmod(0o755)
        env = {"XMDEMAND": str(command), "PYTHONPATH": os.pathsep.join(sys.path)}
        script = str(EXAMPLES / "annual_build.sh")
        done = subprocess.run(
            [BASH, script, *map(str, args)], env={**os.environ, **env, "PYTHONUTF8": "1"},
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.skipif(BASH is None, reason="no bash")
def test_the_script_takes_an_edition_from_inputs_to_the_site(edition, annual_build, tmp_path):
    xmdemand = tmp_path / "xmdemand"
    xmdemand.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m xmdemand.cli "$@"\n')
    preview, site = tmp_path / "内部 预览", tmp_path / "www" / "catalogue"
    assert "preview ready" in annual_build(xmdemand, edition, preview, site)
    published = {path.name for path in preview.iterdir()}
    assert {"index.html", "catalogue.json", "catalogue.pdf"} <= published
    assert not published & {"record.json", "evidence.xlsx", "manifest.json"}
    assert not site.exists()

    signed = ("--state", "signed", "--approver", "陈示例", "--date", "2026-05-20")
    assert CliRunner().invoke(main, ["freeze", str(edition), *signed]).exit_code == 0
    annual_build(xmdemand, edition, preview, site)
    assert {path.name for path in site.iterdir()} == published


PRETEND = """#!/bin/sh
echo "$*" >> "$0.log"
case "$*" in
  "--json status"*) echo '{{"command": "status", "state": "{state}", "days_left": 3}}' ;;
  *"{fails}"*) exit {code} ;;
esac
"""


def pretend(folder: Path, *, state: str = "draft", fails: str = "nothing", code: int = 0) -> Path:
    command = folder / "pretend"
    command.with_name("pretend.log").unlink(missing_ok=True)
    command.write_text(PRETEND.format(state=state, fails=fails, code=code))
    return command


def asked(command: Path) -> list[str]:
    log = command.with_name("pretend.log").read_text(encoding="utf-8")
    return [line.replace("--quiet ", "").split()[0] for line in log.splitlines()[1:]]


NIGHT = ["check", "consult", "build", "verify", "publish", "status"]


@pytest.mark.skipif(BASH is None, reason="no bash")
@pytest.mark.parametrize("fails", NIGHT[:-1])
def test_the_script_stops_at_the_first_failure_and_keeps_its_code(annual_build, tmp_path, fails):
    command = pretend(tmp_path, fails=f"{fails} ", code=4)
    annual_build(command, tmp_path, "p", "s", code=4)
    assert asked(command) == NIGHT[: NIGHT.index(fails) + 1]


@pytest.mark.skipif(BASH is None, reason="no bash")
def test_incomplete_answers_do_not_stop_the_night_but_show(annual_build, tmp_path):
    (tmp_path / "consult").mkdir()
    (tmp_path / "consult" / "市教育局.xlsx").touch()
    command = pretend(tmp_path, fails="--collect", code=3)
    assert "preview ready" in annual_build(command, tmp_path, "p", "s", code=3)
    assert asked(command) == NIGHT
    annual_build(pretend(tmp_path, fails="--collect", code=4), tmp_path, "p", "s", code=4)


@pytest.mark.skipif(BASH is None, reason="no bash")
@pytest.mark.parametrize("state", ["signed", "published"])
def test_a_signed_edition_is_not_built_again(annual_build, tmp_path, state):
    command = pretend(tmp_path, state=state)
    annual_build(command, tmp_path, "p", "s")
    assert asked(command) == ["verify", "publish"]
    assert "--draft" not in command.with_name("pretend.log").read_text(encoding="utf-8")


@pytest.mark.skipif(BASH is None, reason="no bash")
def test_wrong_usage_is_exit_2_and_touches_nothing(annual_build, tmp_path):
    command = pretend(tmp_path)
    annual_build(command, tmp_path, code=2)
    assert not command.with_name("pretend.log").exists()


def steps(name: str) -> list[str]:
    """What a script asks of xmdemand, in one spelling."""
    text = (EXAMPLES / name).read_bytes().decode("ascii").replace("\r\n", "\n")
    words = {"$edition": "E", "$preview": "P", "$site": "S", "%~1": "E", "%~2": "P", "%~3": "S"}
    found = STEP.findall(text)
    return sorted({re.sub(r'"([^"]+)"', lambda m: words[m[1]], step).strip() for step in found})


def test_both_scripts_take_the_same_steps():
    assert steps("annual_build.bat") == steps("annual_build.sh")
    assert len(steps("annual_build.sh")) == 9


def test_the_windows_script_ends_lines_as_windows_does_and_looks_at_every_code():
    raw = (EXAMPLES / "annual_build.bat").read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n")
    lines = [line.strip() for line in raw.decode("ascii").splitlines()]
    for at, line in enumerate(lines):
        if line.startswith('"%XMDEMAND%"') and " status " not in line:
            assert re.match(
                r"if errorlevel 1 exit|exit /b %ERROR|set \"QUESTIONS", lines[at + 1]
            ), line


def test_the_ci_example_uses_commands_that_exist():
    job = yaml.safe_load((EXAMPLES / "annual_build.yml").read_text(encoding="utf-8"))
    runs = [step["run"] for step in job["jobs"]["build"]["steps"] if "run" in step]
    asked = [re.sub(r"--quiet ", "", run).split()[1] for run in runs if run.startswith("xmdemand")]
    assert asked == ["check", "build", "verify", "publish"]
    assert set(asked) <= set(main.commands)


def test_the_cron_line_has_five_fields_and_names_the_script():
    line = (EXAMPLES / "annual_build.cron").read_text(encoding="ascii").splitlines()[-1]
    assert all(re.fullmatch(r"[\d*,/-]+", field) for field in line.split()[:5])
    assert line.split()[5].endswith("annual_build.sh")
