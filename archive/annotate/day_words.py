"""English words of days: names of weekdays, months and seasons, numbers, and verbs that look back or forward.

Tables alone, all written for this package, in lower case. A second language is a second module like this. For the
modules of days in this package.
"""

WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("monday", "mon"),
            ("tuesday", "tues", "tue"),
            ("wednesday", "wed", "weds"),
            ("thursday", "thurs", "thur", "thu"),
            ("friday", "fri"),
            ("saturday", "sat"),
            ("sunday", "sun"),
        )
    )
    for name in names
}

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}

# What is a word or a given name as well: a month only if the words before it say so.
FULL_MONTHS = frozenset(name for name in MONTHS if len(name) > 4 or name in ("may", "june", "july"))
AMBIGUOUS_MONTHS = frozenset({"march", "april", "may", "june", "august"})

SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
UNITS = {word: number for number, word in enumerate(f"{_SMALL} eighteen nineteen".split(), start=1)}
TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
}
DECADES = {"twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70}
DECADES |= {"eighties": 80, "nineties": 90}

# What stands before a weekday and makes it a name: Good Friday, Bloody Sunday, Ruby Tuesday.
NAMED_WEEKDAYS = frozenset(
    "ash black bloody casual cyber easter fat girl giving good holy man maundy palm ruby shrove spy super".split()
)
# What stands before four digits and makes them a number, not a year.
NUMBERED = frozenset(
    "about almost article at boeing bus channel chapter copyright flight highway interstate line model nearly "
    "no number page paragraph resolution resolutions room route rule section some suite than train unit up "
    "windows".split()
)
# What stands after four digits and makes them a count or a time of the clock.
COUNTED = frozenset(
    "acres barrels billion bodies books britons calories casualties cattle children civilians companies copies "
    "cubic dead deaths degrees delegates dollars employees euros families feet fighters fled francs ft gmt grams "
    "guests hectares hertz homes horses hours houses hrs injured jobs kg kilograms kilometers kilometres km kph "
    "lb lbs local marks members men meter meters metre metres mg mhz miles million mm officers others patients "
    "pence people per percent pesos points police pounds prisoners protesters refugees residents roubles rounds "
    "rpm rubles rupees sailors seats shares sheep soldiers sq square students tonnes tons trillion troops users "
    "utc villages visitors volts voters votes watts women words workers yards yen yuan".split()
)

# The nearest of these to a weekday or month says whether it is to come.
FUTURE = frozenset(
    "'ll ahead anticipated anticipates begins coming could due effective expect expected expects expire expires "
    "expiring forthcoming going hopes hoping intend intends may might next opens payable planned "
    "planning plans resumes scheduled shall should slated starts tentatively till tomorrow until "
    "upcoming will willing won't would wouldn't".split()
)
PAST = frozenset(
    "ago became been began bought broke brought built came caught chose cut did didn't died drew drove fell felt "
    "fled flew fought found gave got grew had heard held hit kept killed knew led left lost made meant met paid "
    "quit ran rose said sang sat saw sent shook shot slid sold sought spent spoke stood struck swept swore taken "
    "thought threw told took tumbled was wasn't went were weren't withdrew woke won wore wrote".split()
)
# End in -ed and are no verbs of the past.
NOT_PAST = frozenset("agreed-upon hundred indeed need proceed speed succeed united exceed naked sacred wicked".split())
LOOKING_FORWARD = frozenset("'ll be can can't could may might must shall should will won't would wouldn't be".split())

# What may stand right before a unit (day, week, year) that an expression ends in.
LEADS_UNIT = (
    frozenset("a an the this last next past coming current present previous following same that fiscal few".split())
    | set(UNITS)
    | set(TENS)
)

# What stands before a weekday or month and makes it any.
HABITS = frozenset("every each most alternate any other".split())
