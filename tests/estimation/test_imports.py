import subprocess
import sys

LATER = ("scipy.special", "scipy.stats", "scipy.sparse", "scipy.linalg", "scipy.optimize")
NEVER = ("click", "duckdb", "flask", "ibis", "pandas", "pyarrow", "sqlalchemy")
IMPORT_ALL = f"""
import importlib, pkgutil, sys, survey_app.estimation as room
for module in pkgutil.walk_packages(room.__path__, "survey_app.estimation."):
    if module.name != "survey_app.estimation.commands":
        importlib.import_module(module.name)
print([name for name in {LATER + NEVER} if name in sys.modules])
"""


def test_importing_every_module_loads_no_part_of_scipy_and_no_engine() -> None:
    """SciPy's submodules cost a quarter of a second and more: they load on first use."""
    shown = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
