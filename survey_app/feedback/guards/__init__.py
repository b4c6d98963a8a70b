"""Who may send a form and open a case without an account: signed papers, and limits for who guesses or floods."""
