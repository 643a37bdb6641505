"""Check that a drug's file matches a study's model: units, route, and whether there is a response."""

from qcore.errors import InvalidValue
from qcore.population.model import PopulationModel
from qcore.study import Units
from qcore.tasks.dosing.drug.file import Drug
from qcore.tasks.dosing.target import Measure


def check_match(drug: Drug, model: PopulationModel) -> None:
    """Check that the numbers of a file can be asked of a model.

    Args:
        drug: as its file describes it.
        model: the population model of a study.

    Raises:
        InvalidValue: they do not match; a dose would be wrong by the factor between two units, or mean nothing.
    """
    if drug.aim.measure is Measure.RESPONSE and model.structure.response is None:
        raise InvalidValue(
            "The file's aim is a response, but this study measured concentrations alone: set the aim's measure to "
            "trough, peak or average."
        )
    check_units(drug, model.units)
    if (drug.route == "intravenous") == model.structure.absorbed:
        taken = "absorbed after each dose" if model.structure.absorbed else "given into the blood"
        raise InvalidValue(f"The file says that the drug is {drug.route}; in the study's model it is {taken}.")


def check_units(drug: Drug, units: Units) -> None:
    """Check that a file has its numbers in the units of a study.

    Raises:
        InvalidValue: it does not; a dose would be wrong by the factor between the two.
    """
    for name in ("time", "dose", "concentration", "response"):
        in_file, in_study = getattr(drug.units, name), getattr(units, name)
        # A study that does not name a unit takes that of the file.
        if in_file and in_study and in_file != in_study:
            raise InvalidValue(
                f"The file has the {name} in {in_file}, the study in {in_study}: write the file in the units of the "
                "study."
            )
