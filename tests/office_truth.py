"""What an office knows before it makes a sheet of it: true tables, drawn from a seed.

Numbers of different columns come from ranges that do not meet, so that a value read under a wrong
heading is always seen; firms of different cases share no name, registers no month.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

DISTRICTS = ("思明区", "湖里区", "集美区", "海沧区", "同安区", "翔安区")
TITLES = (
    "焊工",
    "电工",
    "数控车工",
    "叉车司机",
    "质检员",
    "仓库管理员",
    "缝纫工",
    "客服专员",
    "养老护理员",
    "保育师",
    "中式烹调师",
    "餐厅服务员",
    "装配钳工",
    "注塑工",
    "快递员",
    "会计",
    "电子商务师",
    "汽车维修工",
)
GROUPS = ("高校毕业生", "失业人员", "退役军人")
LEVELS = {"中级工": "level_4", "高级工": "level_3", "初级工": "level_5"}
_SYLLABLES = "安邦昌达恩丰广恒嘉凯隆明宁鹏启瑞盛泰万新兴永宇源泽展志卓"
_TRADES = ("电子有限公司", "机械有限公司", "食品厂", "物流有限公司", "服饰有限公司", "大酒店")
_MONTHS = 3
_CASES = 64
"""Cases that are read together: none of their registers is of another's months."""

Record = dict[str, Any]


class Choices:
    """Named choices made by a seed. Any may be forced to its plain option, the others stay.

    That is what makes a failure small: whatever can be plain without mending it had no part in it.
    """

    def __init__(self, seed: int, plain: Sequence[str] = ()) -> None:
        self.seed = seed
        self.plain = frozenset(plain)
        self.made: dict[str, Any] = {}
        self.fields: list[str] = []

    def rng(self, name: str) -> random.Random:
        """A source of chance of its own for every name."""
        return random.Random(f"{self.seed}/{name}")

    def pick(self, name: str, options: Sequence[Any], odd: float = 0.5) -> Any:
        """The first option, or with probability `odd` one of the others."""
        rng = self.rng(name)
        if name in self.plain or len(options) < 2 or rng.random() >= odd:
            return options[0]
        self.made[name] = rng.choice(options[1:])
        return self.made[name]

    def some(self, name: str, odd: float) -> bool:
        """Whether something is done; plain is not to do it."""
        return bool(self.pick(name, (False, True), odd))


@dataclass(eq=False)
class Truth:
    """One table: its kind and records, and the first month it is of."""

    kind: str
    records: list[Record]
    start: dt.date = field(default_factory=lambda: dt.date(2026, 3, 1))


def months_from(start: dt.date, n: int) -> list[dt.date]:
    """The first days of `n` months."""
    whole = start.year * 12 + start.month - 1
    return [dt.date((whole + at) // 12, (whole + at) % 12 + 1, 1) for at in range(n)]


def employers(seed: int) -> Truth:
    """Vacancies of some firms, one record a firm x post."""
    rng = random.Random(f"{seed}/truth")
    vacancies = rng.sample(range(3, 60), 24)
    planned = rng.sample(range(61, 150), 24)
    present = rng.sample(range(151, 299), 24)
    records: list[Record] = []
    for n in range(rng.randint(3, 6)):
        base = seed * 8 + n
        syllables = [_SYLLABLES[base // 27**k % 27] for k in range(4)]
        firm = {
            "firm_name": "厦门" + "".join(syllables) + _TRADES[rng.randrange(len(_TRADES))],
            "district": rng.choice(DISTRICTS[:4]),
            "employees": rng.randrange(520, 1900),
        }
        for title in rng.sample(TITLES, rng.randint(1, 4)):
            low = rng.randrange(40, 80) * 100
            own = {
                "post": title,
                "vacancies": vacancies.pop(),
                "planned_hires": planned.pop(),
                "headcount": present.pop(),
                "wage": (low, low + 1500),
                "level": rng.choice(list(LEVELS)),
            }
            records.append({**firm, **own})
    records.sort(key=lambda record: DISTRICTS.index(record["district"]))
    return Truth("employers", records)


def register(seed: int) -> Truth:
    """Posts and seekers by occupation, district and month."""
    rng = random.Random(f"{seed}/truth")
    start = months_from(dt.date(2009, 1, 1), 999)[seed % _CASES * _MONTHS]
    titles = rng.sample(TITLES, rng.randint(3, 5))
    numbers = iter(rng.sample(range(20, 999), 5 * 3 * _MONTHS * 4))
    records = [
        {
            "title": title,
            "district": district,
            "month": month,
            "posts_carried": next(numbers),
            "posts_new": next(numbers),
            "seekers_carried": next(numbers),
            "seekers_new": next(numbers),
        }
        for month in months_from(start, _MONTHS)
        for district in DISTRICTS[:3]
        for title in titles
    ]
    return Truth("register", records, start)


def workers(seed: int) -> Truth:
    """Persons and what they wish to learn."""
    rng = random.Random(f"{seed}/truth")
    return Truth(
        "workers",
        [
            {
                "age": rng.randrange(18, 60),
                "district": rng.choice(DISTRICTS),
                "group": rng.choice(GROUPS),
                "wishes": rng.sample(TITLES[:8], rng.randint(1, 2)),
                "level": rng.choice(list(LEVELS)),
            }
            for _ in range(rng.randint(5, 9))
        ],
    )
