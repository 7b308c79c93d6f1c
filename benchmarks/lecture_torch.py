"""The lecture's network in PyTorch, as one writes it who knows PyTorch: another side to beat.

All pixels are one float32 tensor, batches are rows of it by a random permutation, the loss works on
logits, and threads are left as they are. No `torch.compile`: its compiler for processors needs one
for C++, which this project does not ask for. Same layers, batches, loss and learning rate as the
lecture's; but PyTorch adds RMSprop's epsilon to the root and Keras under it, so that the same 1e-7
holds small steps back less, and the loss falls faster. The work of a step is the same.
Nothing here comes from the package `vae`.
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

BATCH = 100
GRIDS = 50


class VAE(nn.Module):
    """784-128-(4, 4)-128-784; the sigmoid is in the loss."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 128)
        self.mean = nn.Linear(128, 4)
        self.log_var = nn.Linear(128, 4)
        self.decoder = nn.Sequential(nn.Linear(4, 128), nn.ReLU(), nn.Linear(128, 784))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the loss of images (n, 784) in [0, 1]: a mean over pixels, plus the KL's."""
        hidden = functional.relu(self.hidden(images))
        mean, log_var = self.mean(hidden), self.log_var(hidden)
        codes = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean)
        kl = -1e-4 * torch.mean(1 + log_var - mean.square() - log_var.exp())
        return functional.binary_cross_entropy_with_logits(self.decoder(codes), images) + kl


def train_epoch(model: VAE, optimizer: torch.optim.Optimizer, images: torch.Tensor) -> float:
    """Train on every image once; return the mean loss."""
    total = torch.zeros(())
    batches = torch.randperm(len(images)).split(BATCH)
    for batch in batches:
        optimizer.zero_grad()
        loss = model(images[batch])
        loss.backward()
        optimizer.step()
        total += loss.detach()
    return total.item() / len(batches)


def main() -> None:
    """Train, draw the grid, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="mnist.npz")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    with np.load(arguments.data) as arrays:
        x_train, x_test = (
            torch.from_numpy(arrays[name].reshape(-1, 784)).float().div_(255.0)
            for name in ("x_train", "x_test")
        )
    model = VAE()
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3, alpha=0.9, eps=1e-7)
    seconds, losses = [], []
    for _ in range(arguments.epochs):
        start = time.perf_counter()
        losses.append(train_epoch(model, optimizer, x_train))
        seconds.append(time.perf_counter() - start)
    with torch.inference_mode():
        start = time.perf_counter()
        for _ in range(GRIDS):
            torch.sigmoid(model.decoder(torch.randn(100, 4)))
        grid_seconds = (time.perf_counter() - start) / GRIDS
        test_loss = model(x_test).item()
    result = {
        "epoch_seconds": seconds,
        "losses": losses,
        "test_loss": test_loss,
        "grid_seconds": grid_seconds,
        "peak_megabytes": peak_megabytes(),
        "parameters": sum(weights.numel() for weights in model.parameters()),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
