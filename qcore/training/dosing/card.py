"""The card of the learned models of concentration and response: generated from their evaluation, never by hand."""

from collections.abc import Callable, Mapping, Sequence

from qcore.evidence.metrics import Estimate
from qcore.study import Quantity, Units
from qcore.tasks.dosing.networks.evaluation.sizes import SizeErrors, sizes
from qcore.tasks.dosing.networks.evaluation.stored import HOW, LIMITS, NetworkEvaluation
from qcore.tasks.dosing.networks.evaluation.sums import MECHANISTIC, Comparison, Error, Sums
from qcore.tasks.dosing.networks.model import COVERAGE, Build, Experts
from qcore.tasks.dosing.networks.released import LEARNED
from qcore.training.cards.markdown import interval, table
from qcore.training.dosing.candidates import CANDIDATES
from qcore.training.dosing.evaluate import FORECAST_AFTER, FORECAST_CASE, UNSEEN_CASE
from qcore.training.dosing.floor import N_TRIALS
from qcore.training.dosing.release import ReleaseRecord
from qcore.training.dosing.size import LAYERS, QUBITS

GOALS = {UNSEEN_CASE: 0.55, FORECAST_CASE: 0.23}
"""Goals for the quantum-enhanced model by case: normalised RMSE of the response."""
PNU = 0.2267
"""Team PNU's figure at 8 qubits and 3 layers; how it was measured is not said."""
WHAT = {
    "superposition": "an average course of one dose, added up over all doses; the response by saturating effects",
    MECHANISTIC: "the population model of `../card.md`, fitted again to the training subjects of every fold",
    "gradient boosting": "scikit-learn's boosted trees on the networks' table, correcting the superposition or "
    "predicting outright, whichever is better in training subjects held out in turns",
    "gradient boosting on mechanistic": "the same, starting from the mechanistic model",
    "quantum": "mixture of quantum experts behind a residual perceptron, cascade concentration -> response, correcting "
    "the superposition",
    "quantum on mechanistic": "the same cascade, correcting the mechanistic model",
    "quantum independent": "a mixture for each quantity, which do not know of each other",
    "quantum multi-task": "one mixture with a head for each quantity",
    "quantum pre-trained": "the cascade with contrastive pre-training of its encoders",
}
"""Descriptions of the candidates; a classical one is the control of the quantum one, with tanh units for circuits."""


def card(evaluation: NetworkEvaluation, released: ReleaseRecord, units: Units) -> str:
    """Return the card as Markdown.

    Args:
        evaluation: errors and coverage of all models.
        released: what is written down of the models that come with Qlinical.
        units: of the study's concentrations and responses.
    """
    sums = evaluation.measured
    parts = [
        "# Learned models of concentration and response",
        "Research only, not for clinical use. This file is written by `qlinical evaluate dosing --write`, "
        "`qlinical study dosing` and `qlinical train dosing --learned`.",
        "## What is compared",
        _what(sums),
        "## How it was measured",
        _how(evaluation, released),
        "## Errors, normalised",
        f"Root mean squared errors over the standard deviation of all measurements "
        f"({_spreads(sums, units)}), with 95 % intervals.",
        errors_table(sums),
        _goals(sums),
        _floors(evaluation),
        "## Errors in units",
        _raw_table(sums, units),
        "## Quantum minus classical",
        "Difference of normalised errors on the same subjects; below 0 the circuits are better.",
        _differences(sums, [each for each in sums.comparisons if each.other != MECHANISTIC]),
        _told_apart([each for each in sums.comparisons if each.other != MECHANISTIC]),
        "## Distance to the mechanistic model",
        "Difference of normalised errors on the same subjects; below 0 the model is better than the mechanistic one.",
        _differences(sums, [each for each in sums.comparisons if each.other == MECHANISTIC]),
        "## Intervals",
        _coverage(evaluation),
        "## Under device noise",
        _noise(evaluation),
        "## Size of the circuits",
        _sizes(evaluation.sizes),
        "## What is shipped",
        _shipped(released, sums),
        "## What to keep in mind",
        LIMITS,
    ]
    return "\n\n".join(parts) + "\n"


def errors_table(sums: Sums, names: Sequence[str] | None = None) -> str:
    """Return normalised errors as a Markdown table, a line a model.

    Args:
        sums: squared errors of all models.
        names: of the models to show; None for all.
    """
    return _table(sums, lambda error: interval(error.normalised), names)


def _raw_table(sums: Sums, units: Units) -> str:
    of = {Quantity.CONCENTRATION: units.concentration, Quantity.RESPONSE: units.response}
    return _table(sums, lambda error: f"{interval(error.rmse, 2)} {of[error.quantity]}".rstrip(), None)


def _table(sums: Sums, write: Callable[[Error], str], names: Sequence[str] | None) -> str:
    columns = [(case, quantity) for case in sums.cases for quantity in sums.spreads]
    cells = {(each.model, each.case, each.quantity): write(each) for each in sums.errors}
    shown = [name for name in _names(sums) if names is None or name in names]
    header = ["model", *(f"{quantity}, {case}" for case, quantity in columns)]
    return table(header, [[name, *(cells[name, *column] for column in columns)] for name in shown])


def _names(sums: Sums) -> list[str]:
    return list(dict.fromkeys(each.model for each in sums.models))


def _what(sums: Sums) -> str:
    lines = [f"- {name}: {what}." for name, what in WHAT.items() if name in _names(sums)]
    build = Build()
    lines.append(
        f"- classical ...: the classical twin of the quantum model of the same name, with about as many parameters. "
        f"Circuits: {build.n_qubits} qubits, {build.n_layers} layers, RY and RX of the input before each layer of "
        "trained rotations and a ring of CNOT; read X, Y, Z and neighbouring ZZ."
    )
    missing = [name for name in CANDIDATES if name not in _names(sums)]
    if missing:
        lines.append(f"- Not measured: {', '.join(missing)}.")
    return "\n".join(lines)


def _how(evaluation: NetworkEvaluation, released: ReleaseRecord) -> str:
    sums = evaluation.measured
    seeds = {len(each.seeds) for each in sums.models}
    members = "one network a model (seed 0)" if seeds == {1} else _several(sums)
    return (
        f"{sums.n_subjects} subjects of the challenge's study (SHA-256 `{evaluation.study}`), {sums.n_repeats} "
        f"divisions into {sums.n_folds} parts with every dose in each, {members}. {HOW} `{UNSEEN_CASE}`: all "
        f"measurements of a subject are predicted. `{FORECAST_CASE}`: those after {FORECAST_AFTER:g} h are, from the "
        f"subject's own samples until then. torch {released.torch}."
    )


def _several(sums: Sums) -> str:
    averaged = {each.model: len(each.seeds) for each in sums.models if len(each.seeds) > 1}
    numbers = ", ".join(f"{name} {count}" for name, count in averaged.items())
    return f"one network a model (seed 0), but the mean of several in {numbers}"


def _spreads(sums: Sums, units: Units) -> str:
    of = {Quantity.CONCENTRATION: units.concentration, Quantity.RESPONSE: units.response}
    return ", ".join(f"{quantity} {value:.3f} {of[quantity]}".rstrip() for quantity, value in sums.spreads.items())


def _goals(sums: Sums) -> str:
    sentences = []
    for case, goal in GOALS.items():
        errors = [each for each in sums.errors if (each.case, each.quantity) == (case, Quantity.RESPONSE)]
        quantum = [each for each in errors if Experts.QUANTUM in each.model]
        if not quantum:
            continue
        met = [f"{each.model}, {interval(each.normalised)}" for each in quantum if each.normalised.value <= goal]
        best = min(errors, key=lambda each: each.normalised.value)
        sentences.append(
            f"Goal for the response, {case}: at most {goal:g}. "
            + (f"Met by {'; '.join(met)}. " if met else "Missed by every quantum model. ")
            + f"The best of all models is {best.model} at {best.normalised.value:.3f}"
            + ("." if best.normalised.value <= goal else ", which misses it too.")
        )
    sentences.append(f"Team PNU reports {PNU:g} at 8 qubits and 3 layers, and does not say on which data.")
    return " ".join(sentences)


def _floors(evaluation: NetworkEvaluation) -> str:
    """Write how large errors are even for predictions by the true model."""
    if not evaluation.floors:
        return "How far off who knows the truth would be is not measured yet."
    floors = [
        f"{quantity} {floor.mean:.3f} ({floor.low:.3f} to {floor.high:.3f} in nine of ten trials)"
        for quantity, floor in evaluation.floors.items()
    ]
    return (
        f"How low can an error of unseen subjects be? In {N_TRIALS} trials simulated from the mechanistic model with "
        "the doses, times and covariates of the study, the best prediction there is, the mean over all people of the "
        f"same covariates and doses by the very model that made the trial, is off by {', '.join(floors)}. People "
        "differ, and nothing tells how of somebody who was not measured."
    )


def _differences(sums: Sums, several: Sequence[Comparison]) -> str:
    columns = [(case, quantity) for case in sums.cases for quantity in sums.spreads]
    cells = {(each.model, each.case, each.quantity): _signed(each.difference) for each in several}
    names = list(dict.fromkeys(each.model for each in several))
    header = ["model", *(f"{quantity}, {case}" for case, quantity in columns)]
    return table(header, [[name, *(cells[name, *column] for column in columns)] for name in names])


def _told_apart(several: Sequence[Comparison]) -> str:
    """Say where circuits and controls differ by more than chance, one comparison at a time."""
    better = [f"{each.model} ({each.quantity}, {each.case})" for each in several if each.difference.high < 0]
    worse = [f"{each.model} ({each.quantity}, {each.case})" for each in several if each.difference.low > 0]
    return (
        f"Of {len(several)} intervals, each by itself, those that leave out 0: circuits better in "
        f"{', '.join(better) or 'none'}; worse in {', '.join(worse) or 'none'}. The others hold 0."
    )


def _signed(estimate: Estimate) -> str:
    return f"{estimate.value:+.3f} ({estimate.low:+.3f} to {estimate.high:+.3f})"


def _coverage(evaluation: NetworkEvaluation) -> str:
    if not evaluation.coverage:
        return "Not measured yet."
    rows = [
        [each.model, each.case, each.quantity, f"{each.found:.1%}", f"{each.n:,}", f"{each.width:.2f}"]
        for each in evaluation.coverage
    ]
    return (
        f"A prediction interval is made of draws with dropout and of the spread of measurements around predictions of "
        f"other people held out. {COVERAGE:.0%} of new measurements should lie inside; on subjects held out in the "
        f"first division these did{_seeds(evaluation)}. Width: median of the upper over the lower end.\n\n"
        + table(["model", "case", "quantity", "inside", "measurements", "width"], rows)
    )


def _seeds(evaluation: NetworkEvaluation) -> str:
    seeds = evaluation.places[0].sums.seeds if evaluation.places else ()
    return f" (seeds {', '.join(map(str, seeds))})" if seeds else ""


def _noise(evaluation: NetworkEvaluation) -> str:
    if not evaluation.places:
        return "Not measured yet."
    report = evaluation.report()["under_noise"]
    columns = [(case, quantity) for case in evaluation.measured.cases for quantity in evaluation.measured.spreads]
    cells = {
        (each["model"], each["backend"], each["case"], each["quantity"]): interval(Estimate(**each["normalised"]))
        for each in report
    }
    lines = list(dict.fromkeys((each["model"], each["backend"]) for each in report))
    rows = [
        [model, backend, *(cells.get((model, backend, *column), "") for column in columns)] for model, backend in lines
    ]
    header = ["model", "circuits run on", *(f"{quantity}, {case}" for case, quantity in columns)]
    return (
        f"Normalised errors in the first division, of the same networks in all places{_seeds(evaluation)}. They "
        "normalise what the circuits measure (`qcore/models/quantum_layer.py`), and circuits only correct a prediction "
        "that has none: little can go wrong.\n\n" + table(header, rows)
    )


def _sizes(several: Sequence[SizeErrors]) -> str:
    if not several:
        return "Not measured yet: `qlinical study dosing`."
    cells = {(each.n_qubits, each.n_layers, each.quantity): each for each in sizes(several)}
    first = several[0].sums
    texts = [
        f"Normalised errors of the forecast by the cascade on the superposition, {first.n_repeats} division into "
        f"{first.n_folds} parts, one network a model, each size beside a twin with as many parameters."
    ]
    for quantity in first.spreads:
        of_quantity = {key[:2]: cell for key, cell in cells.items() if key[2] == quantity}
        texts += [
            f"{quantity.capitalize()}, quantum / classical:",
            _map({key: f"{cell.quantum.value:.3f} / {cell.classical.value:.3f}" for key, cell in of_quantity.items()}),
            f"{quantity.capitalize()}, quantum minus classical:",
            _map({key: _signed(cell.difference) for key, cell in of_quantity.items()}),
        ]
    missing = [f"{n} x {depth}" for n in QUBITS for depth in LAYERS if (n, depth) not in {key[:2] for key in cells}]
    if missing:
        texts.append(f"Not trained yet: {', '.join(missing)} (qubits x layers); `qlinical study dosing` goes on.")
    return "\n\n".join(texts)


def _map(cells: Mapping[tuple[int, int], str]) -> str:
    rows = [[str(n), *(cells.get((n, depth), "–") for depth in LAYERS)] for n in QUBITS]
    return table(["qubits", *(f"{depth} layer{'s' if depth > 1 else ''}" for depth in LAYERS)], rows)


def _shipped(released: ReleaseRecord, sums: Sums) -> str:
    rows = [
        [
            each.model,
            each.case,
            str(len(each.seeds)),
            f"{each.n_parameters:,}",
            str(each.n_angles),
            f"{each.seconds:.0f}",
        ]
        for each in released.models
    ]
    return (
        f"{', '.join(LEARNED)}, for both cases, trained on all {released.n_subjects} subjects; the "
        "predictions of the members are averaged. They have seen everybody: measured above are models trained the same "
        f"way on fewer subjects{_members(released, sums)}.\n\n"
        + table(["model", "case", "members", "parameters of a member", "of them angles", "training, s"], rows)
    )


def _members(released: ReleaseRecord, sums: Sums) -> str:
    measured = {(each.model, each.case): len(each.seeds) for each in sums.models}
    fewer = [each.model for each in released.models if measured[each.model, each.case] < len(each.seeds)]
    return f", and with fewer members in {', '.join(dict.fromkeys(fewer))}" if fewer else ""
