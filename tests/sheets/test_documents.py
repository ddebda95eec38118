import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from tests.sheets.made import cells, opened, pdf

from commonhold.errors import FormError


def sections(path: Path) -> list[tuple[str, str]]:
    return [(row["heading"], row["text"]) for row in cells(path, ("heading",), ("text",))]


def html(path: Path, body: str, head: str = "") -> Path:
    path.write_text(f"<html><head>{head}</head><body>{body}</body></html>", encoding="utf-8")
    return path


def test_a_word_document_gives_a_row_for_each_heading(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Read this first.")
    document.add_heading("When do you open?", level=1)
    document.add_paragraph("At nine.")
    document.add_paragraph("On Sunday at ten.")
    document.add_heading("What does it cost?", level=2)
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["adult", "5", "child", "free"], strict=True):
        cell.text = text
    document.save(str(tmp_path / "faq.docx"))
    assert cells(tmp_path / "faq.docx") == [
        {"document": "faq.docx", "heading": "", "text": "Read this first.", "page": "", "number": "1"},
        {
            "document": "faq.docx",
            "heading": "When do you open?",
            "text": "At nine.\nOn Sunday at ten.",
            "page": "",
            "number": "2",
        },
        {
            "document": "faq.docx",
            "heading": "What does it cost?",
            "text": "adult\t5\nchild\tfree",
            "page": "",
            "number": "3",
        },
    ]


def test_bold_paragraphs_are_headings_only_where_there_are_no_others(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph().add_run("Where?").bold = True
    line = document.add_paragraph("Here, ")
    line.add_run("really").bold = True
    document.save(str(tmp_path / "a.docx"))
    assert sections(tmp_path / "a.docx") == [("Where?", "Here, really")]
    document.add_heading("Proper heading")
    document.save(str(tmp_path / "b.docx"))
    assert sections(tmp_path / "b.docx") == [("", "Where?\nHere, really"), ("Proper heading", "")]


def test_deleted_and_hidden_text_of_a_word_document_is_not_read(tmp_path: Path) -> None:
    document = docx.Document()
    line = document.add_paragraph("seen ")
    line.add_run("hidden ").font.hidden = True
    run = "<w:r><w:t>{0} </w:t></w:r>"
    line._p.append(parse_xml(f"<w:del {nsdecls('w')} w:id='1'>{run.format('deleted')}</w:del>"))
    line._p.append(parse_xml(f"<w:ins {nsdecls('w')} w:id='2'>{run.format('inserted')}</w:ins>"))
    document.save(str(tmp_path / "a.docx"))
    assert sections(tmp_path / "a.docx") == [("", "seen inserted")]


def test_a_web_page_gives_a_row_for_each_heading_and_question(tmp_path: Path) -> None:
    body = "<p>Welcome &amp; hello</p><h2>When <b>do</b> you<br>open?</h2><p>At\n nine.<p>Daily."
    body += "<dl><dt>Where?<dd>Here.</dl><details><summary>Cost?</summary>Free</details>"
    assert sections(html(tmp_path / "a.html", body)) == [
        ("", "Welcome & hello"),
        ("When do you open?", "At nine.\nDaily."),
        ("Where?", "Here."),
        ("Cost?", "Free"),
    ]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>x</script>",
        "<style>x</style>",
        "<template>x</template>",
        "<noscript>x</noscript>",
        "<!-- x -->",
        "<p hidden>x</p>",
        "<span style='color:red; Display : NONE'>x</span>",
        "<span style='visibility:hidden'>x</span>",
        "<span style='font-size:0px'>x</span>",
        "<div aria-hidden='true'><p>x</p></div>",
        "<textarea>x</textarea>",
        "<svg><text>x</text></svg>",
    ],
)
def test_what_a_reader_of_the_page_does_not_see_is_not_read(tmp_path: Path, hidden: str) -> None:
    assert sections(html(tmp_path / "a.html", f"<p>seen {hidden} too</p>", "<title>x</title>"))[0][1].split() == [
        *("seen", "too")
    ]


@pytest.mark.parametrize("style", ["font-size:0.9em", "display:block", "visibility:visible", "font-size:08px"])
def test_a_style_that_hides_nothing_hides_nothing(tmp_path: Path, style: str) -> None:
    assert sections(html(tmp_path / "a.html", f"<span style='{style}'>x</span>")) == [("", "x")]


def test_a_heading_without_text_keeps_its_row(tmp_path: Path) -> None:
    path = html(tmp_path / "a.html", "<h1>Chapter</h1><h2>Question</h2>Answer")
    assert sections(path) == [("Chapter", ""), ("Question", "Answer")]


def test_rows_of_a_table_on_a_page_are_lines(tmp_path: Path) -> None:
    body = "<h1>Prices</h1><table><tr><th>who<th>cost<tr><td>adult<td>5</table>"
    assert sections(html(tmp_path / "a.html", body)) == [("Prices", "who\tcost\nadult\t5")]


def test_a_page_is_decoded_as_it_declares(tmp_path: Path) -> None:
    page = '<html><head><meta charset="iso-8859-1"></head><p>“señor”</html>'
    (tmp_path / "a.html").write_bytes(page.encode("cp1252"))  # as browsers take iso-8859-1
    assert sections(tmp_path / "a.html") == [("", "“señor”")]


def test_larger_and_bold_lines_of_a_pdf_are_headings(tmp_path: Path) -> None:
    first = [("Opening hours?", 18, False), ("We open at nine every day and close at", 11, False), ("five.", 11, False)]
    second = [("Dogs may come in too.", 11, False), ("2", 11, False), ("Where?", 11, True), ("Main street", 11, False)]
    (tmp_path / "a.pdf").write_bytes(pdf([first, second]))
    assert [(row["heading"], row["text"], row["page"]) for row in cells(tmp_path / "a.pdf")] == [
        ("Opening hours?", "We open at nine every day and close at five.\nDogs may come in too.", "1"),
        ("Where?", "Main street", "2"),
    ]


def test_a_pdf_without_text_is_named_as_a_scan(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf([[]]))
    with pytest.raises(FormError, match="no text is in it, only pictures"):
        opened(tmp_path / "a.pdf")


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
def test_a_document_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("no such thing")
    with pytest.raises(FormError, match=r"not (readable as PDF|a Word document)"):
        opened(tmp_path / name)


def test_a_word_document_without_its_parts_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(FormError, match="not readable as a Word document"):
        opened(tmp_path / "a.docx")


def test_an_empty_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormError, match="no text is in it"):
        list(opened(html(tmp_path / "a.html", "<script>x</script>")).rows)
