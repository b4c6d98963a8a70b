"""What every file of the project keeps to, whoever wrote it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from survey_app.config import Settings
from tests.architecture.house import PACKAGE, ROOT, project_files, text_files

LOCKS = ("requirements.txt", "requirements-dev.txt")
# Put together here, so that this file does not find itself.
ADDRESSES = re.compile(
    "|".join(
        [
            "pypi" + r"\.(?:org|io|python)",
            "python" + r"hosted\.org",
            "(?<!no-emit-)" + "index" + r"-url[ =:]",
            r"https?://[^\s\"'<>)]*(?:" + "devpi|artifactory|nexus3?/|/simple/?[\\s\"'])",
            "registry" + r"\.(?:npmjs|yarnpkg)",
            "find" + "-links",
        ]
    )
)
MACHINE_PATHS = re.compile(r"(?<![\w.\-/<}])/(?:" + "work|root|home/\\w+|Users/\\w+" + r")(?:/|\b(?![\w-]))")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:80]}"
        for path, content in text_files()
        for number, line in enumerate(content.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_there_are_files_to_look_at() -> None:
    names = {path.name for path in project_files()}

    assert {"Makefile", "pyproject.toml", "README.md", *LOCKS} <= names
    assert len(text_files()) > 100


def test_no_file_names_an_index_or_a_registry() -> None:
    assert _found(ADDRESSES) == []


def test_no_file_names_a_path_of_a_machine() -> None:
    assert _found(MACHINE_PATHS) == []


def test_no_file_is_left_unfinished() -> None:
    assert _found(UNFINISHED) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (ADDRESSES, "https://py" + "pi.org/simple"),
        (ADDRESSES, "--index" + "-url https://mirror.example"),
        (ADDRESSES, "https://files.python" + "hosted.org/packages/x"),
        (MACHINE_PATHS, 'open("/ro' + 'ot/.ssh")'),
        (MACHINE_PATHS, "cd /wo" + "rk/main"),
        (MACHINE_PATHS, "see /ho" + "me/lan/survey"),
        (UNFINISHED, "# TO" + "DO: later"),
    ],
)
def test_the_searches_find_what_they_look_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


@pytest.mark.parametrize(
    "line", ["--no-emit-index" + "-url", "https://chinhphu.vn/work/1", "homework/root", "and/or"]
)
def test_the_searches_leave_the_rest_alone(line: str) -> None:
    assert not ADDRESSES.search(line)
    assert not MACHINE_PATHS.search(line)


def test_no_file_is_called_after_nothing() -> None:
    never = {"utils", "util", "common", "helpers", "helper", "core", "misc"}

    assert [
        str(path)
        for path in project_files()
        if path.suffix == ".py" and never & set(path.with_suffix("").parts)
    ] == []


def test_no_secret_and_no_database_is_committed() -> None:
    wrong = re.compile(r"\.(sqlite3?|db|pem|key|env)$|(secret|contact)_key\.txt$|uv\.lock$")

    assert [str(path) for path in project_files() if wrong.search(path.name)] == []


class TestLocks:
    """The locks that `make demo` and `make test` install from."""

    @staticmethod
    def _requirements(name: str) -> dict[str, str]:
        joined = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [
            line.strip() for line in joined.splitlines() if line.strip() and not line.strip().startswith("#")
        ]
        return {re.split(r"[=<>@ \[]", line, maxsplit=1)[0].lower(): line for line in lines}

    @pytest.mark.parametrize("name", LOCKS)
    def test_pin_one_version_with_its_hashes(self, name: str) -> None:
        pinned = re.compile(
            r"[\w.\-]+(\[[\w,]+\])?==[\w.!+]+( ?;[^#]*?)?( --hash=sha256:[0-9a-f]{64})+( *#.*)?"
        )
        requirements = self._requirements(name)

        assert len(requirements) > 20
        wrong = [
            line[:60] for line in requirements.values() if not pinned.fullmatch(re.sub(r"\s+", " ", line))
        ]
        assert wrong == []

    def test_agree_with_each_other(self) -> None:
        runtime, develop = (self._requirements(name) for name in LOCKS)
        versions = {name: line.split("==")[1].split()[0] for name, line in develop.items()}

        assert {
            name: line.split("==")[1].split()[0] for name, line in runtime.items()
        }.items() <= versions.items()

    def test_hold_every_dependency_of_the_project(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras = project["optional-dependencies"]
        runtime, develop = (self._requirements(name) for name in LOCKS)

        def names(specifiers: list[str]) -> set[str]:
            found = (re.split(r"[\[<>=~ ]", one, maxsplit=1)[0] for one in specifiers)
            return {re.sub(r"[-_.]+", "-", name).lower() for name in found}

        assert names(project["dependencies"] + extras["postgres"]) <= set(runtime)
        assert names([one for extra in extras.values() for one in extra]) <= set(develop)


class TestMakefile:
    """`make`."""

    MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

    @pytest.mark.parametrize("target", ["demo", "test", "check", "bench", "simulate"])
    def test_has_a_line_of_help_for_each_target(self, target: str) -> None:
        assert re.search(rf"^{target}:.*  ## \S.+", self.MAKEFILE, re.MULTILINE)

    def test_needs_nothing_but_pip_for_them(self) -> None:
        rules = re.split(r"^(?=[\w$.-][^\n=]*:)", self.MAKEFILE, flags=re.MULTILINE)
        with_uv = [rule.split(":")[0] for rule in rules if re.search(r"\buv\b", rule.split("\n", 1)[-1])]

        assert with_uv == ["lock"]
        assert "--require-hashes -r requirements.txt" in self.MAKEFILE
        assert "--require-hashes -r requirements-dev.txt" in self.MAKEFILE


class TestReadme:
    """README.md."""

    README = (ROOT / "README.md").read_text(encoding="utf-8")

    def test_begins_with_demo_and_test(self) -> None:
        commands = [
            line.split("#")[0].strip()
            for block in re.findall(r"```(?:sh|bash|console)?\n(.*?)```", self.README, re.DOTALL)
            for line in block.splitlines()
            if line.split("#")[0].strip()
        ]

        assert commands[:2] == ["make demo", "make test"]

    def test_names_every_setting(self) -> None:
        assert [
            one.metadata["variable"]
            for one in fields(Settings)
            if one.metadata["variable"] not in self.README
        ] == []

    def test_names_every_room(self) -> None:
        rooms = [path.parent.name for path in PACKAGE.glob("*/__init__.py")]

        assert [room for room in rooms if not re.search(rf"\b{room}\b", self.README)] == []

    def test_leads_to_files_that_exist(self) -> None:
        targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", self.README)

        assert [one for one in targets if not (ROOT / one).exists()] == []

    def test_leads_to_headings_that_exist(self) -> None:
        headings = {_anchor(line) for line in re.findall(r"^#+ (.+)$", self.README, re.MULTILINE)}

        assert [one for one in re.findall(r"\]\(#([^)]+)\)", self.README) if one not in headings] == []


def _anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_ci_runs_check_and_then_test() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()

    assert [line.strip() for line in lines if line.strip().startswith("make ")] == ["make check", "make test"]
    assert lines[-1].strip() == "make test"  # so that pytest's own line is the last one
    assert Path(ROOT / ".ci" / "run").stat().st_mode & 0o111
