"""The engine of the quiz room: what a question is, how it is marked, drawn and proved."""
