"""Going through the statements of a file, with what its names mean at each."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING, Any

from .calls import Calls
from .meanings import Def, Dotted, Env, Expr, Mark, Meaning, ParamOf, Ref, imported, merged
from .signatures import declared

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..declared import Declared

__all__ = ["Visitor"]

EXPORTED = ("scope", "param", "Scope")


class Visitor(Calls):
    """Visit one file from its first statement to its last, and then the bodies of its functions."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self._aliases: dict[str, tuple[ast.expr, Meaning]] = {}
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

    def module(self, tree: ast.Module) -> list[Declared]:
        """Return what a module declares."""
        self._body(tree.body)
        top = self.env
        for visit in self.later:  # a function's body sees the names that are bound after it, too; it grows
            visit()
        self.env = top
        for name, (node, meaning) in self._aliases.items():
            if name not in self.loaded:  # it is there for other files
                self.read(node, meaning, ("read", "tree"))
        for task in self._last:
            task()
        return self.found

    def declare(self, definition: Def, namespace: str | None) -> None:
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

    def _branches(self, *branches: Callable[[], None], all_skipped: bool = False) -> None:
        """Take each branch from the same start; afterwards a name means what it does in any."""
        env, before, ends = self.env, self.env.names, []
        for branch in branches:
            env.names = dict(before)
            branch()
            ends.append(env.names)
        env.names = merged([*ends, before] if all_skipped else ends)

    # --- Definitions ---

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        decorators = [self.use(one) for one in node.decorator_list]
        definition = Def(node, self.env, self._called(node, self.env.within(node.name)))
        self._decorated(definition, decorators)

    def _class(self, node: ast.ClassDef) -> None:
        decorators = [self.use(one) for one in node.decorator_list]
        for base in (*node.bases, *(keyword.value for keyword in node.keywords)):
            self.use(base)
        outer = self.env
        self.env = inner = Env(outer, outer.within(node.name), is_class=True)
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
        for argument, meaning in self._arguments_of(node.args):
            inner.names[argument.arg] = meaning

        def visit() -> None:
            self.env = inner
            if isinstance(node, ast.Lambda):
                self.use(node.body)
            else:
                self._body(node.body)

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
            kept: Meaning = tuple(thing for thing in meaning if type(thing) is Ref)
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

    # --- Blocks ---

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        items = self.each(node.iter)

        def body() -> None:
            self.bind(node.target, items)
            self._body(node.body)

        self._branches(body, all_skipped=True)
        self._body(node.orelse)

    def _while(self, node: ast.While) -> None:
        self.test(node.test)
        self._branches(lambda: self._body(node.body), all_skipped=True)
        self._body(node.orelse)

    def _if(self, node: ast.If) -> None:
        """Visit an `if` with all its `elif`, of which there may be more than recursion could bear."""
        env, before = self.env, self.env.names
        branches: list[dict[str, Meaning]] = []
        rest: list[ast.stmt] = [node]
        while len(rest) == 1 and isinstance(rest[0], ast.If):
            env.names = dict(before)
            one = rest[0]
            self.test(one.test)
            before = dict(env.names)  # a walrus in a test binds for those after it
            self._body(one.body)
            branches.append(env.names)
            rest = one.orelse
        env.names = dict(before)
        self._body(rest)
        env.names = merged([*branches, env.names])

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            meaning = self.use(item.context_expr)
            if item.optional_vars is not None:
                entered = tuple(thing for thing in meaning if thing is Mark.HANDLE)
                self.bind(item.optional_vars, entered)
        self._body(node.body)

    def _try(self, node: Any) -> None:
        def handled(handler: ast.ExceptHandler) -> None:
            if handler.type is not None:
                self.use(handler.type)
            if handler.name:
                self.env.bind(handler.name, ())
            self._body(handler.body)

        branches: list[Callable[[], None]] = [lambda: self._body([*node.body, *node.orelse])]
        branches += [lambda handler=one: handled(handler) for one in node.handlers]  # type: ignore[misc]
        self._branches(*branches)
        self._body(node.finalbody)

    def _match(self, node: ast.Match) -> None:
        self.use(node.subject)

        def taken(case: ast.match_case) -> None:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if isinstance(name, str):
                    self.env.bind(name, ())
            if case.guard is not None:
                self.test(case.guard)
            self._body(case.body)

        branches: list[Callable[[], None]] = [lambda case=one: taken(case) for one in node.cases]  # type: ignore[misc]
        self._branches(*branches, all_skipped=True)

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
