"""A small recogniser in EasyOCR's format for networks of one's own: `Model` with these arguments."""

import torch
from torch import Tensor, nn


class Model(nn.Module):
    """Strokes over the whole height of a line, one distribution for every fourth column."""

    def __init__(self, input_channel: int, output_channel: int, hidden_size: int, num_class: int) -> None:
        super().__init__()
        self.strokes = nn.Sequential(
            nn.Conv2d(input_channel, output_channel, 3, padding=1),
            nn.BatchNorm2d(output_channel),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(output_channel, 2 * output_channel, 3, padding=1),
            nn.BatchNorm2d(2 * output_channel),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(2 * output_channel, hidden_size, (8, 5), padding=(0, 2)),
            nn.BatchNorm2d(hidden_size),
            nn.ReLU(),
        )
        self.characters = nn.Linear(hidden_size, num_class)

    def forward(self, pictures: Tensor, text: Tensor) -> Tensor:
        del text
        strokes: Tensor = self.strokes(pictures).mean(dim=2)
        return torch.as_tensor(self.characters(strokes.permute(0, 2, 1)))
