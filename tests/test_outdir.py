"""A folder of documents is replaced as a whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from xmdemand.errors import OutputError
from xmdemand.outdir import exclusive, replaced, whole_file


def contents(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text("last good")
    return folder


def test_a_good_run_takes_the_place(out):
    with replaced(out) as fresh:
        (fresh / "b.txt").write_text("new")
    assert contents(out) == {"b.txt": "new"}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def fail_half_way(folder):
    (folder / "b.txt").write_text("half")
    (folder / "no such file").read_text()


def test_a_failed_run_changes_nothing(out):
    with pytest.raises(FileNotFoundError), replaced(out) as fresh:
        fail_half_way(fresh)
    assert contents(out) == {"a.txt": "last good"}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def test_keep_starts_from_what_is_there(out):
    with replaced(out, keep=True) as fresh:
        (fresh / "b.txt").write_text("new")
    assert contents(out) == {"a.txt": "last good", "b.txt": "new"}


@pytest.mark.parametrize("owner_file", ["~$catalogue.xlsx", ".~lock.catalogue.xlsx#"])
def test_a_document_open_in_an_office_program_is_named_before_any_work(out, owner_file):
    (out / owner_file).write_text("")
    with pytest.raises(OutputError, match=r"close catalogue\.xlsx first"), replaced(out):
        pytest.fail("work began although a document is open")


def test_a_lock_met_while_swapping_restores_the_last_good(out, monkeypatch):
    real = os.replace

    def locked(source, target):
        if os.fspath(target) == os.fspath(out) and ".new-" in os.fspath(source):
            raise PermissionError(13, "in use", os.fspath(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", locked)
    with pytest.raises(OutputError, match=r"close .* first"), replaced(out) as fresh:
        (fresh / "b.txt").write_text("new")
    assert contents(out) == {"a.txt": "last good"}


def test_a_run_killed_between_the_two_renames_is_put_right_by_the_next(out):
    out.rename(out.with_name(".out.previous"))
    (out.parent / ".out.new-x1").mkdir()
    with pytest.raises(RuntimeError), replaced(out):
        raise RuntimeError
    assert contents(out) == {"a.txt": "last good"}


KILLED = """
    import os, pathlib, sys
    from xmdemand.outdir import exclusive, replaced, whole_file
    folder = pathlib.Path(sys.argv[1])
    with exclusive(folder), replaced(folder / "out") as fresh:
        (fresh / "b.txt").write_text("half")
        os._exit(9)
"""


def test_a_killed_process_loses_nothing_and_leaves_no_lock(out):
    code = textwrap.dedent(KILLED)
    run = subprocess.run([sys.executable, "-c", code, str(out.parent)], check=False)
    assert run.returncode == 9
    assert contents(out) == {"a.txt": "last good"}
    with exclusive(out.parent), replaced(out) as fresh:
        (fresh / "b.txt").write_text("whole")
    assert contents(out) == {"b.txt": "whole"}


def test_two_builds_at_once_do_not_mix(tmp_path):
    with exclusive(tmp_path):
        code = (
            "import pathlib, sys\nfrom xmdemand.outdir import exclusive\n"
            "with exclusive(pathlib.Path(sys.argv[1])): pass"
        )
        run = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
    assert run.returncode == 1
    assert "another process is building" in run.stderr


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path):
    path = tmp_path / "decisions.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), whole_file(path) as fresh:
        fresh.write_text(f"ha{1 / 0}")
    assert contents(tmp_path) == {"decisions.csv": "old"}
    with whole_file(path) as fresh:
        fresh.write_text("new")
    assert contents(tmp_path) == {"decisions.csv": "new"}


def test_a_file_that_cannot_be_written_is_told_in_both_languages(tmp_path):
    with (
        pytest.raises(OutputError, match="cannot be written") as told,
        whole_file(tmp_path / "no such folder" / "a.xlsx") as fresh,
    ):
        fresh.write_text("x")
    assert "请先关闭" in told.value.note.say("zh")
