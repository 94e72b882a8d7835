"""Sets the sample newspaper's PDF page anew: `python tests/articles/sample_pdf.py`, in the project.

What stands on it is invented, as all of the sample newspaper is.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from articles.pdf_maker import Sheet  # noqa: E402  # the path is set above

PAGE = ROOT / "corpus" / "澜州日报" / "2024-10-15" / "A05.pdf"

PERSIMMON = [
    "本报讯（记者周岚 通讯员柏青松）霜降还没到，青垣县石门坳的柿子已经红了半面山。昨天一早，"
    "二十七岁的阮小棠把第一筐柿子挂上滑索，两分钟后，筐子稳稳落在谷底的卡车旁边。往年这段路，一个人一天只背得动六趟。",
    "滑索长七百三十米，用的是旧索道拆下来的钢绳，县里出图纸，村里出工，一共花了十九万元。阮小棠说，钢绳响起来"
    "像有人在山里拉二胡，老人们嫌吵，听了三天，反倒睡得踏实了。",
    "石门坳有柿树四千一百棵，最老的一棵记在道光年间的田契上。今年全村约收三百二十吨，一半做柿饼，一半发往省城。"
    "村里规定，每棵树顶上要留七个不摘，给过冬的鸟。",
]
CHESS = [
    "文庙街口的石棋盘旁，昨天多了一位只用左手下棋的客人。他叫容大川，七十四岁，三年前中风，右边身子不听使唤，"
    "医生让他每天练手，他就每天来下三盘。",
    "街坊们商量出一条规矩：跟容大川下棋，不许让子，不许催，走一步可以喝一口茶。上个月他输了八十一盘，赢了九盘。"
    "昨天他用一匹马将死了街上的头号高手，站起来的时候没有扶桌子。",
]
LANTERN = [
    "本报讯（记者许立群）澜水大坝观景台的夜间灯光从今晚起提前到二十一点熄灭。市林业部门说，十月是候鸟过境的"
    "高峰，灯光会让夜里飞行的鸟迷路，去年秋天，保洁员在台阶上捡到过二十六只撞晕的鸟。",
]
BOX = ["柿子怕压，十斤以上请用平底筐；挂筐以前先看风速，四级以上停运；滑索下面不要站人。"]


def sheet() -> Sheet:
    """The page: three articles, a frame, an advertisement, the page's own lines."""
    s = Sheet(pageCompression=1)
    s.line("澜州日报", 40, 40, 15)
    s.line("2024年10月15日 星期二", 330, 40, 10)
    s.line("A05 县区", 750, 40, 10)
    s.rule(40, 50, 762)
    s.centred("一根钢绳拉过山谷", 40, 452, 84, 15)
    s.centred("石门坳的柿子坐滑索下山", 40, 452, 120, 31)
    s.centred("——今年约收三百二十吨，树顶各留七个给鸟", 40, 452, 142, 13)
    end = s.columns(PERSIMMON, 40, 152, width=141, count=3, leading=15)
    s.frame(40, end + 24, 296, 84)
    s.centred("滑索怎么用", 40, 296, end + 48, 14)
    s.columns(BOX, 52, end + 54, width=270, leading=15)
    s.line("不让子 不催棋", 522, 108, 24)
    s.columns(CHESS, 522, 126, width=133, count=2, leading=15)
    s.line("观景台今晚起早熄灯", 40, end + 160, 22)
    s.columns(LANTERN, 40, end + 176, width=141, count=3, leading=15)
    s.frame(522, end + 140, 280, 90)
    s.centred("石门坳柿饼合作社", 522, 280, end + 172, 17)
    s.line("新饼上市 十斤包邮", 560, end + 196, 11)
    s.line("订购电话：6620733", 560, end + 216, 11)
    s.line("责任编辑 罗静 校对 孙文", 40, 1160, 9)
    return s


if __name__ == "__main__":
    PAGE.write_bytes(sheet().pdf())
