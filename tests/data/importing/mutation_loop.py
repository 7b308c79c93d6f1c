"""Reads mutated copies of an array file, each in a fork, and prints how each one ended.

Run: python -m tests.data.importing.mutation_loop PATH COUNT
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

import numpy as np

from vae.data.importing.array_worker import MAX_BYTES, answer
from vae.data.importing.exchange import REFUSED, ArrayFile, Request
from vae.data.importing.tables import import_arrow
from vae.data.picture_decoder import limit_memory
from vae.errors import DatasetError
from vae.limits import Caps

READ, OUT_OF_MEMORY = 0, 4


def mutated(content: bytes, random: np.random.Generator) -> bytes:
    """Change a few bytes, mostly near an end, where headers are; cut some, or repeat a piece."""
    copy = bytearray(content)
    for _ in range(random.integers(1, 9)):
        near = int(random.integers(0, min(len(copy), 400)))
        at = (near, len(copy) - 1 - near, int(random.integers(0, len(copy))))[random.integers(0, 3)]
        kind = random.integers(0, 10)
        if kind < 7:
            copy[at] = random.choice([0, 1, 255, 128, 45, *random.integers(0, 256, 5)])
        elif kind == 7:
            del copy[at : at + int(random.integers(1, 9))]
        elif kind == 8:
            copy[at:at] = copy[at : at + 8]
        else:
            copy[at : at + 4] = random.bytes(4)
    return bytes(copy)


def ended(request: Request) -> int:
    """Read in this process and return how that ended."""
    try:
        answer(request)
    except DatasetError:
        return REFUSED
    except MemoryError:
        return OUT_OF_MEMORY
    return READ


def main() -> None:
    path, count = Path(sys.argv[1]), int(sys.argv[2])
    original, random = path.read_bytes(), np.random.default_rng(0)
    request = Request((ArrayFile(str(path)),), None, Caps(), str(path.parent), with_pixels=True)
    import_arrow()
    limit_memory(MAX_BYTES)
    for _ in range(count):
        path.write_bytes(mutated(original, random))
        start = time.perf_counter()
        child = os.fork()
        if not child:
            status = 1
            try:
                status = ended(request)
            finally:
                os._exit(status)
        _, status, used = os.wait4(child, 0)
        seconds = used.ru_utime + used.ru_stime
        print(
            json.dumps(
                {
                    "status": os.waitstatus_to_exitcode(status),
                    "seconds": min(seconds, time.perf_counter() - start),
                    "megabytes": used.ru_maxrss // 1000,
                }
            )
        )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
