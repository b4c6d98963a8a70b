"""Who may ask whom, beyond what import-linter's contracts say."""

from __future__ import annotations

import ast
import inspect
import tomllib
from importlib import import_module
from typing import Any

from tests.architecture.house import PACKAGE, ROOT, UNFURNISHED, furniture, modules, rooms

ASKABLE = {"operations", "queries", "models", "rules", "guards", "gateway"}
FREE = {"foundation", "web", "estimation"}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]


def _contract(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in CONTRACTS if one["name"] == name)
    return found


def test_only_what_is_meant_for_others_is_asked_of_another_room() -> None:
    wrong = []
    for module in modules():
        for name in module.imports() if module.room else ():
            parts = name.split(".")
            if parts[0] != "survey_app" or len(parts) < 3 or parts[1] in FREE | {module.room, "config"}:
                continue
            if parts[2] not in ASKABLE:
                wrong.append(f"{module.name}: {name}")

    assert wrong == []


def test_a_room_is_imported_by_its_files() -> None:
    """`from survey_app.offices import …` would hide what is asked."""
    wrong = [
        f"{module.name}: {name}"
        for module in modules()
        for name in module.imports()
        if name.startswith("survey_app.")
        and name.split(".")[1] in set(rooms()) - FREE
        and len(name.split(".")) < 4
        if not (PACKAGE / "/".join(name.split(".")[1:3])).with_suffix(".py").exists()
        and not (PACKAGE / "/".join(name.split(".")[1:3])).is_dir()
    ]

    assert wrong == []


def test_a_template_belongs_to_its_room_or_to_the_shell() -> None:
    wrong = []
    for path in PACKAGE.glob("*/templates/**/*.html"):
        room = path.relative_to(PACKAGE).parts[0]
        for part in path.read_text(encoding="utf-8").split("{%")[1:]:
            words = part.replace("-", " ", 1).split()
            if words[0] in ("extends", "include", "import", "from"):
                owner = words[1].strip("\"'").split("/")[0]
                wrong += [] if owner in (room, "web") else [f"{path.name}: {words[1]}"]

    assert wrong == []


class TestContracts:
    """The contracts in pyproject.toml leave no room out."""

    def test_give_every_room_a_floor(self) -> None:
        layers = " ".join(_contract("Rooms stand on floors")["layers"])
        named = {word.strip("()") for word in layers.split() if word != "|"}

        assert set(rooms()) | {"cli", "factory", "config"} <= named
        assert _contract("Rooms stand on floors")["exhaustive"] is True

    def test_order_the_furniture_of_every_room(self) -> None:
        contract = _contract("Furniture stands in the same order in every room")

        assert set(contract["containers"]) == {f"survey_app.{room}" for room in set(rooms()) - UNFURNISHED}
        assert contract["exhaustive"] is True

    def test_keep_web_database_and_vendors_out_of_all_rules(self) -> None:
        contract = _contract("Rules know no web, database or vendor")
        wanted = {f"survey_app.{room}.rules" for room in rooms() if "rules" in furniture(room)}

        assert set(contract["source_modules"]) == wanted | {"survey_app.estimation"}
        assert {"flask", "sqlalchemy", "twilio", "click"} <= set(contract["forbidden_modules"])

    def test_keep_flask_out_of_all_operations_queries_and_models(self) -> None:
        contract = _contract("Operations, queries and models do not know Flask")
        wanted = {
            f"survey_app.{room}.{file}"
            for room in rooms()
            for file in ("operations", "queries", "models")
            if file in furniture(room)
        }

        assert set(contract["source_modules"]) == wanted
        assert {"flask", "flask_wtf", "werkzeug"} <= set(contract["forbidden_modules"])

    def test_keep_numerical_libraries_out_of_all_rooms_but_two(self) -> None:
        contract = _contract("Only estimation and results touch numerical libraries")
        wanted = {f"survey_app.{room}" for room in set(rooms()) - {"estimation", "results"}}

        assert wanted <= set(contract["source_modules"])

    def test_keep_twilio_where_no_contract_exempts_it(self) -> None:
        contract = _contract("Twilio is touched in messaging.gateway only")
        exempt = contract.get("ignore_imports", [])

        assert contract["source_modules"] == ["survey_app"]
        assert all(one.startswith("survey_app.messaging.gateway.") for one in exempt)


class TestPlaces:
    """What may happen in one file only."""

    @staticmethod
    def _elsewhere(calls: set[str], allowed: set[str]) -> list[str]:
        return [
            f"{module.name}:{line} {call}()"
            for module in modules()
            if module.name not in allowed
            for call, line in module.calls()
            if call in calls or call.split(".")[-1] in {one[2:] for one in calls if one.startswith("*.")}
        ]

    def test_transactions_begin_and_end_in_the_foundation(self) -> None:
        calls = {"*.commit", "*.rollback", "*.begin", "*.begin_nested", "*.begin_twophase"}

        assert (
            self._elsewhere(calls, {"survey_app.foundation.database", "survey_app.foundation.migrations"})
            == []
        )

    def test_the_clock_is_asked_in_one_file(self) -> None:
        calls = {
            "*.utcnow",
            "*.today",
            "datetime.now",
            "datetime.datetime.now",
            "dt.datetime.now",
            "time.time",
        }
        calls |= {"time.time_ns", "time.localtime", "time.gmtime", "time.strftime", "time.ctime"}

        assert self._elsewhere(calls, {"survey_app.foundation.clock"}) == []

    def test_drivers_and_dialects_are_touched_in_one_file(self) -> None:
        names = ("sqlite3", "psycopg", "sqlalchemy.dialects")
        wrong = [
            f"{module.name}: {name}"
            for module in modules()
            if module.name != "survey_app.foundation.database"
            for name in module.imports()
            if name.startswith(names)
        ]

        assert wrong == []

    def test_the_environment_is_read_at_the_top(self) -> None:
        allowed = {
            "survey_app.cli",
            "survey_app.factory",
            "survey_app.foundation.commands",
            "survey_app.config",
        }
        wrong = [
            f"{module.name}:{node.lineno}"
            for module in modules()
            if module.name not in allowed
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv")
        ]

        assert wrong == []


def _operations() -> list[tuple[str, Any]]:
    found = []
    for room in sorted(set(rooms()) - UNFURNISHED):
        if "operations" in furniture(room):
            module = import_module(f"survey_app.{room}.operations")
            found += [
                (f"{room}.{name}", one)
                for name, one in vars(module).items()
                if inspect.isfunction(one)
                and one.__module__.startswith(module.__name__)
                and not name.startswith("_")
            ]
    return found


def _flaws(operation: Any) -> list[str]:
    first, *others = inspect.signature(operation).parameters.values()
    flaws = [] if first.name == "session" else ["takes no session first"]
    flaws += [
        f"{one.name} has no keyword" for one in others if one.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    return flaws if operation.__doc__ else [*flaws, "does not say what it does"]


def test_an_operation_takes_a_session_and_words_with_names() -> None:
    found = {name: _flaws(operation) for name, operation in _operations()}

    assert {name: flaws for name, flaws in found.items() if flaws} == {}


def test_there_are_operations_to_look_at() -> None:
    assert len(_operations()) >= 10
