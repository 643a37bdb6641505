"""The five questions of the Quantum Innovation Challenge 2025."""

from qcore.errors import InvalidValue
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Drug
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.virtual_population import Population


def challenge(drug: Drug, model: PopulationModel) -> list[Question]:
    """Return the five questions of the Quantum Innovation Challenge 2025, for every regimen and share of the file.

    Of populations by weight and without comedication only those are asked for that the study tells apart.

    Args:
        drug: with its regimens, aim and shares.
        model: that is to be asked.

    Raises:
        InvalidValue: the questions are about a response, and the model has none.
    """
    if drug.aim.measure is Measure.RESPONSE and model.structure.response is None:
        raise InvalidValue(
            "The questions of the challenge are about a response, and the file holds none: ask about the trough, peak "
            "or average concentration, or say which DVID or CMT is the response."
        )
    return [
        Question(population, regimen, drug.aim.target.of(model.structure.response), share)
        for population in _challenge_populations(model)
        for share in drug.shares
        for regimen in drug.regimens
    ]


def _challenge_populations(model: PopulationModel) -> list[Population]:
    lighter, heavier = (50.0, 100.0), (70.0, 140.0)
    usual = Population("50-100 kg", lighter) if model.weight else Population()
    populations = [usual, Population("70-140 kg", heavier)] if model.weight else [usual]
    if "COMED" in {each.name for each in model.covariates}:
        populations.append(Population(f"{usual.name}, no comedication", usual.weight_kg, {"COMED": 0.0}))
    return populations
