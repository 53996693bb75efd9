# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 六、从头给另一座城市用
#
# 程序里没有任何一座城市。一座城市就是一份档案：区、产业、领域、部门、群体、规则、日程。这一本从零写一份虚构的
# “澜湾市”，造出它的调查和登记，走完全程。示例数据，非真实统计。

# %%
import tempfile
from pathlib import Path

import xmdemand as xd
from xmdemand import plots, synth

work = Path(tempfile.mkdtemp(prefix="xmdemand-澜湾-"))

# %% [markdown]
# ## 档案
#
# 只写这座城市自己的东西。没有写的规则（列入门槛、保密、先验）用默认值；每一条都可以改。职业分类不写，就用国家
# 职业分类大典。

# %%
PROFILE = """
key = "lanwan"
city = "澜湾市"
bureau = "澜湾市人力资源和社会保障局"
occupation_map = "map.csv"
districts = [
  { code = "990101", name = "港东区", aliases = ["港东"] },
  { code = "990102", name = "港西区", aliases = ["港西"] },
  { code = "990103", name = "云山县", aliases = ["云山"] },
]
industries = [
  { key = "harbour", name = "港航物流", block = "支柱产业" },
  { key = "marine", name = "海洋装备", block = "新兴产业" },
]
fields = [
  { key = "making", name = "制造", departments = ["市工信局"] },
  { key = "service", name = "服务", departments = ["市商务局"] },
]
groups = [
  { key = "farmers", name = "进城务工人员" },
  { key = "graduates", name = "高校毕业生" },
]
levels = [
  { key = "level_5", name = "初级工", order = 1 },
  { key = "level_4", name = "中级工", order = 2 },
  { key = "level_3", name = "高级工", order = 3, high_skill = true },
]
training = [{ key = "entry", name = "入门班", serves = "entry" }]
subsidies = [{ level = "level_5", amount = 1000, since = 2024-01-01 }]
titles = [{ key = "list", text = "{year}年{city}培训指导目录", short = "培训指导目录" }]
tiers = [
  { stars = 1, name = "紧缺", mark = "★", quota = 30 },
  { stars = 2, name = "急需紧缺", mark = "★★", quota = 10 },
]
eligible = ["4", "6"]
barred = ["7", "8"]
public_columns = ["seq", "field", "name", "code", "levels", "stars", "department"]

[calendar]
cut_off = "03-31"
publish_by = "05-15"
"""
MAP = """prefix,industry,field,department
4,,service,市商务局
4-02,harbour,service,市商务局
6,,making,市工信局
6-20,marine,making,市工信局
"""
(work / "profile.toml").write_text(PROFILE, encoding="utf-8")
(work / "map.csv").write_text(MAP, encoding="utf-8")
profile = xd.Profile.load(work / "profile.toml")
profile.city, [district.name for district in profile.districts], profile.listing

# %% [markdown]
# 写错了会怎样？一次说出全部错误，注明键和行号：

# %%
wrong = PROFILE.replace("quota = 10", "quota = -10")
(work / "wrong.toml").write_text(wrong.replace("amount = 1000", "amount = -1"), encoding="utf-8")
try:
    xd.Profile.load(work / "wrong.toml")
except xd.XmdemandError as error:
    print(str(error).replace(str(work), "…"))

# %% [markdown]
# ## 造一座城市
#
# 真实的城市到这里就去发空白表（`xmdemand new`）。没有数据之前，先用虚构的数据演练一遍：

# %%
folder = work / "2026"
synth.write_edition(folder, year=2026, seed=5, profile=str(work / "profile.toml"))
sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())[:8]

# %% [markdown]
# ## 编目录

# %%
settings = folder / "edition.toml"
text = settings.read_text(encoding="utf-8")
settings.write_text(text.replace("draws = 1000", "draws = 300"), encoding="utf-8")
edition = xd.build(folder, only=("json", "record"))
catalogue = xd.Catalogue.load(edition.out / "catalogue.json")
catalogue.title, len(catalogue.entries)

# %%
for entry in catalogue.entries[:8]:
    print(entry.seq, entry.code, entry.name, "★" * entry.stars, entry.field)

# %%
ax = edition.ranking.plot(top=20)

# %%
names = edition.ranking.frame["name"]
table = edition.demand.districts.assign(
    occupation=lambda rows: names.reindex(rows["occupation"]).to_numpy()
)
ax = plots.district_table(table, top=12)

# %% [markdown]
# 区、领域、等级、标题都是澜湾市的；程序一个字也没有改。
#
# ## 说明什么，不说明什么
#
# - 跑通不等于可用：门槛、先验（登记覆盖率、计划实现率）是建议值，要由这座城市自己的数据来校。
# - 对照表决定每个职业归哪个领域、哪个部门，写得粗，目录就粗；前缀越长越优先。
# - 虚构的数据只用来演练流程，不能用来预估这座城市缺什么。
