"""`survey-app estimate`: a JSON file in, a JSON file or a table out."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from survey_app.cli import main
from survey_app.estimation.design import Design
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
        ('{"cases": ' + "[" * 100_000, "nested too deeply"),
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
        ({"data_file": 3}, "data_file: 3. Give a text"),
        ({"design": None}, "design: missing"),
        ({"options": {"na_rm": "no"}}, "options.na_rm: 'no'. Give true or false"),
        ({"design": DESIGN | {"nest": 1}}, "design.nest: 1. Give true or false"),
        ({"design": DESIGN | {"weights": ["w"]}}, "design.weights: ['w']. Give the name of one column"),
        ({"design": DESIGN | {"replicate": {"scale": "x"}}}, "design.replicate.scale: 'x'. Give a number"),
        (
            {"design": DESIGN | {"replicate": {"degf": 1.5}}},
            "design.replicate.degf: 1.5. Give a whole number",
        ),
        ({"design": DESIGN | {"adjust": [{"type": "rake", "margins": True}]}}, "rake].margins: True"),
        ({"domain": {"variable": "sex", "values": "F"}}, "domain.values: 'F'. Give a list"),
        ({"domain": {"variable": "sex", "values": [None]}}, "domain.values: [None]. Give a list"),
        ({"estimator": "contrast", "contrast": {"w": "x"}}, "contrast: {'w': 'x'}. Give an object"),
        ({"estimator": "quantile", "options": {"p": ["x"]}}, "options.p: ['x']. Give a list"),
        ({"estimator": "quantile", "options": {"p": [float("nan")]}}, "options.p: [nan]. Give a list"),
    ],
)
def test_an_unusable_request_gets_an_error_that_names_the_key(
    folder: Path, changes: dict[str, Any], words: str
) -> None:
    assert words in result(folder, **changes)["error"]


def test_null_is_the_same_as_an_absent_key(folder: Path) -> None:
    design = DESIGN | {"nest": None, "ultimate_cluster": None, "lonely_psu": None, "adjust": None}
    options = {"na_rm": None, "method": None, "level": None, "interval": None}
    nothing = {"domain": None, "by": None, "statistic": None, "level": None}
    assert result(folder, design=design, options=options, **nothing) == result(folder)
    assert result(folder, options=None) == result(folder)


@pytest.mark.parametrize("spelling", ["TRUE", "True", "true"])
def test_true_and_false_choose_rows_however_the_table_spells_them(folder: Path, spelling: str) -> None:
    (folder / "d.csv").write_text(
        f"w,y,f\n1,1,{spelling}\n1,3,{spelling}\n1,8,no\n1,9,no\n", encoding="utf-8"
    )
    domain = {"variable": "f", "values": [True]}
    found = result(folder, design={"weights": "w"}, variables=["y"], domain=domain)
    assert (found["estimate"], found["n"]) == (2.0, 2)
    share = result(folder, design={"weights": "w"}, estimator="ciprop", variables=["f"], level_value=True)
    assert share["estimate"] == 0.5


def test_long_numbers_stay_apart_as_levels(folder: Path) -> None:
    (folder / "d.csv").write_text(
        "w,code\n1,12345678\n1,12345679\n1,12345679\n1,12345679\n", encoding="utf-8"
    )
    found = result(
        folder, design={"weights": "w"}, estimator="ciprop", variables=["code"], level_value=12345679
    )
    assert (found["label"], found["estimate"]) == ("P(code=12345679)", 0.75)


def test_several_variables_in_groups_are_list_wise(folder: Path) -> None:
    (folder / "d.csv").write_text("w,g,a,b\n1,x,1,5\n1,x,2,6\n1,x,9,\n1,y,3,7\n1,y,4,8\n", encoding="utf-8")
    found = result(
        folder,
        design={"weights": "w"},
        estimator="by",
        variables=["a", "b"],
        by=["g"],
        options={"na_rm": True},
    )
    # R survey 4.1-1: svyby(~a+b, ~g, design, svymean, na.rm = TRUE)
    assert [(row["label"], row["estimate"]) for row in found["rows"]] == [
        ("g=x:a", 1.5),
        ("g=y:a", 3.5),
        ("g=x:b", 5.5),
        ("g=y:b", 7.5),
    ]


@pytest.mark.parametrize("includes_adjust", [True, False])
def test_given_degrees_of_freedom_are_those_of_the_adjusted_replicates(
    folder: Path, includes_adjust: bool
) -> None:
    (folder / "r.csv").write_text("a,b,c,d\n0,4,2,3\n4,0,3,2\n3,6,0,2\n3,0,6,3\n", encoding="utf-8")
    replicate = {"weights_file": "r.csv", "scale": 0.5, "degf": 1, "includes_adjust": includes_adjust}
    adjust = [{"type": "trim", "lower": 0.5, "upper": 7}]
    found = result(folder, design={"weights": "w", "replicate": replicate, "adjust": adjust})
    assert (found["df"], found["df_domain"]) == (1, 1)


def test_undefined_numbers_are_null(folder: Path) -> None:
    found = result(folder, domain={"variable": "sex", "values": ["X"]})
    assert (found["estimate"], found["se"], found["n"]) == (None, None, 0)


def test_an_output_that_cannot_be_written_is_refused_before_the_work(folder: Path) -> None:
    ended = run(folder, [request("one")], "--output", str(folder / "nowhere" / "out.json"))
    assert ended.exit_code == 2
    assert "out.json cannot be written (No such file or directory)" in ended.stderr


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


def test_requests_with_one_design_build_it_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[object] = []
    create = Design.create

    def counted(**columns: Any) -> Design:
        built.append(columns)
        return create(**columns)

    monkeypatch.setattr(Design, "create", counted)
    other = DESIGN | {"strata": None}
    cases = [request(str(k), design=design) for k, design in enumerate([DESIGN, DESIGN, other, DESIGN])]
    found = json.loads(run(folder, cases).stdout)["results"]
    assert len(built) == 2
    assert [one["df"] for one in found] == [2, 2, 3, 2]
