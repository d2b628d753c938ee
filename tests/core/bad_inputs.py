"""What `test_kernels.py` runs under each kernel: bad input of every kind, and values that misbehave.

Each case prints what came of it, one a line: the value, or the error's type and text.
"""

import collections
import copy
import functools
import gc
import inspect
import pickle
import re
import typing
import unittest.mock
import weakref

import hyperparameter as hp

CASES = []


def case(function):
    CASES.append(function)
    return function


def cases(*texts):
    CASES.extend(functools.partial(eval, text, globals()) for text in texts)


class Raises:
    """Raise at everything that the library could ask of a value."""

    def _raise(self, *args):
        raise ZeroDivisionError("a value's own")

    __eq__ = __hash__ = __or__ = __ror__ = __bool__ = __len__ = __iter__ = __repr__ = __str__ = _raise
    __int__ = __float__ = __index__ = _raise


class OddType(type):
    def __eq__(cls, other):
        raise ZeroDivisionError("a type's own")

    __hash__ = None


class Odd(metaclass=OddType):
    pass


class Text(str):
    __slots__ = ()

    def __eq__(self, other):
        hp.scope.re.entered | 0
        return str.__eq__(self, other)

    def __hash__(self):
        hp.scope.re.entered | 0
        return str.__hash__(self)


class Reenters:
    """Use the library, and raise, where it is dropped."""

    def __del__(self):
        with hp.scope(**{"left.behind": 1}):
            assert hp.scope.left.behind | 0 == 1
            assert f() == (1, 2)


@hp.param("f")
def f(a=1, b=2):
    return a, b


@hp.param("many")
def many(a, b, c, d, e, f, g, h, i, j, k, ll, m, n, o, p, q, r, s=19):
    return a + b + q + r + s


@hp.param("only")
def only(a, /, b=2, *, c=3):
    return a, b, c


@hp.param("steps")
def steps(n, x=1):
    yield n, x


@hp.param("m")
def marked(x=1):
    return x


marked.mark = 1
marked.__name__ = "renamed"


class C:
    @hp.param("c")
    def method(self, x=1):
        return type(self).__name__, x

    @hp.param("c")
    @classmethod
    def of_class(cls, x=1):
        return cls.__name__, x

    @classmethod
    @hp.param("c")
    def of_class_too(cls, x=1):
        return cls.__name__, x

    @hp.param("c")
    @staticmethod
    def static(x=1):
        return x


cases(
    # keys
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
    # reading
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
    "[(one.b, vars(one), one.__dict__ is vars(one)) for one in (hp.Reference('a'), type(hp.scope)())]",
    "vars(hp.scope())",
    "hp.scope().__exit__()",
    "hp.scope().__exit__(None, None, None)",
    # decorated functions
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
    "[isinstance(hp.param('p')(one), type(lambda: 1)) for one in (f, len, functools.partial(f), C().method)]",
    "inspect.isfunction(hp.param('p')(functools.partial(f))), hp.param('p')(len).__module__",
    "f.__code__.co_name, f.__code__.co_flags, f.__defaults__, f.__kwdefaults__, f.__globals__ is globals()",
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


@case
def attributes_of_a_decorated_function():
    f.mark = 1
    assert f.mark == f.__dict__["mark"] == 1
    del f.mark
    return hasattr(f, "mark")


@case
def a_name_that_is_deleted_or_set_anew():
    g = hp.param("g")(lambda x=1: x)
    g.__name__, g.__qualname__, g.__doc__ = "g", "G.g", "Doc."
    del g.__doc__
    g.__annotations__ = {"x": int}
    return g.__name__, g.__qualname__, g.__doc__, g.__annotations__, sorted(vars(g)), g, g.__wrapped__.__name__


@case
def dispatch_on_one():
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


@case
def overrides_of_many():
    with hp.scope({"many": dict.fromkeys([*"abcdefghijkmnopqrs", "ll"], 1)}):
        return many(), many(5), many(5), many(5, r=7), many(*range(10)), many(*range(10))


@case
def keywords_that_clash():
    with hp.scope({"f": {"a": 5, "b": 6}, "only": {"a": 7, "b": 8, "c": 9}}):
        return f(), f(1), f(1), f(b=1), f(a=2), f(1, 2), only(1), only(1, c=2), only(1, 2)


@case
def misfits():
    with hp.scope("f.a=x", "t=x", n=1.5):
        for read in (f, lambda: hp.scope.t | 1, lambda: hp.scope.t | False, lambda: hp.scope.t | [1]):
            try:
                read()
            except ValueError as error:
                print(type(error).__name__, error)
        return f(1), hp.scope.n | 1, hp.scope.n | "", hp.scope.t | None


@case
def a_value_that_raises():
    with hp.scope(v=Raises(), **{"f.a": Raises()}) as ps:
        assert type(hp.scope.v | None) is type(hp.scope.v()) is type(hp.scope.v | Raises()) is Raises
        print(repr(hp.scope.v), repr(ps))
        for read in (f, lambda: hp.scope.v | 1, lambda: bool(hp.scope.v), lambda: hash(hp.snapshot())):
            try:
                print(type(read()))
            except (ValueError, ZeroDivisionError, TypeError) as error:
                print(type(error).__name__, error)


@case
def a_value_whose_type_does_not_hash():
    """Its type's hash and comparison are its own: nothing here asks for them."""

    @hp.param("odd")
    def g(x: "Odd | None" = None, y=Odd(), z: typing.Iterable = (), n: float = 0.5, **more):  # noqa: B008
        return x, y, z, n

    odd, names = Odd(), []
    with hp.scope({"v": odd, "odd": {"x": odd, "y": odd, "z": odd}}, w=odd) as ps:
        seen = [
            hp.scope.v(),
            hp.scope.v | odd,
            hp.scope.v | Odd(),
            hp.scope.v | None,
            hp.scope.w | None,
            *g()[:3],
        ]
        seen += [hp.scope.v | odd for _ in range(3)] + [
            hp.scope.v | object(),
            ps.v | Odd(),
            ps["v"],
            dict(ps)["v"],
        ]
        seen += [hp.snapshot()["v"], hp.scope()["v"], hp.scope.odd()["x"]]
        assert all(one is odd for one in seen)
        assert bool(hp.scope.v)
        for read in (
            lambda: hp.scope.v | 1,
            lambda: hp.scope.v | 1.5,
            lambda: hp.scope.v | [1],
            lambda: hp.scope.v | {"a": 1},
        ):
            try:
                names.append(type(read()).__name__)
            except hp.ParamError as error:
                names.append(str(error))
        with hp.scope(**{"odd.n": odd}):
            try:
                g()
            except hp.ParamError as error:
                names.append(str(error))
    with hp.scope("v=text"):
        names.append(type(hp.scope.missing | Odd()).__name__)
        try:
            hp.scope.v | Odd()
        except hp.ParamError as error:
            names.append(str(error))
    return names


@case
def values_that_reenter_where_they_are_dropped():
    for _ in range(100):
        with hp.scope(v=Reenters(), **{"g.a": [Reenters()]}):
            hp.scope.v = Reenters()
            hp.scope.v | None
            del hp.scope.v
        hp.scope.w = Reenters()
        del hp.scope.w
        hp.scope(v=Reenters())
        hp.scope.missing | Reenters()
    gc.collect()
    return dict(hp.snapshot())


@case
def a_default_that_only_the_reader_has():
    return (
        [type(hp.scope.nothing.at.all | object()).__name__ for _ in range(3)],
        hp.scope.x | [1],
        hp.scope.x | {1: 2},
    )


@case
def a_baseline_that_goes_while_it_is_read():
    class Swaps:
        def __bool__(self):
            hp.frozen()
            return True

        def __or__(self, other):
            hp.frozen()
            return 1

        def __del__(self):
            hp.frozen()

    for number in range(50):
        with hp.scope(s=Swaps(), n=number):
            hp.frozen()
        assert bool(hp.scope.s)
        assert hp.scope.n | 0 == number
    with hp.scope.empty():
        hp.frozen()
    return dict(hp.snapshot())


@case
def a_collection_at_every_allocation():
    gc.set_threshold(1)
    try:
        for _ in range(20):
            loop = [Reenters()]
            loop.append(loop)
            del loop
            with hp.scope({"f.a": 3}, b=1), hp.scope(**{f"k{number}": number for number in range(20)}):
                assert (f(), f(1), f(b=4), hp.scope.b | 0, many.__name__) == ((3, 2), (1, 2), (3, 4), 1, "many")
                hp.scope.new.child | 1
    finally:
        gc.set_threshold(700, 10, 10)


@case
def a_long_chain_of_decorators():
    g = f
    for _ in range(20_000):
        g = hp.param("again")(g)
    return g.__name__, hasattr(g, "missing"), g.__wrapped__.__wrapped__.__qualname__


@case
def a_long_chain_of_scopes():
    def enter():
        for number in range(2_000):
            hp.scope.init(n=number)
        return hp.scope.n | 0

    import contextvars

    return contextvars.Context().run(enter)


@case
def many_children():
    for number in range(5_000):
        assert getattr(hp.scope.a, f"k{number}") | 1 == 1


@case
def a_call_from_no_python_code():
    return list(map(hp.scope, ["a=1"])), functools.partial(hp.scope, a=2)()


@case
def overrides_that_change_under_a_scope():
    own = {"a": (1.5, None), "b": ([2], None)}
    with hp.Scope(own) as ps:
        before = hp.scope.a | 0.5, hp.scope.b | []
        own.clear()
        own["a"] = (3.5, None)
        gc.collect()
        return before, hp.scope.a | 0.5, hp.scope.b | [], ps.a | 0.5


@case
def what_a_subclass_adds():
    class Mine(hp.Scope):
        def __enter__(self):
            return super().__enter__()

        def __del__(self):
            hp.scope.a | 0

    with Mine(hp.scope(a=1).__entries__()) as ps:
        return hp.scope.a | 0, ps.a | 0


if __name__ == "__main__":
    for one in CASES:
        try:
            came = one()
        except BaseException as error:
            came = f"{type(error).__name__}: {error}"
        name = one.args[0] if isinstance(one, functools.partial) else one.__name__
        print(name, "->", re.sub(r" at 0x\w+", "", str(came)), flush=True)
    assert gc.collect() >= 0
