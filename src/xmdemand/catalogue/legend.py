"""The words of a catalogue and how they sound: legend and pinyin."""

from __future__ import annotations

import re

from xmdemand.catalogue.content import Legend, Term, TierTerm
from xmdemand.profile import Profile


def legend_of(profile: Profile) -> Legend:
    """The profile's words, in its order."""
    return Legend(
        fields=_terms(profile.fields),
        industries=_terms(profile.industries),
        districts=tuple(Term(key=one.code, name=one.name) for one in profile.districts),
        groups=_terms(profile.groups),
        levels=_terms(profile.levels),
        training=_terms(profile.training),
        tiers=tuple(
            TierTerm(key=str(tier.stars), name=tier.name, stars=tier.stars, mark=tier.mark)
            for tier in profile.tiers
        ),
    )


def pinyin_of(name: str) -> tuple[str, str]:
    """Pinyin without tones, and its first letters; other letters and digits stay, signs go.

    >>> pinyin_of("数控车工")
    ('shukongchegong', 'skcg')
    >>> pinyin_of("CNC操作员")
    ('cnccaozuoyuan', 'cncczy')
    """
    from pypinyin import lazy_pinyin

    parts = [re.sub(r"[^a-z0-9]", "", part.lower()) for part in lazy_pinyin(name)]
    initials = [
        part if re.search(r"[A-Za-z0-9]", name) and part in name.lower() else part[:1]
        for part in parts
    ]
    return "".join(parts), "".join(initials)


def _terms(items: object) -> tuple[Term, ...]:
    return tuple(Term(key=one.key, name=one.name) for one in items)  # type: ignore[attr-defined]
