"""The wheel, installed into an empty environment outside the checkout, builds the example."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def call(*args: object, **kwargs) -> subprocess.CompletedProcess:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    return subprocess.run(
        [str(arg) for arg in args],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**env, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUTF8": "1"},
        **kwargs,
    )


@pytest.mark.slow
def test_wheel_alone_builds_the_example(tmp_path):
    call(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT,
        cwd=tmp_path,
    )  # fmt: skip
    wheel = next(tmp_path.glob("*.whl"))
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    call(
        scripts / "python", "-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt",
        wheel, cwd=tmp_path,
    )  # fmt: skip
    told = call(scripts / "xmdemand", "demo", tmp_path / "demo", cwd=tmp_path)
    assert "目录共" in told.stdout
    assert (tmp_path / "demo" / "out" / "index.html").is_file()
    # Without the extras the documents that need them are left out, and one sentence says so.
    assert not (tmp_path / "demo" / "out" / "catalogue.pdf").exists()
    assert "xmdemand[pdf]" in told.stdout + told.stderr
