"""The evidence on an occupation as the record keeps it, and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from xmdemand.catalogue.material import Material, plain

FINGERPRINTED = {
    "demand": 3,
    "supply": 3,
    "need_entry": 3,
    "need_upgrade": 3,
    "intent": 3,
    "p_need": 2,
    "index": 3,
    "reporters": 6,
    "registered_posts": 3,
}
"""Numbers a decision rests on, with the significant digits in which a change counts."""


def numbers_of(material: Material) -> dict[str, dict[str, Any]]:
    """Every column of the ranking by occupation, as plain values."""
    frame = material.ranking.frame
    names = [str(column) for column in frame.columns]
    return {
        str(code): {name: plain(value) for name, value in zip(names, row, strict=True)}
        for code, row in zip(frame.index, frame.itertuples(index=False, name=None), strict=True)
    }


def indicators_of(material: Material) -> dict[str, tuple[dict[str, Any], ...]]:
    """Every indicator's row by occupation."""
    return _by_occupation(material.ranking.indicators)


def districts_of(material: Material) -> dict[str, tuple[dict[str, Any], ...]]:
    """What is known by district, survey and register side by side, by occupation."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    sources = [
        material.demand.districts if material.demand is not None else None,
        material.outlook.districts if material.outlook is not None else None,
        material.intent.districts if material.intent is not None else None,
    ]
    for frame, renamed in zip(sources, ({}, {}, {"persons": "intent"}), strict=True):
        if frame is None:
            continue
        for row in frame.drop(columns="n", errors="ignore").to_dict("records"):
            code = str(row.pop("occupation"))
            name = material.district_name(str(row.pop("district")))
            found = {renamed.get(str(key), str(key)): plain(value) for key, value in row.items()}
            rows.setdefault((code, name), {"district": name}).update(found)
    order = {district.name: at for at, district in enumerate(material.profile.districts)}
    ranked = sorted(rows, key=lambda key: (key[0], order.get(key[1], len(order)), key[1]))
    by_code: dict[str, list[dict[str, Any]]] = {}
    for code, name in ranked:
        if name in order:
            by_code.setdefault(code, []).append(rows[code, name])
    return {code: tuple(found) for code, found in by_code.items()}


def scalars(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers with lists joined, one value a column.

    >>> scalars({"need": 3.0, "levels": ["level_5", "level_4"]})
    {'need': 3.0, 'levels': 'level_5,level_4'}
    """
    return {
        name: ",".join(map(str, value)) if isinstance(value, list) else value
        for name, value in numbers.items()
    }


def fingerprint(numbers: Mapping[str, Any], *, listed: bool, stars: int) -> str:
    """The hash of what an official sees before deciding: rounded evidence and the proposal.

    Rounding keeps a decision alive when nothing an official could have noticed has changed.

    >>> seen = {"demand": 120.04, "p_need": 0.912}
    >>> later = {"demand": 120.41, "p_need": 0.908}
    >>> a = fingerprint(seen, listed=True, stars=1)
    >>> a == fingerprint(later, listed=True, stars=1), a == fingerprint(seen, listed=True, stars=2)
    (True, False)
    """
    shown: dict[str, Any] = {
        name: f"{float(numbers[name]):.{digits}g}"
        for name, digits in FINGERPRINTED.items()
        if numbers.get(name) is not None
    }
    shown |= {"listed": bool(listed), "stars": int(stars), "levels": numbers.get("levels")}
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _by_occupation(frame: Any) -> dict[str, tuple[dict[str, Any], ...]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in frame.to_dict("records"):
        code = str(row.pop("occupation"))
        found.setdefault(code, []).append({str(key): plain(value) for key, value in row.items()})
    return {code: tuple(rows) for code, rows in found.items()}
