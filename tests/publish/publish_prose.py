"""What the made-up edition says beside its rows: 说明, changes, the method page with figures."""

from __future__ import annotations

from publish_city import FIELDS, occupations

from xmdemand.catalogue.content import Change, Figure, MethodSection, Paragraph, Table

NOTES = (
    Paragraph(
        heading="职业编码",
        text="职业（工种）名称和编码依据《中华人民共和国职业分类大典（2022年版）》及2024年、"
        "2025年发布的新职业。名称后标注“L”的为绿色职业，标注“S”的为数字职业。",
    ),
    Paragraph(
        heading="数据来源",
        text="用人单位用工需求调查有效回收2,412份，公共就业服务机构岗位供求登记覆盖六个区，"
        "劳动者培训意愿调查有效回收7,905份。数据截止日为2026年4月30日。",
    ),
    Paragraph(
        heading="急需紧缺程度",
        text="★为一般急需紧缺，★★为比较急需紧缺，★★★为急需紧缺；"
        "未标注★的为有培训需求但未达到急需紧缺标准的职业（工种）。",
    ),
    Paragraph(text="“待核”表示数据尚待核实，“暂无”表示本市暂无相应机构。"),
)
CHANGES = (
    Change(
        kind="added",
        lineage="cn-4-04-05-13",
        code="4-04-05-13",
        name="生成式人工智能系统应用员",
        after="列入",
        cause="classification",
        reason="2024年新职业，首次列入。",
    ),
    Change(
        kind="raised",
        lineage="cn-4-10-01-05",
        code="4-10-01-05",
        name="养老护理员",
        before="★★",
        after="★★★",
        cause="data",
        reason="登记岗位同比增长三成，求职人数持平。",
    ),
    Change(
        kind="lowered",
        lineage="cn-6-18-01-01",
        code="6-18-01-01",
        name="车工",
        before="★★★",
        after="★★",
        cause="method",
        reason="指标收缩方法调整。",
    ),
    Change(
        kind="removed",
        lineage="cn-4-03-02-05",
        code="4-03-02-05",
        name="餐厅服务员",
        before="★",
        after="移出",
        cause="decision",
        reason="行业主管部门建议调出：需求以短期用工为主。",
    ),
    Change(
        kind="renamed",
        lineage="cn-4-13-04-04",
        code="4-13-04-04",
        name="研学旅游指导师",
        before="研学旅行指导师",
        after="研学旅游指导师",
        cause="classification",
        reason="职业名称调整。",
    ),
)
METHOD = (
    MethodSection(
        key="data",
        heading="数据与回收情况",
        paragraphs=(
            "本期目录使用三类证据：用人单位用工需求调查、岗位供求登记和劳动者培训意愿调查。",
            "被调查单位按行业和规模分层抽取，规模以上重点企业全部调查。",
        ),
        tables=(
            Table(
                title="调查回收情况",
                columns=("来源", "应答", "应答率"),
                rows=(("用人单位调查", "2,412", "71.2%"), ("劳动者调查", "7,905", "63.0%")),
                note="应答率按设计权数计算。",
            ),
        ),
    ),
    MethodSection(
        key="uncertainty",
        heading="不确定性",
        paragraphs=("名次由一千次模拟得到，区间含义为九成可能落在其中。",),
        figures=(
            Figure(
                kind="intervals",
                title="急需紧缺指数前十五位及其90%区间",
                labels=tuple(r["name"] for r in occupations()[:15]),
                values=tuple(1.5 - 0.08 * i for i in range(15)),
                lower=tuple(1.1 - 0.08 * i for i in range(15)),
                upper=tuple(1.9 - 0.08 * i for i in range(15)),
                unit="指数",
                note="点为中位数，横线为90%区间。",
            ),
            Figure(
                kind="bars",
                title="各领域列入职业数",
                labels=tuple(FIELDS),
                values=(62.0, 18.0, 21.0, 49.0),
                unit="个",
            ),
            Figure(
                kind="calibration",
                title="上年入选概率与实际",
                labels=("0—20%", "20—40%", "40—60%", "60—80%", "80—100%"),
                values=(0.08, 0.33, 0.52, 0.66, 0.93),
                lower=(0.1, 0.3, 0.5, 0.7, 0.9),
                unit="频率",
            ),
            Figure(
                kind="fan",
                title="登记岗位数及未来12个月预测",
                labels=tuple(f"2025-{m:02d}" for m in range(1, 13))
                + tuple(f"2026-{m:02d}" for m in range(1, 13)),
                values=tuple(1000.0 + 30 * i + 80 * (i % 4) for i in range(24)),
                lower=tuple(
                    1000.0 + 30 * i + 80 * (i % 4) - max(0, i - 11) * 20 for i in range(24)
                ),
                upper=tuple(
                    1000.0 + 30 * i + 80 * (i % 4) + max(0, i - 11) * 25 for i in range(24)
                ),
                unit="个",
            ),
        ),
    ),
)
