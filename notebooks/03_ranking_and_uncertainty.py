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
# # 三、排名，以及排名的把握
#
# 哪个职业最缺？这一本把两个见证人合成需求，对照供给，算出短缺指数和名次。名次来自估计，估计有误差，所以名次
# 也有区间。示例数据，非真实统计。

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
ranking = edition.ranking

# %% [markdown]
# ## 需求与供给

# %%
ax = plots.demand_and_seekers(ranking, top=18)

# %% [markdown]
# 需求大不等于缺：竖线（供给）落在带里，就不能断言缺口存在。
#
# ## 名次的区间

# %%
ax = ranking.plot(top=30)

# %% [markdown]
# 点是名次的中位数，带是 90% 区间。两个职业的带重叠得多，谁前谁后就说不准，**不要**说“第七比第八更缺”。
# 可以说的是“进入前五十的可能性有多大”：

# %%
columns = ["name", "rank", "rank_lower", "rank_upper", "p_top", "tier"]
rated = ranking.frame[ranking.frame["rated"]]
edge = rated[rated["p_top"].between(0.2, 0.8)].sort_values("rank")
edge[columns].head(12).round(2)

# %% [markdown]
# 上面这些职业正在分界线上，名次算出来是整数，是否在前五十却说不准；会商的时间应当花在它们身上。
#
# 另一种更严格的区间：`xd.rank_sets` 给出**同时**包含全部真实名次的集合，它要对每个职业
# 同时负责。这里只在前十五名之间比，名次是这十五个职业中的名次，不能与上面全市的名次直接对照。

# %%
leading = rated.nsmallest(15, "rank").index
index = ranking.draws["index"]
columns_at = index.index.get_indexer(leading)
drawn = pd.DataFrame(index.values[:, columns_at], columns=leading)
sets = xd.rank_sets(drawn.mean(), cov=drawn.cov().to_numpy(), kind="simultaneous", seed=1)
sets.frame.assign(name=ranking.frame.loc[leading, "name"].to_numpy()).round(2)

# %% [markdown]
# ## 为什么是这个名次
#
# 各指标的贡献相加就是指数，`source` 说明证据来自哪里，`observed` 为假的，是从同类职业借来的。

# %%
first = leading[0]
own = ranking.indicators[ranking.indicators["occupation"] == first]
own[["indicator", "value", "lower", "upper", "weight", "contribution", "observed", "source"]].round(
    2
)

# %% [markdown]
# ## 换一种做法会怎样
#
# 抽样误差之外，还有方法的选择：权重、标准化、合成方式。下图是换一种做法之后名次平均移动几位。

# %%
ax = plots.sensitivity(ranking)

# %% [markdown]
# 去掉一个指标，名次移动最多的那个，就是这份目录最依赖的证据，也是最该查实的证据。
#
# ## 需要与意愿

# %%
ax = plots.need_and_intent(ranking, name=8)

# %% [markdown]
# 右下角：城市需要而劳动者不愿学；左上角：劳动者愿学而城市不需要。开班要的是右上角，右下角要先做宣传引导。
#
# ## 说明什么，不说明什么
#
# - 名次回答“相对谁更缺”，不回答“缺多少人”；后者看 `gap` 和 `need` 及其区间。
# - 指数只看短缺的迹象（求人倍率、空缺率、长期空缺等），不看职业重不重要。
# - 没有评级的职业是**证据不足**，不是不缺：

# %%
ranking.frame.loc[~ranking.frame["rated"], "unrated_reason"].value_counts()
