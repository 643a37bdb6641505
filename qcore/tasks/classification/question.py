"""A question of classification: what is shown and asked, and which families may answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from qcore.models.families import FAMILIES, Family, Kind, Shape
from qcore.models.quantum_layer import ABLATIONS
from qcore.tasks.classification.labels import Labels
from qcore.tasks.classification.preparation import Preparation


@dataclass(frozen=True)
class Form:
    """One way in which a case can be shown to a model.

    Attributes:
        shape: of a prepared case, and how many labels there are.
        preparation: makes what prepares a case for networks of that precision, not yet fitted.
        families: names of those that are shown it; all that take such cases if empty, except variants of others.
    """

    shape: Shape
    preparation: Callable[[torch.dtype], Preparation]
    families: tuple[str, ...] = ()

    def is_for(self, family: Family) -> bool:
        """Tell whether a family is shown cases in this form."""
        if self.families:
            return family.name in self.families
        return self.shape.kind in family.kinds and not family.variant_of


@dataclass(frozen=True, repr=False)
class Question:
    """A question that is asked of cases: what is shown, which labels they may have, and which families answer.

    Attributes:
        name: short identifier, as in commands and folders.
        title: what pages and cards call it.
        dataset: name of its public data set.
        labels: what is asked of each case.
        forms: how a case can be shown: a table or a series of the same patients, an image, a volume.
        released: family whose model bears the question's name.
        references: the other classical models that are trained with one of the families, beside its twin.
        splits: a sentence on what trained, calibrated and tested.
        limits: what the data do not tell.
        mirrored: True where an image and its mirror image show the same; both are then looked at.
        bar: AUROC and accuracy that the best hybrid was asked to reach; None where nothing was asked.
        published: what others report on the same test split: who, AUROC, accuracy.
        referenced: family with which the references are trained, and which reads what they read; the released one
            where none is named.

    Raises:
        ValueError: models of a form would have another number of outputs than there are labels.
    """

    name: str
    title: str
    dataset: str
    labels: Labels
    forms: tuple[Form, ...]
    released: str
    references: tuple[str, ...]
    splits: str
    limits: str
    mirrored: bool = False
    bar: tuple[float, float] | None = None
    published: tuple[tuple[str, float, float], ...] = ()
    referenced: str = ""

    def __post_init__(self) -> None:
        """Refuse forms whose models would answer another number of labels."""
        if wrong := {form.shape.n_outputs for form in self.forms} - {len(self.labels)}:
            raise ValueError(
                f"'{self.name}' has {len(self.labels)} labels, but a form whose models have {min(wrong)} outputs: "
                "every label needs one, so set n_outputs of its Shape to the number of labels."
            )

    @property
    def families(self) -> list[str]:
        """Names of the families that can answer it."""
        return [name for name, family in FAMILIES.items() if any(form.is_for(family) for form in self.forms)]

    def __repr__(self) -> str:
        """Return name, title and labels, on one line."""
        return f"Question {self.name}: {self.title}; {', '.join(self.labels.names)}"


@dataclass(frozen=True)
class Entry:
    """A family that answers a question.

    Attributes:
        question: the question that is answered.
        family: name of the family, a key of `FAMILIES`.
        n_qubits: width of its circuit.
        n_layers: layers of its circuit.
    """

    question: Question
    family: str
    n_qubits: int
    n_layers: int

    @property
    def name(self) -> str:
        """Name of its folder and card: ``breast`` for the released family, else such as ``breast-hqcnn``."""
        return self.question.name if self.is_released else f"{self.question.name}-{self.family}"

    @property
    def is_released(self) -> bool:
        """Whether it is the one that bears the question's name."""
        return self.question.released in {self.family, self.definition.variant_of}

    @property
    def brings_references(self) -> bool:
        """Whether the references of the question are trained with it."""
        named = self.question.referenced
        return self.family == named if named else self.is_released

    @property
    def form(self) -> Form:
        """How cases are shown to it."""
        forms, family = self.question.forms, self.definition
        own = (form for form in forms if form.is_for(family))
        # A variant that nobody asks to be listed is shown what its family is.
        return next(own, None) or next(form for form in forms if form.shape.kind in family.kinds)

    @property
    def shape(self) -> Shape:
        """Kind and size of what its models are given."""
        return self.form.shape

    def new_preparation(self) -> Preparation:
        """Return what prepares cases for it, not yet fitted."""
        return self.form.preparation(self.definition.dtype)

    @property
    def definition(self) -> Family:
        """The family itself, as `FAMILIES` holds it."""
        return FAMILIES[self.family]


def entry_of(question: Question, family: str = "") -> Entry:
    """Return a family at its usual size for a question; the released one where none is named."""
    family = family or question.released
    return Entry(question, family, *FAMILIES[family].size)


def entries_of(questions: Sequence[Question]) -> list[Entry]:
    """Return every family for every question."""
    return [entry_of(question, family) for question in questions for family in question.families]


def pictures(kind: Kind) -> bool:
    """Tell whether a case is an image or a volume."""
    return kind in {Kind.IMAGE, Kind.VOLUME}


def is_studied(entry: Entry) -> bool:
    """Tell whether something can be taken away from its circuit and leave a model of the same family."""
    return not set(ABLATIONS) <= entry.definition.whole
