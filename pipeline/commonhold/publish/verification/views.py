"""Which files of a bundle are made from the record alone, so that the record cannot name them."""

MADE_FROM_RECORD = frozenset(
    {
        "README.md",
        "label.html",
        "gguf/Modelfile",
        "views/croissant.json",
        "views/gates.intoto.json",
        "views/mlbom.cdx.json",
        "views/openness.json",
        "views/provenance.intoto.json",
        "views/training-content.md",
    }
)
