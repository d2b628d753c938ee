"""The runner of `contract/cases.toml`. `contract/README.md` describes the format."""

import contextvars
import inspect
import keyword
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Literal

import pytest
from case_values import TAGS, same, value_of

import hyperparameter as hp

# The result of a step that has no value.
NO_VALUE = object()
# The default of a field that a step can omit.
OMITTED = object()
POSITIONAL_OR_KEYWORD = inspect.Parameter.POSITIONAL_OR_KEYWORD

ERRORS = {
    "MissingParam": hp.MissingParamError,
    "MissingArgument": hp.MissingArgumentError,
    "Param": hp.ParamError,
    "KeySyntax": hp.KeySyntaxError,
    "Type": TypeError,
}
# What a case can need from a backend. Python has all of it.
NEEDS = {*TAGS, "dynamic", "types", "functions", "tasks", "untyped"}
TYPES = {
    **{kind.__name__: kind for kind in (bool, int, float, str, list, tuple, set, dict)},
    "list[int]": list[int],
    "dict[str, float]": dict[str, float],
    "int | none": int | None,
    "'sgd' | 'adam'": Literal["sgd", "adam"],
}


class BlockFailed(Exception):
    """Raised to leave a block early."""


def call(namespace, parameters, args, kwargs):
    """Call a decorated function that returns its arguments by name."""
    # A plain function, because only its signature is certain: a missing argument is an error of the library.
    names = ", ".join(parameter.name for parameter in parameters)
    function = eval(f"lambda {names}: dict(locals())")
    function.__qualname__ = "function"
    empty = inspect.Parameter.empty
    function.__defaults__ = tuple(p.default for p in parameters if p.default is not empty)
    function.__annotations__ = {p.name: p.annotation for p in parameters if p.annotation is not empty}
    return hp.param(namespace)(function)(*args, **kwargs)


def read_as_type(key, type_name, default=OMITTED):
    """Read a key by an annotation: as the parameter of a decorated function."""
    namespace, _, name = key.rpartition(".")
    default = inspect.Parameter.empty if default is OMITTED else default
    parameter = inspect.Parameter(name, POSITIONAL_OR_KEYWORD, default=default, annotation=TYPES[type_name])
    return call(namespace, [parameter], (), {})[name]


class Flow:
    """Runs steps in one context. The method `do_x` runs the step `x`, with its fields as arguments."""

    def __init__(self, names, entered=()):
        # The scopes, snapshots and bound steps by name. All flows of a case share them.
        self.names = names
        self.entered = list(entered)

    def run(self, steps):
        for step in steps:
            self.step(dict(step))

    def step(self, step):
        step_text = repr(step)
        outcome = {name: step.pop(name) for name in ("value", "error", "text") if name in step}
        operation = self.operation(step)
        if "error" in outcome:
            self.check_error(operation, outcome, step_text)
            return
        result = operation()
        if result is NO_VALUE:
            assert not outcome, f"this step cannot have an outcome: {step_text}"
        else:
            assert outcome.keys() == {"value"}, f"the outcome of this step has to be `value`: {step_text}"
            assert same(result, value_of(outcome["value"])), f"got {result!r} from {step_text}"

    def operation(self, step):
        """Return the call that a step describes; an unknown field is an error."""
        names = [name for name in step if hasattr(self, f"do_{name}")]
        assert len(names) == 1, f"a step has to have exactly one operation: {step}"
        name = names[0]
        method, argument = getattr(self, f"do_{name}"), step.pop(name)
        fields = {f"{field}_" if keyword.iskeyword(field) else field: data for field, data in step.items()}
        bound = inspect.signature(method).bind(argument, **fields)
        return lambda: method(*bound.args, **bound.kwargs)

    def check_error(self, operation, outcome, step_text):
        """Check the kind and text of an error, and that the view is the same as before it."""
        assert outcome.keys() <= {"error", "text"}, step_text
        kind = ERRORS[outcome["error"]]
        before, current = dict(hp.scope.current()), hp.scope.current()
        with pytest.raises(kind) as caught:
            operation()
        assert type(caught.value) is kind, step_text
        if "text" in outcome:
            text = re.sub(r" \(set at .*:\d+\)$", "{where}", str(caught.value))
            assert text == outcome["text"], step_text
        assert hp.scope.current() is current, step_text
        assert same(dict(current), before), step_text

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
        return NO_VALUE

    # --- Scopes ---

    def do_enter(self, sources, params=None, as_=None):
        return self.enter(hp.scope(*self.sources(sources), **value_of(params or {})), as_)

    def do_enter_empty(self, sources, as_=None):
        return self.enter(hp.scope.empty(*self.sources(sources)), as_)

    def do_make(self, sources, as_):
        self.names[as_] = hp.scope(*self.sources(sources))
        return NO_VALUE

    def do_reenter(self, name):
        return self.enter(self.names[name], None)

    def do_leave(self, name):
        scope = self.entered[-1] if name is True else self.names[name]
        if scope in self.entered:
            del self.entered[max(index for index, entered in enumerate(self.entered) if entered is scope)]
        scope.__exit__(None, None, None)
        return NO_VALUE

    def do_block(self, sources, steps, fails=False):
        """Enter a scope with a block. With `fails`, an exception leaves it."""
        with suppress(BlockFailed), hp.scope(*self.sources(sources)) as scope:
            self.entered.append(scope)
            self.run(steps)
            self.entered.remove(scope)
            if fails:
                raise BlockFailed
        return NO_VALUE

    def do_current(self, name):
        assert hp.scope.current() is self.names[name]
        return NO_VALUE

    # --- Reading ---

    def do_read(self, key, default=OMITTED, as_type=None, in_=None):
        """Read by an annotation, or with a default in both spellings, which have to agree."""
        default = value_of(default)
        if as_type is not None:
            assert in_ is None, "a decorated function reads from the current view"
            return read_as_type(key, as_type, default)
        assert default is not OMITTED, "use `require` to read without a default"
        reference = self.reference(key, in_)
        value = reference | default
        assert same(value, reference(default))
        return value

    def do_require(self, key, in_=None):
        return self.reference(key, in_)()

    def do_truth(self, key, in_=None):
        return bool(self.reference(key, in_))

    def do_convert(self, data, like=OMITTED, as_type=None):
        """Set a value as `x.v`, and read it with a default or by an annotation."""
        assert (like is OMITTED) != (as_type is None), "needs either like or as_type"
        with hp.scope({"x.v": value_of(data)}):
            return read_as_type("x.v", as_type) if as_type else hp.scope.x.v | value_of(like)

    def reference(self, key, name):
        """Return the reference to a key, from the handle of a scope if one is named."""
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
        return NO_VALUE

    def do_view(self, items, in_=None):
        assert same(dict(self.view(in_)), value_of(items)), dict(self.view(in_))
        return NO_VALUE

    def do_has(self, key, in_=None):
        return key in self.view(in_)

    def do_size(self, size, in_=None):
        assert len(self.view(in_)) == size
        return NO_VALUE

    # --- Writing and deleting ---

    def do_write(self, items, in_=None):
        for key, data in items.items():
            self.scope(in_)[key] = value_of(data)
        return NO_VALUE

    def do_update(self, sources, in_):
        self.names[in_].update(*self.sources(sources))
        return NO_VALUE

    def do_delete(self, key, in_=None):
        del self.scope(in_)[key]
        return NO_VALUE

    def do_clear(self, name):
        self.names[name].clear()
        return NO_VALUE

    # --- Baseline, contexts, snapshots, calls ---

    def do_frozen(self, yes):
        assert yes is True
        hp.frozen()
        return NO_VALUE

    def do_thread(self, steps):
        """Run steps in a new thread, which starts from the baseline."""
        run = Flow(self.names).run
        task = [run, steps]
        # Some builds of Python copy the context to a new thread. An empty context starts from the baseline.
        if getattr(sys.flags, "thread_inherit_context", False):
            task = [contextvars.Context().run, *task]
        with ThreadPoolExecutor(1) as pool:
            pool.submit(*task).result()
        return NO_VALUE

    def do_task(self, steps):
        """Run steps in a context that starts with the current view."""
        contextvars.copy_context().run(Flow(self.names, self.entered).run, steps)
        return NO_VALUE

    def do_snapshot(self, name):
        self.names[name] = hp.snapshot()
        return NO_VALUE

    def do_bind(self, steps, as_):
        self.names[as_] = hp.bind(lambda: Flow(self.names).run(steps))
        return NO_VALUE

    def do_call(self, name):
        self.names[name]()
        return NO_VALUE

    def do_param(self, defaults, namespace, required=(), args=(), kwargs=None):
        """Call a decorated function that returns its arguments by name."""
        parameters = [inspect.Parameter(name, POSITIONAL_OR_KEYWORD) for name in required]
        parameters += [
            inspect.Parameter(n, POSITIONAL_OR_KEYWORD, default=value_of(d)) for n, d in defaults.items()
        ]
        return call(namespace, parameters, value_of(list(args)), value_of(kwargs or {}))
