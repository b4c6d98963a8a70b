"""Pure decisions of room messaging: the gateway contract, texts, phone numbers, hours, pace, states."""
