"""The community's records as a Croissant 1.0 data set with its RAI extension, for search engines and data catalogues.

The records are not in the bundle, so their files stand here with a digest and without a place to fetch them from, and
no field of a row is described.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from commonhold.number_format import count
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.record_sources import FileRef

CONFORMS_TO = ("http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0")
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/jsonl",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".yaml": "application/yaml",
}
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataBiases": "cr:dataBiases",
    "dataCollection": "cr:dataCollection",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "personalSensitiveInformation": "cr:personalSensitiveInformation",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def dataset(record: ModelRecord) -> dict[str, Any]:
    """The whole description."""
    data, declared = record.data, record.data.declared
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": list(CONFORMS_TO),
        "name": declared.title,
        "description": declared.description,
        "license": declared.licence,
        "url": f"urn:sha256:{data.root}",
        "version": "1.0.0",
        "citeAs": f"{declared.title}; root of the used records {data.root}.",
        "datePublished": record.identity.created[:10],
        "inLanguage": sorted(tag for tag in data.languages if tag),
        "creator": {"@type": "sc:Organization", "name": declared.contact},
        "temporalCoverage": f"{declared.collected_from}/{declared.collected_to}",
        "isLiveDataset": False,
        **_responsible(record),
        "distribution": list(_files(record)),
    }


def _responsible(record: ModelRecord) -> dict[str, Any]:
    data, declared, oversight = record.data, record.data.declared, record.oversight
    steps = [f"{step.step}: {step.records_in:,} in, {step.kept:,} out" for step in data.steps]
    masked = ", ".join(f"{kind.replace('_', ' ')} {number:,}" for kind, number in sorted(data.redactions.items()))
    personal = f"Masked before training in {count(data.redacted_records, 'row')}: {masked}." if masked else ""
    return {
        "rai:dataCollection": declared.collected_by,
        "rai:dataCollectionTimeframe": [declared.collected_from, declared.collected_to],
        "rai:dataPreprocessingProtocol": steps,
        "rai:dataLimitations": list(data.warnings),
        "rai:dataUseCases": [oversight.intended_use],
        "rai:personalSensitiveInformation": [f"Consent: {declared.consent_basis}", *([personal] if personal else [])],
        "rai:dataReleaseMaintenancePlan": f"To take a row back: {declared.withdrawal} Contact: {declared.contact}",
    }


def _files(record: ModelRecord) -> Iterator[dict[str, Any]]:
    data = record.data
    listed: set[str] = set()
    for source in data.sources:
        name = source.file.partition("#")[0]
        if source.sha256 and name not in listed:
            listed.add(name)
            yield {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "description": f"Rows of the community, licence {source.licence}. Not published; known by its digest.",
                "contentUrl": name,
                "encodingFormat": MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), "application/octet-stream"),
                "sha256": source.sha256,
            }
    yield _in_bundle(data.datasheet, "What the community declares about its records.")
    yield _in_bundle(data.summary, "What curation counted.")


def _in_bundle(file: FileRef, text: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "description": text,
        "contentUrl": f"../{file.path}",
        "contentSize": f"{file.bytes} B",
        "encodingFormat": MEDIA_TYPES[PurePosixPath(file.path).suffix],
        "sha256": file.sha256,
    }
