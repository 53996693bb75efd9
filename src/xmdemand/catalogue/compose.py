"""From a ranking to an edition's content, the whole way on one screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xmdemand import __version__
from xmdemand.catalogue.changes import compare
from xmdemand.catalogue.content import Catalogue, CatalogueEntry, Change
from xmdemand.catalogue.decisions import Outcome, decide
from xmdemand.catalogue.disclosure import disclose
from xmdemand.catalogue.evidence import districts_of, indicators_of, numbers_of, scalars
from xmdemand.catalogue.explanatory import edition_words, paragraphs
from xmdemand.catalogue.legend import legend_of, pinyin_of
from xmdemand.catalogue.material import Material, plain_rows
from xmdemand.catalogue.method_page import sections
from xmdemand.catalogue.ordering import in_order
from xmdemand.catalogue.projection import printed_columns, project, public_fields
from xmdemand.catalogue.record import Content, Record, RecordEntry, load_record
from xmdemand.catalogue.rows import RowSources, training_names
from xmdemand.catalogue.rules import former_judgement, rules_in_force
from xmdemand.catalogue.selection import propose
from xmdemand.catalogue.words import decision_words, failed_words, remark
from xmdemand.intake.tables import Tables
from xmdemand.market.outlook import Outlook
from xmdemand.notes import Note
from xmdemand.occupations import Classification
from xmdemand.profile import Profile
from xmdemand.settings import Settings
from xmdemand.shortage import to_record
from xmdemand.shortage.ranking import Ranking
from xmdemand.survey.employers import EmployerDemand
from xmdemand.survey.workers import WorkerIntent


def compile(
    ranking: Ranking,
    tables: Tables,
    profile: Profile,
    settings: Settings,
    *,
    classification: Classification,
    demand: EmployerDemand | None = None,
    intent: WorkerIntent | None = None,
    outlook: Outlook | None = None,
    previous: Record | Mapping[str, Any] | None = None,
    district: str | None = None,
    city: Record | Mapping[str, Any] | None = None,
) -> Content:
    """The record of an edition and its public catalogue.

    Parameters
    ----------
    ranking
        From `xmdemand.shortage.rank`.
    tables
        The edition's inputs: what can be trained and assessed, decisions, the files' accounting.
    profile, settings
        The city, and the edition's choices.
    classification
        Occupations as the edition names them.
    demand, intent, outlook
        The evidence of the survey and market rooms, where there is any.
    previous
        Last year's record; None in a first edition. The city's says nothing of a district's list.
    district
        Name of the district whose own list this is (then everything above is of the district, see
        `xmdemand.intake.district`); None for the city's.
    city
        The record of the city's own list of this edition. A district's list publishes numbers only
        beside it, since both tell of the same firms.

    Returns
    -------
    Content
        Every eligible occupation with evidence, proposal, decisions and reasons; the public
        projection of the listed ones.

    Raises
    ------
    InputError
        If `previous` is not a record this version can read.
    """
    material = Material(
        ranking=ranking,
        tables=tables,
        profile=profile,
        settings=settings,
        classification=classification,
        demand=demand,
        intent=intent,
        outlook=outlook,
        previous=_of_same_place(previous, district),
        district=district,
        city=_of_same_year(city, settings.year),
    )
    numbers = numbers_of(material)
    proposals, trimmed = propose(material, numbers)
    outcomes, notes = decide(material, proposals, numbers)
    if material.alone and {"demand", "demand_by_district"} & public_fields(profile.public_columns):
        notes = (*notes, Note("catalogue.district_alone", str(district), severity="warning"))
    order = in_order(material, outcomes, numbers)
    rows = _rows(material, outcomes, numbers, order)
    rows, totals, cells = disclose(material, rows, numbers)
    entries = _entries(material, outcomes, numbers, rows)
    former = material.previous.entries if material.previous is not None else ()
    marks = {tier.stars: tier.mark for tier in profile.tiers}
    changes = compare(former, entries, stars=marks) if former else ()
    record = Record(
        software_version=__version__,
        profile=profile.key,
        year=settings.year,
        seed=settings.seed,
        catalogue=_catalogue(material, tuple(rows.values()), changes).model_copy(
            update={"totals": totals, "method": sections(material, entries)}
        ),
        entries=entries,
        ranking=to_record(ranking),
        selection=trimmed,
        cells=cells,
        rules=rules_in_force(material),
        files=plain_rows(tables.files),
        notes=tuple(note.as_dict() for note in (*_all_notes(material), *notes)),
        diagnostics=_diagnostics(material),
        parameters=plain_rows(ranking.parameters),
        sensitivity=plain_rows(ranking.sensitivity),
        thresholds=plain_rows(ranking.thresholds),
    )
    return Content(record=record.model_copy(update={"catalogue": project(record, profile)}))


def _of_same_place(
    previous: Record | Mapping[str, Any] | None, district: str | None
) -> Record | None:
    """Last year's record, if it is of the same place: a district's list follows its own."""
    if previous is None:
        return None
    record = load_record(previous)
    return record if record.catalogue.district == (district or "") else None


def _of_same_year(city: Record | Mapping[str, Any] | None, year: int) -> Record | None:
    record = None if city is None else load_record(city)
    return record if record is not None and record.year == year else None


def _rows(
    material: Material,
    outcomes: Mapping[str, Outcome],
    numbers: Mapping[str, Mapping[str, Any]],
    order: list[str],
) -> dict[str, CatalogueEntry]:
    """The full row of every listed occupation, in order, before disclosure control."""
    sources = RowSources(material)
    return {
        code: _row(material, sources, code, seq, outcomes[code], numbers.get(code, {}))
        for seq, code in enumerate(order, start=1)
    }


def _row(
    material: Material,
    sources: RowSources,
    code: str,
    seq: int,
    outcome: Outcome,
    numbers: Mapping[str, Any],
) -> CatalogueEntry:
    classification, profile, place = (
        material.classification,
        material.profile,
        material.places[code],
    )
    lineage = classification.lineage(code)
    former = material.former.get(lineage)
    listed_before = former if former is not None and former.listed else None
    pinyin, initials = pinyin_of(classification.name(code))
    institutions, bodies = sources.counts(code)
    tier = {tier.stars: tier.name for tier in profile.tiers}
    row = CatalogueEntry(
        seq=seq,
        lineage=lineage,
        code=code,
        name=classification.name(code),
        pinyin=pinyin,
        initials=initials,
        marks=classification.marks(code),  # type: ignore[arg-type]
        industry=place.industry,
        field=place.field,
        levels=sources.levels(code, numbers.get("levels") or (), outcome.stars),
        stars=outcome.stars,
        tier=tier.get(outcome.stars, ""),
        training=training_names(
            numbers.get("need_entry") or 0.0, numbers.get("need_upgrade") or 0.0, profile
        ),
        groups=sources.group_names(code),
        department=place.department,
        departments=place.departments,
        work_types=sources.work_types(code) or classification.work_types(code),
        institutions=institutions,
        bodies=bodies,
        districts=() if material.district else sources.district_names(code),
        ratio=sources.ratio(code),
        wage=sources.wage(code),
        thin=material.district is not None
        and (numbers.get("reporters") or 0) < profile.listing.min_reporters,
        new=bool(material.former) and listed_before is None,
        new_occupation=code in material.new_occupations,
        previous_seq=listed_before.seq if listed_before is not None else None,
        decided=outcome.decided,
        decision=decision_words(outcome),
    )
    return row.model_copy(update={"remark": remark(row)})


def _entries(
    material: Material,
    outcomes: Mapping[str, Outcome],
    numbers: Mapping[str, Mapping[str, Any]],
    rows: Mapping[str, CatalogueEntry],
) -> tuple[RecordEntry, ...]:
    """Everything known of every eligible or ranked occupation, in code order."""
    indicators, districts = indicators_of(material), districts_of(material)
    rules = rules_in_force(material)
    entries = []
    for code, outcome in outcomes.items():
        proposal, place = outcome.proposal, material.places[code]
        row = rows.get(code)
        known = numbers.get(code, {})
        former = former_judgement(material, proposal, known, rules)
        entries.append(
            RecordEntry(
                lineage=material.classification.lineage(code),
                code=code,
                name=material.classification.name(code),
                eligible=material.profile.eligible_code(code),
                listed=outcome.listed,
                seq=None if row is None else row.seq,
                stars=outcome.stars,
                rule_listed=proposal.listed,
                rule_stars=proposal.stars,
                field=place.field,
                industry=place.industry,
                departments=place.departments,
                row=row,
                failed=proposal.failed,
                failed_text=failed_words(proposal),
                failed_value=proposal.value,
                failed_limit=proposal.limit,
                numbers=scalars(known),
                indicators=indicators.get(code, ()),
                districts=districts.get(code, ()),
                decisions=outcome.decisions,
                evidence_hash=outcome.fingerprint,
                former_listed=former[0],
                former_stars=former[1],
                former_judged=material.previous is not None and bool(material.previous.rules),
            )
        )
    return tuple(entries)


def _catalogue(
    material: Material, rows: tuple[CatalogueEntry, ...], changes: tuple[Change, ...]
) -> Catalogue:
    profile, settings = material.profile, material.settings
    title = str(profile.title(settings.title, settings.year))
    return Catalogue(
        city=profile.city,
        bureau=profile.bureau,
        year=settings.year,
        title=f"{title}（{material.district}）" if material.district else title,
        number=settings.number,
        synthetic=settings.synthetic,
        issued=settings.dates.issued,
        cut_off=settings.dates.cut_off,
        reference_start=settings.dates.reference_start,
        reference_end=settings.dates.reference_end,
        classification=edition_words(material),
        district=material.district or "",
        columns=printed_columns(profile.public_columns),
        legend=legend_of(profile),
        entries=rows,
        notes=paragraphs(material, rows),
        changes=changes,
    )


def _all_notes(material: Material) -> tuple[Note, ...]:
    sources = (
        material.tables,
        material.demand,
        material.intent,
        material.outlook,
        material.ranking,
    )
    return tuple(note for source in sources if source is not None for note in source.notes)


def _diagnostics(material: Material) -> tuple[dict[str, Any], ...]:
    found = []
    for source, result in (("employers", material.demand), ("workers", material.intent)):
        if result is not None:
            found += [{"source": source, **row} for row in plain_rows(result.diagnostics)]
    return tuple(found)
