"""The conversation: a message comes in, a reply goes out. Knows no transport and no SQL."""
