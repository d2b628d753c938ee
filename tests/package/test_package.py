"""The package as installed: what an import loads, the pytest plugin, the growth of a process."""

import gc
import json
import os
import re
import subprocess
import sys
import weakref
from importlib.metadata import requires
from pathlib import Path

import pytest

import hyperparameter as hp
from hyperparameter.testing import clean

pytest_plugins = ["pytester"]
HEAVY = [
    "asyncio",
    "multiprocessing",
    "json",
    "msgspec",
    "concurrent.futures",
    "inspect",
    "typing",
    "re",
    "dataclasses",
    "tomllib",
    "ruamel.yaml",
    "hyperparameter.configuration",
]


def python(code, **environment):
    """Run code in a fresh interpreter and return what it did."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_importing_loads_nothing_heavy():
    bare = "import sys; before = set(sys.modules); "
    done = python(bare + "import hyperparameter, json; print(json.dumps(sorted(set(sys.modules) - before)))")
    loaded = set(json.loads(done.stdout))
    done = python(bare + "import json; print(json.dumps(sorted(set(sys.modules) - before)))")
    own = loaded - set(json.loads(done.stdout))
    assert not own & set(HEAVY)
    assert len([name for name in loaded if name.startswith("hyperparameter")]) > 5


def test_reading_and_entering_load_nothing_heavy_either():
    code = (
        "import sys; before = set(sys.modules); import hyperparameter as hp\n"
        "with hp.scope('a=1', **{'b.c': 2.0}):\n"
        "    assert (hp.scope.a | 3, hp.scope.b.c | 0.5, hp.scope.a | False) == (1, 2.0, True)\n"
        "    assert hp.scope.b() == {'c': 2.0}\n"
        f"print(sorted((set(sys.modules) - before) & set({HEAVY!r})))"
    )
    done = python(code)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_msgspec_is_the_only_dependency():
    hard = [text for text in requires("hyperparameter") if "extra ==" not in text]
    assert [re.match(r"\w+", text)[0] for text in hard] == ["msgspec"]


def test_the_package_is_typed():
    assert (Path(hp.__file__).parent / "py.typed").exists()


def test_clean_gives_an_empty_view_and_baseline_and_puts_both_back():
    with hp.scope(frozen=1):
        hp.frozen()
    with hp.scope(outer=1) as outer:
        with clean("a=1", b=2) as nothing:
            assert nothing is None
            assert dict(hp.snapshot()) == {"a": "1", "b": 2}
            hp.scope.init(left="behind")
            hp.frozen()
        assert dict(outer) == {"frozen": 1, "outer": 1}
        with pytest.raises(ZeroDivisionError), clean():
            hp.scope.x = 1 / 0
        assert dict(outer) == {"frozen": 1, "outer": 1}
    assert dict(hp.snapshot()) == {"frozen": 1}


def test_the_fixture_isolates_tests(pytester):
    pytester.makepyfile(
        """
        import hyperparameter as hp

        with hp.scope(at_import=1):
            hp.frozen()

        def test_first(clean_scope):
            assert hp.scope.at_import | 0 == 0
            hp.scope.init(left="behind")
            hp.frozen()

        def test_second(clean_scope):
            assert dict(hp.snapshot()) == {}

        def test_third():
            assert dict(hp.snapshot()) == {"at_import": 1}
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)


def resident():
    """Return the resident memory of this process in kB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1])


reads_memory = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="reads Linux's own account of memory"
)


@reads_memory
def test_keys_made_at_run_time_do_not_grow_the_process():
    def use(count, mark):
        for number in range(count):
            key = f"run{mark}.k{number}"
            assert (hp.scope[key] | 0, hp.scope.run[key].x | 1) == (0, 1)
            with hp.scope({key: number}) as ps:
                assert (hp.scope[key] | 0, ps[key]) == (number, number)
                assert hp.scope[f"run{mark}"][f"k{number}"]() == number

    hp.scope.base = 1  # outside any scope, too
    use(20_000, "a")
    gc.collect()
    before = resident()
    use(200_000, "b")
    gc.collect()
    assert resident() - before < 4_000


@reads_memory
def test_keys_that_were_set_and_deleted_do_not_grow_the_process():
    def use(count, mark):
        for number in range(count):
            hp.scope[f"{mark}.w{number}"] = number
            del hp.scope[f"{mark}.w{number}"]

    use(20_000, "a")
    gc.collect()
    before = resident()
    use(100_000, "b")
    with hp.scope():
        use(100_000, "c")
        gc.collect()
        assert resident() - before < 4_000
    assert dict(hp.snapshot()) == {}


@reads_memory
def test_names_made_at_run_time_do_not_grow_a_reference():
    def use(count, mark):
        for number in range(count):
            assert getattr(hp.scope.run, f"{mark}{number}") | 0 == getattr(hp.scope, f"{mark}{number}") | 0 == 0

    use(20_000, "a")
    gc.collect()
    before = resident()
    use(100_000, "b")
    gc.collect()
    assert resident() - before < 4_000


def test_nothing_outlives_its_scope():
    class Value:
        pass

    @hp.param("ns")
    def f(x=None, y=0):
        return x

    def decorated_closure(captured):
        @hp.param("ns")
        def g(y=0):
            return captured, y

        g()

    value = Value()
    decorated_closure(value)
    gone = weakref.ref(value)
    reference = hp.scope.ns.x
    with hp.scope({"ns": {"x": value}}, "ns.y=3"):
        assert reference() is (reference | None) is f() is value
        hp.scope.ns.z = value
        hp.bind(f)()
        decorated_closure(value)
    del value
    gc.collect()
    assert gone() is None


def test_decorating_at_run_time_does_not_grow_the_process():
    before = None
    for number in range(60_000):
        if number == 20_000:
            gc.collect()
            before = resident()

        @hp.param("ns")
        def f(x=1):
            return x

        assert f() == 1
    gc.collect()
    assert resident() - before < 6_000
