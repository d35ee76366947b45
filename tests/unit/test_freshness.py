"""A model is trained when it is missing or when what it is made from has changed, and only then."""

import pytest

from bot.training.freshness import Model, TrainingFailed, train


@pytest.fixture
def model(tmp_path):
    """A model that is a copy of its one source."""
    messages = tmp_path / "messages"
    messages.mkdir()
    (messages / "greet.yml").write_text("hello")
    made = tmp_path / "models" / "copy"
    return Model(
        "a copy", made, (messages,), messages, lambda path: path.write_text((messages / "greet.yml").read_text())
    )


def test_a_missing_model_is_not_fresh(model):
    assert not model.fresh()


def test_a_trained_model_is_fresh_at_the_second_start(model):
    train(model)
    assert model.fresh()


def test_a_changed_message_makes_it_stale(model):
    train(model)
    (model.needs / "greet.yml").write_text("hullo")
    assert not model.fresh()


def test_a_renamed_file_makes_it_stale(model):
    train(model)
    (model.needs / "greet.yml").rename(model.needs / "thanks.yml")
    assert not model.fresh()


def test_training_again_brings_it_up_to_date(model):
    train(model)
    (model.needs / "greet.yml").write_text("hullo")
    train(model)
    assert model.fresh()
    assert model.path.read_text() == "hullo"


def test_a_failed_training_leaves_the_model_that_was_there(model):
    train(model)

    def fail(path):
        raise TrainingFailed("no room on the disk")

    (model.needs / "greet.yml").write_text("hullo")
    with pytest.raises(TrainingFailed, match="no room"):
        train(Model("a copy", model.path, model.sources, model.needs, fail))
    assert model.path.read_text() == "hello"
    assert not model.fresh()
