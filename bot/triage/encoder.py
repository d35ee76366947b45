"""Messages as points in space: the sentence encoder, on one thread."""

from pathlib import Path
from typing import List, Sequence

import numpy as np
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

LONGEST = 128  # word pieces; a window of 60 words seldom needs more


class Encoder:
    """Encodes plain text into unit vectors."""

    def __init__(self, folder: Path):
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.no_padding()
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = InferenceSession(str(folder / "encoder.onnx"), options, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One row per text. Each is run by itself, so that its answer never depends on others."""
        return np.vstack([self._one(encoding.ids) for encoding in self._tokenizer.encode_batch(list(texts))])

    def _one(self, ids: List[int]) -> np.ndarray:
        row = np.array([ids], dtype=np.int64)
        return self._session.run(["embedding"], {"ids": row, "mask": np.ones_like(row)})[0]
