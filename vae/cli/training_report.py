"""What the command line tells people of networks and of a training's end."""

from __future__ import annotations

from pathlib import Path

from rich.console import ConsoleRenderable, Group
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text

from vae.architecture import Summary
from vae.cli.measurement_report import headline_figures, measured_on
from vae.cli.report import figure_table, next_commands, quoted, wrote_line
from vae.files import folder_bytes
from vae.layers import Layer
from vae.runs.run import Run

__all__ = ["summarized", "trained"]

BYTES_PER_PARAMETER = 4


def summarized(counted: Summary) -> ConsoleRenderable:
    """Show the layers of all networks as Keras does, with the totals."""
    size = decimal(BYTES_PER_PARAMETER * counted.total)
    return Group(
        *(
            _layers(name.capitalize(), layers, counted.parameters[name])
            for name, layers in counted.networks.items()
        ),
        Text(f"Total: {counted.total:,} parameters ({size}), all trainable"),
    )


def trained(run: Run, path: Path) -> ConsoleRenderable:
    """Show how a run ended, what it is worth, and where it is."""
    epochs = len(run.history)
    sentence = f"{run.state.capitalize()} after {epochs} epoch{'' if epochs == 1 else 's'}."
    parts: list[ConsoleRenderable] = [Text(f"{sentence} {run.status.get('reason', '')}".strip())]
    if run.metrics:
        parts += [
            Text(measured_on(run, run.metrics)),
            Text(),
            figure_table(headline_figures(run.metrics)),
        ]
    parts.append(wrote_line(path, folder_bytes(path)))
    if run.has_model:
        folder = quoted(path)
        parts.append(
            next_commands(
                *([f"sample {folder} --out grid.png"] if run.config.has("decoder") else []),
                f"evaluate {folder}"
                + (" --importance-samples 100" if run.config.has("posterior") else ""),
            )
        )
    return Group(*parts)


def _layers(title: str, layers: tuple[Layer, ...], parameters: int) -> Table:
    table = Table(title=title, title_justify="left", show_footer=True)
    table.add_column("Layer (type)", "Total")
    table.add_column("Output shape")
    table.add_column("Parameters", f"{parameters:,}", justify="right")
    for layer in layers:
        shape = ", ".join(map(str, ("None", *layer.output_shape)))
        table.add_row(f"{layer.name} ({layer.class_name})", f"({shape})", f"{layer.parameters:,}")
    return table
