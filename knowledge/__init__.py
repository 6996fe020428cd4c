"""What Signpost knows: topics, policies, and how a question is answered from them."""
