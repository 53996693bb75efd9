"""Job titles as people write them, brought to what names the work."""

from __future__ import annotations

import re
import unicodedata

_TRADITIONAL = str.maketrans(
    "補漏裁縫銀針電車員機護術師業務產銷設計劃經營導遊廳飲麵點調釀殺蟲環衛園藝綠養親嬰兒婦產醫藥劑療"
    "檢驗測試實訓練課輔導學習圖書館傳媒廣編輯錄製攝影裝飾潢鋼鐵鋁銅銲焊鉗鉋銑鑽鍛鑄壓熱處"
    "維護操縱運輸貨倉庫儲揀郵遞駕駛員艙飛帶縫紉織紡鞋繡紙張膠殼線纜絕緣燈構築築結構給"
    "氣體煤礦採鹽糧農漁獸畜牧種場網絡軟硬資訊據碼開發總監協辦話聯繫會賬帳稅審險證券貸"
    "債財務櫃檯檔勞動爭議調解律顧問執隊長軍警衛兵領組長級職稱類別專項幹部門區縣鎮鄉村廠無塵"
    "備廚潔繪寶媽輪軌塗濾滾磚標牆鍋爐鏈鋸衝軋軸閥錫製單雙語漢換準團際國貿進關統與齡歲歷東門時現質視頻聲樂劇戲賓紅藍黃龍馬雞鴨豬漿蠟滅擋損響離濕陽遠連過週選還釘鎖錶鐘閘陸頭頂顏飯飼餅馳鮮",
    "补漏裁缝银针电车员机护术师业务产销设计划经营导游厅饮面点调酿杀虫环卫园艺绿养亲婴儿妇产医药剂疗"
    "检验测试实训练课辅导学习图书馆传媒广编辑录制摄影装饰潢钢铁铝铜焊焊钳刨铣钻锻铸压热处"
    "维护操纵运输货仓库储拣邮递驾驶员舱飞带缝纫织纺鞋绣纸张胶壳线缆绝缘灯构筑筑结构给"
    "气体煤矿采盐粮农渔兽畜牧种场网络软硬资讯据码开发总监协办话联系会账账税审险证券贷"
    "债财务柜台档劳动争议调解律顾问执队长军警卫兵领组长级职称类别专项干部门区县镇乡村厂无尘"
    "备厨洁绘宝妈轮轨涂滤滚砖标墙锅炉链锯冲轧轴阀锡制单双语汉换准团际国贸进关统与龄岁历东门时现质视频声乐剧戏宾红蓝黄龙马鸡鸭猪浆蜡灭挡损响离湿阳远连过周选还钉锁表钟闸陆头顶颜饭饲饼驰鲜",
)
_ANY_TRADITIONAL = re.compile(f"[{''.join(map(chr, _TRADITIONAL))}]")
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]+")
_IN_BRACKETS = re.compile(r"[(\[【{《<][^)\]】}》>]*[)\]】}》>]?")
_OWN_WORK = (
    r"(?!专员|顾问|师|经理|主管|助理|运营|主播|实习|岗|官|组长|HR|BP|负责|专家|网站|平台|客服|专业|文员|总监|老师"
    r"|人员|代表|销售|会|.?$)"
)  # after 招聘: recruiting is the work itself, not the call
_RECRUITS = re.compile(rf"^.{{2,}}?(?:招聘|诚聘|直招|急招|急聘|诚招|高薪聘)[-:：]?{_OWN_WORK}")
_CALLS = re.compile(
    rf"^(?:(?:高薪|大量|长期|[急诚直现特])*(?:招聘{_OWN_WORK}|诚聘|急聘|急招|直招|诚招)|招(?![聘商生标投募])|聘)[:：]?(?=.{{2}})"
)
_BENEFIT = re.compile(
    r"五险|一金|社保|双休|单休|周末|大小周|包吃|包住|管吃|管住|吃住|食宿|住宿|提成|底薪|年薪|月薪|日薪|时薪|高薪|月入|日入|薪资"
    r"|工资|待遇|补贴|津贴|奖金|全勤|经验|应届|小白|免费|双薪|13薪|带薪|福利|加班|朝九|晚五|保底|社招"
    r"|校招|兼职|长期|短期|不限|就近|地铁|坐班|分红|日结|周结|月结|氛围|轻松|晋升|年龄|出差|外派|试用期|包教|可学|到\d+岁|至\d+岁"
    r"|-\d+岁|应酬|压力|倒班|夜班|白班|长白|空调房|入职|实习期|无责|缴纳|餐补|房补"
)  # each begins with one certain sign: the search then looks at nothing else
_PAY = re.compile(
    r"(?:月入|底薪|保底|薪资|年薪|月薪|日薪|时薪|工资)?(?:\d+(?:\.\d+)?(?:[-~至到—]+\d+(?:\.\d+)?)?)"
    r"(?:[kw]|千|万|元|块|人民币)+(?:[+以]上)?(?:/?(?:[天月年时]|小时|个月))?|\d{3,}(?:[-~至到—]+\d{3,})?\+?",
    re.IGNORECASE,
)
_PLACES = (
    "北京|上海|天津|重庆|广州|深圳|厦门|福州|泉州|漳州|莆田|龙岩|三明|南平|宁德|杭州|宁波|温州|南京|苏州|无锡|常州|合肥|武汉|长沙"
    "|南昌|成都|西安|郑州|济南|青岛|石家庄|太原|沈阳|大连|长春|哈尔滨|昆明|贵阳|南宁|海口|兰州|西宁|银川|乌鲁木齐|呼和浩特|拉萨"
    "|东莞|佛山|中山|珠海|惠州|思明|湖里|集美|海沧|同安|翔安|岛内|岛外|福建|广东|浙江|江苏|山东|河南|河北|湖南|湖北|江西|安徽|四川"
    "|山西|陕西|辽宁|黑龙江|云南|贵州|广西|海南|甘肃|青海|宁夏|新疆|西藏|内蒙古|香港|澳门|台湾"
)
_PLACE = re.compile(
    rf"^(?:(?:{_PLACES})(?:省|市|区|县)?)+(?=.{{2}})|[-—]*(?:{_PLACES})(?:省|市|区|县)?$"
)
_PLACE_SIGNS = frozenset(place[0] for place in _PLACES.split("|"))  # quicker than the pattern
_ONLY_A_CALL = re.compile(r"(?:高薪|大量|长期|[急诚直热现特])+(?:聘|招聘?)中?")
_WISH = re.compile(
    r"^我?(?:想要?|希望|愿意|准备|打算|要)(?:参加|报名|学习|学|做|当|从事)*(?=.{2})(.*?)"
    r"(?:方面|技能|技术|职业)*(?:的?培训班?)?$"
)  # what workers write when asked what they would learn
_WISHES = tuple("我想希愿准打要")  # what a wish begins with
_DIGIT = re.compile(r"\d")
_CPP = re.compile(r"c\+\+", re.IGNORECASE)
_PARTS = re.compile(r"[+,;!。~|\s-]+|\.{2,}|…+|(/)")
_LEVEL = re.compile(
    r"\s*\((?:[初中高]级(?:工|技能)?|(?:高级)?技师|[一二三四五1-5]级(?:/[^()]*)?)\)"
)  # says how well, not what: titles that differ in it alone are one
_EDGES = "-—_/、:：*·#&'\"“”‘’.?"


def simplify(text: str) -> str:
    """Traditional characters that occur in job titles, made simplified.

    >>> simplify("電工")
    '电工'
    """
    return text.translate(_TRADITIONAL) if _ANY_TRADITIONAL.search(text) else text


def _says_no_work(part: str) -> bool:
    return bool(_BENEFIT.search(part)) or (_calls(part) and bool(_ONLY_A_CALL.fullmatch(part)))


def plain_title(text: str) -> str:
    """A title with all it holds but a level in brackets, widths and characters made uniform.

    >>> plain_title("招聘電工（中级） （厦门）")
    '招聘电工 (厦门)'
    """
    return _plain(_uniform(text))


def clean_title(text: str) -> str:
    """What names the work in a title: without pay, benefits, places, levels and decoration.

    Widths and traditional characters are made uniform; brackets with what they hold (a level, a
    place, a remark) are dropped; of ``某公司招聘X`` X stays. A title that would be left empty
    comes back as it was.

    Examples
    --------
    >>> [clean_title(title) for title in ("养老护理员（初级）", "電 工", "急聘焊工8000元/月+包住")]
    ['养老护理员', '电工', '焊工']
    """
    return _clean(_uniform(text))


def clean_and_plain(text: str) -> tuple[str, str]:
    """`clean_title` and `plain_title` of one title.

    >>> clean_and_plain("養老護理員（初级）")
    ('养老护理员', '养老护理员')
    """
    uniform = _uniform(text)
    return _clean(uniform), _plain(uniform)


def _plain(uniform: str) -> str:
    return ((_LEVEL.sub("", uniform) if "(" in uniform else uniform) or uniform).lower()


def _uniform(text: str) -> str:
    return simplify(unicodedata.normalize("NFKC", str(text))).strip()


def _clean(plain: str) -> str:
    if plain.isalpha() and len(plain) < 3:
        return plain.lower()
    if _IDEOGRAPHS.fullmatch(plain):  # most titles: no brackets, figures or signs to look at
        title = _without_call(plain)
        title = "" if _BENEFIT.search(title) else title
    else:
        title = _without_call(_IN_BRACKETS.sub(" ", plain).strip())
        title = _CPP.sub("cpp", title) if "++" in title else title
        title = _PAY.sub("", title) if _DIGIT.search(title) else title
        parts = _PARTS.split(title)
        title = "".join(part for part in parts if part and not _says_no_work(part))
        title = re.sub(r"/{2,}", "/", title) if "//" in title else title
    title = _CALLS.sub("", title) if _calls(title) else title
    title = _WISH.sub(r"\1", title) if title.startswith(_WISHES) else title
    if not _PLACE_SIGNS.isdisjoint(title):
        title = _PLACE.sub("", title)
    title = title.strip(_EDGES)
    return (title or re.sub(r"\s+", "", plain)).lower()


def _calls(title: str) -> bool:
    return "聘" in title or "招" in title


def _without_call(title: str) -> str:
    return _RECRUITS.sub("", title) if _calls(title) else title
