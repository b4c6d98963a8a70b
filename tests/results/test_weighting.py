"""A drawn sample and its weight sets, from stored rows to a computed run, on both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from survey_app.campaigns.operations import add_weight_set
from survey_app.campaigns.rules import read_document
from survey_app.estimation import design as engine_design
from survey_app.estimation.composite import composite_index
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import contrast
from survey_app.estimation.means import kish, mean
from survey_app.estimation.weighting.raking import Margin, rake
from survey_app.foundation.languages import use_language
from survey_app.responses.models import Response, ResponseDesign
from survey_app.results.queries import figures
from survey_app.results.queries.figures import UnableToCompute, try_weights
from survey_app.results.rules import lonely
from survey_app.results.rules.designs import Drawn, protected
from survey_app.results.rules.disclosure import suppress

STRATA, UNITS, PEOPLE, OFFICES = 4, 6, 8, 3
CONTENTS = {"gate": {"1": 620.0, "2": 580.0}, "q4": {str(code): 240.0 for code in range(1, 6)}}
RAKED: dict[str, Any] = {
    "steps": [
        {"base": "design"},
        {"rake": {"margins": [{"variable": name, "totals": totals} for name, totals in CONTENTS.items()]}},
    ]
}


@dataclass(frozen=True)
class Sample:
    """A two-stage sample as columns: strata, units, weights, offices and codes of q1, q2, q3, gate, q4."""

    strata: Sequence[str]
    units: Sequence[str]
    weights: np.ndarray
    offices: np.ndarray
    codes: np.ndarray

    def design(self) -> Design:
        """The design as the engine takes it."""
        return Design.create(
            weights=self.weights,
            strata=np.array(self.strata),
            psus=np.array(self.units),
            fpc=np.full(len(self.units), 60.0),
        )

    def scores(self) -> np.ndarray:
        """Satisfied or not on q1, q2, q3, q4; NaN without an answer."""
        criteria = self.codes[:, [0, 1, 2, 4]]
        return np.where(criteria > 0, (criteria >= 4).astype(float), np.nan)


def drawn(seed: int = 7, *, offices: int = OFFICES) -> Sample:
    """Four strata of six units of eight people; satisfaction differs by unit, weights by stratum."""
    rng = np.random.default_rng(seed)
    rows = [(s, u) for s in range(STRATA) for u in range(UNITS) for _ in range(PEOPLE)]
    level = {unit: rng.normal(3.9, 0.4) for unit in {(s, u) for s, u in rows}}
    codes = np.array(
        [
            [
                *np.clip(rng.normal(level[row], 1, 3).round(), 1, 5),
                1 + (rng.random() < 0.5),
                rng.integers(1, 6),
            ]
            for row in rows
        ]
    ).astype(int)
    codes[rng.random(len(rows)) < 0.05, 1] = 0
    return Sample(
        strata=[f"S{s}" for s, _ in rows],
        units=[f"S{s}-U{u}" for s, u in rows],
        weights=np.array([4.0 + 2 * s for s, _ in rows]),
        offices=np.array([(s * UNITS + u) % offices for s, u in rows]),
        codes=codes,
    )


def store(survey: Any, sample: Sample, **changed: Sequence[Any]) -> None:
    """Store a sample as the import would; `changed` replaces columns of the design."""
    rows = [
        {
            "campaign_id": survey.campaign.id,
            "questionnaire_version_id": survey.campaign.questionnaire_version_id,
            "office_id": survey.offices[office],
            "service_point_id": None,
            "channel": "interview",
            "instrument": "import",
            "language": "vi",
            "received_hour": datetime(2026, 11, 21, 2, tzinfo=UTC),
            "flags": "",
            "answers": {},
            "codes": bytes(int(code) & 0xFF for code in codes),
        }
        for office, codes in zip(sample.offices, sample.codes, strict=True)
    ]
    size = len(rows)
    columns: dict[str, Sequence[Any]] = {
        "stratum": sample.strata,
        "psu1": sample.units,
        "fpc1": [60] * size,
        "weight": sample.weights.tolist(),
        **changed,
    }

    def write(session: Any) -> None:
        ids = list(
            session.scalars(insert(Response).returning(Response.id, sort_by_parameter_order=True), rows)
        )
        designs = [
            {"response_id": ids[at]} | {name: column[at] for name, column in columns.items()}
            for at in range(size)
            if any(column[at] is not None for column in columns.values())
        ]
        session.execute(insert(ResponseDesign), designs)

    survey.database.write(write)


def weigh(survey: Any, document: Mapping[str, Any], name: str = "raked") -> None:
    """Give the campaign a weight set."""
    made = read_document(document)
    survey.database.write(
        lambda session: (
            add_weight_set(session, code=survey.campaign.code, name=name, document=made, now=survey.now)
            and None
        )
    )


def result(survey: Any, **choices: Any) -> dict[str, Any]:
    """The computed document."""
    return dict(json.loads(survey.compute(**choices).text))


def raked(sample: Sample) -> Design:
    """The design raked by hand as `RAKED` says."""
    margins = [
        Margin(name, sample.codes[:, at].astype(str), CONTENTS[name]) for name, at in (("gate", 3), ("q4", 4))
    ]
    return rake(sample.design(), margins)[0]


@pytest.fixture
def sampled(survey):
    """The trial campaign with a stored sample of 192 responses and the weight set "raked"."""
    sample = drawn()
    store(survey, sample)
    weigh(survey, RAKED)
    return survey, sample


class TestFigures:
    @pytest.mark.parametrize("name", [None, "raked"])
    def test_equal_means_and_their_contrast_computed_directly_on_the_arrays(self, sampled, name):
        survey, sample = sampled
        design = raked(sample) if name else sample.design()
        direct = contrast(mean(sample.scores(), design), np.full((1, 4), 0.25))
        overall = result(survey, weights=name)["overall"]
        assert overall["estimate"] == pytest.approx(100 * direct.estimate[0], rel=1e-9)
        assert overall["se"] == pytest.approx(100 * direct.se[0], rel=1e-7)
        assert (overall["n"], overall["df"]) == (192, STRATA * UNITS - STRATA)

    def test_of_an_office_are_those_of_a_domain_of_the_full_design(self, sampled):
        survey, sample = sampled
        domain = sample.offices == 0
        direct = contrast(mean(sample.scores(), raked(sample), domain=domain), np.full((1, 4), 0.25))
        offices = {one["code"]: one["overall"] for one in result(survey, weights="raked")["offices"]}
        found = offices["thu-nghiem-00"]
        assert found["estimate"] == pytest.approx(100 * direct.estimate[0], rel=1e-9)
        assert found["se"] == pytest.approx(100 * direct.se[0], rel=1e-7)
        assert found["n"] == int(domain.sum())

    def test_have_the_same_bytes_each_time_and_in_every_language(self, sampled):
        survey, _sample = sampled
        first = survey.compute(weights="raked").text
        with use_language("en"):
            assert survey.compute(weights="raked").text == first
        assert survey.compute().run_id != survey.compute(weights="raked").run_id

    def test_show_the_other_score_on_the_same_design_and_weights(self, sampled):
        survey, sample = sampled
        criteria = sample.codes[:, [0, 1, 2, 4]]
        scaled = np.where(criteria > 0, (criteria - 1) / 4, np.nan)
        direct = contrast(mean(scaled, raked(sample)), np.full((1, 4), 0.25))
        other = result(survey, weights="raked")["sensitivity"]["other_score"]
        assert other["score"] == "mean_scaled"
        assert other["overall"]["se"] == pytest.approx(100 * direct.se[0], rel=1e-7)

    def test_show_beside_them_the_index_with_equal_weights(self, sampled):
        survey, sample = sampled
        design = Design.create(
            weights=np.ones(192),
            strata=np.array(sample.strata),
            psus=np.array(sample.units),
            fpc=np.full(192, 60.0),
        )
        direct = contrast(mean(sample.scores(), design), np.full((1, 4), 0.25))
        found = result(survey, weights="raked")["sensitivity"]["unweighted"]["overall"]
        assert found["estimate"] == pytest.approx(100 * direct.estimate[0], rel=1e-9)


class TestMethod:
    def test_says_how_the_sample_was_drawn(self, sampled):
        method = result(sampled[0])["method"]
        assert method["sample"] == {"strata": 4, "units": [24], "population_counts": 1, "lonely_psu": "fail"}
        assert method["design"].startswith("strata, sampling units, population counts and weights")

    def test_records_the_steps_of_the_weight_set_and_what_each_did(self, sampled):
        survey, sample = sampled
        weights = result(survey, weights="raked")["method"]["weights"]
        assert weights["name"] == "raked"
        assert [list(step) for step in weights["steps"]] == [["base"], ["rake"]]
        assert weights["report"][1]["iterations"] > 1
        assert weights["report"][1]["misfit"] < 1e-10
        assert weights["deff"] == pytest.approx(kish(raked(sample)).deff)

    def test_of_a_sample_without_weight_set_has_its_own_weights_and_the_effective_size(self, sampled):
        survey, sample = sampled
        weights = result(survey)["method"]["weights"]
        assert (weights["name"], weights["steps"], weights["responses"]) == (None, [], 192)
        assert weights["n_effective"] == pytest.approx(kish(sample.design()).n_eff)

    def test_of_volunteers_says_nothing_of_weights(self, sqlite_survey, some):
        sqlite_survey.store(some(0, 30))
        found = result(sqlite_survey)
        assert not {"weights", "sample"} & found["method"].keys()
        assert list(found["sensitivity"]) == ["other_score", "without_flagged"]

    def test_calls_a_drawn_sample_a_probability_sample(self, sampled):
        population = result(sampled[0])["population"]
        assert (population["kind"], population["label"]) == ("probability_sample", "Mẫu bốc thăm")
        assert "tự chọn trả lời mới" not in population["statement"]

    def test_refuses_to_try_on_more_responses_than_a_page_can_wait_for(self, sampled, monkeypatch):
        survey, _sample = sampled
        monkeypatch.setattr(figures, "MOST_TRIED", 191)
        with survey.database.read() as session, pytest.raises(UnableToCompute, match="191"):
            try_weights(session, campaign=survey.campaign, name="raked")

    def test_tries_a_weight_set_without_computing_figures(self, sampled):
        survey, _sample = sampled
        with survey.database.read() as session:
            tried = try_weights(session, campaign=survey.campaign, name="raked")
        assert tried == result(survey, weights="raked")["method"]["weights"]

    def test_knows_the_lonely_rules_of_the_engine(self):
        assert get_args(lonely.LonelyRule) == get_args(engine_design.LonelyRule)
        assert {rule for rule, _words in lonely.lonely_choices()} == set(get_args(lonely.LonelyRule))


def steps(*others: dict[str, Any]) -> dict[str, Any]:
    """A weight set of the base weights and other steps."""
    return {"steps": [{"base": "design"}, *others]}


class TestSteps:
    @pytest.fixture
    def sample(self, sqlite_survey):
        store(sqlite_survey, drawn())
        return sqlite_survey

    def weights(self, survey, *others):
        weigh(survey, steps(*others), "tried")
        return result(survey, weights="tried")["method"]["weights"]

    def test_divide_a_population_by_responses_in_each_class(self, sample):
        totals = {f"thu-nghiem-{number:02}": 640.0 * (1 + number) for number in range(3)}
        weigh(sample, {"steps": [{"base": {"variable": "office", "population": totals}}]}, "tried")
        report = result(sample, weights="tried")["method"]["weights"]["report"][0]
        assert (report["g_min"], report["g_max"], report["smallest_class"]) == (10.0, 30.0, 64)

    def test_multiply_by_selected_over_answered(self, sample):
        found = self.weights(
            sample,
            {"nonresponse": {"variable": "stratum", "sampled": {f"S{s}": 48 + 24 * s for s in range(4)}}},
        )
        assert (found["report"][1]["g_min"], found["report"][1]["g_max"]) == (1.0, 2.5)

    @pytest.mark.parametrize("method", ["linear", "raking", "logit"])
    def test_calibrate_to_every_margin_within_bounds(self, sample, method):
        margins = [{"variable": name, "totals": totals} for name, totals in CONTENTS.items()]
        found = self.weights(
            sample, {"calibrate": {"margins": margins, "method": method, "lower": 0.3, "upper": 3.0}}
        )
        assert found["report"][1]["misfit"] < 1e-8
        assert 0.3 <= found["report"][1]["g_min"] < found["report"][1]["g_max"] <= 3.0

    def test_post_stratify_then_trim(self, sample):
        found = self.weights(
            sample,
            {"poststratify": {"variable": "gate", "totals": CONTENTS["gate"]}},
            {"trim": {"lower": 3.0, "upper": 8.0}},
        )
        assert found["report"][2]["weight_max"] == 8.0
        assert found["report"][2]["at_bounds"] > 0

    def test_let_those_without_an_answer_keep_their_share(self, sample):
        totals = {str(code): 240.0 for code in range(1, 6)}
        margin = {"variable": "q2", "totals": totals, "blanks": "keep_share"}
        found = self.weights(sample, {"poststratify": margin})
        assert found["report"][1]["misfit"] < 1e-12

    @pytest.mark.parametrize(
        ("step", "words"),
        [
            (
                {"poststratify": {"variable": "q2", "totals": {str(c): 10.0 for c in range(1, 6)}}},
                "keep_share",
            ),
            ({"poststratify": {"variable": "gate", "totals": {"1": 600.0}}}, "thiếu số người của một nhóm"),
            (
                {
                    "poststratify": {
                        "variable": "stratum",
                        "totals": {"S0": 9, "S1": 9, "S2": 9, "S3": 9, "S9": 5},
                    }
                },
                "gộp",
            ),
            (
                {"nonresponse": {"variable": "gate", "sampled": {"1": 5, "2": 5}}},
                "nhiều hơn số người được chọn",
            ),
            ({"trim": {"upper": 1.0}}, "nới giới hạn"),
            ({"poststratify": {"variable": "q9", "totals": {"1": 5.0}}}, "không còn biến này"),
        ],
    )
    def test_that_cannot_be_taken_are_refused_with_their_number_and_a_remedy(self, sample, step, words):
        weigh(sample, steps(step), "tried")
        with pytest.raises(UnableToCompute, match="Bước 2") as refusal:
            sample.compute(weights="tried")
        assert words in str(refusal.value)

    def test_weight_volunteers_too_who_stay_volunteers(self, survey, some):
        survey.store(some(0, 30) + some(1, 31, 3))
        weigh(
            survey,
            {
                "steps": [
                    {
                        "base": {
                            "variable": "office",
                            "population": {"thu-nghiem-00": 3000, "thu-nghiem-01": 1000},
                        }
                    }
                ]
            },
        )
        found = result(survey, weights="raked")
        assert found["population"]["kind"] == "voluntary"
        estimates = [one["overall"]["estimate"] for one in found["offices"] if one["overall"]["n"]]
        assert found["overall"]["estimate"] != pytest.approx(np.mean(estimates), abs=1e-6)


class TestRefusals:
    def test_of_an_unknown_weight_set(self, sqlite_survey, some):
        sqlite_survey.store(some(0, 30))
        with pytest.raises(UnableToCompute, match="không có bộ trọng số “raked”"):
            sqlite_survey.compute(weights="raked")

    def test_of_responses_some_of_which_have_no_design(self, sqlite_survey, some):
        store(sqlite_survey, drawn())
        sqlite_survey.store(some(0, 12, channel="interview"))
        with pytest.raises(UnableToCompute, match="12 phiếu của đợt không có thiết kế mẫu"):
            sqlite_survey.compute()

    def test_of_interviews_without_any_design(self, sqlite_survey, some):
        sqlite_survey.store(some(0, 30, channel="interview"))
        with pytest.raises(UnableToCompute, match="phải có thiết kế mẫu"):
            sqlite_survey.compute()

    def test_of_several_phases(self, sqlite_survey):
        store(sqlite_survey, drawn(), phase=[1, 2] * 96)
        with pytest.raises(UnableToCompute, match="nhiều pha"):
            sqlite_survey.compute()

    def test_of_a_stratum_with_one_unit_unless_a_rule_was_chosen(self, sqlite_survey):
        sample = drawn()
        units = ["S0-U0" if s == "S0" else unit for s, unit in zip(sample.strata, sample.units, strict=True)]
        store(sqlite_survey, sample, psu1=units)
        with pytest.raises(UnableToCompute, match="tầng chỉ còn một đơn vị"):
            sqlite_survey.compute()
        assert result(sqlite_survey, lonely_psu="adjust")["method"]["sample"]["lonely_psu"] == "adjust"

    def test_of_counts_below_the_sample(self, sqlite_survey):
        store(sqlite_survey, drawn(), fpc1=[3] * 192)
        with pytest.raises(UnableToCompute, match="fpc"):
            sqlite_survey.compute()


class TestDisclosure:
    def test_hides_what_tells_how_few_share_a_weight(self, sqlite_survey):
        sample = drawn()
        sample.codes[:, 3] = 1
        sample.codes[:5, 3] = 2
        store(sqlite_survey, sample)
        weigh(sqlite_survey, steps({"poststratify": {"variable": "gate", "totals": CONTENTS["gate"]}}), "few")
        report = suppress(result(sqlite_survey, weights="few"))["method"]["weights"]["report"][1]
        assert not {"weight_min", "weight_max", "smallest_class"} & report.keys()
        assert (report["g_min"], report["g_max"]) == (None, None)

    @pytest.mark.parametrize(("few", "hidden"), [(5, "under_10"), (48, None)])
    def test_hides_the_index_with_equal_weights_when_few_responses_make_the_difference(
        self, sqlite_survey, few, hidden
    ):
        sample = drawn()
        store(sqlite_survey, sample, weight=[9.0] * few + [4.0] * (192 - few))
        equal = suppress(result(sqlite_survey))["sensitivity"]["unweighted"]
        assert equal["overall"]["hidden"] == hidden
        assert equal["reweighted"] == (None if hidden else few)

    def test_gives_a_standard_error_that_does_not_depend_on_which_hidden_office_answered_what(
        self, make_survey, other_database, database
    ):
        """Two offices of 8 responses are hidden; exchanging their answers changes no figure of the whole."""
        sample = drawn(offices=24)
        # two sampling units of different strata
        offices = np.where(sample.offices == 5, 1, np.where(sample.offices == 23, 2, 0))
        first = np.flatnonzero(offices == 1), np.flatnonzero(offices == 2)
        weights = np.full(192, 5.0)
        texts = []
        for survey, codes in (
            (make_survey(other_database), sample.codes),
            (make_survey(database), _exchanged(sample.codes, *first)),
        ):
            store(survey, Sample(sample.strata, sample.units, weights, offices, codes))
            found = result(survey)
            texts.append(found["overall"] | {"criteria": [one["se"] for one in found["criteria"]]})
        assert texts[0] == texts[1]

    @given(st.integers(0, 2**32 - 1), st.integers(1, 60))
    @settings(deadline=None, max_examples=60)
    def test_leaves_no_unit_with_a_few_hidden_responses_or_answers(self, seed, hidden_count):
        rng = np.random.default_rng(seed)
        sample = drawn()
        hidden = np.isin(np.arange(192), rng.choice(192, size=hidden_count, replace=False))
        answered = rng.random((192, 3)) < 0.8
        held = Drawn(np.array(sample.strata), (np.array(sample.units),), (), sample.weights)
        found = protected(held, hidden, answered)
        units = found.psus[0] if found.psus else np.zeros(192, dtype=int)
        for table in (hidden, *(hidden & column for column in answered.T)):
            counts = np.bincount(units[table], minlength=units.max() + 1)
            assert counts[counts > 0].min(initial=10) >= min(10, counts.sum())

    @given(st.integers(0, 2**32 - 1), st.integers(1, 192))
    @settings(deadline=None, max_examples=60)
    def test_leaves_at_least_two_units_in_each_stratum(self, seed, hidden_count):
        sample = drawn()
        hidden = np.isin(np.arange(192), np.random.default_rng(seed).choice(192, hidden_count, replace=False))
        held = Drawn(np.array(sample.strata), (np.array(sample.units),), (), sample.weights)
        stage = protected(held, hidden, np.ones((192, 1), dtype=bool)).design("fail").stages[0]
        assert stage.sampled.min() >= 2


def _exchanged(codes: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    found = codes.copy()
    found[one], found[other] = codes[other], codes[one]
    return found


def test_the_engine_speaks_of_the_same_index() -> None:
    """The composite of adjusted weights equals the contrast of means, whatever room asks."""
    sample = drawn(3)
    design = raked(sample)
    found = composite_index(scores=sample.scores(), coefficients=np.full((1, 4), 0.25), design=design)
    direct = contrast(mean(sample.scores(), design), np.full((1, 4), 0.25))
    assert found.overall.se[0] == pytest.approx(direct.se[0], rel=1e-9)
