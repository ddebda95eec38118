"""Words that make an address, by convention: where the number stands and what a street is called.

Street types: USPS Publication 28 (English) and the postal authorities' addressing guides of the Universal Postal Union
(other languages); short forms as people write them.
"""

STREETS = (
    "street", "str", "st", "avenue", "ave", "av", "boulevard", "blvd", "road", "rd", "lane", "ln", "highway", "hwy",
    "parkway", "pkwy", "terrace", "crescent", "cul-de-sac", "expressway", "freeway", "turnpike", "alley", "mews",
    "esplanade",
)  # fmt: skip
"""Behind the name, English: nothing else is called so, in any case."""
STREETS_IN_CAPITALS = (
    "Drive", "Dr", "Court", "Ct", "Place", "Pl", "Way", "Wy", "Ter", "Circle", "Cir", "Square", "Sq", "Trail", "Trl",
    "Cres", "Close", "Grove", "Gardens", "Loop", "Row", "Walk", "Hill", "Green", "Park", "Plaza", "Point", "Ridge",
    "Run", "View", "Path", "Pike", "Pass", "Crossing", "Bend", "Creek", "Heights", "Rise", "Quay", "Wharf", "Gate",
    "Vale", "Parade", "Causeway",
)  # fmt: skip
"""Behind the name, English: words of prose as well, so only with a capital."""
STREETS_BEFORE = (
    "rue", "avenue", "av", "ave", "boulevard", "bd", "bvd", "allée", "impasse", "chaussée", "faubourg",  # French
    "calle", "c/", "avenida", "avda", "av", "carrera", "cra", "calzada", "paseo", "pasaje", "callejón", "transversal",
    "ronda", "glorieta", "travesía", "jirón",  # Spanish
    "carrer", "avinguda", "passeig", "rambla",  # Catalan
    "rua", "travessa", "praça", "estrada", "alameda", "rodovia", "ladeira",  # Portuguese
    "viale", "piazza", "piazzale", "vicolo", "corso", "contrada", "lungomare",  # Italian
    "ulica", "ul", "aleja", "ulice", "náměstí", "nám",  # Polish, Czech
    "улица", "ул", "проспект", "пр-т", "переулок", "вулиця", "вул",  # Russian, Ukrainian
    "οδός", "λεωφόρος", "λεωφ", "str", "bulevardul", "calea",  # Greek, Romanian
    "jalan", "jl", "jln", "lorong", "rruga", "sharia", "شارع", "đường",
    # Indonesian, Malay, Albanian, Arabic, Vietnamese
)  # fmt: skip
"""Before the name; a number follows the name or leads."""
STREETS_BEFORE_IN_CAPITALS = (
    "place", "chemin", "route", "quai", "cours", "square", "villa", "passage", "sentier", "cité", "plaza", "camino",
    "cuesta", "lugar", "largo", "bairro", "barrio", "colonia", "urbanización", "largo", "borgo", "salita", "sokak",
    "plot", "door", "via", "gang", "strada",
)  # fmt: skip
"""Before the name, words of prose as well: the name must start with a capital."""
STREET_ENDS = (
    "straße", "strasse", "strase", "gasse", "gässchen", "weg", "allee", "platz", "chaussee", "damm", "ufer", "straat",
    "laan", "plein", "gracht", "kade", "dijk", "steenweg", "dreef", "singel", "plaats", "gatan", "gata", "vägen",
    "väg", "gränd", "torget", "stigen", "backen", "vej", "gade", "stræde", "allé", "plads", "vænget", "veien",
    "vegen", "gaten", "bakken", "katu", "kuja", "polku", "tänav", "maantee", "gatvė", "götu", "stígur", "vegur",
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
    "plads", "vei", "straat", "plein", "iela", "gatvė", "tn", "marg", "nagar", "chowk", "maidan", "ulica",
)  # fmt: skip
"""Behind the name as a word of its own, with the number at the end."""
SMALL = frozenset({
    "of", "the", "and", "de", "da", "do", "di", "du", "des", "das", "dos", "del", "della", "delle", "dei", "degli",
    "la", "las", "los", "le", "les", "lo", "el", "al", "y", "e", "i", "van", "von", "der", "den", "ten", "ter",
    "zum", "zur", "am", "an", "im", "auf",
})  # fmt: skip
"""Words without a capital inside a name: Rua das Flores, Calle de la Paz, Am Alten Markt."""
NOT_NAMES = frozenset({
    "of", "on", "in", "at", "to", "the", "a", "an", "and", "or", "by", "for", "from", "is", "are", "was", "were",
    "it", "we", "they", "i", "you", "people", "persons", "men", "women", "children", "hours", "hour", "minutes",
    "minute", "seconds", "days", "day", "weeks", "week", "months", "month", "years", "year", "blocks", "block",
    "miles", "mile", "km", "meters", "metres", "feet", "main", "different", "other", "more", "most", "new", "side",
    "big", "small", "long", "short", "first", "last", "next", "this", "that", "with", "without", "than", "times",
    "percent", "cars", "houses", "per",
})  # fmt: skip
"""Words that follow a number in prose; no street in small letters is called so."""
UNITS = (
    "apt", "apartment", "suite", "ste", "flat", "appt", "appartement", "apto", "apartamento", "departamento", "depto",
    "dpto", "piso", "wohnung", "lejl", "lägenhet", "lgh", "interno", "lokal", "mieszkanie",
)  # fmt: skip
"""Part of a house; a number follows."""
POST_BOXES = (
    r"p\.? ?o\.? ?box", r"post office box", r"gpo box", r"private bag", r"postfach", r"postbus", r"boîte postale",
    r"apartado(?: postal)?", r"caixa postal", r"casilla", r"casella postale", r"postboks", r"box postal",
    r"skrytka pocztowa", r"а/я",
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
    r"domicilio(?: es)?", r"viv[oe] en", r"endereço(?: é)?", r"mor[oa] (?:na|no|em)", r"adresse(?: ist| est)?",
    r"wohn(?:e|t|haft) (?:in|an|am)", r"habite(?: au| à)?", r"demeurant(?: au| à)?", r"indirizzo(?: è)?",
    r"abit[oa] (?:in|a)", r"alamat(?: di)?", r"anwani", r"adres(?:im)?", r"адрес", r"العنوان", r"पता", r"地址", r"住所",
)  # fmt: skip
"""What people say just before an address."""
STATES = (
    "AL|AK|AS|AZ|AR|CA|CO|CT|DE|DC|FL|GA|GU|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|MP|OH|"
    "OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VT|VA|VI|WA|WV|WI|WY"
)
"""USPS Publication 28, appendix B."""
