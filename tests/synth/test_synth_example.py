"""The committed example edition is what `synth.example` writes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from xmdemand import synth

COMMITTED = Path(__file__).parent.parent.parent / "examples" / "edition"


def parts(folder: Path) -> dict[str, bytes]:
    """Every file's bytes; archives by member, since zlib's versions compress differently."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix in (".xlsx", ".zip"):
            with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as file:
                found |= {f"{name}/{member}": file.read(member) for member in file.namelist()}
        elif path.is_file() and "out" not in path.relative_to(folder).parts:
            found[name] = path.read_bytes()
    return found


def test_the_committed_example_is_the_one_written(tmp_path):
    if not COMMITTED.is_dir():
        pytest.skip("the tests run outside the project's checkout")
    synth.example(tmp_path)
    written, committed = parts(tmp_path), parts(COMMITTED)
    assert sorted(written) == sorted(committed)
    different = [name for name in written if written[name] != committed[name]]
    assert not different, "run synth.example('examples/edition') and commit what changed"
