"""Every block of the readmes and of the documentation runs, but those that set everything up."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from xmdemand.cli import main

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SETS_UP = ("make demo", "pip install")
DOCS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "docs").rglob("*.md")
    if not path.name.endswith(".en.md")
)
PAGES = ["README.md", "README.zh.md", *DOCS]


def blocks(name: str, language: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [body for kind, body in BLOCK.findall(text) if kind == language]


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_opening_has_a_picture_and_the_two_commands(name):
    opening = (ROOT / name).read_text(encoding="utf-8").split("## ", 1)[0]
    picture = re.search(r"!\[.+\]\((.+)\)", opening)
    assert picture
    assert (ROOT / picture[1]).is_file()
    assert "make demo" in opening
    assert "make test" in opening


@pytest.mark.parametrize("name", [name for name in PAGES if blocks(name, "python")])
def test_python_blocks_run_one_after_the_other(name, built, tmp_path, monkeypatch):
    shutil.copytree(built, tmp_path / "xmdemand-demo")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names: dict[str, object] = {}
    for number, body in enumerate(blocks(name, "python")):
        exec(compile(body, f"{name} block {number}", "exec"), names)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.mark.parametrize("name", [name for name in PAGES if blocks(name, "sh")])
def test_commands_run_one_after_the_other(name, built, tmp_path, monkeypatch):
    shutil.copytree(built, tmp_path / "xmdemand-demo")
    monkeypatch.chdir(tmp_path)
    for body in blocks(name, "sh"):
        if any(word in body for word in SETS_UP):
            continue
        for line in body.splitlines():
            words = shlex.split(line, comments=True)
            if not words:
                continue
            assert words[0] == "xmdemand", line
            result = CliRunner().invoke(main, words[1:])
            assert result.exit_code == 0, line + result.output


def test_python_and_shell_blocks_exist():
    assert blocks("README.md", "python")
    assert len(blocks("README.md", "sh")) > 2


def bare(body: str) -> list[str]:
    """Code without its comments, which differ between languages."""
    return [line.split("  # ")[0].split("    # ")[0].rstrip() for line in body.splitlines()]


@pytest.mark.parametrize("name", [n for n in DOCS if (ROOT / n).with_suffix(".en.md").exists()])
def test_english_pages_hold_the_same_code(name):
    english = name.removesuffix(".md") + ".en.md"
    for language in ("python", "sh"):
        for ours, theirs in zip(blocks(name, language), blocks(english, language), strict=True):
            words = [
                " ".join(bare(body)).replace("答复.docx", "answer.docx") for body in (ours, theirs)
            ]
            assert words[0] == words[1]
