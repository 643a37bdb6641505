"""What importing costs: nothing heavy before it is needed, and never the browser."""

import subprocess
import sys

import pytest

HEAVY = ("streamlit", "torch", "qiskit", "pennylane", "sklearn", "scipy", "pandas", "numpy", "mapie", "shap")


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["qcore", "qcore.cli", "qcore.settings", "qcore.errors"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    program = f"""
import sys
import {module}
print(sorted(set({HEAVY!r}) & sys.modules.keys()))
"""
    assert run(program) == "[]"


@pytest.mark.slow
def test_nothing_that_computes_loads_the_browser() -> None:
    program = """
import importlib, pkgutil, sys
import qcore
names = [found.name for found in pkgutil.walk_packages(qcore.__path__, "qcore.")]
for name in names:
    importlib.import_module(name)
assert len(names) > 30, names
print(sorted({"streamlit", "plotly", "dashboard"} & sys.modules.keys()))
"""
    assert run(program) == "[]"
