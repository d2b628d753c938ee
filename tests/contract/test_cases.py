"""Run `contract/cases.toml`, the contract as data; its format is told in `contract/README.md`."""

import contextvars
import inspect
import keyword
import re
import sys
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest

import hyperparameter as hp

FILE = Path(__file__).parents[2] / "contract" / "cases.toml"
CASES = tomllib.loads(FILE.read_text("utf-8"))["case"]
NOTHING = object()  # what a step gives that gives no value
PLAIN = inspect.Parameter.POSITIONAL_OR_KEYWORD
UNGIVEN = object()  # a field that a step can leave out

ERRORS = {
    "MissingParam": hp.MissingParamError,
    "MissingArgument": hp.MissingArgumentError,
    "Param": hp.ParamError,
    "KeySyntax": hp.KeySyntaxError,
    "Type": TypeError,
}
TAGS = {  # tables with one such key stand for what TOML lacks
    "none": lambda _: None,
    "tuple": tuple,
    "set": set,
    "bigint": int,
    "pairs": dict,
    "reference": lambda key: hp.scope[key],
}
NEEDS = {*TAGS, "dynamic", "types", "functions", "tasks", "untyped"}  # all of which Python has
TYPES = {
    **{kind.__name__: kind for kind in (bool, int, float, str, list, tuple, set, dict)},
    "list[int]": list[int],
    "dict[str, float]": dict[str, float],
    "int | none": int | None,
    "'sgd' | 'adam'": Literal["sgd", "adam"],
}


class BlockFailed(Exception):
    """Leave a block early."""


def value_of(data):
    """Return what a value in the file stands for."""
    if isinstance(data, list):
        return [value_of(item) for item in data]
    if not isinstance(data, dict):
        return data
    if len(data) == 1 and (tag := next(iter(data))) in TAGS:
        return TAGS[tag](value_of(data[tag]))
    return {key: value_of(item) for key, item in data.items()}


def same(one, other):
    """Tell whether two values are alike in type and content: 1, 1.0 and true are three values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, set):
        return {(type(item), item) for item in one} == {(type(item), item) for item in other}
    return repr(one) == repr(other) if isinstance(one, float) else one == other


def call(namespace, parameters, args, given):
    """Call a decorated function that returns its arguments by name."""
    signature = inspect.Signature(parameters)

    def function(*args, **kwargs):
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    function.__signature__ = signature
    return hp.param(namespace)(function)(*args, **given)


def annotated(key, wanted, default=UNGIVEN):
    """Read a key by annotation: as the parameter of a decorated function."""
    namespace, _, name = key.rpartition(".")
    default = inspect.Parameter.empty if default is UNGIVEN else default
    parameter = inspect.Parameter(name, PLAIN, default=default, annotation=TYPES[wanted])
    return call(namespace, [parameter], (), {})[name]


class Flow:
    """Run steps in one context. A method `do_x` is the step `x`, its arguments the step's fields."""

    def __init__(self, names, entered=()):
        self.names = names  # of scopes, snapshots and bound steps; shared by all flows of a case
        self.entered = list(entered)

    def run(self, steps):
        for step in steps:
            self.step(dict(step))

    def step(self, step):
        told = repr(step)
        outcome = {name: step.pop(name) for name in ("value", "error", "text") if name in step}
        operation = self.operation(step)
        if "error" in outcome:
            self.refused(operation, outcome, told)
            return
        result = operation()
        if result is NOTHING:
            assert not outcome, f"a step without an outcome: {told}"
        else:
            assert outcome.keys() == {"value"}, f"a step with an outcome: {told}"
            assert same(result, value_of(outcome["value"])), f"got {result!r} from {told}"

    def operation(self, step):
        """Return the call that a step asks for; a field that it does not know is an error."""
        names = [name for name in step if hasattr(self, f"do_{name}")]
        assert len(names) == 1, f"one operation: {step}"
        name = names[0]
        method, argument = getattr(self, f"do_{name}"), step.pop(name)
        fields = {f"{field}_" if keyword.iskeyword(field) else field: data for field, data in step.items()}
        bound = inspect.signature(method).bind(argument, **fields)
        return lambda: method(*bound.args, **bound.kwargs)

    def refused(self, operation, outcome, told):
        """Check an error: its kind, its text, and that it left the view as it was."""
        assert outcome.keys() <= {"error", "text"}, told
        kind = ERRORS[outcome["error"]]
        before, current = dict(hp.scope.current()), hp.scope.current()
        with pytest.raises(kind) as caught:
            operation()
        assert type(caught.value) is kind, told
        if "text" in outcome:
            text = re.sub(r" \(set at .*:\d+\)$", "{where}", str(caught.value))
            assert text == outcome["text"], told
        assert hp.scope.current() is current, told
        assert same(dict(current), before), told

    def source(self, data):
        if isinstance(data, dict) and data.keys() == {"snapshot"}:
            return self.names[data["snapshot"]]
        return value_of(data)

    def sources(self, data):
        return [self.source(item) for item in (data if isinstance(data, list) else [data])]

    def scope(self, name):
        return hp.scope if name is None else self.names[name]

    def enter(self, scope, name):
        if name is not None:
            self.names[name] = scope
        self.entered.append(scope.__enter__())
        return NOTHING

    # --- Scopes ---

    def do_enter(self, sources, params=None, as_=None):
        return self.enter(hp.scope(*self.sources(sources), **value_of(params or {})), as_)

    def do_enter_empty(self, sources, as_=None):
        return self.enter(hp.scope.empty(*self.sources(sources)), as_)

    def do_make(self, sources, as_):
        self.names[as_] = hp.scope(*self.sources(sources))
        return NOTHING

    def do_reenter(self, name):
        return self.enter(self.names[name], None)

    def do_leave(self, name):
        scope = self.entered[-1] if name is True else self.names[name]
        if scope in self.entered:
            del self.entered[max(place for place, entry in enumerate(self.entered) if entry is scope)]
        scope.__exit__(None, None, None)
        return NOTHING

    def do_block(self, sources, steps, fails=False):
        """Enter a scope by a block; `fails` leaves it by an exception."""
        with suppress(BlockFailed), hp.scope(*self.sources(sources)) as scope:
            self.entered.append(scope)
            self.run(steps)
            self.entered.remove(scope)
            if fails:
                raise BlockFailed
        return NOTHING

    def do_current(self, name):
        assert hp.scope.current() is self.names[name]
        return NOTHING

    # --- Reading ---

    def do_read(self, key, default=UNGIVEN, as_type=None, in_=None):
        """Read by annotation, else like a default: in both spellings, which agree."""
        default = value_of(default)
        if as_type is not None:
            assert in_ is None, "a decorated function reads from the present view"
            return annotated(key, as_type, default)
        assert default is not UNGIVEN, "a read without a default is `require`"
        reference = self.reference(key, in_)
        value = reference | default
        assert same(value, reference(default))
        return value

    def do_require(self, key, in_=None):
        return self.reference(key, in_)()

    def do_truth(self, key, in_=None):
        return bool(self.reference(key, in_))

    def do_convert(self, data, like=UNGIVEN, as_type=None):
        """Set a value as `x.v` and read it like a default, or by annotation."""
        assert (like is UNGIVEN) != (as_type is None), "one of like and as_type"
        with hp.scope({"x.v": value_of(data)}):
            return annotated("x.v", as_type) if as_type else hp.scope.x.v | value_of(like)

    def reference(self, key, name):
        """Return the reference to a key, in a handle where one is named."""
        if name is None:
            return hp.scope[key]
        reference = self.names[name]
        for segment in key.split("."):
            reference = getattr(reference, segment)
        return reference

    # --- The flat view ---

    def view(self, name):
        return hp.scope.current() if name is None else self.names[name]

    def do_keys(self, keys, in_=None):
        view = self.view(in_)
        assert sorted(view.keys()) == sorted(view) == sorted(keys)
        return NOTHING

    def do_view(self, items, in_=None):
        assert same(dict(self.view(in_)), value_of(items)), dict(self.view(in_))
        return NOTHING

    def do_has(self, key, in_=None):
        return key in self.view(in_)

    def do_size(self, size, in_=None):
        assert len(self.view(in_)) == size
        return NOTHING

    # --- Writing and deleting ---

    def do_write(self, items, in_=None):
        for key, data in items.items():
            self.scope(in_)[key] = value_of(data)
        return NOTHING

    def do_update(self, sources, in_):
        self.names[in_].update(*self.sources(sources))
        return NOTHING

    def do_delete(self, key, in_=None):
        del self.scope(in_)[key]
        return NOTHING

    def do_clear(self, name):
        self.names[name].clear()
        return NOTHING

    # --- Baseline, contexts, snapshots, calls ---

    def do_frozen(self, yes):
        assert yes is True
        hp.frozen()
        return NOTHING

    def do_thread(self, steps):
        """Run steps in a new thread that starts from the baseline."""
        run = Flow(self.names).run
        if getattr(sys.flags, "thread_inherit_context", False):
            steps, run = [run, steps], contextvars.Context().run
        else:
            steps = [steps]
        with ThreadPoolExecutor(1) as pool:
            pool.submit(run, *steps).result()
        return NOTHING

    def do_task(self, steps):
        """Run steps in a context that starts with the view of here."""
        contextvars.copy_context().run(Flow(self.names, self.entered).run, steps)
        return NOTHING

    def do_snapshot(self, name):
        self.names[name] = hp.snapshot()
        return NOTHING

    def do_bind(self, steps, as_):
        self.names[as_] = hp.bind(lambda: Flow(self.names).run(steps))
        return NOTHING

    def do_call(self, name):
        self.names[name]()
        return NOTHING

    def do_param(self, defaults, namespace, required=(), args=(), given=None):
        """Call a decorated function; it gives its arguments by name."""
        parameters = [inspect.Parameter(name, PLAIN) for name in required]
        parameters += [inspect.Parameter(n, PLAIN, default=value_of(d)) for n, d in defaults.items()]
        return call(namespace, parameters, value_of(list(args)), value_of(given or {}))


def tags_in(data):
    """Return the tags that a part of the file uses."""
    if isinstance(data, list):
        return {tag for item in data for tag in tags_in(item)}
    if not isinstance(data, dict):
        return set()
    own = data.keys() & TAGS.keys() if len(data) == 1 else set()
    return own | {tag for item in data.values() for tag in tags_in(item)}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_case(case):
    """The case's steps have the outcomes that the contract promises."""
    Flow({}).run(case["steps"])


def test_there_are_enough_cases():
    """The contract is held by at least 150 cases."""
    assert len(CASES) >= 150


def test_names_are_unique():
    """A case's name names one case."""
    assert [name for name, count in Counter(case["name"] for case in CASES).items() if count > 1] == []


def test_cases_are_well_formed():
    """A case has a name, steps, and what it needs of a language; every tag in it is among these."""
    for case in CASES:
        needs = set(case.get("needs", ()))
        assert {"name", "steps"} <= case.keys() <= {"name", "steps", "needs"}, case["name"]
        assert case["steps"], case["name"]
        assert tags_in(case["steps"]) <= needs <= NEEDS, case["name"]


@pytest.mark.parametrize(
    "step",
    [
        {"raed": "a", "default": 0, "value": 0},
        {"read": "a", "defalt": 0, "value": 0},
        {"read": "a", "default": 0},
        {"read": "a", "default": 0, "value": 0.0},
        {"read": "a", "default": 0, "value": 0, "text": "x"},
        {"enter": {"a": 1}, "value": 1},
        {"enter": "a", "error": "KeySyntax", "text": "x"},
        {"enter": "a", "error": "Param"},
        {"enter": "a=1", "error": "KeySyntax"},
        {"enter": "a", "error": "Oops"},
        {"thread": [{"view": {"a": 1}}]},
    ],
)
def test_a_mistake_in_a_case_is_not_ignored(step):
    """A step that is mistyped, lacks its outcome or has another one fails."""
    with pytest.raises((AssertionError, KeyError, TypeError, ValueError, pytest.fail.Exception)):
        Flow({}).step(step)
