"""The words by which texts report what somebody said, as a table by language. Pure data, written by hand.

A `Reporting` has what the rules of statements need of a language: verbs of reporting, pronouns, outlets, platforms.
Internal to the package: `statements` and the modules beside it read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

VerbForm = Literal["base", "present", "past", "participle"]


@dataclass(frozen=True, slots=True)
class Verb:
    """A form of a verb of reporting.

    A `strong` verb reports without a quote too. An `addressed` verb names whom is spoken to before what is said. A
    `naming` verb has what it is about before the quote: called the plan "a mistake". A `noun` form may be a noun.
    """

    form: VerbForm
    strong: bool = False
    addressed: bool = False
    naming: bool = False
    noun: bool = False


@dataclass(frozen=True, slots=True)
class Reporting:
    """The words of reporting of a language, all in lower case but for `outlets`."""

    verbs: Mapping[str, Verb]
    according: tuple[str, str]
    pronouns: Mapping[str, str]
    determiners: frozenset[str]
    possessives: frozenset[str]
    prepositions: frozenset[str]
    conjunctions: frozenset[str]
    relatives: frozenset[str]
    passives: frozenset[str]
    auxiliaries: frozenset[str]
    adverbs: frozenset[str]
    unreal: frozenset[str]
    days: frozenset[str]
    abbreviations: frozenset[str]
    titles: frozenset[str]
    roles: frozenset[str]
    outlets: frozenset[str]
    outlet_words: frozenset[str]
    media_nouns: frozenset[str]
    platforms: frozenset[str]
    hedges: frozenset[str]
    doubting: frozenset[str]


def _verbs() -> dict[str, Verb]:
    """Returns the forms: base, present, past and participle of each verb, where the tables below name the verb."""
    forms: dict[str, Verb] = {}
    for line in _VERBS.split("\n"):
        if not line.strip():
            continue
        marks, words = line.split(":")
        for written in words.split(","):
            for form, word in zip(("base", "present", "past", "participle"), written.split(), strict=True):
                verb = Verb(
                    form,  # type: ignore[arg-type]
                    strong="strong" in marks,
                    addressed="addressed" in marks,
                    naming="naming" in marks,
                    noun=form in ("base", "present") and word in _ALSO_NOUNS,
                )
                if word not in forms or form == "past":
                    forms[word] = verb
    return forms


_VERBS = """
strong: say says said saying, add adds added adding, announce announces announced announcing
strong: acknowledge acknowledges acknowledged acknowledging, admit admits admitted admitting
strong: allege alleges alleged alleging, claim claims claimed claiming, confirm confirms confirmed confirming
strong: declare declares declared declaring, explain explains explained explaining, insist insists insisted insisting
strong: maintain maintains maintained maintaining, note notes noted noting, report reports reported reporting
strong: reiterate reiterates reiterated reiterating, state states stated stating
strong: testify testifies testified testifying
strong: warn warns warned warning, argue argues argued arguing, concede concedes conceded conceding
strong: contend contends contended contending, assert asserts asserted asserting, write writes wrote writing
strong: predict predicts predicted predicting, tweet tweets tweeted tweeting, stress stresses stressed stressing
strong: estimate estimates estimated estimating, recall recalls recalled recalling
strong: complain complains complained complaining, suggest suggests suggested suggesting
strong addressed: tell tells told telling, assure assures assured assuring
addressed: ask asks asked asking, remind reminds reminded reminding, advise advises advised advising
addressed: inform informs informed informing, urge urges urged urging, promise promises promised promising
: continue continues continued continuing, reply replies replied replying, respond responds responded responding
: conclude concludes concluded concluding, joke jokes joked joking, quip quips quipped quipping
: shout shouts shouted shouting, chant chants chanted chanting, yell yells yelled yelling, cry cries cried crying
: agree agrees agreed agreeing, remark remarks remarked remarking, observe observes observed observing
: comment comments commented commenting, exclaim exclaims exclaimed exclaiming, retort retorts retorted retorting
: wonder wonders wondered wondering, boast boasts boasted boasting, counter counters countered countering
: lament laments lamented lamenting, muse muses mused musing, opine opines opined opining, post posts posted posting
: begin begins began beginning, vow vows vowed vowing, pledge pledges pledged pledging, quote quotes quoted quoting
: deny denies denied denying, emphasize emphasizes emphasized emphasizing, emphasise emphasises emphasised emphasising
: proclaim proclaims proclaimed proclaiming, repeat repeats repeated repeating, read reads read reading
: reveal reveals revealed revealing, point points pointed pointing, express expresses expressed expressing
: answer answers answered answering, whisper whispers whispered whispering, scream screams screamed screaming
: think thinks thought thinking, believe believes believed believing, demand demands demanded demanding
: charge charges charged charging, caution cautions cautioned cautioning, fume fumes fumed fuming
: recount recounts recounted recounting, mention mentions mentioned mentioning, propose proposes proposed proposing
: cite cites cited citing, threaten threatens threatened threatening, rule rules ruled ruling, find finds found finding
: interject interjects interjected interjecting, relate relates related relating, hope hopes hoped hoping
: conclude concludes concluded concluding, elaborate elaborates elaborated elaborating, tout touts touted touting
: voice voices voiced voicing, accuse accuses accused accusing, blame blames blamed blaming, fear fears feared fearing
: worry worries worried worrying, thank thanks thanked thanking, mock mocks mocked mocking, hint hints hinted hinting
: signal signals signaled signaling, order orders ordered ordering, instruct instructs instructed instructing
naming: call calls called calling, describe describes described describing, dub dubs dubbed dubbing
naming: label labels labeled labeling, brand brands branded branding, denounce denounces denounced denouncing
naming: praise praises praised praising, condemn condemns condemned condemning, slam slams slammed slamming
naming: blast blasts blasted blasting, criticize criticizes criticized criticizing, hail hails hailed hailing
naming: criticise criticises criticised criticising, dismiss dismisses dismissed dismissing
naming: characterize characterizes characterized characterizing, deride derides derided deriding
naming: decry decries decried decrying, identify identifies identified identifying, defend defends defended defending
naming: compare compares compared comparing, liken likens likened likening, rate rates rated rating
"""
_ALSO_NOUNS = frozenset(
    "report reports claim claims note notes state states stress estimate estimates tweet tweets call calls comment"
    " comments joke jokes post posts point points charge charges cry cries answer answers demand demands vow vows"
    " pledge pledges quote quotes promise promises label labels brand brands chant chants shout shouts boast boasts"
    " lament laments caution remark remarks counter counters reply replies read reads blast blasts praise rate rates"
    " rule rules hope hopes find finds voice voices thanks blame fear fears worry worries signal signals order orders"
    " hint hints mention whisper scream screams advise".split()
)

ENGLISH = Reporting(
    verbs=_verbs(),
    according=("according", "to"),
    pronouns={
        "he": "man",
        "she": "woman",
        "they": "any",
        "i": "speaker",
        "we": "speaker",
        "it": "thing",
        "you": "hearer",
    },
    determiners=frozenset(
        "a an the this that these those one some many most several two three all both another".split()
    ),
    possessives=frozenset("his her its their my our your".split()),
    prepositions=frozenset(
        "in on at during after before by from with about under amid over since through into against despite following"
        " without within among via between upon toward towards as until for of to".split()
    ),
    conjunctions=frozenset(
        "but while because when where if although though whether that since so than as after before until unless"
        " whereas once or nor yet".split()
    ),
    relatives=frozenset("who which whom whose".split()),
    passives=frozenset("is was are were be been being get gets got".split()),
    auxiliaries=frozenset(
        "has had have having is was are were be been will would can could may might must should did do does "
        "hasn't hadn't haven't didn't doesn't isn't wasn't".split()
    ),
    adverbs=frozenset(
        "also later then recently repeatedly once now just further even never often still himself herself themselves"
        " previously earlier always simply not quickly first again only soon today yesterday too instead thus"
        " sometimes frequently famously reportedly allegedly publicly privately all both both rightly long".split()
    ),
    unreal=frozenset("would could should might may can will must if to not never didn't doesn't don't won't".split()),
    days=frozenset(
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
        " september october november december today yesterday tomorrow".split()
    ),
    abbreviations=frozenset(
        "mr mrs ms dr prof sen sens rep reps gov govs gen lt col sgt capt maj adm st jr sr rev hon pres supt atty"
        " jan feb mar apr jun jul aug sept sep oct nov dec no vs inc corp ltd co etc d.c u.s u.k u.n e.g i.e"
        " a.m p.m ala ariz ark calif colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev"
        " okla ore pa tenn tex vt va wash wis wyo fig dept univ n.y n.j n.h n.m n.c s.c n.d s.d w.va".split()
    ),
    titles=frozenset("mr mrs ms miss dr prof sir lady lord dame".split()),
    roles=frozenset(
        "mr mrs ms dr prof sen rep gov gen lt col sgt capt maj adm rev president minister senator representative"
        " governor mayor chancellor king queen prince princess pope judge justice general colonel spokesman"
        " spokeswoman spokesperson secretary chairman chairwoman chair director chief sheriff professor ambassador"
        " premier congressman congresswoman commissioner candidate nominee leader analyst attorney lawyer author"
        " officer detective manager adviser advisor strategist coach speaker founder owner reporter editor".split()
    ),
    outlets=frozenset(
        "RIA|RIA Novosti|TASS|Interfax|Reuters|AP|Associated Press|AFP|Agence France-Presse|DPA|ANSA|EFE|PTI|ANI"
        "|Xinhua|Kyodo|Yonhap|IRNA|Anadolu|Bloomberg|UPI|PA|BBC|ITV|CNN|CNBC|MSNBC|NBC|CBS|ABC|PBS|NPR|C-SPAN"
        "|Fox|Fox News"
        "|Al Jazeera|Al-Jazeera|Al Arabiya|Sky|RT|Sputnik|Ukrinform|Ukrayinska Pravda|UNIAN|Suspilne|Deutsche Welle|DW"
        "|ARD|ZDF|RTL|France 24|RFI|RFE/RL|Euronews|Politico|POLITICO|Axios|Vox|BuzzFeed|HuffPost|Huffington Post"
        "|Breitbart|Newsweek|Time|TIME|Forbes|Fortune|Variety|Slate|Salon|Vice|Wired|Recode|ProPublica|Mediaite|TMZ"
        "|The Hill|The Atlantic|The Economist|The Guardian|Guardian|The Independent|The Telegraph|The Nation"
        "|The Intercept|The Daily Beast|Daily Beast|Daily Caller|Der Spiegel|Spiegel|Le Monde|Le Figaro"
        "|El País|Die Zeit|Bild"
        "|Corriere della Sera|La Repubblica|Asahi|Haaretz|Kommersant|Izvestia|Vedomosti|Meduza|Pravda|Rolling Stone"
        "|Vanity Fair|The New Yorker|Yahoo|USA Today|USA TODAY|Military Times|Good Morning America|Meet the Press"
        "|60 Minutes|Univision|Telemundo|HBO|ESPN".split("|")
    ),
    outlet_words=frozenset(
        "Times Post News Journal Tribune Herald Gazette Radio TV Television Agency Network Magazine Daily Today Press"
        " Broadcasting Telegraph Observer Weekly Review Chronicle Mail Express Globe Examiner Register Sun Star"
        " Inquirer Dispatch Bee Record Courier Sentinel Enquirer Standard Mirror Channel Novosti Zeitung Zeit"
        " Politico Reuters CNN BBC NBC CBS ABC MSNBC NPR Fox AP AFP".split()
    ),
    media_nouns=frozenset(
        "agency agencies newspaper newspapers paper magazine outlet outlets broadcaster radio television tv"
        " website channel network station media journal tabloid daily weekly".split()
    ),
    platforms=frozenset(
        "telegram twitter x facebook instagram vk vkontakte youtube tiktok whatsapp viber weibo wechat linkedin reddit"
        " snapchat truth mastodon bluesky threads medium tumblr".split()
    ),
    hedges=frozenset("reportedly allegedly supposedly purportedly ostensibly apparently".split()),
    doubting=frozenset("claim claims claimed claiming allege alleges alleged alleging".split()),
)

REPORTING: Mapping[str, Reporting] = {"en": ENGLISH}
