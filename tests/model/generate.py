"""Random shapes, values, and overrides of them. Every choice is one of a `random.Random`."""

import json

from shapes import (
    KINDS,
    REQUIRED,
    Anything,
    Choice,
    Field,
    Fixed,
    Items,
    Level,
    Mapping,
    Mode,
    Object,
    Scalar,
    Struct,
    Union,
)
from view import Number, Replace, Text

SCALARS = {
    bool: [True, False, 0, 1, 1.0, "yes", "Off", "t", "true", "FALSE", "2", 2],
    int: [3, -4, 0, 5.0, "6", "+7", "1e3", "2.5", 2.5, True, "true", "yes", "x", "0042"],
    float: [0.5, 2, "1e-4", ".5", "5.", "+5", "inf", -0.25, True, "x", "1", "1.10"],
    str: ["a", "", "none", "4", "true", "1.10", "[1]", "{", "a b", 7, 1.5, False, "train", "null"],
}
ANYTHING = [True, 3, 0.5, "a", "4", "none", "", [1, 2], "[3]", '{"a": 1}', -1.0, [], {}, 1, "train", "1.10"]
SPELLINGS = ["1.10", "1e3", "0.50", "1E-2", "5.0e0"]
LITERALS = [[1, 2, "a"], ["1", 1], [True, "no"], ["a", "b"], ["none", "x"], [3, "train"]]
NAMES = ["a", "b", "c", "d"]
KEYS = ["a", "k", "p.q", "3"]


# --- Shapes ---


def shape_of(rng, depth):
    """Return a random shape. Structures and containers are at most `depth` deep."""
    simple = depth <= 0 or rng.random() < 0.35
    if simple:
        return simple_shape(rng)
    kind = rng.choice([*["struct"] * 3, "items", "items", "fixed", "mapping", "union", "union", "any"])
    match kind:
        case "struct":
            return struct_of(rng, depth)
        case "items":
            item = shape_of(rng, depth - 1)
            kinds = [list, tuple, set] if type(item) in (Scalar, Choice) else [list, tuple]
            return Items(rng.choice(kinds), item)
        case "fixed":
            return Fixed([shape_of(rng, depth - 1) for _ in range(rng.randint(1, 2))])
        case "mapping":
            return Mapping(shape_of(rng, depth - 1))
        case "any":
            return Anything()
    members = []
    for _ in range(rng.randint(1, 3)):
        member = shape_of(rng, depth - 1)
        if type(member) in (Union, Anything) or repr(member) in map(repr, members):
            member = Scalar(rng.choice([int, str]))
        # `Union` removes types that are the same.
        if repr(member) not in map(repr, members):
            members.append(member)
    if any(type(member) is Fixed or getattr(member, "kind", None) is tuple for member in members):
        # A named tuple is also a tuple, so it would be of two types.
        for member in members:
            if getattr(member, "kind", None) == "named tuple":
                member.kind = "dataclass"
    return Union(members, has_none=len(members) == 1 or rng.random() < 0.4)


def simple_shape(rng):
    kind = rng.choice([bool, int, float, str, str, int, "literal", "enum"])
    if kind == "literal":
        return Choice(rng.choice(LITERALS))
    if kind == "enum":
        cls = rng.choice([Mode, Level])
        return Choice([member.value for member in cls], cls)
    return Scalar(kind)


def struct_of(rng, depth):
    fields = []
    for name in sorted(rng.sample(NAMES, rng.randint(1, 4))):
        shape = shape_of(rng, depth - 1)
        default = REQUIRED if rng.random() < 0.3 else value_of(rng, shape)
        fields.append(Field(name, shape, default))
    # Fields without a default come first.
    fields.sort(key=lambda field: field.default is not REQUIRED)
    kind = rng.choice(KINDS)
    if kind == "pydantic" and "has_none" in repr(fields) and "enum=None" in repr(fields):
        # pydantic makes the number 1 of True for a union with `Literal[1]`.
        kind = "dataclass"
    return Struct(kind, f"S{rng.randint(0, 10**9)}", fields)


# --- Values ---


def value_of(rng, shape):
    """Return a value that is of a shape."""
    match shape:
        case Anything():
            return rng.choice([{"a": 1, "k": True}, 3, "x", {"a": {"b": 0.5}}, [1, 2], None])
        case Scalar(cls):
            return rng.choice([value for value in SCALARS[cls] if type(value) is cls])
        case Choice(choices, cls):
            return rng.choice(choices if cls is None else list(cls))
        case Items(kind, item):
            return kind([value_of(rng, item) for _ in range(rng.randint(0, 2))])
        case Fixed(items):
            return tuple(value_of(rng, item) for item in items)
        case Mapping(item):
            return {name: value_of(rng, item) for name in rng.sample(KEYS, rng.randint(0, 2))}
        case Union(members, has_none):
            return None if has_none and rng.random() < 0.3 else value_of(rng, rng.choice(members))
        case Struct(kind):
            given = [field for field in shape.fields if field.default is REQUIRED or rng.random() < 0.6]
            fields = {field.name: value_of(rng, field.shape) for field in given}
            if kind == "typed dict":
                return fields
            return Object(shape, {field.name: fields.get(field.name, field.default) for field in shape.fields})


def input_for(rng, shape, place):
    """Return an input that was probably meant for a shape. `place` is "python", "json" or "file"."""
    if rng.random() < 0.06:
        return rng.choice(ANYTHING)
    if place == "python" and rng.random() < 0.2:
        return value_of(rng, shape)
    match shape:
        case Anything():
            return rng.choice(ANYTHING)
        case Scalar(cls):
            value = rng.choice(SCALARS[cls])
            if place == "file" and cls in (float, str) and rng.random() < 0.2:
                spelling = rng.choice(SPELLINGS)
                value = Number(float(spelling), spelling)
            return value
        case Choice(choices, cls):
            names = list(cls.__members__) if cls is not None else ["a", "2", 1.0, True]
            return rng.choice([*choices, rng.choice(names)])
        case Items(_, item):
            return [input_for(rng, item, place) for _ in range(rng.randint(0, 2))]
        case Fixed(items):
            return [input_for(rng, item, place) for item in items]
        case Mapping(item):
            return {name: input_for(rng, item, place) for name in rng.sample(KEYS, rng.randint(0, 2))}
        case Union(members, has_none):
            if has_none and rng.random() < 0.3:
                return "null" if place == "file" else rng.choice([None, "none"])
            return input_for(rng, rng.choice(members), place)
        case Struct(kind):
            given = [f for f in shape.fields if rng.random() < (0.8 if f.default is REQUIRED else 0.4)]
            if kind == "named tuple" and rng.random() < 0.2:
                return [input_for(rng, field.shape, place) for field in shape.fields]
            return {field.name: input_for(rng, field.shape, place) for field in given}


def text_for(rng, shape):
    """Return an untyped text that was probably meant for a shape."""
    if type(shape) is Union and shape.has_none and rng.random() < 0.2:
        return Text(rng.choice(["None", "null"]))
    value = input_for(rng, shape, "json")
    if isinstance(value, str):
        return Text(value)
    text = json.dumps(value)
    # A number can have a spelling of its own.
    return Text(text.replace("-0.25", rng.choice(["-0.250", "-25E-2"])) if rng.random() < 0.3 else text)


# --- Overrides ---


def path_in(rng, shape, symbols):
    """Return a random path below a key, and the shape at its end. `symbols` allows all names of items."""
    path = []
    while rng.random() < 0.6:
        match shape:
            case Union(members):
                shape = rng.choice(members)
                continue
            case Struct(_, _, fields):
                field = rng.choice(fields)
                name, shape = field.name, field.shape
            case Mapping(item):
                name, shape = rng.choice(KEYS if symbols else ["a", "k", "3"]), item
            case Items(_, item):
                name, shape = rng.choice(["0", "1", "+"] if symbols else ["0", "1"]), item
            case Fixed(items):
                index = rng.randrange(len(items))
                name, shape = str(index), items[index]
            case Anything():
                name, shape = rng.choice(["a", "k", "b"]), Anything()
            case _:
                break
        path.append(name)
        if name == "+":
            return path, shape
    if rng.random() < 0.03:
        return [*path, "zz"], Scalar(int)
    return path, shape


def override_of(rng, shape, place):
    """Return a path and what a source sets there. `place` is also "text" or "environment"."""
    path, target = path_in(rng, shape, symbols=place != "environment")
    if place in ("text", "environment"):
        return path, text_for(rng, target)
    value = input_for(rng, target, place)
    if path[-1:] == ["+"] and type(value) is dict:
        # A mapping is not appended as a whole: its items are keys below `+`.
        return path, text_for(rng, target)
    if place == "python" and type(value) is dict and rng.random() < 0.2:
        value = Replace(value)
    return path, value
