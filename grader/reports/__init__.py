"""What an instructor reads: the class page, the terminal."""
