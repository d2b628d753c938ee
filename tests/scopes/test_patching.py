"""Tools that patch attributes and items for a test are refused, and leave every parameter as it was."""

from unittest import mock

import pytest

import hyperparameter as hp

ATTRIBUTES = {
    "mock.patch.object": lambda target, _: mock.patch.object(target, "lr", 6).start(),
    "mock.patch.multiple": lambda target, _: mock.patch.multiple(target, lr=6).start(),
    "monkeypatch.setattr": lambda target, monkeypatch: monkeypatch.setattr(target, "lr", 6),
    "monkeypatch.delattr": lambda target, monkeypatch: monkeypatch.delattr(target, "lr"),
}
ITEMS = {
    "mock.patch.dict": lambda target, _: mock.patch.dict(target, {"lr": 6}).start(),
    "mock.patch.dict with clear": lambda target, _: mock.patch.dict(target, {}, clear=True).start(),
    "monkeypatch.setitem": lambda target, monkeypatch: monkeypatch.setitem(target, "lr", 6),
}


@pytest.fixture
def patch(monkeypatch):
    """Return a function that patches something, expects an error, and then undoes every patch."""

    def patch(tool, target, key):
        other = mock.Mock(value=1)
        monkeypatch.setattr(other, "value", 2)
        with pytest.raises(TypeError, match=rf"cannot restore the parameter '{key}': use `with hp\.scope\("):
            tool(target, monkeypatch)
        mock.patch.stopall()
        monkeypatch.undo()
        assert other.value == 1

    return patch


@pytest.mark.parametrize("tool", ATTRIBUTES)
@pytest.mark.parametrize("is_set", [True, False])
@pytest.mark.parametrize("is_read_before", [True, False])
def test_an_attribute_is_not_patched(patch, tool, is_set, is_read_before):
    outer = {"lr": 1, "train": {"lr": 2}} if is_set else {}
    with hp.scope(outer) as ps:
        before = dict(ps)
        if is_read_before:
            _ = hp.scope.lr, hp.scope.train.lr
        for target, key in ((ps, "lr"), (hp.scope, "lr"), (hp.scope.train, "train.lr"), (ps.train, "train.lr")):
            patch(ATTRIBUTES[tool], target, key)
            assert dict(ps) == before
    assert (hp.scope.lr | None) is None


@pytest.mark.parametrize("tool", ITEMS)
def test_an_item_is_not_patched(patch, tool):
    with hp.scope(lr=1) as ps:
        for target in (ps, hp.scope):
            patch(ITEMS[tool], target, "(train.)?lr")
            assert dict(ps) == {"lr": 1}


def test_an_item_is_not_deleted(monkeypatch):
    with hp.scope(lr=1) as ps:
        with pytest.raises(TypeError, match="cannot restore the parameter 'lr'"):
            monkeypatch.delitem(ps, "lr")
        monkeypatch.undo()
        assert dict(ps) == {"lr": 1}


def test_the_message_has_the_scope_to_use(monkeypatch):
    with pytest.raises(TypeError) as caught:
        monkeypatch.setattr(hp.scope.train, "lr", 6)
    assert str(caught.value) == (
        "_pytest.monkeypatch cannot restore the parameter 'train.lr': use "
        "`with hp.scope(**{'train.lr': ...}):`, which restores it (hyperparameter.testing shows how)"
    )


def test_what_a_mock_sets_in_its_own_code_is_not_refused():
    """Only the tools themselves are refused, not what tests call by them."""

    def set_rate():
        hp.scope.lr = 6

    with hp.scope() as ps:
        mock.Mock(side_effect=set_rate)()
        assert dict(ps) == {"lr": 6}
