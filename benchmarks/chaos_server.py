"""A server without pages, for the chaos: a queue that does what the lines on standard input say.

python -m benchmarks.chaos_server RUNS_FOLDER. Each line is a JSON list: the name of a `Queue`
method, a run's id, keyword arguments. Each answer is a JSON list: whether it worked, and a text.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from vae.config import Config
from vae.data.datasets import load_dataset
from vae.errors import VAEError
from vae.runs.store import RunStore
from vae.server.queue import Queue

WORKERS = 2


def main() -> None:
    """Serve until standard input ends."""
    store = RunStore(Path(sys.argv[1]), Path(sys.argv[1]) / "none")
    queue = Queue(store, workers=WORKERS)
    digits = load_dataset("digits")

    def do(name: str, run_id: str, arguments: dict[str, Any]) -> str:
        if name == "submit":
            return queue.submit(Config.from_dict(arguments), digits, run_id).id
        if name == "undelete":
            store.undelete(run_id)
        elif name == "change":
            store.open(run_id).requests.change(**arguments)
        elif name != "ready":
            getattr(queue, name)(store.open(run_id), **arguments)
        return ""

    for line in sys.stdin:
        try:
            answer = [True, do(*json.loads(line))]
        except (VAEError, OSError) as error:
            answer = [False, str(error)]
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
