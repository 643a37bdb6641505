"""Every family: shapes, gradients, noise, shots, its twin, its ablations, its weights on disk."""

from itertools import product
from pathlib import Path

import pytest
import torch
from torch import nn

from qcore.backends.registry import backend
from qcore.circuits.ansatz import SEPARATE
from qcore.circuits.encodings import ANGLE
from qcore.circuits.reuploading import layered
from qcore.models.encoded import load_weights, n_parameters, save_weights
from qcore.models.families import FAMILIES, Kind, Shape
from qcore.models.images.quanvolution import patches
from qcore.models.patch_experts import PatchExperts
from qcore.models.quantum_layer import (
    ABLATIONS,
    N_TYPICAL,
    ClassicalLayer,
    QuantumLayer,
    ablate,
    classical_twin,
    without_entanglers,
)

IDEAL = backend("ideal")
SPACE = {Kind.TABLE: (), Kind.IMAGE: (12, 10), Kind.VOLUME: (12, 12, 10), Kind.SIGNAL: (9,)}
APART = {"experts", "sparse", "sparse-normalized"}
CASES = [
    (name, kind)
    for name, family in FAMILIES.items()
    for kind in sorted(family.kinds)
    if kind in SPACE and not family.fits_itself and name not in APART and Kind.SERIES not in family.kinds
]
"""Series, kernels, experts and sparse models have tests of their own; here they are only built and called."""
OTHERS = [
    (name, kind) for name, family in FAMILIES.items() for kind in sorted(family.kinds) if (name, kind) not in CASES
]


def shape(kind: Kind) -> Shape:
    n_outputs = 3 if kind is Kind.CELLS else 1
    return Shape(kind, n_features=5 if kind is Kind.TABLE else 1, n_outputs=n_outputs, widths=(4, 6))


def built(name: str, kind: Kind, control: bool = False) -> nn.Module:
    torch.manual_seed(3)
    family = FAMILIES[name]
    make = family.control if control else family.build
    # The fixed filters take one angle a pixel: 2 x 2, or 2 x 2 x 2.
    fixed_in_space = name == "quanvolution-fixed" and kind is Kind.VOLUME
    return make(shape(kind), 8 if fixed_in_space else 4, 1)


def some(kind: Kind, n: int = 6) -> torch.Tensor:
    generator = torch.Generator().manual_seed(5)
    return torch.rand(n, shape(kind).n_features, *SPACE[kind], generator=generator)


def circuits(model: nn.Module) -> list[QuantumLayer]:
    return [module for module in model.modules() if isinstance(module, QuantumLayer)]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_family_answers_learns_and_meets_noise(name: str, kind: Kind) -> None:
    model, x = built(name, kind), some(kind)
    logits = model(x, IDEAL)
    assert logits.shape == (6, 1)
    (logits[:, 0] * torch.arange(1, 7)).sum().backward()
    unmoved = {
        what for what, parameter in model.named_parameters() if parameter.requires_grad and not parameter.grad.any()
    }
    assert unmoved == set()
    (layer,) = circuits(model)
    assert layer.weights.requires_grad is (name != "quanvolution-fixed")
    model.eval()
    with torch.no_grad():
        # Normalisation divides by what the untrained running variance is, 1, so these are expectations.
        exact = model(x, IDEAL)
        torch.testing.assert_close(model(x, backend("noisy:fez:0")), exact, rtol=0, atol=2e-5)
        assert (model(x, backend("noisy:fez:5")) - exact).abs().max() > 1e-7
        assert torch.isfinite(model(x, backend("noisy:fez:shots=200"))).all()


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_the_twin_is_classical_and_of_about_the_same_size(name: str, kind: Kind) -> None:
    model, twin = built(name, kind), built(name, kind, control=True)
    assert not circuits(twin)
    assert twin(some(kind), None).shape == (6, 1)
    # What differs is the circuit alone: its weights against the matrix in its place.
    (layer,) = circuits(model)
    differs = (layer.n_inputs + 1) * layer.n_outputs - layer.circuit.n_weights
    assert n_parameters(twin) - n_parameters(model) == pytest.approx(differs, abs=layer.n_outputs + 2)


@pytest.mark.parametrize(("name", "kind"), [("variational", Kind.TABLE), ("resistant", Kind.IMAGE)])
def test_weights_survive_the_disk(name: str, kind: Kind, tmp_path: Path) -> None:
    model, x = built(name, kind), some(kind)
    model(x, IDEAL)
    save_weights(model.eval(), tmp_path / "w.safetensors")
    other = FAMILIES[name].build(shape(kind), 4, 1)
    load_weights(other, tmp_path / "w.safetensors")
    with torch.no_grad():
        torch.testing.assert_close(other(x, IDEAL), model(x, IDEAL))


@pytest.mark.parametrize(("name", "kind"), OTHERS)
def test_the_other_families_and_their_controls_answer_too(name: str, kind: Kind) -> None:
    n_outputs = 3 if kind is Kind.CELLS else 1
    family, shape_ = FAMILIES[name], Shape(kind, 3, n_outputs)
    sizes = {Kind.SERIES: (4, 3), Kind.SIGNAL: (3, 4), Kind.CELLS: (3, 2, 2)}.get(kind, (3,))
    x = torch.randn(40, *sizes, generator=torch.Generator().manual_seed(2))
    x = x.to(family.dtype)
    for build in (family.build, family.control):
        torch.manual_seed(0)
        model = build(shape_, 2, 1)
        if family.fits_itself:
            model.fit(x, (x[:, 0] > 0).float(), backend("noisy:fez:0"))
        with torch.no_grad():
            assert model.eval()(x, backend("noisy:fez")).shape == (40, n_outputs)


def test_an_ablation_changes_the_circuit_alone() -> None:
    def inside(kind: str) -> nn.Module:
        (changed,) = [m for n, m in ablate(built("variational", Kind.TABLE), kind).named_modules() if n == "quantum"]
        return changed

    assert set(ABLATIONS) == {"frozen", "unentangled", "linear"}
    frozen, unentangled, linear = (inside(kind) for kind in ("frozen", "unentangled", "linear"))
    assert isinstance(frozen, QuantumLayer)
    assert not frozen.weights.requires_grad
    assert isinstance(unentangled, QuantumLayer)
    assert unentangled.weights.requires_grad
    angles = torch.rand(4, unentangled.n_inputs, requires_grad=True)
    (slope,) = torch.autograd.grad(unentangled.eval()(angles, IDEAL)[:, 0].sum(), angles)
    # One angle a qubit, and Z of the first qubit knows its own alone.
    assert torch.count_nonzero(slope[0].abs() > 1e-6) == 1
    assert isinstance(linear, ClassicalLayer)
    assert linear.eval()(1e3 * angles).abs().max() > 50


def test_a_twin_is_bounded_as_expectations_are() -> None:
    twin = classical_twin(built("variational", Kind.TABLE)).eval()
    with torch.no_grad():
        assert twin.quantum(1e3 * torch.randn(20, 4)).abs().max() <= 1


def test_patches_are_what_they_say() -> None:
    image = torch.arange(24.0).reshape(1, 1, 4, 6)
    cut = patches(image, 2)
    assert cut.shape == (1, 2, 3, 4)
    assert cut[0, 1, 2].tolist() == [16, 17, 22, 23]
    volume = torch.arange(2 * 4 * 4 * 5.0).reshape(1, 2, 4, 4, 5)
    assert patches(volume, 2).shape == (1, 2, 2, 2, 16)
    for place in product(range(2), repeat=3):
        corner = tuple(slice(2 * at, 2 * at + 2) for at in place)
        assert torch.equal(patches(volume, 2)[0][place], volume[(0, slice(None), *corner)].flatten())


def test_patch_experts_take_any_size_and_their_votes_add_up_to_one() -> None:
    model = built("resistant", Kind.IMAGE).eval()
    assert isinstance(model, PatchExperts)
    with torch.no_grad():
        for side in (12, 40):
            said, _ = model.measured(torch.rand(2, 1, side, side), IDEAL)
            weight = model.weights(said)
            assert said.shape[:2] == weight.shape[:2]
            torch.testing.assert_close(weight.sum(1), torch.ones(2, model.n_experts))


def test_fixed_filters_take_one_angle_a_pixel() -> None:
    with pytest.raises(ValueError, match="A patch has 4 pixels"):
        FAMILIES["quanvolution-fixed"].build(shape(Kind.IMAGE), 3, 1)


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if "unentangled" not in family.whole])
def test_without_entanglers_every_input_still_counts(name: str) -> None:
    """Else the ablation would measure lost data."""
    family = FAMILIES[name]
    kind = next(kind for kind in Kind if kind in family.kinds)
    for layer in circuits(family.build(shape(kind), *family.size)):
        circuit = without_entanglers(layer.circuit)
        inputs = torch.rand(1, circuit.n_inputs, dtype=torch.float64).requires_grad_()
        weights = torch.rand(circuit.n_weights, dtype=torch.float64)
        values = IDEAL.expectations(circuit, inputs, weights).values
        (slopes,) = torch.autograd.grad((values * torch.rand_like(values)).sum(), inputs)
        assert (slopes.abs() > 1e-9).all(), circuit.name


@pytest.mark.parametrize("kind", ["unentangled", "linear"])
def test_what_was_not_trained_is_not_trained_in_an_ablation_or_twin_either(kind: str) -> None:
    fixed = ablate(built("quanvolution-fixed", Kind.IMAGE), kind).quanvolution.quantum
    twin = built("quanvolution-fixed", Kind.IMAGE, control=True).quanvolution.quantum
    for layer in (fixed, twin):
        assert not any(parameter.requires_grad for parameter in layer.parameters())
    free = ablate(built("quanvolution", Kind.IMAGE), kind).quanvolution.quantum
    assert all(parameter.requires_grad for parameter in free.parameters())


def test_no_two_grey_levels_become_the_same_angle_of_a_fixed_filter() -> None:
    model = built("quanvolution-fixed", Kind.IMAGE).quanvolution
    seen: list[torch.Tensor] = []
    model.quantum.register_forward_pre_hook(lambda _, arguments: seen.append(arguments[0]))
    grey = torch.linspace(-4, 6, 50)  # standardised, as brightest on darkest ground
    model(grey.reshape(50, 1, 1, 1).expand(50, 1, 2, 2), IDEAL)
    angles = seen[0].reshape(50, 4)[:, 0]
    assert (angles.diff() > 0).all()
    assert 0 < angles[0] < angles[-1] < torch.pi


def test_a_family_ignores_what_it_says_and_nothing_else() -> None:
    for name, kind in CASES:
        family = FAMILIES[name]
        usual = built_as(name, kind, *family.size)
        for what, other in (("qubits", (family.size[0] // 2, family.size[1])), ("layers", (family.size[0], 3))):
            same = built_as(name, kind, *other) == usual
            assert same == (what in family.ignores), (name, kind, what)


def built_as(name: str, kind: Kind, n_qubits: int, n_layers: int) -> str:
    return circuits(FAMILIES[name].build(shape(kind), n_qubits, n_layers))[0].circuit.name


def trained_layer() -> QuantumLayer:
    """A normalised circuit that has seen a few batches."""
    torch.manual_seed(0)
    layer = QuantumLayer(layered(2, 2, ANGLE, SEPARATE, "xyz-zz"), normalize=True)
    for _ in range(30):
        layer(0.7 * torch.randn(64, layer.n_inputs) + 0.3, IDEAL)
    return layer.eval()


def test_what_noise_does_to_mean_and_spread_is_undone() -> None:
    layer = trained_layer()
    angles = 0.7 * torch.randn(200, layer.n_inputs) + 0.3
    assert layer.normalization
    with torch.no_grad():
        exact = layer(angles, IDEAL)
        torch.testing.assert_close(
            exact, layer.normalization(IDEAL.expectations(layer.circuit, angles, layer.weights).values)
        )
        for name in ("noisy:fez:3", "noisy:torino:5", "noisy:sherbrooke:3"):
            place = backend(name)
            plain = layer.normalization(place.expectations(layer.circuit, angles, layer.weights).values)
            undone = layer(angles, place)
            assert (undone - exact).abs().mean() < (plain - exact).abs().mean() / 5, name
            torch.testing.assert_close(layer(angles[:1], place), undone[:1])


def test_a_backend_is_measured_once_until_the_weights_may_have_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, place, sizes = trained_layer(), backend("noisy:fez:3"), []
    original = type(place).expectations

    def counted(self: object, circuit: object, inputs: torch.Tensor, weights: torch.Tensor) -> object:
        sizes.append(len(inputs))
        return original(self, circuit, inputs, weights)

    monkeypatch.setattr(type(place), "expectations", counted)
    with torch.no_grad():
        for _ in range(2):
            layer(torch.rand(3, layer.n_inputs), place)
        assert sizes == [3, N_TYPICAL, 3]
        layer.train().eval()
        layer(torch.rand(3, layer.n_inputs), place)
    assert sizes[-2:] == [3, N_TYPICAL]


def test_typical_angles_have_the_moments_of_training() -> None:
    layer = trained_layer()
    torch.testing.assert_close(layer.angle_mean, torch.full((4,), 0.3), atol=0.1, rtol=0)
    torch.testing.assert_close(layer.angle_covariance, 0.49 * torch.eye(4), atol=0.15, rtol=0)
