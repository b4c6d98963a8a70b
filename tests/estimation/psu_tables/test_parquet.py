import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from survey_app.estimation.psu_tables.histograms import Scale, UnusableAnswers
from survey_app.estimation.psu_tables.parquet import AnalyticsNotInstalled, UnusableFile, from_parquet
from survey_app.estimation.psu_tables.tables import PSUTable, build
from tests.estimation.psu_tables.samples import LARGEST, SCALE, Sample, sample

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")
# Ibis 12 calls a method that DuckDB 2.0 renamed
pytestmark = pytest.mark.filterwarnings("ignore:fetch_.*is deprecated:DeprecationWarning")
ITEMS = ["1", "2", "3", "4", "5"]


def columns_of(rows: Sample) -> dict[str, Any]:
    columns = {"province": rows.strata, "commune": rows.psus, "weight": rows.weights}
    return columns | dict(zip(ITEMS, rows.answers, strict=True))


def written(path: Path, columns: dict[str, Any]) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=50)
    return path


def read(paths: Path | list[Path], **changes: Any) -> PSUTable:
    names: dict[str, Any] = {"items": ITEMS, "psu": "commune", "stratum": "province", "weight": "weight"}
    return from_parquet(paths, **{**names, "scale": SCALE, **changes})


def test_a_file_gives_the_table_of_its_rows(tmp_path: Path) -> None:
    rows = sample(1)
    file = written(tmp_path / "answers.parquet", columns_of(rows))
    assert read(file, largest_weight=LARGEST).to_bytes() == rows.table().to_bytes()


def test_the_largest_weight_is_looked_up_when_absent(tmp_path: Path) -> None:
    rows = sample(2)
    file = written(tmp_path / "answers.parquet", columns_of(rows))
    assert read(file).to_bytes() == rows.table(float(rows.weights.max())).to_bytes()


def test_several_files_are_one_sample(tmp_path: Path) -> None:
    rows = sample(3)
    halves = [rows.rows(slice(0, 77)), rows.rows(slice(77, None))]
    files = [written(tmp_path / f"{number}.parquet", columns_of(half)) for number, half in enumerate(halves)]
    assert read(files, largest_weight=LARGEST).to_bytes() == rows.table().to_bytes()


def test_null_answers_are_missing(tmp_path: Path) -> None:
    rows = sample(4)
    columns = columns_of(rows)
    for name, answers in zip(ITEMS, rows.answers, strict=True):
        columns[name] = pa.array(answers, mask=answers == 0)
    file = written(tmp_path / "answers.parquet", columns)
    assert read(file, largest_weight=LARGEST).to_bytes() == rows.table().to_bytes()
    with pytest.raises(UnusableFile, match="Column 1 has nulls"):
        read(file, scale=Scale(0, 5))


def test_a_sample_may_lack_strata_and_weights(tmp_path: Path) -> None:
    rows = sample(5)
    file = written(tmp_path / "answers.parquet", columns_of(rows))
    plain = build(list(rows.answers), strata=None, psus=rows.psus, weights=None, scale=SCALE)
    assert read(file, stratum=None, weight=None).to_bytes() == plain.to_bytes()


def test_refuses_files_it_cannot_read(tmp_path: Path) -> None:
    rows = sample(6)
    file = written(tmp_path / "answers.parquet", columns_of(rows))
    with pytest.raises(UnusableFile, match="No column village"):
        read(file, psu="village")
    with pytest.raises(UnusableFile, match="Cannot read"):
        read(tmp_path / "absent.parquet")
    (tmp_path / "text.parquet").write_text("1,2,3")
    with pytest.raises(UnusableFile, match="Cannot read"):
        read(tmp_path / "text.parquet")
    with pytest.raises(UnusableFile, match="whole-number codes"):
        read(file, items=["weight"])
    with pytest.raises(UnusableAnswers, match="the scale is 0 to 3"):
        read(file, scale=Scale(0, 3))


def test_names_the_extra_when_it_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ibis", None)
    with pytest.raises(AnalyticsNotInstalled, match=r"survey_app\[analytics\]"):
        read(tmp_path / "answers.parquet")


def test_nulls_in_the_weights_are_refused(tmp_path: Path) -> None:
    rows = sample(7)
    columns = columns_of(rows) | {"weight": pa.array(rows.weights, mask=np.arange(rows.psus.size) == 3)}
    with pytest.raises(UnusableFile, match="Column weight has nulls"):
        read(written(tmp_path / "answers.parquet", columns))
