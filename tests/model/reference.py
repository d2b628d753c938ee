"""The conversion rule of the contract, written as plainly as possible, without the library.

`convert(given, shape, base)` returns what a reader gets. `given` is a value, a `Text`, a `Number`, or a `Node`
for a value of which parts are set. `base` is the default, or `MISSING`.
"""

import enum

from shapes import REQUIRED, Anything, Choice, Fixed, Items, Mapping, Object, Scalar, Struct, Union
from single_values import convert_to_choice, convert_to_scalar, own
from unions import convert_to_union
from view import MISSING, NOTHING, Appended, Node, Number, Refused, Text, given_at, is_none, on_top, parsed


def convert(given, shape, base=MISSING):
    match shape:
        case Anything():
            return untyped(given, base)
        case Union():
            return convert_to_union(given, shape, base, convert)
        case Scalar(cls):
            return convert_to_scalar(own(given), cls, True)
        case Choice():
            return convert_to_choice(own(given), shape)
        case Items() | Fixed():
            return convert_to_items(given, shape, base)
        case Mapping(item):
            return convert_to_mapping(given, item, base)
        case Struct():
            return convert_to_struct(given, shape, base)


# --- Containers ---


def elements_of(given):
    if isinstance(given, str):
        given = parsed(given)
    if type(given) in (list, tuple, set):
        return list(given)
    raise Refused("not a list")


def convert_to_items(given, shape, base):
    if type(given) is Node:
        if not given.parts:
            raise Refused("a mapping for a list")
        cells = cells_of(given, base, is_set=getattr(shape, "kind", None) is set)
    else:
        cells = [(element, MISSING) for element in elements_of(given)]
    if type(shape) is Fixed and len(shape.items) != len(cells):
        raise Refused("a wrong number of items")
    shapes = shape.items if type(shape) is Fixed else [shape.item] * len(cells)
    items = [
        item_base if element is MISSING else convert(element, item, item_base)
        for (element, item_base), item in zip(cells, shapes, strict=True)
    ]
    kind = tuple if type(shape) is Fixed else shape.kind
    if kind is set and any(type(item) in (list, dict, set) for item in items):
        raise Refused("not hashable")
    return kind(items)


def cells_of(node, base, is_set):
    """Return each item of a list with its base: items are set by index, and others are appended."""
    if node.value is MISSING:
        cells = [(MISSING, item) for item in base] if type(base) in (list, tuple, set) else []
    elif node.value is NOTHING or is_none(node.value):
        cells = []
    else:
        cells = [(element, MISSING) for element in elements_of(node.value)]
    for name, part in node.parts.items():
        if name != "+":
            if is_set or not name.removeprefix("-").isdecimal() or not -len(cells) <= int(name) < len(cells):
                raise Refused("not an index")
            element, item_base = cells[int(name)]
            cells[int(name)] = combined(element, part), item_base
    # Nobody asks for the type of a text that is appended, or all items of the list have its type.
    sample = common_sample(cells)
    return cells + [(value, sample) for value in appended(node)]


def common_sample(cells):
    samples = []
    for item, base in cells:
        if type(item) is Text:
            item = item.like
        elif type(item) is Node and item.value is not MISSING:
            # A single value has no parts.
            item = item.value
        item = base if item is MISSING else item
        samples.append(item.value if type(item) is Number else item)
    is_common = len(set(map(type, samples))) == 1 and type(samples[0]) in (bool, int, float, str)
    return samples[0] if is_common else MISSING


def appended(node):
    part = node.parts.get("+")
    if part is None:
        return ()
    return part.value if type(part.value) is Appended and not part.parts else [part]


def combined(outer, part):
    """Return what a part is that is set in two places, one on top of the other."""
    if type(part) is Node:
        part = given_at(part)
        if type(part) is Node and part.value is MISSING and outer is not MISSING:
            return Node(outer, part.parts)
    return on_top(part, outer) if type(part) is Text and part.like is MISSING and outer is not MISSING else part


def convert_to_mapping(given, item_shape, base):
    items, base = items_and_base(given, base)
    outer = base if type(base) is dict else {}
    converted = {name: convert(item, item_shape, outer.get(name, MISSING)) for name, item in items.items()}
    return outer | converted


def items_and_base(given, base):
    """Return the parts that are set by name, and what all others come from."""
    if isinstance(given, str):
        given = parsed(given)
    if type(given) is dict:
        return given, base
    if type(given) is not Node:
        raise Refused("not a mapping")
    items = {name: part if name == "+" else given_at(part) for name, part in given.parts.items()}
    if "+" in items:
        items["+"] = appended(given)[-1]
    value = given.value
    if value is MISSING:
        return items, base
    if value is NOTHING or is_none(value):
        return items, MISSING
    if type(value) is Object:
        return items, value
    outer, base = items_and_base(value, base)
    return outer | {name: combined(outer.get(name, MISSING), item) for name, item in items.items()}, base


# --- Structures ---


def convert_to_struct(given, shape, base):
    if type(given) is Object:
        if given.shape is shape:
            return given
        raise Refused("an object of another class")
    if shape.kind == "named tuple":
        elements = parsed(given) if isinstance(given, str) else given
        if type(elements) in (list, tuple):
            if len(elements) > len(shape.fields):
                raise Refused("too many items")
            given, base = dict(zip(shape.by_name, elements, strict=False)), MISSING
    items, base = items_and_base(given, base)
    if type(base) is Object:
        if base.shape is not shape and type(given) is Node and given.value is base:
            raise Refused("parts of an object of another class")
        base = base.fields if base.shape is shape else MISSING
    elif type(base) is dict and shape.kind != "typed dict":
        # A dict as the default of a structure: its items are fields.
        items = base | {name: combined(base.get(name, MISSING), item) for name, item in items.items()}
        base = MISSING
    elif type(base) is not dict:
        base = MISSING
    values = dict(base) if base is not MISSING else {}
    for name, item in items.items():
        field = shape.by_name.get(name)
        if field is None:
            raise Refused("not a field")
        field_base = values.get(name, MISSING) if base is not MISSING else default_of(field, shape)
        values[name] = convert(item, field.shape, field_base)
    for field in shape.fields:
        if field.name not in values:
            if field.default is REQUIRED:
                raise Refused("a missing field")
            if shape.kind != "typed dict":
                values[field.name] = field.default
    return values if shape.kind == "typed dict" else Object(shape, values)


def default_of(field, shape):
    # A typed dict has no defaults.
    return MISSING if field.default is REQUIRED or shape.kind == "typed dict" else field.default


# --- Nobody asks for a type ---


def untyped(given, base):
    if type(given) is Text:
        return untyped_text(given, base)
    if type(given) is Number:
        return given.value
    if type(given) in (list, tuple):
        return type(given)(untyped(item, MISSING) for item in given)
    if type(given) is dict:
        if type(base) is Object:
            return convert_to_struct(given, base.shape, base)
        return convert_to_mapping(given, Anything(), base)
    if type(given) is not Node:
        return given
    # The parts are those of the value, or of the base.
    whole = base if given.value is MISSING else given.value
    if parsed(given.value) is not MISSING:
        whole = parsed(whole)
    if type(whole) is Object:
        return convert_to_struct(given, whole.shape, base)
    if type(whole) in (list, tuple, set):
        return convert_to_items(given, Items(type(whole), Anything()), base)
    if given.value in (MISSING, NOTHING) or type(whole) is dict:
        return convert_to_mapping(given, Anything(), base)
    # A single value has no parts.
    return untyped(given.value, base)


def untyped_text(text, base):
    """Return a text with the type of what it overrides. It replaces that value, and merges with a default."""
    like = text.like.value if type(text.like) is Number else text.like
    for overridden, merges in ((like, False), (base, True)):
        if overridden is not MISSING and overridden is not None:
            try:
                return convert_like(str(text), overridden if merges else emptied(overridden))
            except Refused:
                pass
    return str(text)


def emptied(value):
    """Return a value from which nothing is inherited."""
    if type(value) is Object:
        return Object(value.shape, None)
    return {} if type(value) is dict else value


def convert_like(given, default):
    """Return a value converted to the type of a default."""
    if default is None:
        return untyped(given, MISSING)
    if given is None:
        return None
    cls = type(default)
    if cls in (bool, int, float, str):
        return convert_to_scalar(own(given), cls, False)
    if cls is Object:
        return convert_to_struct(given, default.shape, MISSING if default.fields is None else default)
    if isinstance(default, enum.Enum):
        return convert_to_choice(own(given), Choice([member.value for member in cls], cls))
    if cls is dict:
        return convert_to_mapping(given, Anything(), default)
    return convert_to_items(given, Items(cls, Anything()), default)
