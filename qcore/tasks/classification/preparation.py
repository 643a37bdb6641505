"""From a case as it is stored to what a network is given: fitted on the training cases, kept beside the weights."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from qcore.models.encoder import TableEncoder
from qcore.models.images.cells import CellFeatures
from qcore.models.shape import Kind, Shape
from qcore.models.signals.trunk import SignalTrunk

IMAGES_A_CALL = 16
"""Images that go through the convolutions at once: more are no faster and need more memory."""
SIGNALS_A_CALL = 64


class Standardised(nn.Module):
    """Pixels with mean 0 and standard deviation 1 over all training images."""

    mean: Tensor
    sd: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(1))
        self.register_buffer("sd", torch.ones(1))

    def fit(self, x: Tensor) -> "Standardised":
        """Learn from images ``(n, channels, *space)``."""
        self.mean.fill_(float(x.mean()))
        self.sd.fill_(float(x.std()))
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Return images ``(n, channels, *space)`` with the mean of training taken off, over its standard deviation."""
        return (x - self.mean) / self.sd

    def stored(self, shape: Shape) -> Shape:
        """Return the shape of a case as stored: that of a prepared one."""
        return shape


class Resized(Standardised):
    """Grey images of any size, made as small as the models read them and standardised.

    Args:
        side: to which images are resized, pixels.
    """

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side

    def fit(self, x: Tensor) -> "Resized":
        """Learn from images ``(n, 1, h, w)`` in [0, 1]."""
        super().fit(resized(x, self.side))
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(n, 1, side, side)`` of images ``(n, 1, h, w)`` in [0, 1]."""
        return super().forward(resized(x, self.side))

    def stored(self, _shape: Shape) -> Shape:
        """Return the shape of a case as stored: a grey image of any size."""
        return Shape(Kind.IMAGE, 1)


class Encoded(nn.Module):
    """Rows of a table, or every moment of a series, through a table's encoder.

    Args:
        encoder: encoder of a table's rows, not yet fitted.
        dtype: of what it returns: that of the family that reads it.
    """

    def __init__(self, encoder: TableEncoder, dtype: torch.dtype) -> None:
        super().__init__()
        self.encoder = encoder
        self.dtype = dtype

    def fit(self, x: Tensor) -> "Encoded":
        """Learn from ``(n, n_columns)`` or ``(n, time, n_columns)`` with units, NaN where missing."""
        self.encoder.fit(x.flatten(0, -2))
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(n, n_features)`` or ``(n, time, n_features)``."""
        return self.encoder(x.flatten(0, -2)).unflatten(0, x.shape[:-1]).to(self.dtype)  # type: ignore[no-any-return]


class Identity(nn.Module):
    """Cases that are prepared already."""

    def fit(self, _x: Tensor) -> "Identity":
        """Learn nothing."""
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Return cases as they are."""
        return x

    def stored(self, shape: Shape) -> Shape:
        """Return the shape of a case as stored: that of a prepared one."""
        return shape


class InCells(nn.Module):
    """Grey images in cells, each described by features that were learnt beforehand and are the same for all members.

    Args:
        side: to which images are resized before the convolutions, pixels.
    """

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side
        self.features = CellFeatures()

    def fit(self, _x: Tensor) -> "InCells":
        """Refuse: the features are learnt before the models that read them.

        Raises:
            TypeError: always; a training is given what `qcore.training.tumor` has learnt.
        """
        raise TypeError("The features of the cells are learnt before the models that read them, not by fit.")

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(n, n_features, side / 16, side / 16)`` of images ``(n, 1, h, w)`` in [0, 1]."""
        return self.with_summary(x)[0]

    @torch.no_grad()
    def with_summary(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return what `forward` does, and ``(n, N_SUMMARY)`` numbers that tell what kind of picture each image is."""
        parts = [self.described(self.resized(part)) for part in x.split(IMAGES_A_CALL)]
        cells, summaries = zip(*parts, strict=True)
        return torch.cat(cells), torch.cat(summaries)

    def described(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return what `with_summary` does, of images that are `resized`, with slopes where they are wanted.

        An image and its mirror image are described and averaged: whether something lies left or right says nothing of
        what it is, and the mean of two looks errs less than one.
        """
        cells, summary = self.features.with_summary(torch.cat([x, x.flip(-1)]))
        (seen, mirrored), summaries = cells.chunk(2), torch.stack(summary.chunk(2))
        return (seen + mirrored.flip(-1)) / 2, summaries.mean(0)

    @torch.no_grad()
    def once(self, x: Tensor) -> Tensor:
        """Return what `forward` does without mirror images: enough where many changes of one image are compared."""
        return torch.cat([self.features(self.resized(part)) for part in x.split(IMAGES_A_CALL)])

    def resized(self, x: Tensor) -> Tensor:
        """Return images ``(n, 1, side, side)`` of any size as the convolutions read them."""
        return resized(x, self.side)

    def stored(self, _shape: Shape) -> Shape:
        """Return the shape of a case as stored: a grey image of any size."""
        return Shape(Kind.IMAGE, 1)


class InStretches(nn.Module):
    """Signals in stretches, each described by features that were learnt beforehand and are the same for all members.

    Args:
        n_channels: of the signal, such as the leads of an electrocardiogram.
        widths: channels of each trunk; see `SignalTrunk`.
        n_trunks: networks of that kind, trained apart, whose features stand beside each other.
    """

    def __init__(self, n_channels: int, widths: Sequence[int], n_trunks: int) -> None:
        super().__init__()
        self.n_channels = n_channels
        self.trunks = nn.ModuleList(SignalTrunk(n_channels, widths) for _ in range(n_trunks))

    def fit(self, _x: Tensor) -> "InStretches":
        """Refuse: the features are learnt before the models that read them.

        Raises:
            TypeError: always; a training is given what `qcore.training.ecg` has learnt.
        """
        raise TypeError("The features of the stretches are learnt before the models that read them, not by fit.")

    @torch.no_grad()
    def forward(self, x: Tensor) -> Tensor:
        """Return ``(n, n_features, n_stretches)`` of signals ``(n, n_channels, n_samples)``."""
        return torch.cat([self.described(part.float()) for part in x.split(SIGNALS_A_CALL)])

    def described(self, x: Tensor) -> Tensor:
        """Return what `forward` does, with slopes where they are wanted."""
        return torch.cat([trunk(x) for trunk in self.trunks], dim=1)

    def stored(self, _shape: Shape) -> Shape:
        """Return the shape of a case as stored: the signal itself."""
        return Shape(Kind.SIGNAL, self.n_channels)


def resized(x: Tensor, side: int) -> Tensor:
    """Return images ``(n, channels, h, w)`` as ``(n, channels, side, side)``, in single precision."""
    x = x.float()
    if x.shape[-2:] == (side, side):
        return x
    return functional.interpolate(x, size=(side, side), mode="bilinear", antialias=True)


Preparation = Standardised | Encoded | Identity | InCells | InStretches
