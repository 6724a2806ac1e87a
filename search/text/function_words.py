"""Words of grammar: what holds an English sentence together and says nothing of its subject. Pure.

In a long query they are most of the words and none of what is asked for, so ranking gives them little weight beside
others; they are matched all the same. Only closed classes stand here: pronouns, articles, prepositions, conjunctions,
auxiliary verbs, question words and the adverbs of degree and time that go with anything.
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
