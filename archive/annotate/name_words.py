"""English words that decide about names: titles, kinds of bodies and places, nationalities, words beside a name.

Tables by hand, plain forms. Only `names` and its modules import it.
"""

LANGUAGE = "en"


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONTHS = _set("january february march april may june july august september october november december")
DATE_WORDS = MONTHS | _set(
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun mondays"
    " tuesdays wednesdays thursdays fridays saturdays sundays jan feb mar apr jun jul aug sep sept oct nov dec"
    " christmas easter ramadan hanukkah halloween thanksgiving gmt bst est edt cet cest pst pdt utc am pm a.m p.m a.m."
    " p.m. noon midnight"
)

# Words that are never a name by themselves, however they are written.
FUNCTION_WORDS = _set(
    "a an the this that these those i you he she it we they me him her us them my your his its our their mine yours"
    " hers ours theirs myself himself herself itself ourselves themselves who whom whose which what when where why how"
    " whether and or but nor so yet for of in on at by to from with without within into onto upon about above across"
    " after against along among amid around as before behind below beneath beside between beyond despite down during"
    " except inside like near off out outside over past per since through throughout till toward towards under until"
    " up via than then there here now not no yes if unless because although though while whereas once both either"
    " neither each every all any some most many much more few fewer less several other others another such same own"
    " only just also too very even ever never always often sometimes again still already almost quite rather perhaps"
    " maybe however moreover therefore thus hence meanwhile instead otherwise indeed is are was were be been being am"
    " has have had having do does did doing done will would shall should can could may might must ought need let lets"
    " let's dont don't doesn't didn't isn't aren't wasn't weren't won't wouldn't can't couldn't shouldn't haven't"
    " hasn't hadn't i'm i've i'll i'd you're you've you'll he's she's it's we're we've we'll they're they've they'll"
    " that's there's here's what's who's where's one two three four five six seven eight nine ten eleven twelve first"
    " second third fourth last next new old former ex late today yesterday tomorrow tonight mr mrs ms dr ok okay oh"
    " well please thanks thank hello hi god dear et al ie eg vs v re rt ii iii iv vi vii viii ix xi xii th nd rd"
)

# After these words stands a person, written small or large.
TITLES = _set(
    "under-secretary undersecretary secretary-general attorney-general director-general governor-general mr mrs ms"
    " miss mx dr sir lady lord dame madam mme prof professor doctor rev reverend fr father sister brother mother pope"
    " cardinal archbishop bishop rabbi imam ayatollah sheikh shaikh sheik mullah hojatoleslam pastor canon monsignor"
    " president vice-president premier chancellor minister secretary senator sen rep representative congressman"
    " congresswoman governor gov mayor ambassador envoy attorney judge justice chief-justice commissioner commissar"
    " councillor councilman councilwoman councilor delegate speaker mp mep md premier-elect president-elect king queen"
    " prince princess emperor empress duke duchess earl count countess baron baroness viscount sultan emir tsar"
    " general gen colonel col lt lieutenant major maj captain capt commander cmdr sergeant sgt corporal cpl private"
    " pvt admiral marshal brigadier brig adm commodore constable inspector superintendent detective officer sheriff"
    " trooper chairman chairwoman chairperson chair director manager coach boss skipper striker midfielder goalkeeper"
    " defender winger keeper batsman bowler pitcher quarterback outfielder spokesman spokeswoman spokesperson analyst"
    " economist trader dealer lawyer solicitor barrister prosecutor journalist correspondent reporter editor columnist"
    " author writer novelist poet historian singer actor actress comedian musician composer filmmaker artist painter"
    " architect scientist researcher biologist physicist chemist astronaut cosmonaut driver rider cyclist golfer"
    " sprinter swimmer boxer champion seed star teammate candidate leader lawmaker deputy chief dictator activist"
    " dissident businessman businesswoman billionaire tycoon banker founder co-founder ceo cfo coo executive adviser"
    " advisor aide strategist pollster consultant nominee incumbent newcomer colleague husband wife son daughter"
    " nephew niece uncle aunt widow girlfriend boyfriend actor-director frontman guitarist drummer veteran compatriot"
    " countryman rival opponent suspect gunman victim widower mayor-elect foreman referee umpire pilot nurse teacher"
    " student resident host anchor presenter broadcaster blogger politician diplomat official saint comrade"
)
TITLE_ADJECTIVES = _set(
    "prime deputy vice acting interim foreign first senior former assistant associate chief attorney"
    " secretary-general lieutenant lt brig brigadier rear air field detective police finance defence defense interior"
    " trade home junior executive managing national economy health education justice energy environment labour labor"
    " opposition press"
)
ABBREVIATED = _set(
    "mr mrs ms dr prof rev fr sen rep gov gen col lt maj capt cmdr sgt cpl pvt adm brig st ste mt ft jr sr inc corp"
    " co ltd bros dept univ assn hon pres ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn"
    " miss mo mont neb nev okla ore pa tenn tex va vt wash wis wyo no vs jan feb mar apr jun jul aug sep sept oct nov"
    " dec"
)
ABBREVIATED_STATES = _set(
    "ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn miss mo mont neb nev okla ore pa"
    " tenn tex va vt wash wis wyo n.j. n.y. n.h. n.m. n.c. s.c. n.d. s.d. w.va r.i. d.c. b.c."
)

# Joins the words of a name, written small between two capitals.
PARTICLES = _set(
    "de del della di da dos das du des la le les van von der den ter ten zu zum al el bin ibn bint ben abu af av do e"
    " y ul ud ur el- al- dalla degli op het in't"
)
CONNECTIVES = _set("of for and & the on")

# The last word, or the word before "of", of the name of a body.
BODY_WORDS = _set(
    "commonwealth oy lp s.a a.s n.v b.v s.p.a academy administration agency airline airlines airways alliance army"
    " armies assembly associates association authorities authority bank banks board brigade broadcasting brothers"
    " bureau cabinet center centre chamber charity church city-council club coalition college command commission"
    " committee communications community companies company confederation conference congress consortium constabulary"
    " cooperative corp corporation council court daily department directorate division electronics embassy energy"
    " engineering enterprises entertainment exchange faculty federation financial firm force forces foundation front"
    " fund gazette globe government group guard guild herald holding holdings hospital house inc incorporated"
    " industries industrial institute institution insurance international investment investments journal laboratories"
    " laboratory league legion library ltd limited llc llp magazine media militia ministry mission mosque motors"
    " movement museum navy network networks news newspaper newsroom nsdap observatory office oil orchestra"
    " organisation organization parliament partners partnership party petroleum pharmaceuticals plc police post press"
    " productions project publications publishing radio railway railways records recordings regiment resources"
    " securities senate service services societe society software staff stores studio studios syndicate systems"
    " task-force team technologies technology telecom telecommunications telegraph television theatre theater times"
    " tribunal tribune trust tv union united university utilities watch workers zeitung airbase co ag sa nv bv gmbh"
    " spa oyj asa ab kk pty srl sarl bhd kg se bancorp corps squad choir band school seminary clinic infirmary"
    " commissariat secretariat inspectorate politburo junta capital ventures markets steel motor foods pictures"
    " journal-constitution chronicle bulletin inquirer examiner register guardian observer mirror mail express"
    " standard echo courier dispatch review monitor digest weekly"
)
TEAM_WORDS = _set(
    "bulls cubs yankees mets dodgers giants braves reds phillies pirates cardinals astros rockies marlins expos"
    " padres orioles tigers indians royals twins brewers angels athletics mariners rangers jays sox knicks nets"
    " celtics lakers clippers warriors kings suns jazz nuggets rockets spurs mavericks heat magic hawks hornets"
    " pistons pacers cavaliers bucks raptors grizzlies timberwolves sonics supersonics bullets wizards 76ers blazers"
    " cowboys redskins eagles bears packers vikings lions buccaneers saints falcons panthers rams 49ers seahawks"
    " raiders chargers broncos chiefs colts patriots dolphins bills jets steelers browns bengals ravens oilers titans"
    " jaguars texans commanders penguins flyers devils islanders sabres canadiens senators leafs bruins blackhawks"
    " wings blues predators stars avalanche coyotes ducks sharks canucks flames capitals lightning hurricanes"
    " thrashers wanderers rovers albion athletic hotspur villa forest fc cf ac afc rfc sc orient argyle alexandra"
    " county-fc dynamo dinamo spartak lokomotiv torpedo cska zenit real atletico sporting borussia bayern ajax fk sv"
    " vfb vfl bc wildcats huskies trojans bulldogs gators seminoles buckeyes wolverines sooners longhorns knights"
    " brumbies crusaders wallabies springboks all-blacks"
)

# Words of bodies that are as often the portfolio of a title: Hong Kong's Financial Secretary.
WEAK_BODY_WORDS = _set("financial industrial international energy oil capital steel motor foreign")
# Competitions, which are events: before "league".
COMPETITIONS = _set("american national major premier super champions europa")
# Endings of the names of peoples that no table has: Minnesotans.
PEOPLE_ENDINGS = ("ians", "sans", "tans", "nese")
# Bodies by the plain word, which joins no other with *and*.
NAMED_ALONE = _set("congress senate parliament house cabinet government council court police army")
# A name that ends in these is a place; before "of" they begin one.
PLACE_WORDS = _set(
    "base airport archipelago avenue basin bay beach boulevard bridge camp canal canyon cape castle cathedral city"
    " cliffs coast corner county creek crossing desert district estuary falls farm field forest fort garden gardens"
    " glacier grove gulf harbor harbour heights hill hills island islands isle isles junction kingdom lagoon lake"
    " lakes lane mountain mountains mount oblast ocean palace park passage peak peninsula plain plains plateau plaza"
    " point pond port prefecture province raion range reef region republic reservoir ridge river road sands sea shore"
    " springs square stadium state states straits strait street terrace territories territory tower towers town"
    " township tunnel valley village villas volcano wells wood woods zoo governorate canton emirate krai voivodeship"
    " arena ballpark speedway racecourse rd ave blvd prison jail station border highway"
)
# Before a name these make a place of it: Lake Chad, Mount Everest.
PLACE_BEGINNINGS = _set("lake mount mt cape fort ft port isle gulf strait camp")
# Before a name these make a club of it.
CLUB_BEGINNINGS = _set(
    "f.c a.c fc ac as sc cd ca rc fk sk nk vfb vfl inter real atletico dynamo dinamo spartak lokomotiv borussia bayer"
    " hapoel maccabi partizan racing deportivo sporting"
)
DIRECTIONS = _set(
    "north south east west northern southern eastern western central northeast northwest southeast southwest"
    " northeastern northwestern southeastern southwestern upper lower greater inner outer mid"
)

# A name that ends in these is an event, a law, a work or a prize: not a person, a place or a body.
OTHER_WORDS = _set(
    "show suite symphony concerto sonata album novel movie act acts accord accords agreement amendment amendments"
    " anthem award awards bill bowl campaign ceremony championship championships charter classic code constitution"
    " convention-on cup day declaration decree derby doctrine dynasty election elections era era's festival final"
    " finals games grand-prix prix initiative law laws marathon masters medal meeting monument-act olympics olympiad"
    " open order pact plan poll prize process program programme protocol race regatta report resolution revolution"
    " rights round rule rules season semifinal series slam stakes standard statement storm summit super syndrome talks"
    " test title tour tournament treaty trophy uprising war wars week year years disease virus index average bonds"
    " bond shares stock stocks notes futures highway-act operation edition time conference-on day's award-winning"
    " championship's week's deal crisis scandal affair murders trial case bombing attack attacks massacre holocaust"
    " census lottery visa passport"
)

# Adjectives and names of peoples, faiths and parties: not names here, and not part of a person's or a place's name.
PEOPLES = _set(
    "lankan rican zealander leonean timorese congressional parliamentary presidential federal papal afghan african"
    " albanian algerian american andorran angolan antiguan arab arabian argentine argentinian argentinean armenian"
    " australian austrian azerbaijani azeri bahamian bahraini bangladeshi barbadian belarusian belarussian belgian"
    " belizean beninese bhutanese bolivian bosnian botswanan brazilian british briton bruneian bulgarian burmese"
    " burundian cambodian cameroonian canadian chadian chilean chinese colombian congolese corsican croat croatian"
    " cuban cypriot czech dane danish djiboutian dominican dutch ecuadorean ecuadorian egyptian emirati english"
    " eritrean estonian ethiopian european fijian filipino finn finnish french gabonese gambian georgian german"
    " ghanaian greek grenadian guatemalan guinean guyanese haitian honduran hungarian icelandic indian indonesian"
    " iranian iraqi irish israeli italian ivorian jamaican japanese jordanian kazakh kazakhstani kenyan korean kosovan"
    " kosovar kurd kurdish kuwaiti kyrgyz lao laotian latvian lebanese liberian libyan lithuanian luxembourger"
    " macedonian malagasy malawian malaysian maldivian malian maltese mauritanian mauritian mexican moldovan mongolian"
    " montenegrin moroccan mozambican namibian nepalese nepali nicaraguan nigerian nigerien norwegian omani pakistani"
    " palestinian panamanian paraguayan peruvian pole polish portuguese qatari romanian russian rwandan salvadoran"
    " salvadorean samoan saudi scot scottish senegalese serb serbian singaporean slovak slovakian slovene slovenian"
    " somali spanish spaniard sudanese surinamese swazi swede swedish swiss syrian taiwanese tajik tanzanian thai"
    " tibetan togolese tongan tunisian turk turkish turkmen ugandan ukrainian uruguayan uzbek venezuelan vietnamese"
    " welsh yemeni yugoslav zairean zambian zimbabwean chechen dagestani ingush tatar soviet slav slavic nordic"
    " scandinavian baltic balkan caucasian latin hispanic latino latina asian eurasian basque catalan breton bavarian"
    " sicilian flemish walloon andalusian castilian galician tamil sinhalese punjabi bengali kashmiri gujarati sikh"
    " hindu muslim moslem islamic islamist christian catholic roman protestant anglican orthodox jewish jew buddhist"
    " shiite shi'ite shia sunni alawite druze yazidi baptist methodist lutheran presbyterian mormon evangelical quaker"
    " zionist hutu tutsi pashtun hazara uighur uyghur rohingya han zulu xhosa maori inuit aboriginal roma gypsy berber"
    " bedouin anglo-saxon anglo irishman irishwoman englishman englishwoman frenchman frenchwoman dutchman welshman"
    " scotsman republican democrat democratic liberal conservative labour tory socialist communist marxist nazi"
    " fascist leninist maoist bolshevik green gop independent texan californian floridian londoner parisian berliner"
    " muscovite new-yorker scouse confederate ottoman byzantine victorian medieval baathist ba'athist peronist"
    " gaullist thatcherite hamas-led caribbean-born mediterranean-style antarctic-based transatlantic westerner"
    " western easterner siberian crimean arabic hebrew mandarin cantonese swahili farsi pashto urdu hindi esperanto"
    " creole gaelic spanish-language native nobel olympic olympian paralympic internet web twitter-like ice-cream"
    " bible koran quran torah gospel"
)
PEOPLE_PLURALS = frozenset(word + "s" for word in PEOPLES) | _set(
    "englishmen frenchmen dutchmen irishmen welshmen scotsmen tories boers germans philippines-born romans jews"
)
# Verbs of persons: who speaks, thinks or feels.
SPEECH_VERBS = _set(
    "said says say told tells tell added adds asked asks replied replies answered explained explains insisted insists"
    " argued argues claimed claims warned warns wrote writes tweeted noted notes recalled recalls admitted admits"
    " acknowledged acknowledges denied denies declared declares declined declines announced predicted predicts"
    " complained complains conceded concedes stressed stresses quipped joked believes believed thinks thought knows"
    " knew wants wanted hopes hoped feels felt loves loved hates hated likes liked wishes wished smiled laughed"
    " grinned nodded shrugged cried wept remembers remembered continued commented remarked testified lamented mused"
    " concluded suggests suggested stated vowed promised pledged married died born resigned retired quit"
)
# Before a hyphen, words by themselves.
PREFIXES = _set("then ex pro anti non post pre mid self former all")
# Before the name of a people, a part of it: Sri Lankan, South African.
BEFORE_PEOPLES = _set("north south east west sri costa puerto sierra new saudi native latin central anglo african")
PLACE_BEFORE_NAME = _set("in near at from outside around across throughout inside toward towards")
SMALL_AUXILIARIES = _set(
    "has had have is was will would also then doesn't didn't does did not never later reportedly doesnt"
)

NOT_ACRONYMS = _set(
    "tv dvd cd pc pr id it ai dna rna hiv aids gdp gnp ceo cfo coo cto cpi vat vip am pm ad bc gmt utc est edt usd"
    " eur gbp dm ok hq mp mps mep qc kg km mph rpm er icu ufo suv atm pin faq diy ngo ngos sms gps http www html pdf"
    " usb led lcd asap rsvp tba tbc aka eta iq pow ied icbm wmd cv phd mba ba bsc llb md rn esq jr sr no nos vs re ps"
    " op-ed ap-style mr mrs ms dr st ave rd sos tnt ddt pcb lng lpg opv bse cjd era rbi mvp hr ko dh dj mc pga-tour"
    " xxx ii iii iv vi vii viii ix q1 q2 q3 q4 h1 h2 g7 g8 g20 covid covid-19 sars mers fed ipo etf ira ebitda yoy qtr"
    " pct bp bps eps libor a-level gcse bbl tonnes cts mln bln dlr dlrs fob cif c$ a$ update photo video live watch"
    " breaking exclusive analysis opinion lgbt lgbtq bame pm's mla mlas tds td msp msps dui dwi p.m a.m vs. nr n.a na"
    " n/a usda-style pts pos ft gp gs wp lw wk yr yrs"
)

# Forms of the tables that, in a line in capitals, are words as often.
AMBIGUOUS_IN_CAPITALS = _set(
    "us is who act it pa au fa rt mena ani aarp sec eta nice reading bath mobile split ford apple shell fed sky signal"
)

# Surnames that are kinds of places too: Tiger Woods.
PLACE_SURNAMES = _set(
    "hill hills woods wood field fields forest park parks castle bridge bridges marsh ford wells house church hall"
    " lane point street rivers lake lakes garden grove heath shore stone west east north south bush banks moon court"
    " poole waters brook brooks farm hood"
)
# Words that are given names somewhere, and mostly something else.
NOT_GIVEN = _set(
    "san santa sao los las saint new fort port lake the del von van der den bin ibn abu city real inter north south"
    " east west royal air bank america asia europe india africa china israel britain france"
)
# First words of the names of bodies.
BODY_BEGINNINGS = _set(
    "air bank banco banca banque credit credito deutsche dresdner radio televisa telecom university universidad"
    " universite universitat federation ministry ministerio institut instituto compagnie societe groupe grupo gruppo"
    " union bundes banc national federal royal international"
)
# Beside a name, written small, these tell that it is a place or a body.
PLACE_NOUNS = _set(
    "city town village province region district county state capital suburb port island islands coast peninsula"
    " valley mountain mountains river lake airport area border republic territory enclave oblast prefecture"
    " municipality township hamlet neighborhood neighbourhood resort canton governorate settlement"
)
BODY_NOUNS_AFTER = _set(
    "newspaper daily weekly magazine bank company party agency group firm club airline corporation newsagency"
    " television shares stock spokesman spokeswoman executives unit subsidiary guerrillas rebels militants militia"
    " movement fighters airlines carmaker union"
)
BODY_NOUNS_BEFORE = _set(
    "newspaper daily weekly magazine bank company agency club airline broadcaster carmaker automaker brewer insurer"
    " retailer bookmaker manufacturer conglomerate subsidiary group firm network website platform publisher brokerage"
    " parent rival-company startup"
)
# Countries whose names are common words; they are the country also where a sentence begins.
COUNTRY_WORDS = _set("turkey china chile")
# Endings of surnames, of many languages, that few other names have.
SURNAME_ENDINGS = tuple(
    "ic vic vich ov ova ev eva yev yeva sky skyy skiy ski ska tsky chuk enko yan ian dze shvili son sson sen nen berg"
    " stein feld mann man ez oglu escu elli etti ini otti ucci aux eau ault poulos akis ides adze baev ayev iyev putin"
    " uk yuk iuk ulis aitis auskas enas vili ullah uddin zadeh nejad pour wala singh ramanian swamy wicz czyk".split()
)
# The given names of two letters that news write.
SHORT_GIVEN = _set("al ed jo mo bo cy ty")
DETERMINERS = _set("the a an his her its their our my your")
