"""A corpus of about two thousand articles that every run makes the same, and an edit of it.

Records are put together from sentences of the sample newspaper; pages come from the simulator.
"""

import csv
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from random import Random

from articles.simulator.page import simulated
from articles.simulator.settings import mixed
from articles.simulator.texts import Text, invented
from same.pins import SAMPLE

Record = dict[str, object]

_TEXTS = invented()
_SENTENCES = re.findall(r"[^。\n]+。”?", "\n".join(p for t in _TEXTS for p in t.paragraphs))
_NEWSPAPERS = ("澜州日报", "澜州晚报", "临泽日报", "渡口周刊", "青垣报")
_PEOPLE = ("周岚", "王小满", "许立群", "龚琳", "罗静", "孙文", "欧阳青山", "柏青松", "容大川")
_AGENCIES = ("新华社", "中新社", "美联社")
_PLACES = ("北京", "青垣", "禾陵", "檳城", "上海")
_SECTIONS = ("要闻", "社会", "县区", "副刊", "评论", "体育")
_FIGURES = (
    "全年GDP增长{n}.5%。",
    "到场的有{n}人。",
    "５Ｇ基站建了{n}座。",
    "COVID-19疫苗接种{n}剂。",
    "理查德·凯利说，他走了{n}里路。",
    "統一指揮，責任到人，共{n}處隱患。",
    "第{n}期见2024年3月号。",
    "二十四小时值班，电话662{n}。",
)
_COLUMNS = ("id", "title", "body", "date", "newspaper", "page_no", "section", "authors", "place")
FIRST_NEW = 1_500


def record(number: int) -> Record:
    """The article with a number; every ninth says what the one four before it says."""
    random = Random(f"record {number}")
    if number % 9 == 8:
        return _reprint(number, random)
    text = random.choice(_TEXTS)
    sentences = random.choices(_SENTENCES, k=random.randint(2, 9))
    if random.random() < 0.4:
        sentences.append(random.choice(_FIGURES).format(n=random.randint(1, 99)))
    random.shuffle(sentences)
    cut = random.randint(1, len(sentences))
    paragraphs = ["".join(sentences[:cut]), "".join(sentences[cut:])]
    made: Record = {"body": "\n".join(filter(None, paragraphs)), **_place(random)}
    if random.random() < 0.75:
        made["id"] = f"s{number:04}"
    if random.random() < 0.9:
        made["title"] = text.title if random.random() < 0.5 else _clause(random)
    if random.random() < 0.2:
        made["kicker"] = _clause(random)
    if random.random() < 0.2:
        made["subtitle"] = _clause(random)
    if random.random() < 0.6:
        made["authors"] = random.sample(_PEOPLE, random.randint(1, 2))
    if random.random() < 0.15:
        made["agency"] = random.choice(_AGENCIES)
    if random.random() < 0.1:
        made["url"] = f"https://paper.example/{number}"
    return made


def _reprint(number: int, random: Random) -> Record:
    """Another paper's print of an article, mostly with a sentence more."""
    of = record(number - 4)
    body = str(of["body"])
    if random.random() < 0.7:
        body += random.choice(_SENTENCES)
    made = of | {"id": f"r{number:04}", "body": body} | _place(random)
    if random.random() < 0.3:
        made["title"] = _clause(random)
    return made


def _place(random: Random) -> Record:
    year, month, day = random.randint(1949, 2025), random.randint(1, 12), random.randint(1, 28)
    dates = [f"{year}-{month:02}-{day:02}"] * 6 + [f"{year}-{month:02}", f"{year}"]
    found: Record = {"newspaper": random.choice(_NEWSPAPERS), "date": random.choice(dates)}
    found["page_no"] = f"{random.choice('AB')}{random.randint(1, 8):02}"
    if random.random() < 0.5:
        found["section"] = random.choice(_SECTIONS)
    if random.random() < 0.25:
        found["place"] = random.choice(_PLACES)
    if random.random() < 0.05:
        del found["date"]
    return found


def _clause(random: Random) -> str:
    clauses = [c for c in re.split("[，。；：“”]", random.choice(_SENTENCES)) if len(c) > 4]
    return random.choice(clauses) if clauses else "无题短讯"


def page(seed: int, texts: Sequence[Text] = tuple(_TEXTS)) -> str:
    """The text of a simulated page."""
    return simulated(seed, texts, mixed(seed)).text


def write_issue(folder: Path, newspaper: str, date: str, seeds: Iterable[int]) -> None:
    """Pages of one day, A01 and so on."""
    issue = folder / newspaper / date
    issue.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds, 1):
        (issue / f"A{number:02}.txt").write_text(page(seed), encoding="utf-8")


def write_first(folder: Path) -> None:
    """The sample newspaper, records in three formats, and 25 issues of four pages."""
    shutil.copytree(SAMPLE, folder)
    _write_lines(folder / "a.jsonl", map(record, range(900)))
    _write_table(folder / "b.csv", map(record, range(900, 1_100)))
    array = json.dumps([record(n) for n in range(1_100, 1_200)], ensure_ascii=False, indent=1)
    (folder / "c.json").write_text(array, encoding="utf-8")
    _write_lines(folder / "d.jsonl", map(record, range(1_200, FIRST_NEW)))
    for n in range(25):
        seeds = range(9_000 + 4 * n, 9_004 + 4 * n)
        write_issue(folder, "模拟日报", f"{1996 + n}-{1 + n % 12:02}-{1 + n:02}", seeds)


def edit(folder: Path) -> None:
    """Some articles change, go, come, are withdrawn, and one page is cut anew."""
    kept = []
    for number in range(900):
        made = record(number)
        if number % 89 == 7:
            continue
        if number % 97 == 5:
            made["body"] = f"更正后的一篇。{made['body']}"
        kept.append(made)
    _write_lines(folder / "a.jsonl", kept)
    _write_lines(folder / "d.jsonl", map(record, range(1_200, FIRST_NEW + 50)))
    write_issue(folder, "模拟日报", "2024-05-06", range(9_500, 9_504))
    shutil.rmtree(folder / "模拟日报" / "1997-02-02")
    pages = folder / "模拟日报" / "2000-05-05"
    text = (pages / "A02.txt").read_text(encoding="utf-8")
    (pages / "A02.txt").write_text(f"今天要闻\n{text}\n渡轮改停新桥下。", encoding="utf-8")
    shutil.rmtree(folder / "评论")
    (folder / "withdrawn.txt").write_text("s0011\t法院裁定\ns0023\t作者要求\n", encoding="utf-8")


def _write_lines(path: Path, records: Iterable[Record]) -> None:
    lines = [json.dumps(made, ensure_ascii=False) + "\n" for made in records]
    path.write_text("".join(lines), encoding="utf-8")


def _write_table(path: Path, records: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(_COLUMNS)
        for made in records:
            row = dict(made)
            row["authors"] = "、".join(made.get("authors", ()))
            table.writerow([row.get(column, "") for column in _COLUMNS])
