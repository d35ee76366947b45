"""A clinic that set no country: the bot names what works nearly everywhere."""


async def test_the_number_is_the_one_that_works_nearly_everywhere(talk):
    chat = talk(country="")
    await chat.says("I can't breathe")
    chat.sees("112 or your local emergency number", "911 in the US and Canada")
    await chat.sends("", "country:AU")
    chat.sees_number("000")
