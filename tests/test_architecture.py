"""The design's table of floors, held against every import, function bodies included."""

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "search_app"

GROUND = {"model", "errors", "filters", "remembered"}
# floor → (own floors it may import, third-party packages it may name)
FLOORS: dict[str, tuple[set[str], set[str]]] = {
    "__init__": (set(), set()),
    "model": (set(), set()),
    "errors": (set(), set()),
    "remembered": ({"model"}, set()),
    "filters": ({"model"}, set()),
    "settings": ({"errors"}, set()),
    "answers": (GROUND, set()),
    "text": (GROUND, set()),
    "articles": (GROUND | {"text"}, {"pypdfium2", "trafilatura", "lxml"}),
    "analysis": (GROUND | {"text"}, {"jieba", "rjieba"}),
    "query": (GROUND | {"text", "analysis"}, set()),
    # An engine sees the tree and nothing else of the query floor.
    "engine": (GROUND | {"text", "analysis", "query.tree", "__init__"}, {"whoosh", "numpy"}),
    "service": (GROUND | {"text", "articles", "analysis", "query", "engine"}, set()),
    "bootstrap": (
        GROUND | {"settings", "text", "articles", "analysis", "query", "engine", "service"},
        set(),
    ),
    "web": (
        GROUND | {"service", "answers"},
        {
            "flask",
            "flask_babel",
            "flask_limiter",
            "gunicorn",
            "limits",
            "prometheus_client",
            "pythonjsonlogger",
            "werkzeug",
            "jinja2",
            "markupsafe",
            "pydantic",
            "pydantic_core",
        },
    ),
    # GROUND: what the service takes and raises.
    "cli": (
        GROUND | {"settings", "bootstrap", "service", "answers", "__init__"},
        {"click", "mcp", "watchfiles"},
    ),
}
# room → the rooms beside it that it may import, its own floor's modules outside of rooms apart
WHOOSH = "engine.whoosh"
ROOMS: dict[str, set[str]] = {
    "engine.reading": set(),
    f"{WHOOSH}.store": {"engine.reading"},
    f"{WHOOSH}.answer": {f"{WHOOSH}.store"},
    f"{WHOOSH}.generations": {f"{WHOOSH}.store", f"{WHOOSH}.answer"},
    f"{WHOOSH}.for_whoosh": {f"{WHOOSH}.store"},
    f"{WHOOSH}.build": {
        "engine.reading",
        f"{WHOOSH}.store",
        f"{WHOOSH}.answer",
        f"{WHOOSH}.generations",
        f"{WHOOSH}.for_whoosh",
    },
    "articles.corpus": {"articles.records", "articles.pages", "articles.pdf"},
    "articles.records": {"articles.pages", "articles.pages.print"},
    "articles.pages": {"articles.pages.print"},
    "articles.pages.print": set(),
    "articles.pdf": {"articles.pages", "articles.pages.print"},
    "web.describing": set(),
    "web.operating": {"web.describing"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))


def floor_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> set[str]:
    """The dotted names a module imports, with the names taken from packages of ours."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            if node.module == "search_app":
                found |= {f"search_app.{alias.name}" for alias in node.names}
            else:
                found.add(node.module)
    return found


def is_allowed(name: str, floor: str) -> bool:
    top, _, rest = name.partition(".")
    own, packages = FLOORS[floor]
    if top == "search_app":
        rest = "__init__" if rest.startswith("__") else rest
        return rest.split(".")[0] == floor or any(f"{rest}.".startswith(f"{o}.") for o in own)
    return top in sys.stdlib_module_names or top in packages


def room_of(name: str) -> str | None:
    """The room that a dotted name of ours lies in, the innermost one; None outside of rooms."""
    holding = [room for room in ROOMS if f"{name}.".startswith(f"{room}.")]
    return max(holding, key=len, default=None)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


IN_ROOMS = [path for path in MODULES if room_of(dotted(path))]


@pytest.mark.parametrize("path", IN_ROOMS, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_rooms_import_downwards_only(path: Path) -> None:
    """A module in a room imports that room, those below it, and what lies outside of rooms."""
    room = room_of(dotted(path))
    assert room is not None
    ours = [n.removeprefix("search_app.") for n in imports(path) if n.startswith("search_app.")]
    reached = {room_of(name) for name in ours}
    assert reached - {None, room} - ROOMS[room] == set()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_never_does(room: str) -> None:
    """The first docstring of a room says what it is in charge of, and its rule."""
    text = (PACKAGE / room.replace(".", "/") / "__init__.py").read_text("utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    assert said.startswith("In charge of")
    assert "never" in said


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down_only(path: Path) -> None:
    """A module imports its own floor, those its floor may see, and named packages."""
    assert [n for n in imports(path) if not is_allowed(n, floor_of(path))] == []


def test_every_floor_is_in_the_table() -> None:
    """No folder or module at the top of the package is without a row."""
    assert {floor_of(p) for p in MODULES} <= set(FLOORS)


def test_jieba_lives_in_one_module() -> None:
    """Only the segmenter imports jieba or rjieba."""
    users = [p.name for p in MODULES if imports(p) & {"jieba", "rjieba"}]
    assert users == ["segmenter.py"]


def test_no_module_is_over_400_lines() -> None:
    """Size is a cost: a module this long wants a room of its own."""
    assert [p.name for p in MODULES if len(p.read_text("utf-8").splitlines()) > 400] == []


def test_every_package_and_module_says_what_it_is_for() -> None:
    """Each begins with a docstring."""
    missing = [p for p in MODULES if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert missing == []
