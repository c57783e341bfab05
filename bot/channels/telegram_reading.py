"""Parser of Telegram messages: the words, what came with them, and a message of which a part can't be read."""

from collections.abc import Mapping
from typing import Any

from telegram import Bot, Update
from telegram import Message as TelegramMessage

from bot.channels.json_reading import id_of, map_of, mapping, text_of
from bot.messages import File
from flows.messages import AttachmentKind, Message
from flows.text.language import clean

_NAME = 200  # characters of a file's name, or of a place
_QUOTED = 200  # characters of what is answered
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError)
_MESSAGES = ("message", "edited_message")
_ALWAYS = ("message_id", "date", "chat")
_ATTACHMENTS: Mapping[str, AttachmentKind] = {
    "photo": "photo",
    "voice": "voice",
    "audio": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "sticker",
    "sticker": "sticker",
    "document": "file",
    "location": "location",
    "venue": "location",
    "contact": "contact",
    "dice": "sticker",
}
# Fields that stand beside what somebody sent, or that Telegram fills in by itself when something happens in a chat. Whatever
# else a message holds was sent by hand, also kinds of which the Bot API knows nothing yet: https://core.telegram.org/bots/api#message
_NAMES = """
    message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count sender_business_bot sender_tag date
    business_connection_id chat forward_origin forward_from forward_from_chat forward_from_message_id forward_signature
    forward_sender_name forward_date is_topic_message is_automatic_forward reply_to_message external_reply quote reply_to_story
    reply_to_checklist_task_id reply_to_poll_option_id via_bot edit_date has_protected_content is_from_offline is_paid_post
    media_group_id author_signature paid_star_count text entities link_preview_options suggested_post_info effect_id caption
    caption_entities show_caption_above_media has_media_spoiler reply_markup guest_query_id guest_bot_caller_user
    guest_bot_caller_chat
    new_chat_members new_chat_member new_chat_participant left_chat_member left_chat_participant new_chat_title new_chat_photo
    delete_chat_photo group_chat_created supergroup_chat_created channel_chat_created message_auto_delete_timer_changed
    migrate_to_chat_id migrate_from_chat_id pinned_message successful_payment refunded_payment users_shared user_shared
    chat_shared gift unique_gift gift_upgrade_sent connected_website write_access_allowed passport_data
    proximity_alert_triggered boost_added chat_background_set checklist_tasks_done checklist_tasks_added
    poll_option_added poll_option_deleted direct_message_price_changed forum_topic_created forum_topic_edited
    forum_topic_closed forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden giveaway_created
    giveaway_completed paid_message_price_changed suggested_post_approved suggested_post_approval_failed
    suggested_post_declined suggested_post_paid suggested_post_refunded video_chat_scheduled video_chat_started
    video_chat_ended video_chat_participants_invited web_app_data chat_owner_changed chat_owner_left managed_bot_created
"""
_BESIDE = frozenset(_NAMES.split())


def read_update(posted: dict[str, Any], bot: Bot) -> Update:
    """Parse an update without the parts of its message that can't be read: they must not swallow the words.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError: nothing of it can be read.
    """
    try:
        return Update.de_json(posted, bot)
    except _BROKEN:
        name = next((name for name in _MESSAGES if mapping(posted.get(name))), None)
        if name is None:
            raise
        return Update.de_json({**posted, name: _what_can_be_read(posted[name], bot)}, bot)


def _what_can_be_read(message: dict[str, Any], bot: Bot) -> dict[str, Any]:
    """Keep what can be read. Any other part is only named, so that whoever sent it gets an answer."""
    least = {name: message[name] for name in _ALWAYS if name in message}
    read = {name: value for name, value in message.items() if _reads({**least, name: value}, bot)}
    return least | read | {f"unread_{name}": True for name in message if name not in read and name not in _BESIDE}


def _reads(message: dict[str, Any], bot: Bot) -> bool:
    try:
        TelegramMessage.de_json(message, bot)
    except _BROKEN:
        return False
    return True


def words_of(text: str) -> Message | None:
    """Read what somebody typed, or the start of a talk; None for nothing."""
    if text == "/start" or text.startswith("/start "):
        return Message(start=text[7:].strip())
    return Message(text=text) if text else None


def said_in(message: TelegramMessage) -> Message | None:
    """Read what one person sent; None for what Telegram tells by itself."""
    text = _words(message)
    started = words_of(text)
    if started and started.start is not None:
        return started
    attachment = next((kind for name, kind in _ATTACHMENTS.items() if getattr(message, name, None)), None)
    if attachment is None and not text and any(v for name, v in message.to_dict().items() if name not in _BESIDE):
        attachment = "other"
    text = "\n".join(filter(None, (text, _place(message), _card(message))))
    return Message(text=text, attachment=attachment) if text or attachment else None


def is_moving_place(message: TelegramMessage) -> bool:
    """Tell whether this only says where a live location has got to."""
    return message.location is not None and message.edit_date is not None


def file_in(message: TelegramMessage) -> File | None:
    """Find the file that Telegram keeps for us; of a picture the largest size."""
    for name, kind in _ATTACHMENTS.items():
        sent = getattr(message, name, None)
        best = sent[-1] if name == "photo" and sent else sent
        if best and id_of(getattr(best, "file_id", None)):
            return File(kind, best.file_id, clean(text_of(getattr(best, "file_name", "")), _NAME))
    return None


def quoted_in(message: TelegramMessage) -> str:
    """Read the beginning of the message that is answered, "" for none."""
    answered = message.reply_to_message
    text = message.quote.text if message.quote else (answered.text or answered.caption or "") if answered else ""
    return clean(text, _QUOTED)


def _words(message: TelegramMessage) -> str:
    """Read the text, with the addresses that hide under words behind them."""
    text = message.text or message.caption or ""
    entities = message.entities or message.caption_entities or ()
    raw = text.encode("utf-16-le")
    for entity in sorted(entities, key=lambda one: -one.offset):
        if entity.type == entity.TEXT_LINK and entity.url:
            end = 2 * (entity.offset + entity.length)
            raw = raw[:end] + f" ({entity.url})".encode("utf-16-le") + raw[end:]
    return raw.decode("utf-16-le", "ignore")


def _place(message: TelegramMessage) -> str:
    venue, location = message.venue, message.location or (message.venue.location if message.venue else None)
    if location is None:
        return ""
    named = (clean(venue.title, _NAME), clean(venue.address, _NAME)) if venue else ()
    return "\n".join(filter(None, (*named, map_of(location.latitude, location.longitude))))


def _card(message: TelegramMessage) -> str:
    """Read name and number of a shared contact: the number is heard as if they had typed it."""
    card = message.contact
    if card is None:
        return ""
    return clean(" ".join(filter(None, (card.first_name, card.last_name, card.phone_number))), _NAME)
