"""The decorator: which arguments a call gets, and what can be decorated."""

import functools
import inspect

import pytest

import hyperparameter as hp


def call_with(function, **params):
    """Return what a function returns while parameters are set below "ns"."""
    with hp.scope({"ns": params}):
        return function()


@hp.param("ns")
def many(a, b=2, /, c=3, *rest, d=4, e, **more):
    """Return every argument."""
    return a, b, c, rest, d, e, more


@hp.param()
def without_namespace(x=1):
    return x


@hp.param
def without_brackets(x=1):
    return x


def test_the_caller_wins_then_the_scope_then_the_signature():
    @hp.param("ns")
    def f(x=1, y=2):
        return x, y

    assert f() == (1, 2)
    with hp.scope(**{"ns.x": 10, "ns.y": 20}):
        assert f() == (10, 20)
        assert f(5) == (5, 20)
        assert f(5, 6) == (5, 6)
        assert f(y=6) == (10, 6)
        with hp.scope(**{"ns.x": 11}):
            assert f(y=6) == (11, 6)
    assert f() == (1, 2)


def test_every_parameter_that_can_be_passed_by_name_or_has_a_default_is_bound():
    assert many(1, e=5) == (1, 2, 3, (), 4, 5, {})
    assert call_with(lambda: many(1), b=20, c=30, d=40, e=50) == (1, 20, 30, (), 40, 50, {})
    assert call_with(lambda: many(1, 2, 3, 4, x=6), b=20, c=30, d=40, e=50) == (1, 2, 3, (4,), 40, 50, {"x": 6})
    assert call_with(lambda: many(1, b=6), b=20, e=5) == (1, 20, 3, (), 4, 5, {"b": 6})


def test_a_parameter_without_default_can_come_from_the_scope():
    with pytest.raises(TypeError, match=r"many\(\) is missing the argument 'e'.*'ns.e' is not set") as caught:
        many(1)
    assert isinstance(caught.value, KeyError)
    with pytest.raises(hp.MissingArgumentError, match=r"did you mean 'ns\.ee'\?"):
        with hp.scope({"other": {"e": 1}, "ns.ee": 1}):

            @hp.param("ns")
            def f(e):
                return e

            f()
    assert call_with(lambda: f(), e=None) is None


def test_only_the_caller_can_pass_a_positional_only_parameter_without_default():
    """A value from a scope does not take its place, or the place of an argument before it."""

    @hp.param("ns")
    def f(a, b=2, /, **more):
        return a, b, more

    for params in ({}, {"b": 20}, {"a": 10, "b": 20}):
        with hp.scope({"ns": params}):
            with pytest.raises(
                hp.MissingArgumentError,
                match=r"f\(\) is missing the argument 'a', which can only be",
            ):
                f()
            with pytest.raises(hp.MissingArgumentError):
                f(a=1)
            assert f(1) == (1, params.get("b", 2), {})


def test_a_keyword_argument_does_not_set_the_positional_only_parameter_of_the_same_name():
    @hp.param("ns")
    def f(a: int = 1, /, **more):
        return a, more

    with hp.scope("ns.a=bad"):
        for _ in range(3):
            with pytest.raises(hp.ParamError, match="'ns.a' = 'bad' is not a valid"):
                f(a=2)
        assert f(1, a=2) == (1, {"a": 2})
    with hp.scope("ns.a=5"):
        assert [f(a=2), f(a=2)] == [(5, {"a": 2})] * 2


def test_a_reference_as_default_is_refused():
    for function in (lambda lr=hp.scope.other.lr: lr, lambda *, lr=hp.scope.other.lr: lr):
        with pytest.raises(
            TypeError, match=r"is the reference <hp\.scope\.other\.lr \(missing\)>, not a value"
        ):
            hp.param("ns")(function)


def test_a_wrong_call_raises_the_error_of_python():
    with pytest.raises(TypeError, match="unexpected keyword argument 'z'"):
        without_namespace(z=1)
    with pytest.raises(TypeError, match="takes from 0 to 1 positional arguments but 2 were given"):
        without_namespace(1, 2)


def test_without_a_namespace_the_name_of_the_function_is_the_namespace():
    with hp.scope(**{"without_namespace.x": 5, "without_brackets.x": 6}):
        assert (without_namespace(), without_brackets()) == (5, 6)
    with pytest.raises(ValueError, match="segment 2 is empty"):
        hp.param("a..b")
    with pytest.raises(TypeError, match="hp.param expected a function or class, got 3"):
        hp.param("a")(3)


def test_methods_and_properties_are_bound():
    class Owner:
        @hp.param("ns")
        def method(self, x=1):
            return self, x

        @property
        @hp.param("ns")
        def prop(self, x=1):
            return x

    owner = Owner()
    with hp.scope(**{"ns.x": 5}):
        assert owner.method() == (owner, 5)
        assert owner.method(6) == Owner.method(owner, 6) == (owner, 6)
        assert owner.prop == 5


def test_static_and_class_methods_can_be_decorated_from_above_and_from_below():
    class Owner:
        @hp.param("ns")
        @staticmethod
        def static_below(x=1):
            return x

        @staticmethod
        @hp.param("ns")
        def static_above(x=1):
            return x

        @hp.param("ns")
        @classmethod
        def class_below(cls, x=1):
            return cls, x

        @classmethod
        @hp.param("ns")
        def class_above(cls, x=1):
            return cls, x

    owner = Owner()
    with hp.scope(**{"ns.x": 5}):
        assert [Owner.static_below(), owner.static_below()] == [5, 5]
        assert [Owner.static_above(), owner.static_above(6)] == [5, 6]
        assert [Owner.class_below(), owner.class_above(6)] == [(Owner, 5), (Owner, 6)]


def test_coroutine_and_generator_methods_are_bound():
    class Owner:
        @hp.param("ns")
        def steps(self, x=1):
            yield x

        @hp.param("ns")
        async def job(self, x=1):
            return x

    owner = Owner()
    with hp.scope(**{"ns.x": 5}):
        assert [list(owner.steps()), list(owner.steps(6)), list(Owner.steps(owner))] == [[5], [6], [5]]
    assert inspect.isgeneratorfunction(owner.steps)
    assert inspect.iscoroutinefunction(owner.job)
    assert inspect.iscoroutinefunction(Owner.job)
    assert str(inspect.signature(owner.steps)) == "(x=1)"


def test_partials_wrappers_and_decorated_functions_can_be_decorated():
    def f(a, b=2):
        return a, b

    assert call_with(lambda: hp.param("ns")(functools.partial(f, 1))(), b=5) == (1, 5)

    @functools.wraps(f)
    def wrapper(*args, **kwargs):
        return f(*args, **kwargs)

    assert call_with(lambda: hp.param("ns")(wrapper)(1), b=5) == (1, 5)
    assert call_with(lambda: hp.param("ns")(hp.param("other")(f))(1), b=5) == (1, 5)
    with pytest.raises(TypeError, match="give hp.param a namespace"):
        hp.param(functools.partial(f, 1))
