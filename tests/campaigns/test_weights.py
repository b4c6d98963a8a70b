"""Weight sets: reading their documents, storing them, the command and the staff pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from click.testing import CliRunner, Result

from survey_app.campaigns.models import FrozenWeightSet, WeightSet
from survey_app.campaigns.operations import UnableToAddWeightSet, add_weight_set, delete_draft
from survey_app.campaigns.queries import weight_set, weight_sets
from survey_app.campaigns.rules import (
    Base,
    Blanks,
    Calibrate,
    CalibrationMethod,
    Margin,
    Nonresponse,
    Poststratify,
    Rake,
    Trim,
    UnusableWeightSet,
    is_weight_set_name,
    read_document,
    step_words,
    steps_document,
)
from survey_app.campaigns.schemas import UnusableWeightFile, read_weight_file
from survey_app.cli import main
from tests.staff_client import StaffClient

if TYPE_CHECKING:
    from flask import Flask

    from tests.campaigns.conftest import World

VARIABLES = {"kind": frozenset({"1", "2"}), "stratum": None, "office": frozenset({"province-office"})}
KIND = Margin("kind", {"1": 480.0, "2": 520.0})
STEPS = (
    Base(),
    Nonresponse(Margin("stratum", {"north": 300.0, "south": 280.0})),
    Poststratify(Margin("kind", {"1": 480.0, "2": 520.0}, Blanks.KEEP_SHARE)),
    Rake((KIND, Margin("stratum", {"north": 600.0, "south": 400.0})), 1e-6, 50),
    Calibrate((KIND,), CalibrationMethod.LOGIT, 0.3, 3.0),
    Trim(None, 9.0),
)
FILE = """note: Niên giám 2025
steps:
  - base: design
  - rake:
      margins:
        - {variable: kind, totals: {1: 480, 2: 520}}
      tolerance: 1e-6
"""


class TestDocuments:
    def test_read_again_what_was_written(self):
        document = json.loads(json.dumps({"steps": steps_document(STEPS)}))
        assert read_document(document).steps == STEPS

    def test_begin_with_a_population_as_well(self):
        base = Base(Margin("office", {"province-office": 900.0}))
        assert read_document({"steps": steps_document([base])}, VARIABLES).steps == (base,)

    @pytest.mark.parametrize(
        ("document", "where", "words"),
        [
            ({}, (), "thiếu mục “steps”"),
            ({"steps": []}, ("steps",), "danh sách từ 1 đến"),
            ({"steps": [{"base": "design"}], "nots": "x"}, ("nots",), "không có mục “nots”"),
            ({"steps": [{"base": "design"}], "note": "x" * 501}, ("note",), "ghi chú"),
            ({"steps": ["base"]}, ("steps", 0), "không phải là một bước"),
            ({"steps": [{"trim": {"upper": 2}}]}, ("steps", 0), "bước đầu tiên"),
            ({"steps": [{"base": "design"}, {"trim": {}}]}, ("steps", 1, "trim"), "thiếu giới hạn"),
            (
                {"steps": [{"base": "design"}, {"trim": {"lower": 3, "upper": 2}}]},
                ("steps", 1, "trim"),
                "giới hạn",
            ),
            ({"steps": [{"base": "design"}, {"rake": "sex"}]}, ("steps", 1, "rake"), "thiếu nội dung"),
        ],
    )
    def test_are_refused_at_the_place_of_the_fault(self, document, where, words):
        with pytest.raises(UnusableWeightSet) as refusal:
            read_document(document, VARIABLES)
        found = {fault.where: fault.message for fault in refusal.value.faults}
        assert words in found[where]

    @pytest.mark.parametrize(
        ("margin", "inside", "words"),
        [
            ({"variable": "sex", "totals": {"1": 5}}, ("variable",), "không có biến “sex”"),
            ({"variable": "kind", "totals": {"3": 5}}, ("totals", "3"), "không có mã “3”"),
            ({"variable": "kind", "totals": {"1": "many"}}, ("totals", "1"), "không phải là số"),
            ({"variable": "kind", "totals": {"1": -5}}, ("totals", "1"), "không phải là số"),
            ({"variable": "kind", "totals": {"1": float("nan")}}, ("totals", "1"), "không phải là số"),
            ({"variable": "kind", "totals": {"1": True}}, ("totals", "1"), "không phải là số"),
            ({"variable": "kind", "totals": {"1": 0}}, ("totals",), "bằng 0"),
            ({"variable": "kind", "totals": {}}, ("totals",), "thiếu số người"),
            ({"variable": "kind"}, (), "thiếu mục “totals”"),
            ({"variable": "kind", "totals": {"1": 5}, "blanks": "drop"}, ("blanks",), "giá trị như vậy"),
        ],
    )
    def test_name_the_faulty_part_of_a_margin(self, margin, inside, words):
        with pytest.raises(UnusableWeightSet) as refusal:
            read_document({"steps": [{"base": "design"}, {"poststratify": margin}]}, VARIABLES)
        found = {fault.where: fault.message for fault in refusal.value.faults}
        assert words in found[("steps", 1, "poststratify", *inside)]

    def test_refuse_margins_of_two_populations_and_a_variable_twice(self):
        margins = [
            {"variable": "kind", "totals": {"1": 480, "2": 520}},
            {"variable": "stratum", "totals": {"north": 999}},
            {"variable": "kind", "totals": {"1": 500, "2": 500}},
        ]
        with pytest.raises(UnusableWeightSet) as refusal:
            read_document({"steps": [{"base": "design"}, {"rake": {"margins": margins}}]}, VARIABLES)
        assert [fault.where[-1] for fault in refusal.value.faults] == [1, 2]

    def test_need_bounds_around_one_to_calibrate_and_both_for_logit(self):
        margins = [{"variable": "kind", "totals": {"1": 480, "2": 520}}]
        for more in ({"lower": 1.2, "upper": 3}, {"method": "logit", "lower": 0.5}):
            with pytest.raises(UnusableWeightSet):
                read_document({"steps": [{"base": "design"}, {"calibrate": {"margins": margins} | more}]})

    def test_need_somebody_selected_in_every_class(self):
        step = {"nonresponse": {"variable": "stratum", "sampled": {"north": 0}}}
        with pytest.raises(UnusableWeightSet, match="lớn hơn 0"):
            read_document({"steps": [{"base": "design"}, step]}, VARIABLES)

    def test_say_in_words_what_each_step_does(self):
        sentences = [step_words(step, {"kind": "Giới tính"}.get) for step in STEPS]
        assert len(set(sentences)) == len(STEPS)
        assert "“Giới tính”" in sentences[2]
        assert "giữ nguyên tỷ trọng" in sentences[2]
        assert "Giới hạn trên: 9,00" in sentences[5]


class TestFiles:
    def test_are_yaml_with_a_note_and_steps(self):
        document = read_weight_file(FILE.encode(), "w.yaml", VARIABLES)
        assert document.note == "Niên giám 2025"
        assert document.steps == (Base(), Rake((KIND,), 1e-6))

    def test_name_the_line_of_each_fault(self):
        with pytest.raises(UnusableWeightFile) as refusal:
            read_weight_file(
                FILE.replace("2: 520", "7: 520").replace("1e-6", "soon").encode(), "w.yaml", VARIABLES
            )
        assert [problem.line for problem in refusal.value.problems] == [6, 7]

    @pytest.mark.parametrize(
        "content", [b"", b"  \n", b"- base: design", b"steps: [", b"\xff\xfe", b"steps: &a x"]
    )
    def test_that_are_none_are_refused(self, content):
        with pytest.raises(UnusableWeightFile):
            read_weight_file(content, "w.yaml", VARIABLES)


@pytest.mark.parametrize(
    ("name", "sound"), [("raked", True), ("a", True), ("new", False), ("Ráp", False), ("-a", False)]
)
def test_a_name_is_of_small_letters_digits_and_inner_hyphens(name: str, sound: bool) -> None:
    assert is_weight_set_name(name) is sound


def add(world: World, name: str = "raked", code: str = "pulse") -> None:
    """Store the weight set of `FILE`."""
    document = read_weight_file(FILE.encode(), "w.yaml", VARIABLES)
    world.database.write(
        lambda session: (
            add_weight_set(session, code=code, name=name, document=document, now=world.now) and None
        )
    )


class TestStore:
    def test_keeps_steps_note_and_time(self, world: World) -> None:
        campaign = world.draft()
        add(world)
        with world.database.read() as session:
            found = weight_set(session, campaign.id, "raked")
            assert weight_set(session, campaign.id, "other") is None
        assert found is not None
        assert (found.steps, found.note, found.author) == (
            (Base(), Rake((KIND,), 1e-6)),
            "Niên giám 2025",
            None,
        )

    def test_lists_the_newest_first(self, world: World) -> None:
        campaign = world.draft()
        add(world, "one")
        add(world, "two")
        with world.database.read() as session:
            assert [one.name for one in weight_sets(session, campaign.id)] == ["two", "one"]

    @pytest.mark.parametrize("name", ["raked", "new", "Raked!"])
    def test_refuses_a_name_that_is_taken_or_none(self, world: World, name: str) -> None:
        world.draft()
        add(world)
        with pytest.raises(UnableToAddWeightSet):
            add(world, name)

    def test_never_changes_what_was_stored(self, world: World) -> None:
        world.draft()
        add(world)

        def change(session: Any) -> None:
            session.query(WeightSet).one().note = "other"

        with pytest.raises(FrozenWeightSet):
            world.database.write(change)

    def test_goes_with_a_draft_that_is_deleted(self, world: World) -> None:
        world.draft()
        add(world)
        world.database.write(lambda session: delete_draft(session, code="pulse", now=world.now))
        with world.database.read() as session:
            assert session.query(WeightSet).count() == 0


class TestCommand:
    @pytest.fixture
    def run(self, app: Flask, world: World) -> Iterator[Callable[..., Result]]:
        world.draft()

        def invoke(verb: str, *arguments: str) -> Result:
            words = ["campaigns", "weights", verb, "--campaign", "pulse", *arguments]
            return CliRunner().invoke(main, words, obj={"app": app})

        with time_machine.travel(world.now):
            yield invoke

    def test_adds_lists_and_shows(self, run: Callable[..., Result], tmp_path: Path) -> None:
        (tmp_path / "w.yaml").write_text(FILE, encoding="utf-8")
        assert "--weights raked" in run("add", "--name", "raked", str(tmp_path / "w.yaml")).stdout
        assert run("list").stdout == "raked  2026-11-21  base, rake(kind)\n"
        assert "kind  1: 480, 2: 520" in run("show", "--name", "raked").stdout
        assert json.loads(run("show", "--name", "raked", "--json").stdout)["steps"][0] == {"base": "design"}

    def test_names_file_and_line_of_faults_and_stores_nothing(
        self, run: Callable[..., Result], tmp_path: Path
    ) -> None:
        path = tmp_path / "w.yaml"
        path.write_text(FILE.replace("kind", "sex"), encoding="utf-8")
        failed = run("add", "--name", "raked", str(path))
        assert failed.exit_code == 1
        assert f"{path}:6: " in failed.stderr
        assert run("list", "--json").stdout.strip() == "[]"

    def test_says_where_to_look_for_an_unknown_one(self, run: Callable[..., Result]) -> None:
        failed = run("show", "--name", "none")
        assert failed.exit_code != 0
        assert "weights list" in failed.stderr


class TestPages:
    def test_take_typed_steps_and_show_them(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        answer = manager.post("/campaigns/pulse/weights/new", {"name": "raked", "text": FILE})
        assert answer.location == "/campaigns/pulse/weights/raked"
        page = manager.get(answer.location).get_data(as_text=True)
        assert "Niên giám 2025" in page
        assert "520" in page
        assert "raked" in manager.get("/campaigns/pulse/weights").get_data(as_text=True)

    def test_give_typed_steps_back_with_the_line_of_each_fault(
        self, world: World, manager: StaffClient
    ) -> None:
        world.draft(unit_path="04")
        answer = manager.post(
            "/campaigns/pulse/weights/new", {"name": "raked", "text": FILE.replace("kind", "sex")}
        )
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert '<td class="number">6</td>' in page
        assert "variable: sex" in page

    def test_take_a_file_as_well(self, world: World, manager: StaffClient) -> None:
        from io import BytesIO

        world.draft(unit_path="04")
        answer = manager.post(
            "/campaigns/pulse/weights/new",
            {"name": "raked", "text": "", "file": (BytesIO(FILE.encode()), "w.yaml")},
            content_type="multipart/form-data",
        )
        assert answer.status_code == 303

    def test_refuse_a_taken_name_in_words(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        add(world)
        answer = manager.post("/campaigns/pulse/weights/new", {"name": "raked", "text": FILE})
        assert answer.status_code == 422
        assert "đã có bộ trọng số" in answer.get_data(as_text=True)

    @pytest.mark.parametrize("page", ["", "/new", "/raked"])
    def test_of_another_unit_are_not_there(self, world: World, manager: StaffClient, page: str) -> None:
        world.draft(unit_path="")
        add(world)
        assert manager.get(f"/campaigns/pulse/weights{page}").status_code == 404

    def test_of_an_unknown_weight_set_are_not_there(self, world: World, manager: StaffClient) -> None:
        world.draft(unit_path="04")
        assert manager.get("/campaigns/pulse/weights/none").status_code == 404
