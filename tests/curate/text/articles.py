"""Texts in real languages and in invented ones."""

import random

# Article 1 of the Universal Declaration of Human Rights (United Nations, 1948; public domain).
ARTICLES = {
    "en": "All human beings are born free and equal in dignity and rights.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón.",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft begabt.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos.",
    "sw": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa. Wote wamejaliwa akili na dhamiri.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах.",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "zh-Hans": "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。",
    "he": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון.",
}

# Invented languages with the tags of real ones that no package knows.
SYLLABLES = {
    "quc": ["k'a", "che", "xa", "tzi", "wuj", "qa", "b'i", "ja", "nim"],
    "luo": ["o", "nyu", "gwe", "dho", "luo", "mar", "ka", "ti", "ber"],
}


def invented(tag: str, count: int, seed: int = 1) -> list[str]:
    rng = random.Random(f"{tag} {seed}")
    words = ["".join(rng.choices(SYLLABLES[tag], k=3)) for _ in range(60)]
    return [" ".join(rng.choices(words, k=9)) for _ in range(count)]


def rows(count: int = 60) -> list[tuple[str, str]]:
    return [(text, tag) for tag in SYLLABLES for text in invented(tag, count)]
