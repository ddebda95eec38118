"""The file `MLmodel`, by which MLflow finds out how to load a bundle; it is beside the files in MLflow's copy.

Written by hand, because MLflow's own ways of logging a model add pickles, environments of their own, or both.
"""

import json
import platform

FILE_NAME = "MLmodel"


def mlmodel_text(model_id: str) -> str:
    """The file's text: JSON, which is YAML too."""
    flavour = {
        "loader_module": "commonhold.provenance.mlflow_loader",
        "python_version": platform.python_version(),
        "config": {"base": None, "max_new_tokens": None},  # MLflow lets only keys be set that stand here
    }
    return json.dumps({"flavors": {"python_function": flavour}, "model_id": model_id}, indent=2) + "\n"
