"""Concentration over time after any doses: the exact solution of linear one- and two-compartment kinetics.

A linear system answers every dose with a sum of exponentials, and doses add up. So a patient is a few *modes*, each
with a rate, and every event (a bolus, a tablet, an infusion that begins or ends) adds an amplitude to each mode that
then decays by itself. Source: Gibaldi and Perrier, Pharmacokinetics, 2nd ed. 1982, chapters 1 and 2.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from qcore.population.scan import scan

APART = 1e-7
"""Least relative distance between two rates, since the formula divides by their difference."""


@dataclass(frozen=True)
class Modes:
    """How a batch of patients answers one unit of the drug, every tensor ``(..., n_modes)``.

    Where something is infused the last mode has rate 0: it is the plateau that an infusion heads for.

    Attributes:
        rates: of decay, a unit of time; 0 for the plateau.
        bolus: concentration a unit of amount put into the blood adds to each mode.
        absorbed: the same for an amount put into the depot.
        infused: the same for a rate of one unit of amount a unit of time that begins; None where nothing is infused.
    """

    rates: Tensor
    bolus: Tensor
    absorbed: Tensor
    infused: Tensor | None


def modes(
    clearance: Tensor,
    volume: Tensor,
    absorption: Tensor | None = None,
    flow: Tensor | None = None,
    second_volume: Tensor | None = None,
    infused: bool = True,
) -> Modes:
    """Return the modes of patients.

    Args:
        clearance: CL (or CL/F), volume a unit of time; any shape, which all others share.
        volume: V (or V/F) of the blood's compartment.
        absorption: first-order rate KA, None where nothing is absorbed.
        flow: Q between the compartments, None for one compartment.
        second_volume: V2 of the second compartment, given together with ``flow``.
        infused: whether any dose is an infusion.
    """
    rates, bolus = _disposition(clearance, volume, flow, second_volume)
    plateau = bolus / rates
    through = torch.zeros_like(bolus)
    none = torch.zeros_like(clearance).unsqueeze(-1)
    running = -plateau
    if absorption is not None:
        entering = _apart(absorption.unsqueeze(-1), rates)
        through = bolus * entering / (entering - rates)
        through = torch.cat([through, -through.sum(-1, keepdim=True)], -1)
        rates = torch.cat([rates, entering], -1)
        bolus, running = torch.cat([bolus, none], -1), torch.cat([running, none], -1)
    if not infused:
        return Modes(rates, bolus, through, None)
    rates, bolus, through = (torch.cat([each, none], -1) for each in (rates, bolus, through))
    return Modes(rates, bolus, through, torch.cat([running, plateau.sum(-1, keepdim=True)], -1))


def _disposition(
    clearance: Tensor, volume: Tensor, flow: Tensor | None, second_volume: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Return the rates and bolus amplitudes without absorption, each ``(..., n_compartments)``."""
    elimination = clearance / volume
    if flow is None or second_volume is None:
        return elimination.unsqueeze(-1), (1 / volume).unsqueeze(-1)
    back = flow / second_volume
    total = elimination + flow / volume + back
    root = torch.sqrt(total**2 - 4 * back * elimination)
    fast = (total + root) / 2
    # The product of the rates is known; their difference would cancel.
    slow = back * elimination / fast
    shares = torch.stack([fast - back, back - slow], -1) / (fast - slow).unsqueeze(-1)
    return torch.stack([fast, slow], -1), shares / volume.unsqueeze(-1)


def _apart(absorption: Tensor, rates: Tensor) -> Tensor:
    """Return the rate of absorption ``(..., 1)``, moved a little if it equals another rate."""
    near = (absorption - rates).abs() < APART * rates
    met = (rates * near).sum(-1, keepdim=True)
    return torch.where(near.any(-1, keepdim=True), met * (1 + APART), absorption)


@dataclass(frozen=True)
class Events:
    """What a batch of patients is given, in order of time; padded with amplitudes of 0.

    Attributes:
        times: at which they happen, rising, ``(..., n_events)``.
        amplitudes: ``(..., n_events, n_modes)`` that each adds.
    """

    times: Tensor
    amplitudes: Tensor


def superposed(events: Events, rates: Tensor, times: Tensor) -> Tensor:
    """Return the concentration at these times.

    Args:
        events: doses with the amplitudes they add.
        rates: of decay of the modes, ``(..., n_modes)``.
        times: ``(..., n_times)``; an event at the very time counts.

    Returns:
        ``(..., n_times)``.
    """
    standing = _standing(events, rates)
    given = (times.unsqueeze(-1) >= events.times.unsqueeze(-2)).sum(-1)
    last = (given - 1).clamp(min=0)
    lead = torch.broadcast_shapes(rates.shape[:-1], last.shape[:-1])
    begun = torch.gather(events.times.expand(*last.shape[:-1], -1), -1, last)
    since = (times - begun).clamp(min=0)
    left = torch.exp(-rates.unsqueeze(-2) * since.unsqueeze(-1))
    index = last.expand(*lead, -1).unsqueeze(-1).expand(*lead, last.shape[-1], rates.shape[-1])
    amplitude = torch.gather(standing.expand(*lead, -1, -1), -2, index)
    return (amplitude * left).sum(-1) * (given > 0)


def _standing(events: Events, rates: Tensor) -> Tensor:
    """Return the amplitude of each mode just after each event, which all events up to it have left."""
    widths = events.times.diff(dim=-1, prepend=events.times[..., :1]).unsqueeze(-1)
    kept = torch.exp(-rates.unsqueeze(-2) * widths)
    return scan(kept.expand_as(events.amplitudes), events.amplitudes, -2)


def steady(amplitudes: Tensor, rates: Tensor, interval: Tensor) -> Tensor:
    """Return the amplitudes of a dose at steady state, given at this interval for ever.

    Args:
        amplitudes: ``(..., n_modes)`` of one dose.
        rates: of the modes; the plateau, to which an infusion adds and from which it takes again, is left alone.
        interval: broadcastable to a mode's shape; 0 where the dose was given once.
    """
    repeats = (interval > 0) & (rates > 0)
    ones = torch.ones_like(rates * interval)
    lost = torch.where(repeats, rates * interval, ones)
    return amplitudes / torch.where(repeats, -torch.expm1(-lost), ones)
