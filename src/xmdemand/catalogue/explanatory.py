"""The 说明 below the table: edition, period, sources, method, thresholds, marks."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from xmdemand.catalogue.content import COLUMNS, CatalogueEntry, Paragraph
from xmdemand.catalogue.material import Material
from xmdemand.catalogue.projection import printed_columns
from xmdemand.notes import text

MARK_NAMES = {"L": "catalogue.mark_green", "S": "catalogue.mark_digital"}


def paragraphs(material: Material, entries: tuple[CatalogueEntry, ...]) -> tuple[Paragraph, ...]:
    """The numbered paragraphs of the 说明, in printing order."""
    said = {
        "edition": text("catalogue.note_edition", edition=edition_words(material)),
        "period": text("catalogue.note_period", **_days(material)),
        "sources": _sources(material),
        "method": text("catalogue.note_method"),
        "listing": _listing(material),
        "tiers": _tiers(material),
        "marks": _marks(material, entries),
        "withheld": _withheld(material, entries),
        "thin": text("catalogue.note_thin") if any(entry.thin for entry in entries) else "",
        "day": text("catalogue.note_day", day=day_words(material.settings.dates.issued)),
    }
    return tuple(
        Paragraph(heading=text(f"catalogue.heading_{key}"), text=words)
        for key, words in said.items()
        if words
    )


def edition_words(material: Material) -> str:
    """The classification's edition in words."""
    if material.profile.classification is not None:
        return material.classification.edition or material.profile.classification
    return text("catalogue.edition_china", year=material.classification.edition)


def day_words(day: dt.date) -> str:
    """A day as official documents write it.

    >>> day_words(dt.date(2026, 5, 8))
    '2026年5月8日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def returns(material: Material) -> dict[str, int]:
    """How many valid returns each source gave: firms, posts, workers, months, register rows."""
    tables = material.tables
    counts: dict[str, int] = {}
    if tables.employers is not None:
        counts["firms"] = int(tables.employers["firm"].nunique())
        counts["posts"] = int((tables.employers["post"].fillna("") != "").sum())
    if tables.workers is not None:
        counts["workers"] = int(tables.workers["person"].nunique())
    if tables.register is not None:
        counts["months"] = int(pd.to_datetime(tables.register["month"]).nunique())
        counts["register_rows"] = len(tables.register)
    return counts


def _days(material: Material) -> dict[str, str]:
    dates = material.settings.dates
    return {
        "start": day_words(dates.reference_start),
        "end": day_words(dates.reference_end),
        "cut_off": day_words(dates.cut_off),
    }


def _sources(material: Material) -> str:
    counts = returns(material)
    said = [
        text(f"catalogue.source_{key}", **counts)
        for key, needed in (("employers", "firms"), ("register", "months"), ("workers", "workers"))
        if needed in counts
    ]
    return "；".join(said) + "。" if said else ""


def _listing(material: Material) -> str:
    rule = material.profile.listing
    words = text(
        f"catalogue.note_listing_{rule.form}",
        persons=f"{rule.need_persons:g}",
        p=f"{rule.probability:.0%}",
    )
    names = {**material.profile.names("fields"), **material.profile.names("industries")}
    quotas = {**rule.field_quota, **rule.industry_quota}
    if not quotas:
        return words
    said = "、".join(f"{names.get(key, key)}{limit}个" for key, limit in quotas.items())
    return words + text("catalogue.note_quotas", quotas=said)


def _tiers(material: Material) -> str:
    rule = material.profile.tier_rule
    said = "，".join(f"{tier.mark} {tier.name}" for tier in material.profile.tiers)
    first = material.previous is None
    key = "catalogue.note_tiers_first" if first else "catalogue.note_tiers"
    return text(
        key,
        tiers=said,
        first=f"{rule.first:.0%}",
        enter=f"{rule.enter:.0%}",
        leave=f"{rule.leave:.0%}",
        twice=f"{rule.leave_twice:.0%}",
    )


def _marks(material: Material, entries: tuple[CatalogueEntry, ...]) -> str:
    columns = printed_columns(material.profile.public_columns)
    used = "".join(entry.marks for entry in entries)
    said = [text(code) for mark, code in MARK_NAMES.items() if mark in used]
    if any(not entry.levels for entry in entries) or "subsidy" in columns:
        said.append(text("catalogue.mark_unknown"))
    if any(
        key in columns and not getattr(e, key) for e in entries for key in ("industry", "field")
    ):
        said.append(text("catalogue.mark_no_place"))
    if "institutions" in columns or "bodies" in columns:
        said.append(text("catalogue.mark_none"))
    return "；".join(said) + "。" if said else ""


def _withheld(material: Material, entries: tuple[CatalogueEntry, ...]) -> str:
    numbers = {"demand", "demand_by_district", "ratio", "wage"} & set(COLUMNS)
    if not numbers & set(material.profile.public_columns) or not entries:
        return ""
    if material.alone and {"demand", "demand_by_district"} & set(material.profile.public_columns):
        return text("catalogue.note_withheld_alone")
    rule = material.profile.disclosure
    return text("catalogue.note_withheld", firms=rule.min_firms, base=rule.rounding)
