"""Values, entries, the input of conversion, and questions about the type of a value.

An entry is a value and where it was set. It is a tuple in one of three forms:

    (value, origin)
    (value, origin, file value)
    (value, origin, below, is_untyped)

The second form is for numbers that a file writes in another way than Python (see `FileValue`). The third form
is for untyped text, and for values that are appended to a list. `below` is the entry that this one is on top
of, or None. For untyped text it is the typed value that the text overrides: if nobody asks for a type, the text
takes the type of that value. For an appended value it is the value that was appended before it.

Any object can be a value. So its class can have a metaclass that defines `__eq__` and `__hash__`, or that has
no hash at all. Before a class is compared or looked up in a set or dict, `is_plain_type` or `has_plain_hash`
checks that this is safe.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, ClassVar, TypeAlias

    from ..errors import ParamError
    from .frame import Frame
    from .origin import Origin

    # The module docstring describes the forms.
    Entry: TypeAlias = tuple[Any, ...]

__all__ = [
    "APPEND",
    "MISSING",
    "MISSING_ENTRY",
    "PLAIN_TYPES",
    "SCALAR_TYPES",
    "Appended",
    "Computed",
    "FileValue",
    "Parts",
    "UntypedText",
    "appended_of",
    "has_plain_hash",
    "hides",
    "input_of",
    "is_append",
    "is_exactly",
    "is_mapping",
    "is_mapping_type",
    "is_plain_type",
    "is_scalar_type",
    "is_untyped",
    "link",
    "replace",
    "untyped_entry",
]


class _Missing:
    def __repr__(self) -> str:
        return "<missing>"


MISSING: Any = _Missing()
# The entry of a key that is not set. In the overrides of a scope it is a deletion, in a cache it is a miss.
MISSING_ENTRY: Entry = (MISSING, None)

# A value of one of these types is neither a mapping nor a structure, and its class has the usual hash.
PLAIN_TYPES = frozenset((bool, int, float, str, bytes, list, tuple, set, frozenset, type(None)))


# A value of one of these types has no parts, so nothing that is set below its key can change it.
SCALAR_TYPES = frozenset((bool, int, float, complex, str, bytes, type(None)))


def is_scalar_type(cls: type) -> bool:
    """Return whether a class is one of `SCALAR_TYPES`."""
    return type(cls) is type and cls in SCALAR_TYPES


def is_plain_type(cls: type) -> bool:
    """Return whether a class is one of `PLAIN_TYPES`."""
    return type(cls) is type and cls in PLAIN_TYPES


def is_exactly(value: object, *classes: type) -> bool:
    """Return whether a value's class is one of some classes, and not only derives from it."""
    cls = type(value)
    # `in` would compare, and a metaclass can define `__eq__`.
    return any(cls is other for other in classes)


def has_plain_hash(cls: type) -> bool:
    """Return whether hashing a class is sure to work and runs no code of a metaclass."""
    return type(cls).__hash__ is object.__hash__


def is_mapping(value: object) -> bool:
    """Return whether a value is a mapping. The items of a mapping are parameters of their own."""
    # `isinstance` would ask the value itself. A mock claims to be of any class, and a proxy may raise.
    cls = type(value)
    return cls is dict or (not is_plain_type(cls) and is_mapping_type(cls))


def is_mapping_type(cls: type) -> bool:
    """Return whether a class is a class of mappings."""
    from _collections_abc import Mapping

    if has_plain_hash(cls):
        return issubclass(cls, Mapping)
    # `issubclass` with an abstract class, such as Mapping, would hash the class.
    return any(base is dict or base is Mapping for base in cls.__mro__)


# --- The input of conversion: a value and what is set below it ---

# The name of a part that appends to a list.
APPEND = "+"


class replace(dict):  # type: ignore[type-arg]  # noqa: N801
    """A mapping that replaces the whole subtree of its key, and the default, instead of being merged with them.

    In a file, write `_replace_ = true` in the table.

    Examples:
        >>> import hyperparameter as hp
        >>> hp.config({"model": {"name": "cnn", "width": 3}}, {"model": hp.replace({"name": "mlp"})})
        {'model': {'name': 'mlp'}}
        >>> with hp.scope({"model": {"name": "cnn"}}), hp.scope({"model": hp.replace({"width": 3})}):
        ...     hp.scope.model({"depth": 1})
        {'width': 3}
    """

    __slots__ = ()


class UntypedText(str):
    """Text from a place without types: a `key=value` text, the command line, the environment.

    Conversion returns it as a plain `str`, or as another type.

    Attributes:
        like: the typed value that the text overrides, or `MISSING`.
    """

    __slots__ = ("like",)
    like: Any

    def __new__(cls, text: str, like: Any = MISSING) -> UntypedText:
        self = str.__new__(cls, text)
        self.like = like
        return self


class FileValue:
    """A number that a file writes in another way than Python, such as `1.10`, or a container with such numbers.

    Conversion returns the value, except that a number becomes text as the file writes it.

    Attributes:
        value: the value as a plain Python object.
        spelled: a number as the file writes it, or None if that is not known: then it cannot become text. For
            a list or dict, the same with a `FileValue` for each item that needs one.
    """

    __slots__ = ("spelled", "value")

    def __init__(self, value: Any, spelled: Any) -> None:
        self.value = value
        self.spelled = spelled

    def __repr__(self) -> str:
        return repr(self.value)


class Computed:
    """A value that is computed when it is read (see computed.py)."""

    __slots__ = ()
    # Whether this process has made such a value. Until then, no read looks for one.
    exist: ClassVar[bool] = False

    def __init__(self) -> None:
        Computed.exist = True

    @property
    def error(self) -> ParamError | None:
        """The error that every read raises, None if a read can succeed."""
        return None

    def part(self, names: Sequence[str]) -> Computed:
        """Return a part of this value, as a value that is computed when it is read too."""
        raise NotImplementedError

    def input_in(self, frame: Frame, keys: tuple[str, ...]) -> Any:
        """Return the value as the input of conversion, for a reader in a frame.

        `keys` are the keys whose values are being computed. The value of each refers to the next. The last one
        has this value.
        """
        raise NotImplementedError


class Parts:
    """What is set at a key and below it.

    Attributes:
        value: the value of the key itself, or `MISSING`. An empty `replace` lets no default show through.
        items: what is set below it, by name: values, untyped texts and more parts. The name `"+"` has
            `Appended`.
    """

    __slots__ = ("items", "value")

    def __init__(self, value: Any, items: dict[str, Any]) -> None:
        self.value = value
        self.items = items

    def __repr__(self) -> str:
        return f"Parts({self.value!r}, {self.items!r})"


class Appended(tuple):  # type: ignore[type-arg]
    """The values that are appended to a list, in order.

    For a dict, the last one is the value of the key `"+"`.
    """

    __slots__ = ()


# --- Entries ---


def untyped_entry(text: str, origin: Origin | None) -> Entry:
    """Return the entry of a text from a place without types."""
    return (text, origin, None, True)


def is_untyped(entry: Entry) -> bool:
    """Return whether an entry is an untyped text."""
    return len(entry) == 4 and entry[3]


def is_append(key: str) -> bool:
    """Return whether a key appends to the list above it, such as `model.layers.+`."""
    return key[-2:] == ".+"


def link(entry: Entry, below: Entry | None, appends: bool) -> Entry:
    """Return an entry on top of the entry of the same key below it, which is None if there is none."""
    if below is None or below is MISSING_ENTRY or entry is MISSING_ENTRY:
        return entry
    # The same call may have put the entry on top of another one already.
    linked = entry[2] if len(entry) == 4 else None
    if appends:
        return (*entry[:2], below if linked is None else link(linked, below, appends), is_untyped(entry))
    if is_untyped(entry):
        typed = below[2] if is_untyped(below) else below
        return (*entry[:2], typed if linked is None else linked, True)
    # An empty mapping sets nothing.
    return entry if hides(entry[0]) else below


def input_of(entry: Entry) -> Any:
    """Return the value of an entry as the input of conversion."""
    if not is_untyped(entry):
        return entry[2] if len(entry) == 3 else entry[0]
    below = entry[2]
    return UntypedText(entry[0], MISSING if below is None else below[0])


def appended_of(entry: Entry) -> Appended:
    """Return the values that are appended up to an entry, as the input of conversion."""
    values = []
    current: Entry | None = entry
    while current is not None:
        values.append(UntypedText(current[0]) if is_untyped(current) else current[0])
        current = current[2] if len(current) == 4 else None
    return Appended(reversed(values))


def hides(value: Any) -> bool:
    """Return whether a value hides what is set below its key further out.

    Only an empty mapping does not, unless it is a `replace`. The items of a mapping are keys of their own.
    """
    return is_plain_type(type(value)) or type(value) is replace or not is_mapping(value)
