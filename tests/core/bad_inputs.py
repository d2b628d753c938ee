"""Bad keys, sources and reads, and misbehaving values. `test_kernels.py` compares what both kernels print."""

import collections
import copy
import functools
import gc
import inspect
import pickle
import typing
import weakref

from misbehaving import Cases, EntersWhenDropped, Odd, Raises, Text, f

import hyperparameter as hp

cases = Cases(globals())

cases.expressions(
    # Keys and sources.
    *(f"hp.scope[{key!r}]" for key in ("", ".", "a.", ".a", "a..b", "a=b", " a", "a ", "a\n", "\x00", "\x85")),
    *(f"hp.scope.a[{key}]" for key in ("None", "1.5", "True", "b''", "()", "[]", "object", "-1", "'x..y'")),
    "hp.scope(**{'': 1})",
    "hp.scope(**{1: 2})",
    "hp.scope({}, **{None: 2})",
    "hp.scope.a(**{1: 2})",
    "hp.scope.a(1, **{'b': 2})",
    "hp.scope(**{'a..b': 1})",
    "hp.scope({'a': {'': 1}})",
    "hp.scope({1.5: 1})",
    "hp.scope('a')",
    "hp.scope('=1')",
    "hp.scope(3)",
    "hp.scope(None)",
    "hp.scope(a=hp.scope.b)",
    "hp.scope.update",
    "hp.scope.__missing__",
    "hp.scope.a.__missing__",
    "hp.scope.a.__",
    "hp.scope.a.___",
    "getattr(hp.scope, 'a b ')",
    "getattr(hp.scope.a, 'x=y')",
    "getattr(hp.scope.a, Text('x'))",
    "getattr(hp.scope, Text('x')) | 3",
    "hp.scope[Text('x')] | 3",
    "hp.scope(**{Text('x'): 4})",
    # Reads, and references and scopes as objects.
    "hp.scope.missing()",
    "hp.scope.a.b(1, 2)",
    "hp.scope.a.b(default=1)",
    "hp.scope.a | hp.scope.b",
    "hp.scope.a | hp.scope().b",
    "hp.scope().a | hp.scope.b",
    "3 | hp.scope.a",
    "{} | hp.scope.a",
    "{1} | hp.scope.a",
    "int | hp.scope.a",
    "None | hp.scope.a",
    "Raises() | hp.scope.a",
    "type(hp.scope.a | Raises())",
    "type(hp.scope.a(Raises()))",
    "type(hp.scope.a | Odd())",
    "hp.scope.a | Odd is Odd",
    "hp.scope.a == 1",
    "hp.scope.a + 1",
    "1 + hp.scope.a",
    "hp.scope.a < 1",
    "int(hp.scope.a)",
    "float(hp.scope.a)",
    "len(hp.scope.a)",
    "iter(hp.scope.a)",
    "1 in hp.scope.a",
    "-hp.scope.a",
    "f'{hp.scope.a:>3}'",
    "f'{hp.scope.a}'",
    "repr(hp.scope), repr(hp.scope.a), bool(hp.scope.a)",
    "dir(hp.scope)",
    "hash(hp.scope.a) == hash('a')",
    "isinstance(hp.scope.a, hp.Reference), isinstance(hp.scope(), hp.Scope)",
    "setattr(hp.scope, 'current', 1)",
    "setattr(hp.scope.a, '__x__', 1)",
    "hp.scope().update(a=1)",
    "pickle.loads(pickle.dumps(hp.scope.a.b)) == hp.scope.a.b",
    "pickle.loads(pickle.dumps(hp.scope)) is hp.scope",
    "pickle.loads(pickle.dumps(hp.scope(a=1)))",
    "pickle.dumps(hp.scope().a)",
    "copy.copy(hp.scope.a) == copy.deepcopy(hp.scope.a) == hp.scope.a",
    "copy.deepcopy(hp.scope) is copy.copy(hp.scope) is hp.scope",
    "copy.copy(hp.scope(a=1)), copy.deepcopy(hp.scope(a=1))",
    "weakref.ref(hp.scope.a)() is hp.scope.a",
    "hp.Reference(1)",
    "hp.Reference()",
    "hp.Reference('a', 'b')",
    "hp.Reference(key='a')",
    "hp.Scope()",
    "hp.Scope(overrides={})",
    "hp.Scope({}, {})",
    "hp.Scope({'a': (1, None)}, x=1)",
    "hp.Scope(3)",
    "hp.Scope({'a': (1, None)}), hp.Scope(collections.OrderedDict(a=(1, None)))",
    "type(hp.scope)()",
    "type(hp.scope)(hp.Scope)",
    "type(hp.scope)(scope=hp.Scope)",
    "type(hp.scope)().a",
    "vars(hp.Reference('a'))",
    "inspect.signature(hp.scope), inspect.signature(type(hp.scope)), inspect.signature(hp.Scope)",
    "inspect.signature(hp.Reference), inspect.signature(hp.scope.a), inspect.signature(hp.scope.empty)",
    "inspect.signature(hp.scope())",
    "hp.scope().__signature__",
    "hp.Reference('a').__weakref__, hp.scope().__weakref__, hp.Reference('a').x.__weakref__",
    "hp.scope.__weakref__",
    "[(x.b, vars(x), x.__dict__ is vars(x)) for x in (hp.Reference('a'), type(hp.scope)())]",
    "vars(hp.scope())",
    "hp.scope().__exit__()",
    "hp.scope().__exit__(None, None, None)",
)


@cases.case
def values_that_are_not_valid():
    with hp.scope("f.a=x", "t=x", n=1.5):
        for read in (f, lambda: hp.scope.t | 1, lambda: hp.scope.t | False, lambda: hp.scope.t | [1]):
            try:
                read()
            except ValueError as error:
                print(type(error).__name__, error)
        return f(1), hp.scope.n | 1, hp.scope.n | "", hp.scope.t | None


@cases.case
def a_value_that_raises():
    with hp.scope(v=Raises(), **{"f.a": Raises()}) as ps:
        assert type(hp.scope.v | None) is type(hp.scope.v()) is type(hp.scope.v | Raises()) is Raises
        print(repr(hp.scope.v), repr(ps))
        for read in (f, lambda: hp.scope.v | 1, lambda: bool(hp.scope.v), lambda: hash(hp.snapshot())):
            try:
                print(type(read()))
            except (ValueError, ZeroDivisionError, TypeError) as error:
                print(type(error).__name__, error)


@hp.param("odd")
def with_odd_default(x: "Odd | None" = None, y=Odd(), z: typing.Iterable = (), n: float = 0.5, **more):  # noqa: B008
    return x, y, z, n


@cases.case
def reads_of_a_value_of_a_class_without_a_hash():
    """The metaclass has no hash, and its comparison raises: the library uses neither."""
    odd = Odd()
    with hp.scope({"v": odd, "odd": {"x": odd, "y": odd, "z": odd}}, w=odd) as ps:
        reads = [
            hp.scope.v(),
            hp.scope.v | odd,
            hp.scope.v | Odd(),
            hp.scope.v | None,
            hp.scope.w | None,
            *with_odd_default()[:3],
        ]
        reads += [hp.scope.v | odd for _ in range(3)]
        reads += [hp.scope.v | object(), ps.v | Odd(), ps["v"], dict(ps)["v"]]
        reads += [hp.snapshot()["v"], hp.scope()["v"], hp.scope.odd()["x"]]
        assert all(value is odd for value in reads)
        assert bool(hp.scope.v)
        return len(reads)


@cases.case
def conversions_of_a_value_of_a_class_without_a_hash():
    def result_of(read):
        try:
            return type(read()).__name__
        except hp.ParamError as error:
            return str(error)

    odd = Odd()
    with hp.scope({"v": odd, "odd": {"x": odd, "y": odd, "z": odd}}):
        # The value is in the caches of the frame before it is read with other defaults.
        assert hp.scope.v | odd is hp.scope.v | Odd() is odd
        results = [
            result_of(lambda default=default: hp.scope.v | default) for default in (1, 1.5, [1], {"a": 1})
        ]
        with hp.scope(**{"odd.n": odd}):
            results.append(result_of(with_odd_default))
    with hp.scope("v=text"):
        results += [result_of(lambda: hp.scope.missing | Odd()), result_of(lambda: hp.scope.v | Odd())]
    return results


@cases.case
def values_that_enter_scopes_when_they_are_dropped():
    for _ in range(100):
        with hp.scope(v=EntersWhenDropped(), **{"g.a": [EntersWhenDropped()]}):
            hp.scope.v = EntersWhenDropped()
            hp.scope.v | None
            del hp.scope.v
        hp.scope.w = EntersWhenDropped()
        del hp.scope.w
        hp.scope(v=EntersWhenDropped())
        hp.scope.missing | EntersWhenDropped()
    gc.collect()
    return dict(hp.snapshot())


@cases.case
def a_default_that_nothing_else_refers_to():
    return (
        [type(hp.scope.nothing.at.all | object()).__name__ for _ in range(3)],
        hp.scope.x | [1],
        hp.scope.x | {1: 2},
    )


@cases.case
def a_baseline_that_is_replaced_while_it_is_read():
    class Freezes:
        def __bool__(self):
            hp.frozen()
            return True

        def __or__(self, other):
            hp.frozen()
            return 1

        def __del__(self):
            hp.frozen()

    for number in range(50):
        with hp.scope(s=Freezes(), n=number):
            hp.frozen()
        assert bool(hp.scope.s)
        assert hp.scope.n | 0 == number
    with hp.scope.empty():
        hp.frozen()
    return dict(hp.snapshot())


@cases.case
def a_long_chain_of_scopes():
    def enter():
        for number in range(2_000):
            hp.scope.init(n=number)
        return hp.scope.n | 0

    import contextvars

    return contextvars.Context().run(enter)


@cases.case
def many_children():
    for number in range(5_000):
        assert getattr(hp.scope.a, f"k{number}") | 1 == 1


@cases.case
def a_call_from_no_python_code():
    return list(map(hp.scope, ["a=1"])), functools.partial(hp.scope, a=2)()


@cases.case
def overrides_that_change_after_the_scope_is_made():
    entries = {"a": (1.5, None), "b": ([2], None)}
    with hp.Scope(entries) as ps:
        before = hp.scope.a | 0.5, hp.scope.b | []
        entries.clear()
        entries["a"] = (3.5, None)
        gc.collect()
        return before, hp.scope.a | 0.5, hp.scope.b | [], ps.a | 0.5


@cases.case
def a_subclass_of_a_scope():
    class Mine(hp.Scope):
        def __enter__(self):
            return super().__enter__()

        def __del__(self):
            hp.scope.a | 0

    with Mine(hp.scope(a=1).__entries__()) as ps:
        return hp.scope.a | 0, ps.a | 0


if __name__ == "__main__":
    cases.run()
