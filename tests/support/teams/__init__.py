"""A stand-in Teams and Microsoft Graph on 127.0.0.1, for tests."""
