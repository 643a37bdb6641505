"""Heavy libraries: one thread imports them, pages wait for it, and a process that cannot load them ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qcore.settings import REPOSITORY

WAIT_S = 600
LEAVES = ("plotly.graph_objs.",)
"""Modules that import nothing but what is there already: they cannot wait for each other in a circle."""

# Every look-up of a module lets the other threads go on, so that imports interleave as on a busy machine.
VISITS = """
import json, sys, threading, time
sys.setswitchinterval(1e-6)
looked_up = []

class Watch:
    def find_spec(self, name, path=None, target=None):
        looked_up.append((threading.current_thread().name.split(" (")[0], name))
        time.sleep(0.001)

sys.meta_path.insert(0, Watch())
from streamlit.testing.v1 import AppTest

APP = sys.argv[1]
problems = []

def visit(way):
    page = AppTest.from_file(APP, default_timeout=600).run()
    for step in way:
        step(page)
        problems.extend([*(e.value for e in page.error), *(str(e.value) for e in page.exception)])

def upload(page):
    from qcore.tasks.aki.reading.table import template_csv
    page.segmented_control(key="aki_way").set_value("Upload a table").run()
    page.file_uploader(key="aki_file").upload("ward.csv", template_csv().encode(), "text/csv").run()

visit([
    lambda page: page.switch_page("aki/page.py").run(),
    lambda page: page.switch_page("dosing/page.py").run(),
    lambda page: page.switch_page("aki/page.py").run(),
    lambda page: page.selectbox(key="backend_kind").set_value("noisy").run(),
    lambda page: page.selectbox(key="backend_kind").set_value("ibm").run(),
    lambda page: page.button(key="aki_send").click().run(),
    upload,
])
print(json.dumps({"looked_up": looked_up, "problems": problems}))
"""
HEAVY = {
    *("cachetools", "dashboard", "dask", "distributed", "mapie", "narwhals", "numba", "numpy", "orjson", "pandas"),
    *("pennylane", "plotly", "pyarrow", "qcore", "qiskit", "qiskit_aer", "qiskit_ibm_runtime", "safetensors", "scipy"),
    *("shap", "sklearn", "sqlalchemy", "sympy", "torch"),
}


def run(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, on the dashboard of this checkout."""
    own = {"QLINICAL_DATABASE": f"sqlite:///{folder / 'trail.db'}", "QLINICAL_PROGRAMS": str(folder / "programs")}
    app = str(REPOSITORY / "dashboard" / "app.py")
    return subprocess.run(
        [sys.executable, "-c", code, app],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)} | own | environment,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )


@pytest.mark.slow
def test_one_thread_imports_what_pages_need(tmp_path: Path) -> None:
    done = run(VISITS, tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["problems"] == []
    looked_up = [(thread, name) for thread, name in found["looked_up"] if name.split(".")[0] in HEAVY]
    assert ("libraries", "pennylane") in looked_up
    # What was imported before that thread began was whole when it did.
    first = next(place for place, (thread, _) in enumerate(looked_up) if thread == "libraries")
    beside = {(thread, name) for thread, name in looked_up[first:] if thread != "libraries"}
    assert {each for each in beside if not each[1].startswith(LEAVES)} == set()


def test_a_process_that_cannot_load_its_libraries_ends_with_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken" / "shap"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('half\\na library')\n", encoding="utf-8")
    code = VISITS.replace("time.sleep(0.001)", "pass")
    done = run(code, tmp_path, PYTHONPATH=f"{broken.parent}{os.pathsep}{REPOSITORY}")
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if "ScriptRunContext" not in line]
    assert len(said) == 1, done.stderr
    assert said[0].startswith("Qlinical ends, because a library it needs cannot be loaded (ImportError: half a library")


# Every line of work in a thread of its own that ends, as Streamlit runs scripts.
SCRIPTS = """
import threading
from dashboard.libraries import wait_for_processors

def script(device):
    wait_for_processors()
    import torch
    from qcore.circuits import reuploading
    from qcore.noise.device.calibration import load
    from qcore.noise.transpile.to_device import transpile
    circuit = reuploading(n_qubits=4, n_layers=3)
    for n in range(3):
        transpile(circuit, load(device), torch.rand(circuit.n_weights, dtype=torch.float64))

for device in ("fez", "torino", "sherbrooke", "miami", "berlin"):
    thread = threading.Thread(target=script, args=(device,))
    thread.start()
    thread.join()
print("alive")
"""


@pytest.mark.slow
def test_scripts_in_threads_that_end_can_share_qiskit(tmp_path: Path) -> None:
    # Its allocator crashes once the thread that loaded it has ended.
    done = run(SCRIPTS, tmp_path)
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.strip() == "alive"


def test_the_home_page_needs_none_of_the_libraries(tmp_path: Path) -> None:
    code = """
import sys
from streamlit.testing.v1 import AppTest
from dashboard import libraries
libraries.start = lambda *work: None
page = AppTest.from_file(sys.argv[1], default_timeout=600).run()
assert page.title[0].value == "Qlinical" and not page.error and not page.exception
print(*sorted({"torch", "pennylane", "qiskit", "scipy", "sklearn", "shap", "pandas"} & set(sys.modules)))
"""
    done = run(code, tmp_path)
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.strip() == ""
