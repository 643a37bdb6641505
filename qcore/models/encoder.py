"""From laboratory values with units to standardised features: the fixed first step of every torch model on tables."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

CLIP_SD = 3.0
"""Features are cut at three standard deviations, so that an extreme value cannot turn an angle full circle."""


class TableEncoder(nn.Module):
    """Fill missing values with the median, take logarithms where asked, cut outliers, standardise, one-hot categories.

    Args:
        columns: names of the inputs, in order.
        log_offset: for columns whose logarithm is taken, what is added before, in the column's unit.
        categories: for columns that hold codes, how many codes there are (1 to n).
    """

    median: Tensor
    low: Tensor
    high: Tensor
    mean: Tensor
    sd: Tensor

    def __init__(
        self,
        columns: Sequence[str],
        log_offset: Mapping[str, float],
        categories: Mapping[str, int],
    ) -> None:
        super().__init__()
        self.numeric = [i for i, name in enumerate(columns) if name not in categories]
        self.categorical = [(i, categories[name]) for i, name in enumerate(columns) if name in categories]
        offsets = [log_offset.get(columns[i]) for i in self.numeric]
        self.logged = torch.tensor([offset is not None for offset in offsets])
        self.offset = torch.tensor([offset or 0.0 for offset in offsets], dtype=torch.float64)
        for name, size in (
            ("median", len(columns)),
            ("low", len(self.numeric)),
            ("high", len(self.numeric)),
            ("mean", len(self.numeric)),
            ("sd", len(self.numeric)),
        ):
            self.register_buffer(name, torch.zeros(size, dtype=torch.float64))

    @property
    def n_features(self) -> int:
        """Length of an encoded feature vector."""
        return len(self.numeric) + sum(count for _, count in self.categorical)

    def fit(self, inputs: Tensor) -> "TableEncoder":
        """Learn medians, cut-offs and scales from training inputs ``(n, n_columns)``, NaN where missing."""
        self.median.copy_(torch.nanmedian(inputs, dim=0).values)
        values = self._scaled(inputs)
        self.low.copy_(torch.quantile(values, 0.01, dim=0))
        self.high.copy_(torch.quantile(values, 0.99, dim=0))
        cut = values.clamp(self.low, self.high)
        self.mean.copy_(cut.mean(dim=0))
        self.sd.copy_(cut.std(dim=0))
        return self

    def forward(self, inputs: Tensor) -> Tensor:
        """Encode inputs ``(batch, n_columns)`` float64 to features ``(batch, n_features)``, dimensionless."""
        values = self._scaled(inputs).clamp(self.low, self.high)
        numeric = ((values - self.mean) / self.sd).clamp(-CLIP_SD, CLIP_SD)
        one_hot = [
            nn.functional.one_hot(self._filled(inputs)[:, i].long() - 1, count).to(numeric.dtype)
            for i, count in self.categorical
        ]
        return torch.cat([numeric, *one_hot], dim=1)

    def _filled(self, inputs: Tensor) -> Tensor:
        return torch.where(torch.isnan(inputs), self.median, inputs)

    def _scaled(self, inputs: Tensor) -> Tensor:
        values = self._filled(inputs)[:, self.numeric]
        logs = torch.log((values + self.offset).clamp_min(1e-6))
        return torch.where(self.logged, logs, values)
