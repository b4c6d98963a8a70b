"""`survey-app estimate`: a JSON file in, a JSON file or a table out."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from survey_app.cli import main
from survey_app.estimation.requests.answers.registry import ANSWERS

DESIGN = {"weights": "w", "strata": ["h"], "psu": None, "fpc": None, "lonely_psu": "fail"}
CSV = "h,w,y,sex,u\n1,2,1,F,a\n1,2,3,M,a\n2,3,2,F,b\n2,3,,M,b\n"


def request(name: str, **changes: Any) -> dict[str, Any]:
    case = {"id": name, "data_file": "d.csv", "design": DESIGN, "estimator": "mean", "variables": ["w"]}
    return case | changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "d.csv").write_text(CSV, encoding="utf-8")
    return tmp_path


def run(folder: Path, cases: object, *arguments: str) -> Result:
    text = cases if isinstance(cases, str) else json.dumps({"cases": cases})
    (folder / "requests.json").write_text(text, encoding="utf-8")
    return CliRunner().invoke(
        main, ["estimate", "--requests", str(folder / "requests.json"), "--data", str(folder), *arguments]
    )


def result(folder: Path, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(folder, [request("one", **changes)]).stdout)["results"][0]
    return found


def test_writes_one_result_a_request_in_their_order(folder: Path) -> None:
    run(folder, [request("b"), request("a")], "--output", str(folder / "out.json"))
    found = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in found["results"]] == ["b", "a"]


def test_answers_the_others_when_one_request_fails(folder: Path) -> None:
    ended = run(folder, [request("bad", variables=["nowhere"]), request("good")])
    bad, good = json.loads(ended.stdout)["results"]
    assert "no column 'nowhere'" in bad["error"]
    assert good["estimate"] == 2.6
    assert (ended.exit_code, ended.stderr.split(":")[0]) == (0, "1 of 2 requests could not be answered")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", 'list "cases"'),
        ('{"cases": [1]}', "Request 1"),
        ('{"cases": [{"estimator": "mean"}]}', "Request 1"),
    ],
)
def test_a_malformed_file_ends_with_code_2_and_says_why(folder: Path, text: str, words: str) -> None:
    ended = run(folder, text)
    assert ended.exit_code == 2
    assert words in ended.stderr


@pytest.mark.parametrize("key", ["expected", "rtol", "note", "optional", "zero_variance"])
def test_ignores_what_somebody_expects_of_the_result(folder: Path, key: str) -> None:
    assert "error" not in result(folder, **{key: {"estimate": 1}})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"variable": ["y"]}, "variable: unknown key"),
        ({"options": {"narm": True}}, "options.narm: unknown key"),
        ({"design": DESIGN | {"weight": "w"}}, "design.weight: unknown key"),
        ({"design": DESIGN | {"strata": "h"}}, "design.strata: 'h'. Give a list"),
        ({"design": DESIGN | {"lonely_psu": "guess"}}, "design.lonely_psu: 'guess'. Choose one of"),
        ({"design": DESIGN | {"replicate": {"kind": "JK1"}}}, "design.replicate.kind: unknown key"),
        ({"design": DESIGN | {"replicate": {"type": "JK9"}}}, "JK9"),
        ({"design": DESIGN | {"adjust": [{"type": "poststratify"}]}}, "poststratify].totals: missing"),
        ({"design": DESIGN | {"adjust": [{"type": "guess"}]}}, "type 'guess'"),
        ({"design": DESIGN | {"adjust": [{"type": "rake", "margins": [{}]}]}}, "each margin needs"),
        ({"design": DESIGN | {"weights": "sex"}}, "holds 'F' in row 2, which is no number"),
        ({"design": DESIGN | {"psu": ["u"], "fpc": ["w", "w"]}}, "fpc has 2 columns for 1 stages"),
        ({"design": DESIGN | {"psu": ["sex"]}}, "PSU F lies in the strata 1, 2"),
        ({"design": DESIGN | {"psu": ["u"]}}, "Stratum 1 has only one PSU"),
        ({"design": DESIGN | {"fpc": ["y"]}}, "fpc, stage 1: counts must be positive"),
        ({"estimator": "guess"}, "estimator: 'guess'. Choose one of"),
        ({"variables": ["y"]}, "options.na_rm: column 'y' has missing values (first: row 5)"),
        ({"variables": []}, "variables: missing"),
        ({"level": 95}, "level: 95"),
        ({"domain": {"variable": "sex"}}, 'domain: give both "variable" and "values"'),
        ({"estimator": "quantile"}, "options.p: missing"),
        ({"estimator": "by"}, "by: missing"),
        ({"estimator": "by", "by": ["sex"], "statistic": "mode"}, "statistic: 'mode'"),
        ({"estimator": "by_contrast", "by": ["sex"], "contrast": {"X": 1}}, "contrast: 'X' is none of"),
        ({"estimator": "ciprop", "variables": ["sex"], "level_value": "X"}, "level_value: 'X'"),
        ({"estimator": "ttest"}, "formula: missing"),
        ({"estimator": "ttest", "formula": "y"}, "Write response~group"),
        ({"estimator": "glm", "formula": "w~sex", "options": {"family": "poisson"}}, "options.family"),
        ({"estimator": "nonlinear_contrast", "expression": "w; w"}, "A formula holds names"),
        ({"data_file": "../d.csv"}, "no file '../d.csv'"),
        ({"data_file": 3}, "data_file: missing or no text"),
        ({"design": None}, "design: missing or no object"),
    ],
)
def test_an_unusable_request_gets_an_error_that_names_the_key(
    folder: Path, changes: dict[str, Any], words: str
) -> None:
    assert words in result(folder, **changes)["error"]


def test_undefined_numbers_are_null(folder: Path) -> None:
    found = result(folder, domain={"variable": "sex", "values": ["X"]})
    assert (found["estimate"], found["se"], found["n"]) == (None, None, 0)


def test_a_table_for_people_lists_estimates_and_errors(folder: Path) -> None:
    cases = [request("one"), request("shares", estimator="proportion", variables=["sex"])]
    ended = run(folder, [*cases, request("bad", estimator="x")], "--format", "table")
    assert [line.split()[:3] for line in ended.stdout.splitlines()[2:5]] == [
        ["one", "w", "2.6"],
        ["shares", "sexF", "0.5"],
        ["shares", "sexM", "0.5"],
    ]
    assert "bad: estimator: 'x'." in ended.stdout


def test_needs_neither_settings_nor_a_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_DATABASE_URL", "postgresql://nowhere.invalid/x")
    assert run(folder, [request("one")]).exit_code == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        ("a,a\n1,2\n", "two columns have the same name"),
        ("a,b\n1\n", "line 2 has 1 cells, the header 2"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(folder: Path, content: str, words: str) -> None:
    (folder / "d.csv").write_text(content, encoding="utf-8")
    assert words in result(folder)["error"]


def test_a_table_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "d.csv").write_bytes("h,w\nHuế,1\n".encode("utf-16"))
    assert "no CSV file in UTF-8" in result(folder)["error"]


@pytest.mark.parametrize("estimator", sorted(ANSWERS))
def test_every_estimator_refuses_a_table_without_rows(folder: Path, estimator: str) -> None:
    (folder / "d.csv").write_text("h,w,y,sex,u\n", encoding="utf-8")
    found = result(
        folder, estimator=estimator, by=["sex"], contrast={"w": 1}, expression="w", formula="y~sex",
        level_value="F", options={"p": [0.5]},
    )  # fmt: skip
    assert "has no rows" in found["error"]


@pytest.mark.parametrize("estimator", sorted(ANSWERS))
def test_every_estimator_answers_or_refuses_one_row(folder: Path, estimator: str) -> None:
    (folder / "d.csv").write_text("h,w,y,sex,u\n1,2,3,F,a\n", encoding="utf-8")
    found = result(
        folder, estimator=estimator, by=["sex"], contrast={"w": 1}, expression="w", formula="y~sex",
        level_value="F", options={"p": [0.5]}, design=DESIGN | {"lonely_psu": "certainty"},
    )  # fmt: skip
    assert found.get("error", "computed") == "computed" or "cannot be computed" not in found["error"]
