"""The report that goes back to the people who sent the rows: one HTML file without scripts, and Markdown."""

from commonhold.curate.reporting.markdown import markdown
from commonhold.curate.reporting.opening import opening
from commonhold.curate.reporting.sections import sections
from commonhold.curate.summary import Summary
from commonhold.page_templates import page_templates


def html_report(summary: Summary) -> str:
    """One HTML file that needs nothing else: styles and charts inside, no scripts; every value escaped."""
    environment = page_templates("commonhold.curate")
    environment.filters["grouped"] = "{:,}".format
    template = environment.get_template("report.html.jinja")
    return template.render(summary=summary, opening=opening(summary), sections=sections(summary))


def markdown_report(summary: Summary) -> str:
    """The same report for a terminal or a repository."""
    return markdown(summary.title, opening(summary), sections(summary))
