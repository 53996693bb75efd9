"""Why an occupation stands where it stands, or is not listed, in plain Chinese.

Everything is read from the record; nothing is computed. Officials' names are left out, since an
explanation may go to a firm that asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xmdemand.catalogue.asked import resolve
from xmdemand.catalogue.changes import CHANGE_WORDS
from xmdemand.catalogue.record import Record, RecordEntry
from xmdemand.catalogue.words import indicator_words, number_words, share_words, signed_words
from xmdemand.notes import text

if TYPE_CHECKING:
    from xmdemand.occupations import Classification


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer about one occupation.

    Attributes
    ----------
    asked
        What was asked for.
    code, name
        The occupation it was taken to mean.
    listed, stars
        Where it stands.
    conclusion
        The answer in one or two sentences.
    sections
        Headings with their lines: evidence, indicators, rank, decisions, change.
    """

    asked: str
    title: str
    code: str
    name: str
    listed: bool
    stars: int
    conclusion: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]

    def as_text(self) -> str:
        """The answer for a terminal or a mail."""
        lines = [f"{self.code} {self.name}", f"《{self.title}》", "", self.conclusion]
        for heading, said in self.sections:
            lines += ["", f"【{heading}】", *(f"  {line}" for line in said)]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The answer for scripts."""
        return {
            "asked": self.asked,
            "code": self.code,
            "name": self.name,
            "listed": self.listed,
            "stars": self.stars,
            "conclusion": self.conclusion,
            "sections": [
                {"heading": heading, "lines": list(lines)} for heading, lines in self.sections
            ],
        }


def explain(
    record: Record, asked: str, classification: Classification, *, public: bool = False
) -> Explanation:
    """Explain any occupation, listed or not, by code or by any title it goes by.

    Parameters
    ----------
    record
        The edition's internal record.
    asked
        A code in any spelling, an official name, a work type, or an everyday title.
    classification
        The edition's classification.
    public
        For somebody outside: estimates, ranks and intervals, which are internal, are left out, and
        so is whatever rests on fewer firms than may be published. So are the reasons of decisions,
        which may name a firm or a person.

    Raises
    ------
    NotFoundError
        If the text means no occupation; the nearest ones are named.
    """
    code = resolve(asked, classification)
    entries = {entry.code: entry for entry in record.entries}
    title = record.catalogue.title
    if code not in entries:
        name = classification.name(code)
        why = text("shortage.fail_not_eligible")
        said = text("catalogue.explain_not_listed", why=why)
        return Explanation(asked, title, code, name, False, 0, said, ())
    entry = entries[code]
    made = (
        *(_outside(entry, record) if public else _inside(entry, record)),
        ("decisions", _decisions(entry, public=public)),
        ("change", _change(entry, record)),
    )
    sections = tuple((text(f"catalogue.explain_{key}"), lines) for key, lines in made if lines)
    return Explanation(
        asked,
        title,
        code,
        entry.name,
        entry.listed,
        entry.stars,
        _conclusion(entry, record),
        sections,
    )


Sections = tuple[tuple[str, tuple[str, ...]], ...]


def _inside(entry: RecordEntry, record: Record) -> Sections:
    return (
        ("evidence", _evidence(entry)),
        ("need", _need(entry)),
        ("index", _index(entry)),
        ("place", (*_rank(entry, record), *_degree(entry, record), *_memory(entry, record))),
    )


def _outside(entry: RecordEntry, record: Record) -> Sections:
    sources = _evidence(entry)[:1]
    if _tells_of_firms(entry, record):
        sources = (text("catalogue.explain_withheld"),)
    p_need = _value(entry.numbers, "p_need")
    said = () if p_need is None else (text("catalogue.explain_p_need", p=share_words(p_need)),)
    return (("evidence", sources), ("need", said), ("place", _degree(entry, record, brief=True)))


def _tells_of_firms(entry: RecordEntry, record: Record) -> bool:
    """Whether numbers of an occupation would tell of single firms: too few, or one that dominates.

    What disclosure control withholds of a listed row's demand is withheld here too.
    """
    fewest = record.rules.get("disclosure", {}).get("min_firms", 1)
    demand = None if entry.row is None else entry.row.demand
    withheld = demand is not None and demand.withheld not in ("", "unknown")
    return withheld or 0 < (_value(entry.numbers, "reporters") or 0.0) < fewest


def _conclusion(entry: RecordEntry, record: Record) -> str:
    if not entry.listed:
        if entry.rule_listed:
            return text("catalogue.explain_dropped")
        return text("catalogue.explain_not_listed", why=entry.failed_text)
    said = text("catalogue.explain_listed", seq=entry.seq, tier=_tier(entry.stars, record))
    if not entry.rule_listed:
        said += text("catalogue.explain_added", why=entry.failed_text)
    elif entry.stars != entry.rule_stars:
        action = text(f"catalogue.action_{'raise' if entry.stars > entry.rule_stars else 'lower'}")
        tier = _tier(entry.rule_stars, record)
        said += text("catalogue.explain_restarred", tier=tier, action=action)
    return said


def _tier(stars: int, record: Record) -> str:
    """A degree of urgency with its mark, or that there is none."""
    tiers = {tier.stars: f"{tier.name}（{tier.mark}）" for tier in record.catalogue.legend.tiers}
    return tiers.get(stars, text("catalogue.explain_no_tier"))


def _evidence(entry: RecordEntry) -> tuple[str, ...]:
    known = entry.numbers
    if not known:
        return ()
    lines = [
        text(
            "catalogue.explain_sources",
            reporters=number_words(_value(known, "reporters")),
            posts=number_words(_value(known, "registered_posts")),
        )
    ]
    if known.get("basis") == "both":
        lines.append(
            text(
                "catalogue.explain_witnesses",
                weight=share_words(_value(known, "survey_weight")),
                survey=number_words(_value(known, "survey_demand")),
                register=number_words(_value(known, "register_demand")),
            )
        )
    elif known.get("basis"):
        lines.append(text(f"catalogue.explain_basis_{known['basis']}"))
    lines += [_quantity(known, name) for name in ("demand", "supply", "gap") if _has(known, name)]
    if known.get("assumed"):
        lines.append(text("catalogue.explain_assumed"))
    return tuple(lines)


def _need(entry: RecordEntry) -> tuple[str, ...]:
    known = entry.numbers
    names = ("need", "need_entry", "need_upgrade", "intent")
    lines = [_quantity(known, name) for name in names if _has(known, name)]
    if _has(known, "p_need"):
        lines.append(text("catalogue.explain_p_need", p=share_words(_value(known, "p_need"))))
    if known.get("advice"):
        advice = text(f"shortage.advice_{known['advice']}")
        lines.append(text("catalogue.explain_advice", advice=advice))
    return tuple(lines)


def _index(entry: RecordEntry) -> tuple[str, ...]:
    if not entry.numbers:
        return ()
    if entry.numbers.get("unrated_reason"):
        return (text(str(entry.numbers["unrated_reason"])),)
    lines = [
        text(
            "catalogue.explain_indicator" if row.get("observed") else "catalogue.explain_imputed",
            name=text(f"shortage.indicator_{row['indicator']}"),
            value=indicator_words(str(row["indicator"]), row.get("value")),
            z=signed_words(row.get("z")),
            weight=share_words(row.get("weight")),
            contribution=signed_words(row.get("contribution")),
        )
        for row in sorted(entry.indicators, key=lambda row: -abs(row.get("contribution") or 0.0))
        if row.get("contribution") is not None
    ]
    if _has(entry.numbers, "index"):
        lines.append(
            text(
                "catalogue.explain_total",
                index=signed_words(_value(entry.numbers, "index")),
                lower=signed_words(_value(entry.numbers, "index_lower")),
                upper=signed_words(_value(entry.numbers, "index_upper")),
            )
        )
    return tuple(lines)


def _rank(entry: RecordEntry, record: Record) -> tuple[str, ...]:
    known = entry.numbers
    if not _has(known, "rank"):
        return ()
    return (
        text(
            "catalogue.explain_rank",
            n=number_words(sum(_has(other.numbers, "rank") for other in record.entries)),
            rank=number_words(_value(known, "rank")),
            lower=number_words(_value(known, "rank_lower")),
            upper=number_words(_value(known, "rank_upper")),
        ),
    )


def _degree(entry: RecordEntry, record: Record, *, brief: bool = False) -> tuple[str, ...]:
    """How sure the degree of urgency is, and what stands behind it; degrees out of reach unsaid."""
    known = entry.numbers
    tiers = record.catalogue.legend.tiers
    if brief:
        near = [t for t in tiers if (_value(known, f"p_tier_{t.stars}") or 0.0) >= 0.01]
        tiers = tuple(near) or tiers[:1]
    lines = [
        text(
            "catalogue.explain_tier",
            tier=f"{tier.name}（{tier.mark}）",
            p=share_words(_value(known, f"p_tier_{tier.stars}")),
        )
        for tier in tiers
        if _has(known, f"p_tier_{tier.stars}")
    ]
    if known.get("bad_job"):
        p = share_words(_value(known, "p_bad_job"))
        lines.append(text("catalogue.explain_bad_job", p=p))
    if known.get("cause"):
        lines.append(
            text(
                "catalogue.explain_cause",
                cause=text(f"shortage.cause_{known['cause']}"),
                remedy=text(f"shortage.remedy_{known['remedy']}"),
            )
        )
    return tuple(lines)


def _memory(entry: RecordEntry, record: Record) -> tuple[str, ...]:
    """Where last year's degree decided, which this year's probabilities alone do not explain."""
    known = entry.numbers
    this_year, last, placed = (
        _value(known, name) for name in ("tier_memoryless", "tier_last", "tier")
    )
    if this_year is None or last is None or placed is None or this_year == placed:
        return ()
    names = {"this_year": this_year, "last": last, "placed": placed}
    said = {name: _tier(int(stars), record) for name, stars in names.items()}
    return (text("catalogue.explain_memory", **said),)


def _decisions(entry: RecordEntry, *, public: bool) -> tuple[str, ...]:
    fate = {True: "", False: "_not_applied"}
    shown = [one for one in entry.decisions if one.applied or not public]
    return tuple(
        text(
            "catalogue.explain_decision_public"
            if public
            else f"catalogue.explain_decision{'_reopened' if one.reopened else fate[one.applied]}",
            date=_day(one.date),
            department=one.department or text("catalogue.explain_a_department"),
            action=text(f"catalogue.action_{one.action}"),
            reason=one.reason,
        )
        for one in shown
    )


def _day(written: str) -> str:
    """A day of a decision as letters write it; what is no date stays as it was written."""
    try:
        day = dt.date.fromisoformat(written)
    except ValueError:
        return written
    return text("catalogue.day", year=day.year, month=day.month, day=day.day)


def _change(entry: RecordEntry, record: Record) -> tuple[str, ...]:
    return tuple(
        text(
            "catalogue.explain_changed",
            kind=text(CHANGE_WORDS[change.kind]),
            move=f"（{change.before}→{change.after}）" if change.before else "",
            reason=change.reason,
        )
        for change in record.catalogue.changes
        if change.lineage == entry.lineage
    )


def _quantity(known: Mapping[str, Any], name: str) -> str:
    lower, upper = _value(known, f"{name}_lower"), _value(known, f"{name}_upper")
    interval = ""
    if lower is not None and upper is not None:
        between = f"{number_words(lower)}～{number_words(upper)}"
        interval = text("catalogue.explain_interval", between=between)
    label = text(f"catalogue.quantity_{name}")
    value = number_words(_value(known, name))
    return text("catalogue.explain_quantity", label=label, value=value, interval=interval)


def _has(known: Mapping[str, Any], name: str) -> bool:
    return _value(known, name) is not None


def _value(known: Mapping[str, Any], name: str) -> float | None:
    value = known.get(name)
    return float(value) if isinstance(value, int | float) else None
