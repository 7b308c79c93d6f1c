"""What the package's tests share: small runs, each trained once, and how to wait."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.trained import TrainedOnce
from vae.config import Config
from vae.data.datasets import Dataset, load_dataset
from vae.data.specs import DATASETS
from vae.files import read_json, write_json
from vae.runs.run import Run, open_run

if TYPE_CHECKING:
    from tests.kinds import Kinds
    from tests.queueing import Servers
    from tests.workshop import Workshop

# As tf2onnx sets it when it is imported: what is started before and after finds the same.
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# The processes of a run share two cores: threads of one that wait for each other only cost time.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
# XLA needs not make fast programs of what takes a moment: a third of a short training was that. The
# one of tests/browser/test_server.py that dies is compiled as everyone's are.
os.environ.setdefault(
    "XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_cpu_use_fusion_emitters=false"
)
# Hundreds of processes import the same modules, of which some machines keep no compiled copy.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# And what one has compiled the others take: XLA has a third of a short training.
if "TF_XLA_FLAGS" not in os.environ:  # not in a process that another pytest has started
    COMPILED = tempfile.mkdtemp(prefix="compiled-")
    atexit.register(shutil.rmtree, COMPILED, ignore_errors=True)
    os.environ["TF_XLA_FLAGS"] = (
        f"--tf_xla_persistent_cache_directory={COMPILED} --tf_xla_persistent_cache_device_types=CPU"
    )

pytest_plugins = ["tests.collection", "tests.scheduling"]

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 180  # for a busy machine; nothing here takes nearly as long
PREDICTABLE = Config(
    latent_dim=2,
    hidden=(16,),
    learning_rate=5e-3,
    schedule="cosine",
    batch_size=50,
    epochs=12,
    kl_warmup=3,
    validation_split=0.1,
    seed=7,
)


def wait_until(condition: Callable[[], Any], what: str) -> None:
    """Return as soon as the condition holds; fail the test if it never does."""
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        assert waited < PATIENCE_SECONDS, f"never happened: {what}"
        # A tenth longer at most, without polling a thousand times what takes long.
        time.sleep(min(max(0.01, waited / 10), 0.2))


def run_python(
    *arguments: str | Path,
    cwd: Path = ROOT,
    executable: str | Path = sys.executable,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run another Python to its end, without what this one was given as PYTHONPATH."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(executable), *map(str, arguments)],
        cwd=cwd,
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def copy_run(run: Run, path: Path) -> Run:
    """Copy a run's folder, for tests that change it."""
    shutil.copytree(run.path, path)
    return open_run(path)


def change_status(run: Run, **changes: object) -> Run:
    """Have a copied run say something else of itself; return it as it is then."""
    write_json(run.path / "status.json", read_json(run.path / "status.json") | changes)
    return Run(run.path)


def say_learned(folder: Path, name: str) -> None:
    """Have a run's folder say that it learned the images of a known data set."""
    changes = {"dataset": name, "fingerprint": DATASETS[name].fingerprint}
    write_json(folder / "config.json", read_json(folder / "config.json") | changes)


def pytest_configure(config: pytest.Config) -> None:
    """Have several processes share the servers of programs that need Keras or Streamlit."""
    if config.getoption("numprocesses", None):
        from tests.warm.client import KERAS, STREAMLIT
        from tests.warm.programs import start_server

        for name in (KERAS, STREAMLIT):
            start_server(name)


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> TrainedOnce:
    return TrainedOnce(tmp_path_factory)


@pytest.fixture(scope="session", autouse=True)
def _runs_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have everything that names no folder for its runs use one that goes away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VAE_RUNS_DIR", str(tmp_path_factory.mktemp("runs")))
        yield


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return load_dataset("digits")


@pytest.fixture(scope="session")
def stripes() -> Dataset:
    """Colour pictures that are not square, in two classes: horizontal and vertical stripes."""
    generator = np.random.default_rng(0)

    def draw(count: int) -> tuple[np.ndarray, np.ndarray]:
        labels = generator.integers(0, 2, count).astype(np.uint8)
        images = np.zeros((count, 12, 9, 3), np.uint8)
        for image, label in zip(images, labels, strict=True):
            color = generator.integers(100, 256, 3)
            if label:
                image[:, ::3] = color
            else:
                image[::3] = color
        return images, labels

    x_train, y_train = draw(120)
    x_test, y_test = draw(40)
    return Dataset(
        "stripes", "Stripes", x_train, y_train, x_test, y_test, ("level", "upright"), "drawn"
    )


@pytest.fixture(scope="session")
def events(finished_run: Run) -> list[tuple[str, dict[str, Any]]]:
    """What `finished_run` reported to its listener: the run's state at that moment, and the row."""
    return [(state, row) for state, row in read_json(finished_run.path.parent / "events.json")]


@pytest.fixture(scope="session")
def finished_run(digits: Dataset, trained_once: TrainedOnce) -> Run:
    """A VAE with two latent dimensions, a KL warm-up and validation, on Digits."""

    def fill(folder: Path) -> None:
        from vae.training.train import train

        events: list[tuple[str, dict[str, Any]]] = []
        path = folder / "run"
        train(PREDICTABLE, digits, lambda row: events.append((open_run(path).state, row)), out=path)
        write_json(folder / "events.json", events)

    return open_run(trained_once.folder("finished", fill) / "run")


@pytest.fixture
def run_without_images(finished_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run that learned MNIST, on a machine that has not its images."""
    run = copy_run(finished_run, tmp_path / "without images")
    say_learned(run.path, "mnist")
    for name in ("VAE_DATA_DIR", "KERAS_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "empty"))
    return Run(run.path)


@pytest.fixture(scope="session")
def autoencoder_run(digits: Dataset, trained_once: TrainedOnce) -> Run:
    config = Config(kind="autoencoder", beta=0.0, latent_dim=3, hidden=(16,), epochs=2)
    return trained_once("autoencoder", config, digits)


@pytest.fixture(scope="session")
def conditional_run(digits: Dataset, trained_once: TrainedOnce) -> Run:
    """A conditional VAE on Digits that generates the class which it is conditioned on."""
    config = Config(
        kind="conditional",
        latent_dim=3,
        hidden=(32,),
        learning_rate=1e-2,
        schedule="cosine",
        batch_size=50,
        epochs=15,
        validation_split=0.1,
        seed=3,
    )
    return trained_once("conditional", config, digits)


@pytest.fixture(scope="session")
def convolutional_run(stripes: Dataset, trained_once: TrainedOnce) -> Run:
    """A convolutional VAE on pictures that are neither square nor grey."""
    config = Config(
        network="convolutional", hidden=(4, 6), latent_dim=5, epochs=2, batch_size=40, beta=0.5
    )
    return trained_once("convolutional", config, stripes)


@pytest.fixture(scope="session")
def kinds(digits: Dataset, trained_once: TrainedOnce) -> Kinds:
    """A run of every kind on Digits, each trained for an epoch when it is first asked for."""
    from tests.kinds import Kinds

    return Kinds(digits, trained_once)


@pytest.fixture
def servers(digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Servers]:
    """A runs folder and servers whose workers train nothing."""
    from tests.queueing import Servers

    (tmp_path / "runs").mkdir()
    servers = Servers(tmp_path / "runs", digits, monkeypatch)
    yield servers
    servers.close()


@pytest.fixture(scope="session")
def dense_workshop(digits: Dataset) -> Workshop:
    from tests.workshop import BASE, Workshop

    return Workshop(BASE, digits)


@pytest.fixture
def workshop(dense_workshop: Workshop) -> Iterator[Workshop]:
    """Have `vae.training.train` train runs in a moment, each the workshop's with some changes."""
    with dense_workshop.opened() as opened:
        yield opened


@pytest.fixture(scope="session")
def undisturbed(dense_workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of the workshop that nothing happens to."""
    with dense_workshop.opened() as workshop:
        return workshop.resume(workshop.new(tmp_path_factory.mktemp("undisturbed") / "run"))
