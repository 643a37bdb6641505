"""From laboratory values with units to standardised features: the fixed first step of every torch model on tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

CLIP_SD = 3.0
"""Features are cut here, so that an extreme value cannot turn an angle full circle."""
TAIL = 0.002
"""Training values beyond this quantile on either side do not set the scale."""


@dataclass(frozen=True)
class Feature:
    """One number the model sees, computed from one or two columns.

    Attributes:
        column: name of the column.
        log_offset: where given, the logarithm of column + offset is taken (the column's unit).
        over: name of a column whose logarithm is subtracted, which makes the feature a log ratio.
    """

    column: str
    log_offset: float | None = None
    over: str | None = None


class TableEncoder(nn.Module):
    """Compute features, fill the missing ones with the median, cut outliers, standardise; one-hot the categories.

    Args:
        columns: names of the inputs, in order.
        features: the features that are computed of a row.
        categories: for columns that hold codes, how many codes there are (1 to n).
    """

    reference: Tensor
    median: Tensor
    low: Tensor
    high: Tensor
    mean: Tensor
    sd: Tensor

    def __init__(self, columns: Sequence[str], features: Sequence[Feature], categories: Mapping[str, int]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.features = tuple(features)
        self.categories = dict(categories)
        self.register_buffer("reference", torch.zeros(len(self.columns), dtype=torch.float64))
        for name in ("median", "low", "high", "mean", "sd"):
            self.register_buffer(name, torch.zeros(len(self.features), dtype=torch.float64))

    @property
    def n_features(self) -> int:
        """Length of an encoded feature vector."""
        return len(self.features) + sum(self.categories.values())

    @property
    def n_numeric(self) -> int:
        """How many features are numbers; they come first."""
        return len(self.features)

    def fit(self, inputs: Tensor) -> "TableEncoder":
        """Learn medians, cut-offs and scales from training inputs ``(n, n_columns)``, NaN where missing."""
        self.reference.copy_(torch.nanmedian(inputs, dim=0).values)
        values = self._computed(inputs)
        # What nobody measured tells nothing: zero for everyone.
        self.median.copy_(torch.nanmedian(values, dim=0).values.nan_to_num(0.0))
        values = torch.where(torch.isnan(values), self.median, values)
        self.low.copy_(torch.quantile(values, TAIL, dim=0))
        self.high.copy_(torch.quantile(values, 1 - TAIL, dim=0))
        cut = values.clamp(self.low, self.high)
        self.mean.copy_(cut.mean(dim=0))
        sd = cut.std(dim=0, correction=0)
        self.sd.copy_(torch.where(sd > 0, sd, 1.0))
        return self

    def forward(self, inputs: Tensor) -> Tensor:
        """Encode inputs ``(batch, n_columns)`` float64 to features ``(batch, n_features)``, dimensionless."""
        values = self._computed(inputs)
        values = torch.where(torch.isnan(values), self.median, values).clamp(self.low, self.high)
        numeric = ((values - self.mean) / self.sd).clamp(-CLIP_SD, CLIP_SD)
        return torch.cat([numeric, *self._one_hot(inputs)], dim=1)

    def _column(self, inputs: Tensor, name: str) -> Tensor:
        return inputs[:, self.columns.index(name)]

    def _computed(self, inputs: Tensor) -> Tensor:
        values = []
        for feature in self.features:
            value = self._column(inputs, feature.column)
            if feature.log_offset is not None:
                value = torch.log(value + feature.log_offset)
            if feature.over is not None:
                value = value - torch.log(self._column(inputs, feature.over))
            values.append(value)
        return torch.stack(values, dim=1)

    def _one_hot(self, inputs: Tensor) -> list[Tensor]:
        encoded = []
        for name, count in self.categories.items():
            code = self._column(inputs, name)
            code = torch.where(torch.isnan(code), self.reference[self.columns.index(name)], code)
            encoded.append(nn.functional.one_hot(code.long() - 1, count).to(inputs.dtype))
        return encoded
