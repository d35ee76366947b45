"""`make train`: for each of the two readers its encoder's graph, its heads, and the names of their outputs."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List, Mapping, Sequence

import numpy as np
from rich.progress import track
from safetensors import safe_open
from safetensors.numpy import load_file

from bot.paths import CLASSIFIER, QUICK, THOROUGH
from bot.training.bases import MINILM, MPNET, Base, Weights
from bot.training.encoder import HEAD, add_deltas, write_encoder
from bot.training.heads import heads_by_point, heads_by_shape, names, shapes_of
from bot.training.messages import for_quick_reader, load_messages
from bot.triage.encoder import Encoder
from bot.triage.text import plain_text


def build(folder: Path = CLASSIFIER) -> None:
    """Trains the gate's classifier from data/nlu and data/encoder and writes both its readers to `folder`."""
    write_quick(folder / "quick", add_deltas(MINILM.weights(), load_file(QUICK)))
    write_thorough(folder / "thorough")


def write_quick(folder: Path, weights: Weights) -> None:
    """The quick encoder with these weights, and heads fitted over it and over letter groups."""
    messages = for_quick_reader(load_messages())
    plain = [plain_text(m.text).plain for m in messages]
    _write_reader(folder, MINILM, weights, names(messages))
    by_point = heads_by_point(encode(Encoder(folder), plain), messages)
    np.savez(folder / "heads.npz", allow_pickle=False, **by_point, **heads_by_shape(shapes_of(plain), messages))


def write_thorough(folder: Path) -> None:
    """The thorough encoder with the heads that it learned with: to read all messages with it takes long."""
    learned = load_file(THOROUGH)
    with safe_open(THOROUGH, framework="numpy") as file:
        known = json.loads(file.metadata()["names"])
    _write_reader(folder, MPNET, add_deltas(MPNET.weights(), learned), known)
    heads = {name.removeprefix(HEAD): value for name, value in learned.items() if name.startswith(HEAD)}
    np.savez(folder / "heads.npz", allow_pickle=False, **heads)


def _write_reader(folder: Path, base: Base, weights: Weights, known: Mapping[str, List[str]]) -> None:
    write_encoder(folder / "encoder.onnx", base, weights)
    (folder / "tokenizer.json").write_bytes(base.tokenizer())
    (folder / "names.json").write_text(json.dumps(known), encoding="utf-8")


def encode(encoder: Encoder, plain: Sequence[str]) -> np.ndarray:
    """One row per plain text, as the gate reads it, with a progress bar on standard error."""
    with ThreadPoolExecutor(os.cpu_count()) as readers:
        rows = readers.map(lambda text: encoder.encode([text]), plain)
        return np.vstack(list(track(rows, "Reading messages", total=len(plain))))


if __name__ == "__main__":
    build()
