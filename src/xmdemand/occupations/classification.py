"""A tree of occupations with look-up by code, name, older code or older name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Self

import pandas as pd

from xmdemand.errors import InputError, NotFoundError, name_some
from xmdemand.notes import Note, Notes
from xmdemand.occupations import codes
from xmdemand.occupations.index import Hit, Index
from xmdemand.occupations.layers import COLUMNS, HISTORY_COLUMNS, chinese
from xmdemand.occupations.tree import check_tree, read_table
from xmdemand.results import Result

_ALIKE = 0.5  # share of common characters above which two names are spellings of one

_WORK_TYPE_HEADERS = {
    "code": ("code", "occupation_code", "职业编码", "职业代码", "编码"),
    "work_type": ("work_type", "工种", "工种名称"),
}


@dataclass(frozen=True)
class Match:
    """What a code or name was found to be.

    Attributes
    ----------
    code, name, lineage
        The occupation or group in this classification.
    edition
        The edition in which the given code or name was found: the classification's own, or an
        older one.
    how
        ``code+name, code, name, work_type, former_name, former_code, former_code+name``.
    notes
        What to doubt: a code and a name that disagree, an old edition.
    """

    code: str
    name: str
    lineage: str
    edition: str
    how: str
    notes: Notes = ()


@dataclass(frozen=True, eq=False)
class Classification(Result):
    """Occupations and their groups at one point in time; immutable.

    Use `Classification.load` for the Chinese classification and `Classification.from_csv` for
    any other.

    Attributes
    ----------
    frame
        ``code, name, level`` (``major, sub-major, minor, unit``), ``parent`` (empty at the top),
        ``marks`` (``L`` green, ``S`` digital, ``LS`` both, or empty), ``lineage`` (survives
        recoding and renaming), ``since`` (year of the edition that first had it), ``gbm``
        (GB/T 6565 code of a group, or empty); sorted by code.
    history
        Codes and names of other editions: ``edition, code, name, lineage``.
    work_type_table
        ``code, work_type``.
    edition
        What this edition is called: a year for the Chinese classification.

    Examples
    --------
    >>> current = Classification.load()
    >>> current.find(name="劝募员").name
    '劝募师'
    >>> current.ancestors("4-10-01-05")
    ('4-10-01', '4-10', '4')
    """

    frame: pd.DataFrame
    history: pd.DataFrame = field(repr=False)
    work_type_table: pd.DataFrame = field(repr=False)
    edition: str = ""

    # -- making one -----------------------------------------------------------------------------

    @classmethod
    def load(cls, as_of: int | None = None, path: str | Path | None = None) -> Classification:
        """The Chinese classification, or the one in `path`.

        Parameters
        ----------
        as_of
            A year: 2022 is the book, 2024 and 2025 add the published changes. None: all of them.
        path
            A CSV of another classification (see `from_csv`); `as_of` must then be None.

        Raises
        ------
        InputError
            For a year before 2022, or both arguments at once.

        Examples
        --------
        >>> (Classification.load(as_of=2022).frame["level"] == "unit").sum()
        np.int64(1639)
        """
        if path is not None:
            if as_of is not None:
                raise InputError("give either as_of (the Chinese classification) or path, not both")
            return cls.from_csv(path)
        return _load_chinese(as_of)

    @classmethod
    def from_csv(cls, path: str | Path, *, edition: str = "") -> Self:
        """Another classification: a CSV with ``code, name, level, parent``.

        ``marks, lineage, since, gbm`` are optional. Codes may have any shape: the tree is told by
        ``parent`` alone. Levels are those of `LEVELS`; a tree may leave some out.

        Raises
        ------
        InputError
            If columns are missing, codes repeat, parents do not exist or levels are unknown.
        """
        table = read_table(path)
        missing = [c for c in ("code", "name", "level", "parent") if c not in table.columns]
        if missing:
            raise InputError.told(
                Note(
                    "occupations.table_columns",
                    str(path),
                    fields={"missing": ", ".join(missing), "found": ", ".join(table.columns)},
                )
            )
        check_tree(table, str(path))
        lineage = table["lineage"] if "lineage" in table.columns else table["code"]
        frame = table.assign(
            lineage=lineage.where(lineage != "", table["code"]),
            marks=table["marks"] if "marks" in table.columns else "",
            since=pd.to_numeric(table["since"]) if "since" in table.columns else 0,
            gbm=table["gbm"] if "gbm" in table.columns else "",
        )[COLUMNS]
        return cls(
            frame=frame.sort_values("code", kind="stable").reset_index(drop=True),
            history=pd.DataFrame(columns=HISTORY_COLUMNS),
            work_type_table=pd.DataFrame(columns=["code", "work_type"]),
            edition=edition,
        )

    def with_work_types(self, source: str | Path | pd.DataFrame) -> Self:
        """The same classification with a fuller list of work types (工种) added.

        Parameters
        ----------
        source
            A CSV or frame with an occupation's code (``code`` or 职业编码, any spelling, also of
            older editions) and a work type (``work_type`` or 工种).

        Raises
        ------
        InputError
            If a column is missing or codes are not in the classification; all are named at once.
        """
        raw = source if isinstance(source, pd.DataFrame) else read_table(source)
        columns = {}
        for column, names in _WORK_TYPE_HEADERS.items():
            found = [name for name in names if name in raw.columns]
            if not found:
                raise InputError.told(
                    Note(
                        "occupations.work_types_column",
                        fields={"column": column, "known": ", ".join(names)},
                    )
                )
            columns[column] = raw[found[0]].astype(str)
        hits = {text: self._by_code(text) for text in columns["code"].unique()}
        unknown = [text for text, hit in hits.items() if hit is None]
        if unknown:
            raise InputError.told(
                Note("occupations.work_types_unknown", fields={"codes": name_some(unknown)})
            )
        new = pd.DataFrame(
            {
                "code": [hits[text].code for text in columns["code"]],  # type: ignore[union-attr]
                "work_type": columns["work_type"].str.strip().to_numpy(),
            }
        )
        both = pd.concat([self.work_type_table, new[new["work_type"] != ""]], ignore_index=True)
        return replace(self, work_type_table=both.drop_duplicates(ignore_index=True))

    # -- look-up --------------------------------------------------------------------------------

    def find(self, code: object = None, name: str | None = None) -> Match:
        """The occupation or group that a code, a name or both mean.

        A code and a name that disagree are settled for the name (older editions gave the same
        codes to other occupations), with a note.

        Parameters
        ----------
        code
            In any spelling, of this or an older edition.
        name
            Of an occupation, a group or a work type, of this or an older edition; trailing L/S
            signs are ignored.

        Raises
        ------
        NotFoundError
            If nothing is found, or a code is found whose name has nothing to do with `name`.
        InputError
            If neither is given.

        Examples
        --------
        >>> found = Classification.load().find(code="4-07-05-03", name="智能楼宇管理员")
        >>> found.code, found.edition, found.how
        ('4-06-01-04', '2015', 'former_code+name')
        """
        if _blank(code) and _blank(name):
            raise InputError.told(Note("occupations.nothing_asked"))
        by_code = None if _blank(code) else self._by_code(code)
        if _blank(name):
            if by_code is None:
                raise NotFoundError.told(Note("occupations.no_such_code", fields={"asked": code}))
            return self._match(by_code, ())
        by_name = self._by_name(str(name), near=by_code)
        if by_name is None:
            return self._by_code_despite_name(code, str(name), by_code)
        if _blank(code):
            return self._match(by_name, ())
        return self._both(code, str(name), by_code, by_name)

    def _both(self, code: object, name: str, by_code: Hit | None, by_name: Hit) -> Match:
        """Settle a code and a name that were both given, the name being known."""
        pair = self._index.pairs.get((self.normalise_code(code) or "", codes.plain_name(name)))
        if pair is not None:
            return self._match(pair, ())
        if by_code is not None and by_code.code == by_name.code:
            how = "code+name" if by_name.how == "name" else by_name.how
            return self._match(replace(by_name, how=how), ())
        where = f"{code} {name}"
        if by_code is None:
            return self._match(by_name, (Note("occupations.code_unknown", where, 1, "warning"),))
        means = {"means": self.name(by_code.code), "taken": by_name.code}
        disagree = Note("occupations.code_name_disagree", where, 1, "warning", means)
        return self._match(by_name, (disagree,))

    def _by_code_despite_name(self, code: object, name: str, by_code: Hit | None) -> Match:
        """An unknown name beside a code: right if the names are alike, else nobody's."""
        if by_code is None:
            near = name_some(self._index.nearest(name), show=3)
            given = f"{code!r} {name!r}" if not _blank(code) else repr(name)
            raise NotFoundError.told(
                Note("occupations.nobody", fields={"asked": given, "near": near})
            )
        official = self.name(by_code.code)
        if codes.likeness(codes.plain_name(name), official) < _ALIKE:
            raise NotFoundError.told(
                Note(
                    "occupations.code_of_other",
                    fields={"asked": code, "official": official, "name": name},
                )
            )
        fields = {"official": official}
        return self._match(by_code, (Note("occupations.name_differs", name, 1, "info", fields),))

    def _match(self, hit: Hit, notes: Notes) -> Match:
        row = self._index.rows[hit.code]
        if hit.edition != self.edition:
            fields = {"edition": hit.edition, "code": hit.code}
            notes = (*notes, Note("occupations.other_edition", row["name"], 1, "info", fields))
        return Match(hit.code, row["name"], row["lineage"], hit.edition, hit.how, notes)

    def _by_code(self, code: object) -> Hit | None:
        plain = self.normalise_code(code)
        if plain is None:
            return None
        if plain in self._index.rows:
            return Hit(plain, self.edition, "code")
        return self._index.former_codes.get(plain)

    def _by_name(self, name: str, *, near: Hit | None) -> Hit | None:
        plain = codes.plain_name(name)
        same = self._index.names.get(plain, ())
        if same:
            code = near.code if near is not None and near.code in same else same[0]
            return Hit(code, self.edition, "name")
        if plain in self._index.work_type_codes:
            return Hit(self._index.work_type_codes[plain], self.edition, "work_type")
        return self._index.former_names.get(plain)

    def normalise_code(self, text: object) -> str | None:
        """The code a cell spells, in this classification's own spelling; None if it is no code.

        For the Chinese classification the code need not exist (see `codes.normalise`); for others
        it is matched to the existing codes with dashes, dots, blanks and case ignored.

        Examples
        --------
        >>> Classification.load().normalise_code("4—10—1—5L")
        '4-10-01-05'
        """
        if self._index.chinese_shape:
            return codes.normalise(text)
        return self._index.spellings.get(codes.letters(text))

    def of_lineage(self, lineage: str) -> str | None:
        """The code a lineage has here, or None where this edition does not have it."""
        return self._index.lineages.get(lineage)

    # -- the tree -------------------------------------------------------------------------------

    def name(self, code: str) -> str:
        """The official name of a code."""
        return self._row(code)["name"]

    def level(self, code: str) -> str:
        """``major, sub-major, minor`` or ``unit``."""
        return self._row(code)["level"]

    def marks(self, code: str) -> str:
        """``L`` (green), ``S`` (digital), ``LS`` or empty."""
        return self._row(code)["marks"]

    def lineage(self, code: str) -> str:
        """The identity that survives recoding and renaming."""
        return self._row(code)["lineage"]

    def parent(self, code: str) -> str:
        """The code one level up; empty for a major group."""
        return self._row(code)["parent"]

    def children(self, code: str = "") -> tuple[str, ...]:
        """The codes one level down; of the root, the major groups."""
        if code:
            self._row(code)
        return self._index.children.get(code, ())

    def ancestors(self, code: str) -> tuple[str, ...]:
        """All codes above, nearest first."""
        above = []
        while code := self.parent(code):
            above.append(code)
        return tuple(above)

    def units(self, prefix: str = "") -> tuple[str, ...]:
        """All occupations below a group (the unit itself for a unit), in code order.

        Examples
        --------
        >>> Classification.load().units("4-10-08")
        ('4-10-08-01', '4-10-08-02')
        """
        if prefix and self.level(prefix) == "unit":
            return (prefix,)
        below: list[str] = []
        for child in self.children(prefix):
            below.extend((child,) if self.level(child) == "unit" else self.units(child))
        return tuple(below)

    def work_types(self, code: str) -> tuple[str, ...]:
        """The known work types (工种) of an occupation; incomplete unless a list was added."""
        self._row(code)
        table = self.work_type_table
        return tuple(table.loc[table["code"] == code, "work_type"])

    def former_names(self) -> tuple[tuple[str, str], ...]:
        """Names of other editions with today's code: ``(name, code)``."""
        return tuple((name, hit.code) for name, hit in self._index.former_names.items())

    def search(self, text: str, *, limit: int = 20) -> pd.DataFrame:
        """Occupations and groups whose code begins with, or whose names contain, a text.

        Returns
        -------
        DataFrame
            ``code, name, level, kind`` (``code, name, work_type, former_name, similar``),
            ``matched`` (the text that was met); exact ones first.

        Examples
        --------
        >>> Classification.load().search("育婴")[["code", "kind", "matched"]].values.tolist()[0]
        ['4-10-01-01', 'former_name', '育婴员']
        """
        plain = codes.plain_name(text)
        rows = [hit for hit in self._index.searchable if plain and plain in hit[2]]
        code = self.normalise_code(text) or codes.fold(text)
        rows += [(c, "code", c) for c in self._index.rows if code and c.startswith(code)]
        rows.sort(
            key=lambda r: (r[2] != plain and r[0] != code, r[1] == "code", len(r[2]), r[0], r[2])
        )
        if not rows:
            rows = [
                (self._index.names[name][0], "similar", name) for name in self._index.nearest(text)
            ]
        table = pd.DataFrame(rows, columns=["code", "kind", "matched"])
        table = table.drop_duplicates("code").head(limit).reset_index(drop=True)
        facts = self.frame.set_index("code")[["name", "level"]]
        return table.join(facts, on="code")[["code", "name", "level", "kind", "matched"]]

    def _row(self, code: str) -> Mapping[str, str]:
        try:
            return self._index.rows[code]
        except KeyError:
            raise NotFoundError.told(
                Note(
                    "occupations.not_in_edition",
                    fields={"asked": code, "edition": self.edition or "(unnamed)"},
                )
            ) from None

    @cached_property
    def _index(self) -> Index:
        return Index(self.frame, self.history, self.work_type_table)


@cache
def _load_chinese(as_of: int | None) -> Classification:
    layers = chinese(as_of)
    return Classification(layers.frame, layers.history, layers.work_types, str(layers.year))


def _blank(value: object) -> bool:
    return (
        value is None or (isinstance(value, float) and value != value) or str(value).strip() == ""
    )
