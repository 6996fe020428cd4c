"""The same tests for every platform: what `bot.sending.Messenger` says, each one does, the fake as well."""
