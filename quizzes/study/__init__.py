"""What comes back over time: sessions, cards, explain-it-back, history."""
