"""The runs that ship are what `make pretrained` makes of the presets as they are today."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import copy_run
from vae.config import Config
from vae.data.datasets import find_dataset, load_dataset
from vae.evaluation.diagnostics import problems
from vae.evaluation.digit_classifier import classifier_mark
from vae.evaluation.likelihood import requested_likelihood
from vae.files import write_json
from vae.latent.projections import TSNE_POINTS, read_tsne
from vae.presets import FEW_IMAGES, PRESETS
from vae.runs.run import SHIPPED, open_run
from vae.runs.store import RunStore
from vae.sampling.fitted import read_samplers
from vae.sampling.prior import balanced_labels, prior_codes
from vae.schemas.reading import decode
from vae.schemas.sample_quality import Quality
from vae.shipped import train as shipping
from vae.shipped.thinning import LATENT_STEP
from vae.shipped.train import GREY_SAMPLES, MAX_BYTES, SHIPPED_RUNS, derive

# Training and test images.
SIZES = {"mnist": (60_000, 10_000), "digits": (1_437, 360), "animals": (8_000, 2_000)}
STORE = RunStore(SHIPPED.parent / "no-runs-of-our-own")
# By what their models have.
WITH_CODES = [name for name, config in SHIPPED_RUNS.items() if config.has("encoder")]
GANS = [name for name, config in SHIPPED_RUNS.items() if config.has("discriminator")]
CLASSIFIERS = [name for name, config in SHIPPED_RUNS.items() if config.has("classifier")]


class TestBasics:
    def test_all_are_there_in_order(self) -> None:
        runs = STORE.list()
        assert [run.id for run in runs] == list(SHIPPED_RUNS)
        assert [run.info["place"] for run in runs] == [*range(len(runs))]
        # But of the recipe for few images, which are a person's own.
        shipped = {config.preset for config in SHIPPED_RUNS.values()}
        assert shipped == {*PRESETS} - {FEW_IMAGES}

    @pytest.mark.parametrize("name", SHIPPED_RUNS)
    def test_each_is_whole_and_small(self, name: str) -> None:
        run = STORE.open(name)
        dataset = name.partition("-")[0]
        images, test_images = SIZES[dataset]
        assert run.config == SHIPPED_RUNS[name]
        assert (run.state, run.dataset, run.info["images"]) == ("finished", dataset, images)
        assert len(run.history) == run.config.epochs
        assert run.snapshot_epochs[0] == 0
        assert run.snapshot_epochs[-1] == run.config.epochs
        if run.config.has("encoder"):
            assert run.latents["mean"].shape == (test_images, run.config.latent_dim)
        if run.config.has("decoder"):
            labels = balanced_labels(2, run.classes)
            samples = run.decode(prior_codes(2, run.config.latent_dim), labels)
            assert samples.shape == (2, *run.image_shape)
        if run.config.has("classifier"):
            assert run.predictions["probabilities"].shape == (test_images, run.classes)
        files = [path for path in run.path.rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in files) <= MAX_BYTES
        assert not {"checkpoint.npz", "lock", "worker.log"} & {path.name for path in files}

    @pytest.mark.parametrize("name", WITH_CODES)
    def test_nothing_is_left_to_compute(self, name: str) -> None:
        run = STORE.open(name)
        dataset = name.partition("-")[0]
        images, test_images = (min(size, 10_000) for size in SIZES[dataset])
        for count in (2, 3) if run.config.latent_dim > 2 else ():  # a plane is shown as it is
            assert read_tsne(run, count).points.shape == (min(TSNE_POINTS, test_images), count)
        assert run.class_probes["latent"]["dimensions"] == run.config.latent_dim
        assert run.class_probes["pca"]["dimensions"] == run.config.latent_dim
        assert run.class_probes["training_images"] == images
        assert run.class_probes["test_images"] == test_images
        if run.config.has("posterior"):
            found = run.likelihood[run.config.binarisation]
            assert found["nll"] < -found["elbo"]
            assert found["elbo"] == pytest.approx(run.metrics["elbo"], abs=0.5)
            few = run.config.binarisation == "none"
            assert found["importance_samples"] == (GREY_SAMPLES if few else 5000)
        if dataset == "mnist":  # the classifier knows no others
            assert (run.quality["samples"], run.quality["seed"]) == (5000, 0)
            assert run.quality["classifier"] == classifier_mark()
            assert set(run.quality["samplers"]) == {"mixture", "posterior"}
        samplers = read_samplers(run)
        assert samplers is not None
        assert set(samplers.class_mixtures) == {*range(10)}
        assert not list(run.path.glob("*-progress.json"))

    def test_the_best_likelihood(self) -> None:
        """Burda et al. 2016 have 86.76 nats for a VAE of one stochastic layer."""
        found = STORE.open("mnist-best").likelihood["sampled"]
        assert found["nll"] < 86.7
        assert found["nll_standard_error"] < 1.0

    def test_what_is_there_stays(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        run = copy_run(STORE.open("mnist-recommended"), tmp_path / "mnist-recommended")
        before = {path: path.read_bytes() for path in run.path.rglob("*.*")}
        derive(run)
        assert {path: path.read_bytes() for path in run.path.rglob("*.*")} == before
        monkeypatch.setattr(shipping, "MAX_BYTES", 1000)
        with pytest.raises(RuntimeError, match="at most 1,000 bytes"):
            derive(run)

    def test_what_is_missing_is_computed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = copy_run(STORE.open("mnist-recommended"), tmp_path / "mnist-recommended")
        requested: list[str] = []
        monkeypatch.setattr(shipping, "compute_tsne", lambda _: requested.append("tsne"))
        monkeypatch.setattr(shipping, "load_dataset", lambda name: name)
        monkeypatch.setattr(
            shipping, "compute_class_probes", lambda _, name: requested.append(name)
        )
        monkeypatch.setattr(shipping, "compute_samplers", lambda *_: requested.append("samplers"))
        monkeypatch.setattr(
            shipping, "compute_quality", lambda _, name: requested.append("quality")
        )
        monkeypatch.setattr(
            shipping, "compute_likelihood", lambda *_: requested.append("likelihood")
        )
        for name in ("knowledge.json", "quality.json", "likelihood.json", "samplers.npz"):
            (run.path / name).unlink(missing_ok=True)
        derive(open_run(run.path))
        assert requested == ["tsne", "mnist", "samplers", "quality", "likelihood"]
        assert requested_likelihood(run) == {"samples": GREY_SAMPLES, "treatment": "none"}

    @pytest.mark.skipif(find_dataset("mnist") is None, reason="MNIST is not on this machine")
    def test_metrics_of_an_earlier_version(self, tmp_path: Path) -> None:
        """Numbers that were there stay, whatever machine adds the others."""
        run = copy_run(STORE.open("mnist-recommended"), tmp_path / "mnist-recommended")
        new = ("binarisation", "rate", "distortion", "elbo_standard_error")
        old = {
            name: value
            for name, value in run.metrics.items()
            if name not in (*new, "reconstruction_per_class")
        }
        old["reconstruction"] += 1e-4  # another machine's rounding
        write_json(run.path / "metrics.json", old)
        derive(open_run(run.path))
        found = open_run(run.path).metrics
        assert found | old == found
        assert set(found) == set(run.metrics)
        assert found["distortion"] == old["reconstruction"]
        for name in ("rate", "elbo_standard_error", "reconstruction_per_class"):
            assert found[name] == pytest.approx(run.metrics[name], rel=1e-4)
        write_json(run.path / "metrics.json", old | {"kl": old["kl"] + 0.1})
        with pytest.raises(RuntimeError, match="kl of mnist-recommended is"):
            derive(open_run(run.path))

    def test_a_training_is_never_lost(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        config = Config(latent_dim=2, hidden=(8,), epochs=2)
        monkeypatch.setattr(shipping, "SHIPPED_RUNS", {"digits": config})
        with monkeypatch.context() as small:
            small.setattr(shipping, "MAX_BYTES", 1000)
            with pytest.raises(RuntimeError, match="at most 1,000 bytes"):
                shipping.ship("digits", tmp_path)
        assert not (tmp_path / "digits").exists()
        monkeypatch.setattr(shipping, "train", None)  # it is trained already
        run = shipping.ship("digits", tmp_path)
        assert (run.path, run.config, run.state) == (tmp_path / "digits", config, "finished")
        assert run.class_probes
        assert [path.name for path in tmp_path.iterdir()] == ["digits"]


class TestCorrectness:
    def test_what_the_spaces_know(self) -> None:
        """Measured on MNIST; the pixels and their PCA are the same whatever was learned."""
        names = [name for name in WITH_CODES if name.startswith("mnist-")]
        known = {name: STORE.open(name).class_probes for name in names}
        assert len({str(found["pixels"]) for found in known.values()}) == 1
        conditional = known.pop("mnist-conditional")
        # Its code need not say the class: what is left is style, near chance, far below PCA.
        assert conditional["latent"]["knn"] < 0.3 < conditional["pca"]["knn"]
        for name, found in known.items():
            assert found["pixels"]["knn"] == pytest.approx(0.944, abs=0.002)
            # With 24 dimensions PCA keeps all that neighbours need.
            assert found["latent"]["knn"] > found["pca"]["knn"] or name == "mnist-best"

    def test_figures_tell_the_story_of_the_presets(self) -> None:
        metrics = {name: STORE.open(name).metrics for name in WITH_CODES}
        lecture, fast = metrics["mnist-lecture"], metrics["mnist-lecture-fast"]
        # The lecture's own units, after 50 epochs (0.1556 was measured for its script) and 15.
        assert lecture["lecture_loss"] == pytest.approx(0.1556, abs=0.001)
        assert fast["lecture_loss"] < lecture["lecture_loss"]
        assert metrics["mnist-recommended"]["elbo"] > -131.5
        assert metrics["mnist-convolutional"]["elbo"] > -105
        assert metrics["mnist-2d"]["elbo"] > -145
        assert metrics["mnist-conditional"]["elbo"] > -118
        assert "elbo" not in metrics["mnist-autoencoder"]
        assert metrics["animals-conditional"]["elbo"] > -158.5

    def test_the_conditional_one_decodes_the_requested_class(self) -> None:
        found = STORE.open("mnist-conditional").quality
        assert found["share_as_told"] > 0.97
        # It travels as it is.
        assert decode("quality.json", json.dumps(found).encode(), Quality) == found

    @pytest.mark.parametrize("name", WITH_CODES)
    def test_latents_are_of_the_test_images_as_the_model_saw_them(self, name: str) -> None:
        run = STORE.open(name)
        if find_dataset(run.dataset) is None:
            pytest.skip(f"needs {run.dataset}")
        data = load_dataset(run.dataset, download=False)
        codes = run.encode(run.preprocess(data.x_test)[:100], data.y_test[:100])
        for found, stored in zip(codes, ("mean", "log_var"), strict=True):
            np.testing.assert_allclose(found, run.latents[stored][:100], atol=LATENT_STEP)

    def test_gans_make_better_samples_than_any_vae(self) -> None:
        """In at most ten minutes of two cores each."""
        distances = {
            name: STORE.open(name).quality["frechet_classifier_distance"]
            for name, config in SHIPPED_RUNS.items()
            if config.has("prior") and name.startswith("mnist-")
        }
        found = {name: distances.pop(name) for name in GANS}
        assert max(found.values()) < 5.0 < min(distances.values())
        for name in GANS:
            assert STORE.open(name).quality["class_balance"] > 0.99
            assert not problems(STORE.open(name))

    @pytest.mark.parametrize("name", CLASSIFIERS)
    def test_predictions_are_of_the_test_images(self, name: str) -> None:
        run = STORE.open(name)
        found, y = run.predictions["probabilities"], run.predictions["y"]
        metrics, right = run.classifier_metrics, found.argmax(axis=1) == y
        assert metrics["accuracy"] == right.mean()
        nats = -np.log(found[np.arange(len(y)), y].astype(np.float64))
        assert metrics["loss"] == pytest.approx(nats.mean(), rel=1e-4)
        if find_dataset(run.dataset) is None:
            pytest.skip(f"needs {run.dataset}")
        data = load_dataset(run.dataset, download=False)
        np.testing.assert_array_equal(y, data.y_test)
        said = run.classify(run.preprocess(data.x_test[:100]))
        np.testing.assert_allclose(said, found[:100], atol=1e-4)

    def test_the_classifiers_are_as_good_as_promised(self) -> None:
        found = {name: STORE.open(name).classifier_metrics["accuracy"] for name in CLASSIFIERS}
        assert found["mnist-classifier"] >= 0.99
        # Bayes' rule with animals-conditional finds 93.5 % of the classes.
        assert found["animals-classifier"] > 0.93

    @pytest.mark.parametrize("name", WITH_CODES)
    def test_metrics_follow_from_their_parts(self, name: str) -> None:
        run = STORE.open(name)
        metrics, beta = run.metrics, run.config.beta
        assert metrics["loss"] == pytest.approx(metrics["reconstruction"] + beta * metrics["kl"])
        assert metrics["binarisation"] == run.config.binarisation
        assert metrics["distortion"] == metrics["reconstruction"]
        y, each = run.latents["y"], metrics["reconstruction_per_class"]
        shares = np.bincount(y) / len(y)
        assert shares @ list(each.values()) == pytest.approx(metrics["reconstruction"], rel=1e-4)
        easiest = "bear" if run.dataset == "animals" else "1"  # a blob and a stroke are easy
        assert min(each, key=each.get) == easiest
        if "elbo" in metrics:
            assert metrics["rate"] == metrics["kl"]
            assert 0.0 < metrics["elbo_standard_error"] * np.sqrt(len(y) / 10_000) < 1.0
            assert -metrics["elbo"] == pytest.approx(metrics["reconstruction"] + metrics["kl"])
            assert sum(metrics["kl_per_dimension"]) == pytest.approx(metrics["kl"])
            mean, log_var = run.latents["mean"], run.latents["log_var"]
            kl = 0.5 * (mean**2 + np.exp(log_var) - 1 - log_var).sum(axis=1).mean()
            assert kl == pytest.approx(metrics["kl"], rel=1e-3)
