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
# # 二、预测供求登记，并检验预测
#
# 公共就业服务机构每月登记的岗位和求职者，是第二个见证人。它回答：按现在的走势，今后十二个月会登记多少。
# 这一本先预测，再把同样的做法放回过去，看它当时会错多少。示例数据，非真实统计。

# %%
import tempfile
from pathlib import Path

import xmdemand as xd
from xmdemand import synth

# %%
folder = Path(tempfile.gettempdir()) / "xmdemand-example"
if not (folder / "edition.toml").is_file():
    synth.example(folder)
edition = xd.Edition.open(folder)
names = edition.classification.frame.set_index("code")["name"]
outlook = edition.outlook

# %% [markdown]
# ## 三个职业的过去与未来
#
# 一个岗位多的、一个中等的、一个很少的。

# %%
order = outlook.frame["posts_past"].sort_values(ascending=False).index
for code in (order[0], order[len(order) // 2], order[-1]):
    ax = outlook.plot(code, name=names[code])

# %% [markdown]
# 黑线是登记数，红线是预测的中位数，带是 80% 区间：大约每五个月有一个月会落到带外，这是正常的，不是预测失败。
# 数越小，带相对越宽；很少的职业画出来的起伏，多半是偶然。
#
# ## 一年合计
#
# 目录用的是十二个月的**合计**，它的区间由联合的路径算出，不能把各月的上下限相加。

# %%
columns = ["posts_past", "posts", "posts_lower", "posts_upper", "seekers_past", "seekers"]
outlook.frame.assign(name=names)[["name", *columns]].nlargest(8, "posts").round(0)

# %% [markdown]
# ## 一年前这样做，会怎样
#
# `track_record` 把同样的预测放到一年前去做，与后来实际登记的数比较。
#
# - `coverage_80`：80% 区间包含实际值的比例，应接近 0.8；高了说明区间太宽，低了说明太有把握。
# - `wape`：绝对误差合计占实际合计的比例。
# - `bias`：正数为报多了，负数为报少了。

# %%
outlook.track_record.round(3)

# %% [markdown]
# 只看一个起点会碰运气。`xd.backtest` 换几个起点再做，并与两种最简单的办法比较：照搬上月（naive），照搬去年
# 同月（seasonal_naive）。这里取岗位最多的三十个职业。

# %%
monthly = outlook.monthly[outlook.monthly["actual"].notna()]
chosen = monthly[(monthly["variable"] == "posts") & monthly["occupation"].isin(order[:30])]
panel = chosen.rename(columns={"occupation": "unique_id", "actual": "y"})[["unique_id", "ds", "y"]]
judged = xd.backtest(panel.reset_index(drop=True), origins=2, horizon=12, level=0.8, seed=0)
scores = judged.frame.pivot_table(
    index=["target", "measure"], columns="method", values="value", aggfunc="mean"
)
scores.round(3)

# %% [markdown]
# `periods` 是逐月，`sum` 是十二个月合计。`mase` 小于简单办法，才说明模型值得用。
# 直说：在这三十个岗位最多的职业上，逐月比照搬去年同月好约一成，十二个月合计略不如它（两个起点，历史只有两三
# 年，其中一个起点之后全市下滑，谁都没有料到）；平滑而季节明显的大数，照搬去年本来就很难胜过。模型给出的是简单办法没有的东西：区间（`coverage`，应接近 0.8），以及对小职业的估计。
#
# ## 单独看一个职业
#
# 有人追问“为什么是这个数”时，用两个公认的模型各算一遍，看看趋势和季节是不是同一个说法。

# %%
one = panel[panel["unique_id"] == order[0]]
xd.explain_series(one[["ds", "y"]], horizon=12).models

# %% [markdown]
# ## 说明什么，不说明什么
#
# - 登记数不是全部招聘：不来登记的企业看不见。它与调查的关系在第三本里估计。
# - 预测只会延续过去的规律。明年新开一家大厂，它不知道（第四本）。
# - `not_stated` 是没有写明职业的求职者，他们不在任何一个职业的预测里：

# %%
f"最近十二个月没有写明职业的求职者：{outlook.not_stated:,.0f} 人次"
