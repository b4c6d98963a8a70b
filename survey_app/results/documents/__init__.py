"""What is printed of a published result: the page's contents in the reader's words, and the table as CSV."""
