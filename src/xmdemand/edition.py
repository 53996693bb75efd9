"""The annual build, the whole way on one screen.

An edition is a folder, and the folder is the record: `edition.toml`, `inputs/`, what people
confirmed and decided, last year's record. `Edition` names every step from those files to the
catalogue; each step is a pure function of one room, computed when first asked for and remembered
by the hash of what it was given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from xmdemand import catalogue, intake, market, publish, shortage, survey
from xmdemand.cache import remembered
from xmdemand.catalogue.lifecycle import Revision
from xmdemand.catalogue.record import Content
from xmdemand.errors import InputError, NotFoundError
from xmdemand.intake.district import of_district
from xmdemand.intake.tables import Tables
from xmdemand.market.outlook import Outlook
from xmdemand.notes import Note, Notes
from xmdemand.occupations import Classification
from xmdemand.outdir import exclusive, replaced
from xmdemand.profile import Profile
from xmdemand.publish import Published
from xmdemand.settings import Settings
from xmdemand.shortage.ranking import Ranking
from xmdemand.survey.employers import EmployerDemand
from xmdemand.survey.workers import WorkerIntent

Watch = Callable[[str, int, int], None]
"""Called with a stage's name and how far it is (done, total)."""

STAGES = ("tables", "demand", "intent", "outlook", "ranking", "content")


def _unwatched(stage: str, done: int, total: int) -> None:
    return None


@dataclass(frozen=True, eq=False)
class Edition:
    """One year's edition, opened from its folder.

    Examples
    --------
    >>> from xmdemand import Edition
    >>> edition = Edition.open("demo")              # doctest: +SKIP
    >>> edition.ranking.frame.query("tier > 0")     # doctest: +SKIP
    """

    folder: Path
    settings: Settings
    profile: Profile
    classification: Classification
    previous: Mapping[str, Any] | None = None
    district: str | None = None
    revision: Revision | None = None
    watch: Watch = field(default=_unwatched, repr=False)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        district: str | None = None,
        revision: Revision | None = None,
        watch: Watch = _unwatched,
    ) -> Edition:
        """Read an edition's choices; its inputs are read when first asked for.

        Raises
        ------
        NotFoundError
            If `folder` holds no `edition.toml`.
        SettingError
            If `edition.toml` or the profile it names is wrong (key and line are named).
        InputError
            If last year's record is none, or not of an earlier year.
        """
        folder = Path(folder)
        if not (folder / "edition.toml").is_file():
            raise NotFoundError.told(Note("edition.no_settings", where=str(folder)))
        settings = Settings.load(folder / "edition.toml")
        profile = Profile.find(settings.profile, beside=folder)
        names = [one.name for one in profile.districts]
        if district is not None and district not in names:
            fields = {"city": profile.city, "known": "、".join(names)}
            raise InputError.told(Note("edition.no_district", where=district, fields=fields))
        return cls(
            folder=folder,
            settings=settings,
            profile=profile,
            classification=profile.load_classification(settings.classification_as_of),
            previous=_previous_record(
                folder / "previous" / (district or "") / "record.json", before=settings.year
            ),
            district=district,
            revision=revision,
            watch=watch,
        )

    def __repr__(self) -> str:
        done = [stage for stage in STAGES if stage in self.__dict__]
        where = f", {self.district}" if self.district else ""
        return (
            f"<Edition {self.settings.year}, {self.profile.city}{where}: {self.folder}; "
            f"computed: {', '.join(done) or 'nothing yet'}>"
        )

    @cached_property
    def tables(self) -> Tables:
        """Every file, every row accounted for; in a district's edition, the district's part."""
        tables = remembered(
            "tables",
            partial(intake.read, progress=lambda _, done, total: self.watch("tables", done, total)),
            self.folder / "inputs",
            self.profile,
            self.classification,
            coded_titles=self.folder / "coded_titles.csv",
            decisions=self.folder / "decisions.csv",
        )
        return tables if self.district is None else of_district(tables, self.district)

    @cached_property
    def demand(self) -> EmployerDemand | None:
        """Employers' planned hires, as draws; None where nobody was surveyed."""
        if self.tables.employers is None:
            return None
        return remembered(
            "demand",
            survey.employer_demand,
            self.tables.only("firms", "employers", "register"),
            self.profile,
            classification=self.classification,
            n_draws=self.settings.method.draws,
            seed=self.settings.seed,
            singleton=self.settings.method.singleton,
        )

    @cached_property
    def intent(self) -> WorkerIntent | None:
        """Workers' training wishes, as draws; None where nobody was asked."""
        if self.tables.workers is None:
            return None
        return remembered(
            "intent",
            survey.worker_intent,
            self.tables.only("workers", "margins"),
            self.profile,
            classification=self.classification,
            n_draws=self.settings.method.draws,
            seed=self.settings.seed,
        )

    @cached_property
    def outlook(self) -> Outlook | None:
        """The register's next twelve months, as draws; None without a register."""
        if self.tables.register is None:
            return None
        return remembered(
            "outlook",
            market.outlook,
            self.tables.only("register"),
            self.profile,
            start=self.settings.dates.forecast_start,
            n_draws=self.settings.method.draws,
            seed=self.settings.seed,
        )

    @cached_property
    def ranking(self) -> Ranking:
        """Need, shortage index, ranks and tiers with their uncertainty."""
        if self.demand is None and self.outlook is None:
            raise InputError.told(Note("edition.no_inputs", where=str(self.folder / "inputs")))
        return remembered(
            "ranking",
            shortage.rank,
            self.demand,
            self.outlook,
            self.intent,
            self.profile,
            classification=self.classification,
            year=self.settings.year,
            n_draws=self.settings.method.draws,
            seed=self.settings.seed,
            pipeline=self.tables.pipeline,
            trainable=self.tables.trainable,
            previous=self.previous,
            method=self.settings.method.index,
            weights=self.settings.method.weights,
            top=self.settings.method.top,
        )

    @cached_property
    def content(self) -> Content:
        """What is listed, starred and changed; the internal record and its public projection."""
        content = catalogue.compile(
            self.ranking,
            self.tables,
            self.profile,
            self.settings,
            classification=self.classification,
            demand=self.demand,
            intent=self.intent,
            outlook=self.outlook,
            previous=self.previous,
            district=self.district,
            city=_record(self.folder / "out" / "record.json") if self.district else None,
        )
        return catalogue.as_it_stands(content, self.folder, self.revision)

    @property
    def notes(self) -> Notes:
        """What was assumed, dropped, imputed or thin, over all stages."""
        stages = (self.tables, self.demand, self.intent, self.outlook, self.ranking)
        return tuple(note for stage in stages if stage is not None for note in stage.notes)

    @property
    def out(self) -> Path:
        """Where the documents go: `out/`, for a district `out-<district>/`."""
        return self.folder / (f"out-{self.district}" if self.district else "out")

    def compute(self, *, jobs: int = 2) -> None:
        """Compute every stage that is not yet computed.

        The survey and the register need nothing of each other: with more than one job the outlook
        is made in a thread of its own. The results are the same.
        """
        ahead: Future[object] | None = None
        with ThreadPoolExecutor(1) as other:
            for stage in STAGES:
                self.watch(stage, 0, 1)
                if stage == "outlook" and ahead is not None:
                    ahead.result()
                getattr(self, stage)
                if stage == "tables" and jobs > 1:
                    ahead = other.submit(getattr, self, "outlook")

    def write(self, *, only: tuple[str, ...] = (), jobs: int = 2) -> Published:
        """Compute what is not yet computed and write all documents, or the kinds named in `only`.

        A failed or killed call leaves the last good folder untouched; two calls at once do not mix.
        `jobs` is how many stages may run at once, see `compute`.

        Raises
        ------
        InputError
            If a kind in `only` is unknown, or the edition is frozen and no revision is meant.
        OutputError
            If another build runs, a document is held open, or a document cannot be made.
        """
        asked = only or self.settings.output.only
        publish.outputs_asked_for(asked)  # refused before the work, not after
        catalogue.check_buildable(self.folder, self.revision, district=self.district)
        with exclusive(self.folder), replaced(self.out, keep=bool(only)) as fresh:
            self.compute(jobs=jobs)
            published = publish.write(
                self.content,
                fresh,
                self.profile,
                self.settings,
                tables=self.tables,
                inputs=self.folder,
                template_dir=self.folder / "templates",
                only=asked,
                progress=lambda _, done, total: self.watch("publish", done, total),
            )
        return replace(published, folder=self.out)


def build(
    folder: str | Path,
    *,
    district: str | None = None,
    revision: Revision | None = None,
    only: tuple[str, ...] = (),
    watch: Watch = _unwatched,
) -> Edition:
    """Build an edition's documents into its `out/` folder and return it with every result."""
    edition = Edition.open(folder, district=district, revision=revision, watch=watch)
    edition.write(only=only)
    return edition


def _previous_record(path: Path, *, before: int) -> Mapping[str, Any] | None:
    """Last year's record; a district's stands in a folder of its name."""
    record = _record(path)
    if record is None:
        return None
    year = record.get("year") if isinstance(record, Mapping) else None
    if not isinstance(year, int) or year >= before:
        told = Note("edition.record_not_earlier", str(path), fields={"year": year, "now": before})
        raise InputError.told(told)
    return record


def _record(path: Path) -> Mapping[str, Any] | None:
    if not path.is_file():
        return None
    try:
        record: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        fields = {"foreign": str(error)}
        raise InputError.told(Note("edition.bad_record", str(path), fields=fields)) from error
    return record
