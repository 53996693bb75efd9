"""Questions that ask for a post and then for ``该岗位``: each belongs to the post before it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from xmdemand.intake.columns import KINDS, Column
from xmdemand.intake.headings import COUNTS, heading_key, meaning

_POST = "(?:岗位|工种|职位|职业|岗)"
_OF_IT = re.compile(rf"(?:该|这个?|此|上述|上面){_POST}.+")
_ASKED = re.compile(
    rf"(?:最|首要|其次|次|再次|还|另一?个?|第[一二三四五1-5]个?)?(?:最|急|紧)?"
    rf"(?:缺|需要?|急需|难招|招聘|招|想招|短缺)(?:工|人|员)?的?(?:一个)?{_POST}(?:名称)?(?:是(?:什么)?)?"
)


def following_blocks(kind: str, labels: Sequence[str]) -> list[Mapping[int, Column]]:
    """The columns of every post that is asked for with its count, or none.

    Examples
    --------
    >>> asked = ("最缺的岗位", "该岗位现缺多少人", "第二缺的岗位", "该岗位现缺多少人")
    >>> [sorted(block) for block in following_blocks("employers", asked)]
    [[0, 1], [2, 3]]
    """
    if kind != "employers":
        return []
    keys = [heading_key(label) if label else "" for label in labels]
    if sum(_OF_IT.fullmatch(key) is not None for key in keys) < 2:
        return []
    title = KINDS[kind].column("title")
    blocks: list[dict[int, Column]] = []
    for at, key in enumerate(keys):
        found = meaning(kind, key) if key else None
        if _OF_IT.fullmatch(key):
            if not blocks:
                return []
            if found is None:
                continue  # a reason, a benefit: left to the headings' own meaning
            names = {column.name for column in blocks[-1].values()}
            if found[0].name in names:
                return []
            blocks[-1][at] = found[0]
        elif _ASKED.fullmatch(key) or (found is not None and found[0].name == "title"):
            blocks.append({at: title})
    counted = all(any(c.kind in COUNTS for c in block.values()) for block in blocks)
    return list(blocks) if len(blocks) > 1 and counted else []
