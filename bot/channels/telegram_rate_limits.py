"""Rate limits of Telegram: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.

"Avoid sending more than one message per second" to a chat, "we may allow short bursts"; "not more than 30 messages per
second or so" in all; "20 messages per minute to the same group". What counts as a message and how long a burst may be it
does not say.
"""

from bot.channels.telegram_topics import chat_of
from bot.messages import Outgoing
from bot.outbox.rate_limits import WHOLE, RateLimit, RateLimits

# At most 28 in any second, wherever it begins: what leaves evenly may arrive in a bunch. With 30, a machine under heavy load was
# told to wait by 9 of 240 calls.
_ALL = RateLimit(every=1 / 25, burst=3)
_PERSON = RateLimit(every=1.0, burst=4)  # so that an answer of several parts comes at once
_GROUP = RateLimit(every=4.0, burst=5)  # at most 20 in any minute


def rate_limits_of(outgoing: Outgoing) -> RateLimits:
    """Name the limits of a call. The answer to a tap is no message and has none.

    That buttons go is taken for a message where it counts for all or for a group, as python-telegram-bot's own limiter
    does, but not in the talk with one person, whose next answer would wait for it.
    """
    call, chat = outgoing.payload["call"], chat_of(outgoing.contact)
    if call == "answer":
        return {}
    if chat.startswith("-"):
        return {WHOLE: _ALL, chat: _GROUP}
    return {WHOLE: _ALL} if call == "retire" else {WHOLE: _ALL, chat: _PERSON}
