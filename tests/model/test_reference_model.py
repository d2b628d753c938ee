"""What a program reads equals the reference model, for random types and sources, or both refuse."""

from __future__ import annotations

import contextlib
import json
import os
from typing import Any

from cases import Case, Override, cases
from described_types import REQUIRED, plain, real
from hypothesis import HealthCheck, given, note, settings
from reference_config import assign_in_config, check_indices
from reference_model import MISSING, Node, Refused, Untyped, assign, convert

import hyperparameter as hp

# `make stress` sets it. Without it, the cases are the same in every run.
COUNT = os.environ.get("HYPERPARAMETER_MODEL_CASES")


def quoted(name: str) -> str:
    return f'"{name}"' if "." in name else name


def key_of(override: Override) -> str:
    return ".".join(["m", "x", *map(quoted, override.path)])


def text_of(override: Override) -> str:
    return f"{key_of(override)}={override.value}"


def read(case: Case, path: Any) -> Any:
    """Return what a decorated function gets, as plain data."""

    def function(*, x: Any) -> Any:
        return x

    function.__annotations__ = {"x": case.kind.annotation()}
    if case.default is not REQUIRED:
        function.__kwdefaults__ = {"x": real(case.kind, case.default)}
    path.write_text(json.dumps({"m": case.file}), encoding="utf-8")
    environ = {
        "APP_M__" + "__".join(["X", *override.path]).upper(): str(override.value)
        for override in case.environment
    }
    options = [text_of(override) for override in case.options]
    decorated = hp.param("m")(function)
    config = hp.config(path, hp.env("APP_", environ=environ), *options)
    with hp.scope(config), scopes_of(case.outer + case.inner):
        return plain(decorated())


def scopes_of(overrides: list[Override]) -> contextlib.ExitStack:
    """Return a scope for each override: in one scope, texts would come after mappings."""
    stack = contextlib.ExitStack()
    for override in overrides:
        is_text = isinstance(override.value, Untyped)
        stack.enter_context(hp.scope(text_of(override) if is_text else {key_of(override): override.value}))
    return stack


def expected(case: Case) -> Any:
    node = Node()
    if case.file:
        assign_in_config(node, (), case.file["x"])
    for override in case.environment + case.options:
        assign_in_config(node, override.path, override.value)
    check_indices(node)
    for override in case.outer + case.inner:
        assign(node, override.path, override.value)
    if node.value is None and not node.has_parts():
        return plain(None)
    return plain(convert(case.kind, node, MISSING if case.default is REQUIRED else case.default))


@settings(
    max_examples=int(COUNT or 300),
    derandomize=COUNT is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(cases())
def test_what_a_function_gets_equals_the_model(tmp_path_factory: Any, case: Case) -> None:
    path = tmp_path_factory.getbasetemp() / "case.json"
    wanted: Any
    try:
        wanted = expected(case)
    except Refused:
        wanted = Refused
    error = None
    try:
        value = read(case, path)
    except (ValueError, hp.MissingArgumentError) as raised:
        value, error = Refused, raised
    note(f"annotation {case.kind.annotation()}, model {wanted}, library {value} {error}")
    assert value == wanted
