"""The training report: one HTML file that works offline and on a phone, with curves and figures in plain words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from commonhold.charts import sample
from commonhold.glossary import with_glossary
from commonhold.number_format import count, duration, percent
from commonhold.page_templates import page_templates
from commonhold.records.training_summary import Method, TrainingSummary
from commonhold.train.metrics import Event
from commonhold.train.plot import Points, loss_plot, rate_plot

EVENT_WORDS = {
    "resumed": "Resumed",
    "damaged": "A checkpoint was damaged",
    "halved": "Smaller batches",
    "stopped_early": "Stopped early",
}


OF_TOKENS = "Nats a token: 0 is certainty, and 0.69 less means that the right token became twice as likely."
LOSS_WORDS: Mapping[Method, str] = {
    "sft": OF_TOKENS,
    "continued_pretraining": OF_TOKENS,
    "dpo": "The mean over pairs: at 0.69 nothing is learnt yet, near 0 the preferred replies are far ahead.",
    "kto": (
        "The mean over rated replies: it falls as those with a thumb up become likelier than they were for the base, "
        "and those with a thumb down less likely."
    ),
}


class ReportFigure(NamedTuple):
    """One line of the table."""

    name: str
    value: str
    note: str = ""


def render_html(summary: TrainingSummary, history: Sequence[Mapping[str, float]], events: Sequence[Event]) -> str:
    """The whole report of a training: its summary, its log and what happened on the way."""
    environment = page_templates("commonhold.train")
    raw = _points(history, "loss")
    page = environment.get_template("report.html.jinja").render(
        findings=list(_findings(summary, raw)),
        loss_plot=loss_plot(raw, _points(history, "eval_loss"), summary.best_step),
        rate_plot=rate_plot(_points(history, "learning_rate")),
        sample=sample,
        figures=list(_figures(summary)),
        loss_words=LOSS_WORDS[summary.method],
        events=[(event.step, EVENT_WORDS[event.kind], event.text) for event in events],
    )
    return with_glossary(page)


def _points(history: Iterable[Mapping[str, float]], name: str) -> Points:
    return [(int(line["step"]), line[name]) for line in history if name in line]


def _findings(summary: TrainingSummary, raw: Points) -> Iterator[str]:
    unit = " nats a token" if LOSS_WORDS[summary.method] is OF_TOKENS else ""
    if summary.eval_loss is None:
        yield (
            f"The checkpoint of step {summary.best_step:,} was kept, which is the last one: no rows were held out for "
            "validation, so nothing says which one is the best."
        )
        return
    yield (
        f"The checkpoint of step {summary.best_step:,} was kept: with {summary.eval_loss:.3f}{unit} it has the "
        "lowest loss on the validation rows, which were not trained on."
    )
    if summary.stopped_early_at:
        yield (
            f"Training stopped early, after step {summary.stopped_early_at:,} of {summary.steps:,}: "
            "the validation loss had not gone down any more."
        )
    elif raw and summary.best_step < raw[-1][0]:
        yield (
            "After that the validation loss did not go down: the model began to memorise the training rows. "
            "Fewer epochs would give the same model sooner."
        )


def _figures(summary: TrainingSummary) -> Iterator[ReportFigure]:
    taken = summary.stopped_early_at or summary.steps
    batches = count(summary.gradient_accumulation_steps, "batch", "batches")
    yield ReportFigure("Examples", f"{summary.examples:,}", f"{summary.too_long:,} more were too long and left out")
    yield ReportFigure(
        "Steps",
        f"{taken:,}",
        f"{count(summary.batch_size, 'row')} at once, {batches} to a step",
    )
    yield ReportFigure("Tokens read", f"{summary.tokens:,}", f"{summary.labelled_tokens:,} of them were learnt from")
    yield ReportFigure(
        "Padding", percent(summary.padding_share),
        f"of what went through the model; {percent(summary.padding_share_unpacked)} with a row for each example",
    )  # fmt: skip
    yield ReportFigure("Speed", f"{summary.tokens_per_second:,.0f} tokens a second", "of the steps alone")
    yield ReportFigure("Time", duration(summary.seconds), _processes(summary))
    yield ReportFigure("Energy", f"{1000 * summary.energy_kwh:.2f} Wh", summary.energy_method.replace("_", " "))
    yield ReportFigure("Peak memory", _gigabytes(summary.peak_memory_bytes), _reserved(summary))
    yield ReportFigure(
        "Trainable parameters", f"{summary.trained_parameters:,}", "the adapter's size; the base stays as it is"
    )
    yield ReportFigure("Processor", summary.device, f"computing in {summary.precision}")


def _processes(summary: TrainingSummary) -> str:
    if summary.measured_from:
        return f"from step {summary.measured_from:,} on; what it took before that is not known"
    if summary.processes == 1:
        return "without a break; loading, evaluation and checkpoints included"
    return f"of {summary.processes} processes, one after the other; what was trained twice counts twice"


def _reserved(summary: TrainingSummary) -> str:
    held = summary.peak_reserved_bytes
    return f"of the graphics card, of {_gigabytes(held)} that were held" if held else "of the whole process"


def _gigabytes(number: int) -> str:
    return f"{number / 1e9:.2f} GB"
