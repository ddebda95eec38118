"""The letters beyond ASCII that languages use, the more frequent ones first: how a text in a wrong encoding shows."""

LATIN = {
    "es": "óíáéñúü",
    "fr": "éèàêçôîùûâœïëæüÿ",
    "de": "üäößé",
    "pt": "ãçáéíóêõúâôà",
    "it": "èàòùéìíúîó",
    "sv": "äåöéà",
    "fi": "äöåšž",
    "da": "åøæéáóö",
    "nb": "åøæéòóôêèâ",
    "is": "áðíéöúþóæý",
    "nl": "ëéïèöüáóúíêàçôä",
    "ca": "àéèóçíòúïü·",
    "gl": "óáéíúñïü",
    "eu": "ñüçáéíóú",
    "ga": "áéíóú",
    "cy": "ŵâêîôŷûïëáéöẃ",
    "en": "éïèêëöçñüóáàôâäíåøæœšžú",
    "pl": "łąężśóćńź",
    "cs": "íáěéšřčžýůúťóňď",
    "sk": "áíčéšžýťúľóďňôäĺŕ",
    "hu": "áéőöíóüűú",
    "ro": "ăîţşâțș",
    "hr": "čšžćđ",
    "sl": "čšžćđ",
    "tr": "ıüşğçöİâîû",
    "az": "əıüşğçöİ",
    "sq": "ëç",
    "lt": "ėšųžąįčūę",
    "lv": "āīēšņģūčļžķ",
    "et": "äõüöšž",
    "mt": "ħżġċàèìòù",
    "eo": "ŭĉĝŝĵĥ",
    "vi": "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ",
}
CYRILLIC = {
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "uk": "оанивітерслкдмупязьбгчхйжцєюїшщфґ",
    "be": "анеіорыстяклдмпвузьцгбчёйжхэшюўф",
    "bg": "аоеитнрсвлкдпмзгбъучйщцхжшяфьюѝ",
    "sr": "аоиенртјсуквдмлпзгбљчхшжњцћђфџ",
    "mk": "аоеитнрсвјдлпкмузгбчшцжњхќљџѓѕф",
    "kk": "аеыінтрлдсқомғбкүәшұйжпугөзңяиһхвэцфщчюьёъ",
    "tg": "аионртдершумвкбзлҳғқпҷҷӯӣгчфхсёяюйжэъ",
}
OTHER = {
    "el": "αοιετνσηρπκμλςυίόγέάήδωθχφβύώξζψϊϋΐΰ",
    "he": "יוהלאמרתבשנדעקחםפגטןזכסצךףץ",
    "ar": "اليمنرتبةعدسفهوكقحأجذصشطىخإضزغءئثظآؤـًٌٍَُِّْ",
    "fa": "ايیردنهمتبوسشكکگلخقفزحجعپصآطغضچثژذظءئًّ",
    "ur": "ايیکہےرنمتسوبلدںگجپقعچخشحطفئھزٹصآضغڑثڈذظءژ",
    "th": "านรกอเงมยวลดสตทบคหป\u0e48\u0e49\u0e31\u0e35\u0e34\u0e38\u0e39\u0e37\u0e36แใไจพ"
    "ชโขผถธณญฟษศซภฐฉ\u0e47\u0e4cำะๆฏฎฑฒฬฮฝฆ",
}
EAST_ASIAN = ("zh", "zh-Hant", "ja", "ko")
"""Whose characters are too many to list: they are told by the standards that sort them into frequent and rare ones."""
SIMILAR = {
    "nn": "nb",
    "no": "nb",
    "bs": "hr",
    "sh": "hr",
    "ku": "tr",
    "cnr": "hr",
    "ast": "es",
    "an": "es",
    "oc": "ca",
    "yue": "zh-Hant",
    "wuu": "zh",
    "cmn": "zh",
    "fo": "is",
    "lb": "de",
    "gsw": "de",
    "rm": "it",
    "sc": "it",
    "nds": "de",
    "fy": "nl",
    "af": "nl",
    "br": "fr",
    "gd": "it",
    "ht": "fr",
    "qu": "es",
    "gn": "pt",
    "ay": "es",
    "scn": "it",
    "fur": "fr",
    "co": "it",
    "vec": "it",
    "nap": "it",
    "lld": "it",
    "ky": "ru",
    "yi": "he",
    "ckb": "ar",
    "ps": "fa",
    "prs": "fa",
    "tt": "ru",
    "ce": "ru",
    "os": "ru",
    "fil": "es",
    "tl": "es",
    "nah": "es",
}
"""Languages with the letters of another one, as far as old encodings have them."""
AROUND_WORDS = frozenset("«»“”„‘’‚‹›–—…¿¡\u00a0\u200e\u200f\u00ad،؛؟")
"""Marks that touch words."""
AMONG_WORDS = frozenset("°€£§№•·™©®½¼¾²³ºª×´")
"""Marks that stand alone, or touch figures."""


def model_of(tag: str) -> str:
    """The language among these that a BCP 47 tag means; empty for none."""
    parts = tag.split("-")
    language = SIMILAR.get(parts[0].lower(), parts[0].lower())
    rest = {part.lower() for part in parts[1:]}
    if language == "zh" and rest & {"hant", "tw", "hk", "mo"}:
        return "zh-Hant"
    if language == "sr" and "latn" in rest:
        return "hr"
    return language if language in {*LATIN, *CYRILLIC, *OTHER, *EAST_ASIAN} else ""
