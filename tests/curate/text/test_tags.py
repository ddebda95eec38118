import pytest

from commonhold.curate.text.tags import family, mismatch, primary


@pytest.mark.parametrize(
    ("tag", "code"),
    [("pt-BR", "pt"), ("PT_br", "pt"), ("eng", "en"), ("fre", "fr"), ("iw", "he"), ("fil", "tl"), ("quc", "quc"),
     ("", "und"), ("english please", "und"), ("12", "und")],
)  # fmt: skip
def test_the_language_of_a_tag_is_its_shortest_code(tag: str, code: str) -> None:
    assert primary(tag) == code


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ("no", "nb"), ("nn", "no"), ("nb", "nn"), ("zh-Hans", "zh-Hant"), ("yue", "zh"), ("sr-Latn", "sr"),
        ("hr", "bs"), ("sr", "hr"), ("cnr", "sr"), ("ms", "id"), ("id", "ms"), ("ar", "arz"), ("swh", "sw"),
        ("en-GB", "en"), ("eng", "en"), ("he", "iw"), ("fil", "tl"), ("", "en"), ("en", "und"), ("mul", "es"),
        ("x-village", "en"), ("zxx", "en"),
    ],
)  # fmt: skip
def test_tags_that_may_mean_one_language_are_no_mismatch(declared: str, found: str) -> None:
    assert mismatch(declared, found) is False
    assert mismatch(found, declared) is False


@pytest.mark.parametrize(
    ("declared", "found"),
    [("en", "es"), ("no", "da"), ("pt", "gl"), ("pt-BR", "es"), ("sr", "sl"), ("ar", "fa"), ("zh", "ja"), ("en", "eo")],
)
def test_near_relatives_outside_a_macrolanguage_are_a_mismatch(declared: str, found: str) -> None:
    assert mismatch(declared, found) is True


def test_every_member_belongs_to_one_macrolanguage() -> None:
    assert [family(tag) for tag in ("quz", "zai", "ckb", "plt", "en")] == ["qu", "zap", "ku", "mg", "en"]
