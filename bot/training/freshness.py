"""`bot train`: trains a model where it is missing or where what it is made from has changed."""

import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator, Tuple

from bot.paths import CLASSIFIER, DATA, MESSAGES, QUICK, RASA_MODEL, RASA_VENV, ROOT, THOROUGH

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
        return self.path.with_name(f"{self.path.name}.made-from")

    def fresh(self) -> bool:
        """Whether the model is there and made from the sources as they are now."""
        return self.path.exists() and self.stamp.exists() and self.stamp.read_text() == fingerprint(self.sources)


def fingerprint(sources: Tuple[Path, ...]) -> str:
    """One SHA-256 over names and contents of the files, folders read whole."""
    digest = hashlib.sha256()
    for name, path in _files(sources):
        content = path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def train_stale() -> None:
    """Trains what is stale and can be trained here; the rest is named on standard error."""
    for model in (DIALOGUE_MODEL, CLASSIFIER_MODEL):
        if model.fresh():
            continue
        if model.needs.exists():
            train(model)
        else:
            _say(f"{model.name} is left: {model.needs.parent.name} is not installed yet")


def train(model: Model) -> None:
    """Makes the model, unless another process does: then waits until that has."""
    with _alone(model) as aside:
        if model.fresh():
            return
        _say(f"training {model.name}")
        begun, made_from = time.monotonic(), fingerprint(model.sources)
        model.make(aside / model.path.name)
        _put(aside / model.path.name, model.path)
        model.stamp.write_text(made_from)
        _say(f"{model.name} is trained after {time.monotonic() - begun:.0f} s")


@contextmanager
def _alone(model: Model) -> Iterator[Path]:
    """An empty folder beside the model that no other process works in."""
    aside = model.path.with_name(f".{model.path.name}.training")
    aside.parent.mkdir(exist_ok=True)
    with aside.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(aside, ignore_errors=True)  # of a training that was cut off
        aside.mkdir()
        yield aside
        shutil.rmtree(aside)


def _put(made: Path, place: Path) -> None:
    """Moves the model into place whole, so that nobody ever loads half of one."""
    if place.is_dir():
        shutil.rmtree(place)
    os.replace(made, place)


def _files(sources: Tuple[Path, ...]) -> Iterator[Tuple[Path, Path]]:
    """Name and path of each file, in an order that is the same on every machine."""
    for source in sources:
        paths = sorted(source.rglob("*")) if source.is_dir() else [source]
        yield from ((path.relative_to(source.parent), path) for path in paths if path.is_file())


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
        QUICK,
        THOROUGH,
        ROOT / "bot" / "training" / "bases.py",
        ROOT / "bot" / "training" / "build.py",
        ROOT / "bot" / "training" / "encoder.py",
        ROOT / "bot" / "training" / "heads.py",
        ROOT / "bot" / "training" / "messages.py",
        ROOT / "bot" / "triage" / "encoder.py",
        ROOT / "bot" / "triage" / "ngrams.py",
        ROOT / "bot" / "triage" / "text.py",
        ROOT / "requirements" / "front.lock",
    ),
    needs=ROOT / ".venv" / ".installed",
    make=_make_classifier,
)
DIALOGUE_MODEL = Model(
    name="Rasa's model",
    path=RASA_MODEL,
    sources=(ROOT / "config.yml", ROOT / "domain.yml", STORIES, SMALL_HAND, ROOT / "requirements" / "rasa.lock"),
    needs=RASA_VENV / ".installed",
    make=_make_rasa,
)
