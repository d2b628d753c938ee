"""The installed package: the modules that an import loads, the pytest plugin, and the memory of a process."""

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
SLOW_IMPORTS = [
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
    "yaml",
    "hyperparameter.configuration.load",
    "hyperparameter.catalog",
    "hyperparameter.program",
]


def run_python(code, **environment):
    """Run code in a new interpreter and return the completed process."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def test_importing_the_package_loads_no_slow_modules():
    start = "import sys; before = set(sys.modules); "
    end = "; print(json.dumps(sorted(set(sys.modules) - before)))"
    loaded = set(json.loads(run_python(start + "import hyperparameter, json" + end).stdout))
    loaded_by_json = set(json.loads(run_python(start + "import json" + end).stdout))
    assert not (loaded - loaded_by_json) & set(SLOW_IMPORTS)
    assert len([name for name in loaded if name.startswith("hyperparameter")]) > 5


def test_reading_parameters_and_entering_scopes_load_no_slow_modules():
    code = (
        "import sys; before = set(sys.modules); import hyperparameter as hp\n"
        "with hp.scope('a=1', **{'b.c': 2.0}):\n"
        "    assert (hp.scope.a | 3, hp.scope.b.c | 0.5, hp.scope.a | False) == (1, 2.0, True)\n"
        "    assert hp.scope.b() == {'c': 2.0}\n"
        f"print(sorted((set(sys.modules) - before) & set({SLOW_IMPORTS!r})))"
    )
    done = run_python(code)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_the_dependencies_are_few():
    required = [text for text in requires("hyperparameter") if "extra ==" not in text]
    assert [re.match(r"[\w-]+", text)[0] for text in required] == ["msgspec", "docstring-parser"]


def test_the_package_is_typed():
    assert (Path(hp.__file__).parent / "py.typed").exists()


def test_clean_empties_the_view_and_the_baseline_and_restores_both():
    with hp.scope(frozen=1):
        hp.frozen()
    with hp.scope(outer=1) as outer:
        with clean("a=1", b=2) as result:
            assert result is None
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


def resident_memory():
    """Return the resident memory of this process, in kB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[1])


reads_memory = pytest.mark.skipif(
    not Path("/proc/self/status").exists(),
    reason="/proc exists on Linux only",
)


@reads_memory
def test_keys_computed_at_run_time_do_not_grow_the_process():
    def use_keys(count, mark):
        for number in range(count):
            key = f"run{mark}.k{number}"
            assert (hp.scope[key] | 0, hp.scope.run[key].x | 1) == (0, 1)
            with hp.scope({key: number}) as ps:
                assert (hp.scope[key] | 0, ps[key]) == (number, number)
                assert hp.scope[f"run{mark}"][f"k{number}"]() == number

    # The ambient scope exists from here on.
    hp.scope.base = 1
    use_keys(20_000, "a")
    gc.collect()
    before = resident_memory()
    use_keys(200_000, "b")
    gc.collect()
    assert resident_memory() - before < 4_000


@reads_memory
def test_keys_that_were_set_and_deleted_do_not_grow_the_process():
    def use_keys(count, mark):
        for number in range(count):
            hp.scope[f"{mark}.w{number}"] = number
            del hp.scope[f"{mark}.w{number}"]

    use_keys(20_000, "a")
    gc.collect()
    before = resident_memory()
    use_keys(100_000, "b")
    with hp.scope():
        use_keys(100_000, "c")
        gc.collect()
        assert resident_memory() - before < 4_000
    assert dict(hp.snapshot()) == {}


@reads_memory
def test_attribute_names_computed_at_run_time_do_not_grow_a_reference():
    def use_keys(count, mark):
        for number in range(count):
            assert getattr(hp.scope.run, f"{mark}{number}") | 0 == getattr(hp.scope, f"{mark}{number}") | 0 == 0

    use_keys(20_000, "a")
    gc.collect()
    before = resident_memory()
    use_keys(100_000, "b")
    gc.collect()
    assert resident_memory() - before < 4_000


def test_values_do_not_outlive_their_scope():
    class Value:
        pass

    @hp.param("ns")
    def f(x=None, y=0):
        return x

    def call_decorated_closure(captured):
        @hp.param("ns")
        def g(y=0):
            return captured, y

        g()

    value = Value()
    call_decorated_closure(value)
    weak_value = weakref.ref(value)
    reference = hp.scope.ns.x
    with hp.scope({"ns": {"x": value}}, "ns.y=3"):
        assert reference() is (reference | None) is f() is value
        hp.scope.ns.z = value
        hp.bind(f)()
        call_decorated_closure(value)
    del value
    gc.collect()
    assert weak_value() is None


def test_decorating_at_run_time_does_not_grow_the_process():
    before = None
    for number in range(60_000):
        if number == 20_000:
            gc.collect()
            before = resident_memory()

        @hp.param("ns")
        def f(x=1):
            return x

        assert f() == 1
    gc.collect()
    assert resident_memory() - before < 6_000
