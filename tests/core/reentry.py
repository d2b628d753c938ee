"""Have a frame replace its memo in the midst of every look-up: `test_memory.py` runs it.

A frame forgets what it remembers once that is too much. Other code can read so much at any allocation, by
`gc.callbacks` (until Python 3.12, which collects between instructions), and where a type compares itself.
"""

import enum
import gc
import itertools

import hyperparameter as hp

UNIQUE = itertools.count()
MANY = 4_200  # more than a frame remembers
KEPT = 200  # more dicts than Python keeps for use again


class Trigger:
    """Read so much when so many events are left behind."""

    left = None
    made = ()

    def __init__(self, then):
        self.then = then

    def __call__(self, *_):
        if self.left is None:
            return
        self.made += tuple(set() for _ in range(20))  # enough for a collection at the next allocation
        self.left -= 1
        if self.left < 0:
            self.left = None
            for _ in range(MANY):
                hp.scope[f"k{next(UNIQUE)}"] | 0
            self.then()


def free():
    """Have the memory of dropped dicts freed: Python keeps some for use again, so have it keep others."""
    taken = [{} for _ in range(KEPT)][::-1]  # the last that is dropped is the first to be used again
    [{} for _ in range(KEPT)]
    del taken


def use_again():
    """Have the memory of dropped dicts and floats be that of others."""
    left, collected.left = collected.left, None
    used.append([{"other": number * 1.5} for number in range(KEPT)])
    collected.left = left


class Meta(enum.EnumMeta):
    """Be taken for `float` until it is compared."""

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


collected, compared, used = Trigger(int), Trigger(free), []
LOOK_UPS = {
    "value": lambda: hp.scope.a.value | 0.5,
    "text": lambda: hp.scope.a.text | 0.5,
    "text, for another type": lambda: (hp.scope.a.text | Kind.ONE, hp.scope.a.text | 0.5),
    "missing": lambda: hp.scope.a.missing | 0.5,
    "subtree": lambda: hp.scope.a | {},
    "by key": lambda: hp.scope["a.text"] | 0.5,
    "call": lambda: (f(), use_again(), f(), f(c="y")),
    "method": lambda: (C().method(), use_again(), C().method()),
    "scope": lambda: hp.scope(a=1.5, **{"b.c": 2}).__enter__().__exit__(),
    "write": lambda: setattr(hp.scope.w, "x", 1.5),
}


def run(name, trigger, after):
    """Return what a look-up gives, the memo of its frame replaced in its midst, and whether it came to that."""
    with hp.scope({"f": {"a": 1000.5, "b": "2.5"}, "a": {"value": float("1.5"), "text": "1"}}):
        trigger.left = after
        found = [LOOK_UPS[name](), LOOK_UPS[name]()]
        came, trigger.left, trigger.made = trigger.left is None, None, ()
        used.clear()
        return repr((found, hp.scope.a.value | 0.5)), came


def run_all(name, trigger, wanted):
    """Do so for each event that there is, and return how many there are."""
    came, after = True, -1
    while came:
        after += 1
        given, came = run(name, trigger, after)
        assert given == wanted, (name, after, given)
    return after


if __name__ == "__main__":
    wanted = {name: run(name, compared, None)[0] for name in LOOK_UPS}
    gc.callbacks.append(collected)
    for name in LOOK_UPS:
        gc.disable()
        times = [run_all(name, compared, wanted[name])]
        gc.enable()
        gc.set_threshold(1)
        times.append(run_all(name, collected, wanted[name]))
        gc.set_threshold(700, 10, 10)
        print(name, *times)
