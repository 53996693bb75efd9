"""What a classification is looked up by: codes, names, work types, and those of other editions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import pandas as pd

from xmdemand.occupations import codes
from xmdemand.occupations.tree import LEVELS


@dataclass(frozen=True)
class Hit:
    """A row reached by one of the ways: its code, the edition it was found in, the way."""

    code: str
    edition: str
    how: str


@dataclass(frozen=True, eq=False)
class Index:
    """Look-up tables of a classification, each built when first needed.

    Parameters
    ----------
    frame, history, work_types
        The tables of `Classification`.
    """

    frame: pd.DataFrame
    history: pd.DataFrame
    work_types: pd.DataFrame

    @cached_property
    def rows(self) -> dict[str, dict[str, str]]:
        rows = self.frame.to_dict("records")
        return {str(row["code"]): {str(key): row[key] for key in row} for row in rows}

    @cached_property
    def lineages(self) -> dict[str, str]:
        return dict(zip(self.frame["lineage"], self.frame["code"], strict=True))

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        return {str(up): tuple(group) for up, group in self.frame.groupby("parent")["code"]}

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Codes of a name, the finest level first (groups often share a unit's name)."""
        depth = {level: -rank for rank, level in enumerate(LEVELS)}
        found: dict[str, list[tuple[int, str]]] = {}
        for code, row in self.rows.items():
            found.setdefault(codes.plain_name(row["name"]), []).append((depth[row["level"]], code))
        return {name: tuple(code for _, code in sorted(hits)) for name, hits in found.items()}

    @cached_property
    def work_type_codes(self) -> dict[str, str]:
        table = self.work_types
        return {
            codes.plain_name(work): code
            for code, work in zip(table["code"], table["work_type"], strict=True)
        }

    @cached_property
    def elsewhen(self) -> list[tuple[str, str, Hit]]:
        """Code, name and target of every row of other editions, oldest first."""
        rows = self.history.sort_values("edition", kind="stable").to_dict("records")
        return [
            (
                row["code"],
                codes.plain_name(row["name"]),
                Hit(self.lineages[row["lineage"]], row["edition"], ""),
            )
            for row in rows
            if row["lineage"] in self.lineages
        ]

    @cached_property
    def former_codes(self) -> dict[str, Hit]:
        return {code: replace(hit, how="former_code") for code, _, hit in self.elsewhen if code}

    @cached_property
    def former_names(self) -> dict[str, Hit]:
        return {name: replace(hit, how="former_name") for _, name, hit in self.elsewhen}

    @cached_property
    def pairs(self) -> dict[tuple[str, str], Hit]:
        """Code and name together, as another edition had them."""
        return {
            (code, name): replace(hit, how="former_code+name")
            for code, name, hit in self.elsewhen
            if code
        }

    @cached_property
    def searchable(self) -> list[tuple[str, str, str]]:
        named = [(code, "name", codes.plain_name(row["name"])) for code, row in self.rows.items()]
        work = [(code, "work_type", name) for name, code in self.work_type_codes.items()]
        former = [(hit.code, "former_name", name) for name, hit in self.former_names.items()]
        return named + work + former

    @cached_property
    def chinese_shape(self) -> bool:
        return all(codes.normalise(code) == code for code in self.rows)

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Codes by their letters and figures alone; those that would collide are left out."""
        keys = pd.Series([codes.letters(code) for code in self.rows], dtype=object)
        unique = ~keys.duplicated(keep=False).to_numpy()
        return {key: code for key, code, one in zip(keys, self.rows, unique, strict=True) if one}

    @cached_property
    def holding(self) -> dict[str, list[str]]:
        """Names by the characters in them."""
        holding: dict[str, list[str]] = {}
        for name in self.names:
            for character in set(name):
                holding.setdefault(character, []).append(name)
        return holding

    def nearest(self, name: str, n: int = 3) -> list[str]:
        """The most alike of the names that share most characters: messages need no more."""
        plain = codes.plain_name(name)
        shared = Counter(
            chain.from_iterable(self.holding.get(character, ()) for character in set(plain))
        )
        likely = sorted(shared, key=lambda other: (-shared[other], other))[: 20 * n]
        return sorted(likely, key=lambda other: (-codes.likeness(plain, other), other))[:n]
