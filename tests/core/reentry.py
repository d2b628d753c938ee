"""Make a frame drop its caches in the middle of each kind of lookup. `test_memory.py` runs this program.

A frame drops a cache that has become too large. Other code can make it too large in the middle of a lookup.
Such code runs at an allocation, by `gc.callbacks` (since Python 3.12 only between instructions), or compares
types.
"""

import enum
import gc
import itertools

import hyperparameter as hp

UNIQUE = itertools.count()
# More keys than a frame caches.
MANY = 4_200
# More dicts than Python keeps for reuse.
MORE_THAN_KEPT = 200


class Trigger:
    """Reads so many keys at one event that caches are dropped, then calls a function.

    `remaining` is the number of events before that one.
    """

    remaining = None
    garbage = ()

    def __init__(self, then):
        self.then = then

    def __call__(self, *_):
        if self.remaining is None:
            return
        # These are so many objects that the next allocation runs the collector.
        self.garbage += tuple(set() for _ in range(20))
        self.remaining -= 1
        if self.remaining < 0:
            self.remaining = None
            for _ in range(MANY):
                hp.scope[f"k{next(UNIQUE)}"] | 0
            self.then()


def free():
    """Free the memory of dropped dicts. Python keeps some dicts for reuse, so make it keep others."""
    # The dict that is dropped last is reused first.
    reused = [{} for _ in range(MORE_THAN_KEPT)][::-1]
    [{} for _ in range(MORE_THAN_KEPT)]
    del reused


def overwrite():
    """Put other objects into the memory of dropped dicts and floats."""
    remaining, collected.remaining = collected.remaining, None
    overwriting.append([{"other": number * 1.5} for number in range(MORE_THAN_KEPT)])
    collected.remaining = remaining


class Meta(enum.EnumMeta):
    """A class of this metaclass has the hash of `float`, so it is compared with `float`."""

    def __hash__(cls):
        return hash(float)

    def __eq__(cls, other):
        compared()
        return cls is other


class Kind(enum.Enum, metaclass=Meta):
    ONE = "1"


@hp.param("f")
def f(a=1, b=2.0, *, c="x"):
    return a, b, c


class C:
    @hp.param("f")
    def method(self, b=0.5):
        return b


collected, compared, overwriting = Trigger(int), Trigger(free), []
LOOKUPS = {
    "value": lambda: hp.scope.a.value | 0.5,
    "text": lambda: hp.scope.a.text | 0.5,
    "text, for another type": lambda: (hp.scope.a.text | Kind.ONE, hp.scope.a.text | 0.5),
    "missing": lambda: hp.scope.a.missing | 0.5,
    "subtree": lambda: hp.scope.a | {},
    "by key": lambda: hp.scope["a.text"] | 0.5,
    "call": lambda: (f(), overwrite(), f(), f(c="y")),
    "method": lambda: (C().method(), overwrite(), C().method()),
    "scope": lambda: hp.scope(a=1.5, **{"b.c": 2}).__enter__().__exit__(),
    "write": lambda: setattr(hp.scope.w, "x", 1.5),
}


def run(name, trigger, event):
    """Look up twice, and drop the caches at one event. Return the answers, and whether it occurred."""
    with hp.scope({"f": {"a": 1000.5, "b": "2.5"}, "a": {"value": float("1.5"), "text": "1"}}):
        trigger.remaining = event
        answers = [LOOKUPS[name](), LOOKUPS[name]()]
        was_triggered, trigger.remaining, trigger.garbage = trigger.remaining is None, None, ()
        overwriting.clear()
        return repr((answers, hp.scope.a.value | 0.5)), was_triggered


def run_all(name, trigger, expected):
    """Run once for each event, and return the number of events."""
    was_triggered, event = True, -1
    while was_triggered:
        event += 1
        answers, was_triggered = run(name, trigger, event)
        assert answers == expected, (name, event, answers)
    return event


if __name__ == "__main__":
    expected = {name: run(name, compared, None)[0] for name in LOOKUPS}
    gc.callbacks.append(collected)
    for name in LOOKUPS:
        gc.disable()
        events = [run_all(name, compared, expected[name])]
        gc.enable()
        gc.set_threshold(1)
        events.append(run_all(name, collected, expected[name]))
        gc.set_threshold(700, 10, 10)
        print(name, *events)
