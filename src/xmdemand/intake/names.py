"""The spellings a profile gives to districts, groups and levels, ready for the parsers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from xmdemand.intake.text import bare
from xmdemand.profile import Profile

_LADDER_WORDS = (
    # in the order of the national eight-step ladder; a profile's own aliases come first
    ("初级工", ("五级", "初级", "5级", "五级/初级工", "初级技能", "五级工")),
    ("中级工", ("四级", "中级", "4级", "四级/中级工", "中级技能", "四级工")),
    ("高级工", ("三级", "高级", "3级", "三级/高级工", "高级技能", "三级工")),
    ("技师", ("二级", "2级", "二级/技师")),
    ("高级技师", ("一级", "1级", "一级/高级技师")),
)


@dataclass(frozen=True, eq=False)
class Names:
    """Every spelling -> the profile's own name or key.

    Attributes
    ----------
    districts
        Spelling -> district name.
    elsewhere
        Places that are no district.
    groups
        Spelling -> group name.
    levels
        Spelling -> level key, from the lowest level of the ladder up, others last.
    ladder
        Level keys that ``及以上`` climbs, the lowest first: the five certified ones where the
        profile has them.
    titles
        Official names of occupations, which may hold separators themselves.
    places
        Street, town or park -> name of the district it lies in.
    """

    districts: Mapping[str, str]
    elsewhere: tuple[str, ...]
    groups: Mapping[str, str]
    levels: Mapping[str, str]
    ladder: tuple[str, ...]
    titles: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, profile: Profile, titles: Iterable[str] = ()) -> Names:
        """Collect the spellings of a profile, and official names of occupations."""
        districts = {
            bare(spelling): district.name
            for district in profile.districts
            for spelling in (district.name, *district.aliases, district.code)
        }
        groups = {
            bare(spelling): group.name
            for group in profile.groups
            for spelling in (group.name, *group.aliases, group.key)
        }
        ordered = sorted(profile.levels, key=lambda level: (level.outside, level.order))
        levels: dict[str, str] = {}
        for level in ordered:
            for spelling in (level.name, *level.aliases, level.key):
                levels.setdefault(bare(spelling), level.key)
        for name, words in _LADDER_WORDS:
            if key := levels.get(bare(name)):
                for word in words:
                    levels.setdefault(bare(word), key)
        rank = {level.key: place for place, level in enumerate(ordered)}
        levels = dict(sorted(levels.items(), key=lambda item: rank[item[1]]))
        steps = [levels[bare(name)] for name, _ in _LADDER_WORDS if bare(name) in levels]
        ladder = tuple(steps) or tuple(level.key for level in ordered if not level.outside)
        return cls(
            districts,
            tuple(profile.not_districts),
            groups,
            levels,
            ladder,
            frozenset(map(bare, titles)),
            {bare(p): district.name for district in profile.districts for p in district.places},
        )

    def group(self, text: str) -> str | None:
        """The group a cell names, or None.

        A name inside a longer text counts if it is the only one.
        """
        return _within(bare(text), tuple(self.groups.items()))


@lru_cache(maxsize=4096)
def _within(text: str, names: tuple[tuple[str, str], ...]) -> str | None:
    for spelling, name in names:
        if spelling == text:
            return name
    found = {name for spelling, name in names if len(spelling) > 1 and spelling in text}
    return found.pop() if len(found) == 1 else None
