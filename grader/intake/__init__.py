"""The way in: archives, the exchange, strangers, attachments."""
