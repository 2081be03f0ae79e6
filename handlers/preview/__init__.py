"""What an editor is about to record, shown before it is done, and then done just so."""
