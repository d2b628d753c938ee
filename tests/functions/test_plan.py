"""Plans: which arguments calls share, which are made for each call, and which overrides are refused."""

import dataclasses
from typing import Any

import pytest

import hyperparameter as hp


@hp.param("ns")
def many(a, b=2, /, c=3, *rest, d=4, e, **more):
    return a, b, c, rest, d, e, more


@dataclasses.dataclass
class Optimizer:
    lr: float = 0.1


def test_each_call_gets_a_list_or_object_of_its_own():
    """A call can change a list that was made from text, or an object that was made from keys.

    No other call sees the change.
    """

    @hp.param("ns")
    def f(items: list[int], opt: Optimizer = None, options=None, lr=0.1):
        items.append(lr)
        opt.lr *= 0.5
        return items, opt.lr, options

    mapping = {"a": 1}
    with hp.scope("ns.items=[1]", "ns.opt.lr=1", "ns.lr=2"):
        assert [f(), f(), f(options=mapping)] == [([1, 2.0], 0.5, None)] * 2 + [([1, 2.0], 0.5, mapping)]
        with hp.scope(other=1):
            assert f([3]) == ([3, 2.0], 0.5, None)
    with hp.scope({"ns": {"cfg": {"a": 1}}}):
        for pop in (lambda cfg: cfg.pop("a"), lambda cfg={}: cfg.pop("a")):
            assert [hp.param("ns")(pop)() for _ in range(2)] == [1, 1]
            decorated = hp.param("ns")(pop)
            assert [decorated(), decorated()] == [1, 1]


def test_every_call_gets_the_object_itself_that_a_scope_sets():
    items, opt = [1], Optimizer()
    with hp.scope({"ns": {"items": items, "opt": opt}}):
        f = hp.param("ns")(lambda items=[], opt=opt: (items, opt))
        assert [f()[0] is items, f()[1] is opt, (hp.scope.ns.items | []) is items] == [True] * 3


def test_an_override_that_only_variadic_parameters_could_take_is_refused():
    for key in ("ns.more", "ns.rest", "ns.other"):
        with hp.scope(**{key: 1}):
            with pytest.raises(hp.UnusableOverrideError, match=key) as caught:
                many(1, e=5)
            assert isinstance(caught.value, TypeError)
            assert hp.snapshot().keys() == {key}
    with (
        hp.scope(**{"ns.dd": 1}),
        pytest.raises(TypeError, match=r"did you mean 'ns\.d'.*set at .*\.py:\d+"),
    ):
        many(1, e=5)
    # A key further below can belong to another namespace.
    with hp.scope({"ns": {"inner": {"key": 1}}}):
        assert many(1, e=5)[-1] == {}


def test_functions_with_the_same_namespace_accept_the_parameters_of_each_other():
    @hp.param("shared")
    def first(x=1, **more):
        return x, more

    @hp.param("shared")
    def second(y=2):
        return y

    with hp.scope(**{"shared.x": 10, "shared.y": 20}):
        assert (first(), second()) == ((10, {}), 20)


def test_a_function_with_any_number_of_arguments_gets_all_of_them():
    """The Rust kernel has room for 16 arguments on the stack."""
    for total in range(19):
        names = [f"p{number}" for number in range(total)]
        namespace: dict[str, Any] = {}
        exec(f"def f({', '.join(f'{name}=None' for name in names)}): return [{', '.join(names)}]", namespace)
        for given in range(total + 1):
            f = hp.param("ns")(namespace["f"])
            values = {f"ns.{name}": number for number, name in enumerate(names) if number >= given}
            with hp.scope(values):
                expected = [-1] * given + list(range(given, total))
                assert [f(*[-1] * given) for _ in range(3)] == [expected] * 3


def test_a_call_keeps_its_arguments_if_a_value_that_is_dropped_calls_the_function():
    """A new plan replaces the cached one, whose values are dropped, and one of them calls the function."""

    @hp.param("ns")
    def f(first=None, second=0):
        return first, second

    class CallsWhenDropped:
        def __del__(self):
            with hp.scope({"ns.first": 7, "ns.second": 8}):
                calls.append(f())

    calls: list[tuple[int, int]] = []
    for number in range(100):
        with hp.scope({"ns.first": CallsWhenDropped()}):
            assert f()[1] == 0
        with hp.scope({"ns.first": number, "ns.second": number}):
            assert [f(), f()] == [(number, number)] * 2
    assert calls == [(7, 8)] * 100
