"""The model families, each beside its classical control: what the commands and sweeps build by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import torch
from torch import nn

from qcore.circuits import Circuit
from qcore.circuits.ansatz import BRICK, CHAIN, SEPARATE, STRONG
from qcore.circuits.encodings import AMPLITUDE, ANGLE, IQP
from qcore.circuits.qcnn import qcnn
from qcore.circuits.reuploading import layered, reuploading
from qcore.errors import InvalidArgument
from qcore.models.basis import Plain, TwoSided
from qcore.models.circuit_head import CircuitHead
from qcore.models.experts import Mode, classical_experts, quantum_experts
from qcore.models.family import NOTHING, USUAL_SIZE, Build
from qcore.models.family import Family as Family
from qcore.models.images.cells import CellExperts
from qcore.models.images.conv_stem import Pooled
from qcore.models.images.hqcnn import HQCNN
from qcore.models.images.quanvolution import Quanvolution, QuanvolutionClassifier
from qcore.models.kernels.gaussian import Kernel
from qcore.models.kernels.gaussian import twin as kernel_twin
from qcore.models.kernels.model import KernelModel
from qcore.models.kernels.quantum import FidelityKernel, ProjectedKernel
from qcore.models.mlp import MLPClassifier
from qcore.models.patch_experts import FeatureGroups, MapPositions, PatchExperts
from qcore.models.quantum_layer import classical_twin
from qcore.models.recurrent import QuantumGRUCell, QuantumLSTMCell, RecurrentModel, classical_control
from qcore.models.shape import Kind as Kind
from qcore.models.shape import Shape as Shape
from qcore.models.signals.stretches import OverTime, Stretches
from qcore.models.variational import VariationalClassifier

TABLES, SERIES = frozenset({Kind.TABLE}), frozenset({Kind.SERIES})
PICTURES, CELLS = frozenset({Kind.IMAGE, Kind.VOLUME}), frozenset({Kind.CELLS})
SIGNALS = frozenset({Kind.SIGNAL})
ANY_BUT_SERIES = TABLES | PICTURES

QUBITS, LAYERS = frozenset({"qubits"}), frozenset({"layers"})
ENTANGLERS, LINEAR = frozenset({"unentangled"}), frozenset({"linear"})


def _head(shape: Shape, circuit: Circuit, amplitudes: bool = False) -> CircuitHead:
    if shape.kind is Kind.TABLE:
        return CircuitHead(nn.Identity(), shape.n_features, circuit, shape.n_outputs, shape.dropout, amplitudes)
    if shape.kind is Kind.SIGNAL:
        return CircuitHead(OverTime(), 2 * shape.n_features, circuit, shape.n_outputs, shape.dropout, amplitudes)
    pooled = Pooled(shape.stem)
    return CircuitHead(pooled, pooled.n_out, circuit, shape.n_outputs, shape.dropout, amplitudes)


def _variational(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
    return _head(shape, layered(n_qubits, n_layers, ANGLE, CHAIN))


def _strongly(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
    return _head(shape, layered(n_qubits, n_layers, ANGLE, STRONG))


def _iqp(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
    return _head(shape, layered(n_qubits, n_layers, IQP, CHAIN))


def _amplitude(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
    return _head(shape, layered(n_qubits, n_layers, AMPLITUDE, CHAIN), amplitudes=True)


def _qcnn(shape: Shape, n_qubits: int, _n_layers: int) -> nn.Module:
    return _head(shape, qcnn(n_qubits))


def _quanvolution(trained: bool) -> Build:
    def build(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
        if not trained:
            # Every pixel is one angle, so that their number says how many layers there are.
            n_layers = shape.n_features * 2**shape.n_dims // n_qubits
        circuit = layered(n_qubits, n_layers, ANGLE, BRICK)
        sliding = Quanvolution(shape.n_features, shape.n_dims, circuit, trained=trained)
        return QuanvolutionClassifier(sliding, shape.n_dims, shape.widths, shape.n_outputs, shape.dropout)

    return build


def _hqcnn(shape: Shape, _n_qubits: int, _n_layers: int) -> nn.Module:
    return HQCNN(shape.n_features, shape.n_dims, shape.n_outputs)


N_EXPERTS = 4


def _resistant(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
    circuit = layered(n_qubits, n_layers, ANGLE, SEPARATE, "xyz-zz")
    vectors: nn.Module
    if shape.kind is Kind.TABLE:
        vectors, width = FeatureGroups(shape.n_features, n_groups=2, width=n_qubits), n_qubits
    elif shape.kind is Kind.SIGNAL:
        vectors, width = Stretches(), shape.n_features
    else:
        stem = shape.stem
        vectors, width = MapPositions(stem), stem.n_out
    return PatchExperts(vectors, width, circuit, N_EXPERTS, shape.n_outputs, shape.dropout)


def _cells(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
    if shape.n_outputs < FEWEST_OF_CELLS:
        raise InvalidArgument(
            "The family 'cells' tells nothing from one kind of thing or more: n_outputs of its Shape must be at least "
            f"{FEWEST_OF_CELLS}, not {shape.n_outputs}."
        )
    circuit = layered(n_qubits, n_layers, ANGLE, SEPARATE, "xyz-zz")
    return CellExperts(shape.n_features, circuit, N_EXPERTS, shape.n_outputs, shape.dropout)


N_LANDMARKS = 64
FEWEST_OF_CELLS = 2
"""Outputs: for "nothing there", and for a kind."""


def _fidelity(shape: Shape, n_qubits: int, n_layers: int) -> FidelityKernel:
    return FidelityKernel(layered(n_qubits, n_layers, IQP, CHAIN), shape.n_features)


def _projected(shape: Shape, n_qubits: int, n_layers: int) -> ProjectedKernel:
    return ProjectedKernel(layered(n_qubits, n_layers, ANGLE, CHAIN), shape.n_features)


def _machine(kernel: Callable[[Shape, int, int], Kernel]) -> Build:
    def build(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
        return KernelModel(kernel(shape, n_qubits, n_layers), shape.n_features, n_landmarks=N_LANDMARKS)

    return build


def _experts(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
    return quantum_experts(Mode.MULTI_TASK, shape.n_features, shape.n_outputs, n_qubits, n_layers, shape.dropout)


def _experts_control(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
    return classical_experts(Mode.MULTI_TASK, shape.n_features, shape.n_outputs, n_qubits, n_layers, shape.dropout)


N_HIDDEN_SPARSE = 12


def _sparse(normalize: bool) -> Build:
    def build(shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
        basis = TwoSided(shape.n_features, shape.n_numeric)
        return VariationalClassifier(reuploading(n_qubits, n_layers), basis, shape.n_outputs, normalize).double()

    return build


def _sparse_control(shape: Shape, _n_qubits: int, _n_layers: int) -> nn.Module:
    return MLPClassifier(Plain(shape.n_features), N_HIDDEN_SPARSE, shape.n_outputs).double()


def _sparse_family(name: str, normalize: bool, variant_of: str = "") -> Family:
    return Family(
        name,
        "Sparse re-uploading, pruned",
        TABLES,
        _sparse(normalize),
        _sparse_control,
        "a hidden layer of rectified linear units, pruned to as many numbers,",
        (4, 3),
        whole=ENTANGLERS | LINEAR | frozenset({"frozen"}),
        dtype=torch.float64,
        variant_of=variant_of,
    )


N_HIDDEN = 8


def _recurrent(name: str, label: str, cell: type[QuantumGRUCell] | type[QuantumLSTMCell]) -> Family:
    def build(shape: Shape, n_qubits: int, n_layers: int) -> RecurrentModel:
        circuit = reuploading(n_qubits, n_layers)
        gates = cell(shape.n_features, N_HIDDEN, circuit)
        return RecurrentModel(gates, shape.n_outputs, shape.dropout, time_last=shape.kind is Kind.SIGNAL)

    def control(shape: Shape, n_qubits: int, n_layers: int) -> RecurrentModel:
        return classical_control(build(shape, n_qubits, n_layers))

    return Family(name, label, SERIES | SIGNALS, build, control, "the usual cell of about its size", (3, 1))


def _twin(build: Build) -> Build:
    return lambda shape, n_qubits, n_layers: classical_twin(build(shape, n_qubits, n_layers))


def _family(
    name: str,
    label: str,
    kinds: frozenset[Kind],
    build: Build,
    size: tuple[int, int] = USUAL_SIZE,
    ignores: frozenset[str] = NOTHING,
    whole: frozenset[str] = NOTHING,
) -> Family:
    return Family(name, label, kinds, build, _twin(build), size=size, ignores=ignores, whole=whole)


def _kernel_family(
    name: str,
    label: str,
    kernel: Callable[[Shape, int, int], FidelityKernel | ProjectedKernel],
    size: tuple[int, int] = USUAL_SIZE,
    whole: frozenset[str] = NOTHING,
) -> Family:
    def control(shape: Shape, n_qubits: int, n_layers: int) -> Kernel:
        return kernel_twin(kernel(shape, n_qubits, n_layers), shape.n_features)

    twin = "a Gaussian kernel with a learnt metric"
    return Family(name, label, TABLES, _machine(kernel), _machine(control), twin, size, whole=whole, fits_itself=True)


FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        _family("variational", "Variational, angle encoding", ANY_BUT_SERIES | SIGNALS, _variational),
        _family("strong", "Variational, strongly entangling", ANY_BUT_SERIES, _strongly),
        _family("iqp", "Variational, IQP encoding", ANY_BUT_SERIES, _iqp),
        _family(
            "amplitude", "Variational, amplitude encoding", ANY_BUT_SERIES, _amplitude, (3, 2), NOTHING, ENTANGLERS
        ),
        _kernel_family("fidelity-kernel", "Fidelity kernel, support vectors", _fidelity, (4, 1), LINEAR),
        _kernel_family("projected-kernel", "Projected kernel, support vectors", _projected),
        _family("quanvolution", "Quanvolution, trained filters", PICTURES, _quanvolution(True)),
        _family("quanvolution-fixed", "Quanvolution, fixed filters", PICTURES, _quanvolution(False), ignores=LAYERS),
        _family("qcnn", "Quantum convolution and pooling", ANY_BUT_SERIES, _qcnn, (4, 1), LAYERS, ENTANGLERS),
        _family("hqcnn", "HQCNN (arXiv:2509.14277)", PICTURES, _hqcnn, (4, 1), QUBITS | LAYERS),
        replace(
            _family("hqcnn-full", "HQCNN, whole image", frozenset({Kind.IMAGE}), _hqcnn, (4, 1), QUBITS | LAYERS),
            variant_of="hqcnn",
        ),
        _family("resistant", "Noise-resistant experts", ANY_BUT_SERIES | SIGNALS, _resistant, size=(2, 2)),
        _family("cells", "Noise-resistant experts, cell by cell", CELLS, _cells, size=(2, 2)),
        Family("experts", "ResMLP mixture of quantum experts", TABLES, _experts, _experts_control, "hidden units"),
        _recurrent("lstm", "Quantum LSTM", QuantumLSTMCell),
        _recurrent("gru", "Quantum GRU", QuantumGRUCell),
        _sparse_family("sparse", normalize=False),
        _sparse_family("sparse-normalized", normalize=True, variant_of="sparse"),
    )
}
"""Every family that this module can build; `Shape`, qubits and layers in, an untrained model out."""
