"""Secrets: which values are secret, and what is shown instead of them. Every printer asks `masked`.

A value is secret if its key matches a pattern, or if it was set as `hp.secret(value)`. The second kind is a
mark on the origin of the entry (see core/origin.py), so a read of the value costs nothing more.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Any

__all__ = [
    "MASK",
    "Secret",
    "has_secrets",
    "is_secret_key",
    "masked",
    "masked_text",
    "patterns",
    "secret",
    "secrets",
]

MASK = "******"

# A key is secret if one of its segments, in lower case, is one of these names or ends with `_` and one of them.
# There is no `_token`: `pad_token` and `eos_token` are parameters of language models.
NAMES = ("password", "passwd", "passphrase", "secret", "api_key", "apikey", "secret_key", "private_key")
WHOLE_NAMES = frozenset(("token", "access_token", "api_token", "auth_token", "refresh_token", "credentials"))
ENDINGS = tuple(f"_{name}" for name in NAMES)

# The patterns of `hp.secrets`, in lower case. Each starts with a dot, as the compared keys do.
patterns: list[str] = []

# Values that are nested more deeply are not shown.
MAX_DEPTH = 50


class Secret:
    """A value that is shown as `******`. A scope or configuration takes the value out, and marks its entry."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return MASK


class _Text:
    """An object with a certain repr."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def secret(value: Any) -> Any:
    """Mark a value that a scope or configuration sets: reads give the value, and nothing shows it.

    Errors, `repr`, `hp.explain`, `hp show` and `--help` show `******` instead. In a mapping, all values are
    marked. A snapshot or bound function that is pickled keeps the mark.

    Examples:
        >>> import hyperparameter as hp
        >>> with hp.scope({"db.key": hp.secret("hunter2")}):
        ...     hp.scope.db.key(), hp.scope.db.key
        ('hunter2', <hp.scope.db.key = ******>)
    """
    if isinstance(value, dict) and value:
        return type(value)({name: secret(item) for name, item in value.items()})
    return value if type(value) is Secret else Secret(value)


def secrets(*key_patterns: str) -> None:
    """Mark keys: nothing shows the values of those that match, in the whole process.

    In a pattern, `*` stands for any text. A leading `*.` also matches a key without a prefix. What is below a
    key that matches is secret too. Case does not matter. Keys such as `db.password`, `api_key`,
    `client_secret` and `token` are secret without a pattern.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.secrets("*.dsn")
        >>> with hp.scope({"db.dsn": "postgres://me:hunter2@host"}):
        ...     hp.scope.db
        <hp.scope.db: {'dsn': ******}>
    """
    for pattern in key_patterns:
        if not isinstance(pattern, str):
            raise TypeError(f"hp.secrets expected patterns of keys as texts, got a {type(pattern).__name__}")
        lowered = f".{pattern.lower().removeprefix('.')}"
        if lowered not in patterns:
            patterns.append(lowered)


def is_secret_key(key: str) -> bool:
    """Return whether a key, or one above it, has a secret name or matches a pattern of `hp.secrets`."""
    names = key.lower().replace('"', "").split(".")
    # An item of a list is `tokens[0]`, and a flag is `--api-key`.
    names = [name.partition("[")[0].replace("-", "_") for name in names]
    if any(name in NAMES or name in WHOLE_NAMES or name.endswith(ENDINGS) for name in names):
        return True
    return bool(patterns) and _matches_pattern(names)


def _matches_pattern(names: list[str]) -> bool:
    from fnmatch import fnmatchcase

    prefixes = ["." + ".".join(names[:count]) for count in range(1, len(names) + 1)]
    return any(
        fnmatchcase(prefix, pattern) or fnmatchcase(f".{prefix}", pattern)
        for prefix in prefixes
        for pattern in patterns
    )


def masked(key: str, value: Any, marked: Collection[str] = (), depth: int = 0) -> Any:
    """Return a value to show: `******` for a secret one, and a copy of one that contains secrets.

    `marked` has the keys that are marked as secret. The repr of the result is what a user may see.
    """
    if _is_secret(key, marked):
        # Whether a secret is set at all is no secret.
        return value if value is None or (type(value) is str and not value) else _Text(MASK)
    if depth > MAX_DEPTH:
        return _Text("…")
    if isinstance(value, dict):
        return {
            name: masked(f"{key}.{name}" if key else str(name), item, marked, depth + 1)
            for name, item in value.items()
        }
    if type(value) is list or type(value) is tuple:
        return type(value)([masked(key, item, marked, depth + 1) for item in value])
    if type(value).__base__ is str or type(value) is str:
        return _masked_json(key, value, marked, depth)
    return _masked_structure(key, value, marked, depth)


def has_secrets(key: str, value: Any, marked: Collection[str] = ()) -> bool:
    """Return whether a value is secret, or contains something that is."""
    try:
        visible = masked(key, value, marked)
        return visible is not value and repr(visible) != repr(value)
    # A value whose own code fails is not shown.
    except Exception:
        return True


def _masked_json(key: str, text: str, marked: Collection[str], depth: int) -> Any:
    """Return `******` for JSON text with a secret in it, any other text as it is."""
    if text[:1] not in ("{", "["):
        return text
    from json import loads

    try:
        value = loads(text)
    except (ValueError, RecursionError):
        # Text that only resembles JSON can have a secret too.
        return _Text(MASK) if is_secret_key(".".join(_words(text))) else text
    return _Text(MASK) if repr(masked(key, value, marked, depth + 1)) != repr(value) else text


def _words(text: str) -> list[str]:
    return "".join(char if char.isalnum() or char in "_-" else " " for char in text).split()


def _is_secret(key: str, marked: Collection[str]) -> bool:
    return is_secret_key(key) or (bool(marked) and any(_is_at_or_below(key, name) for name in marked))


def _is_at_or_below(key: str, name: str) -> bool:
    key, name = key.replace('"', ""), name.replace('"', "")
    return key == name or key.startswith((f"{name}.", f"{name}["))


def _masked_structure(key: str, value: Any, marked: Collection[str], depth: int) -> Any:
    """Return a text for a structure with secret fields, any other value as it is."""
    fields = _fields_of(type(value))
    shown = {}
    has_secret = False
    for name in fields:
        item = getattr(value, name, None)
        shown[name] = masked(f"{key}.{name}" if key else name, item, marked, depth + 1)
        has_secret = has_secret or shown[name] is not item
    if not has_secret or all(repr(shown[name]) == repr(getattr(value, name, None)) for name in fields):
        return value
    return _Text(f"{type(value).__name__}({', '.join(f'{name}={item!r}' for name, item in shown.items())})")


def _fields_of(cls: type) -> Iterable[str]:
    """Return the names of the fields of a dataclass, attrs class, Struct, pydantic model or named tuple."""
    for attribute in ("__dataclass_fields__", "__struct_fields__", "model_fields", "_fields"):
        fields = cls.__dict__.get(attribute) or getattr(cls, attribute, None)
        if isinstance(fields, dict | tuple):
            return [name for name in fields if isinstance(name, str)]
    attributes = getattr(cls, "__attrs_attrs__", ())
    return [field.name for field in attributes] if isinstance(attributes, tuple) else []


def masked_text(text: str, value: Any) -> str:
    """Return a text in which a secret value is masked wherever it occurs."""
    for secret_text in (repr(value), str(value)):
        if secret_text:
            text = text.replace(secret_text, MASK)
    return text
