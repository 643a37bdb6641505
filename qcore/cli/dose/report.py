"""What `qlinical dose` found, as it is printed and for other programs: the answer first, then what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from qcore.cli.dose import numbers, wording
from qcore.cli.dose.fields import in_command
from qcore.cli.dose.models import json_row
from qcore.tasks.dosing.asked import asked_instead
from qcore.tasks.dosing.beyond import beyond_study
from qcore.tasks.dosing.dose_finding import Answer
from qcore.tasks.dosing.drug.file import Drug, Studied
from qcore.tasks.dosing.fitted_model import Fitted
from qcore.tasks.dosing.nearest import dose_or_nearest
from qcore.tasks.dosing.trust.findings import Trust, doubts_left, worst


@dataclass(frozen=True)
class Report:
    """The answers to the questions, and what they rest on.

    Attributes:
        answers: of the mechanistic model.
        learned: answers of the networks.
        drug: that was asked about.
        found: the study and its model.
        on_models: sentences on who answered.
        challenge: the questions are the challenge's, which other programs read in one form whatever the study.
        doubts: sentences on what the file does not tell, and on what speaks against the model.
        trusts: what is known to be broken, by identity of the answer; nothing where that is left out.
        studied: doses that the study gave, where they are known.
    """

    answers: list[Answer]
    learned: list[Answer]
    drug: Drug
    found: Fitted
    on_models: list[str]
    challenge: bool
    doubts: tuple[str, ...] = ()
    trusts: Mapping[int, Trust] = field(default_factory=dict)
    studied: Studied | None = None

    @property
    def refuses(self) -> bool:
        """Whether no dose is named at all."""
        return all(self._trust(each).refuses for each in self.answers)

    def _trust(self, each: Answer) -> Trust:
        return self.trusts.get(id(each), Trust())

    @property
    def notes(self) -> list[str]:
        """Sentences on what was read, on the model, and on who answered."""
        return [*map(in_command, self.found.read.notes), *self._on_model, *self.on_models]

    @property
    def _on_model(self) -> list[str]:
        model = self.found.model
        return [*wording.notes(self.found.read, model, self.drug, self.answers), *numbers.allometry(model)]

    @property
    def _origin(self) -> str:
        """Where interval, aim, cap and steps come from, and what was asked for in their place."""
        # The challenge's questions ask for what its drug's file says, for people whom it names.
        asked = [] if self.challenge else [each.question for each in self.answers]
        return f"{self.drug.about} {asked_instead(wording.WORDS, self.drug, asked)}".rstrip()

    def parts(self) -> list[str | Table]:
        """Return what is printed, in order."""
        more = 0 if self.refuses else len(self.answers) - 1
        first, read = self._trust(self.answers[0]), [*map(in_command, self.found.read.doubts)]
        # What the dose may be wrong by stands before it.
        above = [*read, *([first.sentence] if first.sentence and not first.refuses else [])]
        return [
            *(f"Doubtful: {each}" for each in above),
            self._words(self.answers[0]),
            *([f"{more} more {'stands' if more == 1 else 'stand'} in the table below."] if more else []),
            *(f"Doubtful: {doubt}" for doubt in doubts_left(self.doubts, first) if doubt not in read),
            *(f"Beyond the study: {each}" for each in dict.fromkeys(map(self._beyond, self.answers)) if each),
            "",
            *(f"- {note}" for note in self.notes),
            numbers.table(self.found.model, self.drug.units),
            self._origin,
            self._table(),
        ]

    def json(self) -> dict[str, Any]:
        """Return the same for other programs."""
        model, target = self.found.model, self.answers[0].question.target
        unit = self.drug.units.dose
        tells = self.challenge or any(each.name == "COMED" for each in model.covariates)
        return {
            "answers": [
                {**json_row(each, unit, tells, refused=self._trust(each).refuses), "beyond_study": self._beyond(each)}
                for each in self.answers + self.learned
            ],
            "in_words": [self._words(each) for each in self.answers],
            "refused": self.refuses,
            "failed_checks": [
                {"check": each.ground, "said": each.clause, "refuses": each.refuses, "to_do": each.to_do}
                for each in self._all.findings
            ],
            "what_to_do": list(self._all.to_do),
            "drug": self.drug.name,
            "origin": self._origin,
            "aim": {"measure": target.measure, "low": target.low, "high": target.high},
            "dose_is": "highest" if target.highest else "lowest",
            "units": self.drug.units.model_dump(),
            "fit": {
                "numbers": model.reported,
                "standard_errors": numbers.standard_errors(model),
                "minus_two_log_likelihood": model.ofv,
                "bic": model.bic,
                "subjects": model.n_subjects,
                "measurements": model.n_measurements,
                "shrinkage": dict(model.shrinkage),
            },
            "doubts": list(self.doubts),
            "notes": self.notes,
        }

    @property
    def _all(self) -> Trust:
        return worst([self._trust(each) for each in self.answers])

    def _beyond(self, each: Answer) -> str:
        """Say how an answer goes beyond the study; "" where it does not, or where no dose is named."""
        if self._trust(each).refuses:
            return ""
        unit, model = self.drug.units.dose, self.found.model
        return beyond_study(wording.WORDS, model, each.question, dose_or_nearest(each), unit, self.studied)

    def _words(self, each: Answer) -> str:
        known = self._trust(each)
        if not known.refuses:
            return wording.sentence(each, self.drug)
        return f"No dose is named. {known.sentence} What to do: {' '.join(known.to_do)}"

    def _table(self) -> Table:
        unit = self.drug.units.dose
        aim = wording.WORDS.aim(self.answers[0].question.target, self.drug)
        table = Table(
            *("for", "how often", "share", "dose", "90 % interval", "reached"), box=SIMPLE, title=f"A dose that {aim}"
        )
        for each in self.answers:
            regimen = each.question.regimen
            share = f"{100 * each.question.share:g} %"
            if self._trust(each).refuses:
                table.add_row(each.question.population.name, regimen.name, share, "none is named", "", "")
                continue
            table.add_row(
                each.question.population.name,
                regimen.name,
                share,
                f"{each.dose:g} {unit}" if each.dose is not None else f"none up to {regimen.cap:g} {unit}",
                wording.interval(each, self.drug),
                f"{100 * each.attained:.1f} %",
            )
        return table
