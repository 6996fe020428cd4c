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


class SettingsError(UsageError):
    """Settings that cannot be used: one line each with the setting and what is expected, never its value."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class PrivateFileError(SignpostError):
    """A file that only its owner may read is missing or open to others; the text never quotes it."""


class KeysError(SignpostError):
    """The keys file cannot be used: one line with the remedy, never a key (promise S10)."""


class NoSuchCaseError(SignpostError):
    """There is no such case, or none that this person may see: both read the same (promise S4)."""

    def __init__(self, reference: str) -> None:
        shown = "".join(sign for sign in reference[:20] if sign.isprintable())
        super().__init__(f"there is no case {shown} that you can do this with")


class NotSavedError(SignpostError):
    """A report could not be stored: its sender is told so, and whom to ring."""


class RefusedActionError(SignpostError):
    """Something asked of a case that cannot be done; the text says why and what to do."""


class NotReadyError(SignpostError):
    """Something that has to be there first is missing; the text says which command makes it."""
