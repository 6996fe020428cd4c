"""What `serve` answers over HTTP."""
