"""What each messenger can show and do; the form of a reply, and what is asked of a transport, follow from this alone.

Marks of the sources: D the messenger's documentation, S source of several libraries for it, O observed by others on
the live service, U undocumented: the cautious answer stands, and a setting may replace a limit. Documentation:
Telegram https://core.telegram.org/bots/api, Bale https://docs.bale.ai, Soroush Plus
https://soroushplus.com/p/documents/bot-platform, Rubika https://rubika.ir/botapi, Eitaa https://eitaayar.ir.
"""

from __future__ import annotations

from collections.abc import Mapping

from sebghat.conversation import Buttons, Capability, Markup

MB = 1_000_000
UNLIMITED = 1_000_000  # UTF-16 units: a terminal and a program of one's own have no limit that we come near

TELEGRAM = Capability(
    messenger="telegram",
    receives=True,  # D getUpdates, setWebhook
    markup=Markup.ENTITIES,  # D MessageEntity, offsets in UTF-16 units
    text_limit=4096,  # D sendMessage
    caption_limit=1024,  # D sendPhoto
    buttons=Buttons.INLINE,  # D InlineKeyboardMarkup
    data_limit=64,  # D callback_data, bytes
    pictures=True,  # D sendPhoto, 10 MB
    files=True,  # D sendDocument
    file_limit=50 * MB,  # D
    edits=True,  # D editMessageText
    deletes=True,  # D deleteMessage, within 48 hours
    pins=True,  # D pinChatMessage
    silent=True,  # D disable_notification
    inline=True,  # D answerInlineQuery
    menu=True,  # D setMyCommands
)
BALE = Capability(
    messenger="bale",
    receives=True,  # D
    markup=Markup.MARKDOWN,  # D always read as light Markdown; it cannot be switched off
    text_limit=4096,  # D
    caption_limit=1024,  # S; the documentation names up to 4096 for some media
    buttons=Buttons.INLINE,  # D
    data_limit=64,  # S as Telegram
    pictures=True,  # D sendPhoto, 10 MB
    files=True,  # D sendDocument
    file_limit=50 * MB,  # D
    edits=True,  # D editMessageText; the message that it returns may be a stub (O)
    deletes=True,  # D within 48 hours
    pins=True,  # D
    silent=False,  # U
    inline=False,  # D there is no such method
    menu=False,  # D setMyCommands is not among the methods
)
SPLUS = Capability(
    messenger="splus",
    receives=True,  # D
    markup=Markup.ENTITIES,  # S entities, parse_mode
    text_limit=4096,  # S
    caption_limit=1024,  # S
    buttons=Buttons.INLINE,  # S
    data_limit=64,  # S as Telegram
    pictures=True,  # S sendPhoto, 10 MB
    files=True,  # S sendDocument
    file_limit=50 * MB,  # S
    edits=True,  # S
    deletes=True,  # S
    pins=True,  # S
    silent=False,  # U one library of four knows it
    inline=False,  # U one library of four knows it
    menu=True,  # S setMyCommands
)
RUBIKA = Capability(
    messenger="rubika",
    receives=True,  # D
    markup=Markup.PARTS,  # S metadata.meta_data_parts, offsets in UTF-16 units
    text_limit=4096,  # S
    caption_limit=1024,  # U
    # D presses of inline keypads come to an endpoint alone; who polls hears only those of the chat's keypad.
    buttons=Buttons.KEYPAD,
    data_limit=64,  # U
    pictures=True,  # D requestSendFile, Image; 10 MB (S)
    files=True,  # D sendFile
    file_limit=50 * MB,  # S
    edits=True,  # D editMessageText; not the keypad with it
    deletes=True,  # D deleteMessage
    pins=True,  # S
    silent=True,  # D disable_notification
    inline=False,  # D there is no such method
    menu=True,  # D setCommands
)
EITAA = Capability(
    messenger="eitaa",
    receives=False,  # D Eitaayar only sends
    markup=Markup.NONE,  # D plain text
    text_limit=4000,  # U libraries part at 1000 to 4096: SEBGHAT_EITAA_TEXT_LIMIT
    caption_limit=1024,  # U
    buttons=Buttons.NONE,  # D
    pictures=True,  # D sendFile
    files=True,  # D sendFile
    file_limit=50 * MB,  # U
    pins=False,  # D only while sending: SEBGHAT_EITAA_PIN
    silent=False,  # U two names of the field are in use
)
CONSOLE = Capability(
    messenger="console",
    receives=True,
    markup=Markup.ANSI,  # where it is a terminal; plain in a pipe
    text_limit=UNLIMITED,
    caption_limit=UNLIMITED,
    buttons=Buttons.NONE,
)
HOOK = Capability(  # a program of one's own, called with signed JSON
    messenger="hook",
    receives=False,
    markup=Markup.JSON,
    text_limit=UNLIMITED,
    caption_limit=UNLIMITED,
    buttons=Buttons.NONE,
)
CAPABILITIES: Mapping[str, Capability] = {
    each.messenger: each for each in (TELEGRAM, BALE, SPLUS, RUBIKA, EITAA, CONSOLE, HOOK)
}


def takes_pictures(messenger: str) -> bool:
    """Whether a picture would be seen there."""
    return messenger in CAPABILITIES and CAPABILITIES[messenger].pictures
