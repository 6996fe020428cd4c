"""The words of a report's form: what each question asks, what helps, what is wrong with an answer.

Questions go by their key; where a kind asks the same thing in other words, the kind's own words stand in
`_FOR_KIND`. Fixed safety texts are in `safety`, what is said around sending in `receipts`.
"""

from collections.abc import Mapping

from knowledge.rules import Kind

Said = tuple[str, str]
"""A label and the help under it; the help may be empty."""

CHOOSE: Mapping[Kind, str] = {
    Kind.PUPIL_CONTACT: "A pupil has messaged, followed, added or called a member of staff",
    Kind.NUDE_IMAGE: "A nude or semi-nude of an under-18: real, made by AI, or only talked about",
    Kind.GROOMING: "Somebody outside is grooming, blackmailing or trying to meet a child",
    Kind.CHILD_ON_CHILD: "A child is being abused, harassed or coerced online by another child",
    Kind.DISCLOSURE: "A child told you, or wrote to you, something worrying",
    Kind.RADICALISATION: "A child or an adult may be drawn into extremism",
    Kind.ONLINE_SAFETY: "Bullying, illegal or harmful content online, or a worry about a child there",
    Kind.THREAT: "A threat of violence to the school or to anybody in it",
    Kind.FILTERING: "The filter or the monitoring failed, or somebody got round it",
    Kind.FORMER_PUPIL_UNDER_18: "Contact with a former pupil who is still under 18",
    Kind.PUPIL_ACTIVITY: "What a pupil has posted or done online",
    Kind.ADULT_CONCERN: "A worry of any size about an adult who works or volunteers here",
    Kind.SELF_REPORT: "Something you did yourself and want to put right",
    Kind.COLLEAGUE_ACTIVITY: "What a colleague has posted or done online",
    Kind.SAFEGUARDING_PRACTICE: "A worry about how the school handles safeguarding",
    Kind.REFERENCE: "Something inappropriate said about the school, its staff or its pupils",
    Kind.FORMER_PUPIL_CONTACT: "A former pupil has been in touch",
    Kind.COMPLAINT: "A complaint that names staff, a governor, a volunteer or a pupil",
    Kind.STAFF_TARGETED: "A member of staff is being trolled, harassed or lied about online",
    Kind.IMPERSONATION: "A fake account, a deepfake, or somebody posing as staff or the school",
    Kind.PRESS: "A journalist has been in touch",
    Kind.DATA_BREACH: "Personal data was posted, lost or sent to the wrong people",
    Kind.ACCOUNT_SECURITY: "An account was taken over, or somebody clicked a bad link",
    Kind.OTHER: "None of these",
}
"""One line for each kind, for choosing it from a list."""

OPTIONS: Mapping[str, Mapping[str, str]] = {
    "about": {
        "pupil": "A pupil here",
        "former_pupil": "A former pupil",
        "works_here": "Somebody who works or volunteers here",
        "myself": "Me: something I did or may have done",
        "parent": "A parent or carer",
        "outsider": "Somebody from outside",
        "unknown": "I don't know who it is",
        "nobody": "Nobody in particular",
    },
    "urgent": {"yes": "Yes", "no": "No"},
    "role_here": {
        "staff": "Staff",
        "supply": "Supply or agency",
        "volunteer": "Volunteer",
        "contractor": "Contractor",
        "governor": "Governor or trustee",
        "unsure": "Not sure",
    },
}
YES_NO: Mapping[str, str] = {"yes": "Yes", "no": "No", "unsure": "Not sure"}
STANDINGS: Mapping[str, str] = {
    "about": "It is about them",
    "mentioned": "They are only mentioned",
    "open": "Not sure",
}

_WHAT = "What happened?"
_BRIEFLY = "A few plain sentences do. What you saw or heard, when and where; what you only think, say so."
_AS_KNOWN = "Names as you know them. Leave it empty if you don't."
_NO_NEED = "Leave it empty if you don't know. Don't go looking."

_QUESTIONS: Mapping[str, Said] = {
    "about": ("Who is it about?", ""),
    "subject": ("What is their name, or the name they go by online?", "As you know it; a guess is fine."),
    "subject_person": ("Pick them, if they are listed", ""),
    "school": ("Which school is it about?", "Leave it empty if it is about the whole trust."),
    "danger": ("Is a child in danger right now?", "If you think so, ring 999 before you go on."),
    "image": (
        "Is a nude or semi-nude image of somebody under 18 involved?",
        "A photo, video or livestream, real or made by AI, also one that is only said to exist.",
    ),
    "urgent": ("Does somebody need to see this at once?", ""),
    "what": (_WHAT, _BRIEFLY),
    "account": ("Which account or app was it?", "Whose it is, and the name it goes by."),
    "adult_involved": ("Is an adult involved, or might one be?", ""),
    "answered": ("Has anybody replied?", "It's fine if so; it helps to know."),
    "access": ("Can you still get into the account?", ""),
    "behaviour": (
        "Or is it a worry about how somebody who works here behaves with a child?",
        "If it may be, say yes: it then goes to the person who looks into that.",
    ),
    "child_harmed": ("Was a child harmed, or may one have been?", ""),
    "children": ("Which child or children does it concern?", _AS_KNOWN),
    "complained": ("Has a complaint been made to the school as well?", ""),
    "contained": ("Has it been stopped or taken back?", ""),
    "contacting": ("Has it been in touch with any pupil?", ""),
    "deadline": ("When do they want an answer?", ""),
    "demands": ("Has anybody asked for money, pictures or secrecy?", ""),
    "discovered": ("When was it noticed?", "A date, or “today 14:30”."),
    "due": ("When and where is it meant to happen?", "If anything was said about that."),
    "family": ("Is there a family tie between them?", ""),
    "fault": ("What is the technical fault?", "This is all that IT will ever see, so no child's name here."),
    "meeting": ("Have they met, or is a meeting planned?", ""),
    "mfa": ("Does the account ask for a second step at sign-in, such as a code?", ""),
    "ongoing": ("Is it still online or still going on?", ""),
    "outlet": ("Which paper, station or site, and who?", ""),
    "people": ("How many people's data, roughly, and whose?", "Such as “about 30 pupils in Year 4”."),
    "plan": ("Is there talk of violence, of travelling, or of a plan?", ""),
    "police_told": ("Have the police been told?", ""),
    "present": ("Who else was there?", _AS_KNOWN),
    "raised": ("Whom has it been raised with, and when?", "Leave it empty if nobody. You needn't have."),
    "reach_them": ("How can they be reached?", "A number or an address, if they left one."),
    "reached": ("Has a child seen anything harmful?", ""),
    "role_here": ("What is their role here?", ""),
    "seen": ("Have you seen it, even by accident?", "Nobody will blame you."),
    "shared": ("Has it been sent on or put online?", _NO_NEED),
    "staff_involved": (
        "Is it, or might it be, somebody who works or volunteers here?",
        "If so, nobody it may be about is told.",
    ),
    "target": ("Who was it aimed at?", "“Me”, or a name."),
    "together": ("Will the children meet again before this is looked at?", "In class, on a bus, in a club."),
    "told": ("Whom have you told already?", "They are only mentioned: naming them here isn't about them."),
    "under_18": ("Is the person still under 18?", "“Not sure” is treated as a yes."),
    "where_when": ("Where and when did they say it?", ""),
    "platform": ("Which app, site or game?", ""),
    "handle": ("Which account posted or sent it?", "The name it goes by there."),
    "url": ("Where is it online?", "A web address. Nobody here will open it by themselves."),
    "posted_at": ("When was it posted or sent?", "A date, or “yesterday 21:15”. Leave it empty if unsure."),
    "seen_at": ("When did you see it?", "A date, or “today 08:30”."),
    "captured_by": ("Who has a screenshot, if anybody?", ""),
    "said": ("What did it say?", "Word for word, as far as you can."),
}

_FOR_KIND: Mapping[tuple[Kind, str], Said] = {
    (Kind.PUPIL_CONTACT, "target"): ("Whom did the pupil contact?", "“Me”, or a name."),
    (Kind.PUPIL_CONTACT, "account"): (
        "Which account was used?",
        "The app, and whether it is your own account or the school's.",
    ),
    (Kind.FORMER_PUPIL_CONTACT, "target"): ("Whom did they contact?", "“Me”, or a name."),
    (Kind.FORMER_PUPIL_UNDER_18, "target"): ("Whom did they contact?", "“Me”, or a name."),
    (Kind.NUDE_IMAGE, "what"): (
        "What do you know?",
        "In words, and only what you have heard already. Say who is involved, not what it shows.",
    ),
    (Kind.NUDE_IMAGE, "about"): ("Who is it about?", "The child, or whoever has or sent it."),
    (Kind.NUDE_IMAGE, "adult_involved"): (
        "Is an adult involved, or might one be?",
        "Somebody who made, sent, asked for or paid for it.",
    ),
    (Kind.GROOMING, "about"): ("Who is it about?", "Whoever is doing it."),
    (Kind.GROOMING, "account"): ("Which name or account do they use?", _NO_NEED),
    (Kind.GROOMING, "what"): (_WHAT, f"Say which child. {_BRIEFLY}"),
    (Kind.CHILD_ON_CHILD, "children"): ("Which other children are involved?", _AS_KNOWN),
    (Kind.DISCLOSURE, "what"): (
        "What did the child say, in the child's own words?",
        "As near as you remember. Yours can come after it, marked as yours.",
    ),
    (Kind.DISCLOSURE, "adult_involved"): ("Did the child speak of an adult who may have harmed them?", ""),
    (Kind.ONLINE_SAFETY, "children"): ("Which other children are involved?", _AS_KNOWN),
    (Kind.PUPIL_ACTIVITY, "children"): ("Which other pupils are in it?", _AS_KNOWN),
    (Kind.THREAT, "target"): ("Who or what is threatened?", ""),
    (Kind.FILTERING, "what"): (
        "What got through, or wasn't noticed, and who was affected?",
        "For the safeguarding lead only.",
    ),
    (Kind.ADULT_CONCERN, "about"): ("Who is it about?", "The adult, not the child."),
    (Kind.ADULT_CONCERN, "what"): (
        _WHAT,
        f"{_BRIEFLY} You needn't weigh how serious it is.",
    ),
    (Kind.SELF_REPORT, "children"): ("Does it concern a child? Which?", _AS_KNOWN),
    (Kind.COLLEAGUE_ACTIVITY, "about"): ("Who is it about?", "Whoever posted or did it."),
    (Kind.SAFEGUARDING_PRACTICE, "about"): (
        "Who is it about?",
        "Whose handling worries you, so that it doesn't go to them.",
    ),
    (Kind.STAFF_TARGETED, "about"): ("Who is it about?", "Whoever is doing it."),
    (Kind.STAFF_TARGETED, "target"): ("Who is being targeted?", "“Me”, or a name."),
    (Kind.IMPERSONATION, "about"): ("Who is it about?", "Whoever is behind it, if you know."),
    (Kind.IMPERSONATION, "target"): ("Who or what does it imitate?", ""),
    (Kind.IMPERSONATION, "account"): ("Which name does the fake go by?", ""),
    (Kind.COMPLAINT, "about"): ("Who is it about?", "Whoever the complaint names."),
    (Kind.PRESS, "what"): ("What do they ask?", ""),
    (Kind.DATA_BREACH, "what"): ("What data is it, and what happened to it?", "Kinds of data, not the data."),
    (Kind.ACCOUNT_SECURITY, "account"): ("Which account is it?", "Never its password."),
}

EMPTY = "Nothing is written yet. Say in a few words what happened, or who it is about."
SAY_ABOUT = "Say who it is about. If you don't know, say so: that is an answer too."
SAY_WHICH = "Say yes, no or not sure."
FUTURE = "That is still to come. Give the day and time it happened, or leave this empty."
UNCLEAR_TIME = "That isn't a date I can read. Write it like 14/03/2026, yesterday or today 14:30."
TOO_LONG = "That is too long: at most 20,000 characters fit here. Keep the part that matters most."
TOO_LONG_IN_ALL = "All together that is too long: at most 100,000 characters fit in one report. Shorten it."
NO_QUESTION = "This form has no such question. Leave it out."
NO_SUCH_PERSON = "That isn't anybody the school has listed. Type their name under “subject” instead."
NO_LINK = (
    "No web address is taken where such an image may be involved. Leave it empty, don't open the page again, "
    "and name only the app or site."
)
NO_FILE = (
    "Pictures and files are not taken here, in any shape. Take it out and tell it in words. If it may be a "
    "nude or semi-nude of somebody under 18, don't look at it again or send it to anybody."
)
NO_NAME = "IT sees this field, so no name belongs in it. Take out the name you gave above."
LINK_LEFT_OUT = "[web address left out]"
FILE_LEFT_OUT = "[file left out]"


def question(kind: Kind, key: str) -> Said:
    """The label and help of a question, as this kind asks it. Raises `KeyError` for a key nobody asks."""
    return _FOR_KIND.get((kind, key)) or _QUESTIONS[key]


def standing(name: str) -> Said:
    """What is asked of a member of staff whom the words may mean."""
    return (
        f"{name}: is it about them, or are they only mentioned?",
        "Until you say which, nothing of this goes to them.",
    )


def one_of(labels: Mapping[str, str]) -> str:
    """What is wrong with an answer that is none of the choices."""
    return f"Choose one of these: {'; '.join(labels.values())}."
