"""Pure decisions about results: scoring of answers, the index, its canonical document, disclosure control."""
