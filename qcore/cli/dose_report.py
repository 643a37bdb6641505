"""What `qlinical dose` found, as it is printed and for other programs: the answer first, then what it rests on."""

from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from qcore.cli import dose_numbers, dose_words
from qcore.cli.dose_models import json_row
from qcore.tasks.dosing.answer import Answer
from qcore.tasks.dosing.drug import Drug
from qcore.tasks.dosing.fitted import Fitted


@dataclass(frozen=True)
class Said:
    """What was found.

    Attributes:
        answers: of the mechanistic model.
        learned: of the others.
        drug: that was asked about.
        found: the study and its model.
        on_models: sentences on who answered.
        challenge: the questions are the challenge's, which other programs read in one form whatever the study.
        doubts: sentences on what the file does not tell, and on what speaks against the model.
    """

    answers: list[Answer]
    learned: list[Answer]
    drug: Drug
    found: Fitted
    on_models: list[str]
    challenge: bool
    doubts: tuple[str, ...] = ()

    @property
    def notes(self) -> list[str]:
        """Sentences on what was read, on the model, and on who answered."""
        return [*self.found.read.notes, *self._on_model, *self.on_models]

    @property
    def _on_model(self) -> list[str]:
        model = self.found.model
        return [*dose_words.notes(self.found.read, model, self.drug, self.answers), *dose_numbers.allometry(model)]

    def parts(self) -> list[str | Table]:
        """Return what is printed, in order."""
        more = len(self.answers) - 1
        return [
            dose_words.sentence(self.answers[0], self.drug),
            *([f"{more} more {'stands' if more == 1 else 'stand'} in the table below."] if more else []),
            *(f"Doubtful: {doubt}" for doubt in self.doubts),
            "",
            *(f"- {note}" for note in self.notes),
            dose_numbers.table(self.found.model, self.drug.units),
            self.drug.about,
            self._table(),
        ]

    def json(self) -> dict[str, Any]:
        """Return the same for other programs."""
        model, target = self.found.model, self.answers[0].question.target
        unit = self.drug.units.dose
        tells = self.challenge or any(each.name == "COMED" for each in model.covariates)
        return {
            "answers": [json_row(each, unit, tells) for each in self.answers + self.learned],
            "in_words": [dose_words.sentence(each, self.drug) for each in self.answers],
            "drug": self.drug.name,
            "aim": {"measure": target.measure, "low": target.low, "high": target.high},
            "dose_is": "highest" if target.highest else "lowest",
            "units": self.drug.units.model_dump(),
            "fit": {
                "numbers": model.reported,
                "standard_errors": dose_numbers.standard_errors(model),
                "minus_two_log_likelihood": model.minus_two,
                "bic": model.bic,
                "subjects": model.n_subjects,
                "measurements": model.n_measurements,
                "shrinkage": dict(model.shrinkage),
            },
            "doubts": list(self.doubts),
            "notes": self.notes,
        }

    def _table(self) -> Table:
        unit = self.drug.units.dose
        aim = dose_words.aim(self.answers[0].question.target, self.drug)
        found = Table(
            *("for", "how often", "share", "dose", "90 % interval", "reached"), box=SIMPLE, title=f"A dose that {aim}"
        )
        for each in self.answers:
            regimen = each.question.regimen
            found.add_row(
                each.question.population.name,
                regimen.name,
                f"{100 * each.question.share:g} %",
                f"{each.dose:g} {unit}" if each.dose is not None else f"none up to {regimen.cap:g} {unit}",
                dose_words.interval(each, unit),
                f"{100 * each.attained:.1f} %",
            )
        return found
