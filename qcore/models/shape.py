"""What one case looks like and how much is asked of it: what every model family is built for."""

from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor

from qcore.arguments import check_number, check_whole, member_of
from qcore.errors import InvalidArgument
from qcore.models.images.conv_stem import ConvStem


class Kind(StrEnum):
    """What one case looks like: a row of a table, an image, a volume, a series of moments, cells of an image, a signal.

    Cells are squares of an image, and a signal's samples stretches of a recording, with a vector of features for each,
    as convolutions that were trained beforehand leave them.
    """

    TABLE = "table"
    IMAGE = "image"
    VOLUME = "volume"
    SERIES = "series"
    CELLS = "cells"
    SIGNAL = "signal"


_LAYOUTS = {
    Kind.TABLE: "(n, {features})",
    Kind.IMAGE: "(n, {features}, {side}, {side})",
    Kind.VOLUME: "(n, {features}, {side}, {side}, {side})",
    Kind.SERIES: "(n, time, {features})",
    Kind.CELLS: "(n, {features}, height, width)",
    Kind.SIGNAL: "(n, {features}, time)",
}


@dataclass(frozen=True)
class Shape:
    """What a model is given and what it returns.

    Attributes:
        kind: of a case: table, series, image, volume or cells; a text of that name is taken too.
        n_features: of a row of a table, a moment of a series or a cell; channels of an image, volume or signal.
        n_outputs: 1 for yes or no and for one number.
        n_numeric: of the features of a table, how many are numbers and no categories; they come first.
        widths: channels of the convolutions' blocks, where there are any.
        dropout: share of features left out at every training step, from 0 to below 1.
        side: pixels of every side of an image or volume; 0 where any size is taken.
    """

    kind: Kind
    n_features: int
    n_outputs: int = 1
    n_numeric: int = 0
    widths: tuple[int, ...] = (16, 32, 64)
    dropout: float = 0.0
    side: int = 0

    def __post_init__(self) -> None:
        """Refuse a shape that no case can have.

        Raises:
            InvalidArgument: the message names the attribute and what is expected.
        """
        object.__setattr__(self, "kind", member_of("kind of case", self.kind, Kind))
        check_whole("n_features", self.n_features, 1)
        check_whole("n_outputs", self.n_outputs, 1)
        check_whole("n_numeric", self.n_numeric, 0, self.n_features)
        if not isinstance(self.widths, tuple) or not self.widths:
            raise InvalidArgument("widths must be a tuple of whole numbers, the channels of each block.")
        for width in self.widths:
            check_whole("Each of the widths", width, 1)
        check_number("dropout", self.dropout, 0)
        if self.dropout >= 1:
            raise InvalidArgument(f"dropout must be below 1, not {self.dropout!r}: with 1 nothing is left.")
        check_whole("side", self.side, 0)

    @property
    def n_dims(self) -> int:
        """Dimensions of space: 2 of an image, 3 of a volume, 0 of a table or series."""
        return {Kind.IMAGE: 2, Kind.VOLUME: 3}.get(self.kind, 0)

    @property
    def stem(self) -> ConvStem:
        """New convolutions for images and volumes; a volume's first one halves its sides."""
        return ConvStem(self.n_dims, self.n_features, self.widths, first_stride=self.n_dims - 1)

    @property
    def layout(self) -> str:
        """How cases lie in a tensor, as text, such as ``(n, 1, 28, 28)``."""
        return _LAYOUTS[self.kind].format(features=self.n_features, side=self.side or "side")

    def check(self, cases: Tensor) -> None:
        """Refuse cases that do not have this shape, or hold what is no number.

        Args:
            cases: as `layout` says. A moment of a series that is not there is NaN in every feature.

        Raises:
            InvalidArgument: the message says what was expected and what was given.
        """
        if not isinstance(cases, Tensor) or not cases.is_floating_point():
            kind = str(cases.dtype) if isinstance(cases, Tensor) else type(cases).__name__
            raise InvalidArgument(f"Cases must be a torch tensor {self.layout} of floating-point numbers, not {kind}.")
        expected = _LAYOUTS[self.kind].count(",") + 1
        features = cases.shape[-1 if self.kind is Kind.SERIES else 1] if cases.ndim == expected else 0
        sides = set(cases.shape[2:]) if self.n_dims and self.side else set()
        if features != self.n_features or sides - {self.side} or not cases.numel():
            raise InvalidArgument(f"Cases must be {self.layout}, one or more of them, not {tuple(cases.shape)}.")
        bad = cases.isinf() if self.kind is Kind.SERIES else ~torch.isfinite(cases)
        if bool(bad.any()):
            raise InvalidArgument("Cases must be finite numbers: there is an infinite one or one that is no number.")
