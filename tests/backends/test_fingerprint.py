"""A backend's fingerprint tells apart all that may answer differently, whatever it is called."""

import subprocess
import sys
from dataclasses import replace

import torch

from qcore.backends import ibm
from qcore.backends.ideal import IdealBackend
from qcore.backends.noisy import NoisyBackend
from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.backends.watched import Watched
from qcore.circuits.ansatz import SEPARATE
from qcore.circuits.encodings import ANGLE
from qcore.circuits.reuploading import layered
from qcore.models.quantum_layer import QuantumLayer
from qcore.noise.device.calibration import load
from qcore.noise.injection import InjectedErrors
from qcore.noise.mitigation import Mitigation
from qcore.noise.model import CalibratedNoise, HandMadeNoise
from qcore.training.loop.devices import AcrossDevices

FEZ = load("fez")
REHEARSAL = ibm.rehearsal("fez")
RECALIBRATED = replace(FEZ, qubits=(replace(FEZ.qubits[0], t1_s=2 * FEZ.qubits[0].t1_s), *FEZ.qubits[1:]))
OTHERS: dict[str, Backend] = {
    "ideal": IdealBackend(),
    "calibrated": NoisyBackend(CalibratedNoise(FEZ)),
    "another device": NoisyBackend(CalibratedNoise(load("torino"))),
    "calibrated anew": NoisyBackend(CalibratedNoise(RECALIBRATED)),
    "scaled": NoisyBackend(CalibratedNoise(FEZ, 1.5)),
    "by hand": NoisyBackend(HandMadeNoise(depolarizing_2q=0.01)),
    "more by hand": NoisyBackend(HandMadeNoise(depolarizing_2q=0.02)),
    "other by hand": NoisyBackend(HandMadeNoise(depolarizing_1q=0.01)),
    "with shots": NoisyBackend(CalibratedNoise(FEZ), shots=100),
    "with more shots": NoisyBackend(CalibratedNoise(FEZ), shots=200),
    "with other shots": NoisyBackend(CalibratedNoise(FEZ), shots=100, seed=1),
    "read-out inverted": NoisyBackend(CalibratedNoise(FEZ), mitigation=Mitigation(readout=True)),
    "extrapolated": NoisyBackend(CalibratedNoise(FEZ), mitigation=Mitigation(extrapolation="linear")),
    "errors drawn": NoisyBackend(InjectedErrors(CalibratedNoise(FEZ), 0)),
    "errors drawn by another": NoisyBackend(InjectedErrors(CalibratedNoise(FEZ), 0)),
    "rehearsed": REHEARSAL,
    "rehearsed with another seed": ibm.rehearsal("fez", 1),
    "rehearsed elsewhere": ibm.rehearsal("torino"),
    "rehearsed with fewer shots": replace(REHEARSAL, shots=100),
    "rehearsed without mitigation": replace(REHEARSAL, resilience_level=0),
}


def test_no_two_of_them_share_one() -> None:
    found = {place.fingerprint for place in OTHERS.values()}
    assert len(found) == len(OTHERS)


def test_equal_settings_have_equal_ones_whatever_they_are_called() -> None:
    named = backend("noisy:depolarizing_2q=0.01")
    assert named.name != OTHERS["by hand"].name
    assert named.fingerprint == OTHERS["by hand"].fingerprint
    assert backend("noisy:fez:seed=3").fingerprint == backend("noisy:fez").fingerprint, "without shots no seed matters"
    assert REHEARSAL.fingerprint == ibm.rehearsal("fez").fingerprint


def test_it_is_the_same_in_another_process() -> None:
    program = "from qcore.backends.registry import backend; print(backend('noisy:fez:2:shots=10').fingerprint)"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.strip()
    assert found == backend("noisy:fez:2:shots=10").fingerprint


def test_what_wraps_others_has_that_of_the_one_that_answers() -> None:
    assert Watched(backend("noisy:fez")).fingerprint == backend("noisy:fez").fingerprint
    both = AcrossDevices(["noisy:fez", "noisy:torino"])
    assert both.fingerprint == backend("noisy:fez").fingerprint
    both.next_step()
    assert both.fingerprint == backend("noisy:torino").fingerprint


def normalised_layer(seed: int = 0) -> QuantumLayer:
    torch.manual_seed(seed)
    layer = QuantumLayer(layered(2, 2, ANGLE, SEPARATE, "xyz-zz"), normalize=True)
    for _ in range(10):
        layer(0.7 * torch.randn(64, layer.n_inputs) + 0.3, IdealBackend())
    return layer.eval()


@torch.no_grad()
def test_what_was_measured_of_one_backend_is_not_used_for_another_of_the_same_name() -> None:
    layer = normalised_layer()
    weak, strong = (NoisyBackend(HandMadeNoise(depolarizing_1q=rate)) for rate in (0.001, 0.05))
    assert weak.name == strong.name
    angles = torch.rand(5, layer.n_inputs)
    layer(angles, weak)
    torch.testing.assert_close(layer(angles, strong), normalised_layer()(angles, strong))


@torch.no_grad()
def test_what_was_measured_of_some_weights_is_not_used_for_others() -> None:
    layer, other, place = normalised_layer(), normalised_layer(1), NoisyBackend(CalibratedNoise(FEZ, 3.0))
    angles = torch.rand(5, layer.n_inputs)
    layer(angles, place)
    layer.load_state_dict(other.state_dict())
    torch.testing.assert_close(layer(angles, place), other(angles, place))
