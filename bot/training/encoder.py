"""A pinned encoder with this project's low-rank deltas, as one int8 ONNX file."""

from pathlib import Path
from typing import Any, Dict, List, Mapping, Tuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.training.bases import Base, Weights
from bot.triage.encoder import LONGEST

HEADS, OPSET = 12, 17
HEAD = "head."  # begins the names of what is no part of the encoder, beside its deltas
# MPNet's names for what BERT has too.
RENAMED = {
    "attention.attn.q.": "attention.self.query.",
    "attention.attn.k.": "attention.self.key.",
    "attention.attn.v.": "attention.self.value.",
    "attention.attn.o.": "attention.output.dense.",
    "attention.LayerNorm.": "attention.output.LayerNorm.",
}
NEARNESS = "encoder.relative_attention_bias.weight"
NEAR, FAR = 8, 128  # distances in word pieces that MPNet tells apart one by one, and at all
UNUSED_PLACES = 2  # MPNet counts places from two


def add_deltas(weights: Weights, deltas: Mapping[str, np.ndarray]) -> Weights:
    """The weights with low-rank components (`up`, `down`, `scale`) and differences (`plus`) added."""
    merged = dict(weights)
    for key, value in deltas.items():
        name, _, part = key.rpartition(".")
        if part == "plus":
            merged[name] = weights[name] + value.astype(np.float32)
        elif part == "scale":
            up, down = (deltas[f"{name}.{side}"].astype(np.float32) for side in ("up", "down"))
            merged[name] = weights[name] + (up * value) @ down
    return merged


def write_encoder(target: Path, base: Base, weights: Mapping[str, np.ndarray]) -> None:
    """Writes the int8 encoder; its weights per channel, since per tensor moves its answers (cosine 0.92)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = target.with_suffix(".fp32.onnx")
    onnx.save(_Graph(base, _as_bert(weights)).model(), str(whole))
    quantize_dynamic(str(whole), str(target), weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()


def _as_bert(weights: Mapping[str, np.ndarray]) -> Weights:
    """The weights under BERT's names, whichever of the two they are of."""
    if NEARNESS not in weights:
        return dict(weights)
    named = {_renamed(name): value for name, value in weights.items()}
    places = named["embeddings.position_embeddings.weight"][UNUSED_PLACES:]
    kinds = np.zeros((1, places.shape[1]), dtype=np.float32)
    return {**named, "embeddings.position_embeddings.weight": places, "embeddings.token_type_embeddings.weight": kinds}


def _renamed(name: str) -> str:
    return next((name.replace(old, new) for old, new in RENAMED.items() if old in name), name)


def _nearness(table: np.ndarray) -> np.ndarray:
    """What MPNet adds to the attention between two places of a text, for each head, by how far they are apart."""
    ahead = np.arange(LONGEST)[None, :] - np.arange(LONGEST)[:, None]
    apart = np.abs(ahead)
    coarse = NEAR + np.log(np.maximum(apart, 1) / NEAR) / np.log(FAR / NEAR) * NEAR
    step = np.where(apart < NEAR, apart, np.minimum(coarse, 2 * NEAR - 1)).astype(np.int64)
    return table[step + np.where(ahead > 0, 2 * NEAR, 0)].transpose(2, 0, 1)[None].astype(np.float32)


class _Graph:
    """The forward pass and mean pooling, node by node."""

    def __init__(self, base: Base, weights: Mapping[str, np.ndarray]):
        self._base = base
        self._weights = weights
        self._nodes: List[Any] = []
        self._constants: Dict[str, Any] = {}

    def model(self) -> Any:
        state = self._embeddings()
        mask = self._attention_mask()
        for layer in range(self._base.layers):
            state = self._layer(f"encoder.layer.{layer}", state, mask)
        self._pooled(state)
        ids, present = (
            helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "length"]) for n in ("ids", "mask")
        )
        out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", self._base.width])
        graph = helper.make_graph(self._nodes, "encoder", [ids, present], [out], list(self._constants.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)

    def _op(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        out = out or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def _const(self, name: str, value: np.ndarray) -> str:
        self._constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _weight(self, name: str, transpose: bool = False) -> str:
        value = self._weights[name].astype(np.float32)
        return self._const(name, value.T if transpose else value)

    def _embeddings(self) -> str:
        words = self._op("Gather", self._weight("embeddings.word_embeddings.weight"), "ids")
        places = self._op("Slice", self._weight("embeddings.position_embeddings.weight"), *self._stretch())
        kind = self._const("kind", self._weights["embeddings.token_type_embeddings.weight"][0])
        added = self._op("Add", self._op("Add", words, places), kind)
        return self._normalised("embeddings.LayerNorm", added)

    def _stretch(self) -> Tuple[str, str]:
        """From nothing to the length of the text."""
        return self._const("zero", np.array([0], dtype=np.int64)), self._op("Shape", "ids", start=1, end=2)

    def _attention_mask(self) -> str:
        axes = self._const("axes", np.array([1, 2], dtype=np.int64))
        present = self._op("Unsqueeze", self._op("Cast", "mask", to=TensorProto.FLOAT), axes)
        one = self._const("one", np.array(1, dtype=np.float32))
        far = self._const("far", np.array(-10000, dtype=np.float32))
        mask = self._op("Mul", self._op("Sub", one, present), far)
        return self._op("Add", mask, self._near()) if NEARNESS in self._weights else mask

    def _near(self) -> str:
        whole = self._const("near", _nearness(self._weights[NEARNESS]))
        (zero, length), rows, columns = self._stretch(), *(self._const(f"axis_{n}", np.array([n])) for n in (2, 3))
        return self._op("Slice", self._op("Slice", whole, zero, length, rows), zero, length, columns)

    def _layer(self, name: str, state: str, mask: str) -> str:
        attended = self._dense(f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", state, mask))
        state = self._normalised(f"{name}.attention.output.LayerNorm", self._op("Add", attended, state))
        inner = self._gelu(self._dense(f"{name}.intermediate.dense", state))
        outer = self._dense(f"{name}.output.dense", inner)
        return self._normalised(f"{name}.output.LayerNorm", self._op("Add", outer, state))

    def _attention(self, name: str, state: str, mask: str) -> str:
        query, key, value = (self._split(self._dense(f"{name}.{part}", state)) for part in ("query", "key", "value"))
        turned = self._op("Transpose", key, perm=[0, 1, 3, 2])
        scale = self._const("scale", np.array((self._base.width / HEADS) ** -0.5, dtype=np.float32))
        scores = self._op("Add", self._op("Mul", self._op("MatMul", query, turned), scale), mask)
        mixed = self._op("MatMul", self._op("Softmax", scores, axis=-1), value)
        back = self._op("Transpose", mixed, perm=[0, 2, 1, 3])
        return self._op("Reshape", back, self._const("joined", np.array([0, 0, self._base.width], dtype=np.int64)))

    def _split(self, state: str) -> str:
        shape = self._const("split", np.array([0, 0, HEADS, self._base.width // HEADS], dtype=np.int64))
        return self._op("Transpose", self._op("Reshape", state, shape), perm=[0, 2, 1, 3])

    def _dense(self, name: str, state: str) -> str:
        """Every word's numbers are brought to at most one first: a single large one would use up the 8 bits of all
        words (cosine to the exact answer 0.92, and so 0.997)."""
        peak = self._op("ReduceMax", self._op("Abs", state), axes=[-1], keepdims=1)
        product = self._op("MatMul", self._op("Div", state, peak), self._weight(f"{name}.weight", transpose=True))
        return self._op("Add", self._op("Mul", product, peak), self._weight(f"{name}.bias"))

    def _normalised(self, name: str, state: str) -> str:
        gain, bias = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return self._op("LayerNormalization", state, gain, bias, axis=-1, epsilon=self._base.epsilon)

    def _gelu(self, state: str) -> str:
        half = self._const("half", np.array(0.5, dtype=np.float32))
        root = self._const("root", np.array(2**-0.5, dtype=np.float32))
        one = self._const("one", np.array(1, dtype=np.float32))
        bell = self._op("Add", self._op("Erf", self._op("Mul", state, root)), one)
        return self._op("Mul", self._op("Mul", state, half), bell)

    def _pooled(self, state: str) -> None:
        last = self._const("last", np.array([2], dtype=np.int64))
        middle = self._const("middle", np.array([1], dtype=np.int64))
        present = self._op("Unsqueeze", self._op("Cast", "mask", to=TensorProto.FLOAT), last)
        total = self._op("ReduceSum", self._op("Mul", state, present), middle, keepdims=0)
        mean = self._op("Div", total, self._op("ReduceSum", present, middle, keepdims=0))
        length = self._op("ReduceL2", mean, axes=[1], keepdims=1)
        self._op("Div", mean, length, out="embedding")
