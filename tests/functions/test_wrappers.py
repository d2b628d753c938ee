"""What a decorated function looks like to `inspect`, `help`, mocks, pydantic, and the class around it."""

import asyncio
import enum
import functools
import inspect
import pickle
import pydoc
import types
import unittest.mock

import pydantic
import pytest

import hyperparameter as hp


@hp.param("ns")
def many(a, b=2, /, c=3, *rest, d=4, e, **more):
    """Return every argument."""
    return a, b, c, rest, d, e, more


@hp.param("steps")
async def coroutine(a=1):
    """Return the argument."""
    return a


@hp.param("steps")
def generator(a=1):
    """Yield the argument."""
    yield a


@hp.param("steps")
async def async_generator(a=1):
    """Yield the argument, too."""
    yield a


def test_a_decorated_function_keeps_its_name_docstring_and_signature_and_pickles_by_reference():
    assert (many.__name__, many.__doc__, many.__module__) == ("many", "Return every argument.", __name__)
    assert str(inspect.signature(many)) == "(a, b=2, /, c=3, *rest, d=4, e, **more)"
    assert inspect.isfunction(many)
    assert inspect.isfunction(many.__wrapped__)
    assert pickle.loads(pickle.dumps(many)) is many


def test_help_shows_the_docstring_of_a_decorated_function():
    @hp.param("ns")
    def train(lr=0.1):
        """Train a model."""

    @hp.param("ns")
    def steps(lr=0.1):
        """Yield each step."""
        yield lr

    assert "train(lr=0.1)\n    Train a model." in pydoc.render_doc(train, renderer=pydoc.plaintext)
    assert "steps(lr=0.1)\n    Yield each step." in pydoc.render_doc(steps, renderer=pydoc.plaintext)
    for name in ("__doc__", "__name__", "__code__", "__defaults__", "__dict__"):
        assert object.__getattribute__(train, name) == getattr(train, name)
        assert inspect.getattr_static(train, name) is not None


class Base:
    """A class with the three methods that a class makes static or class methods by their names."""

    @hp.param("ns")
    def __new__(cls, x=1):
        self = super().__new__(cls)
        self.x = x
        return self

    @hp.param("ns")
    def __init_subclass__(cls, tag="none", **more):
        super().__init_subclass__(**more)
        cls.tag = tag

    @hp.param("ns")
    @hp.param("other")
    def __class_getitem__(cls, item, more=1):
        return cls, item, more


def test_a_class_makes_static_and_class_methods_of_decorated_functions():
    assert [type(vars(Base)[name]) for name in ("__new__", "__init_subclass__", "__class_getitem__")] == [
        staticmethod,
        classmethod,
        classmethod,
    ]
    with hp.scope({"ns": {"x": 5, "tag": "set"}, "other.more": 6}):

        class FromScope(Base):
            pass

        class FromCaller(Base, tag="caller"):
            @classmethod
            @hp.param("ns")
            def __init_subclass__(cls, tag="none"):
                cls.inner_tag = tag

            @staticmethod
            @hp.param("ns")
            def __new__(cls, x=2):
                return super().__new__(cls, x + 1)

        class Inner(FromCaller):
            pass

        assert (FromScope.tag, FromCaller.tag, Inner.inner_tag) == ("set", "caller", "set")
        assert (Base().x, FromScope(7).x, FromCaller().x) == (5, 7, 6)
        assert (Base[3], FromScope[4]) == ((Base, 3, 6), (FromScope, 4, 6))


def test_a_constructor_of_an_enum_and_a_function_called_new_can_be_decorated():
    @hp.param("ns")
    def __new__(cls, x=1):  # noqa: N807
        return cls, x

    class Member(enum.Enum):
        @hp.param("ns")
        def __new__(cls, value, more=8):
            self = object.__new__(cls)
            self._value_ = value + more
            return self

        ONE = 1

    assert (__new__(3), Member.ONE.value, Member(9)) == ((3, 1), 9, Member.ONE)


def test_a_class_with_a_metaclass_that_refuses_new_attributes_can_have_decorated_functions():
    class Frozen(type):
        def __setattr__(cls, name, value):
            raise AttributeError("the class is frozen")

    class Box(metaclass=Frozen):
        @hp.param("box")
        def __new__(cls, size=1):
            self = object.__new__(cls)
            self.size = size
            return self

        @hp.param("box")
        def __class_getitem__(cls, item, size=1):
            return item, size

    with hp.scope(**{"box.size": 2}):
        assert (Box().size, Box[7]) == (2, (7, 2))


@pytest.mark.parametrize("function", [coroutine, generator, async_generator])
def test_a_decorated_coroutine_or_generator_function_is_a_function_of_its_kind(function):
    kinds = [inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction]
    assert [is_kind(function) for is_kind in kinds] == [
        function is coroutine,
        function is generator,
        function is async_generator,
    ]
    assert inspect.isfunction(function)
    assert not inspect.ismethoddescriptor(function)
    assert (function.__doc__, inspect.getdoc(function)) == (function.__wrapped__.__doc__,) * 2
    assert (function.__module__, function.__globals__) == (__name__, globals())
    assert type(function).__module__.startswith("hyperparameter")
    assert vars(function) == {"__wrapped__": function.__wrapped__}
    assert vars(functools.wraps(function)(lambda: None)) == {"__wrapped__": function}


@pytest.mark.parametrize("function", [coroutine, generator, async_generator])
def test_attributes_of_a_decorated_function_can_be_set_and_deleted(function):
    with pytest.raises(TypeError, match="__name__ must be set to a string object"):
        function.__name__ = 3
    with pytest.raises(TypeError, match="__name__ must be set to a string object"):
        del function.__name__
    function.mark = 1
    assert vars(function)["mark"] == 1
    del function.mark
    assert not hasattr(function, "mark")
    function.__dict__ = {**vars(function), "mark": 2}
    assert (function.mark, function.__name__) == (2, function.__wrapped__.__name__)
    del function.mark


def test_a_mock_with_decorated_methods_as_its_specification_checks_its_calls():
    class Service:
        @hp.param("mocked")
        async def fetch(self, a=1): ...

        @hp.param("mocked")
        def steps(self, a=1):
            yield a

    service = unittest.mock.create_autospec(Service)()
    for method in (service.fetch, service.steps):
        with pytest.raises(TypeError, match="too many positional arguments"):
            method(1, 2)


def test_a_generator_function_that_was_made_awaitable_stays_awaitable():
    @hp.param("awaitable")
    @types.coroutine
    def wait(a=1):
        yield
        return a

    async def main():
        return await wait()

    with hp.scope(**{"awaitable.a": 2}):
        assert asyncio.run(main()) == 2
        assert [*wait()] == [None]


def test_a_pydantic_model_can_have_decorated_coroutine_and_generator_methods():
    class Model(pydantic.BaseModel):
        size: int = 3

        @hp.param("model")
        async def fetch(self, a=1):
            return self.size, a

        @hp.param("model")
        def steps(self, a=1):
            yield self.size, a

    with hp.scope(**{"model.a": 2}):
        assert asyncio.run(Model().fetch()) == (3, 2)
        assert [*Model().steps()] == [(3, 2)]
    assert [name for name, _ in inspect.getmembers(Model, inspect.isfunction) if name in vars(Model)] == [
        "fetch",
        "steps",
    ]
