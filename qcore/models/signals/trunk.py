"""Residual convolutions along time: leads to a vector of features for each stretch of the recording.

Source: He et al. 2016, doi:10.1109/CVPR.2016.90, in one dimension and with wide filters, as Wang et al. 2017
(arXiv:1611.06455) and Strodthoff et al. 2021 (doi:10.1109/JBHI.2020.3022989) use them for time series and for ECG.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

FIRST_WIDE, WIDE = 11, 7
"""Samples that the first filter and the others span."""
DROPOUT = 0.1


def along_time(n_in: int, n_out: int, wide: int, stride: int = 1) -> nn.Sequential:
    """Return a convolution along time with batch normalisation."""
    return nn.Sequential(nn.Conv1d(n_in, n_out, wide, stride, padding=wide // 2, bias=False), nn.BatchNorm1d(n_out))


class HalvingBlock(nn.Module):
    """Two convolutions and what went in added to what comes out, half as many samples of it.

    Args:
        n_in: channels that go in.
        n_out: channels that come out.
    """

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.first = along_time(n_in, n_out, WIDE, stride=2)
        self.dropout = nn.Dropout(DROPOUT)
        self.second = along_time(n_out, n_out, WIDE)
        self.skip = nn.Sequential(nn.AvgPool1d(2, 2, ceil_mode=True), along_time(n_in, n_out, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_in, n)`` to ``(batch, n_out, n / 2)``, rounded up."""
        return torch.relu(self.second(self.dropout(torch.relu(self.first(x)))) + self.skip(x))


class SignalTrunk(nn.Module):
    """A convolution and blocks, each of which halves the number of samples.

    Args:
        n_leads: channels of the signal.
        widths: channels after the first convolution and after each block.
    """

    def __init__(self, n_leads: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.n_out = widths[-1]
        blocks = [HalvingBlock(n_in, n_out) for n_in, n_out in pairwise(widths)]
        self.body = nn.Sequential(along_time(n_leads, widths[0], FIRST_WIDE, stride=2), nn.ReLU(), *blocks)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_leads, n_samples)`` to ``(batch, n_out, n_stretches)``."""
        return self.body(x)  # type: ignore[no-any-return]
