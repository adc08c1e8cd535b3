"""Teaches the small recogniser on drawn plates and writes it as EasyOCR wants it."""

import shutil
from pathlib import Path
from typing import Final

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from PIL import Image as Pictures

from tests.recognition.drawn import draw_plate
from tests_easyocr.plates_net import Model

NAME: Final = "plates_net"
CHARACTERS: Final = "1247BKRX"
ROWS: Final = 32
COLUMNS: Final = 112
PARAMETERS: Final = {"input_channel": 1, "output_channel": 12, "hidden_size": 64}


def train(*, steps: int = 250, batch: int = 24, plates: int = 240) -> Model:
    """A network that reads drawn plates of `CHARACTERS`. The same seed gives the same plates."""
    torch.manual_seed(7)
    random = np.random.default_rng(7)
    model = Model(num_class=len(CHARACTERS) + 1, **PARAMETERS)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    drawn = [_drawn("".join(random.choice(list(CHARACTERS), 7))) for _ in range(plates)]
    for _ in range(steps):
        texts, chosen = zip(*(drawn[index] for index in random.integers(0, plates, batch)), strict=True)
        pictures = torch.from_numpy(np.stack([_piece(plate, random) for plate in chosen]))
        chances = model(pictures, torch.zeros(1)).log_softmax(dim=2).permute(1, 0, 2)
        labels = torch.tensor([[CHARACTERS.index(sign) + 1 for sign in text] for text in texts])
        widths = torch.full((batch,), chances.shape[0])
        loss = torch.nn.functional.ctc_loss(chances, labels, widths, torch.full((batch,), 7))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model.eval()


def write(model: Model, folder: Path) -> None:
    """NAME.py, NAME.yaml and NAME.pth, with `module.` before every key as EasyOCR expects."""
    shutil.copy(Path(__file__).with_name(f"{NAME}.py"), folder / f"{NAME}.py")
    settings = {
        "network_params": PARAMETERS,
        "imgH": ROWS,
        "lang_list": ["en"],
        "character_list": CHARACTERS,
    }
    (folder / f"{NAME}.yaml").write_text(yaml.safe_dump(settings))
    weights = {f"module.{key}": value for key, value in model.state_dict().items()}
    torch.save(weights, folder / f"{NAME}.pth")


def _drawn(text: str) -> tuple[str, Pictures.Image]:
    return text, draw_plate(text).convert("L").resize((160, 80), Pictures.Resampling.LANCZOS)


def _piece(plate: Pictures.Image, random: np.random.Generator) -> NDArray[np.float32]:
    """A plate cut loosely, as it comes from localisation: some of the name and the slogan, some margin."""
    wide, high = plate.size
    left, right = random.uniform(-0.06, 0.04, 2) * wide
    top, bottom = random.uniform(0.0, 0.25) * high, random.uniform(0.0, 0.18) * high
    piece = plate.crop((int(left), int(top), int(wide - right), int(high - bottom)))
    columns = min(COLUMNS, round(ROWS * piece.width / piece.height))
    gray = np.asarray(piece.resize((columns, ROWS), Pictures.Resampling.BICUBIC), dtype=np.float32)
    filled = np.pad(gray, ((0, 0), (0, COLUMNS - columns)), mode="edge")
    return np.asarray((filled[np.newaxis] / 255 - 0.5) / 0.5, dtype=np.float32)
