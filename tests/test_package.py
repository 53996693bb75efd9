"""The package as a whole: light to import, a short list of public names."""

from __future__ import annotations

import subprocess
import sys

import pytest

import xmdemand

HEAVY = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "openpyxl", "pydantic", "rich")


def loaded_by(code: str) -> set[str]:
    """Top-level modules that running `code` in a fresh interpreter loads."""
    script = f"import sys\n{code}\nprints = sorted({{m.split('.')[0] for m in sys.modules}})\n"
    run = subprocess.run(
        [sys.executable, "-c", script + "print(*prints)"],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return set(run.stdout.split())


def test_import_loads_nothing_heavy():
    assert not loaded_by("import xmdemand") & set(HEAVY)


def test_the_probe_for_heavy_modules_can_fail():
    assert "numpy" in loaded_by("import xmdemand.draws")


def test_help_loads_nothing_heavy():
    code = (
        "from xmdemand.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
    )
    run = loaded_by(
        "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()):\n"
        + "".join(f"    {line}\n" for line in code.splitlines())
    )
    assert not run & set(HEAVY)


@pytest.mark.parametrize("name", xmdemand.__all__)
def test_every_public_name_is_there_and_documented(name):
    thing = getattr(xmdemand, name)
    assert name == "__version__" or thing.__doc__


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = xmdemand.no_such_name
