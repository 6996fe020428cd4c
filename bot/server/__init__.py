"""What `signpost serve` answers over HTTP: health, metrics, and the console page on loopback."""
