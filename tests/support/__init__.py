"""The tests' own helpers: databases, a stand-in chat platform, a mail sink, and the program as a process."""
