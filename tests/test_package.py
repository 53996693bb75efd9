"""The package as a whole: light to import, a short list of public names, complete words."""

from __future__ import annotations

import string
import subprocess
import sys

import pytest

import xmdemand
from xmdemand.errors import name_some
from xmdemand.notes import Note, _catalogue, message_codes

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


def test_both_languages_have_the_same_messages():
    assert message_codes("zh") == message_codes("en")


@pytest.mark.parametrize("code", sorted(message_codes("en")))
def test_both_languages_use_the_same_fields(code):
    assert fields_of(code, "zh") == fields_of(code, "en")


def fields_of(code: str, lang: str) -> set[str]:
    room, _, key = code.partition(".")
    words = _catalogue(lang)[room][key]
    return {name.split(":")[0] for _, name, _, _ in string.Formatter().parse(words) if name}


def test_a_chinese_note_counts_the_rest_of_a_list_in_chinese():
    note = Note("core.example", where=name_some("甲乙丙", show=2), n=3)
    assert note.say("zh") == "甲, 乙 等（另有 1 个）：示例，共 3 例"
    assert note.say("en") == "甲, 乙 and 1 more: an example with 3 cases"
