"""The backends by name: what is offered can be had, and nothing else is run instead."""

import subprocess
import sys

import pytest
import torch

from qcore.backends.ibm import IbmBackend
from qcore.backends.ideal import IdealBackend
from qcore.backends.noisy import NoisyBackend
from qcore.backends.registry import BACKENDS, backend, noise_model
from qcore.backends.specification import KINDS, parse
from qcore.circuits import reuploading
from qcore.errors import HardwareUnavailable, InvalidValue, MissingAsset
from qcore.noise.device.calibration import load
from qcore.noise.injection import InjectedErrors
from qcore.noise.mitigation import Mitigation
from qcore.noise.model import CalibratedNoise, HandMadeNoise


@pytest.fixture
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_CHANNEL"):
        monkeypatch.delenv(name, raising=False)


def test_every_kind_can_be_chosen_and_is_described() -> None:
    assert tuple(BACKENDS) == KINDS
    assert len({choice.label for choice in BACKENDS.values()}) == len(KINDS)
    for choice in BACKENDS.values():
        assert choice.description.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "ideal",
        "noisy:fez",
        "noisy:fez:0.5:shots=10:zne=linear:seed=2:readout",
        "noisy:depolarizing_2q=0.01",
        "rehearsal:fez:shots=100",
    ],
)
def test_a_backend_and_its_provenance_carry_the_whole_choice(text: str) -> None:
    chosen = backend(text)
    assert chosen.name == text
    circuit = reuploading(1, 1)
    assert chosen.expectations(circuit, torch.zeros(1, 1), torch.zeros(1)).provenance.backend == text


def test_the_ideal_backend() -> None:
    assert isinstance(backend("ideal"), IdealBackend)


def test_a_simulated_processor_with_all_its_settings() -> None:
    found = backend("noisy:torino:2.5:shots=300:zne=quadratic:seed=4:readout")
    assert found == NoisyBackend(
        noise=CalibratedNoise(load("torino"), 2.5),
        shots=300,
        mitigation=Mitigation(readout=True, extrapolation="quadratic"),
        seed=4,
        name="noisy:torino:2.5:shots=300:zne=quadratic:seed=4:readout",
    )


def test_noise_set_by_hand() -> None:
    found = backend("noisy:depolarizing_2q=0.01:t1_s=5e-05:p0_given_1=0.02")
    assert isinstance(found, NoisyBackend)
    assert found.noise == HandMadeNoise(depolarizing_2q=0.01, t1_s=5e-5, p0_given_1=0.02)


def test_injected_errors_are_those_of_the_chosen_noise() -> None:
    found = backend("noisy:fez:2:inject")
    assert isinstance(found, NoisyBackend)
    assert isinstance(found.noise, InjectedErrors)
    assert found.noise.noise == CalibratedNoise(load("fez"), 2.0)


def test_a_rehearsal_with_its_settings() -> None:
    found = backend("rehearsal:fez:shots=77:resilience=0:seed=3")
    assert isinstance(found, IbmBackend)
    assert (found.shots, found.resilience_level, found.device) == (77, 0, load("fez"))
    assert found.runner.is_rehearsal
    assert isinstance(plain := backend("rehearsal:fez"), IbmBackend)
    assert (plain.shots, plain.resilience_level) == (4096, 1)


@pytest.mark.usefixtures("no_account")
def test_without_credentials_the_processor_says_how_to_connect_and_nothing_else_runs() -> None:
    with pytest.raises(HardwareUnavailable, match="QISKIT_IBM_TOKEN and QISKIT_IBM_INSTANCE"):
        backend("ibm:fez")


@pytest.mark.parametrize("text", ["", "Ideal", "ibm_nowhere"])
def test_an_unknown_name_is_refused_with_the_choices(text: str) -> None:
    with pytest.raises(InvalidValue, match=f"no backend '{text}'. Choose one of: .*ideal"):
        backend(text)


@pytest.mark.parametrize("text", ["noisy:atlantis", "noisy::3", "rehearsal:atlantis"])
def test_an_unknown_device_is_refused_with_the_known_ones(text: str) -> None:
    with pytest.raises(MissingAsset, match=r"no calibration of a device .*Choose one of: fez, "):
        backend(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("noisy:fez:5.1", "The noise scale must lie between 0 and 5."),
        ("noisy:fez:-1", "The noise scale must lie between 0 and 5."),
        ("noisy:fez:nan", "The noise scale must lie between 0 and 5."),
        ("noisy:gremlins=1", r"'gremlins=1' in .* noise set by hand \(depolarizing_1q=, .*p0_given_1=\)\."),
        ("noisy:depolarizing_1q=1.5", r"depolarizing_1q must be a number, at least 0 and at most 1, not 1\.5\."),
        ("noisy:t1_s=1e-4:t2_s=3e-4", r"t2_s must be at most twice t1_s, which is 0\.0002 s\."),
        ("noisy:t1_s=0", r"t1_s must be a number, above 0, not 0\.0\."),
        ("noisy:fez:zne=cubic", r"There is no extrapolation 'cubic'. Choose from .*linear"),
    ],
)
def test_impossible_settings_are_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        backend(text)


def test_the_noise_of_a_choice_can_be_had_alone() -> None:
    assert noise_model(parse("noisy:fez:2")) == CalibratedNoise(load("fez"), 2.0)
    assert noise_model(parse("noisy:p1_given_0=0.1")) == HandMadeNoise(p1_given_0=0.1)


def test_listing_the_choices_loads_no_library() -> None:
    code = (
        "import sys; from qcore.backends.registry import BACKENDS;"
        "print({'torch', 'qiskit', 'qiskit_ibm_runtime', 'pennylane'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
