"""Whatever a file holds, it is read or refused: never an exception of another kind."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.importing.clauses import clauses
from knowledge.importing.document import Document, Found, NotReadableError
from knowledge.importing.html import read_html
from knowledge.importing.markdown import read_markdown
from knowledge.importing.pack import as_yaml, imported
from knowledge.importing.plaintext import read_text
from knowledge.importing.shaping import shaped
from knowledge.loader import read_pack

_LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(
            [
                "# Policy",
                "## 1. Aims",
                "### i. Be kind:",
                "## Appendix",
                "- must not",
                "| a | b |",
                "|--|--|",
                "",
                "Contents",
                "1. Aims .... 3",
                "Staff must not add pupils as friends.",
                "Report this to the Headteacher.",
                "<table><tr><td>x<td>y</table>",
                "1.1.1 Staff",
                "IV. END",
                "a) b",
                "Approved: 31/02/2024",
            ]
        ),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=_LINES, form=st.sampled_from([read_markdown, read_text, read_html]))
def test_any_text_gives_clauses_with_addresses_of_their_own(lines: list[str], form: object) -> None:
    assert callable(form)
    try:
        found: Found = form("\n".join(lines))
    except NotReadableError:
        return
    document: Document = shaped(found, "policy")
    all_of_them = clauses(document).all
    assert len({clause.address for clause in all_of_them}) == len(all_of_them)
    understood = imported(document)
    if understood.rules:
        assert (
            read_pack(as_yaml(understood, policy_id="policy"), "policy.yml").clauses
            == understood.clauses.texts
        )


def test_a_page_nested_without_end_is_refused() -> None:
    with pytest.raises(NotReadableError, match="nested"):
        read_html("<div>" * 5_000 + "Staff must be kind.")
