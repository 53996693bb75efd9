"""The method page: data, response, method, uncertainty, sensitivity, track record, limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from xmdemand.catalogue.content import Figure, MethodSection, Table
from xmdemand.catalogue.explanatory import returns
from xmdemand.catalogue.material import Material
from xmdemand.catalogue.record import RecordEntry
from xmdemand.notes import text
from xmdemand.survey.demand_tables import DIRECT_CV, DIRECT_REPORTERS
from xmdemand.terms import term

_SHARES = {"with_wish", "hits", "coverage_80", "wape", "bias"}
_SHARES_OF = ("response_", "share_", "cv_")
"""Items and measures that are shares, and how the names of others begin."""


def sections(material: Material, entries: tuple[RecordEntry, ...]) -> tuple[MethodSection, ...]:
    """The page's sections in printing order; one without anything to say is left out."""
    made = (
        _data(material),
        _response(material),
        _method(material),
        _uncertainty(material, entries),
        _sensitivity(material),
        _track_record(material),
        _limits(material),
    )
    return tuple(one for one in made if one.paragraphs or one.tables or one.figures)


def _section(
    key: str,
    *paragraphs: str,
    tables: Sequence[Table | None] = (),
    figures: Sequence[Figure | None] = (),
) -> MethodSection:
    return MethodSection(
        key=key,
        heading=text(f"catalogue.method_{key}"),
        paragraphs=tuple(filter(None, paragraphs)),
        tables=tuple(table for table in tables if table is not None),
        figures=tuple(figure for figure in figures if figure is not None),
    )


def _data(material: Material) -> MethodSection:
    counts = returns(material)
    said = [
        text(f"catalogue.method_{kind}", **counts)
        for kind, needed in (("employers", "firms"), ("register", "months"), ("workers", "workers"))
        if needed in counts
    ]
    return _section("data", *said, tables=[_bases(material)])


def _bases(material: Material) -> Table | None:
    frame = material.ranking.frame
    counts = {key: int((frame["basis"] == key).sum()) for key in ("both", "survey", "register")}
    rows = [(text(f"catalogue.basis_{key}"), str(n)) for key, n in counts.items() if n]
    return _table("basis", rows)


def _response(material: Material) -> MethodSection:
    tables = [
        _table(f"diagnostics_{name}", [_item(a, b) for a, b in _pairs(result.diagnostics)])
        for name, result in (("employers", material.demand), ("workers", material.intent))
        if result is not None
    ]
    return _section("response", *_modelled(material), tables=tables)


def _modelled(material: Material) -> tuple[str, ...]:
    """How many occupations rest on the model and which: the shorter list is named."""
    if material.demand is None or material.demand.frame.empty:
        return ()
    basis = material.demand.frame["basis"]
    direct, model = basis.index[basis == "direct"], basis.index[basis == "model"]
    said = text(
        "catalogue.method_model",
        n=len(basis),
        modelled=len(model),
        reporters=DIRECT_REPORTERS,
        cv=f"{DIRECT_CV:.0%}",
    )
    kind, fewer = ("direct", direct) if len(direct) <= len(model) else ("modelled", model)
    if fewer.empty:
        return (said,)
    names = "、".join(material.classification.name(str(code)) for code in fewer)
    return said, text(f"catalogue.method_{kind}_named", names=names)


def _method(material: Material) -> MethodSection:
    parameters = material.ranking.parameters
    rows = [
        (
            term("group", row["group"]),
            term("parameter", row["parameter"]),
            _number(row["estimate"]),
            _range(row["lower"], row["upper"]),
            term("source", row["source"]),
        )
        for row in parameters.to_dict("records")
    ]
    index = material.settings.method.index
    return _section(
        "method",
        text("catalogue.method_demand"),
        text("catalogue.method_need"),
        text(f"catalogue.method_index_{index}"),
        text("catalogue.method_tiers"),
        tables=[_table("parameters", rows)],
    )


def _uncertainty(material: Material, entries: Sequence[RecordEntry]) -> MethodSection:
    shares = _interval_share(entries)
    return _section(
        "uncertainty",
        text("catalogue.method_intervals"),
        text("catalogue.method_certain", **shares) if shares else "",
        tables=[_thresholds(material)],
        figures=[_certainty(entries)],
    )


def _certainty(entries: Sequence[RecordEntry]) -> Figure | None:
    """How many occupations with evidence reach the listing rule with which probability."""
    shares = [entry.numbers.get("p_need") for entry in entries if entry.eligible]
    known = [float(share) for share in shares if share is not None and share == share]
    if not known:
        return None
    edges = (0.1, 0.3, 0.5, 0.7, 0.9)
    places = [sum(share >= edge for edge in edges) for share in known]
    ends = (0.0, *edges, 1.0)
    return Figure(
        kind="bars",
        title=text("catalogue.figure_certainty"),
        labels=tuple(f"{low:.0%}～{high:.0%}" for low, high in pairwise(ends)),
        values=tuple(float(places.count(place)) for place in range(len(edges) + 1)),
        unit=text("catalogue.figure_occupations"),
    )


def _interval_share(entries: Sequence[RecordEntry]) -> Mapping[str, int]:
    """How many rows are listed or starred beyond reasonable doubt (nine in ten)."""
    listed = [entry for entry in entries if entry.listed]
    sure = sum(float(entry.numbers.get("p_need") or 0.0) >= 0.9 for entry in listed)
    return {"n": len(listed), "sure": sure} if listed else {}


def _thresholds(material: Material) -> Table | None:
    rows = [
        (
            term("what", row["what"]),
            (_number if row["what"] == "need_persons" else _share)(row["threshold"]),
            _number(row["rows"]),
        )
        for row in material.ranking.thresholds.to_dict("records")
    ]
    return _table("thresholds", rows)


def _sensitivity(material: Material) -> MethodSection:
    rows = [
        (
            term("choice", row["choice"]),
            term("alternative", row["alternative"]),
            _number(row["mean_rank_shift"]),
            _share(row["top_kept"]),
        )
        for row in material.ranking.sensitivity.to_dict("records")
    ]
    table = _table("sensitivity", rows)
    return _section("sensitivity", tables=[table], figures=[_shifts(material)])


def _shifts(material: Material) -> Figure | None:
    """How far ranks move on average under another choice of method."""
    frame = material.ranking.sensitivity
    if frame.empty:
        return None
    return Figure(
        kind="bars",
        title=text("catalogue.figure_shifts"),
        labels=tuple(
            f"{term('choice', choice)}：{term('alternative', other)}"
            for choice, other in zip(frame["choice"], frame["alternative"], strict=True)
        ),
        values=tuple(float(value) for value in frame["mean_rank_shift"]),
        unit=text("catalogue.figure_places"),
    )


def _track_record(material: Material) -> MethodSection:
    """How last year's forecast did, and last year's ranking where there was one."""
    forecast = material.outlook.track_record if material.outlook is not None else pd.DataFrame()
    rows = [
        (term("variable", row["variable"]), *_measured(row["measure"], row["value"]))
        for row in forecast.to_dict("records")
    ]
    ranks, said = _score(material), text("catalogue.method_look_back")
    return _section(
        "track_record",
        text("catalogue.method_backtest") if rows else "",
        said if ranks is not None else "",
        tables=[_table("track_record", rows), ranks],
        figures=[_calibration(material)],
    )


def _score(material: Material) -> Table | None:
    """Last year's ranking against the register since, over all occupations compared."""
    evaluation = material.ranking.evaluation
    if evaluation is None:
        return None
    frame = evaluation.frame
    rows = [
        (*_measured(row["measure"], row["estimate"]), _number(row["n"]))
        for row in frame[frame["by"] == "all"].to_dict("records")
    ]
    return _table("look_back", rows)


def _calibration(material: Material) -> Figure | None:
    """What share of the occupations promised a place in front came to be there, by promise."""
    evaluation = material.ranking.evaluation
    if evaluation is None or evaluation.calibration.empty:
        return None
    classes = evaluation.calibration.to_dict("records")
    promised = tuple(float(row["promised"]) for row in classes)
    return Figure(
        kind="calibration",
        title=text("catalogue.figure_calibration"),
        labels=tuple(f"{row['promised']:.0%}（{row['n']:.0f}）" for row in classes),
        values=tuple(float(row["happened"]) for row in classes),
        lower=promised,
        upper=promised,
        note=text("catalogue.figure_calibration_note"),
    )


def _limits(material: Material) -> MethodSection:
    said = [text("catalogue.limit_point"), text("catalogue.limit_register")]
    if material.settings.synthetic:
        said.insert(0, text("catalogue.limit_synthetic"))
    assumed = material.ranking.frame.get("assumed")
    if assumed is not None and bool(assumed.astype(bool).any()):
        said.append(text("catalogue.limit_assumed"))
    return _section("limits", *said)


def _table(key: str, rows: Sequence[tuple[str, ...]]) -> Table | None:
    if not rows:
        return None
    return Table(
        title=text(f"catalogue.table_{key}"),
        columns=tuple(text(f"catalogue.table_{key}_columns").split("|")),
        rows=tuple(rows),
    )


def _item(key: str, value: Any) -> tuple[str, str]:
    words = _share if key in _SHARES or key.startswith(_SHARES_OF) else _number
    return term("item", key), term("value", value) if isinstance(value, str) else words(value)


def _measured(key: str, value: Any) -> tuple[str, str]:
    return term("measure", key), (_share if key in _SHARES else _number)(value)


def _pairs(frame: pd.DataFrame) -> list[tuple[Any, Any]]:
    return list(frame[["item", "value"]].itertuples(index=False, name=None))


def _share(value: Any) -> str:
    """A share as per cent; what may be negative has the sign of print."""
    if value is None or value != value:
        return "—"
    return f"{float(value):.1%}".replace("-", "−")


def _number(value: Any) -> str:
    """A number of three digits, never in powers of ten, which only the trade reads.

    >>> _number(6.6e-8), _number(0.0197), _number(-1234.5), _number(0)
    ('<0.0001', '0.0197', '−1,234', '0')
    """
    if isinstance(value, str):
        return value
    if value is None or value != value:
        return "—"
    value = float(value)
    if 0 < abs(value) < 1e-4:
        return "<0.0001"
    whole = value == round(value) or abs(value) >= 1000
    return (f"{value:,.0f}" if whole else f"{value:,.3g}").replace("-", "−")


def _range(low: Any, high: Any) -> str:
    if low is None or low != low:
        return "—"
    return f"{_number(low)}～{_number(high)}"
