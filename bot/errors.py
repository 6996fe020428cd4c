"""What can go wrong, in words that a member of staff can act on."""


class SignpostError(Exception):
    """The base of everything Signpost refuses; its text is one clear line for a person."""


class UsageError(SignpostError):
    """The command was put wrongly: exit 2."""


class UnknownPolicyError(UsageError):
    """There is no policy of that name, or none was named."""

    def __init__(self, named: str | None, known: tuple[str, ...]) -> None:
        problem = f"there is no policy {named!r}" if named else "say which policy: --policy ID"
        super().__init__(f"{problem}. The policies here are: {', '.join(known)}")


class UnreadableError(SignpostError):
    """A file that was named cannot be used: exit 1."""


class WrongDocumentError(SignpostError):
    """The document is not this policy's: quoting it would put words into the policy's mouth."""

    def __init__(self, policy: str) -> None:
        super().__init__(
            f"the document lacks most clauses of {policy!r}, so it is another policy's or edition's"
        )
