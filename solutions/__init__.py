"""The source of every lesson, and what turns it into notebooks."""
