"""Configuration and hyperparameters by dynamic scope.

Examples:
    >>> import hyperparameter as hp
    >>> hp.scope.train.lr | 0.001
    0.001
    >>> with hp.scope(**{"train.lr": 5e-4}):
    ...     hp.scope.train.lr | 0.001
    0.0005
"""

# Modules of this package set `TYPE_CHECKING = False` themselves, because importing `typing` takes as long as
# importing the rest of the package. Type checkers treat the name as true.
import os as _os

from .configuration.config import Config
from .core.computed import lazy, ref
from .core.kernel import kernel
from .core.value import replace
from .deferred import check, config, env, explain, fingerprint, launch, record, tree
from .errors import (
    ConfigError,
    KeySyntaxError,
    MissingArgumentError,
    MissingParamError,
    ParamError,
    UnknownParamError,
    UnknownParamWarning,
    UnusableOverrideError,
)
from .execution.lazy import choice, executor, loguniform, parallel, randint, sweep, uniform
from .functions.bind import bind
from .functions.param import param
from .scopes.scope import Reference, Scope, scope
from .scopes.snapshot import Snapshot, frozen, reset, snapshot
from .secrecy import secret, secrets

__version__ = "0.1.0"
"""The version of the package."""

__all__ = [
    "Config",
    "ConfigError",
    "KeySyntaxError",
    "MissingArgumentError",
    "MissingParamError",
    "ParamError",
    "Reference",
    "Scope",
    "Snapshot",
    "UnknownParamError",
    "UnknownParamWarning",
    "UnusableOverrideError",
    "__version__",
    "bind",
    "check",
    "choice",
    "config",
    "env",
    "executor",
    "explain",
    "fingerprint",
    "frozen",
    "kernel",
    "launch",
    "lazy",
    "loguniform",
    "parallel",
    "param",
    "randint",
    "record",
    "ref",
    "replace",
    "reset",
    "scope",
    "secret",
    "secrets",
    "snapshot",
    "sweep",
    "tree",
    "uniform",
]

# Another process that called `hp.frozen(processes=True)` set it.
if _os.environ.get("HYPERPARAMETER_BASELINE"):
    from .scopes.inherited import inherit as _inherit

    _inherit(_os.environ["HYPERPARAMETER_BASELINE"])
