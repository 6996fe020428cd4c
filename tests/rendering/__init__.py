"""Pictures for the documents, drawn from what the program really sends. No part of `make test`."""
