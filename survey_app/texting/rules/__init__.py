"""Pure decisions of room texting: how a reply is read, and what follows it."""
