"""The circumstances of a question that decide between one clause and its exception.

Each circumstance is a slot with a value, found by patterns over plain text (see `normalise.plain`). A slot
that nothing speaks of is left out: the rule then answers with its conditions, not with a guess.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

SLOTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "relation": frozenset({"family", "none"}),
        "declared": frozenset({"yes", "no"}),
        "age": frozenset({"child", "adult"}),
        "left": frozenset({"recent", "long_ago"}),
        "asker": frozenset(
            {
                "approved_user",
                "not_approved",
                "head",
                "teacher",
                "support",
                "governor",
                "volunteer",
                "parent",
                "pupil",
            }
        ),
        "account": frozenset({"personal", "official"}),
        "consent": frozenset({"given", "missing"}),
        "time": frozenset({"contact", "own", "working"}),
        "shared": frozenset({"school_post"}),
        "authorised": frozenset({"yes"}),
        "written": frozenset({"yes"}),
        "named": frozenset({"yes", "no", "first"}),
        "identifiable": frozenset({"no"}),
        "commercial": frozenset({"yes", "no"}),
        "intent": frozenset({"skip"}),
        "image": frozenset({"yes"}),
        "siblings": frozenset({"yes"}),
        "happened": frozenset({"yes"}),
        "purpose": frozenset({"professional", "safeguarding"}),
    }
)
"""Every slot that a pack's `when` may name, with its values."""

_KIN = (
    r"(?:son|daughter|lad|lass|boy|girl|child|kid|kids|children|bairn|little one|eldest|youngest|twins?|"
    r"niece|nephew|cousin|brother|sister|grandson|granddaughter|grandchild|grandkids|stepson|stepdaughter|"
    r"step ?kids?|step ?son|step ?daughter|godson|goddaughter|godchild|foster (?:son|daughter|child|lad|girl))"
)
_RELATIVES = r"(?:sister|brother|cousin|auntie?|aunty|uncle|sister in law|brother in law|partner|husband|wife)s?"
_CHILD_AGES = r"(?:5|6|7|8|9|10|11|12|13|14|15|16|17)"
_ADULT_AGES = r"(?:1[89]|[2-6]\d)"

_PATTERNS: tuple[tuple[str, str, str], ...] = (
    # who the child is to the asker
    ("relation", "none", r"\b(?:not|no|isnt|arent) (?:a )?(?:relation|related|relative|family)\b"),
    ("relation", "none", r"\b(?:(?:not|no|isnt|arent|never) (?:actual |real |a )?blood|no blood|not (?:actually|really) (?:related|family)|goddaughter|godson|godchild\w*|doors? down|next door|best (?:mate|friend)s (?:kid|lad|girl|son|daughter)|(?:mate|friend|neighbour)s (?:little |eldest |youngest )?(?:kid|lad|girl|son|daughter|boy))\b"),
    ("relation", "none", r"\b(?:family friend|friend of the family|like family|honorary auntie|neighbours?)\b"),
    ("relation", "family", rf"\bmy (?:own |little |big |wee |only |middle |eldest |youngest |great )*{_KIN}\b(?! (?:group|class|set))"),
    ("relation", "family", rf"\b(?:my|me|our) {_RELATIVES} (?:little |youngest |eldest |two |own )*{_KIN}\b"),
    ("relation", "family", r"\b(?:nephew|niece|godson|goddaughter|stepson|stepdaughter|stepdad|stepmum|im (?:his|her|their) (?:mum|dad|mam|aunt|auntie|aunty|uncle|nan|gran|grandma|grandad|cousin|brother|sister))\b"),
    ("relation", "family", r"\b(?:were related|related to me|family member of mine|blood relative|our (?:youngest|eldest))\b"),
    ("declared", "no", r"\b(?:never (?:told|mentioned|declared|said)|not (?:told|declared|mentioned)|havent (?:told|declared|mentioned|said)|hasnt been (?:told|declared)|didnt (?:tell|mention|think to)|no one (?:here )?knows|nobody (?:here )?knows|head (?:doesnt|dont|has no idea|isnt aware))\b"),
    ("declared", "yes", r"\b(?:head knows|declared|head has (?:it|been)|on record|recorded|told the head|head (?:is|was) (?:told|aware|fine|happy)|signed (?:it )?off|acknowledged|logged (?:it )?with the head|discussed (?:it )?with the head)\b"),
    # how old, how long gone
    ("age", "adult", rf"\b(?:(?:is|are|hes|shes|shell be|now|turned|aged|age|just|im|theyre) {_ADULT_AGES}|{_ADULT_AGES} (?:now|years old|year old|yr old|yo)|{_ADULT_AGES},)\b"),
    ("age", "adult", r"\b(?:at uni|uni now|university|all grown up|grown up now|grown (?:man|woman)|an adult|adults now|in (?:her|his|their) (?:20s|30s|40s|50s|twenties|thirties|forties)|got (?:a mortgage|married|kids|two kids)|married|qualified (?:nurse|teacher|electrician)|graduated|thirty|forty|runs (?:his|her) own|works (?:at|for|in)|(?:her|his) own (?:kids|children|business|salon))\b"),
    ("age", "child", rf"\b(?:(?:is|are|hes|shes|only|just|still|aged|age|now|turned) {_CHILD_AGES}|{_CHILD_AGES} (?:now|years old|year old|yr old|yo))\b(?! (?:o|am|pm|minutes|mins|weeks|days|months|years ago|of))"),
    ("age", "child", r"\b(?:still a child|still at school|under 18|under eighteen|gone up to (?:the )?(?:secondary|high|big|academy|comp)|at (?:the )?(?:secondary|high school|big school|comp)|moved to another (?:school|primary|secondary)|moved schools|changed schools|another secondary|went (?:on )?to secondary|now in year(?:[1-9]|1[0-3])s?)\b"),
    ("left", "long_ago", r"\b(?:(?:ten|fifteen|twenty|thirty|[5-9]|\d\d|five|six|seven|eight|nine|several|loads of|many|donkeys) (?:odd )?(?:years|yrs) (?:ago|back|since)|years (?:ago|back)|in (?:19\d\d|200\d|201\d)|back in (?:19\d\d|20[01]\d)|way back|decades?)\b"),
    ("left", "recent", r"\b(?:last years?|this (?:summer|july|june|year)|in (?:july|june|the summer)|last (?:summer|july|june|term|week|month)|just left|recently left|only left|left (?:in|us|last|this|over)|broken up for good|months? ago|weeks ago|a year ago)\b"),
    ("siblings", "yes", r"\b(?:(?:little|younger|kid|baby|big) (?:brother|sister)s?|siblings?|(?:brother|sister)s? (?:is|are) (?:still )?(?:in|with|at)|still (?:here|with us|in year))\b"),
    # who asks
    ("asker", "parent", r"\b(?:a (?:mum|dad|parent|mam) (?:asks|has asked|wants to know|is asking|asked)|parent rep|im a (?:mum|dad|parent|mam)|as a (?:mum|dad|parent)|asked by a (?:mum|dad|parent))\b"),
    ("asker", "pupil", r"\b(?:one of my (?:pupils|lads|girls|year\d+s?|tutees|form) (?:wants to know|asks|has asked|is asking|reckons|says its)|im a (?:pupil|student)|(?:pupil|student|lad|girl) (?:in my form )?(?:asks|says its (?:his|her) right))\b"),
    ("asker", "head", r"\b(?:im the (?:head|headteacher|principal|co head|exec head)|as (?:head|headteacher|principal)|head (?:teacher )?here|im head of school|co head at|head at)\b"),
    ("asker", "governor", r"\b(?:im (?:a|an|the|one of the)? ?(?:new )?(?:\w+ )?(?:governor|trustee)|as (?:a )?governor|governor here|(?:i )?chair (?:of )?(?:the )?governors|trustee here)\b"),
    ("asker", "volunteer", r"\b(?:i volunteer|im a (?:\w+ )?volunteer|volunteer (?:\w+ )?here|parent helper here|i hear readers|reading volunteer)\b"),
    ("asker", "support", r"\b(?:im (?:a|the|one of the) (?:site manager|caretaker|cleaner|cook|receptionist|technician|librarian|sbm|sbo|business (?:manager|officer)|bursar|secretary|dinner lady|midday|lunchtime)|(?:site manager|caretaker|cleaner|cook|receptionist|dinner lady|kitchen|office|premises|technician|lunchtime supervisor|midday|bursar|school secretary)(?: \w+)? ?(?:here|,|:| at\b)|never teaching|not a teacher|dont teach|no kids near me)\b"),
    ("asker", "approved_user", r"\b(?:i (?:run|manage|look after|post (?:for|on)|do) (?:the |our )?(?:schools?|trusts?|class|official|page|facebook|insta\w*|twitter|x|socials?|social media)|i run our|took over our|just took over|in charge of (?:the|our) (?:page|socials|facebook|insta)|(?:im|as) (?:an|the) (?:approved|authorised|named) (?:user|poster)|im on the approved list|i have (?:the )?log ?in|(?:im|i am) (?:authorised|approved)|im the comms|communications team|comms (?:team|officer|lead))\b"),
    ("asker", "not_approved", r"\b(?:im not (?:on the|one of the|an? )(?:list|approved|authorised|named)|not (?:officially )?authorised|not on the (?:approved )?list|isnt on the list|nobody (?:has )?(?:authorised|approved) me|never been authorised|havent been (?:authorised|approved|given access))\b"),
    # whose account
    ("account", "personal", r"\b(?:my (?:own |private |personal |public |wide open |locked )*(?:page|account|insta\w*|facebook|fb|twitter|x|tiktok|snap\w*|story|stories|feed|profile|linkedin|youtube|channel|timeline|wall|bereal|threads|blog|reddit|whatsapp|socials|strava|bio|status|followers)|own (?:account|page|facebook|insta\w*|tiktok|story)|personal (?:account|page|profile|insta|facebook)|throwaway|burner|finsta|not the schools)\b"),
    ("account", "official", r"\b(?:(?:the )?schools? (?:own )?(?:page|account|insta\w*|facebook|fb|twitter|x|tiktok|youtube|socials?|social media|feed|story|channel|linkedin|website|handle|platform)|official (?:page|account|insta\w*|facebook|twitter|channel|x|site|socials?|school)|our (?:page|facebook|fb|insta\w*|twitter|x|tiktok|youtube|socials?|official|school (?:page|account|facebook|insta\w*)|linkedin|channel|account)|the trusts? (?:page|account|facebook|linkedin|twitter|x|socials)|from the school|class page|ptas? page|sixth form insta\w*)\b"),
    # consent
    ("consent", "missing", r"\b(?:no (?:consent|permission|photo consent|one asked|ones asked|form)|without (?:asking|consent|permission|checking)|(?:havent|hasnt|not|never|didnt|aint|no one has|nobody has) (?:been )?(?:asked|signed|consented|agreed|checked|given|got|returned|had|ask|check|sign)|refused|opted out|withdr(?:ew|awn)|ticked no|said no|no photo|do not photograph|dont (?:have|want)|not on the (?:photo|consent) list|forms? (?:isnt|arent|not|is not) (?:back|in|signed)|not sure (?:if|whether) (?:they|hes|shes|the parents|weve)|no idea (?:if|whether))\b"),
    ("consent", "given", r"\b(?:(?:has|have|had|with|got|all|given|gave|full|written|signed|parental) (?:\w+ )?(?:consent|permission|permissions|consented|signed|agreed|okd|okayed|said yes|given consent)|consent (?:is|forms?) (?:in|signed|back|sorted|given|on file|all)|forms? (?:are |is |all )?(?:in|signed|back)|signed (?:the )?(?:form|slip|and happy|photo)|says? yes|said yes|mums? (?:is|are) (?:fine|happy|ok|cool)|parents? (?:is|are|all|have) (?:fine|happy|ok|cool|on board|agreed)|ticked yes|all (?:signed|consented|permissions)|permission (?:slip|form)s? (?:are |is )?(?:in|signed|back))\b"),
    # when
    ("time", "own", r"\b(?:(?:on|at|over|during|in|its) (?:my )?(?:lunch\w*|dinner break|tea break|break|own time|lunch hour)|lunch ?(?:time|break|hour)|own time|before (?:school|work|the bell|registration|the kids|they arrive|i start|lessons|my shift)|after (?:school|work|home time|hours|the bell|ive finished|my shift)|off (?:duty|the clock|shift)|day off|weekends?|saturdays?|sundays?|evenings?|at home|half term|holidays?|tonight|from my sofa|on the sofa|in bed)\b"),
    ("time", "working", r"\b(?:ppa|free period|non contact|planning time|at my desk|on shift|working hours|work time|during work|on the clock|boiler|staff meeting|inset|quiet (?:spell|afternoon|moment)|between (?:jobs|lessons)|in the office|on reception|while im (?:working|cleaning|typing|at work))\b"),
    ("time", "contact", r"\b(?:(?:during|in|mid|while teaching|throughout) (?:a |my |the )?(?:lessons?|class|assembly|registration|story time|carpet time|phonics|form time|tutor time|intervention|exam|mock|swimming|guided reading|pe)|silent reading|while (?:my lot|they|the kids|the children|the class|my class|year\d+s?)|(?:gate|playground|bus|break|lunch|dinner|corridor) duty|on duty|supervising|invigilating|at the back (?:while|of)|teaching time|timetabled|contact time|on (?:the|a) (?:school )?trip|covering (?:a|year))\b"),
    # what with
    ("shared", "school_post", r"\b(?:(?:shar(?:e|ing|ed)|repost(?:ing)?|retweet(?:ing)?|reshar(?:e|ing)|pass(?:ing)? on) (?:\w+ ){0,3}(?:the )?(?:schools?|our|trusts?|official)(?: own| page| facebook| insta\w*| account| twitter)* (?:posts?|page|picture|photo|tweet|story|reel|video)|(?:straight )?from the school(?:s)? (?:own )?(?:page|facebook|insta\w*|account|site|feed|post)|schools? (?:own )?post|already (?:up )?on (?:the schools?|our|the official)|share button|press share|hit share|just shar(?:e|ing) (?:it|theirs))\b"),
    ("authorised", "yes", r"\b(?:(?:head|headteacher|principal|boss|ceo|slt|deputy|manager)s? (?:\w+ )?(?:asked me|told me to|said (?:yes|i can|its fine|ok|go)|has (?:ok(?:d|ayed)|agreed|approved|authorised|said|given)|approved|okd|okayed|agreed|signed|gave|wants me|expressly|given)|with the heads (?:ok|say so|permission|blessing)|written approval|been authorised|authorised (?:by|to)|signed off by (?:the )?(?:head|principal|slt|ceo))\b"),
    ("named", "first", r"\b(?:(?:just |only )?first names?(?: only| terms)?|(?:only|just) (?:his|her|their|the) (?:first )?name)\b"),
    ("named", "no", r"\b(?:no names?|not nam(?:e|ing)|without (?:a |any |the |his |her |their )?names?|dont (?:name|say who|mention (?:him|her|names?))|doesnt (?:name|say who)|isnt named|arent named|not (?:saying|said) who|unnamed|nameless|wont name|never name|initials|anonymous child)\b"),
    ("named", "yes", r"\b(?:full names?|surnames?|with (?:his|her|their|the) names?|by name|name (?:her|him|them|and|in)|names? (?:underneath|on it|in the caption|and face)|names and|tag(?:ging)? (?:him|her|them)|captioned with)\b"),
    ("written", "yes", r"\b(?:in writing|written (?:approval|permission|consent|ok|yes|authori\w+)|wrote (?:back )?to say (?:yes|ok)|(?:head|ceo|principal|boss)s? (?:has |have )?emailed (?:me )?(?:a |to say )?(?:yes|ok|fine)|emailed (?:a |their |his |her )?(?:yes|approval|permission)|got it in an email|signed (?:form|letter|slip|permission|consent))\b"),
    ("identifiable", "no", r"\b(?:(?:cant|couldnt|cannot|no ?one can|nobody (?:can|could|would)) (?:tell|see|know|work out|recognise|guess)(?! (?:him|her|them|who|faces?|the kids))(?: \w+){0,3} (?:school|where|which|place|work)|doesnt (?:say|show|mention) (?:the |which |what |my )?(?:school|where|work|place)|no (?:badge|logo|uniform|sign|school name)|nothing to do with (?:school|work|where i work)|not (?:the )?school in it|without (?:saying|mentioning) (?:the school|where i work|my job)|doesnt say what i do)\b"),
    ("commercial", "no", r"\b(?:charit(?:y|ies)|non ?profit|library|museum|wildlife trust|national trust|rspb|rspca|nspcc|foodbank|food bank|council|scouts|guides|church|hospice|fire service|police|pta|not for profit|another school|community (?:centre|group|garden))\b"),
    ("commercial", "yes", r"\b(?:tesco|asda|aldi|lidl|sainsburys|morrisons|greggs|nandos|mcdonalds|costa|starbucks|dominos|amazon|coop|co op|shop|firm|company|business|brand|estate agents?|salon|cafe|restaurant|takeaway|garage|builder|photographers?|studio|sponsor\w*|supplier|bakery|gym|pub|discount|voucher|sells?|selling|customers?)\b"),
    ("intent", "skip", r"\b(?:(?:can|could|shall|should|may|do|is it ok|ok|alright|fine|easier|best|better|just|rather|we|i|id|ill|lets|and) (?:\w+ ){0,3}(?:leave (?:it|them|that|his|her|the comment|as is)|not bother|skip|switch (?:it|that|this|2fa|mfa) off|turn (?:it|that|off)|ignore (?:it|that|them)|do without|leave it at that|let it (?:stay|ride|go|run)|keep (?:it|the password|the login)s? (?:to myself|in my head))|(?:can|could|may) (?:it|they|that) stay|leave (?:it|them|that|things) (?:be|up|there|alone|open|as (?:is|it is|they are))|(?:do|must) (?:i|we) (?:really|actually|honestly|still) (?:have|need) to|really (?:have|need) to|(?:not|isnt|nt) (?:really )?(?:needed|necessary|a must|worth)|dont (?:want to )?bother|cant be (?:bothered|arsed|faffed)|switch(?:ing)? (?:it |that )?off|turn(?:ing)? (?:it |that )?off|drop the|bin(?:ning)? the|scrap(?:ping)? the|stop (?:doing|sending)|instead of (?:bothering|checking)|without (?:anyone|anybody|someone|somebody|a grown up|staff) (?:checking|looking|seeing)|no (?:adult|one|body) checking|who needs|is a faff|too much (?:faff|hassle)|pain in the|driving us mad)\b"),
    ("image", "yes", r"\b(?:pic|pics|picture|pictures|photo|photos|photograph\w*|snap|snaps|selfie|selfies|video|videos|clip|clips|vid|vids|footage|reel|film|filmed|shot|shots|image|images|holding|grinning|beaming|smiling|faces?)\b"),
    ("purpose", "professional", r"\b(?:for work|network(?:ing)?|cpd|professional\w*|teacher (?:twitter|chat|forum|group)|edu ?chat|job (?:hunt|search)|subject (?:group|community)|career)\b"),
    ("purpose", "safeguarding", r"\b(?:worried about|keep an eye|check (?:up )?on (?:him|her|them)|make sure (?:hes|shes|theyre) (?:ok|okay|safe)|safeguarding reasons?)\b"),
)  # fmt: skip
_COMPILED = tuple((slot, value, re.compile(pattern)) for slot, value, pattern in _PATTERNS)


def circumstances(text: str) -> dict[str, str]:
    """Find what plain text says about each slot; the first pattern that fits a slot decides it."""
    found: dict[str, str] = {}
    for slot, value, pattern in _COMPILED:
        if slot not in found and pattern.search(text):
            found[slot] = value
    return found
