"""The public functions that import their implementation when they are called: most programs do not use them.

Importing the implementations with the package would double the time of the import. A module `__getattr__` in
the package would make every read slower, because CPython does not specialize the lookup of `hp.scope` in a
module that has one.
"""

from __future__ import annotations

import sys

from .core.origin import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike
    from typing import Any, Literal, TypeAlias

    from .configuration.config import Config
    from .configuration.environment import Environment
    from .history.explain import Explanation
    from .history.listing import Tree
    from .history.record import Run
    from .scopes.scope import Reference, Scope
    from .scopes.sources import Keyed, Source

    ConfigSource: TypeAlias = str | PathLike[str] | Mapping[Any, Any] | Environment | Scope | Keyed

__all__ = ["check", "config", "env", "explain", "fingerprint", "launch", "record", "tree"]


class ConfigFunction:
    """Merge sources into one configuration; later sources override earlier ones, value by value.

    A source is one of these:

    - the path of a `.toml`, `.json`, `.yaml` or `.yml` file: a `Path`, or a text without `=`
    - a mapping, nested or with dotted keys
    - a `key=value` text
    - the environment: `hp.env(...)`
    - a scope, a snapshot, or another configuration

    Nested mappings are merged. `hp.replace({...})` replaces a table instead. Then `${a.b}` and
    `${env:NAME,default}` in texts are resolved; with `references="keys"` only the first, and with
    `references=False` none. A reference that cannot be resolved is an error when its value is read. With a
    `schema` (a dataclass, TypedDict, msgspec Struct, attrs class or pydantic model) all values are
    converted, and unknown keys and missing values are errors.

    Raises `ConfigError` for everything that is wrong with files, references and values, with the place of
    each; `KeySyntaxError`, a `ValueError`, for a bad key in a mapping or text; `TypeError` for a source of
    another type.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.config({"data": {"root": "/data", "file": "${data.root}/train.csv"}}, "data.root=/tmp")
        {'data': {'root': '/tmp', 'file': '/tmp/train.csv'}}
    """

    __slots__ = ()

    def __call__(
        self, /, *sources: ConfigSource, schema: Any = None, references: bool | Literal["keys"] = True
    ) -> Config:
        from .configuration.load import load

        return load(sources, schema, origin=Origin.of_caller(), references=references)

    def hydra(
        self, config_dir: str | PathLike[str], config_name: str | None, overrides: Sequence[str] = ()
    ) -> Config:
        """Return the configuration that Hydra composes from its groups, defaults lists and overrides.

        Raises `ConfigError` with Hydra's own message if Hydra cannot compose it, or if Hydra is not
        installed: `pip install hydra-core`.

        Examples:
            >>> import hyperparameter as hp
            >>> hp.config.hydra("conf", "config", overrides=["+db=none"])  # doctest: +SKIP
            {'db': {'driver': 'none'}}
        """
        from .configuration.formats.hydra import compose
        from .configuration.load import PlacedSource, load

        composed, origin = compose(config_dir, config_name, overrides)
        return load([PlacedSource(composed, origin, is_literal=True)])

    def __repr__(self) -> str:
        return "<hp.config>"

    def __reduce__(self) -> str:
        return "config"


config = ConfigFunction()


def env(prefix: str, *, environ: Mapping[str, str] | None = None) -> Environment:
    """Return the environment as a source for `hp.config`: with "APP_", `APP_TRAIN__LR` sets `train.lr`.

    `__` separates the segments of a key, and names become lower case. A variable also sets a known key
    that differs from its name only in case and in `.`, `_` and `-`. The known keys are the parameters of
    decorated functions, the fields of the schema, and the keys of earlier sources. If a variable can mean
    several known keys and is not exactly one of them, `hp.config` raises `ConfigError`.

    The variables are read when `hp.config` is called, from `environ`, or from `os.environ` without it.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.config({"batch_size": 1}, hp.env("APP_", environ={"APP_BATCH_SIZE": "32"}))
        {'batch_size': 32}
    """
    from .configuration.environment import Environment

    return Environment(prefix, environ)


def check(*sources: Source, allow_unknown: bool = False) -> None:
    """Refuse keys that nothing declares, and values that do not fit their declaration.

    A key is declared by a decorated function, or by code of the program that reads it; the source code is
    scanned without running it. An undeclared key is an error if it is below the namespace of a decorated
    function, or if it resembles a declared key. Any other undeclared key gives an `UnknownParamWarning`. So
    does every undeclared key with `allow_unknown`, or if the source does not show all that the program reads.

    The sources are the same as those of `hp.scope(...)`. Raises `ConfigError`, which lists every error.

    Examples:
        >>> import hyperparameter as hp
        >>> @hp.param("sweep")
        ... def sweep(trials=10, seed=0): ...
        >>> hp.check({"sweep.trials": 20})
        >>> hp.check("sweep.trails=20")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        hyperparameter.errors.ConfigError: 'sweep.trails' is not a parameter of sweep(); did you mean ...
    """
    from .catalog.check import check_sources

    check_sources(sources, allow_unknown, caller_file=sys._getframe(1).f_code.co_filename)


def explain(key: str | Reference) -> Explanation:
    """Explain the value of a key: everything that sets it, what wins, what is hidden, and who reads it.

    The key is a text or a reference. The result has `value`, `winner`, `setters`, `hidden`, `readers` and
    `nearest`; print it to read it. Raises `KeySyntaxError`, a `ValueError`, for a bad key.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope({"train.lr": 0.1}), hp.scope({"train.lr": 0.3}):
        ...     why = hp.explain("train.lr")
        >>> why.value, why.winner.value, [setter.value for setter in why.hidden]
        (0.3, 0.3, [0.1])
    """
    from .history.explain import explain_key

    return explain_key(key)


def record() -> Run:
    """Keep what the program reads inside a `with` block: keys, values, defaults and places.

    The result has `reads`, `used`, `defaults` (read and not set), `unused` (set and never read) and `conflicts`
    (read with different defaults). Reading, printing or iterating over a subtree reads all keys in it. The
    tasks, bound functions and threads that start inside the block are recorded too. Each read in it takes
    longer, some microseconds.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope({"train.lr": 0.1, "train.stesp": 5}), hp.record() as run:
        ...     hp.scope.train.lr | 0.001, hp.scope.train.steps | 100
        (0.1, 100)
        >>> list(run.used), list(run.defaults), run.unused[0].key, run.unused[0].nearest[0]
        (['train.lr'], ['train.steps'], 'train.stesp', 'train.steps')
    """
    from .history.record import Run

    return Run()


def fingerprint(*patterns: str) -> str:
    """Return a short hash of the parameters that are set, to name results or to find them again.

    It is the same in every process and on every kernel, as long as keys and values are the same. A pattern is
    a key, which stands for everything below it too, or has `*` for any text. Without patterns every key counts.
    The types of values count: `1`, `1.0` and `"1"` differ. What is not set, such as a default, does not count.

    Raises `TypeError`, which names the key, for a value without a stable form: a lambda or a lock.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope({"train.lr": 0.1, "log": "a.txt"}):
        ...     first = hp.fingerprint("train.*")
        >>> with hp.scope({"train.lr": 0.1, "log": "b.txt"}):
        ...     first == hp.fingerprint("train.*"), first == hp.fingerprint()
        (True, False)
    """
    from .history.fingerprint import fingerprint_of_view

    return fingerprint_of_view(patterns)


def tree(prefix: str = "") -> Tree:
    """List what is set in the current view, one key a line, each value with the place that set it.

    With a prefix, only the keys at and below it are listed. Print the result, or iterate over its rows, which
    have `key`, `text` and `where`. Raises `KeySyntaxError`, a `ValueError`, for a bad prefix.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope({"train.lr": 0.1, "seed": 3}):
        ...     [(row.key, row.text) for row in hp.tree()]
        [('seed', '3'), ('train.lr', '0.1')]
    """
    from .history.listing import tree_of_view

    return tree_of_view(prefix)


def launch(
    *functions: Callable[..., Any],
    argv: Sequence[str] | None = None,
    prog: str | None = None,
    description: str | None = None,
    config: str | PathLike[str] | Iterable[str | PathLike[str]] = (),
    env: str | Environment | None = None,
    allow_unknown: bool = False,
    version: str | None = None,
    extra: Literal["refuse", "ignore", "pass"] = "refuse",
) -> Any:
    """Run a function as a program, or several functions as subcommands, and return the function's result.

    A parameter without a default becomes a positional argument, any other parameter an option. `-D key=value`
    and the files of `-C` can set every parameter of the program, not only those of the function. The values
    become the baseline, which threads and bound processes see. If several sources set a parameter, the last
    of these wins: default, file, environment, `-D`, option.

    Args:
        functions: functions or classes, decorated by `hp.param` or not. Without any, the program runs those
            that the calling function decorates, or else its module, except names with a leading underscore.
        argv: the arguments; by default those of the process.
        prog: the name of the program in its messages; by default that of the script.
        description: the description in the help; by default the docstring of the function.
        config: files to read before those that the user gives.
        env: the prefix of the environment variables that set parameters, such as `"APP_"`. Without it, no
            variables are read.
        allow_unknown: warn of an unknown key instead of refusing it, as `--allow-unknown` does.
        version: what `--version` prints; by default the `__version__` of the calling module or its package.
        extra: what to do with arguments that the program does not know, such as those of a launcher: refuse
            or ignore them, or pass them on in `sys.argv` while the function runs.

    Wrong input ends the process before a function is called: a message is printed to stderr and
    `SystemExit` is raised with exit code 2. Raises `TypeError` for a function that cannot become a program.

    Examples:
        >>> import hyperparameter as hp
        >>> @hp.param("train")
        ... def train(lr: float = 0.1, steps: int = 100):
        ...     return lr, steps
        >>> from hyperparameter.testing import clean
        >>> with clean():
        ...     hp.launch(train, argv=["--lr", "0.5", "-D", "train.steps=7"])
        (0.5, 7)
    """
    from .program.run import run_program

    return run_program(
        functions,
        argv=argv,
        prog=prog,
        description=description,
        config=config,
        env=env,
        allow_unknown=allow_unknown,
        version=version,
        extra=extra,
        caller=sys._getframe(1),
    )
