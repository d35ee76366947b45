"""`bot train`: trains a model where it is missing or where what it is made from has changed."""

import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Tuple

from bot.paths import CLASSIFIER, DATA, DELTAS, MESSAGES, MODELS, ROOT

RASA_VENV = ROOT / ".venv-rasa"
STORIES = DATA / "stories"
# Rasa learns nothing from messages (the gate understands them): one small hand names the intents.
SMALL_HAND = MESSAGES / "contrast"


class TrainingFailed(RuntimeError):
    """A model could not be trained; the message says which and why."""


@dataclass(frozen=True)
class Model:
    """A model: where it is kept, the files it is made from, what it needs, and how it is made."""

    name: str
    path: Path
    sources: Tuple[Path, ...]
    needs: Path
    make: Callable[[Path], None]

    @property
    def stamp(self) -> Path:
        """The file that keeps the fingerprint of what the model was made from."""
        return MODELS / f"{self.path.name}.made-from"

    def fresh(self) -> bool:
        """Whether the model is there and made from the sources as they are now."""
        return self.path.exists() and self.stamp.exists() and self.stamp.read_text() == fingerprint(self.sources)


def fingerprint(sources: Tuple[Path, ...]) -> str:
    """One SHA-256 over names and contents of the files, folders read whole."""
    digest = hashlib.sha256()
    for path in _files(sources):
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def train_stale() -> None:
    """Trains what is stale and can be trained here; the rest is named on standard error."""
    for model in (CLASSIFIER_MODEL, RASA_MODEL):
        if model.fresh():
            continue
        if not model.needs.exists():
            _say(f"{model.name} is left: {model.needs.relative_to(ROOT)} is not there yet")
            continue
        _train(model)


def _train(model: Model) -> None:
    """Makes it aside and moves it into place whole, so that nobody ever loads half a model."""
    _say(f"training {model.name}")
    begun, made_from = time.monotonic(), fingerprint(model.sources)
    MODELS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=MODELS, prefix=".training-") as aside:
        made = Path(aside) / model.path.name
        model.make(made)
        if model.path.is_dir():
            shutil.rmtree(model.path)
        os.replace(made, model.path)
    model.stamp.write_text(made_from)
    _say(f"{model.name} is trained after {time.monotonic() - begun:.0f} s")


def _files(sources: Tuple[Path, ...]) -> Iterator[Path]:
    for source in sources:
        yield from sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]


def _make_classifier(target: Path) -> None:
    from bot.training.build import build  # seconds of imports that a fresh model never needs

    logging.basicConfig(level=logging.ERROR)  # the quantiser's advice does not fit this model
    build(target)


def _make_rasa(target: Path) -> None:
    command = [str(RASA_VENV / "bin" / "rasa"), "train", "--skip-validation", "--out", str(target.parent)]
    command += ["--fixed-model-name", target.name.partition(".")[0], "--data", str(STORIES), str(SMALL_HAND)]
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **quiet}, capture_output=True, text=True)
    if done.returncode or not target.exists():
        raise TrainingFailed(f"rasa train failed:\n{done.stdout}{done.stderr}")


def _say(line: str) -> None:
    print(f"[train] {line}", file=sys.stderr, flush=True)


CLASSIFIER_MODEL = Model(
    name="the gate's classifier",
    path=CLASSIFIER,
    sources=(
        MESSAGES,
        DELTAS,
        ROOT / "bot" / "training" / "build.py",
        ROOT / "bot" / "training" / "encoder.py",
        ROOT / "bot" / "training" / "heads.py",
        ROOT / "bot" / "triage" / "text.py",
    ),
    needs=ROOT / ".venv" / ".installed",
    make=_make_classifier,
)
RASA_MODEL = Model(
    name="Rasa's model",
    path=MODELS / "rasa.tar.gz",
    sources=(ROOT / "config.yml", ROOT / "domain.yml", STORIES, SMALL_HAND, ROOT / "requirements" / "rasa.lock"),
    needs=RASA_VENV / ".installed",
    make=_make_rasa,
)
