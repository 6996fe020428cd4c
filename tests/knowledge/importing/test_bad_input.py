"""A bad file is refused with one line that says what to do, in bounded time and memory."""

import resource
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from knowledge.importing.confined import read_confined
from knowledge.importing.document import NotReadableError
from knowledge.importing.pack import imported
from knowledge.importing.reading import read_document
from tests.knowledge.importing import policies
from tests.support.renderings import lines_of, pdf, word

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
_END = b"</w:body>"


def _refusal(path: Path) -> str:
    with pytest.raises(NotReadableError) as refused:
        read_document(path)
    said = str(refused.value)
    assert "\n" not in said
    return said


def _file(folder: Path, name: str, raw: bytes) -> Path:
    path = folder / name
    path.write_bytes(raw)
    return path


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    lines = lines_of(policies.text("larkfield"))
    word(lines, folder / "good.docx")
    pdf(lines, folder / "good.pdf")
    return folder


def _rezipped(raw: bytes, *, swap: tuple[bytes, bytes] = (b"", b""), **added: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            new.writestr(part.filename, data.replace(*swap) if part.filename == "word/document.xml" else data)
        for name, data in added.items():
            new.writestr(f"word/{name}", data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("empty.docx", b"", "empty"),
        ("blank.txt", b" \n\n ", "empty"),
        ("old.docx", _OLE, "save it as .docx"),
        ("locked.docx", _OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("noise.pdf", b"noise" * 500, "export the policy again"),
        ("half.docx", b"PK\x03\x04" + b"half" * 200, "damaged or cut short"),
        ("rich.doc", b"{\\rtf1 text}", "save it as .docx"),
        ("policy.odt", b"words", "give the policy as"),
        ("zeros.txt", b"words\x00\x00" * 50, "no text"),
        (
            "long.txt",
            b"Staff must be kind to pupils online.\n" * 140_000,
            "give the social media policy alone",
        ),
        (
            "long.md",
            b"Staff must be kind to pupils online.\n\n" * 135_000,
            "give the social media policy alone",
        ),
        ("title.md", b"# Nothing but a title\n", "no clauses"),
    ],
)
def test_what_is_no_policy_is_refused(tmp_path: Path, name: str, raw: bytes, says: str) -> None:
    assert says in _refusal(_file(tmp_path, name, raw))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "none.docx") == "there is no such file"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("name", ["good.docx", "good.pdf"])
def test_a_truncated_file_is_refused(made: Path, tmp_path: Path, name: str, share: float) -> None:
    raw = (made / name).read_bytes()
    assert "damaged or cut short" in _refusal(_file(tmp_path, name, raw[: int(len(raw) * share)]))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"vbaProject.bin": b"macro"}, "macros"),
        (
            {"swap": (_END, b'<w:p><w:ins w:id="1"><w:r><w:t>x</w:t></w:r></w:ins></w:p>' + _END)},
            "tracked changes",
        ),
        ({"media.xml": b"a" * 80_000_000}, "unpacks to far more"),
        ({"swap": (_END, b"<w:p/>" * 2_000_000 + _END)}, "unpacks to far more"),
        ({"swap": (b"<w:document ", b'<!DOCTYPE x [<!ENTITY a "b">]><w:document ')}, "never writes"),
    ],
)
def test_a_word_file_that_would_hurt_or_mislead_is_refused(
    made: Path, tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    raw = _rezipped((made / "good.docx").read_bytes(), **change)
    assert says in _refusal(_file(tmp_path, "policy.docx", raw))


def test_a_pdf_with_a_password_is_refused(tmp_path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    drawn = Canvas(str(tmp_path / "locked.pdf"), encrypt=StandardEncryption("secret", "owner"))
    drawn.drawString(100, 700, "Staff must be kind.")
    drawn.save()
    assert "password" in _refusal(tmp_path / "locked.pdf")


def test_a_scan_is_refused(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    drawn = Canvas(str(tmp_path / "scan.pdf"))
    for _ in range(3):
        drawn.rect(50, 50, 400, 700, fill=1)
        drawn.showPage()
    drawn.save()
    assert "a scan" in _refusal(tmp_path / "scan.pdf")


def _bomb(megabytes: int) -> bytes:
    """A PDF whose page unpacks to so many megabytes."""
    packer = zlib.compressobj(9)
    some = b"BT /F1 9 Tf 72 700 Td (Staff must be kind) Tj ET\n" * 20_000
    stream = b"".join(packer.compress(some) for _ in range(megabytes)) + packer.flush()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out, places = b"%PDF-1.4\n", []
    for number, written in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, written)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + end


def test_a_pdf_that_unpacks_to_gigabytes_takes_bounded_memory_and_time(tmp_path: Path) -> None:
    with pytest.raises(NotReadableError, match=r"export the policy again|damaged"):
        read_confined(_file(tmp_path, "bomb.pdf", _bomb(1_200)), seconds=8)


def test_a_good_file_is_read_the_same_in_a_process_of_its_own(made: Path) -> None:
    steps: list[tuple[int, int]] = []
    path = made / "good.pdf"
    assert read_confined(path, lambda done, of: steps.append((done, of))) == read_document(path)
    assert steps[-1][0] == steps[-1][1]


def _sixty_pages() -> str:
    body = policies.text("larkfield").split("\n", 1)[1]
    return "# Long Policy\n" + body * 42


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_sixty_pages_are_imported_in_ten_seconds_of_processor_time(tmp_path: Path, form: str) -> None:
    lines = lines_of(_sixty_pages())
    path = tmp_path / f"long.{form}"
    _ = word(lines, path) if form == "docx" else pdf(lines, path)
    before = _processor_time()
    found = imported(read_confined(path))
    assert len(found.clauses.all) > 1_200
    assert _processor_time() - before < 10


def _processor_time() -> float:
    """Of this process and its children: other tests at the same time don't count."""
    return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
