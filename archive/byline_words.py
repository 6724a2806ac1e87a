"""The words of bylines: "by" and "and" by language, particles of family names, agencies, firms, places. Pure tables.

For `bylines` and for the readers that look for a byline in a text.
"""

import re
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale

# The word before the names, by language. Italian is apart, because "Di" also begins family names.
BY_WORD_OF = {
    "en": "by",
    "de": "von",
    "fr": "par",
    "es": "por",
    "pt": "por",
    "nl": "door",
    "sv": "av",
    "nb": "av",
    "no": "av",
    "da": "af",
}
BY_WORDS = tuple(dict.fromkeys((*BY_WORD_OF.values(), "di")))

# The word between two names. These part names of any length.
AND_BETWEEN_NAMES = ("and", "und", "et", "och", "og", "και", "та", "و")
# These are also parts of a name (Ortega y Gasset, Costa e Silva), so they part only full names.
AND_BETWEEN_FULL_NAMES = tuple("y e ed i ja en és și şi ve oraz a ir un dan và và agus и і й".split())
# Arabic and Hebrew write it onto the next word. Names that begin with the letter stay whole.
ATTACHED_AND = "(?:و(?!ليد|ائل|سام|سيم|فاء|داد|جدي|ديع|حيد|رد|لاء|هيب|صفي|اصف)|ו(?!רד|יקטור|לדימיר|ילי|ינסטון))"
# Words of family names that are written small, or before the name itself.
PARTICLES = frozenset(
    "de del della delle di da das do dos du la le les las los van der den ter ten von zu zum zur vom af av al el bin "
    "ibn bint abu ben mac st. san santa ter op of 't".split()
)
PARTICLES_OR_FIRST_NAMES = frozenset("Ben Al Van Mac Bin Del Von Ter".split())

# News agencies and broadcasters by the names that stand in bylines.
_AGENCIES = frozenset(
    "ap afp reuters dpa ansa efe tass xinhua pti ians upi bloomberg kyodo jiji yonhap interfax tanjug čtk ctk mti "
    "belga anp ritzau ntb stt lusa adnkronos lapresse notimex télam telam irna anadolu antara bernama bns ukrinform "
    "unian agerpres cnn bbc npr pbs cbs nbc".split()
)
# Those that are names of persons too, unless they are in capitals.
_ACRONYMS = frozenset(
    "PA ANI AA TT STA SDA APA ATS SID EPD KNA HINA PAP BTA AGI AAP CNA CP RT WAFA SANA WAM ABC".split()
)
# Behind the name of a company; behind "and", in it.
COMPANY_FORMS = (
    r"(?:ltd|limited|llp|llc|inc|incorporated|plc|corp|corporation|gmbh|pty|oyj?|b\.v|n\.v|s\.a|s\.r\.l|foundation|holdings|"
    r"photography|studios?|productions?|publishing|publishers|films|consulting|solicitors|architects|"
    r"(?-i:AG|SE|SA|AB|ASA|NV|BV|KG|KGaA|SpA))\.?"
)
COMPANY_PARTNERS = (
    r"(?:sons?|daughters?|brothers|bros|partners?|associates|company|co|söhne|sohn|gebrüder|cie|fils|hijos|figli|zonen|"
    r"sønner|söner)\.?"
)
# A body and what it is for, in which "and" parts nothing: Ministry of Health and Welfare.
BODIES = (
    r"(?:minist(?:ry|er(?:y|ium|io|ie)|[èe]re|ero)|department|d[ée]partement|departamento|cent(?:re|er)|centro|institut\w*|"
    r"office|school|faculty|council|commission|committee|society|association|federation|academy|chamber|agency|authority)"
    r"\s+(?:of|for|on|für|de|des|du|della?|per)"
)
_ORGANIZATION = re.compile(
    r"\b(?:staff|agenc(?:y|ies)|agen(?:ce|tur|turen|cia|zia|tschap)s?|newsroom|news|board|team|desk|bureau|services?|"
    r"newswires?|wires?|editors|editorial|media|television|radio|tv|correspondents|reporters|"
    r"(?:associated|canadian|european|united|free|daily) press|press (?:association|trust|agency|office|service|club)|"
    r"redaktion(?:en)?|redaksjonen|r[ée]daction|redacci[óo]n|redação|redazione|redactie|toimitus|redakcja|redakce|"
    r"редакция|редакція|company|corporation|department|ministry|office|gmbh|inc|llc|llp|ltd|times|guardian|telegraph|tribune|gazette|"
    r"chronicle|zeitung|network|magazine|university|institute|group|party|committee|commission|council|union|"
    r"association|foundation|government)\b"
    rf"|\b{BODIES}\b|^\S+?\s?&\s?\S+$|\s(?:{COMPANY_FORMS}|(?:and|und|et|&)\s+{COMPANY_PARTNERS})$"
    r"|agentur\w*|^the\s(?!rev|hon|right|very|most)|編集部|编辑部|通讯社|通信社|新华社|연합뉴스|\.(?:com|org|net|co|de|fr|uk)\b|"
    r"^(?:special to|based in|covering)\b",
    re.IGNORECASE,
)


def is_organization(text: str) -> bool:
    """Whether a text is the name of an agency, a newsroom, a company or a group, or several of them."""
    return text.casefold() in _AGENCIES or text in _ACRONYMS or _ORGANIZATION.search(text) is not None


def is_place(text: str) -> bool:
    """Whether a text is the English name of a country, a continent or a large city (CLDR, and the zones of tz)."""
    return text.casefold() in _places()


@lru_cache(1)
def _places() -> frozenset[str]:
    locale = Locale("en")
    cities = (name.rpartition("/")[2].replace("_", " ") for name in available_timezones() if "/" in name)
    renamed = (str(zone["city"]) for zone in locale.time_zones.values() if "city" in zone)
    others = ("Washington", "Washington DC", "Beijing", "Kyiv", "Delhi", "New Delhi", "Mumbai", "Tel Aviv", "Gaza")
    names = (*cities, *renamed, *others, *(str(name) for name in locale.territories.values()))
    return frozenset(name.casefold() for name in names)
