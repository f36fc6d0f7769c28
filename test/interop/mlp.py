# Trains a perceptron on MNIST in PyTorch, and saves it as a stranger would: mlp.onnx by torch.onnx.export (or as NumPy
# arrays where this PyTorch cannot), mlp.npz with its state_dict, and mlp.safetensors where that package is installed.
#   python3 mlp.py IMAGES-FOLDER OUT-FOLDER [--activation relu|clip|hardsigmoid|sigmoid] [--hidden 200] [--epochs 8]
# About 2 % of MNIST's test images are named wrongly after 8 epochs, in a minute. Debian: apt install python3-torch python3-onnx
import argparse
import gzip
from pathlib import Path

import numpy as np
import torch

activations = {
    "relu": torch.nn.ReLU,
    "clip": lambda: torch.nn.Hardtanh(0.0, 1.0),
    "hardsigmoid": torch.nn.Hardsigmoid,
    "sigmoid": torch.nn.Sigmoid,
}


def idx(folder, name, head):
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            data = path.read_bytes()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            return np.frombuffer(data, np.uint8, offset=head)
    raise SystemExit(f"{folder}: there is no {name}, gzipped or not")


def part(folder, name):
    labels = idx(folder, f"{name}-labels-idx1-ubyte", 8)
    images = idx(folder, f"{name}-images-idx3-ubyte", 16).reshape(len(labels), -1)
    # As torchvision's ToTensor has them.
    return torch.from_numpy(images.astype(np.float32) / 255), torch.from_numpy(labels.astype(np.int64))


def save(net, inputs, out):
    state = {k: v.detach().numpy() for k, v in net.state_dict().items()}
    np.savez(out / "mlp.npz", **state)
    try:
        from safetensors.numpy import save_file

        save_file(state, out / "mlp.safetensors")
    except ImportError:
        pass
    torch.onnx.export(
        net,
        torch.zeros(1, inputs),
        str(out / "mlp.onnx"),
        input_names=["input"],
        output_names=["output"],
        dynamic_axes={"input": {0: "n"}, "output": {0: "n"}},
        opset_version=14,
    )


asked = argparse.ArgumentParser()
asked.add_argument("data", type=Path)
asked.add_argument("out", type=Path)
asked.add_argument("--activation", choices=activations, default="relu")
asked.add_argument("--hidden", type=int, default=200)
asked.add_argument("--epochs", type=int, default=8)
a = asked.parse_args()

torch.manual_seed(1)
x, y = part(a.data, "train")
test_x, test_y = part(a.data, "t10k")
inputs, outputs = x.shape[1], int(y.max()) + 1
net = torch.nn.Sequential(
    torch.nn.Linear(inputs, a.hidden), activations[a.activation](), torch.nn.Linear(a.hidden, outputs)
)
optimizer = torch.optim.Adam(net.parameters(), 2e-3)
batch = min(100, len(y))
for epoch in range(a.epochs):
    for rows in torch.randperm(len(y)).split(batch):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
        optimizer.step()
    for group in optimizer.param_groups:
        group["lr"] *= 0.7
with torch.no_grad():
    named = net(test_x).argmax(1)
save(net, inputs, a.out)
np.save(a.out / "named.npy", named.numpy().astype(np.uint8))
print(f"test error {100 * (named != test_y).float().mean().item():.2f} %")
