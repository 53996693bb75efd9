"""The example on real vacancies runs where the shared data are."""

import os
import runpy
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("XMDEMAND_SHARED", ROOT.parent / "shared"))
VACANCIES = SHARED / "data" / "ivi_australia"


@pytest.mark.skipif(not VACANCIES.is_dir(), reason="shared data are not here (XMDEMAND_SHARED)")
def test_internet_vacancies(tmp_path, capsys):
    example = runpy.run_path(str(ROOT / "examples" / "internet_vacancies.py"))
    example["main"]([str(VACANCIES), "--out", str(tmp_path / "out.xlsx"), "--series", "150"])
    said = capsys.readouterr().out
    assert "The same run a year earlier" in said
    table = pd.read_excel(tmp_path / "out.xlsx", engine="openpyxl")
    assert table["growth"].is_monotonic_decreasing
    assert (table["lower"] <= table["growth"]).all()
    assert (table["rank_lower"] <= table["rank_upper"]).all()
