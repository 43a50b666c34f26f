"""What strangers hand in, read without running it: zips, notebooks, Python's syntax."""
