"""Registered names with a version."""

import pytest

from commonhold.errors import RequestError
from commonhold.registry import Registry


def _scorers() -> Registry[str]:
    registry: Registry[str] = Registry("scorer")
    registry.register("include/1")("the first")
    registry.register("include/2")("the second")
    registry.register("exact/1")("the other")
    return registry


def test_each_version_keeps_its_thing() -> None:
    registry = _scorers()
    assert (registry.get("include/1"), registry.get("include/2")) == ("the first", "the second")


def test_register_gives_the_thing_back() -> None:
    thing = object()
    assert Registry[object]("step").register("tidy/1")(thing) is thing


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="'include/1' is registered twice"):
        _scorers().register("include/1")("an impostor")


@pytest.mark.parametrize(
    "name", ["include", "include/", "/1", "include/1/2", "include/one", "include/0", "include/²", "a b/1"]
)
def test_a_name_has_a_word_and_a_version(name: str) -> None:
    with pytest.raises(ValueError, match="'name/version'"):
        _scorers().register(name)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(RequestError, match="unknown scorer 'inclde/2'; did you mean 'include/2'"):
        _scorers().get("inclde/2")


def test_a_name_without_version_is_answered_with_one_that_has_it() -> None:
    with pytest.raises(RequestError, match="did you mean 'include/"):
        _scorers().get("include")


def test_a_name_near_to_none_is_answered_with_all() -> None:
    with pytest.raises(RequestError, match="known: exact/1, include/1, include/2"):
        _scorers().get("zzz")


def test_names_come_in_order_and_can_be_asked_for() -> None:
    registry = _scorers()
    assert list(registry) == ["exact/1", "include/1", "include/2"]
    assert "exact/1" in registry
    assert "exact/2" not in registry
