"""What a population model is made of: parameters, what they depend on, how people differ, how measurements err.

A patient's parameters are log-normal around what is typical of the patient's covariates:
``log p = log typical + sum of covariate effects + eta``, with eta normal and independent between parameters. Names are
those of the field (NONMEM, nlmixr2).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import torch
from torch import Tensor

from qcore.study import Quantity

MEANING = {
    "CL": "clearance",
    "V": "volume of distribution",
    "Q": "flow between compartments",
    "V2": "volume of the second compartment",
    "KA": "absorption rate",
    "TLAG": "delay of absorption",
    "F": "share of an absorbed dose that arrives",
    "R0": "response without the drug",
    "KOUT": "rate at which the response is lost",
    "IMAX": "largest share that is held back",
    "SMAX": "largest rise, as a share",
    "EC50": "concentration of half the largest effect",
    "HILL": "steepness of the effect",
}
"""Meaning of every parameter a model can have."""
SHARES = {"F", "IMAX"}
"""Parameters between 0 and 1, whose logit is estimated."""


class ResponseKind(StrEnum):
    """How a response follows the concentration."""

    PRODUCTION = "production"
    """The drug changes the rate at which it is made (indirect response)."""
    LOSS = "loss"
    """The drug changes the rate at which it is lost (indirect response)."""
    DIRECT = "direct"
    """The concentration sets it at once."""


@dataclass(frozen=True)
class Response:
    """How the drug acts on the response: at once or by turnover, upwards or downwards.

    Attributes:
        kind: at once, or by way of turnover.
        lowers: the response, or raises it.
        partial: of an inhibition: IMAX is estimated; otherwise it is 1, and a high concentration stops all.
        hill: HILL is estimated; otherwise it is 1.
    """

    kind: ResponseKind = ResponseKind.PRODUCTION
    lowers: bool = True
    partial: bool = False
    hill: bool = False

    @property
    def inhibits(self) -> bool:
        """Whether what the drug changes becomes less: a response falls if less is made, and rises if less is lost."""
        return self.lowers != (self.kind is ResponseKind.LOSS)

    @property
    def turns_over(self) -> bool:
        """Whether the response lags behind the concentration."""
        return self.kind is not ResponseKind.DIRECT


@dataclass(frozen=True)
class Effect:
    """What a covariate does to a parameter.

    Attributes:
        parameter: name of the parameter that it multiplies.
        covariate: name of the covariate.
        reference: the parameter goes as (covariate / reference) to a power; None for a covariate of 0 and 1, which
            multiplies it by a factor.
        exponent: of the power where it is known beforehand (allometry: .75 and 1); None where it is estimated.
    """

    parameter: str
    covariate: str
    reference: float | None = None
    exponent: float | None = None


@dataclass(frozen=True)
class ResidualError:
    """Residual error of a measurement: its variance is ``additive² + (proportional × prediction)²``."""

    additive: bool = True
    proportional: bool = True


@dataclass(frozen=True)
class Structure:
    """The structure of a population model, without its numbers.

    Attributes:
        compartments: number of compartments, 1 or 2.
        absorbed: doses pass through a depot first.
        lag: doses wait for a while (TLAG) before they are absorbed.
        bioavailability: some doses are absorbed and some go into the blood, so that F can be told.
        response: how the drug acts; None where only the concentration is modelled.
        iiv: parameters with inter-individual variability (IIV): in which people differ beyond their covariates.
        effects: of covariates on parameters.
        residual: error of the measurements of each quantity.
        exposed: the concentrations of everybody are known, and only the response is modelled.
    """

    compartments: int = 1
    absorbed: bool = True
    lag: bool = False
    bioavailability: bool = False
    response: Response | None = None
    iiv: tuple[str, ...] = ("CL", "V")
    effects: tuple[Effect, ...] = ()
    residual: Mapping[Quantity, ResidualError] = field(
        default_factory=lambda: {Quantity.CONCENTRATION: ResidualError(), Quantity.RESPONSE: ResidualError()}
    )
    exposed: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of a patient's parameters, in order."""
        return self.kinetic + self.dynamic

    @property
    def kinetic(self) -> tuple[str, ...]:
        """Names of the parameters the concentration depends on."""
        if self.exposed:
            return ()
        names = ["CL", "V"]
        names += ["Q", "V2"] if self.compartments == 2 else []
        names += ["KA"] if self.absorbed else []
        names += ["TLAG"] if self.absorbed and self.lag else []
        names += ["F"] if self.absorbed and self.bioavailability else []
        return tuple(names)

    @property
    def dynamic(self) -> tuple[str, ...]:
        """Names of the parameters the response depends on beside the concentration."""
        if self.response is None:
            return ()
        names = ["R0", "KOUT"] if self.response.turns_over else ["R0"]
        if not self.response.inhibits:
            names += ["SMAX"]
        elif self.response.partial:
            names += ["IMAX"]
        names += ["EC50"]
        names += ["HILL"] if self.response.hill else []
        return tuple(names)

    @property
    def free(self) -> tuple[Effect, ...]:
        """Effects whose size is estimated."""
        return tuple(effect for effect in self.effects if effect.exponent is None)

    @property
    def sigma(self) -> tuple[tuple[Quantity, str], ...]:
        """Standard deviations of residual errors that are estimated (SIGMA), as quantity and part."""
        quantities = [] if self.exposed else [Quantity.CONCENTRATION]
        quantities += [Quantity.RESPONSE] if self.response else []
        return tuple(
            (quantity, part)
            for quantity in quantities
            for part in ("additive", "proportional")
            if getattr(self.residual[quantity], part)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all that is estimated, in the order of a vector of numbers."""
        return (
            *self.parameters,
            *(f"{effect.covariate} on {effect.parameter}" for effect in self.free),
            *(f"omega {name}" for name in self.iiv),
            *(f"{part} error of {quantity}" for quantity, part in self.sigma),
        )


@dataclass(frozen=True)
class Estimates:
    """The numbers of a structure, taken from one vector whose entries are unbounded.

    Attributes:
        theta: log (or logit, of `SHARES`) of every typical parameter, ``(n_parameters,)``.
        effects: sizes of the covariate effects that are estimated, ``(n_free,)``.
        omega: standard deviations of the random effects, ``(n_iiv,)``.
        sigma: standard deviations of the residual errors, ``(n_sigma,)``.
    """

    theta: Tensor
    effects: Tensor
    omega: Tensor
    sigma: Tensor


def estimates_of(structure: Structure, vector: Tensor) -> Estimates:
    """Return the numbers of a structure from a vector ``(n_names,)`` in the order of its names."""
    lengths = [len(structure.parameters), len(structure.free), len(structure.iiv), len(structure.sigma)]
    theta, effects, omega, sigma = torch.split(vector, lengths)
    return Estimates(theta, effects, torch.exp(omega), torch.exp(sigma))


def natural(structure: Structure, vector: Tensor) -> Tensor:
    """Return the numbers as they are reported: parameters in their units, effects as they are, standard deviations."""
    estimates = estimates_of(structure, vector)
    typical = [_bounded(name, value) for name, value in zip(structure.parameters, estimates.theta, strict=True)]
    return torch.cat([torch.stack(typical), estimates.effects, estimates.omega, estimates.sigma])


def _bounded(name: str, value: Tensor) -> Tensor:
    return torch.sigmoid(value) if name in SHARES else torch.exp(value)


def individual(
    structure: Structure, estimates: Estimates, covariates: Mapping[str, Tensor], eta: Tensor
) -> dict[str, Tensor]:
    """Return the parameters of patients, each ``(..., n_patients)``.

    Args:
        structure: of the population model.
        estimates: numbers of the model.
        covariates: of the patients, each ``(n_patients,)``.
        eta: how each differs from what is typical, ``(..., n_patients, n_iiv)``.
    """
    free = dict(zip(structure.free, estimates.effects, strict=True))
    parameters = {}
    for name, typical in zip(structure.parameters, estimates.theta, strict=True):
        value = typical.expand(eta.shape[:-1])
        for effect in structure.effects:
            if effect.parameter == name:
                size = free[effect] if effect.exponent is None else effect.exponent
                value = value + size * regressor(effect, covariates[effect.covariate])
        if name in structure.iiv:
            value = value + eta[..., structure.iiv.index(name)]
        parameters[name] = _bounded(name, value)
    return parameters


def regressor(effect: Effect, covariate: Tensor) -> Tensor:
    """Return what an effect's size multiplies."""
    return covariate if effect.reference is None else torch.log(covariate / effect.reference)
