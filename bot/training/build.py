"""`make train`: encoder graph, heads over all reviewed messages, and the names of their outputs."""

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List, Sequence

import numpy as np
from rich.progress import track

from bot.paths import CLASSIFIER
from bot.training.encoder import base_folder, merged_weights, write_encoder
from bot.training.heads import fit_heads, names, shapes_of
from bot.training.messages import Message, load_messages
from bot.triage.encoder import Encoder
from bot.triage.text import plain_text


def build(folder: Path = CLASSIFIER) -> None:
    """Trains the gate's classifier from data/nlu and data/encoder and writes it to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    messages = load_messages()
    write_encoder(folder / "encoder.onnx", merged_weights())
    shutil.copyfile(base_folder() / "tokenizer.json", folder / "tokenizer.json")
    rows = encode(Encoder(folder), [m.text for m in messages])
    write_heads(folder, rows, messages)


def encode(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    """One row per message, read as the gate reads it, with a progress bar on standard error."""
    plain: List[str] = [plain_text(text).plain for text in texts]
    with ThreadPoolExecutor(os.cpu_count()) as readers:
        rows = readers.map(lambda text: encoder.encode([text]), plain)
        return np.vstack(list(track(rows, "Reading messages", total=len(plain))))


def write_heads(folder: Path, rows: np.ndarray, messages: Sequence[Message]) -> None:
    """Fits and saves the heads; heads.npz comes last, as its presence says the model is whole."""
    (folder / "names.json").write_text(json.dumps(names(messages)), encoding="utf-8")
    shapes = shapes_of([plain_text(m.text).plain for m in messages])
    np.savez(folder / "heads.npz", allow_pickle=False, **fit_heads(rows, shapes, messages))


if __name__ == "__main__":
    build()
