"""Read a template with the types of what it is given: a name or an attribute that nothing has is found without a page."""

import inspect
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any, Union, get_args, get_origin, get_type_hints

from jinja2 import Environment, nodes
from jinja2.runtime import LoopContext

from bot.http import Page
from flows.definition.texts import PAGE

_LOOP = {"loop": LoopContext}


class Reading:
    """One page's template, with all that it extends and includes.

    Attributes:
        problems: what it reads that is not there.
        read: the names that it takes from its page.
        templates: the files it is made of.
    """

    def __init__(self, environment: Environment, page: type[Page]) -> None:
        self._environment = environment
        self.problems: list[str] = []
        self.read: set[str] = set()
        self.templates: set[str] = set()
        hints = get_type_hints(page)
        self._given = {field.name: hints[field.name] for field in fields(page)}
        self._template(page.template, {})

    def _template(self, name: str, scope: dict[str, Any]) -> None:
        self.templates.add(name)
        assert self._environment.loader
        source, _, _ = self._environment.loader.get_source(self._environment, name)
        self._name = name
        for node in self._environment.parse(source).body:
            self._node(node, scope)

    def _node(self, node: nodes.Node, scope: dict[str, Any]) -> None:
        before = self._name
        match node:
            case nodes.Extends(template=nodes.Const(value=name)) | nodes.Include(template=nodes.Const(value=name)):
                self._template(name, scope)
            case nodes.For():
                inner = {**scope, **_LOOP, **_bound(node.target, _item(self._type(node.iter, scope)))}
                self._all((node.test, *node.body), inner)
                self._all(node.else_, dict(scope))
            case nodes.With():
                values = [self._type(value, scope) for value in node.values]
                bound = [_bound(target, value) for target, value in zip(node.targets, values, strict=True)]
                self._all(node.body, scope | {name: value for each in bound for name, value in each.items()})
            case nodes.Assign():
                scope.update(_bound(node.target, self._type(node.node, scope)))
            case nodes.Block():
                self._all(node.body, dict(scope))
            case nodes.Expr():
                self._type(node, scope)
            case _:
                self._all(node.iter_child_nodes(), scope)
        self._name = before

    def _all(self, found: Iterable[nodes.Node | None], scope: dict[str, Any]) -> None:
        for node in found:
            if node is not None:
                self._node(node, scope)

    def _type(self, node: nodes.Node, scope: Mapping[str, Any]) -> Any:
        """What an expression is, as far as it can be told: Any beyond that."""
        match node:
            case nodes.Name(name=name):
                return self._of_name(name, scope, node.lineno)
            case nodes.Getattr(node=of, attr=attr):
                return self._attribute(of, self._type(of, scope), attr, node.lineno)
            case nodes.Getitem(node=of, arg=arg):
                self._type(arg, scope)
                return _at(self._type(of, scope), arg)
            case nodes.Call(node=nodes.Getattr(node=of, attr="items") as name):
                self._type(name, scope)
                return _pairs(self._type(of, scope))
        known = self._environment.filters if isinstance(node, nodes.Filter) else self._environment.tests
        if isinstance(node, nodes.Filter | nodes.Test) and node.name not in known:
            self._note(node.lineno, f"no filter or test {node.name!r}")
        for child in node.iter_child_nodes():
            self._type(child, scope) if isinstance(child, nodes.Expr) else self._all(
                child.iter_child_nodes(), dict(scope)
            )
        return Any

    def _of_name(self, name: str, scope: Mapping[str, Any], line: int) -> Any:
        if name in scope:
            return scope[name]
        if name not in self._given:
            return self._note(line, f"no {name!r} on its page")
        self.read.add(name)
        return self._given[name]

    def _attribute(self, of: nodes.Expr, owner: Any, attr: str, line: int) -> Any:
        if isinstance(of, nodes.Name) and of.name == "page":
            return str if attr in PAGE else self._note(line, f"no {attr!r} among the words of pages")
        found = [_attribute(one, attr) for one in _members(owner)]
        if all(one is None for one in found):
            return self._note(line, f"no {attr!r} on {owner}")
        return Union[tuple(one for one in found if one is not None)]  # noqa: UP007 - of types known at run time

    def _note(self, line: int, problem: str) -> Any:
        self.problems.append(f"{self._name}:{line}: {problem}")
        return Any


def pages(of: type[Page] = Page) -> Iterator[type[Page]]:
    """Every page that has a template."""
    for page in of.__subclasses__():
        if hasattr(page, "template"):
            yield page
        yield from pages(page)


def _members(owner: Any) -> list[Any]:
    """What a value may be, beside None."""
    union = get_origin(owner) in (Union, types.UnionType)
    return [one for one in get_args(owner) if one is not type(None)] if union else [owner]


def _attribute(owner: Any, attr: str) -> Any:
    """The type of an attribute; None where there is none."""
    kind = get_origin(owner) or owner
    if kind in (Any, types.NoneType) or not inspect.isclass(kind):
        return Any
    hint = get_type_hints(kind).get(attr)
    if hint is not None:
        return hint
    found = inspect.getattr_static(kind, attr, None)
    if isinstance(found, property) and found.fget:
        return get_type_hints(found.fget)["return"]
    return None if found is None else Any


def _at(owner: Any, arg: nodes.Expr) -> Any:
    match get_origin(owner), get_args(owner), arg:
        case (types.NoneType, _, _):
            return Any
        case (origin, (_, value), _) if origin is dict:
            return value
        case (origin, (value,), _) if origin is list:
            return value
        case (origin, values, nodes.Const(value=int(place))) if origin is tuple and ... not in values:
            return values[place]
    return Any


def _item(owner: Any) -> Any:
    """What a loop over it brings."""
    values = get_args(owner)
    return values[0] if values and inspect.isclass(get_origin(owner)) else Any


def _pairs(owner: Any) -> Any:
    return list[tuple[get_args(owner)]] if get_origin(owner) is dict else Any  # type: ignore[misc]  # of types known at run time


def _bound(target: nodes.Node, value: Any) -> dict[str, Any]:
    """The names that a loop or a `set` gives, with what each then is."""
    if isinstance(target, nodes.Name):
        return {target.name: value}
    assert isinstance(target, nodes.Tuple)
    parts = get_args(value) if get_origin(value) is tuple else (Any,) * len(target.items)
    return {
        name: kind for item, part in zip(target.items, parts, strict=True) for name, kind in _bound(item, part).items()
    }
