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
from .errors import (
    KeySyntaxError,
    MissingArgumentError,
    MissingParamError,
    ParamError,
    UnusableOverrideError,
)
from .param import param
from .scope import Reference, Scope, scope

__version__ = "0.1.0"

__all__ = [
    "KeySyntaxError",
    "MissingArgumentError",
    "MissingParamError",
    "ParamError",
    "Reference",
    "Scope",
    "Snapshot",
    "UnusableOverrideError",
    "__version__",
    "bind",
    "frozen",
    "kernel",
    "param",
    "scope",
    "snapshot",
]
