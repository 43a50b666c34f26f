"""Where questions are shown: the terminal, and what pages are made of."""
