"""Qiskit outlives the script that needed it first: its allocator crashes once the thread that loaded it has ended."""

import subprocess
import sys

from qcore.settings import REPOSITORY

# Every line of work in a thread of its own that ends, as Streamlit runs scripts.
SCRIPTS = """
import os, tempfile, threading
os.environ["QLINICAL_PROGRAMS"] = tempfile.mkdtemp()
from dashboard.ui.qiskit_thread import load_qiskit

def script(device):
    load_qiskit()
    import torch
    from qcore.circuits import reuploading
    from qcore.noise.calibration import load
    from qcore.noise.transpile import transpile
    circuit = reuploading(n_qubits=4, n_layers=3)
    for n in range(3):
        transpile(circuit, load(device), torch.rand(circuit.n_weights, dtype=torch.float64))

for device in ("fez", "torino", "sherbrooke", "miami", "berlin"):
    thread = threading.Thread(target=script, args=(device,))
    thread.start()
    thread.join()
print("alive")
"""


def test_scripts_in_threads_that_end_can_share_qiskit() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPTS], cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.strip() == "alive"
