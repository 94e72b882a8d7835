"""Makers of bad inputs: what `bad_inputs.tsv` names, as real files in the folder of a test.

Most are one file beside a good one, in FILES. Others are functions of MAKERS that get the world
they happen in and may return the command to run; without one it is a rebuild.
"""

import contextlib
import fcntl
import gzip
import hashlib
import io
import json
import os
import resource
import signal
import stat
import subprocess
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from articles.pdf_maker import Sheet
from reportlab.lib.pdfencrypt import StandardEncryption
from served import SEARCH_APP, environment

from search_app.engine.whoosh.generations import generations

GOOD = '{"id": "good", "body": "江面平静，渡轮准点。"}\n'
BODY = '{"body": "江面起雾。"}\n'
REBUILD = ("rebuild", "--corpus", "c", "--index", "i", "--jobs", "1")


class Outcome(NamedTuple):
    """How a command ended, what it said, whether another generation is live now."""

    code: int
    said: str
    published: bool = False


class World(NamedTuple):
    """The folder a test runs in; `run` gives a command, `stack` undoes things after it."""

    run: Callable[..., Outcome]
    stack: contextlib.ExitStack

    def write(self, name: str, content: str | bytes) -> Path:
        """Writes a file, below the corpus unless its path says otherwise."""
        path = Path("c") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def built(self, articles: int = 1) -> Path:
        """The folder of a generation that is live before the command runs."""
        lines = (f'{{"id": "a{n}", "body": "第{n}班渡轮。"}}\n' for n in range(articles))
        self.write("a.jsonl", "".join(lines))
        assert self.run(*REBUILD).code == 0
        return Path("i") / Path("i/CURRENT").read_text().split()[0]


Command = tuple[object, ...] | Outcome | None
Maker = Callable[[World], Command]
MAKERS: dict[str, Maker] = {}


def maker(function: Maker) -> Maker:
    """Puts a function into the table, under its name."""
    MAKERS[function.__name__] = function
    return function


def record(**fields: object) -> str:
    return json.dumps({"id": "x", "title": "题", "body": "文"} | fields, ensure_ascii=False) + "\n"


def zipped(name: str | zipfile.ZipInfo, content: str | bytes = BODY, flags: int = 0) -> bytes:
    """A zip with a member; flags are written into its directory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    data = bytearray(buffer.getvalue())
    data[data.index(b"PK\1\2") + 8] |= flags
    return bytes(data)


def special(name: str, mode: int) -> bytes:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return zipped(info, "/etc/passwd")


def with_another_checksum(packed: bytes) -> bytes:
    data = bytearray(packed)
    data[data.index(b"PK\1\2") + 16] ^= 1
    return bytes(data)


def pdf(*pages: str, **options: object) -> bytes:
    """A PDF with a line of text on each page, or none."""
    sheet = Sheet(**options)
    for text in pages:
        sheet.line(text, 40, 40, 10)
        sheet.end_page()
    return sheet.pdf()


FILES: dict[str, tuple[str, str | bytes]] = {
    "gbk": ("a.jsonl", '{"body": "a"}\n{"body": "国标"}\n'.encode("gb18030")),
    "utf16_without_mark": ("a.jsonl", BODY.encode("utf-16-le")),
    "utf16_with_mark": ("a.jsonl", BODY.encode("utf-16")),
    "bom_crlf_nul": ("a.jsonl", b"\xef\xbb\xbf" + record(body="江\x00面").encode()[:-1] + b"\r\n"),
    "nul_in_page": ("a.txt", "江面平静，渡轮准点，\x00码头上的灯一直亮着，没有灭过。\n"),
    "lone_surrogate": ("a.jsonl", '{"id": "x", "body": "半\\ud800个"}\n'),
    "control_characters": ("a.jsonl", '{"id": "x", "body": "江\\u0007面\\u001b[1m平静"}\n'),
    "duplicate_id": ("a.jsonl", record() + "\n" + record(body="另一篇")),
    "same_text_other_id": ("a.jsonl", record() + record(id="y")),
    "no_body": ("a.jsonl", '{"title": "题"}\n'),
    "blank_body": ("a.jsonl", record(body=" \u3000\u200b")),
    "html_entities": (
        "a.html",
        '<!DOCTYPE html [<!ENTITY x "lol"><!ENTITY y "&x;&x;">]><p>江面平静。&y;</p>',
    ),
    "html_external_entity": (
        "a.html",
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>江面平静。&x;</p>',
    ),
    "no_pdf": ("a.pdf", "江面平静。\n"),
    "long_title": ("a.jsonl", record(title="题" * 1_000_001)),
    "wrong_id": ("a.jsonl", record(id=7)),
    "long_id": ("a.jsonl", record(id="x" * 129)),
    "wrong_title": ("a.jsonl", record(title=["题"])),
    "wrong_body": ("a.jsonl", record(body={"p": "文"})),
    "wrong_authors": ("a.jsonl", record(authors=[1])),
    "impossible_date": ("a.jsonl", record(date="2021-02-30")),
    "only_a_body": ("a.jsonl", BODY),
    "truncated_line": ("a.jsonl", record() + record(id="y")[:-9]),
    "truncated_array": ("a.json", "[" + record() + "," + record(id="y")[:-9]),
    "depth_bomb": ("a.jsonl", "[" * 100_000 + "\n"),
    "depth_bomb_in_array": ("a.json", f'[\n{{"id": {"[" * 100_000}\n{BODY}]'),
    "huge_integer": ("a.jsonl", f'{{"id": {"1" * 5000}, "body": "文"}}\n'),
    "nan": ("a.jsonl", '{"id": "x", "body": "文", "page_no": NaN}\n'),
    "no_object": ("a.jsonl", "[1, 2]\n"),
    "uneven_columns": ("a.csv", "标题,正文\n题,文\n题\n题,又一篇\n"),
    "unclosed_quote": ("a.csv", '标题,正文\n题,"文\n题,又一篇\n'),
    "giant_field": ("a.csv", f"标题,正文\n题,{'文' * 1_000_001}\n题,又一篇\n"),
    "no_text_column": ("a.csv", "标题,作者\n题,周岚\n"),
    "no_punctuation": ("a.jsonl", record(body="统一指挥渡轮江面会议" * 20_000)),
    "fifty_megabytes": ("a.jsonl", record(body="a" * 50_000_000)),
    "gzip_bomb": ("a.jsonl.gz", gzip.compress(b" " * 50_000_000, 9)),
    "zip_bomb": ("a.zip", zipped("a.jsonl", b" " * 50_000_000)),
    "truncated_gzip": ("a.jsonl.gz", gzip.compress(os.urandom(999))[:-20]),
    "two_members_gzip": ("a.jsonl.gz", gzip.compress(record().encode()) + gzip.compress(b"\n")),
    "truncated_zip": ("a.zip", zipped("a.jsonl")[:-30]),
    "wrong_checksum_zip": ("a.zip", with_another_checksum(zipped("a.jsonl"))),
    "zip_parent": ("a.zip", zipped("../x.jsonl")),
    "zip_absolute": ("a.zip", zipped("/etc/x.jsonl")),
    "nested_withdrawn": ("日报/withdrawn.txt", "good 法院裁定\n"),
    "zip_link": ("a.zip", special("a.jsonl", stat.S_IFLNK | 0o777)),
    "zip_device": ("a.zip", special("a.jsonl", stat.S_IFCHR | 0o666)),
    "zip_encrypted": ("a.zip", zipped("a.jsonl", flags=1)),
    "zip_in_zip": ("a.zip", zipped("b.zip", zipped("a.jsonl"))),
    "newline_in_name": ("a\nc:good.jsonl:1: forged.jsonl", "{}\n"),
}


@maker
def empty_file(world: World) -> Command:
    world.write("good.jsonl", "")
    return None


@maker
def empty_file_allowed(world: World) -> Command:
    world.write("good.jsonl", "")
    return (*REBUILD, "--allow-empty")


@maker
def shrunken(world: World) -> Command:
    world.built(9)
    Path("c/a.jsonl").unlink()
    return None


@maker
def gbk_named(world: World) -> Command:
    world.write("a.jsonl", record(body="国标").encode("gb18030"))
    world.write("good.jsonl", '{"body": "ASCII"}')
    return (*REBUILD, "--encoding", "gb18030")


@maker
def big5_in_config(world: World) -> Command:
    world.write("b/a.jsonl", record(title="題", body="國語").encode("big5"))
    world.write("corpus.toml", '[[source]]\nfolder = "b"\nencoding = "big5"\n')
    return None


@maker
def unknown_encoding(world: World) -> Command:
    return (*REBUILD, "--encoding", "nosuch")


@maker
def symlink_loop(world: World) -> Command:
    Path("c/a.jsonl").symlink_to("a.jsonl")
    return None


@maker
def folder_loop(world: World) -> Command:
    Path("c/a").symlink_to(".")
    return None


@maker
def pipe(world: World) -> Command:
    os.mkfifo("c/a.jsonl")
    return None


@maker
def dev_zero(world: World) -> Command:
    Path("c/a.txt").symlink_to("/dev/zero")
    return None


@maker
def dev_zero_alone(world: World) -> Command:
    return ("extract", "/dev/zero")


@maker
def folder_named_like_a_file(world: World) -> Command:
    Path("c/a.jsonl").mkdir()
    return None


@maker
def unreadable(world: World) -> Command:
    """A file whose rights refuse it, for whomever runs the tests."""
    world.write("a.jsonl", record())
    opened = os.open

    def refuse(path: object, *arguments: object, **more: object) -> int:
        if path == "c/a.jsonl":
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *arguments, **more)  # type: ignore[arg-type]

    os.open = refuse  # type: ignore[assignment]
    world.stack.callback(setattr, os, "open", opened)
    return None


@maker
def byte_in_name(world: World) -> Command:
    Path(os.fsdecode(b"c/\xff.jsonl")).write_text("{}\n")
    return None


@maker
def xml(world: World) -> Command:
    entities = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    return ("extract", world.write("a.xml", entities))


@maker
def xml_in_the_corpus(world: World) -> Command:
    world.write("a.xml", '<!DOCTYPE a [<!ENTITY x "&y;&y;"><!ENTITY y "lol">]><a>&x;</a>')
    return None


@maker
def encrypted_pdf(world: World) -> Command:
    locked = StandardEncryption("secret")
    world.write("a.pdf", pdf("江面平静。", encrypt=locked))
    return None


@maker
def pdf_cut_off(world: World) -> Command:
    world.write("a.pdf", pdf("江面平静。")[:300])
    return None


@maker
def pdf_without_text(world: World) -> Command:
    world.write("a.pdf", pdf(""))
    return None


@maker
def pdf_page_without_text(world: World) -> Command:
    world.write("a.pdf", pdf("江面平静。", ""))
    return None


@maker
def address(world: World) -> Command:
    return ("rebuild", "--corpus", "https://example.org/a.jsonl", "--index", "i")


@maker
def second_rebuild(world: World) -> Command:
    world.built()
    lock = os.open("i/writer.lock", os.O_RDWR | os.O_TRUNC)
    world.stack.callback(os.close, lock)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.write(lock, b"4711")
    return None


def interrupted(sent: signal.Signals) -> Outcome:
    """A rebuild that gets a signal while it builds; nothing of it is left."""
    lines = (record(id=f"a{n}", body="江面平静，渡轮准点。" * 50) for n in range(3000))
    Path("c/a.jsonl").write_text("".join(lines), encoding="utf-8")
    process = subprocess.Popen(
        [SEARCH_APP, *REBUILD],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        # In the background of a shell interrupts are ignored, and so they would be here.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not Path("i/.building").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(sent)
    said = process.communicate(timeout=30)[1]
    return Outcome(process.returncode, said, os.listdir("i") != ["writer.lock"])


@maker
def sigint(world: World) -> Command:
    return interrupted(signal.SIGINT)


@maker
def sigterm(world: World) -> Command:
    return interrupted(signal.SIGTERM)


@maker
def sigpipe(world: World) -> Command:
    """Whoever reads has enough after a line of many."""
    world.write("a.jsonl", "".join(record(id=f"a{n}") for n in range(9000)))
    process = subprocess.Popen(
        [SEARCH_APP, "extract", "--json", "c"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    with process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
    return Outcome(process.returncode, said)


@maker
def disk_full(world: World) -> Command:
    """No file may grow past what a small one needs."""
    world.built()
    world.write("a.jsonl", "".join(record(id=f"a{n}", body="江面" * n) for n in range(500)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    world.stack.callback(resource.setrlimit, resource.RLIMIT_FSIZE, (soft, hard))
    return None


@maker
def index_below_a_file(world: World) -> Command:
    world.write("../x", "a file")
    return ("rebuild", "--corpus", "c", "--index", "x/i", "--jobs", "1")


@maker
def index_in_corpus(world: World) -> Command:
    return ("rebuild", "--corpus", "c", "--index", "c/i")


@maker
def index_is_corpus(world: World) -> Command:
    return ("rebuild", "--corpus", "c", "--index", "c")


@maker
def index_is_root(world: World) -> Command:
    return ("rebuild", "--corpus", "c", "--index", "/")


@maker
def index_is_foreign(world: World) -> Command:
    Path("i").mkdir()
    Path("i/thesis.doc").touch()
    return None


def changed_manifest(world: World, change: Callable[[dict[str, Any]], object]) -> None:
    """Makes the live generation one that says other things of itself, and vouches for them."""
    path = world.built() / "manifest.json"
    manifest = json.loads(path.read_bytes())
    change(manifest)
    path.chmod(0o600)
    path.write_text(json.dumps(manifest))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    Path("i/CURRENT").unlink()
    Path("i/CURRENT").write_text(f"{path.parent.name} sha256:{digest}\n")


@maker
def another_version(world: World) -> Command:
    changed_manifest(world, lambda manifest: manifest.update(format=99))
    return ("update", "--corpus", "c", "--index", "i")


@maker
def another_dictionary(world: World) -> Command:
    changed_manifest(world, lambda m: m["fingerprint"].update(dictionary="jieba 0.1"))
    return ("status", "--index", "i")


@maker
def own_words_since(world: World) -> Command:
    world.built()
    Path("words").mkdir()
    Path("words/user_dict.txt").write_text("渡轮准点 9\n", encoding="utf-8")
    return ("update", *REBUILD[1:], "--dictionaries", "words")


@maker
def manifest_missing(world: World) -> Command:
    (world.built() / "manifest.json").unlink()
    return ("verify", "--index", "i")


@maker
def manifest_altered(world: World) -> Command:
    path = world.built() / "manifest.json"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b" ")
    return ("verify", "--index", "i")


def damaged(world: World, change: Callable[[Path], object]) -> Command:
    path = world.built() / "base.id"
    path.chmod(0o600)
    change(path)
    return ("verify", "--index", "i")


@maker
def index_file_missing(world: World) -> Command:
    return damaged(world, lambda path: path.unlink())


@maker
def index_file_cut_off(world: World) -> Command:
    return damaged(world, lambda path: path.write_bytes(path.read_bytes()[:-1]))


@maker
def index_file_altered(world: World) -> Command:
    return damaged(world, lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\xff"))


@maker
def terminal_escapes(world: World) -> Command:
    world.write("a.jsonl", record(title="红\x1b[31m字\u202e倒"))
    assert world.run(*REBUILD).code == 0
    return ("show", "x", "--index", "i")


@maker
def clock_goes_back(world: World) -> Command:
    world.built()

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "datetime":
            return datetime(2001, 1, 1, tzinfo=UTC)

    now = generations.datetime
    generations.datetime = Earlier  # type: ignore[misc]
    world.stack.callback(setattr, generations, "datetime", now)
    return None
