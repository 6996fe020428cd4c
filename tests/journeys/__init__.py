"""What people do from end to end with the started program."""
