"""Pure decisions of the feedback desk: moves, deadlines on the working calendar, codes, wording, reports."""
