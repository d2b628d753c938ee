"""Configuration and hyperparameters by dynamic scope.

Examples:
    >>> import hyperparameter as hp
    >>> hp.scope.train.lr | 0.001
    0.001
    >>> with hp.scope(**{"train.lr": 5e-4}):
    ...     hp.scope.train.lr | 0.001
    0.0005
"""

from .core.kernel import kernel
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
from .functions.param import param
from .scopes.scope import Reference, Scope, scope

# Modules of this package set this name themselves, because importing `typing` takes as long as importing
# the rest of the package. Type checkers treat the name as true.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from .catalog.check import check
    from .configuration.config import Config
    from .configuration.environment import env
    from .configuration.load import config
    from .configuration.merge import replace
    from .functions.bind import bind
    from .program.launch import launch
    from .scopes.snapshot import Snapshot, frozen, snapshot

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

# Public names that most programs do not use, and the module that each is imported from on first use.
_LAZY_NAMES = {
    "Config": "configuration.config",
    "Snapshot": "scopes.snapshot",
    "bind": "functions.bind",
    "check": "catalog.check",
    "config": "configuration.load",
    "env": "configuration.environment",
    "frozen": "scopes.snapshot",
    "launch": "program.launch",
    "replace": "configuration.merge",
    "snapshot": "scopes.snapshot",
}


def __getattr__(name: str) -> object:
    """Import a lazy name, and keep it in this module so that the next access finds it directly."""
    if name not in _LAZY_NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = __import__(f"{__name__}.{_LAZY_NAMES[name]}", fromlist=[name])
    globals()[name] = value = getattr(module, name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY_NAMES})
