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
# # 五、编制一年的目录，并与上一年比较
#
# 一份目录是一个文件夹，文件夹就是档案。这一本编制相邻两年的目录，看变了什么、为什么变，再用后来的登记数检验上一年
# 说得对不对。同一座虚构城市的 2025 年和 2026 年；示例数据，非真实统计。

# %%
import json
import shutil
import tempfile
from pathlib import Path

import pandas as pd

import xmdemand as xd
from xmdemand import catalogue, plots, synth

# %%
folder = Path(tempfile.gettempdir()) / "xmdemand-example"
if not (folder / "edition.toml").is_file():
    synth.example(folder)
work = Path(tempfile.mkdtemp(prefix="xmdemand-editions-"))
last, this = work / "2025", work / "2026"
synth.write_edition(last, year=2025, seed=3)
_ = shutil.copytree(folder, this, ignore=shutil.ignore_patterns("out", ".*"))

# %% [markdown]
# ## 先编 2025 年
#
# `build` 就是命令行的 `xmdemand build`：读文件、推算、预测、排名、成文。这里只要内部档案，不要印刷件。

# %%
edition_2025 = xd.build(last, only=("record",))
sorted(path.name for path in edition_2025.out.iterdir())

# %% [markdown]
# ## 把它的档案交给 2026 年
#
# `previous/record.json` 是两年之间唯一的联系：分界线沿用上一年的，星级进出有缓冲，不会因为一点波动年年升降。
# 示例里原来放着一份精简的上一年记录，这里换成刚编的。

# %%
(this / "previous").mkdir(exist_ok=True)
shutil.copy(edition_2025.out / "record.json", this / "previous" / "record.json")
edition_2026 = xd.build(this, only=("record", "json"))
records = [catalogue.load_record(path / "out" / "record.json") for path in (last, this)]
[len(record.catalogue.entries) for record in records]

# %% [markdown]
# ## 变了什么，为什么

# %%
changes = pd.DataFrame(change.model_dump() for change in catalogue.diff(*records))
changes.groupby(["kind", "cause"]).size().rename("rows").to_frame()

# %%
changes[["kind", "name", "before", "after", "cause", "reason"]].groupby("kind").head(3)

# %% [markdown]
# `cause` 分四种：`data` 证据变了，`method` 方法变了，`classification` 编码变了，`decision` 人的决定。对外解释时，
# 先说明是哪一种。
#
# ## 名次的两年

# %%
ranks = {
    year: edition.ranking.frame.set_index("name")["rank"]
    for year, edition in ((2025, edition_2025), (2026, edition_2026))
}
ax = plots.bump(ranks, top=15)

# %% [markdown]
# 红线是上升的职业。上升几位有没有意义，要看名次的区间（第三本）；图上看得见的交叉，有许多只是误差。
#
# ## 上一年说得对不对
#
# 2025 年给每个职业“进入前五十”的概率，一年过去，用目录没有用过的登记数来对。

# %%
judged = edition_2026.ranking.evaluation
judged.frame[judged.frame["by"] == "all"].round(3)

# %%
table = judged.calibration
ax = plots.calibration(table["promised"], table["happened"], table["n"])

# %% [markdown]
# 点落在虚线上，说七成就真有七成。`slope` 小于 1 表示说得过于有把握，大于 1 表示说得偏保守：
# 说七成的，实际不止七成。

# %%
round(judged.slope, 2)

# %% [markdown]
# ## 改一个输入，只重算它影响的部分
#
# 每一步按它的输入记住结果。只把 2026 年的标题号改掉，推算、预测和排名都不必再算，文件照样全部核对。

# %%
settings = this / "edition.toml"
words = settings.read_text(encoding="utf-8")
settings.write_text(
    words.replace('title = "training-need"', 'title = "shortage"'), encoding="utf-8"
)
renamed = xd.build(this, only=("json",))
json.loads((renamed.out / "catalogue.json").read_text(encoding="utf-8"))["title"]

# %%
assert renamed.ranking.frame.equals(edition_2026.ranking.frame)
shutil.rmtree(work)

# %% [markdown]
# ## 说明什么，不说明什么
#
# - “新列入”不等于“新出现短缺”：也可能是去年证据不够。看 `reason`。
# - 检验用的是登记数，不是全部招聘；它能发现说得太满，不能证明说得都对。
