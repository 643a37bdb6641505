"""The short programs for researchers run, and what they print is right."""

import ast
import re
import runpy
from pathlib import Path

import pennylane as qml
import pytest
import torch

from qcore.settings import ASSETS, REPOSITORY

FOLDER = ASSETS / "examples" / "python"
IN_README = ("device_noise", "own_circuit")


@pytest.fixture
def printed(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> str:
    runpy.run_path(str(FOLDER / f"{request.param}.py"), run_name="__main__")
    return capsys.readouterr().out


def example(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("printed", [name], indirect=True, ids=[name])


def numbers(pattern: str, text: str) -> list[float]:
    return [float(found) for found in re.findall(pattern, text)]


@example("device_noise")
def test_noise_pulls_an_expectation_towards_zero_and_shots_leave_an_error(printed: str) -> None:
    exact, noisy, noisier, _sampled = numbers(r"qubit (-?[\d.]+)", printed)
    assert abs(exact) > abs(noisy) > abs(noisier)
    errors = numbers(r"± ([\d.]+)", printed)
    assert errors[:3] == [0, 0, 0]
    assert errors[3] == pytest.approx(((1 - noisy**2) / 4000) ** 0.5, rel=0.2)


@example("own_circuit")
def test_gradients_of_an_own_circuit_are_those_of_pennylane_but_for_the_noise(printed: str) -> None:
    assert "gradient by the inputs (1000, 3)" in printed
    torch.manual_seed(0)
    inputs, weights = torch.rand(1000, 3), torch.rand(4, requires_grad=True)

    @qml.qnode(qml.device("default.qubit", wires=3))
    def noiseless(inputs: torch.Tensor, weights: torch.Tensor) -> list[qml.measurements.ExpectationMP]:
        for qubit in range(3):
            qml.RX(inputs[..., qubit], wires=qubit)
            qml.RY(weights[qubit], wires=qubit)
        qml.CNOT(wires=[0, 1])
        qml.CNOT(wires=[1, 2])
        qml.RZ(weights[3] * inputs[..., 0], wires=2)
        qml.Hadamard(wires=2)
        return [qml.expval(qml.PauliZ(0)), qml.expval(qml.PauliX(1) @ qml.PauliZ(2))]

    torch.stack(noiseless(inputs, weights)).sum().backward()
    assert weights.grad is not None
    found = numbers(r"(-?\d+\.\d+)", printed.partition("a patient")[2])
    assert found == pytest.approx((weights.grad / 1000).tolist(), abs=0.05)


@example("train_family")
def test_a_family_learns_the_rule_under_noise(printed: str) -> None:
    assert min(numbers(r"(\d\.\d+)", printed)) > 0.85


@example("explain_patient")
def test_what_the_inputs_add_leads_from_the_reference_to_the_patient(printed: str) -> None:
    (risk,), (base,) = numbers(r"injury (\S+)", printed), numbers(r"reference patient ([\d.]+)", printed)
    parts = numbers(r"([+-]\d\.\d{3})\n", printed)
    assert len(parts) == 12
    assert base + sum(parts) == pytest.approx(risk, abs=0.008)


@example("find_dose")
def test_the_clearance_that_was_simulated_and_a_dose_for_nine_in_ten_are_found(printed: str) -> None:
    assert numbers(r"^CL +([\d.]+)", printed)[0] == pytest.approx(3, rel=0.2)
    dose, low, high = numbers(r"(\d+) mg", printed.replace(" to ", " mg to "))
    assert low <= dose <= high
    assert 90 <= numbers(r"in ([\d.]+)%", printed)[0] < 100


@example("compare_processors")
def test_the_older_processor_errs_more(printed: str) -> None:
    gates, errors = numbers(r"gate ([\d.]+)%", printed), numbers(r"expectation ([\d.]+)", printed)
    assert gates[0] < gates[1]
    assert errors[0] < errors[1]


def test_every_example_is_short_and_has_a_test() -> None:
    tested = set(re.findall(r'^@example\("(\w+)"\)', Path(__file__).read_text(encoding="utf-8"), re.MULTILINE))
    assert {file.stem for file in FOLDER.glob("*.py")} == tested
    assert all(len(file.read_text(encoding="utf-8").splitlines()) <= 40 for file in FOLDER.glob("*.py"))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.stem)
def test_every_function_says_its_types_and_the_check_reads_them(file: Path) -> None:
    functions = [
        each for each in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(each, ast.FunctionDef)
    ]
    for each in functions:
        assert each.returns is not None, each.name
        assert all(argument.annotation for argument in each.args.args), each.name
    for command in ("Makefile", ".pre-commit-config.yaml"):
        assert "mypy qcore dashboard assets/examples/python" in (REPOSITORY / command).read_text(encoding="utf-8")


def test_the_readme_shows_them_as_they_are() -> None:
    shown = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert shown == [(FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in IN_README]
