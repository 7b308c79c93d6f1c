"""Proposals beyond a grid: Optuna's sampler says which values to try next, and learns from runs.

Optuna's own journal stands in the sweep's folder; which values were proposed stands beside it, so
that a sweep is read without Optuna. A sampler that is killed continues with the trials it had.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from vae.config import Config
from vae.config.settings import setting
from vae.errors import ConfigError, StudyError
from vae.studies.writer import append_line
from vae.sweeps.plan import PlannedRun, run_key
from vae.sweeps.results import LARGER_IS_BETTER, means
from vae.sweeps.schema import Bounds
from vae.sweeps.study import PROPOSALS, Sweep

if TYPE_CHECKING:
    import optuna

__all__ = ["Proposer", "import_optuna"]

JOURNAL = "optuna.journal"


def import_optuna() -> Any:
    """Import Optuna; raises StudyError, which says how to install it."""
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise StudyError(
            'Proposals need Optuna: pip install "vae-lab[search]" or pip install optuna. '
            f"Received: {error}"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


class Proposer:
    """Asks Optuna for values, and tells it what came of them.

    check: raises ConfigError for a configuration that cannot be trained; its trial fails.
    """

    def __init__(self, sweep: Sweep, check: Callable[[Config], None]) -> None:
        optuna = import_optuna()
        self._sweep, self._check = sweep, check
        search = sweep.settings.get("search")
        assert search is not None
        self._search = search
        self._distributions = {
            **{name: _categories(values) for name, values in sweep.settings["vary"].items()},
            **{name: _distribution(name, of) for name, of in search["ranges"].items()},
        }
        self._states = optuna.trial.TrialState
        larger = search["metric"] in LARGER_IS_BETTER
        try:
            from optuna.storages import JournalStorage
            from optuna.storages.journal import JournalFileBackend

            self._study: optuna.Study = optuna.create_study(
                storage=JournalStorage(JournalFileBackend(str(sweep.path / JOURNAL))),
                study_name="sweep",
                direction="maximize" if larger else "minimize",
                # A trial that runs counts as a bad one, so that not all try the same at once.
                sampler=optuna.samplers.TPESampler(seed=_seed(sweep), constant_liar=True),
                load_if_exists=True,
            )
        except Exception as error:  # a damaged line: Optuna fails in ways of its own
            raise StudyError(
                f"Optuna's journal must be whole; without {sweep.path / JOURNAL} the search goes "
                f"on from the runs that are there. Received: {error!s:.200}"
            ) from None

    def next_runs(self) -> Iterator[PlannedRun]:
        """Yield the runs to train, each asked for when somebody is free: first those of before."""
        self._restore()
        yield from self._sweep.left()
        while len(self._sweep.proposals) < self._search["trials"]:
            if self._sweep.requested != "run":
                return
            self.tell_ended()
            yield from self._ask()
        self.tell_ended()

    def tell_ended(self) -> None:
        """Tell Optuna the values of all trials whose runs have ended."""
        values = self._values()
        for trial in self._study.get_trials(deepcopy=False, states=(self._states.RUNNING,)):
            key = run_key(_settings(trial.params), 0)
            if key in values:
                self._tell(trial.number, values[key])

    def _ask(self) -> list[PlannedRun]:
        """Return the runs of another proposal; none of one that cannot be trained, or was had."""
        trial = self._study.ask(self._distributions)
        settings = _settings(trial.params)
        number = len(self._sweep.proposals)
        try:
            config = self._sweep.config.replace(**settings)
            self._check(config)
        except ConfigError as error:
            self._record(number, settings, str(error))
            self._tell(trial.number, None)
            return []
        key = run_key(settings, 0)
        had = key in {run_key(each["settings"], 0) for each in self._sweep.proposals}
        self._record(number, settings)
        if had:  # its value is known, or will be once its runs have ended
            return []
        return self._sweep.runs_of(settings, config)

    def _record(self, number: int, settings: Mapping[str, Any], reason: str = "") -> None:
        line = {"number": number, "settings": dict(settings), "reason": reason}
        append_line(self._sweep.path / PROPOSALS, line)

    def _tell(self, number: int, value: float | None) -> None:
        if value is None:
            self._study.tell(number, state=self._states.FAIL)
        else:
            self._study.tell(number, value)

    def _values(self) -> dict[str, float | None]:
        """Return the mean over seeds of each proposal whose runs have ended; None of a bad one."""
        left = {run_key(planned.settings, 0) for planned in self._sweep.left()}
        found = means(self._sweep.rows, self._search["metric"])
        return {
            key: math.fsum(found[key]) / len(found[key]) if key in found else None
            for each in self._sweep.proposals
            if (key := run_key(each["settings"], 0)) not in left
        }

    def _restore(self) -> None:
        """Give a journal that was removed the trials that the sweep has had."""
        import optuna

        proposals, values = self._sweep.proposals, self._values()
        for each in proposals[len(self._study.get_trials(deepcopy=False)) :]:
            value = values.get(run_key(each["settings"], 0))
            self._study.add_trial(
                optuna.trial.create_trial(
                    params={name: _stored(value) for name, value in each["settings"].items()},
                    distributions=self._distributions,
                    value=value,
                    state=self._states.FAIL if value is None else self._states.COMPLETE,
                )
            )


def _seed(sweep: Sweep) -> int:
    """Return a seed that is another one when a search goes on, or it would begin as it did."""
    parts = [sweep.config.seed, len(sweep.proposals)]
    return int(np.random.SeedSequence(parts).generate_state(1)[0])


def _categories(values: list[Any]) -> Any:
    import optuna

    return optuna.distributions.CategoricalDistribution([_stored(value) for value in values])


def _distribution(name: str, bounds: Bounds) -> Any:
    import optuna

    low, high, log = bounds["low"], bounds["high"], bounds["log"]
    if isinstance(setting(name).default, int):
        return optuna.distributions.IntDistribution(round(low), round(high), log=log)
    return optuna.distributions.FloatDistribution(low, high, log=log)


def _stored(value: Any) -> Any:
    """Return a value as Optuna stores it: it has no lists."""
    return json.dumps(value) if isinstance(value, list | tuple) else value


def _settings(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings of what Optuna stores, numbers to six digits, as a person would say them."""

    def read(name: str, value: Any) -> Any:
        if isinstance(value, float):
            return float(f"{value:.6g}")
        return json.loads(value) if isinstance(setting(name).default, tuple) else value

    return {name: read(name, value) for name, value in params.items()}
