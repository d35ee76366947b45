"""Every question of every protocol: what breaks it, what answers it, and that it ends."""

import pytest

from bot.front.memory import Conversation
from bot.guidance.flows import MOST_QUESTIONS, load_flows

FLOWS = load_flows()
ASKED = [
    pytest.param(flow, question, id=f"{flow.name}.{question.id}")
    for flow in FLOWS.values()
    for question in flow.questions
]
ANSWERS = [
    pytest.param(flow, question, option, id=f"{flow.name}.{question.id}: {option.title}")
    for flow in FLOWS.values()
    for question in flow.questions
    for option in question.options
]


@pytest.fixture
def asked(talk):
    """A conversation in which this question is open: `asked(flow, question)`."""

    def opened(flow, question):
        chat = talk()
        facts = tuple(sorted(group)[0] for group in map(sorted, question.when))
        state = Conversation(flow=flow.name, question=question.id, about=flow.topics[0], facts=facts)
        chat.desk.memory.save(chat.name, state)
        return chat

    return opened


@pytest.mark.parametrize("flow, question", ASKED)
async def test_a_red_flag_breaks_every_question(asked, flow, question):
    chat = asked(flow, question)
    await chat.says("I can't breathe")
    assert chat.urgency == "emergency"
    chat.sees("Call 999 now")
    assert not chat.answer.flow


@pytest.mark.parametrize("flow, question", ASKED)
async def test_every_question_can_be_left(asked, flow, question):
    chat = asked(flow, question)
    await chat.says("never mind")
    chat.sees("That is fine", "999")
    await chat.says("yes")
    assert not chat.answer.flow


@pytest.mark.parametrize("flow, question", ASKED)
async def test_what_is_no_answer_is_asked_about_once(asked, flow, question):
    chat = asked(flow, question)
    await chat.says("hmm er")
    chat.sees(question.asks, "pharmacist")
    await chat.says("hmm er")
    chat.sees_not("I am not sure I understood")


@pytest.mark.parametrize("flow, question", ASKED)
async def test_another_matter_leaves_the_question(asked, flow, question):
    chat = asked(flow, question)
    await chat.says("how do I store the tablets?")
    assert "storage" in chat.sections


@pytest.mark.parametrize("flow, question, option", ANSWERS)
async def test_every_answer_leads_somewhere(asked, flow, question, option):
    chat = asked(flow, question)
    await chat.sends("", f"tell:{option.tell}")
    assert option.tell in chat.answer.facts
    if option.raises == "emergency":
        assert (chat.urgency, chat.red_flags) == ("emergency", [option.flag])
        chat.sees("Call 999 now")
    else:
        assert chat.urgency == (option.raises or "routine")
        assert chat.sections, "the guidance is quoted"


@pytest.mark.parametrize("flow, question, option", [p for p in ANSWERS if p.values[2].answer in ("yes", "no")])
async def test_yes_and_no_are_answers(asked, flow, question, option):
    chat = asked(flow, question)
    await chat.says(option.answer)
    assert option.tell in chat.answer.facts


@pytest.mark.parametrize("flow", FLOWS.values(), ids=lambda flow: flow.name)
async def test_calm_answers_end_every_protocol(asked, flow):
    chat = asked(flow, flow.questions[0])
    questions = 0
    question = flow.questions[0]
    while question:
        questions += 1
        calm = [option for option in question.options if option.raises not in ("emergency", "check")]
        await chat.sends("", f"tell:{calm[-1].tell}")
        question = flow.question(chat.answer.flow.partition(".")[2])
    assert questions <= MOST_QUESTIONS
    chat.never_saw("I am not sure I understood")
