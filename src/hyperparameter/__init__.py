"""Configuration and hyperparameters by dynamic scope.

Example:
    >>> import hyperparameter as hp
    >>> hp.scope.train.lr | 0.001
    0.001
    >>> with hp.scope(**{"train.lr": 5e-4}):
    ...     hp.scope.train.lr | 0.001
    0.0005
"""

from ._kernel import kernel
from .bind import Snapshot, bind, frozen, snapshot
from .check import check
from .cli import launch
from .config import Config, config, env, replace
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
from .param import param
from .scope import Reference, Scope, scope

__version__ = "0.1.0"

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
    "config",
    "env",
    "frozen",
    "kernel",
    "launch",
    "param",
    "replace",
    "scope",
    "snapshot",
]
