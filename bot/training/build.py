"""`make train`: encoder graph, heads over all reviewed messages, and the names of their outputs."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Sequence

import numpy as np
from rich.progress import track

from bot.paths import CLASSIFIER
from bot.training.encoder import Weights, base_folder, merged_weights, write_encoder
from bot.training.heads import heads_by_point, heads_by_shape, names, shapes_of
from bot.training.messages import load_messages
from bot.triage.encoder import Encoder
from bot.triage.text import plain_text


def build(folder: Path = CLASSIFIER) -> None:
    """Trains the gate's classifier from data/nlu and data/encoder and writes it to `folder`."""
    write_classifier(folder, merged_weights())


def write_classifier(folder: Path, weights: Weights) -> None:
    """The encoder with these weights and heads over it; heads.npz comes last, as its presence says the
    model is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    messages = load_messages()
    plain = [plain_text(m.text).plain for m in messages]
    write_encoder(folder / "encoder.onnx", weights)
    shutil.copyfile(base_folder() / "tokenizer.json", folder / "tokenizer.json")
    (folder / "names.json").write_text(json.dumps(names(messages)), encoding="utf-8")
    by_point = heads_by_point(encode(Encoder(folder), plain), messages)
    np.savez(folder / "heads.npz", allow_pickle=False, **by_point, **heads_by_shape(shapes_of(plain), messages))


def encode(encoder: Encoder, plain: Sequence[str]) -> np.ndarray:
    """One row per plain text, as the gate reads it, with a progress bar on standard error."""
    with ThreadPoolExecutor(os.cpu_count()) as readers:
        rows = readers.map(lambda text: encoder.encode([text]), plain)
        return np.vstack(list(track(rows, "Reading messages", total=len(plain))))


if __name__ == "__main__":
    build()
