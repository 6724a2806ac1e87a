"""Function words of English: words of grammar that say nothing about the subject. Pure.

They are most of the words of a long query and none of its subject, so ranking gives them little weight beside other
words. They still have to match. Only closed word classes are listed: pronouns, articles, prepositions, conjunctions,
auxiliary verbs, question words, and common adverbs of degree and time.
"""

FUNCTION_WORDS = frozenset(
    word
    for line in (
        # articles, determiners, quantities
        "a an the this that these those each every either neither both all any some many much more most few fewer",
        "less least several such same other others another own no none",
        # pronouns
        "i me my mine myself we us our ours ourselves you your yours yourself yourselves he him his himself she her",
        "hers herself it its itself they them their theirs themselves one ones anybody anyone anything everybody",
        "everyone everything nobody nothing somebody someone something who whom whose which what whatever whichever",
        "whoever",
        # prepositions
        "about above across after against along among around as at before behind below beneath beside besides between",
        "beyond by despite down during except for from in inside into like near of off on onto out outside over past",
        "per since through throughout till to toward towards under until up upon via with within without",
        # conjunctions and question words
        "and or nor but if because although though unless while whereas whether than so thus hence therefore how",
        "however when whenever where wherever why",
        # auxiliaries and modals, with their short forms
        "am is are was were be been being do does did doing done have has had having can could may might must shall",
        "should will would ought cannot can't couldn't didn't doesn't don't hadn't hasn't haven't isn't aren't wasn't",
        "weren't won't wouldn't shouldn't mustn't i'm i've i'd i'll you're you've you'd you'll he'd he'll she'd",
        "she'll it'd it'll we're we've we'd we'll they're they've they'd they'll let",
        # adverbs
        "again almost already also always ever even just maybe never not now often once only perhaps quite rather",
        "really still then there here too very yet else instead",
    )
    for word in line.split()
)
