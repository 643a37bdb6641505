"""Load the trained AKI model, ask for a patient's risk under device noise, and explain it by exact Shapley values."""

import qcore

model = qcore.load_aki_model()
place = qcore.backend("noisy:fez")
patient = next(each for each in qcore.aki_examples() if each.key == "septic_shock")

# The model itself refuses nothing: a value in another unit, or one that is missing, is found by the check.
risk = model.predict(qcore.check_aki_patients(patient.inputs.to_frame().T), place)
print(f"{patient.title}: risk of acute kidney injury {risk.value[0]:.3f}")
print(f"{risk.nominal_coverage:.0%} interval {risk.low[0]:.3f} to {risk.high[0]:.3f}, alert from {risk.threshold:.3f}")
print(f"ran on: {risk.provenance.device}; trained on: {risk.population}")

explanation = model.explain(patient.inputs, place)
print(f"risk of the reference patient {explanation.base_value:.3f}, and what each input adds to it:")
for part, name in sorted(zip(explanation.attributions, explanation.names, strict=True), key=lambda pair: -abs(pair[0])):
    print(f"  {name:24} {part:+.3f}")
