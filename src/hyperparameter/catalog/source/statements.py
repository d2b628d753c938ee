"""Going through the statements of a file, with what its names mean at each."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from .blocks import Blocks
from .meanings import Def, Dotted, Env, Expr, Instance, Mark, Meaning, ParamOf, Ref, imported
from .signatures import declared, is_static

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..declaration import Declaration

__all__ = ["Visitor"]

EXPORTED = ("scope", "param", "launch", "Scope")


class Visitor(Blocks):
    """Visit one file from its first statement to its last, and then the bodies of its functions."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self._aliases: dict[str, tuple[ast.expr, Meaning]] = {}
        self.shared: dict[
            str, list[Declaration]
        ] = {}  # what is declared by a name too, where other files import it
        self._last: list[Callable[[], None]] = []
        self._visitors: dict[type[ast.stmt], Callable[[Any], None]] = {
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.If: self._if,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.Match: self._match,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Global: self._global,
            ast.Nonlocal: self._nonlocal,
            ast.Delete: self._delete,
            ast.Expr: self._expression,
            ast.Assert: self._assert,
        }
        if sys.version_info >= (3, 12):
            self._visitors[ast.TypeAlias] = self._type_alias

    def module(self, tree: ast.Module) -> list[Declaration]:
        """Return what a module declares."""
        self._body(tree.body)
        top = self.env
        self._visit_later()  # a function's body sees the names that are bound after it, too
        if self.is_news:
            self._visit_later()  # a method sees the attributes that are assigned after it
        self.env = top
        for name, (node, meaning) in self._aliases.items():
            before = len(self.found)
            self.read(node, meaning, ("read", "tree"))
            if name in self.loaded:  # else it is there for other files alone
                self.shared[name] = self.found[before:]
                del self.found[before:]
        for task in self._last:
            task()
        return self.found

    def _visit_later(self) -> None:
        for visit in self.later:  # it grows
            visit()

    def declare(self, definition: Def, namespace: str | None) -> None:
        self.decorated.add(definition.node)
        # when all is known that annotations may name
        self._last.append(lambda: self.found.extend(declared(self.file, definition, namespace)))

    def _body(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self.line = statement.lineno
            visit = self._visitors.get(type(statement))
            if visit is None:
                self._parts(statement)
            else:
                visit(statement)

    # --- Definitions ---

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = [self.use(one) for one in node.decorator_list]
        definition = Def(node, self.env, self._called(node, self.env.within(node.name)))
        positional = [*node.args.posonlyargs, *node.args.args]
        if positional and self.env.is_class and not is_static(node):
            definition.inner.given[positional[0].arg] = (Instance(self.env),)
        self._decorated(definition, decorators)

    def _class(self, node: ast.ClassDef) -> None:
        decorators = [self.use(one) for one in node.decorator_list]
        bases = [self.use(base) for base in (*node.bases, *(keyword.value for keyword in node.keywords))]
        outer = self.env
        self.env = inner = Env(outer, outer.within(node.name), is_class=True)
        inner.bases = tuple(thing.inner for base in bases for thing in base if isinstance(thing, Def))
        self._body(node.body)
        self.env = outer
        self._decorated(Def(node, outer, inner), decorators)

    def _decorated(self, definition: Def, decorators: list[Meaning]) -> None:
        node: Any = definition.node
        self.env.bind(node.name, (definition,))
        for decorator in decorators:
            for thing in decorator:
                if thing is Mark.PARAM:
                    self.declare(definition, None)
                elif isinstance(thing, ParamOf):
                    self.declare(definition, thing.namespace)

    def _called(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, qualname: str) -> Env:
        """Have the body of a function visited later, and return its names."""
        inner = Env(self.env, qualname)
        inner.given = {argument.arg: meaning for argument, meaning in self._arguments_of(node.args)}

        def visit() -> None:
            self.env = inner
            inner.names |= inner.given
            if isinstance(node, ast.Lambda):
                self.use(node.body)
            else:
                self._body(node.body)

        inner.visit = visit
        self.later.append(visit)
        return inner

    def _arguments_of(self, args: ast.arguments) -> list[tuple[ast.arg, Meaning]]:
        """Return the arguments of a function and what is known of each, by its default or annotation."""
        positional = [*args.posonlyargs, *args.args]
        defaults = [None] * (len(positional) - len(args.defaults)) + args.defaults
        pairs = [*zip(positional, defaults, strict=True), *zip(args.kwonlyargs, args.kw_defaults, strict=True)]
        found: list[tuple[ast.arg, Meaning]] = []
        for argument, default in pairs:
            meaning = () if default is None else self.value(default)
            kept: Meaning = tuple(thing for thing in meaning if type(thing) is Ref or thing is Mark.SCOPE)
            asked = argument.annotation
            if isinstance(asked, ast.Name | ast.Attribute) and Mark.SCOPE_CLASS in self.value(asked):
                kept = (*kept, Mark.HANDLE)
            found.append((argument, kept))
        found.extend((one, ()) for one in (args.vararg, args.kwarg) if one is not None)
        return found

    def _lambda(self, node: ast.Lambda) -> Meaning:
        self._called(node, self.env.qualname)
        return ()

    # --- Assignments ---

    def _assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Tuple | ast.List) and isinstance(node.value, ast.Tuple | ast.List):
                parts = target.elts, node.value.elts
                if len(parts[0]) == len(parts[1]) and not any(isinstance(p, ast.Starred) for p in parts[0]):
                    for part, value in zip(*parts, strict=True):
                        self._bound(part, value, self.value(value))
                    return
        meaning = self.value(node.value)
        for target in node.targets:
            self._bound(target, node.value, meaning)

    def _bound(self, target: ast.expr, value: ast.expr, meaning: Meaning) -> None:
        if not isinstance(target, ast.Name) or self.env.is_class:
            self.read(value, meaning, ("read", "tree"))  # from now on it is an attribute or an item
        elif self.env.outer is None and any(type(thing) is Ref for thing in meaning):
            self._aliases[target.id] = value, meaning
        self.bind(target, meaning or (Expr(value, self.env),))

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._bound(node.target, node.value, self.value(node.value))

    def _augmented(self, node: ast.AugAssign) -> None:
        as_read = ast.BinOp(node.target, node.op, node.value)
        self.bind(node.target, self.value(ast.copy_location(as_read, node.target)))

    def _type_alias(self, node: Any) -> None:
        self.env.bind(node.name.id, (Expr(node.value, self.env),))

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            self.bind(target, ())

    # --- The rest ---

    def _import(self, node: ast.Import) -> None:
        for name in node.names:
            whole = name.name if name.asname else name.name.partition(".")[0]
            self.env.bind(name.asname or whole, (Dotted(whole),))

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for name in node.names:
            if name.name != "*":
                self.env.bind(name.asname or name.name, imported(module, name.name))
            elif module == "hyperparameter":
                for each in EXPORTED:
                    self.env.bind(each, imported(module, each))

    def _global(self, node: ast.Global) -> None:
        self.env.elsewhere |= dict.fromkeys(node.names, self.env.top())

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            env = self.env.outer
            while env is not None and (env.is_class or name not in env.names):
                env = env.outer
            self.env.elsewhere[name] = env or self.env

    def _expression(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.value(node.value)

    def _assert(self, node: ast.Assert) -> None:
        self.test(node.test)
        if node.msg is not None:
            self.use(node.msg)
