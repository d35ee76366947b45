"""`make finetune`: the encoders of both readers, fine-tuned jointly for red flags, urgency and topic.

All weights learn; what they learned is then kept as low-rank deltas of a few megabytes. (Adapters that
are low-rank from the start learned less: AUC 0.977 against 0.992 on hands never read.) The quick reader
learns from two seeds whose average does better than either (log loss on left-out hands 0.261 against
0.267). The thorough one knows more before it begins: two passes are enough, and its heads are kept too.
`--further HAND ...` learns on from the deltas that are there, gently: what new hands need, without a
GPU. It reads all messages of those hands and a quarter of the others', so that nothing is forgotten.

The only part of the project that needs PyTorch. `--validate` leaves out one hand at a time and
writes what the model says of messages by people it has never read.
"""

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, Tuple

import numpy as np
import torch
from rich.progress import track
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

from bot.paths import MESSAGES, QUICK, THOROUGH
from bot.training.bases import MINILM, MPNET, Base
from bot.training.encoder import HEAD, HEADS, add_deltas
from bot.training.heads import names
from bot.training.messages import Message, for_quick_reader, load_messages
from bot.training.noise import misspelt
from bot.triage.encoder import LONGEST
from bot.triage.text import plain_text

BATCH, SCALE = 64, 12.0
OTHERS = 0.25
LIKE_LENGTH = 32  # batches among which messages are put beside others of their length
NOISY = 0.35  # share of messages that are misspelt anew in each epoch
ALSO = 0.35  # weight of the topics that a message touches besides its main one


@dataclass(frozen=True)
class Recipe:
    """How an encoder learns, from the base or `further` from its deltas. Texts are cut at `longest` word pieces."""

    base: Base
    target: Path
    seeds: Tuple[int, ...]
    epochs: int
    rate: float
    head_rate: float
    further_epochs: int
    further_rate: float
    rank: int
    longest: int
    words_learn: bool
    keeps_heads: bool


RECIPES = {
    "quick": Recipe(
        base=MINILM,
        target=QUICK,
        seeds=(7, 11),
        epochs=10,
        rate=1e-4,
        head_rate=5e-3,
        further_epochs=3,
        further_rate=6e-5,
        rank=96,
        longest=LONGEST,
        words_learn=True,
        keeps_heads=False,
    ),
    "thorough": Recipe(
        base=MPNET,
        target=THOROUGH,
        seeds=(5,),
        epochs=2,
        rate=5e-5,
        head_rate=2e-3,
        further_epochs=1,
        further_rate=2e-5,
        rank=64,
        longest=72,  # a pass over all messages takes an hour on two cores; few are longer
        words_learn=False,
        keeps_heads=True,
    ),
}


@dataclass
class Batch:
    ids: Tensor
    mask: Tensor
    flags: Tensor
    urgency: Tensor
    topics: Tensor


class Model(nn.Module):
    """The encoder, and one linear head for each question."""

    def __init__(self, recipe: Recipe, weights: Dict[str, Tensor], outputs: Dict[str, List[str]]):
        super().__init__()
        self.encoder = _encoder(recipe.base)
        self.encoder.load_state_dict(weights, strict=False)
        self.encoder.embeddings.requires_grad_(recipe.words_learn)
        width = recipe.base.width
        self.heads = nn.ModuleDict({name: nn.Linear(width, len(of)) for name, of in outputs.items()})

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        state = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        present = mask.unsqueeze(-1).to(state.dtype)
        return functional.normalize((state * present).sum(1) / present.sum(1), dim=-1)

    def forward(self, ids: Tensor, mask: Tensor) -> Dict[str, Tensor]:
        points = functional.dropout(self.encode(ids, mask), 0.1, self.training)
        return {name: head(points * SCALE) for name, head in self.heads.items()}


def _encoder(base: Base) -> nn.Module:
    size = {"hidden_size": base.width, "intermediate_size": 4 * base.width, "layer_norm_eps": base.epsilon}
    size = {**size, "num_hidden_layers": base.layers, "num_attention_heads": HEADS}
    if base is MINILM:
        return BertModel(BertConfig(**size), add_pooling_layer=False)
    return MPNetModel(MPNetConfig(vocab_size=30527, max_position_embeddings=514, **size), add_pooling_layer=False)


class Reader:
    """Turns messages into batches."""

    def __init__(self, recipe: Recipe, outputs: Dict[str, List[str]], device: str):
        self._tokenizer = Tokenizer.from_str(recipe.base.tokenizer().decode())
        self._tokenizer.enable_truncation(recipe.longest)
        self._tokenizer.enable_padding()
        self._outputs, self._device = outputs, device

    def batches(self, messages: Sequence[Message], noisy: bool) -> Iterator[Batch]:
        order = _mixed(messages) if noisy else list(messages)
        for start in range(0, len(order), BATCH):
            yield self._batch(order[start : start + BATCH], noisy)

    def _batch(self, messages: Sequence[Message], noisy: bool) -> Batch:
        texts = [misspelt(m.text) if noisy and random.random() < NOISY else m.text for m in messages]
        read = self._tokenizer.encode_batch([plain_text(text).plain for text in texts])
        tensors = (
            [e.ids for e in read],
            [e.attention_mask for e in read],
            [[float(flag in m.red_flags) for flag in self._outputs["flags"]] for m in messages],
            [self._outputs["urgency"].index(m.urgency) for m in messages],
            [self._topics(m) for m in messages],
        )
        return Batch(*(torch.tensor(t, device=self._device) for t in tensors))

    def _topics(self, message: Message) -> List[float]:
        weights = dict.fromkeys(message.also, ALSO)
        weights[message.topic] = 1.0
        known = [weights.get(topic, 0.0) for topic in self._outputs["topics"]]
        return [weight / sum(known) for weight in known]


def _mixed(messages: Sequence[Message]) -> List[Message]:
    """The messages in another order, those of like length in one batch, as padding costs time."""
    order = random.sample(messages, len(messages))
    stretches = [order[start : start + LIKE_LENGTH * BATCH] for start in range(0, len(order), LIKE_LENGTH * BATCH)]
    by_length = [sorted(stretch, key=lambda m: len(m.text)) for stretch in stretches]
    batches = [stretch[start : start + BATCH] for stretch in by_length for start in range(0, len(stretch), BATCH)]
    random.shuffle(batches)
    return [message for batch in batches for message in batch]


Rates = Tuple[float, float]  # of the encoder and of the heads


def loss_of(said: Dict[str, Tensor], batch: Batch) -> Tensor:
    """One figure for the three questions; a missed red flag weighs most."""
    worry = torch.tensor([1.5, 1.0, 1.0], device=batch.flags.device)
    return (
        4.0 * functional.binary_cross_entropy_with_logits(said["flags"], batch.flags)
        + functional.cross_entropy(said["urgency"], batch.urgency, weight=worry, label_smoothing=0.02)
        + functional.cross_entropy(said["topics"], batch.topics, label_smoothing=0.02)
    )


def fit(model: Model, reader: Reader, messages: Sequence[Message], epochs: int, title: str, rates: Rates) -> None:
    """Trains in place, warming up over the first tenth and then cooling down to nothing."""
    rate, head_rate = rates
    learning = [weights for weights in model.encoder.parameters() if weights.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": learning, "lr": rate, "weight_decay": 0.01},
            {"params": model.heads.parameters(), "lr": head_rate},
        ]
    )
    steps = epochs * (-(-len(messages) // BATCH))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(10 * s / steps, 1) * (1 - s / steps))
    model.train()
    for epoch in range(epochs):
        batches = reader.batches(messages, noisy=True)
        for batch in track(batches, f"{title}, epoch {epoch + 1}", total=-(-len(messages) // BATCH)):
            with torch.autocast(batch.ids.device.type, torch.bfloat16):
                loss = loss_of(model(batch.ids, batch.mask), batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.encoder.parameters(), 1.0)
            optimiser.step()
            schedule.step()


@torch.no_grad()
def answers(model: Model, reader: Reader, messages: Sequence[Message]) -> Dict[str, np.ndarray]:
    """Logits of each head, and the points, for the messages in their order."""
    model.eval()
    rows: Dict[str, List[np.ndarray]] = {}
    for batch in reader.batches(messages, noisy=False):
        said = {**model(batch.ids, batch.mask), "points": model.encode(batch.ids, batch.mask)}
        for name, values in said.items():
            rows.setdefault(name, []).append(values.float().cpu().numpy())
    return {name: np.vstack(values) for name, values in rows.items()}


def deltas(model: Model, base: Dict[str, Tensor], rank: int) -> Dict[str, np.ndarray]:
    """What was learned, as `encoder.add_deltas` reads it: for each matrix its strongest `rank`
    components in 8 bits with a scale for each, for each vector the difference."""
    found: Dict[str, np.ndarray] = {}
    for name, learned in model.encoder.named_parameters():
        change = learned.detach().float() - base[name].to(learned.device)
        if not learned.requires_grad:
            continue
        if change.ndim == 1:
            found[f"{name}.plus"] = _numbers(change).astype(np.float16)
        else:
            found.update({f"{name}.{part}": value for part, value in _components(change, rank).items()})
    return found


def kept_heads(model: Model) -> Dict[str, np.ndarray]:
    """The heads as `bot.triage.classifier.Reader` reads them, which does not know SCALE."""
    found: Dict[str, np.ndarray] = {}
    for name, head in model.heads.items():
        found[f"{HEAD}{name}_weights"] = _numbers(head.weight.T * SCALE)
        found[f"{HEAD}{name}_bias"] = _numbers(head.bias)
    return found


def _components(change: Tensor, rank: int) -> Dict[str, np.ndarray]:
    left, strengths, right = torch.linalg.svd(change, full_matrices=False)
    up, down = left[:, :rank], right[:rank]
    up_scale, down_scale = up.abs().amax(0) / 127, down.abs().amax(1) / 127
    return {
        "up": _numbers((up / up_scale).round()).astype(np.int8),
        "down": _numbers((down / down_scale[:, None]).round()).astype(np.int8),
        "scale": _numbers(up_scale * down_scale * strengths[:rank]).astype(np.float32),
    }


@torch.no_grad()
def shrink(model: Model, base: Dict[str, Tensor], rank: int) -> None:
    """Sets the encoder to what its deltas will give, so that validation measures what is shipped."""
    plain = {name: value.numpy() for name, value in base.items()}
    shipped = add_deltas(plain, deltas(model, base, rank))
    for name, learned in model.encoder.named_parameters():
        learned.copy_(torch.from_numpy(shipped[name]).to(learned.device))


def _numbers(values: Tensor) -> np.ndarray:
    return np.ascontiguousarray(values.detach().float().cpu().numpy())


def validate(recipe: Recipe, weights: Dict[str, Tensor], messages: List[Message], device: str) -> Dict[str, np.ndarray]:
    """Answers for every message from a model that read no message of the same hand."""
    outputs = names(messages)
    reader = Reader(recipe, outputs, device)
    places: List[int] = []
    rows: List[Dict[str, np.ndarray]] = []
    for hand in sorted({m.hand for m in messages}):
        out = [i for i, m in enumerate(messages) if m.hand == hand]
        model = Model(recipe, weights, outputs).to(device)
        others = [m for m in messages if m.hand != hand]
        fit(model, reader, others, recipe.epochs, f"without {hand}", (recipe.rate, recipe.head_rate))
        shrink(model, weights, recipe.rank)
        rows.append(answers(model, reader, [messages[i] for i in out]))
        places += out
    order = np.argsort(places)
    return {name: np.vstack([row[name] for row in rows])[order] for name in rows[0]}


def main() -> None:
    arguments = _arguments()
    recipe, messages = RECIPES[arguments.reader], load_messages()
    messages = for_quick_reader(messages) if recipe.base is MINILM else messages
    weights = {name: torch.from_numpy(value).float() for name, value in recipe.base.weights().items()}
    if arguments.validate:
        found = validate(recipe, weights, messages, arguments.device)
        np.savez_compressed(arguments.validate, allow_pickle=False, **found)
    elif arguments.further:
        _save(recipe, _learn_further(recipe, weights, messages, arguments), weights, messages)
    else:
        _save(recipe, _learn(recipe, weights, messages, arguments.device), weights, messages)


def _save(recipe: Recipe, model: Model, weights: Dict[str, Tensor], messages: List[Message]) -> None:
    kept = deltas(model, weights, recipe.rank)
    if recipe.keeps_heads:
        kept.update(kept_heads(model))
    save_file(kept, recipe.target, {"names": json.dumps(names(messages))})


def _learn(recipe: Recipe, weights: Dict[str, Tensor], messages: List[Message], device: str) -> Model:
    """The average of a model for each seed."""
    learned, outputs = [], names(messages)
    reader = Reader(recipe, outputs, device)
    for seed in recipe.seeds:
        torch.manual_seed(seed)
        random.seed(seed)
        model = Model(recipe, weights, outputs).to(device)
        fit(model, reader, messages, recipe.epochs, f"all hands, seed {seed}", (recipe.rate, recipe.head_rate))
        learned.append(model.state_dict())
    mean = {name: sum(state[name].float() for state in learned) / len(learned) for name in learned[0]}
    model.load_state_dict({name: value.to(learned[0][name].dtype) for name, value in mean.items()})
    return model


def _learn_further(recipe: Recipe, weights: Dict[str, Tensor], messages: List[Message], arguments) -> Model:
    torch.manual_seed(recipe.seeds[0])
    random.seed(recipe.seeds[0])
    outputs, before = names(messages), load_file(recipe.target)
    plain = {name: value.numpy() for name, value in weights.items()}
    begun = {name: torch.from_numpy(value) for name, value in add_deltas(plain, before).items()}
    model = Model(recipe, begun, outputs).to(arguments.device)
    _take_heads(model, before)
    sample = [m for m in messages if m.hand in arguments.further or random.random() < OTHERS]
    reader = Reader(recipe, outputs, arguments.device)
    fit(model, reader, sample, recipe.further_epochs, "further", (recipe.further_rate, recipe.head_rate))
    return model


@torch.no_grad()
def _take_heads(model: Model, before: Dict[str, np.ndarray]) -> None:
    """Begins with the heads that were kept, where their names are still as many."""
    for name, head in model.heads.items():
        weights, bias = before.get(f"{HEAD}{name}_weights"), before.get(f"{HEAD}{name}_bias")
        if weights is not None and bias is not None and bias.shape == tuple(head.bias.shape):
            head.weight.copy_(torch.from_numpy(weights.T / SCALE))
            head.bias.copy_(torch.from_numpy(bias))


def _arguments() -> argparse.Namespace:
    hands = sorted(folder.name for folder in MESSAGES.iterdir() if folder.is_dir())
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", choices=RECIPES, help="whose encoder learns")
    parser.add_argument("--validate", type=Path, help="where the answers on held-out hands go (.npz); writes no deltas")
    parser.add_argument("--further", nargs="+", choices=hands, metavar="HAND", help="learn on from the deltas")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args()


if __name__ == "__main__":
    main()
