"""The classical beginning of every image model: residual convolutions that turn pixels into a small map of features."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

CONVOLUTIONS: dict[int, type[nn.Conv2d] | type[nn.Conv3d]] = {2: nn.Conv2d, 3: nn.Conv3d}
NORMALIZATIONS: dict[int, type[nn.BatchNorm2d] | type[nn.BatchNorm3d]] = {2: nn.BatchNorm2d, 3: nn.BatchNorm3d}


def convolution(n_dims: int, n_in: int, n_out: int, stride: int = 1) -> nn.Sequential:
    """Return a 3-wide convolution with batch normalisation, in two or three dimensions."""
    return nn.Sequential(
        CONVOLUTIONS[n_dims](n_in, n_out, 3, stride, padding=1, bias=False), NORMALIZATIONS[n_dims](n_out)
    )


class ResidualBlock(nn.Module):
    """Two convolutions and what went in added to what comes out: He et al. 2016, doi:10.1109/CVPR.2016.90.

    Args:
        n_dims: 2 for images, 3 for volumes.
        n_in: channels of the map that goes in.
        n_out: channels of the map that comes out.
        stride: of the first convolution.
    """

    def __init__(self, n_dims: int, n_in: int, n_out: int, stride: int) -> None:
        super().__init__()
        self.first = convolution(n_dims, n_in, n_out, stride)
        self.second = convolution(n_dims, n_out, n_out)
        self.skip: nn.Module = nn.Identity()
        if stride > 1 or n_in != n_out:
            bare = CONVOLUTIONS[n_dims](n_in, n_out, 1, stride, bias=False)
            self.skip = nn.Sequential(bare, NORMALIZATIONS[n_dims](n_out))

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_in, *space)`` to ``(batch, n_out, *space / stride)``."""
        return torch.relu(self.second(torch.relu(self.first(x))) + self.skip(x))


class ConvStem(nn.Module):
    """A convolution, then residual blocks, each of which halves every side.

    Args:
        n_dims: 2 for images, 3 for volumes.
        n_channels: channels of the image, 1 for grey.
        widths: channels of each block; the first convolution has as many as the first block.
        first_stride: of the first convolution; 2 where the image is large.
    """

    def __init__(self, n_dims: int, n_channels: int, widths: Sequence[int], first_stride: int = 1) -> None:
        super().__init__()
        self.n_dims = n_dims
        self.n_out = widths[-1]
        blocks = [
            ResidualBlock(n_dims, n_in, n_out, stride=2)
            for n_in, n_out in zip((widths[0], *widths), widths, strict=False)
        ]
        self.body = nn.Sequential(convolution(n_dims, n_channels, widths[0], first_stride), nn.ReLU(), *blocks)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_channels, *space)`` to ``(batch, n_out, *smaller)``."""
        return self.body(x)  # type: ignore[no-any-return]


class Pooled(nn.Module):
    """Mean and maximum of every channel over all positions of a stem's map.

    Args:
        stem: convolutions that turn the image into the map.
    """

    def __init__(self, stem: ConvStem) -> None:
        super().__init__()
        self.stem = stem
        self.n_out = 2 * stem.n_out

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_channels, *space)`` to ``(batch, n_out)``."""
        positions = self.stem(x).flatten(2)
        return torch.cat([positions.mean(-1), positions.amax(-1)], dim=1)
