"""One turn: what a message means in its conversation, and what is answered."""
