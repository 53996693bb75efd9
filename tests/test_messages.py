"""Words: every message in both languages, and no error an official can meet without Chinese."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from xmdemand import errors
from xmdemand.errors import InputError, name_some
from xmdemand.notes import Note, _catalogue, message_codes, why_not

SOURCE = Path(errors.__file__).parent
ERRORS = {
    name
    for name, thing in vars(errors).items()
    if isinstance(thing, type) and issubclass(thing, errors.XmdemandError)
}
FOREIGN = "foreign"
"""The one field that only the English sentence uses: another library's own words."""

CALLERS = {
    "catalogue/lifecycle.py": {"freeze"},
    "catalogue/lookup.py": {"find", "by_code", "_term"},
    "draws.py": {"check_level", "Draws.__post_init__"},
    "intake/columns.py": {"Kind.column", "header", "choice"},
    "intake/posting_engines.py": {
        "open_engine",
        "find_files",
        "DuckEngine._ask",
        "DaskEngine._computed",
    },
    "intake/postings.py": {"find_columns"},
    "market/backtests.py": {"backtest", "_origin_periods"},
    "market/blocks.py": {"_blocks", "_refuse_split_series"},
    "market/covariates.py": {"covariate_effect"},
    "market/explain.py": {"_as_frame", "explain_series"},
    "market/forecasts.py": {
        "forecast",
        "check_horizon",
        "Forecast.draws",
        "Forecast.sums",
        "Forecast.total",
    },
    "market/panel.py": {"read_panel", "_check_columns", "_lay_out", "_refuse_same_period"},
    "market/panel_info.py": {"PanelInfo.with_correlation"},
    "market/reconciliation.py": {"reconcile", "_groups"},
    "notes.py": {"text"},
    "occupations/classification.py": {"Classification.load"},
    "occupations/coder.py": {"TitleCoder.__init__", "TitleCoder.code"},
    "occupations/hints.py": {"hints"},
    "plots.py": {
        "forecast_fan",
        "series_fan",
        "rank_intervals",
        "survey_intervals",
        "bump",
        "sensitivity",
        "district_table",
    },
    "publish/sheet_rows.py": {"with_rows"},
    "shortage/evaluate.py": {"_tidy"},
    "shortage/evidence.py": {"align"},
    "shortage/methods.py": {"method_named"},
    "shortage/rank.py": {"rank"},
    "shortage/rank_sets.py": {
        "rank_sets",
        "_errors",
        "RankSets.top_set",
        "_numbers",
        "_by_label",
    },
    "shortage/sensitivity.py": {"normalised"},
    "shortage/what_if.py": {"what_if"},
    "survey/calibration.py": {"build_calibration", "require_one_population", "category_totals"},
    "survey/design.py": {"base_weights", "Design.__post_init__", "Design.bind"},
    "survey/estimates.py": {
        "require_columns",
        "mask_of",
        "numbers_of",
        "without_missing",
        "check_degrees",
    },
    "survey/estimation.py": {"Estimation.quantile"},
    "survey/nonresponse.py": {"build_nonresponse"},
    "survey/raking.py": {"build_raking"},
    "survey/replicates.py": {"Replicates.draws", "Replicates._values", "jackknife"},
    "survey/sample.py": {
        "Sample.calibrate",
        "Sample._calibrated",
        "Sample.winsorise",
        "Sample.replicates",
    },
    "survey/small_area.py": {
        "fay_herriot",
        "_arrays",
        "_common_areas",
        "_settled_variances",
        "benchmark",
    },
    "survey/stages.py": {"combined", "finite_column", "build_stages", "sampled_fraction"},
}
"""Where an error is raised without a note: only a caller's own arguments can cause these, never the
files of an edition. Anything else is told with a note (`InputError.told`), in both languages."""


def sites() -> Iterator[tuple[str, str, ast.Call]]:
    """Every place that makes one of the package's errors from plain words."""
    for path in sorted(SOURCE.rglob("*.py")):
        yield from _within(path.relative_to(SOURCE).as_posix(), "", ast.parse(path.read_bytes()))


def _within(file: str, owner: str, node: ast.AST) -> Iterator[tuple[str, str, ast.Call]]:
    for child in ast.iter_child_nodes(node):
        inner = owner
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = f"{owner}.{child.name}".lstrip(".")
        if isinstance(child, ast.Call) and getattr(child.func, "id", "") in ERRORS:
            yield file, owner, child
        yield from _within(file, inner, child)


def test_an_error_without_a_note_is_one_only_a_caller_can_cause():
    found: dict[str, set[str]] = {}
    for file, owner, _ in sites():
        found.setdefault(file, set()).add(owner)
    assert found == CALLERS


def test_no_message_of_an_exception_is_chinese():
    """Programmers read English; the Chinese stands in `messages/`."""
    for file, owner, call in sites():
        words = [
            part.value
            for part in ast.walk(call)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        assert not re.search(r"[\u4e00-\u9fff]", "".join(words)), (file, owner)


def test_every_code_that_is_used_has_words():
    rooms = {code.split(".")[0] for code in message_codes("zh")}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Note", "text"}:
                code = node.args[0] if node.args else None
                if isinstance(code, ast.Constant):
                    assert code.value in message_codes("zh"), (path.name, code.value)
                elif isinstance(code, ast.JoinedStr) and isinstance(code.values[0], ast.Constant):
                    start = str(code.values[0].value)
                    assert start.split(".")[0] in rooms, (path.name, start)
                    assert any(known.startswith(start) for known in message_codes("zh")), start


def test_both_languages_have_the_same_messages():
    assert message_codes("zh") == message_codes("en")


@pytest.mark.parametrize("code", sorted(message_codes("en")))
def test_both_languages_use_the_same_fields(code):
    assert fields_of(code, "zh") == fields_of(code, "en") - {FOREIGN}


def fields_of(code: str, lang: str) -> set[str]:
    room, _, key = code.partition(".")
    words = _catalogue(lang)[room][key]
    return {re.split("[:!]", name)[0] for _, name, _, _ in string.Formatter().parse(words) if name}


ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]+){2,}")
TO_TYPE = re.compile(r"xmdemand [a-z]+(?: --?[a-z]+)*|pip install 'xmdemand|--[a-z]+(?: --[a-z]+)*")
"""Commands and options stand in Chinese sentences as one types them."""


def in_english(words: str) -> str | None:
    """Three English words on end, commands apart."""
    found = ENGLISH.search(TO_TYPE.sub("", words))
    return found[0] if found else None


@pytest.mark.parametrize("code", sorted(message_codes("zh")))
def test_no_chinese_message_holds_an_english_sentence(code):
    room, _, key = code.partition(".")
    assert in_english(_catalogue("zh")[room][key]) is None


def test_the_probe_for_english_can_fail():
    assert in_english("错误：must be a number, got x")
    assert not in_english("错误：请运行 xmdemand build --revision --reason 再试")


def test_a_chinese_note_counts_the_rest_of_a_list_in_chinese():
    note = Note("core.example", where=name_some("甲乙丙", show=2), n=3)
    assert note.say("zh") == "甲, 乙 等（另有 1 个）：示例，共 3 例"
    assert note.say("en") == "甲, 乙 and 1 more: an example with 3 cases"


@pytest.mark.parametrize("number", [1, 2, 13, 17, 20, 21, 28, 30, 36, 99, 9999])
def test_what_the_operating_system_says_is_said_in_chinese(number):
    said = why_not(OSError(number, "Some words of the system"))
    assert in_english(said.say("zh")) is None
    assert "Some words of the system" in said.say("en")


def test_an_error_without_a_note_is_still_told_in_chinese():
    told = InputError("something nobody thought of").told_as
    assert in_english(told.say("zh")) is None
    assert told.say("en") == "something nobody thought of"
