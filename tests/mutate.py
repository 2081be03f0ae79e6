"""Changes one thing at a time in modules of the subject and looks whether the example tests notice.

    python -m tests.mutate sebghat/comparison.py sebghat/contest.py …

By hand, and at low priority. Prints each change that no test noticed; docs/mutations.md says which may stay.
"""

from __future__ import annotations

import ast
import copy
import importlib.abc
import importlib.util
import os
import resource
import sys
import time
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

TESTS = [f"tests/sebghat/test_{name}.py"
         for name in ("comparison", "contest", "notes", "engine", "worked_examples")]  # fmt: skip
SECONDS = 15  # of the processor, for one change; the tests take one
SWAPS: dict[type[ast.AST], Any] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.BitAnd: ast.BitOr,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "all": "any", "any": "all"}


def changes(node: Any) -> Iterator[Any]:
    """What could stand in the place of this node."""
    match node:
        case ast.Compare(ops=[op]):
            yield _with(node, ops=[SWAPS[type(op)]()])
        case ast.BoolOp():
            yield _with(node, op=SWAPS[type(node.op)]())
            for n in range(len(node.values)):
                rest = node.values[:n] + node.values[n + 1 :]
                yield rest[0] if len(rest) == 1 else _with(node, values=rest)
        case ast.BinOp(op=op) if type(op) in SWAPS:
            yield _with(node, op=SWAPS[type(op)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield node.operand
        case ast.Constant(value=bool(flag)):
            yield _with(node, value=not flag)
        case ast.Constant(value=int(number)):
            yield _with(node, value=number + 1)
            yield _with(node, value=number - 1)
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            yield _with(node, id=NAMES[name])
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.If():
            yield _with(node, test=ast.Constant(value=True))
            yield _with(node, test=ast.Constant(value=False))
        case ast.comprehension(ifs=[_, *_]):
            yield _with(node, ifs=[])
        case ast.Break() | ast.Continue():
            yield ast.Pass()
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield _with(node, value=ast.Constant(value=None))
        case ast.AugAssign():
            yield ast.Pass()
        case ast.Call():
            for n, argument in enumerate(node.args):
                if not isinstance(argument, ast.Constant | ast.Starred | ast.GeneratorExp):
                    yield _with(node, args=[*node.args[:n], ast.Constant(value=None), *node.args[n + 1 :]])
            for n in range(len(node.keywords)):
                yield _with(node, keywords=node.keywords[:n] + node.keywords[n + 1 :])


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _with(node: Any, **fields: Any) -> Any:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


def mutants(source: str) -> Iterator[tuple[int, str, ast.Module]]:
    """Line, the line as it becomes, and the whole module with that one change."""
    tree = ast.parse(source)
    decorators = {id(part) for node in ast.walk(tree) for one in getattr(node, "decorator_list", ())
                  for part in ast.walk(one)}  # fmt: skip
    for parent in ast.walk(tree):
        if id(parent) in decorators:
            continue
        for field, value in ast.iter_fields(parent):
            if field in {"annotation", "returns", "decorator_list", "bases"}:
                continue
            places = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            for n, node in places:
                for other in changes(node) if isinstance(node, ast.AST) else ():
                    if isinstance(node, ast.stmt | ast.expr):
                        ast.copy_location(other, node)
                    _put(parent, field, n, other)
                    line = getattr(node, "lineno", getattr(parent, "lineno", 0))
                    yield line, _shown(other), ast.fix_missing_locations(copy.deepcopy(tree))
                    _put(parent, field, n, node)


def _put(parent: ast.AST, field: str, n: int | None, node: Any) -> None:
    if n is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[n] = node


def _shown(node: Any) -> str:
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()[0][:100]


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the changed module in the place of the one on disk."""

    def __init__(self, name: str, file: Path, tree: ast.Module) -> None:
        self.name, self.file, self.tree = name, file, tree

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(name, self.file, loader=self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, str(self.file), "exec"), module.__dict__)


def survives(name: str, file: Path, tree: ast.Module) -> bool:
    """Whether all tests pass with the change, in a process of its own."""
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # a loop may never end
        resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        sys.meta_path.insert(0, Loader(name, file, tree))
        import pytest

        os._exit(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-W", "ignore:Module already imported", *TESTS]))
    _, status = os.waitpid(child, 0)
    return status == 0


def main(files: list[str]) -> None:
    import hypothesis
    import pytest  # noqa: F401 - once, not in every child

    hypothesis.settings.register_profile("few", max_examples=10, deadline=None)
    os.environ["HYPOTHESIS_PROFILE"] = "few"
    os.nice(10)
    for file in map(Path, files):
        began, count, left = time.monotonic(), 0, 0
        if not survives(".".join(file.with_suffix("").parts), file, ast.parse(file.read_text(encoding="utf-8"))):
            sys.exit("the tests fail without any change")
        for line, shown, tree in mutants(file.read_text(encoding="utf-8")):
            count += 1
            if survives(".".join(file.with_suffix("").parts), file, tree):
                left += 1
                print(f"{file}:{line}: {shown}", flush=True)
        print(f"{file}: {count} changes, {left} unnoticed, {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
