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
# # 一、从调查表到用工需求
#
# 一个街道、一家企业报上来的表，怎样变成“全市明年要招多少焊工”？这一本从收到的文件一直走到各职业的
# 计划招用人数，并且用一座**虚构的、真值已知的**城市来检验：算出来的区间到底靠不靠得住。
#
# 下面的数字全部是示例数据，非真实统计。

# %%
import tempfile
from pathlib import Path

import pandas as pd

import xmdemand as xd
from xmdemand import plots, synth

# %%
folder = Path(tempfile.gettempdir()) / "xmdemand-example"
if not (folder / "edition.toml").is_file():
    synth.example(folder)
edition = xd.Edition.open(folder)

# %% [markdown]
# ## 先看读进来了什么
#
# 每个文件：读到的行 = 采用的行 + 未采用的行。没有一行悄悄消失。

# %%
files = edition.tables.files
files[["file", "kind", "rows_read", "accepted", "refused"]].tail(14)

# %%
assert (files["rows_read"] == files["accepted"] + files["refused"]).all()
edition.tables.quarantine[["file", "row", "column", "found", "expected"]].head(6)

# %% [markdown]
# 未采用的行注明了文件、行号、原值和应有的写法，可以退回原单位更正。
#
# ## 谁代表谁
#
# 大企业全查（代表自己），小企业抽查（代表同行业同规模的其他企业），网站自愿填报的只代表自己。
# 看回收率和各部分所占的份额：

# %%
shown = edition.demand.diagnostics.set_index("item")["value"]
shown.map(lambda value: value if isinstance(value, str) else round(value, 3)).to_frame()

# %% [markdown]
# `share_probability` 是推算结果中靠抽样支撑的比例，`share_uncoded` 是岗位名称没有对上职业编码、
# 因而按同行业已编码部分的比例**分摊**的比例：合计不会少，但这一部分落到哪个职业是推断的，不算哪家企业报过。
#
# ## 各职业计划招用人数

# %%
names = edition.classification.frame.set_index("code")["name"]
demand = edition.demand.frame.assign(name=names)
largest = demand.nlargest(8, "estimate")
largest[["name", "estimate", "lower", "upper", "n", "reporters", "influence"]].round(2)

# %%
ax = plots.survey_intervals(edition.demand, names, top=18)

# %% [markdown]
# 点是推算值，带是 90% 区间，n 是岗位行数。带很长的职业，往往只有几家企业填报；`influence` 接近 1 表示
# 这个数几乎就是**一家企业**的数，单独引用它既不准，也会暴露那家企业。
#
# ## 落到各区

# %%
districts = edition.demand.districts.assign(
    occupation=lambda rows: names.reindex(rows["occupation"]).to_numpy()
)
ax = plots.district_table(districts, top=14)

# %% [markdown]
# 分区的数样本更少，只宜看“集中在哪里”，不宜看个位数。
#
# ## 与真值对照
#
# 真实的城市没有这张表。示例城市有：`planned` 是全部企业真正计划招用的人数，`hires` 是一年后真正会招的人数。

# %%
truth = pd.read_csv(folder / "truth.csv", index_col="occupation")[["planned", "hires"]]
both = edition.demand.frame.join(truth, how="inner")
inside = (both["lower"] <= both["planned"]) & (both["planned"] <= both["upper"])
ranked = edition.ranking.frame.drop(columns="planned").join(truth, how="inner")
ranked = ranked.dropna(subset="demand")
held = (ranked["demand_lower"] <= ranked["hires"]) & (ranked["hires"] <= ranked["demand_upper"])
few = both["reporters"] < 5
pd.Series(
    {
        "计划招用：推算合计": both["estimate"].sum(),
        "计划招用：真值合计": both["planned"].sum(),
        "单靠调查的区间包含真值的比例": inside.mean(),
        "其中：填报企业少于 5 家": inside[few].mean(),
        "其中：填报企业 5 家及以上": inside[~few].mean(),
        "与登记合并后的区间包含真值的比例": held.mean(),
    }
).round(2)

# %% [markdown]
# ## 这些数说明什么，不说明什么
#
# - **全市合计**可信；**单个职业**只靠调查时，区间名义上是 90%，在这座样本很小、又有误报的示例城市里实际
#   包含真值的比例要低得多：没有抽到的企业，调查不可能知道。所以单看调查，不要用一个职业的区间作决定。
# - 把调查与供求登记两个见证人**合起来**（第三本）之后好得多，在这一座城市里仍略低于名义的 90%
#   （为什么单座城市会偏离，见文档“限度”）。
# - “计划招用”不是“将会招用”：企业的计划通常只有一部分实现，两列真值的差就是这个意思。
