"""What records may be used for; consent is asked for each purpose apart."""

from typing import Literal, get_args

Purpose = Literal["train", "evaluate", "publish_text", "rephrase", "commercial"]
"""`train`: a model learns from the text. `evaluate`: a model is tested on it. `publish_text`: strangers may read it.
`rephrase`: a model may rewrite it. `commercial`: what is made of it may be sold or used for profit."""

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
ASKED_TOGETHER: tuple[Purpose, ...] = ("train", "evaluate")
"""What one plain yes, or one basis for all rows, covers when the datasheet does not say."""
