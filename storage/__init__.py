"""What is kept: cases sealed under a key each, the outbox, timers and the audit chain."""
