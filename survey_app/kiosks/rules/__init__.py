"""Pure decisions about kiosks: PINs, health, what a device shows, and when an answer was given."""
