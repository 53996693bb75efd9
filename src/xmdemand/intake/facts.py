"""What stands above the headings of a table: whose return it is, who replied and when."""

from __future__ import annotations

import re

from xmdemand.intake.headings import meaning
from xmdemand.intake.sources import Rows
from xmdemand.intake.text import words_of

_FACT = re.compile(
    r"([^\s:()]{2,10}(?:[(][^\s:()]{2,4}[)][^\s:()]{1,4})?)(?:[(][^)]*[)])?\s?:\s?([^\s:]+)"
)
_NO_FIRM = re.compile(
    r"^(?:填报|填表|盖章)|(?:局|街道|办事处|政府|委员会|管委会|服务中心|协会|商会|学会|秘书处|人社所)(?:[(].*)?$|人力资源|人才|(?<!建筑)(?<!工程)(?<!装饰)(?<!装修)劳务|职业介绍|就业服务"
)
FACTS = ("firm", "firm_name", "district", "industry", "size_class", "employees", "submitted")
"""Columns of a firm that its own form states above the headings."""


def is_office(name: str) -> bool:
    """Whether a name is that of an office or agency, which sends what firms need.

    >>> is_office("海沧区人社局"), is_office("厦门某某电子有限公司")
    (True, False)
    """
    return bool(_NO_FIRM.search(name))


def facts_above(rows: Rows) -> dict[str, object]:
    """What one firm's own form says of the firm above the headings; nothing if it names no firm.

    Facts stand behind a colon, or in the cell beside their name. An office that sends the returns
    of many firms is no firm.

    >>> facts_above([["填报单位（盖章）：示例电子有限公司 日期：2026-03-15"], ["区", "思明"]])
    {'firm_name': '示例电子有限公司', 'submitted': '2026-03-15', 'district': '思明'}
    """
    found: dict[str, object] = {}
    for row in rows:
        cells = [cell for cell in row if words_of(cell)]
        for place, cell in enumerate(cells):
            for name, value in _FACT.findall(words_of(cell)):
                _state(found, name, value)
            if place + 1 < len(cells) and not _fact_of(words_of(cells[place + 1])):
                _state(found, words_of(cell), cells[place + 1])
    if "firm_name" not in found and (titled := firm_in_title(rows)):
        found["firm_name"] = titled
    firm = words_of(found.get("firm_name"))
    return found if len(firm) >= 4 and not _NO_FIRM.search(firm) else {}


_FIRM_IN_TITLE = re.compile(
    r"^((?:[\u3400-\u9fff]|[()]){4,30}?(?:公司|集团))(?:关于)?(?:\d{4}年)?(?:度)?.{0,12}(?:需求|缺工|用工|招聘)"
)


def firm_in_title(rows: Rows) -> str:
    """The firm that a lone title above a table names as the one whose needs these are.

    >>> firm_in_title([["厦门益鑫生物制品有限公司2026年岗位需求", ""]])
    '厦门益鑫生物制品有限公司'
    """
    for row in rows:
        texts = [text for cell in row if (text := words_of(cell))]
        if len(texts) == 1 and (found := _FIRM_IN_TITLE.match(texts[0])):
            return "" if _NO_FIRM.search(found[1]) else found[1]
    return ""


def signed_above(rows: Rows) -> dict[str, object]:
    """Who decided, for which department and when, where a reply says so above its table.

    >>> signed_above([["反馈单位：市商务局", "填报人：李四", "日期：2026年4月18日"]])
    {'department': '市商务局', 'who': '李四', 'date': '2026年4月18日'}
    """
    found: dict[str, object] = {}
    for row in rows:
        for cell in row:
            for label, value in _FACT.findall(words_of(cell)):
                known = meaning("decisions", label)
                if known and known[0].name in ("department", "who", "date"):
                    found.setdefault(known[0].name, value)
    return found


def _fact_of(label: str) -> str:
    known = meaning("employers", label.rstrip(":")) if len(label) <= 20 else None
    return known[0].name if known and known[0].name in FACTS else ""


def _state(found: dict[str, object], label: str, value: object) -> None:
    name = _fact_of(label)
    if name and not (name == "firm_name" and is_office(words_of(value))):
        found.setdefault(name, value)
