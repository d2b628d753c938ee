"""A state machine: whatever is entered, left, written and frozen, the view is that of a list of dicts."""

import asyncio
import contextvars
import threading

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import hyperparameter as hp
from hyperparameter.testing import clean

GONE = object()
KEYS = ["a", "b", "a.b", "a.c", "a.b.c", "x.y"]  # few, so that they collide; some lie beneath others
keys = st.sampled_from(KEYS)
overrides = st.dictionaries(keys, st.integers(0, 9), max_size=3)


def seen():
    """Return the flat view, read key by key; it agrees with all other ways to read it."""
    view = {key: value for key in KEYS if (value := hp.scope[key] | None) is not None}
    assert dict(hp.scope.current()) == view == dict(hp.snapshot())
    assert list(hp.scope.current()) == sorted(view)
    for prefix in ("a", "a.b", "x"):
        beneath = nested(view, prefix)
        if prefix not in view:
            assert (hp.scope[prefix] | {}) == beneath
    return view


def nested(view, prefix):
    """Return what lies beneath a key as a nested dict; a value hides what lies beneath it."""
    tree = {}
    for key in sorted(key for key in view if key.startswith(prefix + ".")):  # a key before those beneath it
        *parents, last = key.removeprefix(prefix + ".").split(".")
        node = tree
        for segment in parents:
            if isinstance(node, dict):
                node = node.setdefault(segment, {})
        if isinstance(node, dict):
            node[last] = view[key]
    return tree


def in_thread(function):
    """Return what a function returns in a new thread."""
    result = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join()
    return result[0]


class Oracle:
    """The same rules over plain dicts, copied on every occasion."""

    def __init__(self):
        self.baseline, self.pinned, self.loose = {}, None, {}
        self.entered = []  # [scope, own overrides, hides what is outside]

    def view(self, depth=None):
        view = dict(self.baseline if self.pinned is None else self.pinned)
        layers = [(self.loose, False)] + [(own, empty) for _, own, empty in self.entered[:depth]]
        for own, empty in layers:
            view = ({} if empty else view) | own
            view = {key: value for key, value in view.items() if value is not GONE}
        return view

    def enter(self, scope, own, empty):
        if not self.entered:
            self.pinned = dict(self.baseline)
        self.entered.append([scope, dict(own), empty])

    def leave(self, scope):
        for place in reversed(range(len(self.entered))):
            if self.entered[place][0] is scope:
                del self.entered[place]
                break
        if not self.entered:
            self.pinned = None

    def innermost(self):
        return self.entered[-1][1] if self.entered else self.loose

    def own_of(self, scope):
        return next(own for entry, own, _ in reversed(self.entered) if entry is scope)

    def depth_of(self, scope):
        return max(place for place, entry in enumerate(self.entered) if entry[0] is scope) + 1

    def below(self, scope=None):
        """Return what is seen through a scope, or through the innermost."""
        if not self.entered:
            return dict(self.baseline)
        depth = len(self.entered) if scope is None else self.depth_of(scope)
        return {} if self.entered[depth - 1][2] else self.view(depth - 1)

    def delete(self, own, key, below):
        for name in KEYS:
            if name == key or name.startswith(key + "."):
                if name == key or own.get(name) is not GONE:  # what is hidden beneath stays so
                    own.pop(name, None)
                if name in below:
                    own[name] = GONE


class Scopes(RuleBasedStateMachine):
    """Do everything that one context can do, in any order."""

    def __init__(self):
        super().__init__()
        self.clean = clean()
        self.clean.__enter__()
        self.oracle, self.made, self.bound = Oracle(), [], []

    def teardown(self):
        self.clean.__exit__(None, None, None)

    @rule(own=overrides, empty=st.booleans())
    def enter(self, own, empty):
        scope = (hp.scope.empty if empty else hp.scope)(own)
        self.made.append((scope, own, empty))
        scope.__enter__()
        self.oracle.enter(scope, own, empty)

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def enter_again(self, data):
        scope, own, empty = data.draw(st.sampled_from(self.made))
        scope.__enter__()
        self.oracle.enter(scope, own, empty)

    @precondition(lambda self: self.oracle.entered)
    @rule()
    def leave_innermost(self):
        scope = self.oracle.entered[-1][0]
        scope.__exit__(None, None, None)
        self.oracle.leave(scope)

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def leave_any(self, data):
        scope, _, _ = data.draw(st.sampled_from(self.made))
        scope.__exit__(None, None, None)
        self.oracle.leave(scope)

    @rule(key=keys, value=st.integers(0, 9))
    def write(self, key, value):
        hp.scope[key] = value
        self.oracle.innermost()[key] = value

    @rule(key=keys)
    def delete(self, key):
        del hp.scope[key]
        self.oracle.delete(self.oracle.innermost(), key, self.oracle.below())

    @precondition(lambda self: self.oracle.entered)
    @rule(data=st.data(), own=overrides)
    def update_handle(self, data, own):
        scope, _, _ = data.draw(st.sampled_from(self.oracle.entered))
        scope.update(own)
        self.oracle.own_of(scope).update(own)

    @precondition(lambda self: self.oracle.entered)
    @rule(data=st.data(), key=keys)
    def delete_in_handle(self, data, key):
        scope, _, _ = data.draw(st.sampled_from(self.oracle.entered))
        del scope[key]
        self.oracle.delete(self.oracle.own_of(scope), key, self.oracle.below(scope))

    @rule()
    def clear_innermost(self):
        hp.scope.current().clear()
        self.oracle.innermost().clear()

    @rule()
    def freeze(self):
        hp.frozen()
        self.oracle.baseline = self.oracle.view()

    @rule(own=overrides)
    def freeze_in_thread(self, own):
        def publish():
            with hp.scope(own):
                hp.frozen()

        in_thread(publish)
        self.oracle.baseline = self.oracle.baseline | own

    @rule(key=keys)
    def thread_starts_from_the_baseline(self, key):
        def work():
            before = seen()
            hp.scope[key] = 99
            return before, seen()

        assert in_thread(work) == (self.oracle.baseline, self.oracle.baseline | {key: 99})

    @rule(key=keys, own=overrides)
    def task_starts_from_here(self, key, own):
        async def child():
            before = seen()
            hp.scope[key] = 99
            with hp.scope(own):
                await asyncio.sleep(0)
                return before, seen()

        async def main():
            return await asyncio.gather(asyncio.create_task(child()), child(), asyncio.to_thread(seen))

        view = self.oracle.view()
        assert contextvars.copy_context().run(asyncio.run, main()) == [
            (view, view | {key: 99} | own),
            (view, view | {key: 99} | own),
            view,
        ]

    @rule()
    def bind(self):
        self.bound.append((hp.bind(seen), self.oracle.view()))

    @precondition(lambda self: self.bound)
    @rule(data=st.data(), elsewhere=st.booleans())
    def call_bound(self, data, elsewhere):
        bound, view = data.draw(st.sampled_from(self.bound))
        assert (in_thread(bound) if elsewhere else bound()) == view

    @invariant()
    def view_is_the_oracles(self):
        assert seen() == self.oracle.view()

    @invariant()
    def handles_read_from_themselves_outwards(self):
        for scope, _, _ in self.oracle.entered:
            assert dict(scope) == self.oracle.view(self.oracle.depth_of(scope))


TestScopes = Scopes.TestCase
TestScopes.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
