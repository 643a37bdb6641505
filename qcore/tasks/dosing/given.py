"""What a program hands over to be fitted: a study of its own making, checked subject by subject."""

from collections.abc import Iterator
from dataclasses import fields

import numpy as np

from qcore.arguments import check_kind
from qcore.errors import InvalidArgument
from qcore.study import Doses, Observations, Study, Subject

FLAGS = ("absorbed", "response")
"""Arrays of yes and no; all others hold numbers."""
NEVER_NEGATIVE = ("amount", "duration", "steady_interval")


def check_study(study: Study) -> None:
    """Refuse a study that cannot have been done.

    Raises:
        InvalidArgument: it is no study, a covariate of a subject is missing, or an array has another length than those
            beside it, is not in order of time, or holds what is no number; the message names the subject.
    """
    check_kind("The study", study, Study, "a qcore.Study; of what qcore.read_study returns it is `.study`")
    if study.weight is not None and study.weight not in study.covariates:
        raise InvalidArgument(f"The weight '{study.weight}' is none of the covariates {', '.join(study.covariates)}.")
    for subject in study.subjects:
        check_kind("Each of the subjects", subject, Subject, "a qcore.Subject")
        wrong = next(_faults(subject, study.covariates), "")
        if wrong:
            raise InvalidArgument(f"Subject {subject.name}: {wrong}.")


def _faults(subject: Subject, covariates: tuple[str, ...]) -> Iterator[str]:
    for name in covariates:
        value = subject.covariates.get(name)
        if not isinstance(value, int | float | np.number) or not np.isfinite(value):
            yield f"the covariate {name} must be a finite number, not {value!r}"
    yield from _array_faults(subject.doses, Doses, "doses")
    yield from _array_faults(subject.observations, Observations, "observations")


def _array_faults(rows: Doses | Observations, kind: type, what: str) -> Iterator[str]:
    if not isinstance(rows, kind):
        yield f"{what} must be qcore.{kind.__name__}, not {type(rows).__name__}"
        return
    arrays = {item.name: getattr(rows, item.name) for item in fields(rows)}
    for name, values in arrays.items():
        if not isinstance(values, np.ndarray) or values.ndim != 1:
            yield f"{name} of the {what} must be a numpy array with one axis"
        elif name in FLAGS and values.dtype != np.bool_:
            yield f"{name} of the {what} must hold True and False, not {values.dtype}"
        elif name not in FLAGS and not (values.dtype.kind in "fiu" and np.isfinite(values).all()):
            yield f"{name} of the {what} must hold finite numbers"
        elif name in NEVER_NEGATIVE and (values < 0).any():
            yield f"{name} of the {what} must not be negative"
        elif len(values) != len(arrays["time"]):
            yield f"{name} of the {what} has {len(values)} values for {len(arrays['time'])} times"
    if (np.diff(arrays["time"]) < 0).any():
        yield f"the {what} must be in order of time"
