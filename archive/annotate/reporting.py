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

    A `strong` verb reports without a quote too; a `clausal` one before "that" or a clause. An `acting`
    verb says what somebody did by words: urged, criticized. An `addressed` verb names whom is spoken to before what is
    said. A `naming` verb has what it is about before the quote: called it "a mistake". A `noun` form may be a noun.
    A `loose` verb reports no quote that stands before it: it cites, hopes, finds.
    """

    form: VerbForm
    strong: bool = False
    clausal: bool = False
    loose: bool = False
    acting: bool = False
    addressed: bool = False
    naming: bool = False
    noun: bool = False


@dataclass(frozen=True, slots=True)
class Reporting:
    """The words of reporting of a language, all in lower case but for `outlets`."""

    verbs: Mapping[str, Verb]
    according: tuple[str, str]
    hits: frozenset[str]
    pronouns: Mapping[str, str]
    determiners: frozenset[str]
    possessives: frozenset[str]
    prepositions: frozenset[str]
    conjunctions: frozenset[str]
    relatives: frozenset[str]
    passives: frozenset[str]
    auxiliaries: frozenset[str]
    adverbs: frozenset[str]
    past_verbs: frozenset[str]
    unreal: frozenset[str]
    days: frozenset[str]
    abbreviations: frozenset[str]
    titles: frozenset[str]
    roles: frozenset[str]
    outlets: frozenset[str]
    outlet_words: frozenset[str]
    media_nouns: frozenset[str]
    platforms: frozenset[str]
    labels: frozenset[str]
    hedges: frozenset[str]
    doubting: frozenset[str]


def _with_curly(words: str) -> frozenset[str]:
    """Returns words with those that have an apostrophe in both of its forms."""
    return frozenset(words.split()) | frozenset(words.replace("'", "’").split())


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
                    clausal="clausal" in marks,
                    loose="loose" in marks,
                    acting="acting" in marks,
                    addressed="addressed" in marks,
                    naming="naming" in marks,
                    noun=form in ("base", "present") and word in _ALSO_NOUNS,
                )
                if word not in forms or form == "past":
                    forms[word] = verb
    return forms


_VERBS = """
strong: say says said saying, explain explains explained explaining, insist insists insisted insisting
strong: note notes noted noting, reiterate reiterates reiterated reiterating, warn warns warned warning
strong: argue argues argued arguing, concede concedes conceded conceding, contend contends contended contending
strong: assert asserts asserted asserting, predict predicts predicted predicting, stress stresses stressed stressing
strong: suggest suggests suggested suggesting, announce announces announced announcing
strong addressed: tell tells told telling
clausal: add adds added adding, acknowledge acknowledges acknowledged acknowledging, state states stated stating
clausal: admit admits admitted admitting, allege alleges alleged alleging, claim claims claimed claiming
clausal: confirm confirms confirmed confirming, declare declares declared declaring, report reports reported reporting
clausal: maintain maintains maintained maintaining, testify testifies testified testifying
clausal: write writes wrote writing, tweet tweets tweeted tweeting, estimate estimates estimated estimating
clausal: recall recalls recalled recalling, complain complains complained complaining
clausal: emphasize emphasizes emphasized emphasizing, emphasise emphasises emphasised emphasising
clausal: reveal reveals revealed revealing, point points pointed pointing, agree agrees agreed agreeing
clausal: observe observes observed observing, remark remarks remarked remarking, caution cautions cautioned cautioning
clausal addressed: assure assures assured assuring, remind reminds reminded reminding
clausal addressed: inform informs informed informing, advise advises advised advising
clausal: conclude concludes concluded concluding, believe believes believed believing
clausal: think thinks thought thinking, indicate indicates indicated indicating
clausal: imply implies implied implying, speculate speculates speculated speculating
clausal loose: find finds found finding, show shows showed showing, hope hopes hoped hoping, rule rules ruled ruling
clausal: clarify clarifies clarified clarifying, disclose discloses disclosed disclosing
clausal: confess confesses confessed confessing, affirm affirms affirmed affirming, attest attests attested attesting
clausal: concur concurs concurred concurring, reckon reckons reckoned reckoning, hint hints hinted hinting
clausal: forecast forecasts forecast forecasting, posit posits posited positing, surmise surmises surmised surmising
clausal: reaffirm reaffirms reaffirmed reaffirming, protest protests protested protesting
clausal: theorize theorizes theorized theorizing, swear swears swore swearing
acting addressed: ask asks asked asking
acting addressed loose: urge urges urged urging, promise promises promised promising
acting: vow vows vowed vowing, post posts posted posting
acting loose: cite cites cited citing, propose proposes proposed proposing, voice voices voiced voicing
acting loose: express expresses expressed expressing, accuse accuses accused accusing, blame blames blamed blaming
acting loose: mock mocks mocked mocking, question questions questioned questioning, reject rejects rejected rejecting
acting loose: decline declines declined declining, refuse refuses refused refusing
acting loose: recommend recommends recommended recommending, highlight highlights highlighted highlighting
acting loose: mention mentions mentioned mentioning, threaten threatens threatened threatening
acting loose: deny denies denied denying, endorse endorses endorsed endorsing, defend defends defended defending
acting loose: oppose opposes opposed opposing, dispute disputes disputed disputing
acting loose: applaud applauds applauded applauding, rebuke rebukes rebuked rebuking, chide chides chided chiding
acting loose: ridicule ridicules ridiculed ridiculing, assail assails assailed assailing
acting loose: disavow disavows disavowed disavowing, repudiate repudiates repudiated repudiating
acting loose: commend commends commended commending, lambaste lambastes lambasted lambasting
acting addressed loose: implore implores implored imploring, exhort exhorts exhorted exhorting
: continue continues continued continuing, reply replies replied replying, respond responds responded responding
: joke jokes joked joking, quip quips quipped quipping, begin begins began beginning
: shout shouts shouted shouting, chant chants chanted chanting, yell yells yelled yelling, cry cries cried crying
: comment comments commented commenting, exclaim exclaims exclaimed exclaiming, retort retorts retorted retorting
: wonder wonders wondered wondering, boast boasts boasted boasting, counter counters countered countering
: lament laments lamented lamenting, muse muses mused musing, opine opines opined opining
: proclaim proclaims proclaimed proclaiming, repeat repeats repeated repeating, read reads read reading
: answer answers answered answering, whisper whispers whispered whispering, scream screams screamed screaming
: recount recounts recounted recounting, fume fumes fumed fuming, interject interjects interjected interjecting
: elaborate elaborates elaborated elaborating, demur demurs demurred demurring
: pledge pledges pledged pledging
loose: quote quotes quoted quoting, demand demands demanded demanding, charge charges charged charging
loose: relate relates related relating, tout touts touted touting
loose: worry worries worried worrying, thank thanks thanked thanking
acting loose naming: call calls called calling, describe describes described describing
acting loose naming: denounce denounces denounced denouncing, condemn condemns condemned condemning
acting loose naming: slam slams slammed slamming, blast blasts blasted blasting
acting loose naming: criticize criticizes criticized criticizing, criticise criticises criticised criticising
acting loose naming: dismiss dismisses dismissed dismissing, liken likens likened likening
loose naming: dub dubs dubbed dubbing, label labels labeled labeling, brand brands branded branding
loose naming: praise praises praised praising, hail hails hailed hailing, herald heralds heralded heralding
loose naming: deride derides derided deriding
loose naming: characterize characterizes characterized characterizing, decry decries decried decrying
loose naming: identify identifies identified identifying, compare compares compared comparing
loose naming: rate rates rated rating
"""
_ALSO_NOUNS = frozenset(
    "report reports claim claims note notes state states stress estimate estimates tweet tweets call calls comment"
    " comments joke jokes post posts point points charge charges cry cries answer answers demand demands vow vows"
    " pledge pledges quote quotes promise promises label labels brand brands chant chants shout shouts boast boasts"
    " lament laments caution remark remarks counter counters reply replies read reads blast blasts praise rate rates"
    " rule rules hope hopes find finds voice voices thanks blame fear fears worry worries"
    " question questions show shows post posts mention mentions whisper scream screams advise"
    " hint hints forecast forecasts protest protests dispute disputes ridicule rebuke rebukes herald heralds".split()
)

# Marks of quotes and ends of sentences. `hits` of a language are these and all words that may report.
MARKS = frozenset("\" ' “ ” „ « » ‹ › ‘ ’ `` '' . ? ! … ... ;".split())
_ENGLISH_VERBS = _verbs()
ENGLISH = Reporting(
    verbs=_ENGLISH_VERBS,
    according=("according", "to"),
    hits=MARKS | {*_ENGLISH_VERBS, "according"},
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
        "in on at during after before by from with about under amid amidst over since through into against despite"
        " following without within among via between upon toward towards as until for of to".split()
    ),
    conjunctions=frozenset(
        "but while because when where if although though whether that since so than as after before until unless"
        " whereas once or nor yet what how why".split()
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
        " sometimes however meanwhile moreover indeed nevertheless nonetheless separately therefore otherwise"
        " elsewhere rather frequently famously reportedly allegedly publicly privately all both"
        " already rightly long ahead likewise similarly afterward afterwards".split()
    ),
    past_verbs=frozenset(
        "took went made gave came got ran held kept stood sat saw met led left spoke sent put hit shot fired drew won"
        " lost cut broke chose rose fell grew began knew thought felt has had have is was were".split()
    ),
    unreal=_with_curly(
        "would could should might may can will must if to not never didn't doesn't don't won't wouldn't can't couldn't"
        " shouldn't"
    ),
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
    labels=frozenset(
        "correction corrections clarification update updates updated note editor photo photos video videos watch read"
        " related exclusive breaking opinion analysis source sources more also see poll fact claim verdict review live"
        " listen gallery infographic map chart timeline caption credit image listen subscribe contact follow tags"
        " topics filed published posted by from to re the what why how who when where report editorial"
        " comment column".split()
    ),
    hedges=frozenset("reportedly allegedly supposedly purportedly ostensibly apparently".split()),
    doubting=frozenset("claim claims claimed claiming allege alleges alleged alleging".split()),
)

REPORTING: Mapping[str, Reporting] = {"en": ENGLISH}
