"""The internal record: evidence, ranks, decisions with who and why. Never published.

`record.json` is next year's `previous/record.json` and what `explain`, `verify` and `diff` read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from xmdemand.catalogue.content import Catalogue, CatalogueEntry, Frozen
from xmdemand.errors import InputError, NotFoundError
from xmdemand.notes import Note

RECORD_VERSION = "1.0"
"""Of `record.json`."""


class Decision(Frozen):
    """What an official decided on an occupation, beside what the rule said."""

    lineage: str
    code: str
    action: Literal["keep", "add", "drop", "raise", "lower", "lift_flag"]
    reason: str
    who: str
    department: str
    date: str
    evidence_hash: str = Field(default="", description="Of the evidence the official saw.")
    reopened: bool = Field(default=False, description="The evidence changed since: not applied.")
    applied: bool = Field(default=True, description="Whether the row follows this decision.")


class RecordEntry(Frozen):
    """Everything known of an occupation, listed or not."""

    lineage: str
    code: str
    name: str
    eligible: bool
    listed: bool
    seq: int | None = None
    stars: int = 0
    rule_listed: bool = Field(description="By the rule and the quotas, before decisions.")
    rule_stars: int
    field: str = ""
    industry: str = ""
    departments: tuple[str, ...] = ()
    row: CatalogueEntry | None = Field(
        default=None, description="The full row, before the whitelist; None if not listed."
    )
    failed: str = Field(default="", description="Message code of the first rule failed.")
    failed_text: str = Field(default="", description="The same in Chinese words.")
    failed_value: float | None = None
    failed_limit: float | None = None
    numbers: dict[str, float | int | str | bool | None] = Field(
        description="The row of Ranking.frame, as computed (unrounded)."
    )
    indicators: tuple[dict[str, Any], ...] = ()
    districts: tuple[dict[str, Any], ...] = Field(
        default=(), description="By district: hires, standard error, reporters, posts, seekers."
    )
    decisions: tuple[Decision, ...] = ()
    evidence_hash: str
    former_listed: bool | None = Field(
        default=None, description="What last year's rules say of this year's evidence."
    )
    former_stars: int | None = None
    former_judged: bool = Field(default=False, description="Whether there were rules last year.")


class Record(Frozen):
    """The complete internal record of an edition."""

    record_version: str = RECORD_VERSION
    software_version: str
    profile: str
    year: int
    seed: int
    state: Literal["draft", "consultation", "signed", "published"] = "draft"
    catalogue: Catalogue
    entries: tuple[RecordEntry, ...]
    ranking: dict[str, Any] = Field(description="xmdemand.shortage.to_record(ranking).")
    selection: tuple[dict[str, Any], ...] = Field(
        default=(), description="What quotas trimmed: quota, limit, code, P(need), place."
    )
    cells: tuple[dict[str, Any], ...] = Field(
        default=(), description="Every public number's true value and why it is withheld."
    )
    rules: dict[str, Any] = Field(
        default_factory=dict,
        description="The rules in force: next year's changes are told by them.",
    )
    files: tuple[dict[str, Any], ...] = Field(description="The accounting of every input file.")
    notes: tuple[dict[str, Any], ...] = ()
    diagnostics: tuple[dict[str, Any], ...] = ()
    parameters: tuple[dict[str, Any], ...] = ()
    sensitivity: tuple[dict[str, Any], ...] = ()
    thresholds: tuple[dict[str, Any], ...] = ()

    def __repr__(self) -> str:
        listed = sum(entry.listed for entry in self.entries)
        return f"<Record of {self.year}: {listed} of {len(self.entries)} occupations listed>"


def for_next_year(record: Record) -> Record:
    """A record without what the next edition has no use for: evidence, rows, method page.

    It is a `previous/record.json` like the whole one, at a tenth of its size: who was listed with
    which stars, every occupation's promises, the rules in force, and published numbers' cells.
    """
    kept = {"lineage", "code", "name", "eligible", "listed", "seq", "stars"}
    kept |= {"rule_listed", "rule_stars", "decisions", "evidence_hash"}
    entries = tuple(
        RecordEntry(numbers={}, **{name: getattr(entry, name) for name in kept})
        for entry in record.entries
    )
    bare = {"entries": (), "notes": (), "changes": (), "method": ()}
    catalogue = record.catalogue.model_copy(update=bare)
    dropped = dict.fromkeys(("notes", "diagnostics", "parameters", "sensitivity"), ())
    return record.model_copy(
        update={"catalogue": catalogue, "entries": entries, "thresholds": (), "files": ()} | dropped
    )


class Content(Frozen):
    """What `catalogue.compile` hands to `publish.write`: the record and its public projection."""

    record: Record

    def _repr_html_(self) -> str:
        return self.catalogue._repr_html_()

    @property
    def catalogue(self) -> Catalogue:
        """The public projection; public files are rendered from this alone."""
        return self.record.catalogue


def load_record(source: str | Path | bytes | Mapping[str, Any] | Record) -> Record:
    """Read an internal record: a path, the bytes of `record.json`, or its parsed content.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InputError
        If it is not a record this version of the package can read.
    """
    if isinstance(source, Record):
        return source
    if isinstance(source, str | Path):
        path = Path(source)
        if not path.is_file():
            raise NotFoundError.told(Note("catalogue.no_record", str(path)))
        source = path.read_bytes()
    try:
        if isinstance(source, bytes):
            return Record.model_validate_json(source)
        return Record.model_validate(source)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        fields = {
            "at": where or Note("core.the_whole"),
            "version": RECORD_VERSION,
            "foreign": first["msg"],
        }
        note = Note("catalogue.not_a_record", n=error.error_count(), fields=fields)
        raise InputError.told(note) from None
