"""The points of a Weval prompt: plain language for people, functions that begin with `$` as patterns."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from commonhold.evaluate.exchange import patterns
from commonhold.evaluate.exchange.carried import Left, ReplyChecks
from commonhold.evaluate.scorers.pattern import unusable

_ALIASES = {"contain": "contains", "match": "matches", "imatch": "imatches", "icontain": "icontains"}
_GRADED = "in Weval a part of them counts in part; here all of them must hold"


def add_points(checks: ReplyChecks, points: Any, location: str, *, negated: bool) -> Iterator[Left]:
    """Adds the points of `should`, or of `should_not` with `negated`; gives what could not be carried over."""
    if points is None:
        return
    name = f"{location}, {'should_not' if negated else 'should'}"
    if isinstance(points, (str, dict)):
        points = [points]
    if not isinstance(points, list):
        yield Left(name, repr(points)[:60], "this is no list of points")
        return
    if any(isinstance(point, dict) and (point.get("weight") or point.get("multiplier")) for point in points):
        yield Left(name, "weights", "points of an item have no weights; an item has")
    ways = [point for point in points if isinstance(point, list)]
    for way, point in enumerate(ways, start=1):
        texts = "; ".join(_words(part) for part in point)
        checks.rubric.append(f"One way of {len(ways)} ({way}): {'must not: ' if negated else ''}{texts}")
        yield Left(name, texts[:60], "one of several ways to be right; kept in the column rubric for people")
    for number, point in enumerate(points, start=1):
        if not isinstance(point, list):
            yield from _add(checks, point, f"{name} {number}", negated=negated)


def _add(checks: ReplyChecks, point: Any, location: str, *, negated: bool) -> Iterator[Left]:
    call = _call(point)
    if call is None:
        text = _words(point)
        checks.rubric.append(f"Must not: {text}" if negated else text)
        return
    name, argument = call
    if isinstance(point, dict) and point.get("citation"):
        yield Left(location, "citation", f"kept in the column rubric: {point['citation']}")
        checks.rubric.append(f"Checked by ${name} {argument!r} [{point['citation']}]")
    yield from _check(checks, name, argument, location, negated=negated)


def _words(point: Any) -> str:
    """A point in plain language, its source in square brackets at the end."""
    if not isinstance(point, dict):
        return str(point).strip()
    text = point.get("point") or point.get("text")
    if text:
        return f"{str(text).strip()}{f' [{source}]' if (source := point.get('citation')) else ''}"
    return "; ".join(
        f"{str(key).strip()} [{value}]" for key, value in point.items() if key not in ("weight", "multiplier")
    )


def _call(point: Any) -> tuple[str, Any] | None:
    """Name and argument of a function; none for plain language."""
    if not isinstance(point, dict):
        return None
    if "fn" in point:
        return str(point["fn"]), point.get("arg", point.get("fnArgs"))
    return next(((str(key)[1:], value) for key, value in point.items() if str(key).startswith("$")), None)


def _check(checks: ReplyChecks, name: str, argument: Any, location: str, *, negated: bool) -> Iterator[Left]:
    turned = name.startswith("not_")
    plain = name.removeprefix("not_")
    plain = _ALIASES.get(plain, plain)
    against = negated is not turned
    if plain == "is_json" and not against:
        checks.schema = "{}"
        return
    made, why = _patterns(plain, argument)
    if plain.endswith("_all_of") and against and len(made) > 1 and not turned:
        made, why = [], "that not all of several texts are there cannot be asked for"
    if not made:
        yield Left(location, f"${name}: {argument!r}"[:80], why or "it needs a program, a service or a judge")
        return
    if faults := [reason for pattern in made if (reason := unusable(pattern))]:
        yield Left(location, f"${name}: {argument!r}"[:80], faults[0])
        return
    checks.patterns += [patterns.absent(pattern) if against else pattern for pattern in made]
    if plain.endswith("_all_of") and len(made) > 1:
        yield Left(location, f"${name}", _GRADED)


def _patterns(name: str, argument: Any) -> tuple[list[str], str]:
    """Patterns that must all hold, or why there are none."""
    any_case = name.startswith("i") and name != "is_json"
    texts = [str(text) for text in argument] if isinstance(argument, list) else [str(argument)]
    if argument in (None, "", []):
        return [], "it has no argument"
    if "word_count" in name or "at_least" in name:
        return [], "counting has no scorer"
    make = _MAKERS.get(name.removeprefix("i") if any_case else name)
    return ([patterns.cased(pattern, any_case=any_case) for pattern in make(texts)] if make else []), ""


def _one_line(pattern: str) -> str:
    return pattern.replace("\n", r"\n")


_MAKERS: Mapping[str, Callable[[list[str]], list[str]]] = {
    "contains": lambda texts: [patterns.literal(texts[0])],
    "contains_any_of": lambda texts: ["|".join(map(patterns.literal, texts))],
    "contains_all_of": lambda texts: list(map(patterns.literal, texts)),
    "contains_word": lambda texts: [patterns.word(texts[0])],
    "starts_with": lambda texts: [patterns.starts_with(texts[0])],
    "ends_with": lambda texts: [patterns.ends_with(texts[0])],
    "matches": lambda texts: [_one_line(texts[0])],
    "match_all_of": lambda texts: list(map(_one_line, texts)),
    "matches_all_of": lambda texts: list(map(_one_line, texts)),
    "match_any_of": lambda texts: ["|".join(f"(?:{_one_line(text)})" for text in texts)],
    "matches_any_of": lambda texts: ["|".join(f"(?:{_one_line(text)})" for text in texts)],
}
