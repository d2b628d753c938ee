"""A state machine: after any sequence of operations, the view is the same as that of a list of plain dicts."""

import asyncio
import contextvars
import threading

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import hyperparameter as hp
from hyperparameter.core.key import name_of, segments_of
from hyperparameter.testing import clean

DELETED = object()
# There are few keys, and some are below others, so that operations meet the same ones.
KEYS = ["a", "b", "a.b", "a.c", "a.b.c", "x.y", 'x."y.z"']
keys = st.sampled_from(KEYS)
override_maps = st.dictionaries(keys, st.integers(0, 9), max_size=3)


def current_view():
    """Return the flat view, read key by key, and check that all other ways to read it agree."""
    view = {key: value for key in KEYS if (value := hp.scope[key] | None) is not None}
    assert dict(hp.scope.current()) == view == dict(hp.snapshot())
    assert list(hp.scope.current()) == sorted(view)
    for prefix in ("a", "a.b", "x"):
        subtree = subtree_of(view, prefix)
        if prefix not in view:
            assert (hp.scope[prefix] | {}) == subtree
    return view


def subtree_of(view, prefix):
    """Return all below a key as a nested dict. A value hides the keys below it."""
    tree = {}
    # In sorted order, a key comes before the keys below it.
    for key in sorted(key for key in view if key.startswith(prefix + ".")):
        *parents, last = [name_of(segment) for segment in segments_of(key.removeprefix(prefix + "."))]
        node = tree
        for segment in parents:
            if isinstance(node, dict):
                node = node.setdefault(segment, {})
        if isinstance(node, dict):
            node[last] = view[key]
    return tree


def run_in_thread(function):
    """Call a function in a new thread, and return its result."""
    result = []
    thread = threading.Thread(target=lambda: result.append(function()))
    thread.start()
    thread.join()
    return result[0]


def put(overrides, changes):
    """Set keys in a dict, one after the other. A value hides what was set below its key before."""
    for key, value in changes.items():
        overrides.pop(key, None)
        for name in [name for name in overrides if name.startswith(key + ".")]:
            del overrides[name]
        overrides[key] = value


def with_changes(view, changes):
    """Return a view with what a scope changes."""
    hidden = tuple(key + "." for key in changes)
    view = {key: value for key, value in view.items() if not key.startswith(hidden)} | changes
    return {key: value for key, value in view.items() if value is not DELETED}


def overrides_from(changes):
    overrides = {}
    put(overrides, changes)
    return overrides


class Model:
    """The same rules with plain dicts, which are copied each time."""

    def __init__(self):
        self.baseline, self.pinned, self.ambient = {}, None, {}
        # Of each entered scope: the scope, its overrides, and whether it hides everything outside.
        self.entered = []

    def update_pin(self):
        """Pin the baseline while a scope is entered that sets or hides anything."""
        if not any(overrides or empty for _, overrides, empty in self.entered):
            self.pinned = None
        elif self.pinned is None:
            self.pinned = dict(self.baseline)

    def view(self, depth=None):
        self.update_pin()
        view = dict(self.baseline if self.pinned is None else self.pinned)
        layers = [(self.ambient, False)] + [(overrides, empty) for _, overrides, empty in self.entered[:depth]]
        for overrides, empty in layers:
            view = with_changes({} if empty else view, overrides)
        return view

    def enter(self, scope, overrides, empty):
        self.entered.append([scope, overrides_from(overrides), empty])

    def leave(self, scope):
        for number in reversed(range(len(self.entered))):
            if self.entered[number][0] is scope:
                del self.entered[number]
                break

    def innermost(self):
        return self.entered[-1][1] if self.entered else self.ambient

    def overrides_of(self, scope):
        return next(overrides for entry, overrides, _ in reversed(self.entered) if entry is scope)

    def depth_of(self, scope):
        return max(number for number, entry in enumerate(self.entered) if entry[0] is scope) + 1

    def below(self, scope=None):
        """Return the view of the frame below a scope, None for the innermost scope."""
        if not self.entered:
            return dict(self.baseline)
        depth = len(self.entered) if scope is None else self.depth_of(scope)
        return {} if self.entered[depth - 1][2] else self.view(depth - 1)

    def delete(self, overrides, key, below):
        names = [name for name in KEYS if name == key or name.startswith(key + ".")]
        values = [overrides.pop(name, None) for name in names]
        # A deletion stays a deletion, even if nothing below sets the key any more.
        if DELETED in values or any(name in below for name in names):
            overrides[key] = DELETED


class Scopes(RuleBasedStateMachine):
    """All operations of one context, in any order."""

    def __init__(self):
        super().__init__()
        self.clean = clean()
        self.clean.__enter__()
        self.model, self.scopes, self.bound = Model(), [], []

    def teardown(self):
        self.clean.__exit__(None, None, None)

    @rule(overrides=override_maps, empty=st.booleans())
    def enter(self, overrides, empty):
        scope = (hp.scope.empty if empty else hp.scope)(overrides)
        self.scopes.append((scope, overrides, empty))
        scope.__enter__()
        self.model.enter(scope, overrides, empty)

    @precondition(lambda self: self.scopes)
    @rule(data=st.data())
    def enter_again(self, data):
        scope, overrides, empty = data.draw(st.sampled_from(self.scopes))
        scope.__enter__()
        self.model.enter(scope, overrides, empty)

    @precondition(lambda self: self.model.entered)
    @rule()
    def leave_innermost(self):
        scope = self.model.entered[-1][0]
        scope.__exit__(None, None, None)
        self.model.leave(scope)

    @precondition(lambda self: self.scopes)
    @rule(data=st.data())
    def leave_any(self, data):
        scope, _, _ = data.draw(st.sampled_from(self.scopes))
        scope.__exit__(None, None, None)
        self.model.leave(scope)

    @rule(key=keys, value=st.integers(0, 9))
    def write(self, key, value):
        hp.scope[key] = value
        put(self.model.innermost(), {key: value})

    @rule(key=keys)
    def delete(self, key):
        del hp.scope[key]
        self.model.delete(self.model.innermost(), key, self.model.below())

    @precondition(lambda self: self.model.entered)
    @rule(data=st.data(), overrides=override_maps)
    def update_scope(self, data, overrides):
        scope, _, _ = data.draw(st.sampled_from(self.model.entered))
        scope.update(overrides)
        put(self.model.overrides_of(scope), overrides_from(overrides))

    @precondition(lambda self: self.model.entered)
    @rule(data=st.data(), key=keys)
    def delete_in_scope(self, data, key):
        scope, _, _ = data.draw(st.sampled_from(self.model.entered))
        del scope[key]
        self.model.delete(self.model.overrides_of(scope), key, self.model.below(scope))

    @rule()
    def clear_innermost(self):
        hp.scope.current().clear()
        self.model.innermost().clear()

    @rule()
    def freeze(self):
        hp.frozen()
        self.model.baseline = self.model.view()

    @rule(overrides=override_maps)
    def freeze_in_thread(self, overrides):
        def publish():
            with hp.scope(overrides):
                hp.frozen()

        run_in_thread(publish)
        self.model.baseline = with_changes(self.model.baseline, overrides_from(overrides))

    @rule(key=keys)
    def thread_starts_from_the_baseline(self, key):
        def work():
            before = current_view()
            hp.scope[key] = 99
            return before, current_view()

        assert run_in_thread(work) == (self.model.baseline, with_changes(self.model.baseline, {key: 99}))

    @rule(key=keys, overrides=override_maps)
    def task_starts_from_here(self, key, overrides):
        async def child():
            before = current_view()
            hp.scope[key] = 99
            with hp.scope(overrides):
                await asyncio.sleep(0)
                return before, current_view()

        async def main():
            return await asyncio.gather(asyncio.create_task(child()), child(), asyncio.to_thread(current_view))

        view = self.model.view()
        changed = with_changes(with_changes(view, {key: 99}), overrides_from(overrides))
        assert contextvars.copy_context().run(asyncio.run, main()) == [
            (view, changed),
            (view, changed),
            view,
        ]

    @rule()
    def bind(self):
        self.bound.append((hp.bind(current_view), self.model.view()))

    @precondition(lambda self: self.bound)
    @rule(data=st.data(), elsewhere=st.booleans())
    def call_bound(self, data, elsewhere):
        bound, view = data.draw(st.sampled_from(self.bound))
        assert (run_in_thread(bound) if elsewhere else bound()) == view

    @invariant()
    def the_view_is_that_of_the_model(self):
        assert current_view() == self.model.view()

    @invariant()
    def a_scope_reads_from_itself_outwards(self):
        for scope, _, _ in self.model.entered:
            assert dict(scope) == self.model.view(self.model.depth_of(scope))


TestScopes = Scopes.TestCase
TestScopes.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
