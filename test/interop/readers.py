# Reads the exports of a folder by programs that are not ours: the official ONNX checker and reference evaluator,
# PyTorch's load_state_dict, numpy, and safetensors where it is installed. Arguments: the folder with copy.onnx,
# copy.int8.onnx, copy.npz, copy.safetensors, raw.npy (rows) and expected.npy (outputs of our own forward pass).
# Debian: apt install python3-onnx python3-torch python3-numpy
import json
import struct
import sys
from pathlib import Path

import numpy as np
import onnx
import torch

try:  # from onnx 1.13 on
    from onnx.reference import ReferenceEvaluator
except ImportError:
    ReferenceEvaluator = None

folder = Path(sys.argv[1])
raw = np.load(folder / "raw.npy").astype(np.float32)
expected = np.load(folder / "expected.npy")
found = {}


def compare(name, outputs, most):
    worst = float(np.abs(outputs - expected).max())
    renamed = int((outputs.argmax(1) != expected.argmax(1)).sum())
    assert worst <= most, f"{name}: outputs differ by {worst}"
    found[name] = {"worst": worst, "renamed": renamed}


for name, most in (("copy.onnx", 1e-5), ("copy.int8.onnx", 0.2)):
    model = onnx.load(folder / name)
    onnx.checker.check_model(model, full_check=True)
    if ReferenceEvaluator is None:
        found[name] = "checked; this onnx has no evaluator"
        continue
    (outputs,) = ReferenceEvaluator(model).run(None, {"input": raw})
    compare(name, outputs, most)

npz = np.load(folder / "copy.npz")
state = {k: torch.from_numpy(npz[k]) for k in npz.files if k.startswith("layers.")}
sizes = json.loads(json.loads(npz["metadata.json"])["analog_eqprop.network"])["sizes"]


class Copy(torch.nn.Module):
    def __init__(self):
        super().__init__()
        pairs = zip(sizes, sizes[1:])
        self.layers = torch.nn.ModuleList([torch.nn.Linear(m, n) for m, n in pairs])

    def forward(self, s):
        for layer in self.layers:
            u = layer(s)
            s = u.clamp(0, 1) + 0.01 * u
        return s


copy = Copy()
copy.load_state_dict(state)
with torch.no_grad():
    said = json.loads(json.loads(npz["metadata.json"])["analog_eqprop.network"])["inputs"]
    ends = [np.inf if end is None else end for end in (said["low"], said["high"])]
    seen = (raw - np.float32(said["offset"])) * np.float32(said["factor"])
    seen = seen if said["low"] is None else seen.clip(*ends)
    compare("load_state_dict of copy.npz", copy(torch.from_numpy(seen)).numpy(), 1e-5)


def plain_safetensors(path):
    """Eight bytes of length, JSON, tensors: https://github.com/huggingface/safetensors."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {
        k: np.frombuffer(body[slice(*t["data_offsets"])], np.float32).reshape(t["shape"])
        for k, t in header.items()
    }


try:
    from safetensors.numpy import load_file
except ImportError:
    load_file = None
tensors = load_file(folder / "copy.safetensors") if load_file else plain_safetensors(folder / "copy.safetensors")
for k, v in state.items():
    assert np.array_equal(tensors[k], v.numpy()), k
found["copy.safetensors"] = "by safetensors" if load_file else "by a plain reader: safetensors is not installed"
print(json.dumps(found))
