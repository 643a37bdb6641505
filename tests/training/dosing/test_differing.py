"""How people differ from a model, learnt from people held out: made-up people whose differences are known."""

import math

import torch
from made_up_study import study

from qcore.tasks.dosing.networks.base import fit_superposition
from qcore.tasks.dosing.networks.differences import LOG_SD_ERROR, LOG_SD_LEVEL
from qcore.tasks.dosing.networks.dose_history import half_lives_of
from qcore.tasks.dosing.networks.features import fit_features
from qcore.tasks.dosing.networks.model import Build, Corrector, Experts, Learned
from qcore.tasks.dosing.networks.samples import measured_moments
from qcore.training.dosing.differing import differing


def test_differences_of_made_up_people_are_found() -> None:
    """Baselines and volumes differ by 20 %, measurements err by 5 %."""
    whole = study(60)
    moments = measured_moments(whole)
    features = fit_features(whole, moments, fit_superposition(whole), None, half_lives_of(whole, 3))
    # Untrained: it says what the average course says.
    member = Corrector(Build(Experts.CLASSICAL, n_qubits=2, n_layers=1), features.n_features).eval()
    learned = Learned(features, (member,), torch.full((2,), 0.1, dtype=torch.float64))
    predicted = features.base.log_predicted(whole, moments).exp()
    concentration, response = differing(learned, whole, moments, predicted)
    for found in (concentration, response):
        assert 0.1 < math.exp(found.numbers[LOG_SD_LEVEL]) < 0.3
    # The average course knows no absorption, which counts as error of the concentration.
    assert math.exp(response.numbers[LOG_SD_ERROR]) < 0.12
