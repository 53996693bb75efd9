"""What all tests share: the shared data if they are there, the example edition built once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

# Stages are kept for this run alone; tests of the whole build's bytes switch keeping off.
os.environ["XMDEMAND_CACHE"] = tempfile.mkdtemp(prefix="xmdemand-tests-")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared reference data, where the project's own checks run; skipped elsewhere."""
    folder = Path(os.environ.get("XMDEMAND_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("the shared reference data are not on this machine")
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example edition, built; tests read it and leave it as it is."""
    from xmdemand import synth
    from xmdemand.edition import build

    folder = tmp_path_factory.mktemp("示例 城市") / "edition"
    synth.example(folder)
    build(folder)
    return folder
