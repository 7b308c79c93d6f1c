"""Nothing is lost: a run that was stopped anywhere continues as if that had never happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.workshop import BASE, STEPS, VARIANTS, Killed, Position, Workshop, assert_same_run
from vae.data.datasets import Dataset
from vae.runs.run import Run, open_run
from vae.training import model_files
from vae.training.row_writer import RowWriter
from vae.training.saved_state import SavedState

CONVOLUTIONAL = BASE.replace(network="convolutional", hidden=(3,), learning_rate=1e-2)
SAMPLED = BASE.replace(
    binarisation="sampled", shift=1, flip=True, free_bits=0.5, kl_warmup=1, kl_cycle=2
)
# 1,250 of the images: as many steps as the others, which hold some back, have.
GAN = BASE.replace(kind="gan", train_share=0.87, binarisation="sampled")
# Before the first step, after it, on a row, at an epoch's end, between two rows, in the last step.
POSITIONS: list[Position] = [(0, 0), (1, 1), (1, 6), (1, 25), (2, 9), (3, 24), (3, 25)]


@pytest.fixture(scope="module")
def convolutional(digits: Dataset) -> Workshop:
    return Workshop(CONVOLUTIONAL, digits)


@pytest.fixture(scope="module")
def sampled(digits: Dataset) -> Workshop:
    return Workshop(SAMPLED, digits)


@pytest.fixture(scope="module")
def gan(digits: Dataset) -> Workshop:
    return Workshop(GAN, digits)


@pytest.fixture(scope="module")
def variants(
    dense_workshop: Workshop, undisturbed: Run, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Run]:
    """One run of each variant that nothing happens to."""
    folder = tmp_path_factory.mktemp("variants")
    with dense_workshop.opened() as workshop:
        return {
            name: workshop.resume(workshop.new(folder / name, **changes))
            if changes
            else undisturbed
            for name, changes in VARIANTS.items()
        }


def interrupt(workshop: Workshop, run: Run, way: str, positions: list[Position]) -> Run:
    """Interrupt a run at one position after the other, then let it come to its end."""
    for position in positions:
        getattr(workshop, f"{way}_at")(run, position)
        assert open_run(run.path).state in ("paused", "interrupted", "stopped")
        run.requests.resume()
    return workshop.resume(run)


class TestExact:
    @pytest.mark.parametrize("variant", VARIANTS)
    @pytest.mark.parametrize("way", ["suspend", "kill"])
    def test_interrupted_again_and_again(
        self,
        variant: str,
        way: str,
        workshop: Workshop,
        variants: dict[str, Run],
        tmp_path: Path,
    ) -> None:
        run, expected = workshop.new(tmp_path / "run", **VARIANTS[variant]), variants[variant]
        positions = [
            position for position in POSITIONS if position < (expected.status["epoch"], STEPS)
        ]
        assert len(positions) >= 5
        assert_same_run(interrupt(workshop, run, way, positions), expected)

    def test_stopped_again_and_again(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.new(tmp_path / "run")
        assert_same_run(interrupt(workshop, run, "stop", POSITIONS[:-1]), undisturbed)

    @pytest.mark.parametrize("way", ["suspend", "kill"])
    def test_convolutional(self, way: str, convolutional: Workshop, tmp_path: Path) -> None:
        with convolutional.opened() as workshop:
            changes = VARIANTS["scheduled"]
            expected = workshop.resume(workshop.new(tmp_path / "expected", **changes))
            run = workshop.new(tmp_path / "run", **changes)
            assert_same_run(interrupt(workshop, run, way, POSITIONS[1:-2]), expected)

    @pytest.mark.parametrize("way", ["suspend", "kill"])
    def test_both_networks_of_a_gan(self, way: str, gan: Workshop, tmp_path: Path) -> None:
        with gan.opened() as workshop:
            expected = workshop.resume(workshop.new(tmp_path / "expected"))
            run = workshop.new(tmp_path / "run")
            assert_same_run(interrupt(workshop, run, way, POSITIONS), expected)
            variables = len(workshop.model.trainable_variables)
            state = expected.arrays("checkpoint.npz")  # with two moments of each weight
            assert sum(name.startswith("v") for name in state) >= 3 * variables
            assert {"discriminator_loss", "discriminator_gradient_norm"} <= {*expected.rows[-1]}

    @pytest.mark.parametrize("way", ["suspend", "kill"])
    def test_images_that_are_moved_and_pixels_that_are_sampled_at_each_step(
        self, way: str, sampled: Workshop, tmp_path: Path
    ) -> None:
        with sampled.opened() as workshop:
            expected = workshop.resume(workshop.new(tmp_path / "expected"))
            run = workshop.new(tmp_path / "run")
            assert_same_run(interrupt(workshop, run, way, POSITIONS), expected)
            assert expected.history["beta"] == [0.5, 1.0, 0.5]
            for row in expected.rows:
                total = row["reconstruction"] + row["beta"] * row["kl"]
                assert row["loss"] == pytest.approx(total, rel=1e-12)

    def test_left_in_the_middle_it_loses_no_step(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        left = workshop.suspend_at(workshop.new(tmp_path / "run"), (2, 9))
        assert left.state == "paused"
        assert left.status["reason"] == "Paused in epoch 2, after step 9 of 25."
        stored = left.arrays("checkpoint.npz")
        assert (stored["epoch"], stored["step"]) == (2, 9)
        rows = [row for row in undisturbed.rows if (row["epoch"], row["step"]) <= (2, 9)]
        assert left.rows == rows

    def test_killed_in_the_middle_it_goes_back_to_the_epochs_beginning(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        killed = workshop.kill_at(workshop.new(tmp_path / "run"), (2, 9))
        assert killed.state == "interrupted"
        assert killed.rows[-1]["step"] == 6  # shown until it is trained anew
        stored = killed.arrays("checkpoint.npz")
        assert (stored["epoch"], stored["step"]) == (1, STEPS)
        observed: list[int] = []

        def check() -> bool:
            observed.append(len(open_run(killed.path).history))
            return True

        workshop.resume(killed, should_end=check)
        assert observed == [1]
        assert open_run(killed.path).rows[-1]["kind"] == "epoch"

    @pytest.mark.parametrize("write", ["write_epoch", "save_epoch", "save_checkpoint", "save_best"])
    def test_killed_between_the_files_of_an_epochs_end(
        self,
        write: str,
        workshop: Workshop,
        variants: dict[str, Run],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        owner = RowWriter if write == "write_epoch" else SavedState
        whole = getattr(owner, write)

        def die(self: RowWriter | SavedState, *arguments: Any) -> None:
            if workshop.position == (2, STEPS):
                raise Killed
            whole(self, *arguments)

        run = workshop.new(tmp_path / "run", **VARIANTS["early"])
        with monkeypatch.context() as patch:
            patch.setattr(owner, write, die)
            with pytest.raises(Killed):
                workshop.resume(run)
        assert_same_run(workshop.resume(run), variants["early"])

    def test_killed_while_its_model_was_made(
        self,
        workshop: Workshop,
        variants: dict[str, Run],
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # All is learned; early stopping must not learn one epoch more.
        def die(*_: object) -> None:
            raise Killed

        for variant in ("plain", "early"):
            run = workshop.new(tmp_path / variant, **VARIANTS[variant])
            with monkeypatch.context() as patch:
                patch.setattr(model_files, "save_keras", die)
                with pytest.raises(Killed):
                    workshop.resume(run)
            assert open_run(run.path).state == "interrupted"
            assert_same_run(workshop.resume(run), variants[variant])
            assert open_run(run.path).status["reason"] == variants[variant].status["reason"]

    def test_a_line_cut_short_by_the_end(
        self, workshop: Workshop, undisturbed: Run, tmp_path: Path
    ) -> None:
        run = workshop.kill_at(workshop.new(tmp_path / "run"), (2, 9))
        with (run.path / "history.jsonl").open("a") as file:
            file.write('{"kind": "step", "epo')
        assert_same_run(workshop.resume(run), undisturbed)
