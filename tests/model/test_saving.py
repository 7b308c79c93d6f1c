"""A trained model on disk: plain Keras, ONNX, and the checkpoint that training resumes from."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from tests.conftest import copy_run, run_python
from vae.archive.zip_export import export_zip
from vae.archive.zip_import import import_zip
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import RunError
from vae.model.saving import load_model, save_keras
from vae.model.vae import build
from vae.runs.run import Run
from vae.runs.store import RunStore

ELSEWHERE = """
import json, sys
import keras, numpy as np
try:
    import vae
    found = True
except ImportError:
    found = False
with np.load(sys.argv[2]) as arrays:
    images, z = arrays["images"], arrays["z"]
model = keras.models.load_model(sys.argv[1])
outputs = model.predict(images, verbose=0)
mean, log_var = model.get_layer("encoder")(images)
np.savez(
    sys.argv[3],
    **outputs,
    encoded=mean,
    decoded=model.get_layer("decoder")(z),
)
print(json.dumps({"found": found, "outputs": sorted(outputs)}))
"""
RUNS = ["finished_run", "autoencoder_run", "convolutional_run"]


def images_for(run: Run, count: int = 12) -> np.ndarray:
    return np.random.default_rng(0).random((count, *run.image_shape), dtype=np.float32)


def codes_for(run: Run, count: int = 12) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, run.config.latent_dim)).astype(np.float32)


class TestBasics:
    @pytest.mark.parametrize("name", RUNS)
    def test_load_model(self, name: str, request: pytest.FixtureRequest) -> None:
        run: Run = request.getfixturevalue(name)
        model = run.load_model()
        assert model.config == run.config
        mean, log_var = model.encoder(images_for(run))
        np.testing.assert_allclose(mean, run.encode(images_for(run))[0], atol=1e-5)
        np.testing.assert_allclose(log_var, run.encode(images_for(run))[1], atol=1e-5)
        np.testing.assert_allclose(model.decoder(mean), run.decode(mean), atol=1e-5)

    def test_a_loaded_model_can_be_trained_further(
        self, finished_run: Run, digits: Dataset
    ) -> None:
        model = finished_run.load_model()
        model.compile(optimizer="adam")
        before = model.decoder.get_weights()[0]
        model.fit(digits.x_train[:200].astype(np.float32) / 255.0, epochs=1, verbose=0)
        assert not np.array_equal(before, model.decoder.get_weights()[0])


class TestPlainKeras:
    def test_opens_where_the_package_is_not(self, finished_run: Run, tmp_path: Path) -> None:
        model_path = (finished_run.path / "model.keras").rename(tmp_path / "model.keras")
        try:
            np.savez(
                tmp_path / "in.npz", images=images_for(finished_run), z=codes_for(finished_run)
            )
            elsewhere = run_python(
                "-c",
                ELSEWHERE,
                model_path,
                "in.npz",
                "out.npz",
                cwd=tmp_path,
                KERAS_BACKEND="tensorflow",
            )
        finally:
            model_path.rename(finished_run.path / "model.keras")
        assert elsewhere.returncode == 0, elsewhere.stderr
        assert json.loads(elsewhere.stdout.splitlines()[-1]) == {
            "found": False,
            "outputs": ["log_var", "mean", "reconstruction"],
        }
        with np.load(tmp_path / "out.npz") as out:
            mean, log_var = finished_run.encode(images_for(finished_run))
            np.testing.assert_allclose(out["mean"], mean, atol=1e-5)
            np.testing.assert_allclose(out["encoded"], mean, atol=1e-5)
            np.testing.assert_allclose(out["log_var"], log_var, atol=1e-5)
            np.testing.assert_allclose(out["reconstruction"], finished_run.decode(mean), atol=1e-5)
            np.testing.assert_allclose(
                out["decoded"], finished_run.decode(codes_for(finished_run)), atol=1e-5
            )

    @pytest.mark.parametrize("name", RUNS)
    def test_has_layers_of_keras_alone(self, name: str, request: pytest.FixtureRequest) -> None:
        run: Run = request.getfixturevalue(name)
        model = keras.models.load_model(run.path / "model.keras")  # safe mode, no custom objects
        for layer in (*model.get_layer("encoder").layers, *model.get_layer("decoder").layers):
            assert type(layer).__module__.startswith("keras.")
        outputs = model(images_for(run))
        np.testing.assert_allclose(
            outputs["reconstruction"], run.decode(outputs["mean"]), atol=1e-5
        )


class TestOnnx:
    @pytest.mark.parametrize("name", RUNS)
    def test_equals_keras(self, name: str, request: pytest.FixtureRequest) -> None:
        run: Run = request.getfixturevalue(name)
        saved = keras.models.load_model(run.path / "model.keras")
        mean, log_var = run.encode(images_for(run))
        expected_mean, expected_log_var = saved.get_layer("encoder")(images_for(run))
        np.testing.assert_allclose(mean, expected_mean, atol=1e-5)
        np.testing.assert_allclose(log_var, expected_log_var, atol=1e-5)
        decoded = run.decode(codes_for(run))
        np.testing.assert_allclose(decoded, saved.get_layer("decoder")(codes_for(run)), atol=1e-5)
        assert decoded.std() > 0.01  # of something, not of nothing


def never_written(group: h5py.Group) -> None:
    """1.5 GiB of which nothing is in the file."""
    group.create_dataset("0", (64, 6_291_456), "f4", chunks=(64, 4096), compression="gzip")


def never_compressed(group: h5py.Group) -> None:
    group.create_dataset("0", (64, 6_291_456), "f4")


def chunked(group: h5py.Group) -> None:
    group.create_dataset("0", data=np.zeros((64, 16), "f4"), chunks=(8, 8))


def compressed(group: h5py.Group) -> None:
    group.create_dataset("0", data=np.zeros((64, 16), "f4"), compression="gzip")


def in_another_file(group: h5py.Group) -> None:
    group.create_dataset("0", (64, 16), "f4", external=[("/dev/zero", 0, 4096)])


def virtual(group: h5py.Group) -> None:
    layout = h5py.VirtualLayout((64, 16), "f4")
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "x", (64, 16), "f4")
    group.create_virtual_dataset("0", layout)


def of_another_type(group: h5py.Group) -> None:
    group.create_dataset("0", data=np.zeros((64, 16), "f8"))


def texts(group: h5py.Group) -> None:
    group.create_dataset("0", data=["text"] * 1024, dtype=h5py.string_dtype())


def empty(group: h5py.Group) -> None:
    group.create_dataset("0", data=h5py.Empty("f4"))


def one_more(group: h5py.Group) -> None:
    group.create_dataset("0", data=np.zeros((64, 16), "f4"))
    group.create_dataset("more", data=np.zeros(1, "f4"))


def soft_link(group: h5py.Group) -> None:
    group["0"] = h5py.SoftLink("/elsewhere")
    group.file.create_dataset("elsewhere", data=np.zeros((64, 16), "f4"))


def external_link(group: h5py.Group) -> None:
    group["0"] = h5py.ExternalLink("/tmp/other.h5", "/x")
    group.file.create_dataset("elsewhere", data=np.zeros((64, 16), "f4"))


class TestForeignWeights:
    """What Keras would read of a model.keras from elsewhere, and take the memory for."""

    def replace_weights(self, run: Run, replace: Callable[[h5py.Group], None]) -> None:
        """Have other weights, or what looks like some, in place of the first layer's."""
        path = run.path / "model.keras"
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        weights = io.BytesIO(files["model.weights.h5"])
        with h5py.File(weights, "r+") as file:
            group = file["layers/functional/layers/dense/vars"]
            assert group["0"].shape == (64, 16)
            del group["0"]
            replace(group)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (files | {"model.weights.h5": weights.getvalue()}).items():
                archive.writestr(name, content)

    @pytest.mark.parametrize(
        ("replace", "reason"),
        [
            (never_written, "not compressed"),
            (never_compressed, "must hold 2,244 weights. Received: 402,654,404"),
            (chunked, "not compressed"),
            (compressed, "not compressed"),
            (in_another_file, "or in other files"),
            (virtual, "or in other files"),
            (of_another_type, "must be float32"),
            (texts, "must be float32"),
            (empty, "must hold 2,244 weights. Received: 1,220"),
            (one_more, "must hold 2,244 weights. Received: 2,245"),
            (soft_link, "SoftLink"),
            (external_link, "ExternalLink"),
        ],
    )
    def test_refused(
        self,
        finished_run: Run,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        replace: Callable[[h5py.Group], None],
        reason: str,
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        self.replace_weights(run, replace)
        monkeypatch.setattr(keras.models, "load_model", lambda *_, **__: pytest.fail("too late"))
        tracemalloc.start()
        try:
            with pytest.raises(RunError, match="Received: ") as error:
                run.load_model()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert reason in str(error.value)
        assert len(str(error.value)) < 400
        assert peak < 20_000_000

    def test_it_passes_an_import_that_must_not_import_keras(
        self, finished_run: Run, tmp_path: Path
    ) -> None:
        """The web server has no HDF5, so that the worker's check is the one that counts."""
        run = copy_run(finished_run, tmp_path / "run")
        self.replace_weights(run, never_written)
        data = io.BytesIO(export_zip(run))
        imported = import_zip(data, RunStore(tmp_path / "runs"))
        with pytest.raises(RunError, match="not compressed"):
            imported.load_model()

    def test_the_same_weights_written_anew_are_read(
        self, finished_run: Run, tmp_path: Path
    ) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        weights = np.full((64, 16), 0.25, np.float32)
        self.replace_weights(run, lambda group: group.create_dataset("0", data=weights))
        np.testing.assert_array_equal(run.load_model().get_weights()[0], weights)


class TestDamaged:
    def test_missing(self, tmp_path: Path) -> None:
        with pytest.raises(RunError, match=r"in model\.keras\. Received"):
            load_model(tmp_path, Config(), (8, 8, 1))

    def test_cut_short_or_foreign(self, finished_run: Run, tmp_path: Path) -> None:
        run = copy_run(finished_run, tmp_path / "run")
        path = run.path / "model.keras"
        content = path.read_bytes()
        for damaged in (b"", b"text", content[: len(content) // 2], content[:-5]):
            path.write_bytes(damaged)
            with pytest.raises(RunError, match=r"model\.keras must hold .*Received") as error:
                run.load_model()
            assert "\n" not in str(error.value)

    def test_another_model(self, finished_run: Run, tmp_path: Path) -> None:
        save_keras(build(finished_run.config.replace(hidden=(3,)), (8, 8, 1)), tmp_path)
        with pytest.raises(RunError, match="Received"):
            load_model(tmp_path, finished_run.config, (8, 8, 1))
        keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save(tmp_path / "model.keras")
        with pytest.raises(RunError, match="Received"):
            load_model(tmp_path, finished_run.config, (8, 8, 1))
