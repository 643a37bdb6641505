"""The answer about an image that is no MRI of the brain, to take along."""

import numpy as np

from dashboard.shared.numbers import percent
from dashboard.tumor.case import Case
from dashboard.tumor.download import kinds_of, offer
from dashboard.tumor.other.answer import set_worth
from dashboard.tumor.other.images import LEAST_FALL, fullest_slice
from dashboard.tumor.other.seen import other_attended, other_prepared
from qcore.backends.protocol import Backend
from qcore.evidence.evaluation import Evaluation
from qcore.io.image.export import page, picture
from qcore.tasks.classification.labels import Label
from qcore.tasks.classification.model import Model
from qcore.tasks.imaging.answer import Answer
from qcore.tasks.imaging.subjects import Subject


def other_downloads(
    case: Case,
    subject: Subject,
    label: Label,
    model: Model,
    found: Answer,
    backend: Backend,
    evaluation: Evaluation,
) -> None:
    """Offer what is written of the image.

    Args:
        case: the image.
        subject: what it shows.
        label: what is asked for.
        model: trained.
        found: the answer.
        backend: where the circuit runs.
        evaluation: says what the answer is worth.
    """
    # A file is made in a thread that belongs to no session: what the session remembers is taken out before.
    attended, prepared = other_attended(case, backend).values, other_prepared(case)

    def drawn() -> picture.Colours:
        number = fullest_slice(case.series)
        # What speaks for the other answer would be painted as if it spoke for this one.
        speaks_for = np.clip(attended, 0, None) / max(LEAST_FALL, float(np.abs(attended).max()))
        bare = picture.drawn(case.series.pixels[number], prepared.placed(speaks_for)[number])
        line = f"{subject.title}: {label.name} {percent(found.probability)}, circuit on {found.backend}"
        return picture.captioned(bare, [line])

    def written() -> page.Written:
        return page.Written(
            heading=subject.title,
            title=f"{case.title}, {case.source.lower()}",
            probabilities={label.name: found.probability, label.absent: 1 - found.probability},
            possible=found.possible,
            backend=found.backend,
            remarks=[
                set_worth(evaluation, subject),
                f"Model card: {model.entry.name}, weights {model.digest}",
                f"Trained on {subject.population}",
                subject.sees,
            ],
        )

    name = subject.question.name
    offer(kinds_of(drawn, written), name, name, model.entry.name)
