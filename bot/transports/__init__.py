"""One module for each messenger; only bot.app names them."""
