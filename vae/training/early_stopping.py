"""Early stopping: when training has nothing left to gain, and which epoch was the best.

What is compared is the validation loss at the beta and the KL capacity that were asked for, in nats
per image, so that epochs of a KL warm-up can be compared; epochs on both sides of a change of beta
cannot.
"""

from __future__ import annotations

from collections.abc import Iterable

from vae.config import Config
from vae.runs.schema import Row

__all__ = ["best_epoch", "is_over"]


def best_epoch(config: Config, rows: Iterable[Row]) -> int:
    """Return the epoch with the smallest validation loss since beta last changed; 0 if none.

    rows: `Run.rows`, in their order.
    """
    beta, best, lowest = config.beta, 0, float("inf")
    for row in rows:
        if row["kind"] == "change" and "beta" in row:
            beta, best, lowest = row["beta"], 0, float("inf")
        elif row["kind"] == "epoch" and "val_kl" in row and "val_reconstruction" in row:
            # A capacity holds the KL up: with the KL itself the best epoch would be an early one.
            kl = abs(row["val_kl"] - config.capacity) if config.capacity else row["val_kl"]
            loss = row["val_reconstruction"] + beta * kl
            if loss < lowest:
                best, lowest = row["epoch"], loss
    return best


def is_over(config: Config, rows: list[Row], segment_start: int) -> bool:
    """Whether `config.patience` epochs have passed in this segment without a new best one."""
    if not config.patience or not rows:
        return False
    best = best_epoch(config, rows)
    return best > 0 and rows[-1]["epoch"] - max(best, segment_start) >= config.patience
