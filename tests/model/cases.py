"""Random cases, and their comparison."""

import typing

from generate import input_for, override_of, shape_of, value_of
from library import Case, actual, expected
from shapes import REQUIRED, SHAPES
from view import Text


def case_of(rng):
    shape = shape_of(rng, 3)
    reader = rng.choice(["parameter", "parameter", "default", "schema"])
    has_default = reader == "default" or rng.random() < 0.7
    default = value_of(rng, shape) if has_default else REQUIRED
    file = {"x": toml_input(rng, shape)} if rng.random() < 0.5 else None
    environment, paths = [], set()
    for path, text in [override_of(rng, shape, "environment") for _ in range(rng.choice([0, 0, 1, 2]))]:
        # Each variable is there once.
        if tuple(path) not in paths:
            paths.add(tuple(path))
            environment.append((path, text))
    texts = [override_of(rng, shape, "text") for _ in range(rng.choice([0, 0, 1, 2]))]
    scopes = []
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        mappings = [override_of(rng, shape, "python") for _ in range(rng.choice([0, 1, 2]))]
        overrides = mappings + [override_of(rng, shape, "text") for _ in range(rng.choice([0, 1]))]
        # An empty mapping sets nothing, except that a text of the same call takes its type.
        paths = [path for path, value in overrides if type(value) is Text]
        overrides = [(path, value) for path, value in overrides if value != {} or path not in paths]
        # In one call the texts come last.
        scopes.append(sorted(overrides, key=lambda override: type(override[1]) is Text))
    return Case(shape, default, reader, file, environment, texts, scopes)


def toml_input(rng, shape):
    """Return a value for a file of TOML, which has no null."""
    value = input_for(rng, shape, "file")
    return without_none(value)


def without_none(value):
    if type(value) is dict:
        return {name: without_none(item) for name, item in value.items()}
    if type(value) is list:
        return [without_none(item) for item in value]
    return "null" if value is None else value


def difference(rng, folder):
    """Return a text about how the library and the model differ for a random case, or None."""
    SHAPES.clear()
    # The caches of `typing` confuse unions that differ only in the order of their types.
    for clear in typing._cleanups:
        clear()
    case = case_of(rng)
    model = expected(case)
    try:
        library = actual(case, folder)
    except Exception as error:
        library = f"{type(error).__name__}: {error}"
    return None if library == model else f"{case}\n  model:   {model}\n  library: {library}"
