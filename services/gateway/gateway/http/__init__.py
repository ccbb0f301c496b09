"""What every request and answer has in common: who asks, what is known of the query, how an error is answered."""
