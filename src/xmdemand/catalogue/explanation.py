"""Why an occupation stands where it stands, or is not listed, in plain Chinese.

Everything is read from the record; nothing is computed. Officials' names are left out, since an
explanation may go to a firm that asks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xmdemand.catalogue.changes import CHANGE_WORDS
from xmdemand.catalogue.record import Record, RecordEntry
from xmdemand.catalogue.words import number_words, share_words
from xmdemand.errors import NotFoundError
from xmdemand.notes import Note, text

if TYPE_CHECKING:
    from xmdemand.occupations import Classification

MOST_SUGGESTED = 5


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
        ("place", (*_rank(entry), *_degree(entry, record))),
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


def resolve(asked: str, classification: Classification) -> str:
    """The occupation a code or title means.

    >>> from xmdemand.occupations import Classification
    >>> resolve("养老护理员", Classification.load())
    '4-10-01-05'
    """
    asked = asked.strip()
    code = classification.normalise_code(asked)
    try:
        found = classification.find(code=code) if code else classification.find(name=asked)
        if classification.level(found.code) == "unit":
            return found.code
        below = classification.units(found.code)
        if len(below) == 1:
            return below[0]
        fields = {"asked": asked, "names": _names(below, classification)}
        raise NotFoundError.told(Note("catalogue.explain_group", fields=fields))
    except NotFoundError as error:
        if code:
            raise
        coded = _everyday(asked, classification)
        if coded is None:
            raise _unknown(asked, classification, error) from None
        return coded


def _everyday(asked: str, classification: Classification) -> str | None:
    """What the title coder is sure an everyday title means."""
    from xmdemand.occupations import TitleCoder

    coded = TitleCoder(classification=classification).code([asked], top=MOST_SUGGESTED).iloc[0]
    known = coded["status"] == "coded" and classification.level(str(coded["code"])) == "unit"
    return str(coded["code"]) if known else None


def _unknown(asked: str, classification: Classification, error: NotFoundError) -> NotFoundError:
    near = classification.search(asked, limit=MOST_SUGGESTED)
    units = [code for code in near["code"] if classification.level(code) == "unit"]
    if not units:
        return error
    names = _names(tuple(units), classification)
    fields = {"asked": asked, "names": names}
    return NotFoundError.told(Note("catalogue.explain_unknown", fields=fields))


def _names(codes: tuple[str, ...], classification: Classification) -> str:
    named = "、".join(f"{code} {classification.name(code)}" for code in codes[:MOST_SUGGESTED])
    more = len(codes) - MOST_SUGGESTED
    return text("catalogue.and_more", names=named, n=more) if more > 0 else named


def _conclusion(entry: RecordEntry, record: Record) -> str:
    if not entry.listed:
        if entry.rule_listed:
            return text("catalogue.explain_dropped")
        return text("catalogue.explain_not_listed", why=entry.failed_text)
    tiers = {tier.stars: f"{tier.name}（{tier.mark}）" for tier in record.catalogue.legend.tiers}
    tier = tiers.get(entry.stars, text("catalogue.explain_no_tier"))
    said = text("catalogue.explain_listed", seq=entry.seq, tier=tier)
    if not entry.rule_listed:
        said += text("catalogue.explain_added", why=entry.failed_text)
    return said


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
            value=_signed(row.get("value")),
            z=_signed(row.get("z")),
            weight=share_words(row.get("weight")),
            contribution=_signed(row.get("contribution")),
        )
        for row in sorted(entry.indicators, key=lambda row: -abs(row.get("contribution") or 0.0))
        if row.get("contribution") is not None
    ]
    if _has(entry.numbers, "index"):
        lines.append(
            text(
                "catalogue.explain_total",
                index=_signed(_value(entry.numbers, "index")),
                lower=_signed(_value(entry.numbers, "index_lower")),
                upper=_signed(_value(entry.numbers, "index_upper")),
            )
        )
    return tuple(lines)


def _rank(entry: RecordEntry) -> tuple[str, ...]:
    known = entry.numbers
    if not _has(known, "rank"):
        return ()
    return (
        text(
            "catalogue.explain_rank",
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
        between = f"{_persons(lower)}～{_persons(upper)}"
        interval = text("catalogue.explain_interval", between=between)
    label = text(f"catalogue.quantity_{name}")
    value = _persons(_value(known, name))
    return text("catalogue.explain_quantity", label=label, value=value, interval=interval)


def _persons(value: float | None) -> str:
    return "—" if value is None else f"{value:,.0f}"


def _signed(value: Any) -> str:
    return f"{float(value):+.2f}" if isinstance(value, int | float) else "—"


def _has(known: Mapping[str, Any], name: str) -> bool:
    return _value(known, name) is not None


def _value(known: Mapping[str, Any], name: str) -> float | None:
    value = known.get(name)
    return float(value) if isinstance(value, int | float) else None
