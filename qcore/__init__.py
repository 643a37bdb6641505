"""Hybrid quantum-classical clinical models: circuits, device noise, trained models, population models.

A circuit under the noise of a processor, in a few lines::

    import torch
    import qcore

    circuit = qcore.reuploading(n_qubits=4, n_layers=3)
    inputs, weights = torch.rand(100, circuit.n_inputs), torch.rand(circuit.n_weights)
    print(qcore.backend("noisy:fez:3").expectations(circuit, inputs, weights).values)

Every name below is loaded when it is first used, so that importing qcore is immediate and loads no other library.
Complete programs are in assets/examples/python. The dashboard is another package; nothing here knows the browser.
"""

import importlib
import warnings
from typing import TYPE_CHECKING

from qcore.distribution import beside, mixture
from qcore.version import VERSION

__version__ = VERSION

__all__ = [  # noqa: RUF022 - by subject
    # Circuits, and where they run
    "Backend",
    "Circuit",
    "Expectations",
    "Provenance",
    "backend",
    "layered",
    "reuploading",
    # Noise of processors
    "CalibratedNoise",
    "HandMadeNoise",
    "NoisyBackend",
    "device",
    "device_summary",
    "devices",
    # Model families, and training them
    "FAMILIES",
    "Family",
    "Kind",
    "QuantumLayer",
    "Recipe",
    "Shape",
    "train_family",
    # Clinical questions, and the trained models that answer them
    "QUESTIONS",
    "Explanation",
    "Prediction",
    "Question",
    "aki_examples",
    "check_aki_patients",
    "entry",
    "exact_shapley",
    "load_aki_model",
    "load_model",
    # Studies, population models and doses
    "DoseAnswer",
    "DoseQuestion",
    "Doses",
    "Measure",
    "Observations",
    "Population",
    "PopulationModel",
    "Regimen",
    "Study",
    "Subject",
    "Target",
    "Units",
    "find_doses",
    "fit_population_model",
    "load_population_model",
    "read_study",
    "save_population_model",
    # Refusals: sentences that say what to do
    "QlinicalError",
]

_WHERE = {
    "qcore.backends.noisy": "NoisyBackend",
    "qcore.backends.protocol": "Backend, Expectations, Provenance",
    "qcore.backends.registry": "backend",
    "qcore.circuits.circuit": "Circuit",
    "qcore.circuits.reuploading": "layered, reuploading",
    "qcore.errors": "QlinicalError",
    "qcore.explain.explanation": "Explanation",
    "qcore.explain.shapley": "exact_shapley",
    "qcore.io.nonmem.reader": "read_study",
    "qcore.models.families": "FAMILIES",
    "qcore.models.family": "Family",
    "qcore.models.quantum_layer": "QuantumLayer",
    "qcore.models.shape": "Kind, Shape",
    "qcore.noise.device.calibration": "load as device, shipped as devices",
    "qcore.noise.device.summary": "summary as device_summary",
    "qcore.noise.model": "CalibratedNoise, HandMadeNoise",
    "qcore.population.model": "PopulationModel, load as load_population_model, save as save_population_model",
    "qcore.study": "Doses, Observations, Study, Subject, Units",
    "qcore.tasks.aki.examples": "examples as aki_examples",
    "qcore.tasks.aki.acceptance": "checked_patients as check_aki_patients",
    "qcore.tasks.aki.model": "load as load_aki_model",
    "qcore.tasks.classification.question": "Question",
    "qcore.tasks.dosing.dose_finding": "Answer as DoseAnswer, Question as DoseQuestion",
    "qcore.tasks.dosing.drug.file": "Regimen",
    "qcore.tasks.dosing.fitting": "fit_study as fit_population_model",
    "qcore.tasks.dosing.target": "Measure, Target",
    "qcore.tasks.dosing.trusted_doses": "trusted_doses as find_doses",
    "qcore.tasks.dosing.virtual_population": "Population",
    "qcore.tasks.prediction": "Prediction",
    "qcore.tasks.questions": "QUESTIONS, entry, load_model",
    "qcore.training.loop.fit_family": "fit_family as train_family",
    "qcore.training.loop.recipe": "Recipe",
}
"""Where each public name is defined; the imports below say the same to editors and mypy."""

if TYPE_CHECKING:
    from qcore.backends.noisy import NoisyBackend
    from qcore.backends.protocol import Backend, Expectations, Provenance
    from qcore.backends.registry import backend
    from qcore.circuits.circuit import Circuit
    from qcore.circuits.reuploading import layered, reuploading
    from qcore.errors import QlinicalError
    from qcore.explain.explanation import Explanation
    from qcore.explain.shapley import exact_shapley
    from qcore.io.nonmem.reader import read_study
    from qcore.models.families import FAMILIES
    from qcore.models.family import Family
    from qcore.models.quantum_layer import QuantumLayer
    from qcore.models.shape import Kind, Shape
    from qcore.noise.device.calibration import load as device
    from qcore.noise.device.calibration import shipped as devices
    from qcore.noise.device.summary import summary as device_summary
    from qcore.noise.model import CalibratedNoise, HandMadeNoise
    from qcore.population.model import PopulationModel
    from qcore.population.model import load as load_population_model
    from qcore.population.model import save as save_population_model
    from qcore.study import Doses, Observations, Study, Subject, Units
    from qcore.tasks.aki.acceptance import checked_patients as check_aki_patients
    from qcore.tasks.aki.examples import examples as aki_examples
    from qcore.tasks.aki.model import load as load_aki_model
    from qcore.tasks.classification.question import Question
    from qcore.tasks.dosing.dose_finding import Answer as DoseAnswer
    from qcore.tasks.dosing.dose_finding import Question as DoseQuestion
    from qcore.tasks.dosing.drug.file import Regimen
    from qcore.tasks.dosing.fitting import fit_study as fit_population_model
    from qcore.tasks.dosing.target import Measure, Target
    from qcore.tasks.dosing.trusted_doses import trusted_doses as find_doses
    from qcore.tasks.dosing.virtual_population import Population
    from qcore.tasks.prediction import Prediction
    from qcore.tasks.questions import QUESTIONS, entry, load_model
    from qcore.training.loop.fit_family import fit_family as train_family
    from qcore.training.loop.recipe import Recipe
else:
    # Hidden from mypy, which would otherwise take every misspelt name for one that is loaded here.
    def __getattr__(name: str) -> object:
        """Load a public name when it is first used."""
        for module, names in _WHERE.items():
            for item in names.split(", "):
                attribute, _, public = item.partition(" as ")
                if name == (public or attribute):
                    value = globals()[name] = getattr(importlib.import_module(module), attribute)
                    return value
        raise AttributeError(f"module 'qcore' has no attribute '{name}'; dir(qcore) lists what it offers")


def __dir__() -> list[str]:
    """Return the public names, for completion."""
    return sorted(__all__)


if _in_the_way := mixture() or beside():
    warnings.warn(_in_the_way, RuntimeWarning, stacklevel=2)
