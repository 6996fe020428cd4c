"""The words people read, by what they are for: answers, forms, notices."""
