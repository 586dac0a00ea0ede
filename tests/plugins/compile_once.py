"""Each test has an app and an engine of its own; what those compile is compiled once for all."""

from collections.abc import Iterator
from types import MethodType

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

STATEMENTS_KEPT = 5000
COMPILED = ("arguments", "_parts", "_trace", "_converters", "_build", "_build_unknown")


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Jinja's templates."""
    cache = FileSystemBytecodeCache(str(tmp_path_factory.mktemp("compiled")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": cache})
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_routes() -> Iterator[None]:
    """What an address is recognised and built by: most of what an app costs."""
    compile_rule, known = Rule.compile, {}

    def compile_once(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, repr(rule.defaults))
        if key not in known:
            compile_rule(rule)
            known[key] = {name: getattr(rule, name) for name in COMPILED}
        for name, compiled in known[key].items():
            is_builder = isinstance(compiled, MethodType)
            setattr(rule, name, MethodType(compiled.__func__, rule) if is_builder else compiled)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "compile", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> Iterator[None]:
    """SQL: a quarter of what a request of a new app costs. All engines here speak one dialect."""
    known = LRUCache(STATEMENTS_KEPT)
    shared = property(lambda _: known, lambda *_: None)  # no engine's own takes its place
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", shared, raising=False)
        patch.setattr(SQLiteDialect_pysqlite, "__hash__", lambda dialect: hash(type(dialect)))
        patch.setattr(SQLiteDialect_pysqlite, "__eq__", lambda one, other: type(one) is type(other))
        yield
