"""Display advertisements: the words by which a line shows that it sells something."""

import re

# Each kind by its name: how to reach who sells, where to find it, what it is, what it offers.
_SIGNS = re.compile(
    r"(?P<phone>(?:电话|热线|咨询|预约|手机|微信|传真|联系人)[^，。]{0,4}[:：\s]*[\d-]{7,}|^[\d\s、—-]{7,}$)"
    r"|(?P<address>^(?:地\s*址|店址|网址|邮箱)[:：\s]|^[一-龥]{2,8}[路街巷道]\d+号)"
    r"|(?P<shop>^[一-龥]{2,10}(?:公司|商场|商城|超市|酒店|酒楼|宾馆|医院|门诊部?|药店|家具城|建材|装饰"
    r"|经营部|专卖店|理发店|影楼|幼儿园|驾校|旅行社|种业)(?:开业|招生)?$)"
    r"|(?P<offer>[一二三四五六七八九\d.]折|半价|特价|钜惠|酬宾|大促|促销|满.{1,4}减|买.{1,3}送|让利|优惠价"
    r"|进店有礼|欢迎(?:选购|惠顾|来电|光临)|隆重(?:推出|开业|上市)|盛大开业|新店开业|诚聘|招聘.{0,8}名"
    r"|月薪|面议|旺铺|招租|转让|出租|出售|加盟|代理招商|火热(?:预订|招生|认购)|售楼)"
)


def advert_signs(text: str) -> int:
    """How many kinds of signs of an advertisement a line shows; a telephone number is two."""
    kinds = {sign.lastgroup for sign in _SIGNS.finditer(text)}
    if "phone" in kinds:
        return len(kinds) + 1
    return len(kinds)
