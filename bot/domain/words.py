"""Words of a text: without case, accents and punctuation, and cut to what inflection leaves alone."""

import functools
import re
import unicodedata
from collections.abc import Sequence

MOST_LETTERS = 40
"""Of a word: what is longer is no word, and is cut."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - typed on phones, and in French
_APOSTROPHE = re.compile("['’]")  # noqa: RUF001
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_ELIDED = frozenset(
    {
        *("l", "d", "n", "s", "c", "j", "m", "t", "qu", "un", "dell", "all", "nell", "sull", "dall", "quell"),
        *("jusqu", "lorsqu", "puisqu", "quelqu", "gl", "dov", "com", "cos", "quest"),
    }
)
"""What French and Italian shorten before a vowel: a word of its own."""

_LEAST_STEM = 4
_ENDINGS = ("ings", "ing", "ies", "ed", "es", "en", "os", "as", "is", "s", "e", "n", "a", "o", "i", "y")
"""Of English, and of plurals and genders in the Romance and Germanic languages; the longest that fits is cut."""
_VERB_ENDINGS = (
    *("ieren", "iert", "ando", "endo", "iendo", "ados", "adas", "idos", "ado", "ada", "ido", "ida", "ato", "ata"),
    *("ito", "uto", "are", "ere", "ire", "ent", "ant", "ons", "ez", "er", "ir", "ar", "en", "em", "et", "st", "te"),
    *("t", "e", "u", "am", "an", "on", "ern", "eren"),
)
"""Of verbs, other than in English."""


def words_of(text: str) -> list[str]:
    """Split a text into words: no case, no accents, no punctuation; "don't" is one word, "l'imprimante" is two."""
    folded = text.casefold()
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(char for char in decomposed if not unicodedata.combining(char))
    found = _WORD.findall(folded)
    if "'" not in folded and "’" not in folded:  # noqa: RUF001
        return [word[:MOST_LETTERS] for word in found]
    return [part[:MOST_LETTERS] for word in found for part in _parted(word)]


def spelled_out(text: str) -> str:
    """Write umlauts as people do without the keys for them."""
    return text.casefold().translate(_UMLAUTS)


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Cut plurals, genders and the English endings of a long enough word, as often as there is one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM - (ending == "s") and word[-2:] != "ss":
            return stem(word.removesuffix(ending))
    return word


@functools.lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """Cut what conjugation adds to the stem of a verb in languages other than English."""
    short = stem(word)
    for ending in _VERB_ENDINGS:
        if short.endswith(ending) and len(short) - len(ending) >= _LEAST_STEM:
            return short.removesuffix(ending)
    return short


def initials(words: Sequence[str]) -> str:
    """Return the first letters of words."""
    return "".join(word[0] for word in words)


def _parted(word: str) -> list[str]:
    """Part an elided article from its word, and take the apostrophe out of a contraction."""
    parts = _APOSTROPHE.split(word)
    if len(parts) > 1 and parts[0] in _ELIDED:
        return [parts[0], "".join(parts[1:])]
    return ["".join(parts)]
