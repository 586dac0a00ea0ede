"""A long hard day in minutes: phones and desks on a server that is killed again and again."""
