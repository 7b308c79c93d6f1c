"""The same classifier in PyTorch, as one writes it who knows PyTorch: eager, one tensor of pixels.

The layout of images is PyTorch's own, channels first. Nothing here comes from the package `vae`.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from benchmarks.measuring import peak_megabytes


def build(network: str) -> nn.Module:
    """Return 784-128-10, or two strided convolutions with a dense layer behind them: logits."""
    if network == "dense":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU()),
        *(nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Linear(128, 10)),
    )


def main() -> None:
    """Train and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="mnist.npz")
    parser.add_argument("--network", choices=("dense", "convolutional"), default="dense")
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    with np.load(arguments.data) as arrays:
        images = torch.from_numpy(arrays["x_train"][:, None]).float().div_(255.0)
        labels = torch.from_numpy(arrays["y_train"]).long()
    model, seconds, losses = build(arguments.network), [], []
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    for _ in range(arguments.epochs):
        start, total = time.perf_counter(), torch.zeros(())
        batches = torch.randperm(len(images)).split(arguments.batch)
        for batch in batches:
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(images[batch]), labels[batch])
            loss.backward()
            optimizer.step()
            total += loss.detach()
        losses.append(total.item() / len(batches))
        seconds.append(time.perf_counter() - start)
    result = {
        "epoch_seconds": seconds,
        "losses": losses,
        "peak_megabytes": peak_megabytes(),
        "parameters": sum(weights.numel() for weights in model.parameters()),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
