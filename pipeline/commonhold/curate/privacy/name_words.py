"""Names that are words as well, in languages with capitals: `Will`, `Grace`, `Paz`."""

import re

from commonhold.curate.privacy.folding import starts_sentence

NAMES_THAT_ARE_WORDS = frozenset({
    "alba", "alegria", "alma", "amato", "amor", "ange", "angel", "april", "art", "ash", "asuncion", "august",
    "aurora", "autumn", "baker", "banks", "bath", "bauer", "bay", "bear", "bell", "bella", "belle", "berg", "best",
    "bill", "bishop", "black", "blanca", "blanche", "blanco", "bloom", "blue", "bon", "bond", "bonne", "bos",
    "boulanger", "brave", "bravo", "bridge", "bright", "brook", "brooks", "brown", "bueno", "bush", "butler",
    "calle", "campo", "campos", "caro", "carpenter", "casa", "cash", "castillo", "chance", "chant", "charite",
    "chase", "church", "cielo", "claire", "clara", "claro", "clay", "cliff", "cloud", "coin", "concha", "consuelo",
    "conte", "cook", "corona", "cross", "cruz", "crystal", "dale", "dawn", "day", "dean", "dear", "delgado",
    "desire", "destiny", "dolce", "dolores", "drew", "duke", "dulce", "earl", "east", "english", "ernst",
    "esperanza", "estrella", "ever", "faith", "farmer", "fede", "felicidad", "feliz", "field", "finch", "fiore",
    "fisher", "fleur", "flor", "flores", "ford", "forest", "fox", "frank", "free", "frei", "french", "frieden",
    "frisch", "fuchs", "fuente", "fuentes", "gallo", "gene", "ginger", "gioia", "good", "grace", "gracia", "grand",
    "grant", "gray", "grazia", "green", "grey", "groen", "groot", "gross", "guerra", "gut", "guy", "hahn", "hall",
    "happy", "harmony", "hay", "heath", "heather", "heaven", "heim", "hermosa", "herr", "hierro", "hill", "hirsch",
    "holiday", "holly", "honey", "hope", "house", "hunter", "iglesia", "iglesias", "ivory", "jack", "jade", "jeune",
    "jewel", "job", "joli", "jong", "joy", "june", "jung", "justice", "kaiser", "key", "king", "klein", "knight",
    "koch", "kok", "kraft", "krieger", "kurz", "lake", "lane", "lang", "laurel", "law", "leger", "leon", "libertad",
    "lieb", "linda", "little", "lobo", "long", "love", "low", "luce", "luna", "luz", "mai", "mano", "mar", "marina",
    "mark", "marsh", "mason", "may", "mayor", "melody", "merced", "mercedes", "mercy", "merit", "merle", "milagros",
    "miles", "mill", "miller", "mobile", "monte", "montes", "mooi", "moon", "mora", "moreno", "moss", "moulin",
    "neat", "neu", "nice", "nieves", "noble", "noel", "north", "nuevo", "ocean", "olive", "orange", "oro", "pace",
    "paciencia", "page", "palma", "park", "parks", "pastor", "patience", "paz", "peace", "pearl", "penny", "perla",
    "person", "petit", "piedad", "piper", "plaza", "pleasant", "pond", "porter", "powers", "prado", "precious",
    "price", "pride", "primavera", "primo", "prince", "puerta", "queen", "rain", "rainbow", "raven", "ray",
    "reading", "real", "reed", "remedios", "rey", "reyes", "rice", "rich", "richter", "rico", "rio", "rios",
    "river", "rob", "robin", "roche", "rocio", "rock", "rojo", "rosa", "rosario", "rose", "roth", "rubio", "ruby",
    "rush", "russo", "sage", "salud", "salvador", "sandwich", "sanft", "santa", "santo", "santos", "savage",
    "schon", "schwarz", "serena", "sereno", "sharp", "shepherd", "short", "sierra", "silva", "silver", "sky",
    "small", "smart", "sol", "soledad", "sommer", "south", "speed", "split", "spring", "star", "stark", "stein",
    "stella", "stone", "storm", "strange", "street", "strong", "sue", "summer", "sunday", "sunny", "swan", "sweet",
    "tailor", "temple", "terry", "tiny", "torre", "torres", "treasure", "treu", "trinity", "true", "tuesday",
    "valle", "vega", "verdad", "victoria", "victory", "vida", "violet", "virtudes", "vogel", "vrai", "walker",
    "wall", "ward", "water", "waters", "way", "weber", "weiss", "wells", "west", "white", "wild", "will", "willow",
    "wills", "winter", "wise", "wish", "wit", "wolf", "wood", "woods", "word", "wright", "wunder", "young",
})  # fmt: skip
"""Folded."""
INTRODUCED = re.compile(
    r"(?:\bnames?(?:['’]?s| is|:)|\bcalled|\bme llamo|\bmi nombre es|\bse llama|\bje m['’]appelle|\bmi chiamo|"
    r"\bich hei(?:ß|ss)e|"
    r"\bmein name ist|\bme chamo|\bchamo-me|\bmeu nome é|\bik heet|\bmijn naam is|\bnimi on|\bjag heter|"
    r"\b(?:mr|mrs|ms|dr|sr|"
    r"sra|srta|herr|frau|mme|mlle|monsieur|madame|señora?|señorita|senhora?|signora?|don|doña)\.?)\s{1,2}$",
    re.IGNORECASE,
)
"""What a name is written behind, with a capital or without."""
ALONE = re.compile(r"[ \t]*(?:[,!)]|[.?]?[ \t]*(?:\n|$))")
"""After a name that is called, or that a message is signed with: `Will, are you there?`, `Thanks,\\nWill`."""
MAX_INTRODUCTION = 24
AROUND = 20


def is_written_as_a_name(text: str, start: int, end: int) -> bool:
    """Whether a word that may be a name is one here: it has a capital that its place does not ask for."""
    if INTRODUCED.search(text[max(0, start - MAX_INTRODUCTION) : start]):
        return True
    if not text[start].isupper():
        return False
    if starts_sentence(text, start):
        return ALONE.match(text, end) is not None
    around = text[max(0, start - AROUND) : start] + text[end : end + AROUND]
    shouted = text[start:end].isupper() and end - start > 1
    return not shouted or any(map(str.islower, around))
