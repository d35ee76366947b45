"""Makes what the gate runs on from the reviewed messages: the encoder's graph and the heads."""
