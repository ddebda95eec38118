"""Words that make an address, by convention: where the number stands and what a street is called.

Street types: USPS Publication 28 (English) and the postal authorities' addressing guides of the Universal Postal Union
(other languages); short forms as people write them.
"""

STREETS = (
    "street", "str", "st", "avenue", "ave", "av", "boulevard", "blvd", "road", "rd", "lane", "ln", "highway", "hwy",
    "parkway", "pkwy", "terrace", "crescent", "cul-de-sac", "expressway", "freeway", "turnpike", "alley", "mews",
    "esplanade", "expwy", "expy", "tpke", "bld", "blv", "prkwy", "pky",
)  # fmt: skip
"""Behind the name, English: nothing else is called so, in any case."""
STREETS_IN_CAPITALS = (
    "Drive", "Dr", "Court", "Ct", "Place", "Pl", "Way", "Wy", "Ter", "Circle", "Cir", "Square", "Sq", "Trail", "Trl",
    "Cres", "Close", "Grove", "Gardens", "Loop", "Row", "Walk", "Hill", "Green", "Park", "Plaza", "Point", "Ridge",
    "Run", "View", "Path", "Pike", "Pass", "Crossing", "Bend", "Creek", "Heights", "Rise", "Quay", "Wharf", "Gate",
    "Vale", "Parade", "Causeway", "Concourse", "Oval", "Cove", "Cv", "Terr", "Landing", "Manor", "Mnr", "Hollow",
    "Knoll", "Canyon", "Slip", "Promenade", "Plz", "Aly", "Broadway",
)  # fmt: skip
"""Behind the name, English: words of prose as well, so only with a capital."""
STREETS_BEFORE = (
    "rue", "avenue", "av", "ave", "boulevard", "bd", "bvd", "allée", "impasse", "chaussée", "faubourg",  # French
    "calle", "c/", "avenida", "avda", "av", "carrera", "cra", "calzada", "paseo", "pasaje", "callejón", "transversal",
    "ronda", "glorieta", "travesía", "jirón", "rúa", "avd", "carretera", "ctra", "cta", "callejuela", "diagonal",
    "prolongación", "cerrada", "calz", "blvd", "costanilla", "bulevar", "jr", "psje", "pje", "pza", "plza", "plaça",
    "pujada", "rbla", "rda", "ptge", "pge", "avgda", "crta", "gta", "travessera", "cl", "bv", "bulevard",
    # Spanish
    "carrer", "avinguda", "passeig", "rambla",  # Catalan
    "rua", "travessa", "praça", "estrada", "alameda", "rodovia", "ladeira",  # Portuguese
    "viale", "piazza", "piazzale", "vicolo", "corso", "contrada", "lungomare",  # Italian
    "ulica", "ulicy", "ul", "aleja", "alei", "ulice", "náměstí", "nám",  # Polish, Czech
    "улица", "ул", "проспект", "пр-т", "переулок", "вулиця", "вул",  # Russian, Ukrainian
    "οδός", "λεωφόρος", "λεωφ", "λ", "str", "bulevardul", "calea",  # Greek, Romanian
    "jalan", "jl", "jln", "lorong", "rruga", "sharia", "شارع", "đường",
    # Indonesian, Malay, Albanian, Arabic, Vietnamese
)  # fmt: skip
"""Before the name; a number follows the name or leads."""
STREETS_BEFORE_IN_CAPITALS = (
    "place", "chemin", "route", "quai", "cours", "square", "villa", "passage", "sentier", "cité", "plaza", "camino",
    "cuesta", "lugar", "largo", "bairro", "barrio", "colonia", "urbanización", "largo", "borgo", "salita", "sokak",
    "plot", "door", "via", "gang", "strada", "straße", "circuito", "andador", "privada", "camí", "vía", "polígono",
    "cl", "urb", "pº", "cj", "trav", "tv",
)  # fmt: skip
"""Before the name, words of prose as well: the name must start with a capital."""
STREET_ENDS = (
    "straße", "strasse", "strase", "gasse", "gässchen", "weg", "allee", "platz", "chaussee", "damm", "ufer", "straat",
    "laan", "plein", "gracht", "kade", "dijk", "steenweg", "dreef", "singel", "plaats", "gatan", "gata", "vägen",
    "väg", "gränd", "torget", "stigen", "backen", "vej", "gade", "stræde", "allé", "plads", "vænget", "veien",
    "vegen", "gaten", "bakken", "katu", "kuja", "polku", "tänav", "maantee", "gatvė", "götu", "stígur", "stræti",
    "straeti", "vegur",
    "braut",
)  # fmt: skip
"""Ends of street names that are written as one word, before the number: German, Dutch, Nordic, Estonian, Lithuanian."""
STREET_ENDS_IN_CAPITALS = ("tie", "hof", "markt", "gate")
"""Such ends that words of prose have as well: only with a capital."""
NOT_STREETS = ("brigade", "renegade", "necktie", "delegate", "aggregate", "surrogate", "seagate", "colgate", "bahnhof")
"""Words with such an end that are written with a capital now and then."""
STREETS_BEHIND = (
    "straße", "strasse", "str", "gasse", "weg", "platz", "allee", "ring", "utca", "utja", "útja", "út", "tér", "tere",
    "krt", "körút", "rakpart", "sokak", "sokağı", "sk", "caddesi", "cad", "bulvarı", "gatan", "väg", "gade", "vej",
    "plads", "vei", "straat", "plein", "iela", "gatvė", "tn", "gate", "náměstí", "nám", "třída", "marg", "nagar",
    "chowk", "maidan", "ulica",
)  # fmt: skip
"""Behind the name as a word of its own, with the number at the end."""
SMALL = frozenset({
    "of", "the", "and", "de", "da", "do", "di", "du", "des", "das", "dos", "del", "della", "delle", "dei", "degli",
    "la", "las", "los", "le", "les", "lo", "el", "al", "y", "e", "i", "van", "von", "der", "den", "ten", "ter",
    "zum", "zur", "am", "an", "im", "auf",
})  # fmt: skip
"""Words without a capital inside a name: Rua das Flores, Calle de la Paz, Am Alten Markt."""
ARTICLES = frozenset({"la", "las", "los", "el", "le", "les", "den", "der"})
"""Words that begin names of places: La Virginia, Las Rozas, Den Haag."""
SMALL_IN_PLACES = frozenset({"nad", "pod", "upon", "on", "sur", "sous", "aan", "op", "bei", "ob", "under"})
"""Further words without a capital inside the name of a place: Stratford upon Avon, Kostelec nad Orlicí."""
NOT_NAMES = frozenset({
    "of", "on", "in", "at", "to", "the", "a", "an", "and", "or", "by", "for", "from", "is", "are", "was", "were",
    "it", "we", "they", "i", "you", "people", "persons", "men", "women", "children", "hours", "hour", "minutes",
    "minute", "seconds", "days", "day", "weeks", "week", "months", "month", "years", "year", "blocks", "block",
    "miles", "mile", "km", "meters", "metres", "feet", "main", "different", "other", "more", "most", "new", "side",
    "big", "small", "long", "short", "first", "last", "next", "this", "that", "with", "without", "than", "times",
    "percent", "cars", "houses", "per", "since", "after", "before", "around", "near", "between", "until",
    "every", "only",
    "con", "por", "para", "que", "hay", "está", "es", "tiene", "más", "menos",
    "hasta", "desde", "hace", "unos", "unas", "son", "fue", "se", "no", "donde", "cerca", "durante", "entre",
    "metros", "minutos", "horas", "años", "días", "personas", "est", "sont", "avec", "pour", "dans", "il", "qui",
    "depuis", "pendant", "à", "vers",
    "mètres", "em", "com", "tem", "há", "até", "são", "você", "ist", "sind", "hat", "mit", "über", "nach", "seit",
})  # fmt: skip
"""Words that follow a number in prose; no street in small letters is called so."""
MAY_NAME = {
    "main",
    "new",
    "side",
    "big",
    "small",
    "long",
    "short",
    "first",
    "last",
    "next",
    "block",
    "day",
    "more",
    "no",
    "people",
    "women",
    "mile",
    "a",
    "i",
    "es",
    "se",
    "est",
    "em",
    "com",
    "il",
    "on",
    "that",
}
NEVER_NAMES = (NOT_NAMES - SMALL - MAY_NAME) | {
    "on",
    "at",
    "can",
    "may",
    "must",
    "will",
    "be",
    "have",
    "has",
    "do",
    "cup",
}
"""Words that are in no name, in capitals either: 3 DAYS ON THE HILL."""
DIRECTIONS = frozenset({
    "north", "south", "east", "west", "n", "s", "e", "w", "ne", "nw", "se", "sw", "northeast", "northwest",
    "southeast", "southwest", "nb", "sb", "eb", "wb", "ext", "extension",
})  # fmt: skip
BEFORE_COUNTED = (DIRECTIONS - {"nb", "sb", "eb", "wb", "ext", "extension"}) | {"beach", "bay", "brighton", "old"}
"""Words between a house number and a street that is a number: 637 EAST 138 STREET, 412 BEACH 20 STREET."""
STREETS_ALONE = frozenset({"broadway", "bowery", "concourse", "boulevard"})
"""Streets that are called by a name alone, in several cities."""
COUNTED_ROADS = frozenset({"avenue", "ave", "highway", "hwy", "route", "rte", "road", "rd", "street", "fm", "cr", "sr"})
STREET_THINGS = frozenset({
    "light", "lights", "lamp", "lamps", "sign", "signs", "vendor", "vendors", "shows", "show", "musical", "musicals",
    "plays", "theatres", "theaters", "stars", "corners", "blocks", "exits", "lanes", "names",
})  # fmt: skip
"""What is counted behind the word for a street: 12 3 street lights."""
MONTHS = frozenset({
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "enero",
    "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "setiembre", "octubre",
    "noviembre", "diciembre", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre", "janeiro", "fevereiro", "março", "maio", "junho", "julho", "setembro",
    "outubro", "novembro", "dezembro", "gennaio", "febbraio", "aprile", "maggio", "giugno", "luglio", "settembre",
    "ottobre", "dicembre", "januar", "februar", "märz", "juni", "juli", "oktober", "dezember",
})  # fmt: skip
"""Months in names of streets (Avenida 25 de Mayo), and before a day of the month."""
COUNTED_THINGS = frozenset({
    "veces", "minutos", "min", "km", "m", "metros", "personas", "horas", "años", "días", "casas", "tiendas", "fois",
    "minutes", "heures", "jours", "ans", "mètres", "volte", "minuti", "ore", "giorni", "anni", "metri", "mal",
    "minuten", "stunden", "tage", "jahre", "meter", "leute", "uhr", "vezes", "minuto", "dias", "anos",
    "times", "hours", "days", "years", "people", "miles", "meters", "metres", "keer", "uur", "dagen", "jaar", "%",
    "semanas", "meses", "euros", "pesos", "kilómetros", "quilómetros", "bares", "coches", "plazas", "vecinos",
})  # fmt: skip
"""What is counted by a number behind the name of a street: Plaza Mayor 2 veces."""
NUMBER_WORDS = frozenset({
    "n", "no", "nr", "nº", "n°", "núm", "num", "número", "numero", "nro", "nrº", "км", "km", "kilómetro", "p.k", "д",
    "дом", "буд", "casa", "lote", "parcela", "số", "numéro", "nummer", "numer", "č",
})  # fmt: skip
"""What is before a house number."""
UNITS = (
    "apt", "apartment", "suite", "ste", "flat", "appt", "appartement", "apto", "apartamento", "departamento", "depto",
    "dpto", "piso", "wohnung", "lejl", "lägenhet", "lgh", "interno", "lokal", "mieszkanie",
)  # fmt: skip
"""Part of a house; a number follows."""
POST_BOXES = (
    r"p\.? ?o\.? ?box(?: no)?", r"post office box", r"gpo box", r"private bag", r"postfach", r"postbus",
    r"boîte postale",
    r"apartado(?: postal)?", r"caixa postal", r"casilla", r"casella postale", r"postboks", r"box postal",
    r"skrytka pocztowa", r"а/я", r"s\.?l\.?p\.?",
)  # fmt: skip
POSTCODES = (
    r"zip(?: ?code)?", r"post ?code", r"postal code", r"pin ?code", r"c[oó]digo postal", r"code postal", r"plz",
    r"postleitzahl", r"cep", r"cap", r"postcode", r"postnummer", r"kode pos", r"индекс",
)  # fmt: skip
"""What a postcode is called; the code follows."""
LABELS = (
    r"address(?: to| is|:|\s{2,}| as)?", r"liv(?:es?|ing) (?:at|on)", r"resid(?:es?|ing) (?:at|on)",
    r"located (?:at|on)", r"home is (?:at|on)", r"deliver(?:ed)? to", r"ship(?:ped)? (?:it )?to",
    r"moved to", r"stay(?:ing|s)? at", r"direcci[oó]n(?: es)?",
    r"domicilio(?: es| en)?", r"viv[oe] en", r"endereço(?: é)?", r"mor[oa] (?:na|no|em)", r"adresse(?: ist| est)?",
    r"wohn(?:e|t|haft) (?:in|an|am)", r"habite(?: au| à)?", r"demeurant(?: au| à)?", r"indirizzo(?: è)?",
    r"abit[oa] (?:in|a)", r"alamat(?: di)?", r"anwani", r"adres(?:im)?", r"адрес", r"العنوان", r"पता", r"地址", r"住所",
)  # fmt: skip
"""What people say just before an address."""
STATES = (
    "AL|AK|AS|AZ|AR|CA|CO|CT|DE|DC|FL|GA|GU|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|MP|OH|"
    "OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VT|VA|VI|WA|WV|WI|WY"
)
"""USPS Publication 28, appendix B."""
PARTS = (
    *UNITS, "unit", "floor", "fl", "room", "rm", "bldg", "building", "block", "blk", "tower", "level", "door", "lot",
    "phase", "wing", "sector", "house no", "plot",  # English, Indian
    "planta", "pl", "puerta", "pta", "pt", "portal", "escalera", "esc", "bloque", "blq", "bl", "edificio", "edif",
    "torre", "interior", "int", "oficina", "ofic", "despacho", "semisótano", "of.", "local", "nave", "casa",
    "manzana", "mz", "mza", "lt",
    "parcela", "entresuelo", "ent", "entlo", "principal", "pral", "letra", "p", "esquina", "altos",  # Spanish
    "bloco", "bl", "andar", "sala", "quadra", "qd", "fração", "conj", "cj",  # Portuguese
    "bât", "bâtiment", "étage", "esc", "porte", "résidence", "bte", "boîte", "bus",  # French, Belgian
    "whg", "stiege", "tür", "stock", "og", "haus",  # German
    "scala", "piano", "palazzina", "int",  # Italian
    "lok", "кв", "квартира", "корп", "стр", "корпус", "под", "эт", "daire", "kat", "m", "d", "k", "quận", "phường",
    "street no", "gali no", "ward", "ward no", "gate no",  # Russian, Turkish, Polish
)  # fmt: skip
"""Part of a house or of an estate, behind a street: a number or a letter follows."""
NAMED_PARTS = (
    "edificio", "edif", "torre", "residencial", "conjunto", "ciudad", "localidad", "cdad", "ensanche", "ens",
    "urbanización", "urb", "colonia", "col", "barrio", "bo", "b°", "bº",
    "delegación", "alcaldía", "población", "pob", "fraccionamiento", "fracc", "comuna", "municipio", "polígono",
    "pol", "parroquia", "vereda", "sector", "bairro", "pcia", "prov", "provincia", "depto", "departamento", "reparto",
    "esquina", "esq", "centro comercial", "c.c", "p.i", "pedanía", "partido", "quartier", "lieu-dit", "résidence",
    "del", "deleg", "mpio", "ot", "mah", "mahallesi", "block", "tower", "г", "обл",
)  # fmt: skip
"""Part of a town or a house that has a name, behind a street."""
STREET_WORDS = frozenset({"street", "avenue", "road", "boulevard", "lane", "calle", "avenida", "rue", "carrera", "rua"})
STOPS = frozenset({
    "please", "thanks", "thank", "there", "they", "the", "we", "my", "i", "it", "he", "she", "this", "that", "no",
    "not", "is", "but", "and", "so", "call", "help", "can", "could", "when", "what", "why", "how", "where", "who",
    "if", "open", "closed", "pending", "assigned", "loud", "noise", "music", "heat", "hot", "water",
    "parking", "illegal", "rodent", "rats", "dear", "hi", "hello", "tel", "tél", "teléfono", "teléfonos", "telefono",
    "telefon", "phone", "phones", "email", "e-mail", "correo", "fax", "mobile", "cell", "móvil", "web", "www", "http",
    "https", "nif", "cif", "dni", "ruc", "gracias", "por", "hola", "favor", "necesito", "quiero", "hay", "mi", "está",
    "bonjour", "merci", "bitte", "danke", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "today", "tomorrow", "yesterday", "also", "since", "because", "after", "before", "mr",
    "mrs", "ms", "dr", "sr", "sra", "don", "doña", "regards", "best", "sincerely", "our", "you", "your", "his", "her",
    "their", "a", "an", "as", "at", "for", "from", "in", "on", "with", "complaint", "complainant", "caller", "tenant",
    "apt", "contact", "hours", "horario", "llame", "entre", "con", "que", "en", "se", "desde", "nothing", "broken",
    "nobody", "someone", "somebody", "everybody", "one", "two", "three", "then", "now", "yes", "ok", "sorry",
    "every", "all", "ich", "wir", "die", "das", "es", "il", "je", "nous", "ils", "elle", "vous", "oi", "olá",
    "obrigado", "obrigada", "eu", "nós", "não", "minha", "meu", "ciao", "grazie", "non",
    "desk", "office", "sent", "date", "name", "nombre", "fecha", "id", "status", "subject", "asunto", "born",
    "age", "aged", "yours", "kind", "cheers", "asap", "urgent", "fire", "police", "nypd", "dob", "hpd",
}) | {month for month in MONTHS if len(month) > 3} | {"may"}  # fmt: skip
"""Words with a capital behind an address that are no place."""
BEFORE_YEARS = frozenset({
    "in", "since", "until", "from", "of", "en", "desde", "hasta", "de", "del", "seit", "bis", "im", "depuis", "à",
    "em", "nel", "dal", "by", "before", "after", "year", "año", "jahr",
}) | MONTHS  # fmt: skip
