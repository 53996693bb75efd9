"""One district's part of a city's tables: the evidence of a district's own edition."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from xmdemand.intake.tables import Tables
from xmdemand.notes import Note


def of_district(tables: Tables, district: str) -> Tables:
    """What a city's tables say of one district.

    Firms, returns, the register and workers are those of the district. Known totals of workers by
    group or age hold for the city and are left out, as is the city-wide pipeline of graduates and
    trainees; what can be trained, decisions and the accounting of files stay.

    Parameters
    ----------
    tables
        As read from an edition's inputs.
    district
        Name of the district.

    Returns
    -------
    Tables
        A table without a row of the district becomes None.
    """
    margins = tables.margins
    if margins is not None:
        here = (margins["variable"] == "district") & (margins["category"] == district)
        margins = margins[here] if here.any() else None
    dropped = () if tables.pipeline is None else (Note("intake.pipeline_of_city", where=district),)
    return replace(
        tables,
        firms=_rows(tables.firms, district),
        employers=_rows(tables.employers, district),
        register=_rows(tables.register, district),
        workers=_rows(tables.workers, district),
        margins=margins,
        pipeline=None,
        notes=(*tables.notes, *dropped),
    )


def _rows(table: pd.DataFrame | None, district: str) -> pd.DataFrame | None:
    if table is None:
        return None
    rows = table[table["district"] == district].reset_index(drop=True)
    return rows if len(rows) else None
