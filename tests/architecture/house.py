"""The source code and the files of the project, as the architecture tests read them."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "survey_app"
# Rooms whose files are named by what they hold; demo builds a sample from the top of the house.
UNFURNISHED = {"foundation", "estimation", "web", "demo"}
GENERATED = re.compile(
    r"(^|/)(\.git|\.venv|instance|__pycache__|\.hypothesis|dist|build|\.\w+_cache|[^/]+\.egg-info)/"
    r"|^benchmarks/results/|^screenshots/|\.pyc$|^uv\.lock$"
)


@dataclass(frozen=True)
class Module:
    """One Python file of the package."""

    path: Path

    @property
    def name(self) -> str:
        """Its import name."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def room(self) -> str | None:
        """The room it stands in; None for cli, factory and config."""
        parts = self.path.relative_to(PACKAGE).parts
        return parts[0] if len(parts) > 1 else None

    @property
    def tree(self) -> ast.Module:
        """Its syntax."""
        return _parse(self.path)

    def imports(self) -> Iterator[str]:
        """Every module or name it imports, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)

    def calls(self) -> Iterator[tuple[str, int]]:
        """Every call as dotted words (as far as they are names) with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func), node.lineno


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def modules() -> list[Module]:
    """All modules of the package."""
    return [Module(path) for path in sorted(PACKAGE.rglob("*.py"))]


def rooms() -> list[str]:
    """All rooms."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def furniture(room: str) -> set[str]:
    """The files (or folders) of a room, such as `operations`."""
    names = {path.stem for path in (PACKAGE / room).glob("*.py")}
    folders = {path.parent.name for path in (PACKAGE / room).glob("*/__init__.py")}
    return (names | folders) - {"__init__"}


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or would be, committed; without git every file that nothing generates."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.check_output(command, stderr=subprocess.DEVNULL).decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        found = (path for path in ROOT.rglob("*") if not GENERATED.search(path.relative_to(ROOT).as_posix()))
        return tuple(path for path in found if path.is_file())
    return tuple(path for name in listed if name and (path := ROOT / name).is_file())


@cache
def text_files() -> tuple[tuple[Path, str], ...]:
    """Every file of the project that is text, with the text."""
    found = []
    for path in project_files():
        try:
            found.append((path.relative_to(ROOT), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return tuple(found)
