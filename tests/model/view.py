"""What sources set, as a tree: the reference for merging. Later sources are put on top of earlier ones."""

import json


class Refused(Exception):
    """The model refuses a value or a source."""


class Missing:
    def __repr__(self):
        return "<missing>"


MISSING = Missing()
# The value of a node that `hp.replace` has cleared: no default shows through.
NOTHING = Missing()


class Text(str):
    """An untyped text. `like` is the typed value that it overrides."""

    like = MISSING


class Number:
    """A number of a file, and how the file writes it."""

    def __init__(self, value, spelling):
        self.value = value
        self.spelling = spelling

    def __repr__(self):
        return self.spelling


class Replace(dict):
    """A mapping that replaces what is below its key."""

    def __repr__(self):
        return f"Replace({super().__repr__()})"


class Node:
    """What is set at a key, and what is set below it later."""

    def __init__(self, value=MISSING, parts=None):
        self.value = value
        self.parts = parts or {}

    def __repr__(self):
        return f"Node({self.value!r}, {self.parts!r})"


def given_at(node):
    """Return what conversion gets of a node: its value, if nothing is set below it."""
    parts = {name: part for name, part in node.parts.items() if is_set(part)}
    if not parts:
        return Node(NOTHING) if node.value is NOTHING else node.value
    return Node(MISSING if type(node.value) is dict else node.value, parts)


def is_set(node):
    return node.value is not MISSING or any(map(is_set, node.parts.values()))


def put(node, path, value, is_part=False):
    """Set a key of a scope. `is_part` says that a node above has a value, of which this node is a part."""
    for name in path:
        is_part = is_part or node.value not in (MISSING, NOTHING, {})
        node = node.parts.setdefault(name, Node())
    if type(value) is Replace:
        node.value, node.parts = NOTHING, {}
    if type(value) in (dict, Replace):
        for name, item in value.items():
            put(node, [name], item, is_part)
        if not value and node.value is MISSING and not is_part:
            node.value = {}
    elif path and path[-1] == "+":
        # Every value is appended.
        earlier = node.value if type(node.value) is Appended else ()
        node.value, node.parts = Appended([*earlier, value]), {}
    else:
        node.value, node.parts = on_top(value, node.value), {}


class Appended(list):
    """All values that were appended to a list."""


def on_top(value, below):
    """Return a value that overrides another one: an untyped text remembers the typed value below it."""
    if type(value) is Text:
        made = Text(value)
        # `hp.replace` sets an empty table.
        made.like = below.like if type(below) is Text else {} if below is NOTHING else below
        return made
    return value


def put_in_configuration(node, path, value, is_part=False):
    """Set a key of a configuration, which refuses to make a table of a value, or a value of a table."""
    current = node
    for name in path:
        expand(current, is_part)
        is_part = is_part or current.value not in (MISSING, NOTHING, {})
        if not current.parts:
            check_part(current, name)
        current = current.parts.setdefault(name, Node())
    if type(value) is Replace:
        current.value, current.parts = NOTHING, {}
    elif type(value) is dict:
        expand(current, is_part)
        # An empty table sets nothing.
        if not value and (is_table(current) or is_none(current.value)):
            return
        is_value = not is_table(current) and current.value not in (MISSING, NOTHING)
        if is_value and not is_none(current.value) and not has_items(current.value, value):
            raise Refused("a table on top of a value")
    elif is_table(current) and path[-1] != "+":
        table = json_object(value)
        if table is not None:
            value = table
        elif not is_none(value) and not has_only_items(current, value):
            raise Refused("a value on top of a table")
    if type(value) in (dict, Replace):
        for name, item in value.items():
            put_in_configuration(current, [name], item, is_part)
        if not value and current.value is MISSING and not current.parts and not is_part:
            current.value = {}
        return
    put(node, path, value)


def is_table(node):
    return (bool(node.parts) and node.value in (MISSING, NOTHING)) or (
        node.value == {} and type(node.value) is dict
    )


def is_none(value):
    return value is None or (type(value) is Text and value.strip().lower() in ("none", "null"))


def expand(node, is_part=False):
    """Make a table of JSON text."""
    table = json_object(node.value)
    if table is not None and not node.parts:
        node.value = MISSING
        for name, item in table.items():
            put(node, [name], item, is_part)
        if not table and not is_part:
            node.value = {}


def check_part(node, name):
    """Refuse a part of a value that has none. None and an empty table become a table."""
    value = node.value
    if is_none(value) or value == {}:
        node.value = MISSING
    elif value is not MISSING and value is not NOTHING and not has_item(value, name):
        raise Refused("a part of a value without parts")


def has_only_items(node, value):
    return all(has_item(value, name) for name in node.parts)


def has_items(value, names):
    return bool(names) and all(has_item(value, name) for name in names)


def has_item(value, name):
    from shapes import Object

    if isinstance(value, str):
        value = parsed(value)
    if type(value) in (list, tuple, set):
        return name == "+" or (type(value) is not set and name.removeprefix("-").isdecimal())
    return type(value) is Object


def json_object(value):
    """Return the object that a text has in JSON, or None."""
    table = parsed(value)
    return table if type(table) is dict else None


def parsed(value):
    """Return the array or object of a JSON text, else `MISSING`. Numbers keep their spelling."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("[", "{"):
        return MISSING
    try:
        return json.loads(value, parse_int=number, parse_float=number)
    except ValueError:
        return MISSING


def number(spelling):
    value = float(spelling) if set(spelling) & set(".eE") else int(spelling)
    return value if str(value) == spelling else Number(value, spelling)
