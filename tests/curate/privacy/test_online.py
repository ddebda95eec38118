import pytest

from commonhold.curate.privacy.redactor import KINDS, PERSONAL_KINDS, RedactionSettings, Redactor

USUAL = Redactor(RedactionSettings(regions=("US",)))
WITH_ADDRESSES = Redactor(RedactionSettings(regions=("US",), kinds=KINDS))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("follow @ana_lopez please", "follow [PROFILE] please"),
        ("Contact @riverbend.clinic.", "Contact [PROFILE]."),
        ("フォロー@taro123です", "フォロー[PROFILE]です"),
        ("＠ａｎａ＿ｌｏｐｅｚ", "[PROFILE]"),
        ("t.me/anna_k", "[PROFILE]"),
        ("https://wa.me/254712345678?text=hi", "[PROFILE]"),
        ("instagram.com/anna.k/, thanks", "[PROFILE], thanks"),
        ("(https://www.facebook.com/ana.lopez.7)", "([PROFILE])"),
        ("https://www.linkedin.com/in/ana-lopez", "[PROFILE]"),
        ("u/some_name said", "[PROFILE] said"),
        ("微信号：wxid_abc123", "微信号：[PROFILE]"),
        ("Skype: live.ana_1", "Skype: [PROFILE]"),
        ("discord: ana#1234", "discord: [PROFILE]"),
        ("my website is http://www.ana-lopez.hu/", "my website is [PROFILE]"),
        ("Mi página web: ana-lopez.es.", "Mi página web: [PROFILE]."),
    ],
)
def test_names_and_pages_of_people_on_the_web_are_masked(text: str, masked: str) -> None:
    redacted = USUAL.redact(text)
    assert redacted.text == masked
    assert {(find.kind, find.tier) for find in redacted.finds} == {("online_profile", "likely")}


@pytest.mark.parametrize(
    "text",
    [
        "@property\ndef x",
        "@cached\ndef x",
        "@app.route('/')",
        "npm i @types/node",
        "at 5 @ 3",
        "@everyone look",
        "cost @5",
        "@ab",
        "see netflix.com/title",
        "https://www.facebook.com/sharer/sharer.php?u=x",
        "https://www.instagram.com/p/Cxyz123/",
        "telegram: join us",
        "line: 12.5",
        "username: admin",
        "the menu/u/x",
        "my website is down. Try it",
        "see https://riverbend.example/forms and riverbend.org",
    ],
)
def test_other_signs_and_addresses_stay(text: str) -> None:
    assert USUAL.redact(text).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("see https://x.example/forms.", "see [URL]."),
        ("www.x.example/a?b=1 and", "[URL] and"),
        ("riverbend.org or riverbend.org.uk", "[URL] or [URL]"),
        ("これはriverbend.jpです", "これは[URL]です"),
        ("readme.md, main.py and e.g. this.It", "readme.md, main.py and e.g. this.It"),
        ("3.14", "3.14"),
    ],
)
def test_every_web_address_is_masked_where_a_recipe_asks_for_it(text: str, masked: str) -> None:
    assert WITH_ADDRESSES.redact(text).text == masked


def test_web_addresses_are_not_masked_unless_asked_for() -> None:
    assert set(KINDS) - set(PERSONAL_KINDS) == {"web_address"}
    assert USUAL.redact("riverbend.org").finds == ()
