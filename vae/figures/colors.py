"""One hue per meaning, in every figure, formula and control; one per class in every cloud."""

from __future__ import annotations

__all__ = ["CLASS_COLORS", "HUES", "class_color"]

# Chosen to keep a contrast of at least 3:1 on white and on the dark theme's background.
HUES = {
    "loss": "#64748b",
    "reconstruction": "#e8590c",
    "kl": "#d6409f",
    "accuracy": "#0d9488",
    "discriminator_loss": "#8b5cf6",
    "d_real": "#0d9488",
    "d_fake": "#e8590c",
    "mean": "#3b82f6",
    "log_var": "#8b5cf6",
    "z": "#0d9488",
    "epsilon": "#b38600",
    "gradient": "#4d9a0c",
}

CLASS_COLORS = (
    "#3b82f6",
    "#f59e0b",
    "#ef4444",
    "#14b8a6",
    "#22a34a",
    "#a855f7",
    "#b45309",
    "#ec4899",
    "#64748b",
    "#84a30f",
)


def class_color(label: int) -> str:
    """Return the colour of a class, whatever its number."""
    return CLASS_COLORS[label % len(CLASS_COLORS)]
