"""The verifier as one file: the modules of the check one after another, without what they import from each other.

It needs Python 3.11 and nothing else. A stranger has to get it from somewhere he trusts, and never from the folder that
he wants to check; that is why it is in the repository and in no bundle.
"""

import ast
from collections.abc import Iterator
from importlib.resources import files
from pathlib import PurePosixPath

MODULES = (
    "strict_json.py",
    "digests.py",
    "signatures/public_key.py",
    "signatures/ed25519.py",
    "signatures/p256.py",
    "signatures/envelope.py",
    "signatures/approvals.py",
    "signatures/chain.py",
    "publish/tensors.py",
    "publish/verification/names.py",
    "publish/verification/gguf_header.py",
    "publish/verification/pages.py",
    "publish/verification/kinds.py",
    "publish/contents.py",
    "publish/manifest.py",
    "publish/verification/views.py",
    "publish/verification/attestations.py",
    "publish/verification/findings.py",
    "publish/verification/model_signature.py",
    "publish/verification/decision.py",
    "publish/verification/reproduction_statement.py",
    "publish/verification/reproduced.py",
    "publish/verification/attested.py",
    "publish/verification/record_links.py",
    "publish/verification/inspection.py",
    "publish/verification/unpacking.py",
    "publish/verification/tar_members.py",
    "publish/verification/zip_members.py",
    "publish/verification/archives.py",
    "publish/verification/verdict.py",
    "publish/verification/command.py",
)
"""In the order in which they need each other."""
HEAD = '''\
#!/usr/bin/env python3
"""Verifies a model that was published with commonhold: python3 verify_commonhold.py FOLDER --key publisher.pub

Made from commonhold's own modules by `commonhold verify --standalone-to verify_commonhold.py`; it needs Python 3.11 or
newer and nothing else, asks no network, and runs nothing of what it checks. Get it from a place that you trust, and not
from where the model came from. Licence: Apache-2.0.
"""
'''
TAIL = """

if __name__ == "__main__":
    sys.exit(verify_main(sys.argv[1:]))
"""


def standalone_text() -> str:
    """The whole verifier; the same on every machine.

    Raises:
        ValueError: two modules give different things one name, or one needs what the file does not have.
    """
    plain: set[str] = set()
    from_plain: dict[str, set[str]] = {}
    bodies, owners = [], dict[str, str]()
    for module in MODULES:
        source = files("commonhold").joinpath(module).read_text(encoding="utf-8")
        tree = ast.parse(source)
        _collect_imports(module, tree, plain, from_plain)
        for name in _names(tree):
            if owners.setdefault(name, module) != module:
                raise ValueError(f"{name} stands in {owners[name]} and in {module}; one of them needs another name")
        bodies.append(f"\n\n# --- {module} " + "-" * (110 - len(module)) + "\n\n" + _body(source, tree))
    imports = [f"import {name}" for name in sorted(plain)]
    imports += [f"from {origin} import {', '.join(sorted(names))}" for origin, names in sorted(from_plain.items())]
    return HEAD + "\n" + "\n".join(imports) + "\n" + "".join(bodies).rstrip() + "\n" + TAIL


def _collect_imports(module: str, tree: ast.Module, plain: set[str], from_plain: dict[str, set[str]]) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            if any(alias.asname for alias in node.names):
                raise ValueError(f"{module} imports something under another name, which one file cannot")
            plain.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = str(node.module)
            if origin.startswith("commonhold"):
                path = str(PurePosixPath(*origin.split(".")[1:]).with_suffix(".py"))
                if path not in MODULES or any(alias.asname for alias in node.names):
                    raise ValueError(f"{module} needs {origin}, which the one file does not have under that name")
            else:
                from_plain.setdefault(origin, set()).update(alias.name for alias in node.names)


def _names(tree: ast.Module) -> Iterator[str]:
    """What a module defines at its top."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        for target in node.targets if isinstance(node, ast.Assign) else []:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _body(source: str, tree: ast.Module) -> str:
    """The lines of a module but for its imports; its docstring becomes a comment."""
    lines = source.splitlines()
    gone: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            gone.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    first = tree.body[0]
    gone.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    about = [f"# {line}".rstrip() for line in (ast.get_docstring(tree) or "").splitlines()]
    kept = "\n".join(line for number, line in enumerate(lines, 1) if number not in gone)
    return "\n".join(about) + "\n\n" + kept.strip("\n")
