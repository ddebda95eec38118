"""How the pages are filled in: texts are escaped, a missing value is an error, a page needs nothing but itself."""

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import jinja2


@functools.cache
def page_templates(*packages: str) -> "jinja2.Environment":
    """The files below `templates/` of these packages, and then what all pages share.

    Where two have a file of the same name, it is the first one's.
    """
    import jinja2

    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(package) for package in (*packages, "commonhold")]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
