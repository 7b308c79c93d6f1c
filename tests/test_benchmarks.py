"""What the benchmarks compute from what they measured, and that each side is what it claims."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import classifier_products, growth_figure
from benchmarks.classifier_network import NETWORKS, config_of
from benchmarks.classifier_products import shapes_of
from benchmarks.gpu import filling
from benchmarks.growth import AXES, Axis, Point, exponent, keeps_up, line, setting, upper_half
from benchmarks.matrix_products import Products
from benchmarks.measuring import measured, peak_megabytes, ratios, spread, verdict
from benchmarks.time_to_quality import fewest
from benchmarks.training import GOALS, KERAS, OURS, PRODUCTS, figures, goal_line
from vae.architecture import classifier_layers, summarize

PROJECT = Path(__file__).parents[1]


def points(power: float, fixed: float = 0.0) -> list[Point]:
    """Time of this power beside work of the first."""
    return [Point(value, fixed + 0.01 * value**power, 700.0, 3.0 * value) for value in (1, 10, 100)]


class TestBasics:
    def test_spread_is_median_and_range(self) -> None:
        assert spread([3.0, 1.0, 1200.0], 1) == "3.0 (1.0 to 1,200.0)"

    def test_ratios_are_of_the_same_round(self) -> None:
        assert ratios([2.0, 9.0], [1.0, 3.0]) == [2.0, 3.0]

    def test_a_goal_says_whether_it_is_met(self) -> None:
        assert verdict(4.0, at_least=4) == "at least 4: yes"
        assert verdict(3.9, at_least=4) == "at least 4: no"
        assert verdict(1.3, at_most=1.3) == "at most 1.3: yes"
        assert verdict(1.4, at_most=1.3) == "at most 1.3: no"

    def test_a_failed_side_ends_the_program_with_its_words(self) -> None:
        with pytest.raises(SystemExit, match="invalid int value: 'many'"):
            measured("benchmarks.matrix_products", "--epochs", "many")

    def test_an_epoch_is_the_warm_median(self) -> None:
        found = figures({"epoch_seconds": [9.0, 2.0, 4.0, 3.0], "peak_megabytes": 1.0})
        assert found["epoch_seconds"] == 3.0
        assert found["first_epoch_seconds"] == 9.0
        assert found["images_per_second"] == 20_000.0
        assert "grids_per_second" not in found


class TestCorrectness:
    @pytest.mark.parametrize("network", NETWORKS)
    def test_a_classifiers_products_are_those_of_its_layers(self, network: str) -> None:
        layers = classifier_layers(config_of(network, 10, 1), (28, 28, 1), 10)
        first, *others = (layer.multiplications for layer in layers if layer.parameters)
        products = classifier_products.Products(shapes_of(layers, 10))
        # Forward, and two gradients: but nobody needs that of the pixels.
        assert products.multiplications == 10 * (2 * first + 3 * sum(others))
        products.step()
        left, right = products.pairs[-1]
        np.testing.assert_allclose(products.outputs[-1], left @ right, rtol=1e-4, atol=1e-4)

    def test_exponent_recovers_a_known_power(self) -> None:
        values = np.array([1e3, 3e3, 1e4, 6e4])
        assert exponent(values, 0.2 * values**1.7) == pytest.approx(1.7)

    def test_upper_half_has_the_middle(self) -> None:
        assert [point.value for point in upper_half(points(1.0))] == [10, 100]
        assert len(upper_half([*points(1.0), Point(1000, 1.0, 1.0, 1.0)])) == 3

    def test_fixed_costs_keep_up_and_squares_do_not(self) -> None:
        assert keeps_up(points(1.0, fixed=1.0))
        assert not keeps_up(points(2.0))

    def test_growth_hidden_by_fixed_costs_is_seen_in_the_upper_half(self) -> None:
        grown = [Point(v, 5.0 + 1e-5 * v**2, 700.0, 3.0 * v) for v in (1, 10, 100, 1e4, 1e5)]
        assert not keeps_up(grown)

    def test_line_tells_both_exponents(self) -> None:
        row = line(Axis("images", "dense", (1, 10, 100)), points(2.0))
        assert "| 2.00 (2.00) | 1.00 (1.00) | no |" in row

    def test_short_epochs_are_timed_more_often(self) -> None:
        axis = Axis("images", "dense", ())
        epochs = [setting(axis, images)[0].epochs for images in (1_000, 6_000, 60_000)]
        assert epochs == [16, 6, 4]  # the first one compiles

    def test_every_point_is_a_network_that_fits_its_images(self) -> None:
        for axis in AXES:
            work = []
            for value in axis.values:
                config, images, side = setting(axis, value)
                work.append(summarize(config, (side, side, 1)).multiplications * images)
            assert work == sorted(set(work)), axis

    def test_figure_is_the_same_each_time(self, tmp_path: Path) -> None:
        found = {axis: [Point(v, 0.1 * v, 700.0, v) for v in axis.values] for axis in AXES}
        first, second = (
            growth_figure.draw(found, tmp_path / f"{name}.svg").read_bytes() for name in "ab"
        )
        assert first == second
        assert b"<svg" in first

    def test_five_products_are_those_of_the_lecture(self) -> None:
        products = Products()
        assert products.multiplications == 5 * 100 * 784 * 128
        products.step()
        hidden = products.images.astype(np.float64) @ products.encoder
        np.testing.assert_allclose(products.outputs[0], hidden, atol=1e-3)
        gradient = products.pixel_gradient.astype(np.float64) @ products.decoder.T
        np.testing.assert_allclose(products.outputs[3], gradient, atol=1e-3)

    def test_goals_divide_ours_by_theirs(self) -> None:
        ours = [{"images_per_second": 90.0, "epoch_seconds": 1.2}]
        other = [{"images_per_second": 20.0, "epoch_seconds": 1.0}]
        faster, _, products = GOALS[:3]
        assert goal_line(faster, {OURS: ours, KERAS: other}) == (
            f"| {KERAS} | images a second | 4.50 (4.50 to 4.50) | at least 4: yes |"
        )
        row = goal_line(products, {OURS: ours, PRODUCTS: other})
        assert row.endswith("| 1.20 (1.20 to 1.20) | at most 1.3: yes |")

    def test_fewest_epochs_suffice_with_every_seed(self) -> None:
        losses = {9: [0.1, 0.1], 5: [0.2, 0.1], 7: [0.15, 0.12]}
        assert fewest(losses, 0.15) == 7
        assert fewest(losses, 0.05) is None

    def test_the_smallest_batch_near_the_best_fills_a_gpu(self) -> None:
        assert filling({100: 10.0, 8192: 101.0, 1000: 95.0, 2000: 100.0}) == 1000

    def test_peak_does_not_hold_the_parents(self) -> None:
        held = np.ones(2**26 // 8)  # 64 MB
        code = "from benchmarks.measuring import peak_megabytes as peak; print(peak())"
        command = [sys.executable, "-c", code]
        out = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
        assert 5 < float(out.stdout) < 64 < peak_megabytes()
        assert held[0] == 1


class TestTorch:
    def test_has_the_lectures_network_and_loss(self) -> None:
        torch = pytest.importorskip("torch")
        from benchmarks.lecture_torch import VAE

        torch.manual_seed(0)
        model, images = VAE(), torch.rand(3, 784)
        hidden = torch.relu(model.hidden(images))
        mean, log_var = model.mean(hidden), model.log_var(hidden)
        torch.manual_seed(1)
        loss = model(images)
        torch.manual_seed(1)
        codes = mean + torch.exp(log_var / 2) * torch.randn_like(mean)
        decoded = torch.sigmoid(model.decoder(codes))
        cross = -(images * decoded.log() + (1 - images) * (1 - decoded).log()).mean()
        kl = -1e-4 * (1 + log_var - mean**2 - log_var.exp()).mean()
        assert loss.item() == pytest.approx((cross + kl).item(), rel=1e-5)

    def test_learns_and_prints_json(self, tmp_path: Path) -> None:
        pytest.importorskip("torch")
        pixels = np.random.default_rng(0).integers(0, 40, (400, 28, 28), dtype=np.uint8)
        np.savez(tmp_path / "mnist.npz", x_train=pixels, x_test=pixels[:10])
        command = ["-m", "benchmarks.lecture_torch", tmp_path / "mnist.npz", "--epochs", "3"]
        out = subprocess.run(
            [sys.executable, *command], cwd=PROJECT, capture_output=True, text=True, check=True
        )
        found = json.loads(out.stdout.splitlines()[-1])
        assert found["parameters"] == 203_288
        assert found["losses"][-1] < found["losses"][0]
