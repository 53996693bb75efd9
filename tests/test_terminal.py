"""The command line where it is hard: small code pages, Ctrl-C, no network, read-only inputs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from xmdemand import Edition
from xmdemand.cli import THREADS, main
from xmdemand.errors import OutputError

PATH = {"PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def edition(built, tmp_path):
    folder = tmp_path / "2026 年"
    shutil.copytree(built, folder)
    return folder


def xmdemand(*args: object, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "xmdemand.cli", *map(str, args)],
        capture_output=True,
        env={**os.environ, **PATH, **env},
        check=False,
    )


@pytest.mark.parametrize("page", ["gb18030", "gbk", "cp1252"])
def test_no_code_page_ends_a_run(edition, page):
    console = {"PYTHONIOENCODING": page, "PYTHONUTF8": "0"}
    for args in (("--help",), ("explain", edition, "4-04-05-04")):
        done = xmdemand(*args, **console)
        assert done.returncode == 0, done.stderr
    words = done.stdout.decode(page)
    assert ("紧缺位次" if page.startswith("gb") else "?") in words
    answer = json.loads(xmdemand("--json", "status", edition, **console).stdout.decode(page))
    assert answer["received"]["企业用工需求调查表"] > 0, "JSON loses nothing on a small code page"


GUARD = """
import os, sys
inputs = os.path.realpath(sys.argv[1])

def guard(event, args):
    if event.startswith("socket."):
        raise AssertionError(f"the network was asked for: {event}")
    if event == "open" and isinstance(args[0], str | bytes | os.PathLike):
        path, flags = os.path.realpath(os.fsdecode(args[0])), args[2] or 0
        writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if writes and path.startswith(inputs):
            raise AssertionError(f"an input was opened for writing: {path}")
    if event in {"os.remove", "os.rename", "os.chmod", "shutil.rmtree"}:
        if os.path.realpath(os.fsdecode(args[0])).startswith(inputs):
            raise AssertionError(f"{event} on an input: {args}")

sys.addaudithook(guard)
import xmdemand.cli
xmdemand.cli.main(sys.argv[2:])
"""


def guarded(edition: Path, *args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", GUARD, edition / "inputs", *map(str, args)],
        capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, **PATH, "XMDEMAND_CACHE": "off", "PYTHONUTF8": "1"},
    )  # fmt: skip


def test_a_build_asks_for_no_network_and_writes_to_no_input(edition):
    for path in [*(edition / "inputs").rglob("*"), edition / "inputs"]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        done = guarded(edition, "--quiet", "build", edition)
        assert done.returncode == 0, done.stderr[-2000:]
    finally:
        for path in [edition / "inputs", *(edition / "inputs").rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_the_guard_itself_notices(edition):
    code = GUARD.split("import xmdemand.cli")[0]
    for bad in ("import socket; socket.socket()", f"open({str(edition / 'inputs' / 'x')!r}, 'w')"):
        done = subprocess.run([sys.executable, "-c", code + bad, edition / "inputs"], check=False)
        assert done.returncode == 1


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("stage", ["读入文件", "供求预测", "生成文件"])
def test_ctrl_c_leaves_the_last_good_documents_and_nothing_half_made(edition, stage):
    before = {p: p.read_bytes() for p in edition.rglob("*") if p.is_file() and p.name[0] != "."}
    build = subprocess.Popen(
        [sys.executable, "-m", "xmdemand.cli", "build", str(edition)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, **PATH, "PYTHONUTF8": "1"},
        # tests run in the background inherit that Ctrl-C is ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert build.stderr is not None
    for line in build.stderr:
        if stage in line:
            break
    time.sleep(0.05)
    build.send_signal(signal.SIGINT)
    _, rest = build.communicate(timeout=60)
    assert build.returncode in (130, -signal.SIGINT), rest  # a shell calls both 130
    assert "已中止" in rest
    assert "Traceback" not in rest
    after = {p: p.read_bytes() for p in edition.rglob("*") if p.is_file() and p.name[0] != "."}
    assert after == before
    assert {p.name for p in edition.glob(".*")} <= {".build.lock"}


def test_numerical_libraries_are_given_one_thread_before_they_load():
    """More threads add in another order: the last digits would depend on the machine's cores."""
    code = (
        "import os, sys\nfrom xmdemand.cli import THREADS, main\n"
        "main(['--jobs', '3', 'new', '--help'], standalone_mode=False)\n"
        "print(*[os.environ[name] for name in THREADS], 'numpy' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8",
        env={**os.environ, **PATH, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "8"}, check=True,
    )  # fmt: skip
    assert done.stdout.split()[-4:] == ["1", "1", "1", "False"]


def test_jobs_reaches_the_build(edition, monkeypatch):
    asked = []

    def write(self, *, only=(), jobs=2):
        asked.append(jobs)
        raise OutputError("stopped here")

    monkeypatch.setattr(Edition, "write", write)
    for name in THREADS:  # put back afterwards: the runner shares this process
        monkeypatch.setenv(name, "1")
    for options in ((), ("--jobs", "1"), ("-j", "4")):
        assert CliRunner().invoke(main, [*options, "build", str(edition)]).exit_code == 4
    assert asked == [2, 1, 4]


def completed(**env: str) -> str:
    code = "from xmdemand.cli import main; main(prog_name='xmdemand')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env={**os.environ, **PATH, **env},
        check=False,
    )  # fmt: skip
    return done.stdout.decode()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_is_given_its_completion(shell):
    assert "_XMDEMAND_COMPLETE" in completed(_XMDEMAND_COMPLETE=f"{shell}_source")


def test_commands_and_options_are_completed():
    asked = {"_XMDEMAND_COMPLETE": "bash_complete", "COMP_CWORD": "1"}
    assert completed(**asked, COMP_WORDS="xmdemand ver").split() == ["plain,verify"]
    assert "plain,--quiet" in completed(**asked, COMP_WORDS="xmdemand --q").split()


def test_what_is_printed_names_no_respondent(edition):
    """Names and telephones of those who filled in a form occur in no output, log or message."""
    table = edition / "inputs" / "用工需求" / "某区补报.csv"
    table.write_text(
        "单位名称,联系人,联系电话,岗位名称,当前空缺人数,未来12个月计划招用\n"
        "某某示例公司,欧阳测试,13900001111,焊工,3,5\n"
        "某某示例公司,欧阳测试,13900001111,电工,很多很多,x\n",
        encoding="utf-8",
    )
    done = [
        xmdemand(*args, PYTHONUTF8="1")
        for args in (("check", edition), ("build", edition, "--only", "json,record"))
    ]
    said = "".join((one.stdout + one.stderr).decode() for one in done)
    assert not [one.returncode for one in done if one.returncode]
    made = b"".join(p.read_bytes() for p in (edition / "out").iterdir() if p.suffix == ".json")
    for secret in ("欧阳测试", "13900001111"):
        assert secret not in said
        assert secret.encode() not in made


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="names are text there")
def test_a_file_name_of_another_code_page_is_read_and_named(edition):
    """As an archive of a Chinese Windows leaves it when it is unpacked on Linux."""
    inputs = os.fsencode(edition / "inputs")
    name = "劳动者总体结构.csv"
    os.rename(os.path.join(inputs, name.encode()), os.path.join(inputs, name.encode("gb18030")))
    run = CliRunner().invoke(main, ["check", str(edition)])
    assert run.exit_code == 0, run.output
    tables = Edition.open(edition).tables
    assert name in set(tables.files["file"])
    assert tables.margins is not None
    assert CliRunner().invoke(main, ["build", str(edition), "--only", "json"]).exit_code == 0
    told = json.loads((edition / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert f"inputs/{name}" in {row["file"] for row in told["inputs"]}
