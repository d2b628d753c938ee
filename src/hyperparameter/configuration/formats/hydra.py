"""Compose a configuration with Hydra, which reads its groups, defaults lists and overrides itself."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ...core.origin import Origin
from ...errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def compose(
    config_dir: str | os.PathLike[str], config_name: str | None, overrides: Sequence[str]
) -> tuple[Any, Origin]:
    """Return what Hydra composes, as plain values, and its origin.

    Raises `ConfigError` with Hydra's message if Hydra cannot compose it.
    """
    folder = os.fsdecode(config_dir)
    file = os.path.join(folder, os.path.splitext(config_name)[0] + ".yaml") if config_name else folder
    origin = Origin.at(f"{file} (hydra)")
    try:
        import hydra
        from hydra.errors import HydraException
        from omegaconf import OmegaConf
        from omegaconf.errors import OmegaConfBaseException
    except ModuleNotFoundError as error:
        text = "to use Hydra, install it: pip install hydra-core"
        raise ConfigError(detail=text, origin=Origin.at(folder)) from error
    if not os.path.isdir(folder):
        raise ConfigError(detail="there is no such folder", origin=Origin.at(folder))
    try:
        with _fresh_hydra(), hydra.initialize_config_dir(os.path.abspath(folder), version_base="1.3"):
            composed = hydra.compose(config_name, overrides=list(overrides))
        plain: Any = OmegaConf.to_container(composed, resolve=True, throw_on_missing=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(detail=_message_of(error), origin=origin) from error
    # The parsers of files and of overrides raise errors of their own.
    except Exception as error:
        raise ConfigError(detail=f"{type(error).__name__}: {_message_of(error)}", origin=origin) from error
    return plain, origin


@contextmanager
def _fresh_hydra() -> Iterator[None]:
    """Let a block initialize Hydra, and restore the program's own state of Hydra after it."""
    from hydra.core.global_hydra import GlobalHydra
    from hydra.version import VersionBase

    shared, version = GlobalHydra.instance(), VersionBase.instance()
    before = shared.hydra, version.version_base
    shared.hydra = None
    try:
        yield
    finally:
        GlobalHydra.set_instance(shared)
        shared.hydra, version.version_base = before


def _message_of(error: BaseException) -> str:
    """Return the message of an error, with the cause that Hydra gives for it."""
    text = str(error).strip()
    cause = error.__cause__
    return text if cause is None or str(cause) in text else f"{text} ({str(cause).strip()})"
