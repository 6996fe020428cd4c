"""Whether a message goes on from the one before it, as "and if it's my own account?" does."""

import re

from knowledge.normalise import plain, tidy, words

_GOES_ON = re.compile(
    r"\A(?:ok(?:ay)?|right|thanks|thank you|sure|hm+|i see|fair enough|got it)?[\s,.;!-]*"
    r"(?:and\b|but\b|or\b|so\b|also\b|then\b|even (?:if|when|though)\b|what (?:if|about)\b|how about\b|if\b|"
    r"in that case\b|does (?:it|that|this)\b|is (?:it|that|this)\b|would (?:it|that|this)\b|"
    r"can (?:it|they|she|he)\b|the same\b|same\b|only if\b|unless\b|without\b|with\b|on my\b|on the\b|"
    r"with(?:out)? (?:it|them|that)\b)"
)
_SHORT = 5
"""A message of so few words asks hardly anything by itself."""
_WHOLE = re.compile(
    r"\b(?:can|may|should|must|could|am|are|do|is|what|who|when|where|how) (?:i|we|you|the|a|my)\b"
)


def follows(message: str) -> bool:
    """Whether a message is understood only with the one before it."""
    text = plain(tidy(message))
    if _GOES_ON.match(text):
        return True
    return len(words(text)) <= _SHORT and not _WHOLE.search(text)
