"""Which text of the dashboard is ours: expressions are followed through assignments and functions, as far as needed."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

DISARMING = {"code", "drawn", "escape", "in_html", "literal"}
NUMBERS = {"bool", "float", "int", "len", "round", "sum"}
NUMERIC = ("d", "e", "f", "g", "%", ",")
"""How formats end that take nothing but numbers."""
PASSING = {"abs", "dict", "enumerate", "fromkeys", "list", "map", "max", "min", "partial", "reversed", "set", "sorted"}
PASSING |= {"str", "tuple", "zip"}
"""Functions of Python whose result holds nothing but what they are given."""
CHANGING = {
    "capitalize",
    "items",
    "join",
    "lower",
    "removeprefix",
    "removesuffix",
    "replace",
    "split",
    "strip",
    "upper",
}
CHANGING |= {"values"}
"""The same of methods: of what they belong to, and what they are given."""
PLAIN = {"int", "float", "bool", "int | None", "float | None"}

Functions = dict[str, list["Function"]]


@dataclass(eq=False)
class Function:
    """A function, or the top of a file.

    Attributes:
        file: it stands in.
        node: of the syntax tree.
        shown: its parameters of text that reach the screen: whoever calls it must give text of ours.
        is_written: whether what it returns reaches the screen.
    """

    file: Path
    node: ast.FunctionDef | ast.Module
    shown: set[str] = field(default_factory=set)
    is_written: bool = False

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Annotations by name, those of functions inside too."""
        found: dict[str, str] = {}
        for node in ast.walk(self.node):
            if isinstance(node, ast.FunctionDef | ast.Lambda):
                for each in (*node.args.args, *node.args.kwonlyargs):
                    found.setdefault(each.arg, ast.unparse(each.annotation) if each.annotation else "")
        return found

    @cached_property
    def order(self) -> list[str]:
        """Names of its parameters."""
        assert isinstance(self.node, ast.FunctionDef)
        return [each.arg for each in (*self.node.args.args, *self.node.args.kwonlyargs)]

    @cached_property
    def values(self) -> dict[str, list[ast.expr]]:
        """What every name is set to."""
        found: dict[str, list[ast.expr]] = defaultdict(list)
        for node in ast.walk(self.node):
            match node:
                case ast.Assign():
                    for target in node.targets:
                        _bind(found, target, node.value)
                case ast.AnnAssign(value=ast.expr()) | ast.AugAssign() | ast.NamedExpr():
                    assert node.value
                    _bind(found, node.target, node.value)
                case ast.For() | ast.comprehension():
                    _bind(found, node.target, node.iter, apart=False)
                case ast.withitem(optional_vars=ast.expr()):
                    assert node.optional_vars
                    _bind(found, node.optional_vars, node.context_expr)
        return found


def _bind(found: dict[str, list[ast.expr]], target: ast.expr, value: ast.expr, *, apart: bool = True) -> None:
    match target:
        case ast.Name():
            found[target.id].append(value)
        case ast.Tuple() | ast.List():
            same = apart and isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
            for place, each in enumerate(target.elts):
                _bind(found, each, value.elts[place] if same else value, apart=apart)
        case ast.Starred():
            _bind(found, target.value, value, apart=apart)


@dataclass
class Reader:
    """Reads the expressions of one function.

    Attributes:
        function: they stand in.
        functions: of the dashboard, by name: what they return is looked at where they are.
        ours: attributes that are known, by the end of how they are written.
        doubts: expressions of which nothing is known.
    """

    function: Function
    functions: Functions
    ours: tuple[str, ...]
    doubts: list[str] = field(default_factory=list)
    _followed: set[str] = field(default_factory=set)

    def is_ours(self, node: ast.expr | None) -> bool:
        """Tell whether text is ours or harmless in whatever it is shown."""
        match node:
            case None | ast.Constant() | ast.Compare() | ast.Slice():
                return True
            case ast.FormattedValue() if _is_numeric(node):
                return True
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                text = ast.unparse(node)
                return text.endswith(self.ours) or self._doubt(text)
            case ast.Call():
                return self._call(node)
            case ast.IfExp():
                return self.is_ours(node.body) and self.is_ours(node.orelse)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self.is_ours(node.elt)
            case ast.DictComp() | ast.Subscript():
                return self.is_ours(node.value)
            case ast.Lambda():
                return self.is_ours(node.body)
        parts = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        return all(self.is_ours(each) for each in parts)

    def _name(self, node: ast.Name) -> bool:
        name, parameters = node.id, self.function.parameters
        if name.lstrip("_").isupper() or name in self.ours or name in self._followed or parameters.get(name) in PLAIN:
            return True
        if name in self.functions:
            return self._written(name)
        values = self.function.values.get(name, [])
        if values:
            self._followed.add(name)
            return all(self.is_ours(each) for each in values)
        if parameters.get(name, "") in {"str", "Callable[[float], str]", "list[str]", "Mapping[str, str]"}:
            self.function.shown.add(name)
            return True
        return self._doubt(name)

    def _call(self, node: ast.Call) -> bool:
        name = called(node)
        if name in DISARMING | NUMBERS:
            return True
        if name in self.functions:
            return self._written(name)
        if isinstance(node.func, ast.Attribute) and name in CHANGING:
            return all(self.is_ours(each) for each in (node.func.value, *node.args))
        if name == "map" and isinstance(node.args[0], ast.Name) and node.args[0].id in DISARMING | {*self.functions}:
            return self._written(node.args[0].id)
        if name in PASSING:
            return all(self.is_ours(each) for each in node.args)
        text = ast.unparse(node)
        return text.startswith(self.ours) or self._doubt(text)

    def _written(self, name: str) -> bool:
        for each in self.functions.get(name, []):
            each.is_written = True
        return True

    def _doubt(self, text: str) -> bool:
        self.doubts.append(text)
        return False


def _is_numeric(node: ast.FormattedValue) -> bool:
    if not isinstance(node.format_spec, ast.JoinedStr):
        return False
    parts = [each.value for each in node.format_spec.values if isinstance(each, ast.Constant)]
    return bool(parts) and str(parts[-1]).endswith(NUMERIC)


def called(node: ast.Call) -> str:
    """Return the name of what is called, without what it belongs to."""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def functions_of(files: dict[Path, ast.Module]) -> list[Function]:
    """Return all functions and the top of every file; a function inside another one belongs to that."""
    found = []
    for file, tree in files.items():
        found.append(Function(file, tree))
        found += [Function(file, node) for node in _outermost(tree)]
    return found


def _outermost(node: ast.AST) -> Iterator[ast.FunctionDef]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield child
        else:
            yield from _outermost(child)


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Return the nodes of a function; of the top of a file, those outside all functions."""
    if isinstance(function.node, ast.FunctionDef):
        yield from ast.walk(function.node)
        return
    waiting: list[ast.AST] = [function.node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.FunctionDef)]
