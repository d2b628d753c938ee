"""Bad and unusual uses of decorated functions. `test_kernels.py` compares what both kernels print."""

import copy
import functools
import gc
import inspect
import pickle
import typing
import unittest.mock
import weakref

from misbehaving import C, Cases, EntersWhenDropped, f, many, marked, only, steps

import hyperparameter as hp

cases = Cases(globals())

cases.expressions(
    "hp.param(3)",
    "hp.param('a..b')",
    "hp.param('ns')(3)",
    "f(1, 2, 3)",
    "f(1, a=1)",
    "f(c=1)",
    "f(**{1: 2})",
    "many()",
    "many(*range(18))",
    "many(*range(17), r=5)",
    "many(*range(20))",
    "only()",
    "only(a=1)",
    "only(1, 2, 3)",
    "C().method(), C.of_class(), C().of_class(), C.of_class_too(), C().of_class_too()",
    "C.static(), C().static()",
    "C.method()",
    "C.method(C()), C.__dict__['method'].__get__(C())(5)",
    "inspect.isfunction(f), inspect.isroutine(f), inspect.ismethod(C().method), callable(f)",
    "inspect.signature(f), inspect.signature(C().method), inspect.getdoc(f)",
    "inspect.unwrap(f) is f.__wrapped__",
    "inspect.getsource(f), inspect.getmodule(f).__name__",
    "f.__name__, f.__qualname__, f.__module__, f.__doc__, f.__annotations__, C.method.__qualname__",
    "typing.get_type_hints(f)",
    "f.missing",
    "pickle.loads(pickle.dumps(f)) is f, pickle.loads(pickle.dumps(C.method)) is C.method",
    "pickle.loads(pickle.dumps(C().method))()",
    "copy.copy(f) is copy.deepcopy(f) is f",
    "weakref.ref(f)() is f, weakref.WeakKeyDictionary({f: 1})[f]",
    "functools.partial(f, 5)(), functools.partial(f, b=5)(), functools.wraps(f)(lambda: 1).__name__",
    "functools.partial(functools.partial(f, 5), 6)(), functools.lru_cache(f)(), functools.reduce(f, [1, 2, 3])",
    "unittest.mock.create_autospec(f)(1, 2, 3)",
    "unittest.mock.create_autospec(f, return_value=7)(1), unittest.mock.create_autospec(C)().method(x=1) and 1",
    "isinstance(f, type(f))",
    "hp.param('p')(functools.partial(f, b=7))(1)",
    "hp.param('p')(functools.partial(f)).__name__",
    "[list(hp.param('p')(functools.partial(steps, 2, x=1))()), hp.param('p')(functools.partial(steps))]",
    "[isinstance(hp.param('p')(g), type(lambda: 1)) for g in (f, len, functools.partial(f), C().method)]",
    "inspect.isfunction(hp.param('p')(functools.partial(f))), hp.param('p')(len).__module__",
    "f.__code__.co_name, f.__code__.co_flags, f.__defaults__, f.__kwdefaults__",
    "f.__globals__ is f.__wrapped__.__globals__",
    "inspect.getfullargspec(f)",
    "getattr(functools.wraps(f)(lambda: 1), '__wrapped__') is f",
    "hp.param('p')(functools.wraps(f)(lambda: 1)).__qualname__",
    "sorted(vars(hp.param('p')(marked))), marked.__name__, hp.param('p')(marked).__name__",
    "pickle.dumps(hp.param('p')(functools.wraps(f)(lambda: 1)))",
    "f.__dict__ is vars(f), sorted(vars(f))",
    "setattr(f, '__name__', 5)",
    "setattr(f, '__qualname__', 5)",
    "setattr(f, '__dict__', 5)",
    "setattr(f, '__code__', 5)",
    "setattr(f, '__defaults__', 5)",
    "setattr(f, '__globals__', {})",
    "setattr(f, '__class__', int)",
    "setattr(f, '__module__', 'elsewhere'), f.__module__, setattr(f, '__module__', __name__)",
    "delattr(f, '__name__')",
    "delattr(f, '__code__')",
    "delattr(f, '__dict__')",
    "delattr(f, 'missing')",
    "sorted(set(dir(lambda: 1)) - set(dir(f)))",
    "inspect.getattr_static(f, '__wrapped__') is f.__wrapped__",
    "f + 1",
    "f < f",
    "len(f)",
    "f[0]",
    "iter(f)",
    "type(f), type(f).__name__, type(f).__module__",
    "setattr(f, '__dict__', {**vars(f), 'mark': 2}), f.mark, delattr(f, 'mark')",
    "hasattr(f, '__set_name__'), hasattr(f, '__binding__'), hasattr(f, '__vectorcalloffset__')",
    "f.__set_name__",
    "hp.param('p')(len)([1])",
    "hp.param('p')(len)()",
    "hp.param('p')(C().method)()",
    "hp.param('again')(hp.param('again')(f))(b=3)",
    "sorted([3, 1], key=hp.param('k')(lambda x, sign=-1: x * sign))",
)


@cases.case
def attributes_of_a_decorated_function():
    f.mark = 1
    assert f.mark == f.__dict__["mark"] == 1
    del f.mark
    return hasattr(f, "mark")


@cases.case
def a_name_that_is_deleted_or_set_again():
    g = hp.param("g")(lambda x=1: x)
    g.__name__, g.__qualname__, g.__doc__ = "g", "G.g", "Doc."
    del g.__doc__
    g.__annotations__ = {"x": int}
    return g.__name__, g.__qualname__, g.__doc__, g.__annotations__, sorted(vars(g)), g, g.__wrapped__.__name__


@cases.case
def a_decorated_function_with_single_dispatch():
    @functools.singledispatch
    @hp.param("d")
    def g(x, y=1):
        return "any", y

    @g.register
    @hp.param("d")
    def _(x: int, y=1):
        return "int", y

    with hp.scope("d.y=5"):
        return g("a"), g(1)


@cases.case
def overrides_of_many_parameters():
    with hp.scope({"many": dict.fromkeys([*"abcdefghijkmnopqrs", "ll"], 1)}):
        return many(), many(5), many(5), many(5, r=7), many(*range(10)), many(*range(10))


@cases.case
def keywords_that_clash():
    with hp.scope({"f": {"a": 5, "b": 6}, "only": {"a": 7, "b": 8, "c": 9}}):
        return f(), f(1), f(1), f(b=1), f(a=2), f(1, 2), only(1), only(1, c=2), only(1, 2)


@cases.case
def a_collection_at_every_allocation():
    gc.set_threshold(1)
    try:
        for _ in range(20):
            loop = [EntersWhenDropped()]
            loop.append(loop)
            del loop
            with hp.scope({"f.a": 3}, b=1), hp.scope(**{f"k{number}": number for number in range(20)}):
                assert (f(), f(1), f(b=4), hp.scope.b | 0, many.__name__) == ((3, 2), (1, 2), (3, 4), 1, "many")
                hp.scope.new.child | 1
    finally:
        gc.set_threshold(700, 10, 10)


@cases.case
def a_long_chain_of_decorators():
    g = f
    for _ in range(20_000):
        g = hp.param("again")(g)
    return g.__name__, hasattr(g, "missing"), g.__wrapped__.__wrapped__.__qualname__


if __name__ == "__main__":
    cases.run()
