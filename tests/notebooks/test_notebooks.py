"""The notebooks run, are paired with their sources and stay small enough to read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
LIMIT = 500_000

named = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


@pytest.fixture(scope="session")
def desk(built, tmp_path_factory) -> Path:
    """A temporary folder that holds the example; its stages are already kept."""
    folder = tmp_path_factory.mktemp("desk")
    out = shutil.ignore_patterns("out", ".*")
    shutil.copytree(built, folder / "xmdemand-example", ignore=out)
    return folder


def cells_of(path: Path) -> list[tuple[str, str]]:
    notebook = jupytext.read(path)
    return [(cell.cell_type, cell.source.strip()) for cell in notebook.cells]


def test_there_are_six():
    assert [source.stem[:2] for source in SOURCES] == ["01", "02", "03", "04", "05", "06"]


@named
def test_it_runs(source, desk):
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(desk))
    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", str(source)],
        cwd=desk,
        env={**os.environ, **temporary, "MPLBACKEND": "Agg", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@named
def test_its_pair_is_not_stale(source):
    pair = source.with_suffix(".ipynb")
    assert cells_of(pair) == cells_of(source), "make it again: python notebooks/execute.py"


@named
def test_its_pair_was_executed_without_error_and_shows_figures(source):
    cells = [c for c in jupytext.read(source.with_suffix(".ipynb")).cells if c.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@named
def test_its_pair_is_small_and_names_no_folder_of_the_maker(source):
    pair = source.with_suffix(".ipynb")
    assert pair.stat().st_size < LIMIT
    text = pair.read_text(encoding="utf-8")
    assert "/site-packages/" not in text
    assert str(ROOT) not in text
