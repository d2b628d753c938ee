"""The part of the reference for unions, and for what is set below a key."""

from shapes import Anything, Choice, Fixed, Items, Mapping, Object, Scalar, Struct, Union, real, show
from single_values import own
from view import MISSING, NOTHING, Node, Number, Refused, Text, parsed


def convert_to_union(given, shape, base, convert):
    if type(given) is Node and not any(map(accepts_parts, shape.members)):
        # What is set below a key cannot change a value that has no parts.
        given = own(given)
    if shape.has_none and means_none(given, shape.members):
        return None
    if given is None:
        raise Refused("None")
    members = shape.members
    if type(given) not in (Text, Node, dict):
        for member in members:
            if is_of(given, member, convert):
                return convert(given, member)
    if type(given) is Text:
        if parsed(given) is not MISSING or given.lstrip()[:1] in ("[", "{"):
            parts = [member for member in members if type(member) in (Items, Fixed, Mapping, Struct)]
            others = [member for member in members if type(member) not in (Items, Fixed, Mapping, Struct)]
            members = sorted(parts, key=lambda member: not is_type_of(base, member)) + others
    elif type(given) in (Node, dict):
        value = given.value if type(given) is Node and given.value not in (MISSING, NOTHING) else base
        members = sorted(members, key=lambda member: not is_type_of(value, member))
    elif not isinstance(given, str):
        # A number becomes text only if no member is for numbers.
        has_numbers = any(type(member) is Scalar and member.cls is not str for member in members)
        is_text = [type(member) is Scalar and member.cls is str for member in members]
        members = [m for m, text in zip(members, is_text, strict=True) if not text] + [
            m for m, text in zip(members, is_text, strict=True) if text and not has_numbers
        ]
    for member in members:
        try:
            return convert(given, member, base)
        except Refused:
            pass
    raise Refused("no type of the union")


def means_none(given, members):
    if given is None:
        return True
    if not isinstance(given, str) or given.strip().lower() not in ("none", "null"):
        return False
    choices = [choice for member in members if type(member) is Choice for choice in member.choices]
    if str(given) in choices:
        return False
    return type(given) is Text or not any(type(member) is Scalar and member.cls is str for member in members)


def is_type_of(value, member):
    """Return whether what is set merges with a value, because the value is of a type that has parts."""
    match member:
        case Struct("typed dict"):
            return type(value) is dict
        case Struct():
            return type(value) is Object and value.shape is member
        case Items(kind):
            return type(value) is kind
        case Fixed():
            return type(value) is tuple
        case Mapping():
            return type(value) is dict
    return False


def is_of(given, member, convert):
    """Return whether a value already is of a type."""
    value = given.value if type(given) is Number else given
    match member:
        case Scalar(cls):
            return type(value) is cls
        case Choice(choices, cls):
            return type(value) is cls or (cls is None and show(value) in map(show, choices))
        case Struct():
            return type(value) is Object and value.shape is member
        case Items() | Fixed():
            try:
                return show(real(convert(value, member))) == show(real(value))
            except Refused:
                return False
    return False


# --- What is set below a key ---


def accepts_names(asked):
    """Return whether a shape or default accepts what is set below its key, as a mapping."""
    match asked:
        case Union(members):
            return any(map(accepts_names, members))
        case Anything() | Mapping() | Struct() | Object() | dict():
            return True
    return False


def accepts_parts(asked):
    match asked:
        case Union(members):
            return any(map(accepts_parts, members))
        case Items() | Fixed() | list() | tuple() | set():
            return True
    return accepts_names(asked)
