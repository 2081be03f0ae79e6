"""One module for each messenger; only bot.app and bot.messengers name them."""
