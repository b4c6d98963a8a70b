"""Every room says what it is for, and is furnished like the others."""

from __future__ import annotations

import ast
from importlib import import_module, util

import pytest

from survey_app.factory import ROOMS
from survey_app.foundation.audit import AuditEntry, AuditHead
from survey_app.foundation.database import Base
from survey_app.web.shell import ROOMS_WITH_PAGES
from tests.architecture.house import PACKAGE, ROOT, Module, modules, rooms

NEVER = {"utils", "util", "common", "helpers", "helper", "core", "misc", "shared", "lib", "base"}
# architecture.md, 3: a file that grows past about 300 lines becomes a folder.
ABOUT_300 = 345


def _tables(room: str) -> set[str]:
    if util.find_spec(f"survey_app.{room}.models") is None:
        return set()
    models = import_module(f"survey_app.{room}.models")
    return {
        one.__tablename__
        for one in vars(models).values()
        if isinstance(one, type) and issubclass(one, Base) and one.__module__.startswith(models.__name__)
    } - {None}


@pytest.mark.parametrize("room", rooms())
class TestRoom:
    """One room."""

    def test_names_what_it_is_for_and_its_tables(self, room: str) -> None:
        words = import_module(f"survey_app.{room}").__doc__ or ""

        assert len(words.strip()) > 40
        assert [table for table in _tables(room) if table not in words] == []
        if not _tables(room):
            assert "owns no table" in words.lower()

    def test_holds_no_code_in_its_init(self, room: str) -> None:
        tree = Module(PACKAGE / room / "__init__.py").tree

        assert [type(node).__name__ for node in tree.body] == ["Expr"]
        assert ast.get_docstring(tree)

    def test_has_its_templates_where_the_shell_looks(self, room: str) -> None:
        templates = PACKAGE / room / "templates"

        assert templates.is_dir() == (room in ROOMS_WITH_PAGES)
        if templates.is_dir():
            assert {path.name for path in templates.iterdir()} == {room}


def test_the_factory_knows_every_room_with_tables() -> None:
    assert set(ROOMS) == {room for room in rooms() if _tables(room)}


def test_every_table_belongs_to_one_room() -> None:
    owned = [table for room in rooms() for table in _tables(room)]
    owned += [AuditEntry.__tablename__, AuditHead.__tablename__]  # the log of all rooms is the foundation's

    assert sorted(owned) == sorted(table.name for table in Base.metadata.sorted_tables)


class TestModules:
    """Every file."""

    def test_say_what_they_are_for(self) -> None:
        assert [one.name for one in modules() if len(ast.get_docstring(one.tree) or "") <= 10] == []

    def test_are_not_too_long(self) -> None:
        lines = {one.name: len(one.path.read_text(encoding="utf-8").splitlines()) for one in modules()}

        assert {name: length for name, length in lines.items() if length > ABOUT_300} == {}

    def test_are_called_after_what_they_hold(self) -> None:
        assert [one.name for one in modules() if NEVER & set(one.name.split(".")[1:])] == []

    def test_are_there_to_look_at(self) -> None:
        assert len(modules()) > 500


def test_tests_mirror_the_package() -> None:
    folders = {
        path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and any(path.glob("**/test_*.py"))
    }

    assert set(rooms()) <= folders
    assert not NEVER & folders
