"""The public summary of training content after the AI Office's template of 24 July 2025 (AI Act, Article 53(1)(d)).

The duty is that of providers of general-purpose models. Who adapts one with far less than a third of its computation
is not taken for one, so this summary is given freely, and it covers the adaptation only.
"""

from collections.abc import Iterator

from commonhold.number_format import count, listed
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.wording import plain, ranked

NONE = "None that the record names."
SIZES = ((10**9, "less than 1 billion tokens"), (10**13, "1 billion to 10 trillion tokens"))
LARGEST = "more than 10 trillion tokens"


def summary(record: ModelRecord) -> str:
    """The three parts of the template, in its order."""
    lines = [
        f"# Public summary of training content: {plain(record.identity.name)}",
        "",
        "After the template of the European Commission's AI Office of 24 July 2025 (Regulation (EU) 2024/1689, Article "
        "53(1)(d)). It is given freely and is no claim of compliance: the duty is that of providers of general-purpose "
        "models, and this is a small adaptation of one. What the base was trained on is for its provider to tell.",
        "",
    ]
    for part in (_general, _sources, _processing):
        lines += part(record)
    return "\n".join(lines) + "\n"


def _general(record: ModelRecord) -> Iterator[str]:
    data, base = record.data, record.base
    declared = data.declared
    yield from ("## 1. General information", "", "### 1.1 Provider", "")
    yield f"- Decides on publication: {listed([plain(each) for each in record.oversight.stewards])}"
    yield from (f"- Contact: {plain(record.oversight.contact)}", "- Authorised representative: not known", "")
    yield from ("### 1.2 Model", "")
    yield f"- Name and version: {plain(record.identity.name)}, published {record.identity.created}"
    yield f"- Depends on: {plain(base.title)}, {plain(base.id)} at {plain(base.revision)}. {plain(base.origin)}"
    yield from (f"- Placed on the market: {record.identity.created[:10]} or later", "")
    yield from ("### 1.3 Kinds and size of the training data", "")
    rows = count(data.splits.get("train", 0), "row")
    yield f"- Modality: text only; {size(record.training.tokens)}"
    yield f"- Size: {count(record.training.tokens, 'token')}, all epochs counted, of {rows}"
    yield f"- Content: {plain(declared.title)}. {plain(declared.description)}"
    yield f"- Latest collection: {plain(declared.collected_to)} (first: {plain(declared.collected_from)})"
    languages = {tag or "undeclared": number for tag, number in data.languages.items()}
    yield from (f"- Languages, in rows: {ranked(languages)}", "- The model does not go on learning after that.", "")


def size(tokens: int) -> str:
    """The template's range for a number of tokens."""
    return next((text for bound, text in SIZES if tokens < bound), LARGEST)


def _sources(record: ModelRecord) -> Iterator[str]:
    data, declared = record.data, record.data.declared
    yield from ("## 2. Sources", "", "### 2.1 Publicly available data sets", "", NONE, "")
    yield from ("### 2.2 Private data sets of third parties", "")
    yield from (f"{plain(declared.title)}, as the community declares: {plain(declared.consent_basis)}", "")
    yield from ("| file | licence | rows sent | rows used | SHA-256 |", "|---|---|--:|--:|---|")
    for source in data.sources:
        sha256 = source.sha256 or "not known"
        figures = f"{source.records_in:,} | {source.kept:,}"
        yield f"| {plain(source.file)} | {plain(source.licence)} | {figures} | {sha256} |"
    for file, licences in data.row_licences.items():
        yield from ("", f"Rows of {plain(file)} by their own licence: {ranked(licences)}.")
    yield from ("", "### 2.3 Data crawled and scraped from online sources", "", NONE, "")
    yield from ("### 2.4 Data of users of the provider's services", "")
    yield from ("None but what is under 2.2 and was given for this purpose.", "", "### 2.5 Synthetic data", "")
    made = sum(data.synthetic.values())
    yield f"{count(made, 'row')} that the base model rephrased ({ranked(data.synthetic)})." if made else NONE
    yield from ("", "### 2.6 Other sources", "", NONE, "")


def _processing(record: ModelRecord) -> Iterator[str]:
    data, declared = record.data, record.data.declared
    yield from ("## 3. Processing", "", "### 3.1 Reservation of rights (text and data mining)", "")
    yield f"How the rows came together: {plain(declared.collected_by)}"
    yield "The record names no row that was mined from the web."
    yield from (f"Rows are used as 2.2 says; a row is withdrawn so: {plain(declared.withdrawal)}", "")
    yield from ("### 3.2 Removal of unlawful content", "")
    yield "No list of unlawful content was searched for. What curation left out, by reason:"
    yield f"{ranked(data.dropped_by_reason) or 'nothing'}."
    if data.redactions:
        yield f"Personal data was masked in {count(data.redacted_records, 'row')}: {ranked(data.redactions)}."
    yield from ("", "### 3.3 Further information", "")
    yield f"Whoever gave a row can have proof that it was or was not used: the root of all is `{data.root}`."
    yield from (f"Contact about the rows: {plain(declared.contact)}", "")
