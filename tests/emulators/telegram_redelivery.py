"""How Telegram posts an update again: read from the server that it publishes (tdlib/telegram-bot-api, WebhookActor).

At once after the first failure, then after 2, 4, 8 … seconds, up to a minute; or when the webhook's Retry-After says. Updates of
one chat leave in order: one that fails holds up those behind it. After a day an update is dropped.
"""

from tests.emulators.emulator import Json, Now
from tests.emulators.redelivery import Answer, Post
from tests.emulators.telegram_chats import happened_in_chat

DAY = 24 * 3600  # seconds that an update is kept
# assumption: the server draws from 60 to 120; the shortest is the strictest for us
LONGEST = 60  # seconds between two tries
OBEYED = 3600  # seconds of Retry-After that are honoured


def again(now: Now, post: Post, answer: Answer) -> float | None:
    wait = min(answer.retry_after, OBEYED) or (min(2**post.failed, LONGEST) if post.failed else 0)
    return wait if now() + wait * 1000 <= post.made + DAY * 1000 else None


def lane(update: Json) -> str:
    """The chat that an update belongs to."""
    happened = happened_in_chat(update)
    return str(happened["chat"]["id"]) if happened else ""


def complaint(answer: Answer) -> str:
    """What getWebhookInfo tells of a failure."""
    if answer.status is None:
        return "Connection refused"  # assumption: the real text names the cause
    return f"Wrong response from the webhook: {answer.status}"
