"""What must be noticed whatever the question matches: a child in danger, an image of a child, a thing that happened.

Patterns lean towards noticing too much: a needless word of safety costs little, a missed one can cost a child.
They look at plain text (see `normalise.plain`). Where the floor comes from: KCSIE part one (immediate danger:
999 first) and the UKCIS advice on nudes and semi-nudes of March 2024 (never view, copy, save, share or delete).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_CHILD = (
    r"(?:pupil|student|child|children|kid|kids|year\d+s?|lad|lads|lass|lasses|boy|boys|girl|girls|teen\w*|tutee|"
    r"little ones?|youngsters?|under ?(?:age|18)|minor|her|him|she|he|they|someone|somebody|form|class|daughter|son)"
)
_NUDE = (
    r"(?:nudes?|semi ?nudes?|nakeds?|topless|indecent|undressed|nudif\w+|sexts?|sexting|dick ?pics?|"
    r"no clothes on|without (?:any )?clothes|in (?:her|his|their) (?:bra|underwear|pants|knickers|boxers)|"
    r"(?:intimate|sexual|explicit|rude|dirty|mucky) (?:pic\w*|photo\w*|image\w*|video\w*|snap\w*|selfie\w*|vids?)|"
    r"(?:child|kiddie) (?:porn\w*|abuse (?:image|material|video)\w*)|csam|upskirt\w*|"
    r"(?:boobs?|private parts|privates|genitals)|(?:pic\w*|photo\w*|video\w*|image\w*) of (?:her|his|their) (?:body|bits|chest|bum))"
)
_INDECENT = re.compile(rf"\b{_NUDE}\b")
_ABOUT_CHILD = re.compile(rf"\b{_CHILD}\b")
_ADULT_OWN = re.compile(
    r"\b(?:my own onlyfans|onlyfans|only fans|porn ?hub|adult (?:site|film)s?|life drawing|renaissance|statue|"
    r"calendar|naked (?:calendar|bike|truth|chef|eye)|naked attraction|nude (?:lipstick|shoes|tights|colour))\b"
)
_IMAGE_OF_CHILD = re.compile(
    r"\b(?:child (?:porn\w*|abuse (?:image|material|video)\w*|sexual abuse)|csam|kiddie porn|"
    rf"{_NUDE} (?:\w+ ){{0,4}}(?:of|from) (?:\w+ ){{0,4}}(?:child\w*|kid|kids|pupil\w*|student\w*|boy|girl|year\d+\w*|teen\w*|lass|lad)|"
    rf"(?:year\d+s?|pupil\w*|student\w*|child|children|kid|kids|lass|lad|girls?|boys?|tutee|son|daughter) (?:\w+ ){{0,8}}{_NUDE}|"
    rf"{_NUDE} (?:\w+ ){{0,8}}(?:year\d+s?|pupils?|students?|child|children|kids?|lass|lad|girls?|boys?|tutee))\b"
)

_SOMEBODY = r"(?:shes|hes|she|he|they|theyre|her|him|child|kid|girl|boy|lad|lass|pupil|student|year\d+s?|one of \w+)"
_DANGER = re.compile(
    r"\b(?:"
    r"(?:kill|hang|drown|harm|hurt)(?:s|ed|ing)? (?:herself|himself|themsel\w+|themself)|kill(?:ing)? myself|"
    r"(?:wants?|wanting|wanna|going|about|planning) to (?:die|end it|kill|jump|be dead)|end(?:ing|ed)? (?:it all|her life|his life|their life)|"
    r"end it (?:all|tonight|today|now)|suicid\w+|over ?dos(?:e|ed|ing)|taken (?:\w+ ){0,4}(?:pills|tablets|paracetamol)|"
    r"swallowed (?:\w+ ){0,3}(?:pills|tablets|bleach|batteries)|(?:on|off) (?:the|a) (?:bridge|roof|railway|tracks?|ledge|multi ?storey)|"
    r"(?:wont|not going to|might not) be (?:here|around|alive) (?:tomorrow|on monday|much longer|after)|"
    r"(?:said|saying|writing|posted|sent) (?:\w+ ){0,3}(?:goodbye|suicide note|final message|last message)|goodbye (?:message|note|post|video)|"
    r"(?:better off|world is better) (?:dead|without (?:me|her|him))|(?:doesnt|dont|didnt) want to (?:be here|live|be alive|wake up)|"
    r"in (?:immediate |real |serious |actual )?danger|bleeding|being (?:beaten|hit|attacked|held)|"
    r"(?:hes|shes|dads?|mums?|stepdads?) (?:is )?(?:hitting|beating|attacking|choking) (?:her|him|them|me)|"
    r"(?:has|got|with|holding|carrying|bringing) (?:\w+ ){0,2}(?:knife|gun|machete|blade|petrol)(?! (?:skills|emoji|and fork))|"
    r"meet(?:ing)? (?:\w+ ){0,6}(?:tonight|now|right now|after school today|in an hour|this evening)|"
    r"(?:run|ran|running|gone) (?:away|missing)|locked (?:her|him)self in|trapped|"
    r"scared to go home|afraid to go home|frightened to go home"
    r")\b"
)
_NOT_A_CHILD = re.compile(r"\b(?:phone (?:is|was) (?:bleeding|dying)|bleeding (?:obvious|useless|edge)|ran away with)\b")
_JOKE = re.compile(r"\b(?:im|i am|i|ill|was) (?:\w+ )?(?:going to |gonna |could |want to |wanna )?(?:die of|kill (?:him|her|them|my))\b")


@dataclass(frozen=True, slots=True)
class Tripped:
    """What the tripwire noticed."""

    danger: bool
    indecent: bool

    def __bool__(self) -> bool:
        return self.danger or self.indecent


def trip(text: str, topics: Mapping[str, float]) -> Tripped:
    """Notice danger and indecent images of children from plain text and the likely topics.

    `topics` gives probabilities; a strong belief trips even where no pattern does.
    """
    believed = topics.get("nude-image", 0.0) + topics.get("indecent-image-found", 0.0)
    indecent = _image_of_a_child(text) or believed >= _BELIEVED
    danger = bool(_DANGER.search(text)) and not (_NOT_A_CHILD.search(text) or _JOKE.search(text))
    endangered = topics.get("immediate-danger", 0.0) + topics.get("child-disclosure", 0.0) / 2
    return Tripped(danger=danger or endangered >= _BELIEVED, indecent=indecent)


_BELIEVED = 0.45


def _image_of_a_child(text: str) -> bool:
    if _IMAGE_OF_CHILD.search(text):
        return True
    if _ADULT_OWN.search(text):
        return False
    return bool(_INDECENT.search(text) and _ABOUT_CHILD.search(text))
