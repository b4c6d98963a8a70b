import numpy as np
import pytest

from survey_app.estimation.contrasts import columns_by_domain
from survey_app.estimation.design import Design
from survey_app.estimation.estimates import MismatchedValues, contrast
from survey_app.estimation.means import mean, total
from survey_app.estimation.replication.jackknife import jk1
from tests.estimation.api_schools import CLUS, DISTRICTS, SCHOOLS, STRAT, numbers


def test_a_difference_of_domains_equals_r() -> None:
    labels, columns = columns_by_domain(numbers(CLUS["api00"]), CLUS["stype"])
    found = contrast(mean(columns, DISTRICTS), [1, -1, 0])
    # reference case diff_clus1_E_minus_H: R survey 4.5, svycontrast(svyby(..., covmat = TRUE), c(E = 1, H = -1))
    assert labels.tolist() == ["E", "H", "M"]
    assert [found.estimate[0], found.se[0]] == pytest.approx(
        [30.296626984126988, 30.02760619184544], rel=1e-9
    )


def test_a_difference_of_domains_of_replicates_equals_r() -> None:
    _, columns = columns_by_domain(numbers(CLUS["api00"]), CLUS["stype"])
    found = contrast(mean(columns, jk1(DISTRICTS, mse=True)), [1, -1, 0])
    # R survey 4.1-1: svycontrast(svyby(~api00, ~stype, rep, svymean, covmat = TRUE), c(E = 1, H = -1))
    assert found.se[0] == pytest.approx(37.6477677902904, rel=1e-11)


def test_domains_that_are_strata_have_no_covariance() -> None:
    _, columns = columns_by_domain(numbers(STRAT["api00"]), STRAT["stype"])
    vcov = mean(columns, SCHOOLS).vcov
    assert np.array_equal(vcov, np.diag(np.diag(vcov)))


def test_totals_of_domains_add_up_to_the_whole() -> None:
    y = numbers(CLUS["api00"])
    _, columns = columns_by_domain(y, CLUS["stype"])
    found = contrast(total(columns, DISTRICTS), [1, 1, 1])
    whole = total(y, DISTRICTS)
    assert [found.estimate[0], found.se[0]] == pytest.approx([whole.estimate[0], whole.se[0]])


def test_items_follow_each_other_inside_a_domain() -> None:
    nan = np.nan
    items = np.array([[1.0, 10], [2, 20], [3, 30], [4, nan]])
    labels, columns = columns_by_domain(items, np.array([7, 5, None, 5]))
    assert labels.tolist() == [5, 7]
    expected = [[nan, nan, 1, 10], [2, 20, nan, nan], [nan] * 4, [4, nan, nan, nan]]
    assert np.array_equal(columns, expected, equal_nan=True)


def test_an_empty_table_has_no_domains() -> None:
    labels, columns = columns_by_domain(np.zeros((0, 2)), np.array([], dtype=str))
    assert (labels.size, columns.shape) == (0, (0, 0))


def test_codes_of_other_rows_are_refused() -> None:
    with pytest.raises(MismatchedValues, match=r"Codes of shape \(2,\) for values of shape \(3,\)"):
        columns_by_domain([1.0, 2, 3], ["a", "b"])


def test_words_for_values_are_refused() -> None:
    with pytest.raises(MismatchedValues, match="values: not numbers"):
        columns_by_domain(["good", "bad"], ["a", "b"])


def test_a_domain_of_one_psu_has_no_degrees_of_freedom() -> None:
    design = Design.create(weights=np.ones(4), psus=[1, 1, 2, 3])
    _, columns = columns_by_domain([1.0, 2, 3, 4], ["a", "a", "b", "b"])
    assert mean(columns, design).df_domain.tolist() == [0, 1]
