"""An edition's life: draft, in consultation, signed, published; and how a frozen one is revised.

`freeze.json` beside `edition.toml` holds every step: state, day, approver, and the hash of every
file the edition was made from and of every document made. From ``signed`` on, an edition is frozen:
another build is a revision, which has a reason and prints 勘误 with the old and new lines. Only the
city's list has such a life; districts' lists are drafts that follow it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, ValidationError

from xmdemand.catalogue.content import (
    Catalogue,
    CatalogueEntry,
    EntryLevel,
    Erratum,
    Frozen,
    PublicNumber,
    column_heading,
)
from xmdemand.catalogue.record import Content, Record, load_record
from xmdemand.errors import InputError
from xmdemand.filenames import readable
from xmdemand.notes import Note, text
from xmdemand.outdir import whole_file

State = Literal["draft", "consultation", "signed", "published"]
STATES: tuple[State, ...] = get_args(State)

FROZEN_FROM = STATES.index("signed")

FILE = "freeze.json"
KEPT = "frozen"
"""Folder that keeps the record of every frozen state."""

INPUTS = ("edition.toml", "coded_titles.csv", "decisions.csv", "inputs", "previous", "templates")


@dataclass(frozen=True, slots=True)
class Revision:
    """Why, and on which day, a frozen edition is built anew.

    Attributes
    ----------
    reason
        As 勘误 prints it.
    date
        Of the correction; an argument, since nothing below the command line reads the clock.
    """

    reason: str
    date: dt.date


class Step(Frozen):
    """One step of an edition's life."""

    state: State
    date: dt.date
    approver: str
    revision: int = Field(default=0, ge=0)
    reason: str = Field(default="", description="Of a revision.")
    inputs: Mapping[str, str] = Field(description="SHA-256 by file.")
    outputs: Mapping[str, str]


def history(folder: Path) -> tuple[Step, ...]:
    """Every step so far, oldest first; none for a draft nobody froze.

    Raises
    ------
    InputError
        If `freeze.json` has been damaged.
    """
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        return tuple(Step.model_validate(step) for step in json.loads(path.read_bytes()))
    except (ValueError, TypeError, ValidationError) as error:
        damaged = Note("catalogue.freeze_damaged", str(path), fields={"foreign": str(error)})
        raise InputError.told(damaged) from None


def state_of(folder: Path) -> State:
    """The state an edition is in."""
    steps = history(folder)
    return steps[-1].state if steps else "draft"


def freeze(
    folder: Path,
    state: State,
    *,
    date: dt.date,
    approver: str,
    reason: str = "",
    restate: Callable[[State], object] | None = None,
) -> Step:
    """Record that an edition has reached a state, with hashes, day and approver.

    Parameters
    ----------
    folder
        The edition's; its ``out/`` has been built.
    state
        The next state: a later one, or the same again after a revision.
    date, approver
        Who approved it when.
    reason
        Of the revision, where the edition was frozen before; the one its build gave if empty.
    restate
        Writes the new state into the documents, once everything is found in order and before they
        are hashed.

    Raises
    ------
    InputError
        If the state does not follow, nothing is built, nobody approves, or a frozen edition has
        changed without a reason.
    OutputError
        If ``freeze.json`` cannot be written.
    """
    steps = history(folder)
    now = steps[-1].state if steps else "draft"
    if state not in STATES:
        raise InputError(f"state is one of {', '.join(STATES)}; got {state!r}")
    if STATES.index(state) < STATES.index(now):
        fields = {"now": _said(now), "state": _said(state)}
        raise InputError.told(Note("catalogue.freeze_backwards", fields=fields))
    if not approver.strip():
        raise InputError.told(Note("catalogue.freeze_nobody"))
    path = folder / "out" / "record.json"
    if not path.is_file():
        raise InputError.told(Note("catalogue.freeze_nothing", str(folder)))
    revised = STATES.index(now) >= FROZEN_FROM and _differs(folder, load_record(path))
    reason = reason.strip() or _reason_of(load_record(path).catalogue)
    if revised and not reason:
        raise InputError.told(Note("catalogue.freeze_needs_reason"))
    if restate is not None:
        restate(state)
    step = Step(
        state=state,
        date=date,
        approver=approver.strip(),
        revision=(steps[-1].revision if steps else 0) + int(revised),
        reason=reason if revised else "",
        inputs=hashes(folder, INPUTS),
        outputs=hashes(folder, ["out"]),
    )
    _write(folder / KEPT / f"{len(steps) + 1}-{state}.json", path.read_bytes())
    lines = [one.model_dump(mode="json") for one in (*steps, step)]
    _write(folder / FILE, json.dumps(lines, ensure_ascii=False, indent=1).encode() + b"\n")
    return step


def _differs(folder: Path, record: Record) -> bool:
    """Whether a record says something else than the last one frozen, its state apart."""
    return _last_kept(folder).model_copy(update={"state": record.state}) != record


def _last_kept(folder: Path) -> Record:
    steps = history(folder)
    return load_record(folder / KEPT / f"{len(steps)}-{steps[-1].state}.json")


def _reason_of(catalogue: Catalogue) -> str:
    """The reason an unfrozen revision was built for, as its 勘误 print it."""
    lines = [line.reason for line in catalogue.errata if line.revision == catalogue.revision]
    return lines[0] if lines else ""


def check_buildable(
    folder: Path, revision: Revision | None = None, *, district: str | None = None
) -> None:
    """Refuse to build a frozen edition anew unless it is a revision with a reason.

    Raises
    ------
    InputError
        If the edition is signed or published and no revision is meant, or it has no reason; or if
        a revision is meant of what is not frozen.
    """
    now: State = "draft" if district else state_of(folder)
    frozen = STATES.index(now) >= FROZEN_FROM
    if frozen and revision is None:
        raise InputError.told(Note("catalogue.frozen", fields={"state": _said(now)}))
    if revision is not None and not frozen:
        fields = {"state": _said(now)}
        raise InputError.told(Note("catalogue.revision_of_draft", fields=fields))
    if revision is not None and not revision.reason.strip():
        raise InputError.told(Note("catalogue.revision_needs_reason"))


def as_it_stands(content: Content, folder: Path, revision: Revision | None = None) -> Content:
    """Content with the state its edition is in; a revision is a draft until it is frozen.

    Parameters
    ----------
    content
        What the edition was compiled to.
    folder
        The edition's.
    revision
        What is revised, if the edition is frozen and built anew.
    """
    if content.catalogue.district:
        return content
    if revision is not None:
        return revise(content, folder, date=revision.date, reason=revision.reason)
    return Content(record=content.record.model_copy(update={"state": state_of(folder)}))


def revise(content: Content, folder: Path, *, date: dt.date, reason: str) -> Content:
    """New content with the 勘误 against the last frozen state.

    Parameters
    ----------
    content
        What the revision was compiled to.
    folder
        The frozen edition's.
    date, reason
        Of the revision.
    """
    if STATES.index(state_of(folder)) < FROZEN_FROM:
        return content
    old = _last_kept(folder).catalogue
    revision = history(folder)[-1].revision + 1
    lines = errata(old, content.catalogue, revision=revision, date=date, reason=reason.strip())
    catalogue = content.catalogue.model_copy(
        update={"revision": revision, "errata": (*old.errata, *lines)}
    )
    return Content(record=content.record.model_copy(update={"catalogue": catalogue}))


def errata(
    old: Catalogue, new: Catalogue, *, revision: int, date: dt.date, reason: str
) -> tuple[Erratum, ...]:
    """Every printed line that differs, with the old and the new wording.

    Lines are held together by lineage; places move when a row comes or goes, so a line whose place
    alone changed is no erratum.
    """
    before = {entry.lineage: entry for entry in old.entries}
    after = {entry.lineage: entry for entry in new.entries}
    found = []
    for lineage in sorted({*before, *after}, key=lambda key: (before | after)[key].code):
        was, now = (line_of(side.get(lineage)) for side in (before, after))
        if was != now:
            entry = after.get(lineage) or before[lineage]
            found.append((f"{entry.code} {entry.name}", was, now))
    if old.title != new.title:
        found.insert(0, (text("catalogue.erratum_title"), old.title, new.title))
    return tuple(
        Erratum(revision=revision, date=date, line=line, old=was, new=now, reason=reason)
        for line, was, now in found
    )


def line_of(entry: CatalogueEntry | None) -> str:
    """A row as one line of words, without its place; empty for no row."""
    if entry is None:
        return ""
    parts = (
        entry.industry,
        entry.field,
        f"{entry.name}{entry.marks}",
        entry.code,
        "、".join(entry.work_types),
        "、".join(map(_level, entry.levels)),
        "★" * entry.stars,
        "、".join(entry.training),
        "、".join(entry.groups or ()),
        entry.department,
        "、".join(entry.districts),
        *(_published(entry, key) for key in ("demand", "ratio", "wage")),
        entry.remark,
    )
    return "，".join(filter(None, parts))


def _level(level: EntryLevel) -> str:
    return level.name if level.subsidy is None else f"{level.name}（{level.subsidy:g}）"


def _published(entry: CatalogueEntry, key: str) -> str:
    number: PublicNumber | None = getattr(entry, key)
    if number is None:
        return ""
    return f"{column_heading(key)}{'*' if number.value is None else f'{number.value:g}'}"


def changed_outputs(folder: Path) -> tuple[str, ...]:
    """Documents that differ from those of the last step: changed, added or gone."""
    steps = history(folder)
    return () if not steps else _different(steps[-1].outputs, hashes(folder, ["out"]))


def hashes(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of every file under the named files and folders, by path with forward slashes."""
    found = {}
    for name in names:
        top = folder / name
        files = sorted(top.rglob("*")) if top.is_dir() else [top]
        for path in files:
            if path.is_file() and not path.name.startswith((".", "~$")):
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[readable(path.relative_to(folder).as_posix())] = digest
    return found


def _different(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in sorted({*before, *after}) if before.get(name) != after.get(name))


def _said(state: State) -> Note:
    return Note(f"catalogue.state_{state}")


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as fresh:
        fresh.write_bytes(content)
