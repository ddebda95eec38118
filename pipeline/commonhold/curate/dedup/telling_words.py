"""What makes two texts that look alike say something else: numbers, negations, days, opposites.

Words of the languages that communities wrote in most; in others numbers, prefixes and the replies decide. A word too
many in these lists keeps two rows that one would have done for; a word that is missing may merge what differs.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence

from commonhold.curate.dedup.opposites import ALIKE_IN_KIND, OPPOSITES
from commonhold.curate.text.words import words

_NEGATIONS_WORDS = """
not no never none nothing nobody nowhere neither nor cannot without unable dont doesnt didnt cant couldnt wont
wouldnt shouldnt isnt arent wasnt werent hasnt havent hadnt mustnt neednt aint mightnt shant darent oughtnt hardly
barely ne pas jamais rien aucun aucune ni sans non nul nulle nicht nie niemals nichts niemand weder ohne nein
nirgends kein keine keinen keinem keiner keines niet geen nooit niets niemand zonder nee nunca jamás nada nadie
ningún ninguno ninguna sin tampoco não nao nem nenhum nenhuma ninguém sem mai niente nulla nessun nessuno nessuna né
senza sense gens nu niciodată nimic nimeni nici fără nie nigdy nic nikt bez żaden żadna żadne ani není nikdy nikdo
žádný žádná žádné nelze nije nema nikad nikada ništa nisam nisu не нет никогда ничего никто нельзя без ни ні немає
ніколи нічого ніхто няма никога нищо değil hayır yok asla hiç hiçbir olmaz لا ليس ليست لم لن غير بدون دون كلا نه
نیست هیچ ندارد نباید نہیں نہ مت بغیر לא אין אל בלי לעולם אף नहीं नही न ना मत बिना না নয় নেই নি hapana si sio siyo
hakuna bila kamwe tidak tak bukan jangan belum tanpa không chưa chẳng đừng hindi wala huwag inte ej aldrig ingen
inget inga utan nej ikke aldri intet uten uden nei ei eivät älä ilman mitte ära ilma nem soha nincs nincsenek sem
nélkül δεν δε μη μην όχι ποτέ χωρίς τίποτα ddim nid níl ní gan ez inoiz gabe kāore kaua ehara አይደለም የለም இல்லை அல்ல
లేదు కాదు
"""
NEGATIONS = frozenset(_NEGATIONS_WORDS.split())
"""All count alike."""
_LIMITS_WORDS = """
except only unless sauf seulement uniquement außer nur behalve alleen excepto salvo solo sólo solamente exceto
apenas somente tranne soltanto només tret doar tylko oprócz pouze kromě samo кроме только лише yalnızca sadece فقط
إلا רק केवल सिर्फ শুধু isipokuwa hanya kecuali chỉ bara endast kun bare vain ainult csak μόνο
"""
LIMITS = frozenset(_LIMITS_WORDS.split())
WITHIN = re.compile(r"\bn['’ʼ]|m[ae]z\b|m[ıiuü]yor")
"""Negations inside of words: French `n'est`, Turkish verbs."""
HINTS = "'", "’", "ʼ", "maz", "mez", "yor"
"""What all of these have: looked for first, since most texts have none."""
DIGIT = re.compile(r"\d")
UNSPACED = re.compile(
    r"[不没沒无無未勿别別非否莫禁只仅僅〇零一二两兩三四五六七八九十百千万萬億]|ない|ません|なく|なかっ|ぬ|ずに|いいえ|だけ"
    r"|ไม่|อย่า|ห้าม|เฉพาะ|안|못|아니|않|없|금지|만\b|មិន|ບໍ່"
)
"""The same and numbers in scripts that put no spaces between words, or attach them."""
NUMBERS = re.compile(r"[a-z]{0,3}\d+(?:[.,:/-]?\d+)*[a-z]{0,3}")
_DAYS_AND_NUMBERS = """
monday tuesday wednesday thursday friday saturday sunday january february april june july august september october
november december two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred
thousand half twice lundi mardi mercredi jeudi vendredi samedi dimanche janvier février avril juin juillet août
septembre octobre novembre décembre deux trois quatre cinq sept huit neuf dix onze douze vingt cent mille montag
dienstag mittwoch donnerstag freitag samstag sonnabend sonntag januar februar märz juni juli oktober dezember zwei
drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig hundert tausend lunes martes miércoles jueves viernes
sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre dos tres
cuatro cinco seis siete ocho nueve diez once doce veinte cien mil segunda terça quarta quinta sexta janeiro
fevereiro março maio junho julho setembro outubro novembro dezembro dois duas quatro sete oito nove dez onze doze
lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio aprile maggio giugno luglio settembre
ottobre dicembre due quattro cinque sette otto nove dieci undici dodici maandag dinsdag woensdag donderdag vrijdag
zaterdag zondag januari februari maart mei augustus twee drie vijf zes zeven negen tien понедельник вторник среда
среду четверг пятница пятницу суббота субботу воскресенье января февраля марта апреля мая июня июля августа сентября
октября ноября декабря два две три четыре пять шесть семь восемь девять десять poniedziałek wtorek środa środę
czwartek piątek sobota sobotę niedziela niedzielę dwa trzy cztery pięć sześć siedem الأحد الاثنين الثلاثاء الأربعاء
الخميس الجمعة السبت اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार
रविवार दो तीन चार पांच पाँच छह सात आठ नौ दस jumatatu jumanne jumatano alhamisi ijumaa jumamosi jumapili moja mbili
tatu nne tano sita saba nane tisa kumi pazartesi salı çarşamba perşembe cuma cumartesi pazar iki üç dört beş altı
yedi sekiz dokuz
"""
TELLING = NEGATIONS | LIMITS | frozenset(_DAYS_AND_NUMBERS.split())
"""Days, months and small numbers too, but for those that are also something else: `may`, `march`, `one`."""
_PREFIXES_WORDS = """
un in im il ir dis non mis de anti a an ab ne не ни без bez nie ni ge ont miß miss des ан
"""
PREFIXES = frozenset(_PREFIXES_WORDS.split())
FEWEST_AFTER_PREFIX, FEWEST_OF_ANY, LONGEST_PREFIX = 2, 4, 4
ROMAN = "ivxlc"
SWAHILI = (
    "hatuja", "hawaja", "hazija", "haija", "hamja", "hatu", "hawa", "hazi", "haku", "haja", "huja", "sija", "ham",
    "hai", "hu", "ha", "si",
)  # fmt: skip
"""Beginnings of verbs that are denied."""
FEWEST_OF_SLIP = 6
LONG_WORDS, LONG_SHARE = 40, 0.9
"""A text of so many words may have others in a tenth of its places."""


def telling(text: str) -> tuple[str, ...]:
    """What must be the same in two texts that say the same: numbers in their order, then words without an order."""
    return telling_of(text.casefold(), words(text.casefold()))


def telling_of(plain: str, its_words: Sequence[str]) -> tuple[str, ...]:
    """The same of a text without capitals whose words are known."""
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
    known = sorted("not" if word in NEGATIONS else word for word in its_words if word in TELLING)
    attached = () if plain.isascii() else sorted(UNSPACED.findall(plain))
    numbers = NUMBERS.findall(plain) if DIGIT.search(plain) else ()
    within = WITHIN.findall(plain) if any(hint in plain for hint in HINTS) else ()
    return (*map(_digits, numbers), "", *known, *within, *attached)


def _digits(number: str) -> str:
    """With digits of any script as 0 to 9."""
    return "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in number)


def opposed(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether texts with these words differ in a word and its opposite, or in two of a kind: days, months, letters."""
    mine, theirs = {*one}, {*other}
    return _any_opposites(mine - theirs, theirs - mine)


def _any_opposites(mine: Collection[str], theirs: Collection[str]) -> bool:
    known = [[word for word in each if word in OPPOSITES] for each in (mine, theirs)]
    if all(known):
        kinds, others = ({kind for word in each for kind in OPPOSITES[word]} for each in known)
        if kinds & others:
            return True
    if all(any(map(_is_letter, each)) for each in (mine, theirs)):
        return True
    by_end: dict[str, list[str]] = {}
    for word in theirs:
        by_end.setdefault(_END.get(word[-1], word[-1]), []).append(word)
    if any(_prefixed(left, right) for left in mine for right in by_end.get(_END.get(left[-1], left[-1]), ())):
        return True
    denied, denying = ([word for word in each if word.startswith(SWAHILI)] for each in (mine, theirs))
    return any(_denied(left, right) for left in denied for right in theirs) or any(
        _denied(right, left) for right in denying for left in mine
    )


def _is_letter(word: str) -> bool:
    """`Desk A`, and Roman numerals."""
    return not word.strip(ROMAN) or (len(word) == 1 and "a" <= word <= "z")


_END = {"l": "s"}
"""Last letters that count as one: `-ful` and `-less` are opposites, and all others that `_prefixed` knows end alike."""


def _prefixed(one: str, other: str) -> bool:
    """Whether one word denies the other by its beginning or end: `possible`, `impossible`; `harmful`, `harmless`."""
    if {one[-3:], other[-3:]} == {"ful", "ess"} and one[:-4][:3] == other[:-4][:3]:
        return True
    if not (one.endswith(other) or other.endswith(one)):
        return False
    short, long = sorted((one, other), key=len)
    rest = long.removesuffix(short)
    return (
        len(short) >= (FEWEST_AFTER_PREFIX if rest in PREFIXES else FEWEST_OF_ANY) and 1 <= len(rest) <= LONGEST_PREFIX
    )


def _denied(one: str, other: str) -> bool:
    """Whether the first is the second, denied, in Swahili: `siwezi` and `ninaweza`."""
    if not one.startswith(SWAHILI):
        return False
    stems = (one.removeprefix(start)[:-1] for start in SWAHILI if one.startswith(start))
    return any(len(stem) >= 3 and stem in other[1:] for stem in stems) and not other.startswith(SWAHILI)


def nearly_the_same(one: Sequence[str], other: Sequence[str], share: float) -> bool:
    """Whether two texts differ in nothing but slips of spelling, or in words that one of them has besides.

    Another word in the place of one is another answer. `share` of the words of the longer one are in both.
    """
    if len(one) == len(other):
        slips = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
        return len(slips) <= (1 - share) * len(one) and all(_slip(*pair) for pair in slips)
    short, long = sorted((one, other), key=len)
    rest = iter(long)
    return len(short) >= share * len(long) and all(word in rest for word in short)


def same_but_few(one: str, other: str, asked: set[str], share: float) -> bool:
    """Whether two long texts share nearly all their words, and the others tell nothing: no numbers, none of `asked`.

    These are words that differ between the messages: if they do in the replies too, they fill a gap in a form.
    """
    ours, theirs, shared = _pieces_apart(one, other)
    mine, others, alike = _words_apart(ours, theirs)
    few = max(len(mine), len(others))
    return (
        few <= (1 - max(share, LONG_SHARE)) * (shared + alike + few)
        and not (mine | others) & asked
        and not _tells(mine, others)
        and not _names_differ(ours, theirs)
    )


def names_differ(one: str, other: str) -> bool:
    """Whether each text has a word with a capital letter that the other has not."""
    ours, theirs, _ = _pieces_apart(one, other)
    return _names_differ(ours, theirs)


def _names_differ(ours: set[str], theirs: set[str]) -> bool:
    joined = [" ".join(each) for each in (ours, theirs)]
    if any(text == text.lower() for text in joined):
        return False
    named = [{word for word in words(text) if word[0].isupper()} for text in joined]
    plain = [{*words(text.casefold())} for text in joined] if all(named) else ()
    return bool(plain) and all(
        any(word.casefold() not in others for word in each) for each, others in zip(named, plain[::-1], strict=True)
    )


def _apart(one: str, other: str) -> tuple[set[str], set[str], int]:
    """Words that only one of two texts has, then only the other, and how many both have."""
    ours, theirs, shared = _pieces_apart(one, other)
    mine, others, alike = _words_apart(ours, theirs)
    return mine, others, shared + alike


def _pieces_apart(one: str, other: str) -> tuple[set[str], set[str], int]:
    """The same of what stands between spaces, as it is written."""
    ours, theirs = {*one.split()}, {*other.split()}
    apart = ours ^ theirs
    mine = apart & ours
    return mine, apart - mine, len(ours) - len(mine)


def _words_apart(ours: set[str], theirs: set[str]) -> tuple[set[str], set[str], int]:
    """Of pieces that differ, the words that differ, capitals aside, and how many do not."""
    left, right = ({*words(" ".join(each).casefold())} for each in (ours, theirs))
    return left - right, right - left, len(left & right)


def _tells(mine: set[str], theirs: set[str]) -> bool:
    """Whether what differs is a number, a negation, a day or an opposite."""
    differing = mine | theirs
    return bool(differing & TELLING) or not all(map(str.isalpha, differing)) or _any_opposites(mine, theirs)


def _slip(one: str, other: str) -> bool:
    """One letter too many, too few, exchanged, or two that changed places, inside of a long word."""
    short, long = sorted((one, other), key=len)
    if len(short) < FEWEST_OF_SLIP or len(long) - len(short) > 1 or _any_opposites([one], [other]):
        return False
    if (one[0], one[-1]) != (other[0], other[-1]) or ALIKE_IN_KIND & {one, other}:
        return False
    start = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    left, right = short[start:], long[start:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left == right[1:] or left[1:] == right[1:]


_YES_WORDS = """
yes yeah yep sure oui ja jawohl sí si sim sì da да так tak evet نعم بله כן हाँ हां ndiyo ya có oo はい 是 可以
"""
OPENING = 40
"""Letters in which a reply says yes or no."""
YES = frozenset(_YES_WORDS.split())
_NO_WORDS = """
no nope non nein nee não nao nie nu нет ні ne hayır لا خیر לא नहीं hapana tidak không hindi いいえ
不 否 不可以 nej nei ei
"""
NO = frozenset(_NO_WORDS.split())


def contradicts(one: str, other: str) -> bool:
    """Whether of two replies one says yes and the other no, or both are alike but for a number or a negation.

    Of replies that have nothing to do with each other it is not said.
    """
    openings = [next(iter(words(text[:OPENING].casefold())), "") for text in (one, other)]
    if any(first in YES and second in NO for first, second in (openings, openings[::-1])):
        return True
    mine, theirs, shared = _apart(one, other)
    return shared >= max(len(mine), len(theirs)) and _tells(mine, theirs)
