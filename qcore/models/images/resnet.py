"""A strong classical reference for images and volumes: ResNet-18 with narrower layers, for images of few pixels.

Source: He et al. 2016, doi:10.1109/CVPR.2016.90. As usual for small images the first convolution is 3 wide and nothing
is pooled before the first block.
"""

from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.images.conv_stem import ResidualBlock, convolution

STAGES = 4
BLOCKS_A_STAGE = 2


class ResNet18(nn.Module):
    """Four stages of two residual blocks.

    Args:
        n_dims: 2 for images, 3 for volumes.
        n_channels: channels of the image, 1 for grey.
        n_outputs: outputs of the classifier.
        width: channels of the first stage, 64 in the paper; every stage doubles them.
        dropout: share of features left out at every training step.
    """

    def __init__(self, n_dims: int, n_channels: int, n_outputs: int, width: int = 16, dropout: float = 0.0) -> None:
        super().__init__()
        blocks: list[nn.Module] = [convolution(n_dims, n_channels, width, stride=n_dims - 1), nn.ReLU()]
        n_in = width
        for stage in range(STAGES):
            for block in range(BLOCKS_A_STAGE):
                stride = 2 if stage and not block else 1
                blocks.append(ResidualBlock(n_dims, n_in, width * 2**stage, stride))
                n_in = width * 2**stage
        self.body = nn.Sequential(*blocks)
        self.dropout = nn.Dropout(dropout)
        self.readout = nn.Linear(n_in, n_outputs)

    def forward(self, x: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return ``(batch, n_outputs)`` of images ``(batch, n_channels, *space)``."""
        return self.readout(self.dropout(self.body(x).flatten(2).mean(-1)))  # type: ignore[no-any-return]
