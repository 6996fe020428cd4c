"""Signpost in Slack: what people see there, what they send, and how both travel."""
