"""Give one case to the library, and to the model."""

import json
from pathlib import Path

from reference import convert, convert_like, untyped
from shapes import REQUIRED, Field, Struct, annotation, real, show
from unions import accepts_names, accepts_parts
from view import (
    MISSING,
    NOTHING,
    Node,
    Number,
    Refused,
    Replace,
    Text,
    expand,
    given_at,
    json_object,
    put,
    put_in_configuration,
)

import hyperparameter as hp
from hyperparameter.testing import clean

NAMESPACE = "m"


def names_item(name):
    return name == "+" or name.removeprefix("-").isdecimal()


class Case:
    """The overrides of one parameter, by their sources, and how it is read.

    Attributes:
        shape: the shape that its reader asks for.
        default: its default, or `REQUIRED`.
        reader: "parameter", "default" for `reference | default`, or "schema".
        file: what a file sets: a nested dict, or None.
        environment, texts: paths and texts.
        scopes: for each scope a list of paths and values.
    """

    def __init__(self, shape, default, reader, file, environment, texts, scopes):
        self.shape = shape
        self.default = default
        self.reader = reader
        self.file = file
        self.environment = environment
        self.texts = texts
        self.scopes = scopes

    def __repr__(self):
        lines = [f"{name} = {value!r}" for name, value in vars(self).items()]
        return "\n  ".join(["Case", f"type = {annotation(self.shape)}", *lines])


# --- The model ---


def expected(case):
    """Return what the model reads, as text, or "refused"."""
    root = Node()
    try:
        for path, value in configured(case):
            put_in_configuration(root, path, value)
        if case.reader != "schema":
            check(root)
            for scope in case.scopes:
                for path, value in scope:
                    put(root, ["x", *path], value)
        node = root.parts.get("x", Node())
        return show(read(case, node))
    except Refused:
        return "refused"


def configured(case):
    if case.file is not None:
        yield [], case.file
    for path, text in sorted(case.environment, key=lambda item: variable(item[0])) + case.texts:
        yield ["x", *path], text


def check(node):
    """Refuse parts that the value of a configuration does not have."""
    if type(node.value) is Text and type(node.value.like) is dict and json_object(node.value) is not None:
        # The text has the type of the table that it overrides.
        expand(node)
    if node.parts and node.value is not MISSING and node.value is not NOTHING:
        untyped(node, MISSING)
    else:
        for part in node.parts.values():
            check(part)


def read(case, node):
    given = given_at(node)
    is_set = given is not MISSING
    if case.reader == "schema":
        outer = Struct("dataclass", "Outer", [Field("x", case.shape, case.default)])
        return convert(Node(MISSING, {"x": node}) if is_set else {}, outer).fields["x"]
    asked = case.shape if case.reader == "parameter" else case.default
    if is_set and type(given) is Node and given.value is MISSING and not accepts_names(asked):
        # What is below the key is another subject, unless the parameter is a list, of which it sets items.
        is_set = accepts_parts(asked) and any(map(names_item, given.parts))
    if not is_set:
        if case.default is REQUIRED:
            raise Refused("missing")
        return case.default
    if given is None or (type(given) is Node and given.value is None and not accepts_parts(asked)):
        return None
    if case.reader == "default":
        return convert_like(given, case.default)
    return convert(given, case.shape, MISSING if case.default is REQUIRED else case.default)


# --- The library ---


def actual(case, folder):
    """Return what the library reads, as text, or "refused"; raise any error that is not one of its own."""
    with clean():
        try:
            return show(read_with_library(case, folder))
        except (hp.ParamError, hp.ConfigError, TypeError) as error:
            if type(error) is TypeError and "missing" not in str(error):
                raise
            str(error)
            return "refused"


def read_with_library(case, folder):
    default = REQUIRED if case.default is REQUIRED else real(case.default)
    function = decorated(annotation(case.shape), default)
    prefix = "x" if case.reader == "schema" else f"{NAMESPACE}.x"
    sources = []
    if case.file is not None:
        table = case.file if case.reader == "schema" else {NAMESPACE: case.file}
        path = Path(folder, "case.toml")
        path.write_text("".join(f"{toml_key(name)} = {toml(item)}\n" for name, item in table.items()))
        sources.append(path)
    if case.environment:
        start = "APP_" if case.reader == "schema" else "APP_M__"
        environ = {start + variable(path): str(text) for path, text in case.environment}
        sources.append(hp.env("APP_", environ=environ))
    sources += [f"{key_of(prefix, path)}={text}" for path, text in case.texts]
    if case.reader == "schema":
        outer = Struct("dataclass", "Outer", [Field("x", case.shape, case.default)])
        return hp.config(*sources, schema=outer.cls).instance.x
    with hp.scope(hp.config(*sources)):
        return read_in_scopes(case, case.scopes, function, default)


def read_in_scopes(case, scopes, function, default):
    if scopes:
        with hp.scope(*map(source, scopes[0])):
            return read_in_scopes(case, scopes[1:], function, default)
    return function() if case.reader == "parameter" else hp.scope[NAMESPACE].x | default


def decorated(annotation, default):
    if default is REQUIRED:

        def function(x):
            return x
    else:

        def function(x=default):
            return x

    function.__annotations__ = {"x": annotation}
    return hp.param(NAMESPACE)(function)


def source(override):
    """Return an override as a source of a scope: a text, or a mapping."""
    path, value = override
    key = key_of(f"{NAMESPACE}.x", path)
    if isinstance(value, str) and type(value) is not str:
        return f"{key}={value}"
    return {key: hp.replace(real(dict(value))) if type(value) is Replace else real(value)}


def key_of(prefix, path):
    return ".".join([prefix, *(name if "." not in name else f'"{name}"' for name in path)])


def variable(path):
    return "__".join(["x", *path]).upper()


def toml(value):
    """Return a value in TOML, in one line."""
    if type(value) is Number:
        return value.spelling
    if type(value) is dict:
        return "{" + ", ".join(f"{toml_key(name)} = {toml(item)}" for name, item in value.items()) + "}"
    if type(value) is list:
        return "[" + ", ".join(map(toml, value)) + "]"
    return str(value) if type(value) is float else json.dumps(value)


def toml_key(name):
    return json.dumps(name)
