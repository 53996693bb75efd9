"""A made-up city for the renderers: its profile, its edition's choices, its occupations.

Codes and names are facts of the national classification of 2022 (with four additions of 2024 and
2025), in `occupations_sample.csv`; every number is invented.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from xmdemand.profile import District, Level, Profile, Tier, Title, TrainingField
from xmdemand.settings import Dates, Settings

HERE = Path(__file__).parent
COLUMNS = (
    "seq",
    "field",
    "industry",
    "name",
    "code",
    "levels",
    "stars",
    "training",
    "groups",
    "department",
    "remark",
)
DISTRICTS = ("思明区", "湖里区", "集美区", "海沧区", "同安区", "翔安区")
FIELDS = {
    "先进制造": ("市工信局", "市发改委", "市人社局"),
    "数字经济": ("市工信局", "市教育局"),
    "交通运输": ("市交通局", "市国资委"),
    "现代服务": ("市人社局", "市商务局", "市民政局"),
}
INDUSTRIES = (
    "电子信息",
    "机械装备",
    "商贸物流",
    "金融服务",
    "生物医药",
    "新材料",
    "新能源",
    "文旅创意",
)
GROUPS = ("高校毕业生", "失业人员", "就业困难人员", "退役军人", "残疾人", "新业态劳动者")
TRAINING = ("就业技能培训", "岗位技能提升培训", "企业新型学徒制", "项目制培训")
TIERS = {0: "", 1: "一般急需紧缺", 2: "比较急需紧缺", 3: "急需紧缺"}
LEVELS = (
    ("l5", "五级", 700.0),
    ("l4", "四级", 1000.0),
    ("l3", "三级", 1500.0),
    ("l2", "二级", 2000.0),
    ("l1", "一级", 3000.0),
)


def occupations() -> list[dict[str, str]]:
    with (HERE / "occupations_sample.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def make_profile(**changes: object) -> Profile:
    values: dict[str, object] = {
        "key": "test",
        "city": "厦门市",
        "bureau": "厦门市人力资源和社会保障局",
        "districts": [District(code=f"35020{i}", name=n) for i, n in enumerate(DISTRICTS)],
        "fields": [TrainingField(key=k, name=k, departments=d) for k, d in FIELDS.items()],
        "levels": [Level(key=k, name=n, order=i) for i, (k, n, _) in enumerate(LEVELS)],
        "titles": [Title(key="training-need", text="{city}{year}", short="目录")],
        "tiers": [
            Tier(stars=s, name=TIERS[s], mark="★" * s, quota=q)
            for s, q in ((1, 60), (2, 40), (3, 20))
        ],
        "eligible": ["4", "6"],
        "public_columns": COLUMNS,
    }
    return Profile.model_validate(values | changes)


def make_settings(**changes: object) -> Settings:
    values: dict[str, object] = {
        "year": 2026,
        "synthetic": True,
        "seed": 7,
        "dates": Dates(
            reference_start=dt.date(2025, 5, 1),
            reference_end=dt.date(2026, 4, 30),
            cut_off=dt.date(2026, 4, 30),
            issued=dt.date(2026, 5, 20),
        ),
    }
    return Settings.model_validate(values | changes)
