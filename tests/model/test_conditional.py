"""The conditional VAE as a kind: the label goes wherever an image or a code goes."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from vae.archive.zip_export import export_zip
from vae.archive.zip_import import import_zip
from vae.config import Config
from vae.data.datasets import Dataset
from vae.errors import ConfigError, RunError
from vae.evaluation.class_probes import compute_class_probes
from vae.evaluation.image_costs import costs_of
from vae.latent.training_codes import training_codes
from vae.model.base import build
from vae.model.evaluate import evaluate
from vae.model.importance_sampling import importance_sampled_nll
from vae.model.objective import gaussian_kl, reconstruction_nats
from vae.model.saving import load_model, save_keras
from vae.runs.run import Run, open_run
from vae.runs.store import RunStore
from vae.sampling.prior import balanced_labels, prior_codes
from vae.training.train import train

CLASSES = 10


def floats(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32) / np.float32(255.0)


def one_class(dataset: Dataset, label: int = 0) -> Dataset:
    parts = {}
    for part in ("train", "test"):
        images, y = getattr(dataset, f"x_{part}"), getattr(dataset, f"y_{part}")
        parts |= {f"x_{part}": images[y == label], f"y_{part}": np.zeros((y == label).sum(), "u1")}
    return Dataset(dataset.name, dataset.title, **parts, class_names=("zero",), source="")


@pytest.fixture(scope="module")
def classify(digits: Dataset) -> Callable[[np.ndarray], np.ndarray]:
    """Which digit an image in [0, 1] is, by a classifier that never saw a sample."""
    flat = floats(digits.x_train).reshape(len(digits.x_train), -1)
    judge = LogisticRegression(max_iter=1000).fit(flat, digits.y_train)
    return lambda images: judge.predict(images.reshape(len(images), -1))


class TestBasics:
    def test_it_trains_as_other_kinds_do(self, conditional_run: Run) -> None:
        run = conditional_run
        assert run.state == "finished"
        assert run.history["val_loss"][-1] < run.history["val_loss"][0] - 3.0
        row = run.history[-1]
        assert row["loss"] == pytest.approx(row["reconstruction"] + row["kl"], rel=1e-6)
        assert run.metrics["elbo"] == pytest.approx(-run.metrics["loss"], rel=1e-6)
        assert run.metrics["treatment"].endswith("given their class")

    def test_a_run_needs_a_label(self, conditional_run: Run, digits: Dataset) -> None:
        z = prior_codes(4, 3)
        assert conditional_run.decode(z, [1, 2, 3, 4]).shape == (4, 8, 8, 1)
        for act in (
            lambda labels=None: conditional_run.decode(z, labels),
            lambda labels=None: conditional_run.encode(digits.x_test[:4], labels),
        ):
            for wrong in (None, 10, -1, [1, 2, 3], [0.5] * 4, "3", [[1, 2, 3, 4]] * 2):
                with pytest.raises(RunError, match=r"a class from 0 to 9 .*Received: "):
                    act(wrong)

    def test_conditioned_on_is_a_view_with_a_class(self, conditional_run: Run) -> None:
        z = prior_codes(4, 3)
        latents = conditional_run.latents
        view = conditional_run.conditioned_on(6)
        assert (view.label, conditional_run.label) == (6, None)
        np.testing.assert_array_equal(view.decode(z), conditional_run.decode(z, 6))
        np.testing.assert_array_equal(view.decode(z, 2), conditional_run.decode(z, 2))
        assert view.latents is latents  # read once
        assert view.conditioned_on(None) == conditional_run
        with pytest.raises(RunError, match="Received: 10"):
            conditional_run.conditioned_on(10)

    def test_other_kinds_get_no_labels(self, finished_run: Run, digits: Dataset) -> None:
        z = prior_codes(4, 2)
        assert finished_run.conditioned_on(3) is finished_run
        np.testing.assert_array_equal(finished_run.decode(z, 3), finished_run.decode(z))
        mean, _ = finished_run.encode(digits.x_test[:4], digits.y_test[:4])
        np.testing.assert_array_equal(mean, finished_run.encode(digits.x_test[:4])[0])

    def test_images_without_classes(self, digits: Dataset, tmp_path: Path) -> None:
        config = Config(kind="conditional")
        with pytest.raises(ConfigError, match=r"train one that is not conditional\. Received: 1"):
            train(config, one_class(digits), out=tmp_path / "run")
        assert not (tmp_path / "run").exists()

    def test_images_of_other_classes(self, conditional_run: Run, digits: Dataset) -> None:
        with pytest.raises(RunError, match=r"one of 10 classes\. Received: digits, which has 1"):
            conditional_run.check_images(one_class(digits))

    def test_fit_works_in_a_notebook(self, digits: Dataset) -> None:
        model = build(Config(kind="conditional", hidden=(16,), latent_dim=2), (8, 8, 1), CLASSES)
        model.compile(optimizer=keras.optimizers.Adam(1e-2))
        x, label = floats(digits.x_train), np.eye(CLASSES, dtype="float32")[digits.y_train]
        history = model.fit([x, label], batch_size=100, epochs=3, verbose=0).history
        assert history["loss"][-1] < history["loss"][0]
        assert set(history) == {"loss", "reconstruction", "kl", "kl_per_dimension"}


class TestElbo:
    @pytest.mark.parametrize(
        "changes",
        [{}, {"network": "convolutional", "hidden": (3,)}, {"importance_samples": 3}],
        ids=["dense", "convolutional", "importance"],
    )
    def test_its_parts_are_the_formula_s(self, changes: dict, digits: Dataset) -> None:
        config = Config(kind="conditional", hidden=(6,), latent_dim=3, beta=0.3).replace(**changes)
        model = build(config, (8, 8, 1), CLASSES)
        x, y = floats(digits.x_test[:7]), digits.y_test[:7]
        inputs = model.with_labels(x, y)
        np.testing.assert_array_equal(inputs[1], np.eye(CLASSES)[y])
        outputs = model(inputs, training=True)
        mean, log_var = model.encoder(inputs)
        noise = keras.random.normal(
            (config.importance_samples * 7, 3), seed=keras.random.SeedGenerator(config.seed)
        )
        copies = config.importance_samples
        tiled = [keras.ops.tile(part, (copies, 1)) for part in (mean, log_var)]
        z = tiled[0] + keras.ops.exp(0.5 * tiled[1]) * noise
        labels = np.tile(np.eye(CLASSES, dtype="float32")[y], (copies, 1))
        logits = model.decoder_logits([z, keras.ops.convert_to_tensor(labels)])
        np.testing.assert_allclose(outputs["logits"], logits, atol=1e-5)
        nats = np.asarray(reconstruction_nats(np.tile(x, (copies, 1, 1, 1)), logits))
        loss, reconstruction, kl = model.costs(x, outputs)
        np.testing.assert_allclose(reconstruction, nats.reshape(copies, 7).mean(axis=0), rtol=1e-4)
        np.testing.assert_allclose(kl, gaussian_kl(mean, log_var), atol=1e-6)
        if copies == 1:
            total = nats.mean() + 0.3 * np.asarray(kl).sum(axis=1).mean()
            assert float(loss) == pytest.approx(total, rel=1e-5)

    def test_of_the_test_images(self, conditional_run: Run, digits: Dataset) -> None:
        model = conditional_run.load_model()
        metrics, latents = evaluate(model, digits)
        mean, log_var = conditional_run.encode(digits.x_test, digits.y_test)
        np.testing.assert_allclose(latents["mean"], mean, atol=1e-4)
        kl = 0.5 * (mean**2 + np.exp(log_var) - 1.0 - log_var).sum(axis=1)
        assert metrics["kl"] == pytest.approx(kl.mean(), rel=1e-3)
        # Conditioned on another class than its own, an image costs more.
        own = costs_of(conditional_run, digits.x_test, digits.y_test)
        other = costs_of(conditional_run, digits.x_test, (digits.y_test + 1) % CLASSES)
        assert (own.reconstruction + own.kl).mean() + 3.0 < (other.reconstruction + other.kl).mean()

    def test_its_likelihood_is_tighter(self, conditional_run: Run, digits: Dataset) -> None:
        model, images, y = conditional_run.load_model(), digits.x_test[:100], digits.y_test[:100]
        found = importance_sampled_nll(model, images, 200, labels=y)
        assert found["nll"] < -found["elbo"]
        few = costs_of(conditional_run, images, y)
        assert found["nll"] == pytest.approx((few.reconstruction + few.kl).mean(), abs=1.0)
        wrong = importance_sampled_nll(model, images, 200, labels=(y + 1) % CLASSES)
        assert wrong["nll"] > found["nll"] + 3.0


class TestLabelAndStyle:
    def test_a_sample_is_of_the_requested_class(
        self, conditional_run: Run, classify: Callable[[np.ndarray], np.ndarray]
    ) -> None:
        labels = balanced_labels(500, CLASSES)
        observed = classify(conditional_run.decode(prior_codes(500, 3, seed=1), labels))
        assert (observed == labels).mean() > 0.9

    def test_one_code_is_another_digit_with_another_label(
        self, conditional_run: Run, classify: Callable[[np.ndarray], np.ndarray]
    ) -> None:
        z = np.repeat(prior_codes(20, 3, temperature=0.7, seed=2), CLASSES, axis=0)
        observed = classify(conditional_run.decode(z, balanced_labels(len(z), CLASSES)))
        assert np.mean([len(set(row)) for row in observed.reshape(20, CLASSES)]) > 8.5

    def test_the_code_knows_less_of_the_class(
        self, conditional_run: Run, finished_run: Run, tmp_path: Path, digits: Dataset
    ) -> None:
        # The label says it, so nothing rewards a code for saying it again.
        compute_class_probes(conditional_run, digits)
        found = open_run(conditional_run.path).class_probes
        mean, _ = training_codes(conditional_run, digits, np.arange(100))
        np.testing.assert_allclose(
            mean, conditional_run.encode(digits.x_train[:100], digits.y_train[:100])[0], atol=1e-5
        )
        assert found["latent"]["probe"] < 0.6 < found["pixels"]["probe"]

    def test_snapshots_are_decoded_class_after_class(
        self, conditional_run: Run, classify: Callable[[np.ndarray], np.ndarray]
    ) -> None:
        last = conditional_run.snapshot(conditional_run.snapshot_epochs[-1])
        labels = balanced_labels(50, CLASSES)
        assert (classify(floats(last["samples"])) == labels).mean() > 0.9
        samples = conditional_run.decode(conditional_run.fixed["z"], labels)
        assert np.abs(samples * 255.0 - last["samples"]).max() < 0.6


class TestFiles:
    def test_keras_and_onnx_say_the_same(self, conditional_run: Run, digits: Dataset) -> None:
        model = conditional_run.load_model()
        x, y = floats(digits.x_test[:60]), digits.y_test[:60]
        mean, log_var = model.encoder(model.with_labels(x, y))
        for found, expected in zip(conditional_run.encode(x, y), (mean, log_var), strict=True):
            np.testing.assert_allclose(found, expected, atol=1e-5)
        decoded = model.decoder(model.with_labels(mean, y))
        np.testing.assert_allclose(conditional_run.decode(mean, y), decoded, atol=1e-5)

    def test_plain_keras_opens_it(self, conditional_run: Run, digits: Dataset) -> None:
        model = keras.models.load_model(conditional_run.path / "model.keras")  # safe mode
        assert [each.name for each in model.inputs] == ["image", "label"]
        x, y = floats(digits.x_test[:9]), digits.y_test[:9]
        outputs = model.predict([x, keras.utils.to_categorical(y, CLASSES)], verbose=0)
        mean, _ = conditional_run.encode(x, y)
        np.testing.assert_allclose(outputs["mean"], mean, atol=1e-5)
        copies = conditional_run.decode(mean, y)
        np.testing.assert_allclose(outputs["reconstruction"], copies, atol=1e-5)

    def test_a_convolutional_one_with_a_learned_variance(self, tmp_path: Path) -> None:
        config = Config(
            kind="conditional", network="convolutional", hidden=(3,), likelihood="gaussian"
        )
        model = build(config, (9, 8, 3), 4)
        model.pixel_log_var.assign(-1.5)
        save_keras(model, tmp_path)
        again = load_model(tmp_path, config, (9, 8, 3), 4)
        z = model.with_labels(prior_codes(5, 4), np.array([0, 1, 2, 3, 3]))
        np.testing.assert_array_equal(model.decoder(z), again.decoder(z))
        assert float(again.pixel_log_var) == -1.5
        with pytest.raises(RunError, match=r"weights\. Received"):
            load_model(tmp_path, config, (9, 8, 3), 5)


@pytest.fixture(scope="module")
def exported(conditional_run: Run) -> bytes:
    return export_zip(conditional_run)


class TestArchive:
    def test_round_trip(self, exported: bytes, conditional_run: Run, tmp_path: Path) -> None:
        again = import_zip(io.BytesIO(exported), RunStore(tmp_path / "runs", tmp_path / "none"))
        assert again.config == conditional_run.config
        z = again.load_model().with_labels(prior_codes(5, 3), np.arange(5))
        decoded = again.load_model().decoder(z)
        np.testing.assert_allclose(decoded, conditional_run.decode(z[0], np.arange(5)), atol=1e-5)

    @pytest.mark.parametrize(
        ("name", "old", "new", "reason"),
        [
            (
                "config.json",
                '"conditional": true',
                '"conditional": false',
                "Received: 'Concatenate'",
            ),
            ("config.json", '"9"', '"9", "10"', "layer label must be"),
            ("model", '"name": "with_label"', '"name": "otherwise"', "layers must be"),
            ("model", '"axis": -1', '"axis": 0', "layer with_label must be a Concatenate"),
            ("model", "[null, 10]", "[null, 9]", "layer label must be a InputLayer"),
        ],
    )
    def test_a_tampered_one_is_refused(
        self, name: str, old: str, new: str, reason: str, exported: bytes, tmp_path: Path
    ) -> None:
        def tampered(text: bytes) -> bytes:
            assert old in text.decode()
            return text.decode().replace(old, new).encode()

        data = _changed(exported, name, tampered)
        folder = tmp_path / "runs"
        with pytest.raises(RunError, match=reason):
            import_zip(io.BytesIO(data), RunStore(folder, tmp_path / "none"))
        assert not folder.exists() or list(folder.iterdir()) == []


def _changed(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return a run's zip with one file changed; "model": the configuration in its model.keras."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.namelist():
            content = old.read(entry)
            if entry.endswith("model.keras") and name == "model":
                content = _changed(content, "config.json", change)
            elif entry.rpartition("/")[2] == name:
                content = change(content)
                json.loads(content)
            new.writestr(entry, content)
    return buffer.getvalue()
