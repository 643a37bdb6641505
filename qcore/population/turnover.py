"""A response that is made and lost all the time, and whose making or loss the drug changes (indirect response).

``R = R0`` before the first dose; E is the drug's effect, -1 where making (or loss) stops altogether. The equations are
linear in R: between two times they are solved nearly exactly if E is a polynomial there, and panels are short enough
that it nearly is. Source: Dayneka, Garg and Jusko 1993, doi:10.1007/BF01061691.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.polynomial import legendre
from torch import Tensor

N_NODES = 5
"""Number of points of a panel at which the effect is evaluated; between them it is a polynomial of degree 4."""
SMALL = 4.0
"""Below this product of rate and panel, moments are found by quadrature: the recursion would cancel."""
STILL_LOST = 1e-3
"""Share of the loss that is left at least: at no loss a response would grow for ever."""
FAST = 8.0
"""Product of rate and panel from which on the rate before its end counts less and less."""
_FINE = 12


@cache
def nodes() -> Tensor:
    """Return where in a panel the effect is evaluated, ``(n_nodes,)``, from 0 to 1."""
    return torch.from_numpy((legendre.leggauss(N_NODES)[0] + 1) / 2)


def panel_weights(products: Tensor) -> Tensor:
    """Return the weights of the effect at the nodes in ``z ∫ exp(-z (1 - x)) E(x) dx`` over x from 0 to 1.

    Args:
        products: z, rate times width of a panel, any shape, 0 or more.

    Returns:
        ``(..., n_nodes)``, which add up to ``1 - exp(-z)``.
    """
    x, weights = legendre.leggauss(N_NODES)
    # Coefficients of the Legendre series through values at the nodes: Gauss quadrature of degree 9 gives them exactly.
    series = (2 * np.arange(N_NODES) + 1)[:, None] / 2 * weights * legendre.legvander(x, N_NODES - 1).T
    return torch.einsum("...k,kj->...j", _moments(products), torch.from_numpy(series))


def _moments(products: Tensor) -> Tensor:
    """Return ``z/2 ∫ exp(-z (1 - x)/2) P_k(x) dx`` over x from -1 to 1, ``(..., n_nodes)``."""
    x, weights = legendre.leggauss(_FINE)
    table = torch.from_numpy(weights[:, None] * legendre.legvander(x, N_NODES - 1))
    z = products.clamp(max=SMALL).unsqueeze(-1)
    small = z / 2 * torch.exp(-z * torch.from_numpy((1 - x) / 2)) @ table
    # Modified spherical Bessel functions of the first kind, times exp(-z/2): their upward recursion.
    half = products.clamp(min=SMALL) / 2
    left = torch.exp(-2 * half)
    large = [(1 - left) / 2, (1 + left) / 2 - (1 - left) / (2 * half)]
    for k in range(1, N_NODES - 1):
        large.append(large[k - 1] - (2 * k + 1) / half * large[k])
    return torch.where(products.unsqueeze(-1) < SMALL, small, 2 * torch.stack(large, -1))


@dataclass(frozen=True)
class Panels:
    """What becomes of a response over panels: ``d[p] = kept[p] d[p - 1] + gained[p]``, d being R / R0 - 1.

    Attributes:
        kept: share of d that is left after a panel, ``(..., n_panels)``.
        gained: what a panel adds to d, ``(..., n_panels)``.
    """

    kept: Tensor
    gained: Tensor


class Turnover:
    """How a response turns over in panels, whatever the drug does there.

    Args:
        products: kout times the width of each panel, ``(..., n_panels)``; 0 pads.
    """

    def __init__(self, products: Tensor) -> None:
        self.products = products
        self.weights = panel_weights(products)

    def production(self, effects: Tensor) -> Panels:
        """Return the panels where the drug changes the making: ``dR/dt = kout R0 (1 + E) - kout R``.

        Args:
            effects: E at the nodes, ``(..., n_panels, n_nodes)``, dimensionless.
        """
        gained = (self.weights * effects).sum(-1)
        return Panels(torch.exp(-self.products).expand_as(gained), gained)

    def loss(self, effects: Tensor) -> Panels:
        """Return the panels where the drug changes the loss: ``dR/dt = kout R0 - kout (1 + E) R``.

        The rate at a panel's end, where a fast response is decided, is taken out and solved exactly; how the rate
        differs from it before is a polynomial.

        Args:
            effects: E at the nodes, ``(..., n_panels, n_nodes)``, dimensionless.
        """
        last = (effects @ _at_end()).clamp(min=STILL_LOST - 1)
        rate = self.products * (1 + last)
        ahead = self.products.unsqueeze(-1) * ((effects - last.unsqueeze(-1)) @ _integrals())
        whole = ahead[..., -1]
        # A response far faster than a panel follows the rate at the end alone, and no polynomial reaches that far.
        slow = (FAST / rate.clamp(min=FAST)) ** 2
        kept = torch.exp(-rate - slow * whole)
        since = slow.unsqueeze(-1) * (ahead[..., :-1] - whole.unsqueeze(-1))
        made = (panel_weights(rate) * torch.exp(since)).sum(-1) / (1 + last)
        return Panels(kept, made + kept - 1)


@cache
def _at_end() -> Tensor:
    """Return what turns values at the nodes into the value at 1, ``(n_nodes,)``."""
    powers = np.arange(N_NODES)
    return torch.from_numpy(np.linalg.solve(np.vander(nodes().numpy(), N_NODES, increasing=True).T, 1.0**powers))


@cache
def _integrals() -> Tensor:
    """Return what turns values at the nodes into integrals from 0 to each node and to 1, ``(n_nodes, n_nodes + 1)``."""
    at = np.append(nodes().numpy(), 1.0)
    powers = np.arange(N_NODES)
    coefficients = np.linalg.inv(np.vander(at[:-1], N_NODES, increasing=True))
    return torch.from_numpy(coefficients.T @ (at[:, None] ** (powers + 1) / (powers + 1)).T)
