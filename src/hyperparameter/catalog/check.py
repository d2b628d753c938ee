"""`hp.check`: no key that is set and that nothing reads goes unnoticed."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..scopes.scope import Source

__all__ = ["check"]


def check(*sources: Source, allow_unknown: bool = False) -> None:
    """Refuse keys that nothing declares, and values that do not fit what is declared.

    What is declared is what decorated functions take, and what the source code of the program reads,
    which is looked through without being run. A key that no one declares is refused where it lies
    under a decorated function's namespace, or is nearly one that is declared; with `allow_unknown` only
    the former. Any other gives an `UnknownParamWarning`.

    Sources are those of `hp.scope(...)`. Raises `ConfigError`, which lists every fault.

    Examples:
        >>> import hyperparameter as hp
        >>> @hp.param("sweep")
        ... def sweep(trials=10, seed=0): ...
        >>> hp.check({"sweep.trials": 20})
        >>> hp.check("sweep.trails=20")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        hyperparameter.errors.ConfigError: 'sweep.trails' = '20' is not used: sweep() has no such parameter; ...
    """
    from warnings import warn

    from ..configuration.config import Config
    from ..errors import ConfigError, UnknownParamWarning
    from ..scopes.reference import caller, entries_from
    from .known import faults, program_sources

    file = sys._getframe(1).f_code.co_filename
    entries = entries_from(sources, {}, caller(1))
    referred = {key for source in sources if isinstance(source, Config) for key in source.referred}

    def tell(problem: str) -> None:
        warn(f"{problem}: what it declares is not known", UnknownParamWarning, stacklevel=4)

    wrong, unread = faults(entries, referred, lambda: program_sources(file), allow_unknown, tell)
    if wrong:
        raise ConfigError(errors=wrong)
    for fault in unread:
        warn(str(fault), UnknownParamWarning, stacklevel=2)
