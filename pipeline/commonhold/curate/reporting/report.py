"""The report that goes back to the people who sent the rows: one HTML file without scripts, and Markdown."""

from commonhold.charts import Axis, LineSeries, Rule, bar, chart
from commonhold.curate.reporting.markdown import markdown
from commonhold.curate.reporting.opening import opening
from commonhold.curate.reporting.parts import Curve
from commonhold.curate.reporting.sections import sections
from commonhold.glossary import with_glossary
from commonhold.page_templates import page_templates
from commonhold.records.curation_summary import CurationSummary


def html_report(summary: CurationSummary) -> str:
    """One HTML file that needs nothing else: styles and charts inside, no scripts; every value escaped."""
    environment = page_templates("commonhold.curate")
    environment.filters["grouped"] = "{:,}".format
    environment.globals |= {"filled_bar": bar, "curve_plot": curve_plot}
    template = environment.get_template("report.html.jinja")
    return with_glossary(template.render(summary=summary, opening=opening(summary), sections=sections(summary)))


def curve_plot(curve: Curve) -> str:
    """A curve between 0 and 1 in both directions, with an upright line at its mark."""
    ticks = ((0.0, "0"), (curve.mark, f"{curve.mark:g}"), (1.0, "1"))
    across, up = Axis(0.0, 1.0, ticks, curve.across), Axis(0.0, 1.0, (ticks[0], ticks[-1]), curve.up)
    name = f"{curve.up} by {curve.across}; the numbers are in the table below"
    mark = Rule((curve.mark, 0.0), (curve.mark, 1.0))
    return chart(name, across, up, [LineSeries(curve.points, "smooth", curve.up), mark])


def markdown_report(summary: CurationSummary) -> str:
    """The same report for a terminal or a repository."""
    return markdown(summary.title, opening(summary), sections(summary))
