"""Fit a population model to a small simulated study, and find the dose that keeps nine people in ten above a level."""

import numpy as np

import qcore

draw = np.random.default_rng(0)
hours = np.array([0.5, 2, 6, 12, 24, 48])  # after a single intravenous dose of 100 mg
once = np.zeros(1)


def subject(name: str) -> qcore.Subject:
    weight = draw.uniform(50, 100)
    clearance = 3 * (weight / 70) ** 0.75 * np.exp(0.2 * draw.standard_normal())  # L/h
    volume = 40 * weight / 70 * np.exp(0.2 * draw.standard_normal())  # L
    level = 100 / volume * np.exp(-clearance / volume * hours + 0.1 * draw.standard_normal(hours.size))  # mg/L
    given = qcore.Doses(time=once, amount=once + 100, duration=once, absorbed=once > 0, steady_interval=once)
    return qcore.Subject(name, {"WT": weight}, given, qcore.Observations(hours, level, response=hours < 0))


# A file in NONMEM's layout instead: study = qcore.read_study("study.csv").study
study = qcore.Study(tuple(subject(str(number)) for number in range(12)), ("WT",), weight="WT")
model = qcore.fit_population_model(study)
for name, value in model.reported.items():
    print(f"{name:34} {value:.3f}")

question = qcore.DoseQuestion(
    qcore.Population("50 to 100 kg", weight_kg=(50, 100)),
    qcore.Regimen(name="twice daily", interval_h=12, step=10, cap=500),
    qcore.Target(qcore.Measure.TROUGH, low=2.0),  # mg/L
    share=0.9,
)
(answer,) = qcore.find_doses(model, [question])
print(f"{answer.dose:g} mg twice daily (90 % interval {answer.low:g} to {answer.high:g} mg) in {answer.attained:.1%}")
print(*answer.doubts, sep="\n")  # what speaks against it; of a model that cannot be, no dose is named at all
