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
# # 四、如果……会怎样
#
# 三个常被问到的问题：权重改一改呢？门槛改一改呢？明年新开一家两千人的工厂呢？
# 示例数据，非真实统计。

# %%
import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import xmdemand as xd
from xmdemand import plots, shortage, synth

# %%
folder = Path(tempfile.gettempdir()) / "xmdemand-example"
if not (folder / "edition.toml").is_file():
    synth.example(folder)
edition = xd.Edition.open(folder)
names = edition.classification.frame.set_index("code")["name"]
base = edition.ranking


# %% [markdown]
# 排名是一个纯函数：给它证据和选择，它给出结果。改一个输入，其余不动，前后的差就是那个输入的作用。


# %%
def rank_again(demand=edition.demand, outlook=edition.outlook, **changes):
    settings = edition.settings
    choices = {
        "year": settings.year,
        "n_draws": settings.method.draws,
        "seed": settings.seed,
        "pipeline": edition.tables.pipeline,
        "trainable": edition.tables.trainable,
        "previous": edition.previous,
        "top": settings.method.top,
        "profile": edition.profile,
        **changes,
    }
    profile = choices.pop("profile")
    return shortage.rank(
        demand, outlook, edition.intent, profile, classification=edition.classification, **choices
    )


# %% [markdown]
# ## 一、权重
#
# 有人主张求人倍率最要紧，把它的权重加倍：

# %%
heavier = rank_again(weights={"log_ratio": 0.6})
moved = pd.DataFrame(
    {"name": base.frame["name"], "rank_now": base.frame["rank"], "rank_new": heavier.frame["rank"]}
).dropna()
moved["shift"] = moved["rank_new"] - moved["rank_now"]
moved.reindex(moved["shift"].abs().sort_values(ascending=False).index).head(8)

# %%
kept = set(base.frame.nsmallest(50, "rank").index) & set(heavier.frame.nsmallest(50, "rank").index)
stars = (base.frame["tier"] != heavier.frame["tier"]).sum()
f"前五十名保留 {len(kept)} 个；星级变动 {stars} 个；名次平均移动 {moved['shift'].abs().mean():.1f} 位"

# %% [markdown]
# 星级变动比名次多：权重一改，就不能再沿用上一年的分界线，要按各星级的目标行数重新定出（`heavier.notes`）。
#
# 名次的移动要同抽样误差比较：大多数职业 90% 区间的宽度是

# %%
(base.frame["rank_upper"] - base.frame["rank_lower"]).describe()[["25%", "50%", "75%"]]

# %% [markdown]
# 位。权重之争如果小于这个宽度，再争下去就没有意义，不如多查几家企业。
#
# ## 二、门槛
#
# 列入规则是“年培训需求不少于若干人的概率不低于若干”。目录的行数随门槛怎样变：

# %%
base.thresholds.pivot_table(index="threshold", columns="what", values="rows").loc[
    :, ["need_persons", "probability"]
].dropna(how="all")

# %% [markdown]
# 反过来问：某个职业差多少就能列入、就能升一级？（刚好在界外的一个）

# %%
outside = base.frame[base.frame["eligible"] & base.frame["rated"] & ~base.frame["listed"]]
nearest = outside["p_need"].idxmax()
print(nearest, names[nearest])
shortage.what_if(base, nearest, edition.profile).round(2)

# %% [markdown]
# 它说的是“单独这一个量要变成多少”，不是“把它改成多少”；`NaN` 是单靠这一个量怎样变都不够。
# 数是查出来的，不是定出来的。
#
# ## 三、明年开一家两千人的工厂
#
# 招商部门说：一家电子厂明年投产，两千个岗位。调查和登记都还没有看见它，预测也不会自己知道。把它作为确知的
# 用工计划加进去。岗位表还没有给出，这里拿第六大类中登记岗位最多的四个职业代替；真做时应照企业的岗位表填。

# %%
makers = [code for code in edition.demand.hires.index if code.startswith("6-")]
makers = edition.outlook.frame.reindex(makers)["posts_past"].nlargest(4).index
plant = pd.Series([1200, 400, 250, 150], index=makers, dtype=float)
pd.DataFrame({"name": names[makers], "jobs": plant})


# %% [markdown]
# 两个见证人都要告诉，否则模型会把“调查多了、登记没多”当成误报而打折。登记按本市的习惯，每 κ 个招用登记一个岗位。


# %%
def with_plant(demand, outlook, jobs, kappa):
    extra = jobs.reindex(demand.hires.index).fillna(0.0)
    hires = dataclasses.replace(demand.hires, values=demand.hires.values + extra.to_numpy())
    posts = jobs.reindex(outlook.posts.index).fillna(0.0).to_numpy() / kappa
    more = dataclasses.replace(outlook.posts, values=outlook.posts.values + posts)
    return (
        dataclasses.replace(demand, hires=hires, certain=demand.certain + extra),
        dataclasses.replace(outlook, posts=more),
    )


parameters = base.parameters.set_index(["group", "parameter"])["estimate"]
kappa = parameters["6", "kappa"]
opened = rank_again(*with_plant(edition.demand, edition.outlook, plant, kappa))
quantities = ["demand", "gap", "need", "rank", "tier"]
before, after = base.frame.loc[makers, quantities], opened.frame.loc[makers, quantities]
side_by_side = before.add_suffix("_now").join(after.add_suffix("_new"))
side_by_side.insert(0, "name", names[makers])
side_by_side.round(0)

# %%
ax = plots.demand_and_seekers(opened, top=12)

# %%
grown = opened.draws["demand"].values.sum(axis=1) - base.draws["demand"].values.sum(axis=1)
low, middle, high = np.quantile(grown, [0.05, 0.5, 0.95])
f"全市需求增加 {middle:,.0f} 人（90% 区间 {low:,.0f} 至 {high:,.0f}）"

# %% [markdown]
# 中位数小于两千，因为计划通常只有一部分实现。区间很宽，还可能跨过零：两次排名各自重新估计了登记与调查的关系，
# 全市合计的这点差别里混着那部分误差。要看工厂本身的作用，看上面四个职业的表，不要看全市合计。

# %% [markdown]
# ## 说明什么，不说明什么
#
# - 需求和缺口随工厂上升；培训需要只有缺口转正的职业才明显上升，仍有富余人手的几乎不动。
#   星级判断的是**已经发生**的短缺（倍率、空缺），工厂还没有开，星级本不该动；
#   要为它提前开班，理由是“需要”，不是“星级”，应当作为会商的决定写明。
# - 这里没有算工厂带来的劳动者流动，也没有算配套企业，两者方向相反。
# - 两千是别人说的数。换成一千再算一遍，看结论是否改变，比争论两千准不准更有用。
