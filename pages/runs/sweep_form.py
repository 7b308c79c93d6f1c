"""The form of a sweep: a recipe, the values of one to three settings, seeds, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

import streamlit as st

from pages._shared.dataset_choice import choose_dataset
from pages._shared.number_field import number_field
from pages._shared.persistent import persistent
from pages._shared.plain import plain
from pages._shared.server import queue, store
from pages._shared.start_once import press_once, start_if_pressed
from pages._shared.typed_field import typed_field
from pages._shared.visitors import visitor
from vae.config import Config
from vae.config.setting_text import read_setting
from vae.config.settings import SETTINGS, setting, settings_of
from vae.data.datasets import Dataset
from vae.environment import is_public
from vae.errors import ConfigError, StudyError
from vae.kinds import KINDS
from vae.preset_notes import PRESET_NOTES
from vae.presets import PRESETS, setting_noun, setting_words
from vae.server.sweep_cost import Images, cost_in_words, planned_cost
from vae.sweeps.create import check_sweep
from vae.sweeps.plan import Plan
from vae.sweeps.study import Sweep
from vae.sweeps.values import Range, grid_of, parse_values, values_text

__all__ = ["read_values", "sweep_form", "values_field"]

PRESS = "sweep_press"  # in the session: a click on the button that has not started a sweep yet
RECIPE, OTHERS, SEEDS = "sweep_recipe", "sweep_others", "sweep_seeds"
MAX_VARIED = 3
NOTHING = "–"
MAX_SEEDS = 100
AT_FIRST: dict[str, Sequence[Any] | Range] = {"beta": [0.5, 1.0, 4.0], "latent_dim": [2, 8]}
MADE = "sweep_made"  # in the session: what was asked, and what follows
T = TypeVar("T")
HELP = (
    "Values with commas, as 0.5, 1, 4; or a range with how many, as 0.1..10:log:5 or 2..8:4. "
    "Between values that have commas themselves stand semicolons."
)


class _Asked(NamedTuple):
    config: Config
    vary: Mapping[str, Sequence[Any] | Range]
    dataset: Dataset
    seeds: int


def sweep_form(on_start: Callable[[Sweep], None]) -> None:
    """Show the form; on_start: is given the sweep that its button has put into the queue."""
    dataset = choose_dataset("sweep_dataset")
    with st.container(horizontal=True, vertical_alignment="top"):
        recipe = st.selectbox(
            "Recipe",
            list(PRESETS),
            format_func=lambda name: PRESET_NOTES[name].title,
            width=220,
            help="What the runs have in common. Takes effect in a new sweep.",
            **persistent(RECIPE, st.session_state.get(RECIPE, "recommended")),
        )
        others = typed_field(
            "Other settings of all runs",
            st.session_state.get(OTHERS, ()),
            name="sweep_others_field",
            read=_read_others,
            write=lambda pairs: ", ".join(f"{name}={text}" for name, text in pairs),
            save=lambda pairs: st.session_state.update({OTHERS: pairs}),
            expected="Settings by name, as epochs=5, batch_size=100.",
            width=420,
            placeholder="epochs=5, batch_size=100",
            help="What differs from the recipe in all runs, as epochs=5, batch_size=100. Takes "
            "effect in a new sweep.",
        )
        seeds = number_field(
            "Seeds", st.session_state.get(SEEDS, 1), 1, MAX_SEEDS, name=SEEDS, width=110,
            help="How often each combination is trained, each time from other random numbers: the "
            "results are means, with how much they vary. Takes effect in a new sweep.",
        )  # fmt: skip
    config, problem = _config(recipe, others)
    vary = _varied(settings_of(KINDS[(config or PRESETS[recipe]).kind]))
    asked, plan = None, None
    if config is not None and dataset is None:
        problem = "Its images are missing: see the data set above."
    elif vary is None or seeds is None:
        problem = problem or "A field above cannot be read."
    elif config is not None and dataset is not None:
        wanted = _Asked(config, vary, dataset, seeds)
        try:
            plan = _remembered(wanted, "plan", lambda: check_sweep(*wanted, skip_excluded=True))
            asked = wanted
        except (ConfigError, StudyError) as error:
            problem = plain(str(error))
    _start_bar(asked, plan, problem)
    if asked is None:
        st.session_state.pop(PRESS, None)
        return
    studies, owner = queue().studies, visitor()
    start_if_pressed(PRESS, lambda: lambda: studies.submit_sweep(*asked, owner), on_start)


def values_field(name: str, values: Sequence[Any] | Range, key: str, label: str) -> Any:
    """Show the values of a setting and return them; None while there stands what is none."""
    return typed_field(
        label,
        values,
        name=f"{key}-{name}-field",
        read=lambda text: read_values(name, text),
        write=values_text,
        save=lambda found: st.session_state.update({f"{key}-{name}": found}),
        expected="Values with commas, or a range with how many, as 0.1..10:log:5.",
        help=HELP,
    )


def read_values(name: str, text: str) -> Sequence[Any] | Range:
    """Return the values that a person typed; raises ConfigError for what no run can have."""
    values = parse_values(name, text)
    grid_of({name: values})
    return values


def _config(recipe: str, others: Sequence[tuple[str, str]] | None) -> tuple[Config | None, str]:
    if others is None:
        return None, "A field above cannot be read."
    try:
        return PRESETS[recipe].replace_text(dict(others)), ""
    except ConfigError as error:
        return None, plain(str(error))


def _read_others(text: str) -> tuple[tuple[str, str], ...]:
    """Return names and texts of settings; a comma within a value is one before no name."""
    pairs: list[tuple[str, str]] = []
    for part in filter(None, (each.strip() for each in text.replace(";", ",").split(","))):
        name, equals, value = (each.strip() for each in part.partition("="))
        if equals:
            pairs.append((name, value))
        elif pairs:
            pairs[-1] = pairs[-1][0], f"{pairs[-1][1]},{name}"
        else:
            raise ConfigError(f"NAME=VALUE was expected. Received: {part!r:.60}")
    for name, value in pairs:
        if name not in SETTINGS:
            raise ConfigError(f"The name of a setting was expected. Received: {name!r:.60}")
        read_setting(name, value)  # together they are checked with the recipe
    return tuple(pairs)


def _varied(usable: Sequence[str]) -> dict[str, Sequence[Any] | Range] | None:
    """Show a row for each setting that varies; return their values, None if unreadable."""
    vary: dict[str, Sequence[Any] | Range] = {}
    options = [name for name in usable if name not in ("kind", "seed", "preset")]
    at_first = [*AT_FIRST, NOTHING][:MAX_VARIED]
    is_readable = True
    with st.container(horizontal=True, vertical_alignment="top", key="sweep-varied"):
        for index in range(MAX_VARIED):
            key = f"sweep_vary_{index}"
            free = [NOTHING, *(name for name in options if name not in vary)]
            wanted = st.session_state.get(key, at_first[index])
            with st.container(key=f"sweep-vary-{index}", gap="small", width=320):
                name = st.selectbox(
                    f"{('First', 'Second', 'Third')[index]} setting",
                    free,
                    format_func=lambda each: each if each == NOTHING else setting(each).label,
                    help="A setting of which several values are trained, each with each value of "
                    "the others. Takes effect in a new sweep.",
                    **persistent(key, wanted if wanted in free else NOTHING),
                )
                if name == NOTHING:
                    continue
                first = st.session_state.get(f"sweep_values-{name}", _first_values(name))
                values = values_field(
                    name, first, "sweep_values", f"Values of {setting_noun(name)}"
                )
                is_readable = is_readable and values is not None
                vary[name] = values if values is not None else first
    return vary if is_readable else None


def _first_values(name: str) -> Sequence[Any]:
    known = setting(name)
    if name in AT_FIRST:
        values = AT_FIRST[name]
        return values if isinstance(values, list) else []
    if known.choices:
        return list(known.choices)[:2]
    if isinstance(known.default, bool):
        return [False, True]
    return [known.default]


def _start_bar(asked: _Asked | None, plan: Plan | None, problem: str) -> None:
    """Show the button, and beside it what it costs or what stops it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.button(
            "Start sweep",
            type="primary",
            icon=":material/play_arrow:",
            disabled=asked is None,
            on_click=partial(press_once, PRESS),
            help="Trains all of these runs in the background. You can pause it.",
        )
        if asked is None or plan is None:
            st.markdown(f":red[:material/error: {problem}]")
            return
        past = () if is_public() else store().list()
        images = Images.of(asked.dataset)
        cost = _remembered(asked, "cost", lambda: planned_cost(plan.runs, images, past))
        st.markdown(f"**{cost_in_words(cost)}**{_left_out(plan)}")


def _remembered(asked: _Asked, what: str, make: Callable[[], T]) -> T:
    """Return what follows from the form, made once for each change of it: plans may be long."""
    config, vary, data, seeds = asked
    key = config, tuple((name, values_text(of)) for name, of in vary.items()), data.fingerprint
    known = st.session_state.get(f"{MADE}-{what}")
    if known is None or known[0] != (*key, seeds):
        known = st.session_state[f"{MADE}-{what}"] = (*key, seeds), make()
    return known[1]


def _left_out(plan: Plan) -> str:
    """Say which combinations cannot be trained, and why."""
    if not plan.excluded:
        return ""
    first, count = plan.excluded[0], len(plan.excluded)
    words = ", ".join(setting_words(name, value) for name, value in first.settings.items())
    more = f" and {count - 1} more" if count > 1 else ""
    return f" Left out: {plain(words)}{more}. {plain(first.reason)}"
