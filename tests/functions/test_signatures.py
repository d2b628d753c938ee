"""When nothing is set, a decorated function refuses nothing that the function itself takes."""

import functools
import inspect

import pydantic
import pytest

import hyperparameter as hp


def connect(connection, table, limit=10, /, *more, lock="none", **options):
    return connection, table, limit, more, lock, options


def query(connection, table, limit=10):
    return connection, table, limit


def supplies_connection(function):
    """Decorate a function: its first argument comes from the decorator, as of `mock.patch`."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function("db", *args, **kwargs)

    return wrapper


def test_a_wrapper_can_supply_an_argument():
    decorated = hp.param("ns")(supplies_connection(query))
    assert [decorated("users"), decorated("users", 5), decorated(table="users")] == [
        ("db", "users", 10),
        ("db", "users", 5),
        ("db", "users", 10),
    ]
    with hp.scope({"ns": {"table": "jobs", "limit": 3}}):
        assert [decorated(), decorated(limit=4)] == [("db", "jobs", 3), ("db", "jobs", 4)]
    decorated = hp.param("ns")(supplies_connection(connect))
    assert decorated("users", lock="all") == ("db", "users", 10, (), "all", {})


def test_the_function_itself_says_what_is_missing_if_its_signature_can_be_wrong():
    for function in (supplies_connection(query), supplies_connection(connect)):
        for _ in range(2):
            with pytest.raises(TypeError, match="missing 1 required positional argument: 'table'") as caught:
                hp.param("ns")(function)()
            assert not isinstance(caught.value, hp.ParamError)


def test_a_partial_has_its_own_signature():
    decorated = hp.param("ns")(functools.update_wrapper(functools.partial(query, "db"), query))
    assert [decorated("users"), decorated("users", 5)] == [("db", "users", 10), ("db", "users", 5)]
    with hp.scope({"ns": {"connection": "other", "table": "jobs", "limit": 3}}):
        assert [decorated(), decorated("users"), decorated("users", 5)] == [
            ("db", "jobs", 3),
            ("db", "users", 3),
            ("db", "users", 5),
        ]


def test_a_wrapper_without_variadic_parameters_has_its_own_signature():
    @hp.param("ns")
    @functools.wraps(query)
    def wrapper(table, *, limit=20):
        return query("db", table, limit)

    assert wrapper("users") == ("db", "users", 20)
    with hp.scope({"ns": {"connection": "other", "table": "jobs"}}):
        assert [wrapper(), wrapper("users")] == [("db", "jobs", 20), ("db", "users", 20)]


def test_a_signature_that_is_set_by_hand_can_be_wrong():
    def function(**options):
        return options

    function.__signature__ = inspect.signature(query)
    assert hp.param("ns")(function)(limit=3, x=1) == {"limit": 3, "x": 1}


@pytest.mark.parametrize("cache", [functools.cache, functools.lru_cache(maxsize=1)])
def test_a_wrapper_of_c_has_the_signature_of_the_wrapped_function(cache):
    decorated = hp.param("ns")(cache(query))
    assert decorated("db", "users") == ("db", "users", 10)
    with hp.scope({"ns": {"table": "jobs", "limit": 3}}):
        assert decorated("db") == ("db", "jobs", 3)


def test_a_function_of_c_without_a_signature_can_be_decorated():
    assert hp.param("ns")(iter)("a").__next__() == "a"
    assert hp.param("ns")(max)(1, 2) == 2
    assert hp.param("ns")(dict.update)({}, {"a": 1}) is None


def test_a_positional_only_default_is_left_to_the_function():
    def function(*args, key=None):
        return args, key

    def signature(a=1, b=2, /, *, key=None): ...

    function.__signature__ = inspect.signature(signature)
    decorated = hp.param("ns")(function)
    assert decorated(key=3) == ((), 3)
    with hp.scope({"ns": {"a": 5}}):
        assert decorated(key=3) == ((5,), 3)
    with hp.scope({"ns": {"b": 5}}):
        assert decorated(key=3) == ((1, 5), 3)


def test_a_model_of_pydantic_takes_names_and_aliases():
    @hp.param("ns")
    class Model(pydantic.BaseModel, populate_by_name=True):
        rate: float = pydantic.Field(alias="learning-rate")
        lr: int = pydantic.Field(validation_alias=pydantic.AliasChoices("lr", "LR"))

    assert (Model(rate=1, LR=2).rate, Model(**{"learning-rate": 3, "lr": 2}).rate) == (1, 3)
    with pytest.raises(pydantic.ValidationError, match="Field required"):
        Model(rate=1)
