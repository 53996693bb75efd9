"""Personal data out of text: telephones, ID numbers, addresses on the net and named contacts."""

from __future__ import annotations

import re
from collections.abc import Collection

MASK = "〔已隐去〕"

_ID_NUMBER = (
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"\d{3}[0-9Xx](?![0-9A-Za-z])"
)
_OLD_ID = r"(?<![0-9A-Za-z])[1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?![0-9A-Za-z])"
_MOBILE = r"(?<![0-9A-Za-z])(?:\+?0{0,2}86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?![0-9A-Za-z])"
_LANDLINE = r"(?<!\d)\(?0\d{2,3}\)?[- ]?\d{7,8}(?:[-转]\d{1,5})?(?!\d)"
_MAIL = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS = rf"(?<![\d.])(?:{_BYTE}\.){{3}}{_BYTE}(?![\d.])"
"""An IP address, which a questionnaire site exports of whoever answered."""
_LONG_ADDRESS = r"(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}(?![0-9A-Za-z:])"
_NUMBERS = re.compile(
    "|".join((_ID_NUMBER, _OLD_ID, _MOBILE, _LANDLINE, _MAIL, _ADDRESS, _LONG_ADDRESS))
)
_NAMED = re.compile(
    r"((?:联系人|填表人|填报人|制表人|经办人|负责人|审核人|姓名|联系电话|电话|手机|身份证号?|微信号?)"
    r"(?:姓名)?\s*[:：]\s*)([^\s,，;；、。)）]+(?:、(?=[\u3400-\u9fff]{2,3}(?![\u3400-\u9fff]))[\u3400-\u9fff]+)*)"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟"
    "姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶贺毛郝顾龚邵覃武钱戴严莫孔汤康易乔赖施洪柯庄颜温俞詹"
)
_COMPOUND = "欧阳|上官|司徒|诸葛|夏侯|司马"
_IN_OFFICE = re.compile(
    r"((?:[\u3400-\u9fff]{0,6}(?:员|人|长|主任|主管|经理|会计)|制单|校对|核对|复核|汇总|录入|报送)"
    r"(?:[(（][^)）]{1,6}[)）])?\s*[:：]\s*)"
    rf"(?:(?:[{_SURNAMES}]|{_COMPOUND})[\u3400-\u9fff]{{1,2}}(?![\u3400-\u9fff])(?:[、,，/ ]\s*)?)+"
)
"""Whoever keeps a list: ``台账管理员：`` and a name; ``统计员：5人`` is a post."""
_POLITE = re.compile(
    rf"(?<![\u3400-\u9fff])(?:[\u3400-\u9fff]{{1,2}}(?=先生|女士|小姐)"
    rf"|(?:[{_SURNAMES}]|{_COMPOUND})(?=经理|主管|老师))"
    rf"(?=[\u3400-\u9fff]{{2}}(?:$|[^\u3400-\u9fff]))"
)
"""A manager or a teacher is a person only behind a surname: 客服主管 and 项目经理 are posts."""
_NO_NAME = "员工师长手机厂店部区街镇村路站级程校层楼期班"
"""What no given name ends with, but posts, places and levels do: 施工员, 高级工, 洪塘镇."""
_NAME = rf"(?:[{_SURNAMES}]|{_COMPOUND})[\u3400-\u9fff]{{1,2}}(?<![{_NO_NAME}])(?![\u3400-\u9fff])"
_TO_ASK = re.compile(
    rf"((?:请|可|直接)(?:联系|找|咨询|问))(?!方)(?:[{_SURNAMES}][\u3400-\u9fff]{{2}}|(?:{_COMPOUND})[\u3400-\u9fff]{{1,2}})"
    rf"(?<![{_NO_NAME}])(?=$|[,，。;；、)）\s])"
)
"""Whom a remark tells to ask, without a number: ``请联系王某某``; 请联系方式如下 names nobody."""
_SIGN = r"[\s(（:：;；,，、/-]"
_BESIDE = re.compile(rf"(?<![\u3400-\u9fff]){_NAME}(?={_SIGN}*{MASK})|(?<={MASK})({_SIGN}*){_NAME}")
"""A name beside a number that reaches its bearer (``刘芳 13800138000``)."""
_ALONE = re.compile(rf"(?:{_NAME}|{MASK})(?:先生|女士|小姐)?(?:{_SIGN}*(?:{MASK}|{_NAME})[)）]?)*")
_NAME_ALONE = re.compile(_NAME)
_MAY_NAME = re.compile(rf"[{_SURNAMES}\d０-９+＋(（{MASK[0]}]|{_COMPOUND}")
"""How a name begins, or a number that reaches its bearer."""
_MAYBE = re.compile(
    r"(?<!\d)(?:\d[-\s()（）转－　]{0,2}){10}|\d[.．]\d{1,3}[.．]\d|[０-９]．|[:：@＠]"
    r"|先生|女士|经理|主管|小姐|老师|(?:请|可|直接)(?:联系|找|咨询|问)"
)
"""What every pattern here needs something of; most texts have nothing of it."""
_FULL_WIDTH = str.maketrans("０１２３４５６７８９－＋Ｘ　．", "0123456789-+X .")


def mask(text: str) -> str:
    """Replace what identifies or reaches a private person.

    >>> mask("有意者请致电 13800138000")
    '有意者请致电 〔已隐去〕'
    >>> mask("填表人：张三　联系电话：0592-5555555")
    '填表人：〔已隐去〕 联系电话：〔已隐去〕'
    """
    if _MAYBE.search(text) is None:
        return text
    narrow = text.translate(_FULL_WIDTH)
    masked = _NUMBERS.sub(MASK, narrow)
    if masked == narrow:
        masked = text
    else:
        masked = _BESIDE.sub(rf"\1{MASK}", masked)
    masked = _TO_ASK.sub(rf"\1{MASK}", masked)
    masked = _IN_OFFICE.sub(rf"\1{MASK}", _NAMED.sub(rf"\1{MASK}", masked))
    return _POLITE.sub(MASK, masked)


def name_persons(texts: Collection[str]) -> bool:
    """Whether texts are names of persons, most of them, whatever stands above.

    >>> name_persons(["王芳", "李建国 13800138000", "张敏", "未填"])
    True
    >>> name_persons(["高级工", "施工员", "金工"]), name_persons([])
    (False, False)
    """
    others, most = 0, len(texts) // 4
    for text in texts:
        if _MAY_NAME.match(text) is None or _ALONE.fullmatch(mask(text)) is None:
            others += 1
            if others > most:
                return False
    return len(texts) > 0


def mask_names_beside(cells: list[str]) -> list[str]:
    """A row's cells, those masked that are nothing but a name beside a masked one.

    >>> mask_names_beside(["某敬老院", "陈晓燕", "〔已隐去〕"])
    ['某敬老院', '〔已隐去〕', '〔已隐去〕']
    """
    around = zip(["", *cells[:-1]], cells, [*cells[1:], ""], strict=True)
    return [
        MASK if MASK in (left, right) and _NAME_ALONE.fullmatch(cell) else cell
        for left, cell, right in around
    ]
