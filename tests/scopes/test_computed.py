"""Values that are computed when they are read: `hp.ref` and `hp.lazy`."""

import asyncio
import dataclasses
import pickle
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

import hyperparameter as hp


@dataclasses.dataclass
class Opt:
    lr: float = 0.1
    tags: dict[str, int] = dataclasses.field(default_factory=lambda: {"a": 1})


@hp.param("computed")
def read(opt: Opt = Opt(lr=9), n=3, /, k=4, *, items=(1,)):  # noqa: B008
    return opt, n, k, items


@hp.param("by_name")
def by_name(k=4, z: int = 5):
    return k, z


def seven():
    return 7


def test_a_link_reads_another_key_in_the_view_of_the_reader():
    with hp.scope({"classes": 10, "head.classes": hp.ref("classes"), "tail": hp.ref(hp.scope.head)}) as outer:
        assert hp.scope.head.classes | 2 == hp.scope.head.classes() == hp.scope.tail.classes | 1 == 10
        with hp.scope("classes=20"):
            assert [hp.scope.head.classes | default for default in (2, 2.5, "x", None)] == [20, 20.0, "20", 20]
            assert hp.scope.head | {"bias": 1} == {"bias": 1, "classes": 20}
            assert hp.scope.tail() == {"classes": 20}
            assert dict(hp.scope.current())["head.classes"] == hp.snapshot()["head.classes"] == 20
            assert outer.head.classes | 2 == outer["head.classes"] == 10
            assert bool(hp.scope.head.classes)
        hp.scope.classes = 30
        assert hp.scope.head.classes | 2 == 30


def test_a_link_to_a_structure_merges_with_the_parts_that_are_set_below_it():
    base = {"base": {"lr": 1, "tags": {"b": 2}}, "computed.opt": hp.ref("base")}
    with hp.scope(base), hp.scope("computed.opt.tags.c=3"):
        assert read()[0] == Opt(1.0, {"a": 1, "b": 2, "c": 3})
        assert hp.scope.computed.opt.lr | 5.0 == 1.0
        assert hp.scope.computed.opt.momentum | 0.9 == 0.9
        with hp.scope(**{"base.lr": 4, "computed.opt.tags.b": 5}):
            assert read()[0] == Opt(4.0, {"a": 1, "b": 5, "c": 3})
            assert hp.scope.computed.opt() == {"lr": 4, "tags": {"b": 5, "c": "3"}}


def test_decorated_functions_get_the_value_of_each_call():
    with hp.scope(
        {"computed": {"n": hp.ref("n"), "items": hp.ref("list")}, "by_name.z": hp.ref("n"), "n": "1"}
    ):
        for n in (5, 6, 6):
            with hp.scope({"n": n, "list": "[1, 2]"}):
                assert read()[1:] == (n, 4, (1, 2))
                assert by_name() == by_name(4) == (4, n)
                assert by_name(z=0) == (4, 0)


@pytest.mark.parametrize(
    ("values", "key", "message"),
    [
        (
            {"a": hp.ref("lrr"), "lr": 1},
            "a",
            "'a' = hp.ref('lrr') cannot be resolved: 'lrr' is not set; did you mean 'lr'?",
        ),
        ({"a": hp.ref("b"), "b": hp.ref("a")}, "a", "it refers to itself: a -> b -> a (set at"),
        (
            {"m.x": hp.ref("m")},
            "m",
            "'m.x' = hp.ref('m') cannot be resolved: it refers to itself: m.x -> m (set at",
        ),
        (
            {"a": hp.ref("a.b")},
            "a",
            "'a' = hp.ref('a.b') cannot be resolved: the chain of references is longer",
        ),
        ({"a": hp.lazy(lambda: hp.scope.a | 1)}, "a", "its function reads this value itself"),
    ],
)
def test_a_value_that_cannot_be_resolved_is_an_error_when_it_is_read(values, key, message):
    with hp.scope(values):
        with pytest.raises(hp.ConfigError, match=re.escape(message)):
            hp.scope[key]()
        with pytest.raises(hp.ConfigError, match=re.escape(message)):
            hp.scope[key] | {"x": 1}
        assert list(hp.scope.current()) == sorted(values)
        assert str(values["a" if "a" in values else "m.x"]) in repr(hp.scope[key])
        assert hp.scope.other | 3 == 3


def test_an_error_of_conversion_has_the_place_of_the_value_and_hides_secrets():
    with hp.scope({"a": hp.ref("db.password"), "b": hp.ref("c")}):
        with hp.scope({"c": "fast", "db.password": "hunter2"}):
            line = hp.explain("c").winner.where
            with pytest.raises(hp.ParamError) as caught:
                hp.scope.b | 1
            assert caught.value.where == line
            with pytest.raises(hp.ParamError) as caught:
                hp.scope.a | 1
            assert "'a' = ****** is not a valid int" in str(caught.value)
            for text in (str(hp.explain("a")), repr(hp.scope.a), repr(hp.tree()), repr(hp.snapshot())):
                assert "hunter2" not in text
            assert hp.scope.a() == "hunter2"


def test_explain_shows_the_value_and_the_link():
    with hp.scope({"a": hp.ref("b"), "b": 3}):
        assert str(hp.explain("a")).startswith("a = 3\n  a = hp.ref('b'), set at ")


def test_a_lazy_value_is_computed_at_each_read_and_only_then():
    calls = []
    count = hp.lazy(lambda: calls.append(1) or len(calls))
    with hp.scope({"n": count, "by_name.k": count, "opt": hp.lazy(lambda: {"lr": hp.scope.base | 1})}):
        assert by_name(0) == by_name(k=0) == (0, 5)
        assert repr(hp.scope.n) == f"<hp.scope.n = {count!r}>"
        assert repr(hp.tree())
        assert not calls
        assert (hp.scope.n | 0, hp.scope.n | 0.5, by_name(), by_name()) == (1, 2.0, (3, 5), (4, 5))
        with hp.scope(base=7) as inner:
            assert (hp.scope.opt.lr | 0, hp.scope.opt.wd | 0.5, hp.scope.opt | {"wd": 2}) == (
                7,
                0.5,
                {"lr": 7, "wd": 2},
            )
            with hp.scope(base=8):
                assert (inner.opt.lr | 0, hp.scope.opt.lr | 0, inner.base | 0) == (7, 8, 7)


def test_a_lazy_value_can_be_computed_once_in_each_scope():
    calls = []
    with hp.scope(n=hp.lazy(lambda: calls.append(1) or len(calls), once=True)):
        assert [hp.scope.n | 0, hp.scope.n | 0.5, hp.scope.n()] == [1, 1, 1]
        with hp.scope():
            pass
        with hp.scope(x=1):
            assert [hp.scope.n | 0, hp.scope.n | 0] == [2, 2]
        assert hp.scope.n | 0 == 1


def test_an_exception_of_the_function_says_which_value_it_is():
    with hp.scope(n=hp.lazy(lambda: 1 // 0)):
        with pytest.raises(ZeroDivisionError) as caught:
            hp.scope.n | 1
        assert caught.value.__notes__[0].startswith("while 'n' = hp.lazy(")
        assert hp.scope.other | 3 == 3


def test_threads_tasks_and_pickles_compute_in_their_own_view():
    async def task(n):
        with hp.scope(n=n):
            await asyncio.sleep(0)
            return hp.scope.a | 0, hp.scope.b | 0

    async def tasks():
        return await asyncio.gather(task(1), task(2))

    with hp.scope(a=hp.ref("n"), b=hp.lazy(seven), n=0):
        assert asyncio.run(tasks()) == [(1, 7), (2, 7)]
        bound = pickle.loads(pickle.dumps(hp.bind(by_name_of_n)))
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(bound).result() == (0, 7)
        view = hp.snapshot()
        assert pickle.loads(pickle.dumps(view)) == view
        assert hash(view) == hash(hp.snapshot())
        assert view.get("a") == dict(view)["a"] == 0


def by_name_of_n():
    return hp.scope.a | 1, hp.scope.b | 1


def test_what_is_no_key_and_no_function_is_refused():
    with pytest.raises(TypeError, match="expected a key"):
        hp.ref(3)
    with pytest.raises(hp.KeySyntaxError):
        hp.ref("a..b")
    with pytest.raises(TypeError, match="expected a function without arguments"):
        hp.lazy(3)
    with pytest.raises(TypeError, match="only a scope can set one"):
        hp.scope.x | hp.ref("y")
    with pytest.raises(TypeError, match=re.escape("or link to it with hp.ref('b')")):
        hp.scope(a=hp.scope.b)


def test_a_configuration_can_have_them():
    with hp.scope(hp.config({"a": hp.ref("b"), "b": 3}, {"b": 4})):
        assert hp.scope.a | 1 == 4
        with hp.scope("a=x"):
            assert hp.scope.a() == "x"
