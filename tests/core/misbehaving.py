"""Values that misbehave, decorated functions, and the runner of the cases in bad_inputs.py and bad_calls.py."""

import functools
import gc
import re

import hyperparameter as hp


class Cases:
    """Cases, each of which is a function or the text of an expression."""

    def __init__(self, namespace):
        self.namespace = namespace
        self.functions = []

    def case(self, function):
        self.functions.append(function)
        return function

    def expressions(self, *texts):
        self.functions.extend(functools.partial(eval, text, self.namespace) for text in texts)

    def run(self):
        """Print the result of each case on a line: the value, or the type and text of the error."""
        for function in self.functions:
            try:
                result = function()
            except BaseException as error:
                result = f"{type(error).__name__}: {error}"
            name = function.args[0] if isinstance(function, functools.partial) else function.__name__
            # A reference has no `str`.
            text = repr(result) if isinstance(result, hp.Reference) else str(result)
            print(name, "->", re.sub(r" at 0x\w+", "", text), flush=True)
        assert gc.collect() >= 0


class Raises:
    """A value whose special methods all raise."""

    def _raise(self, *args):
        raise ZeroDivisionError("the value raises")

    __eq__ = __hash__ = __or__ = __ror__ = __bool__ = __len__ = __iter__ = __repr__ = __str__ = _raise
    __int__ = __float__ = __index__ = _raise


class OddType(type):
    def __eq__(cls, other):
        raise ZeroDivisionError("the type raises")

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


class EntersWhenDropped:
    """A value that enters a scope when it is dropped."""

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
