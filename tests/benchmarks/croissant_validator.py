"""Croissant's own validator on the data set of a bundle, or of the toy bundle of the tests.

It brings pandas, scipy and rdflib and a package without a wheel, so it is no dependency of the tests. In an environment
of its own:

    python -m venv /tmp/croissant && /tmp/croissant/bin/pip install mlcroissant==1.1.1
    /tmp/croissant/bin/python tests/benchmarks/croissant_validator.py BUNDLE/views/croissant.json
"""

import sys
from pathlib import Path


def main() -> int:
    """Prints what is wrong; 0 where nothing is."""
    import mlcroissant

    wrong = 0
    for name in sys.argv[1:]:
        metadata = mlcroissant.Dataset(jsonld=Path(name)).metadata  # raises where the standard is not met
        for kind, found in (("error", metadata.issues.errors), ("warning", metadata.issues.warnings)):
            for line in sorted(found):
                print(f"{name}: {kind}: {line}")
        wrong += len(metadata.issues.errors)
        print(f"{name}: {metadata.name!r}, {len(metadata.distribution)} files, {len(metadata.issues.errors)} errors")
    return 1 if wrong or not sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
