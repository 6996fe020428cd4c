"""Read any policy file into a `Document`, by what it holds rather than by its name; bad files are refused."""

from collections.abc import Callable
from pathlib import Path

from knowledge.importing.document import Document, Found, Heading, NotReadableError
from knowledge.importing.shaping import shaped
from knowledge.importing.text import decoded

Progress = Callable[[int, int], None]
LARGEST_FILE = 40_000_000
"""Bytes; photographs make a Word document large, so this is generous."""
LARGEST_TEXT = 1_500_000
"""Bytes of a .txt, .md or .html; a policy of sixty pages has a tenth of it."""
_SUFFIXES = (".docx", ".pdf", ".md", ".markdown", ".txt", ".text", ".html", ".htm")
_OLD_WORD = "this is an old Word file (.doc): open it in Word, save it as .docx and import that"
_LOCKED = (
    "the Word file is password-protected: take the password off in Word (File, Info) and import it again"
)


def read_document(path: Path, progress: Progress = lambda _done, _of: None) -> Document:
    """Read a policy document. Raises `NotReadableError` with one line that says what to do."""
    try:
        if not path.is_file():
            raise NotReadableError("there is no such file" if not path.exists() else "this is no file")
        if path.stat().st_size > LARGEST_FILE:
            raise NotReadableError(
                "the file is far larger than a policy: take the pictures out, or give the policy alone"
            )
        raw = path.read_bytes()
    except OSError as error:
        raise NotReadableError(f"it cannot be read ({error.strerror})") from error
    document = shaped(_found(raw, path.suffix.casefold(), progress), path.stem)
    if all(isinstance(block, Heading) for block in document.blocks):
        raise NotReadableError("no clauses were found in it: is this the policy itself?")
    return document


def _found(raw: bytes, suffix: str, progress: Progress) -> Found:
    if not raw.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise NotReadableError("the file is empty: export the policy again")
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        locked = "EncryptedPackage".encode("utf-16-le") in raw
        raise NotReadableError(_LOCKED if locked else _OLD_WORD)
    if raw.startswith(b"PK"):
        from knowledge.importing.word import read_word

        return read_word(raw, progress)
    if b"%PDF-" in raw[:1024]:
        from knowledge.importing.pdf import read_pdf

        return read_pdf(raw, progress)
    if raw.startswith(b"{\\rtf"):
        raise NotReadableError("this is an RTF file: open it in Word, save it as .docx and import that")
    if suffix in {".docx", ".pdf", ".doc", ".docm"}:
        raise NotReadableError(f"this is no {suffix} file inside, or it is damaged: export the policy again")
    return _found_in_text(raw, suffix)


def _found_in_text(raw: bytes, suffix: str) -> Found:
    if suffix not in _SUFFIXES:
        raise NotReadableError("give the policy as .docx, .pdf, .md, .txt or .html")
    if len(raw) > LARGEST_TEXT:
        raise NotReadableError(
            "the file holds far more text than a policy: give the social media policy alone"
        )
    text = decoded(raw)
    if "\x00" in text:
        raise NotReadableError("this is no text: export the policy as .docx or .pdf")
    if suffix in {".html", ".htm"} or text.lstrip()[:15].casefold().startswith(("<!doctype html", "<html")):
        from knowledge.importing.html import read_html

        return read_html(text)
    if suffix in {".md", ".markdown"}:
        from knowledge.importing.markdown import read_markdown

        return read_markdown(text)
    from knowledge.importing.plaintext import read_text

    return read_text(text)
