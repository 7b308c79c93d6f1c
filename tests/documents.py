"""The commands that documents name, as they are written there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from vae.evaluation.sample_quality import MIN_SAMPLES

# Code blocks that are no commands, by what they begin with.
NO_COMMANDS = {
    "page --Config--> queue": "a drawing",
    "app.py > pages > vae": "the order of layers",
    "config.json       configuration": "a list of files",
    'pip install "vae-lab[cluster]"': "needs several machines: tests/sweeps/test_cluster.py",
    "study = vae.sweep(": "Python: tests/test_package.py runs a small sweep",
    "from vae.export.tensorboard": "Python: tests/export/test_tensorboard.py writes such files",
    "import wandb": "Python, with a package that the project does without",
    "import mlflow": "Python, with a package that the project does without",
    "apt-get install nginx": "changes a system; tests/deploy runs what it sets up",
}


PROGRAM = re.compile(
    r"(?:\S*[/\\])?(?:python[\d.]*|py|pip3?|make|git|streamlit|uv|conda|docker|npm|npx|node|sh|bash"
    r"|vae-lab|curl|wget|apt|apt-get|sudo|jupyter|pytest|ruff)(?=\s|$)"
)


MINIMUM = {"--samples": MIN_SAMPLES}  # of all else it is 1


class Command(NamedTuple):
    """A line to run; inline: it stands in a sentence, where it may be a name alone."""

    document: str
    line: str
    inline: bool

    def __str__(self) -> str:
        return f"{self.document}: {self.line}"


def reduced(text: str) -> str:
    """Return a command, or Python, where each amount is the least that is accepted."""
    text = re.sub(r"\bepochs=\d+", "epochs=1", re.sub(r"\bmore_epochs=\d+", "more_epochs=1", text))
    return re.sub(
        r"(--(?:importance-samples|samples|count|rows|columns|more-epochs))([ =])\d+",
        lambda found: f"{found[1]}{found[2]}{MINIMUM.get(found[1], 1)}",
        text,
    )


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield the language and the content of each code block, fenced or indented."""
    for found in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield found[1], found[2]
    rest = re.sub(r"^```\w*\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for found in re.finditer(r"(?<=\n\n)(?: {4}.*\n|\n(?= {4}))+", rest):
        yield "", re.sub(r"^ {4}", "", found[0], flags=re.MULTILINE)


def commands(text: str, document: str = "") -> Iterator[Command]:
    """Yield all commands of a document. Fails for a block that is of neither kind."""
    for language, block in blocks(text):
        if language == "python" or any(block.startswith(begin) for begin in NO_COMMANDS):
            continue
        for line in filter(None, block.splitlines()):
            assert PROGRAM.match(line), f"{document}: neither a command nor known: {line}"
            yield Command(document, line, False)
    prose = re.sub(r"^```\w*\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for found in re.findall(r"`([^`]+)`", prose):
        line = " ".join(found.split())
        if PROGRAM.match(line):
            yield Command(document, line, True)
