"""One conversation with one phone: an invitation, a rating, perhaps a few more questions, thanks.

Owns `texting_plans` (how a campaign invites), `conversations`, and `reply_readings`, among them the replies that a
person must read. Phone and answer are parted 24 hours after the last reply. `rules.reading` reads
replies by fixed rules and never guesses; `messaging` carries the texts; ratings become responses of channel
`sms` or `zalo`.
"""
