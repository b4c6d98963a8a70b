"""Campaigns: when, where and through which channels a frozen questionnaire is put to citizens.

Owns the tables `campaigns`, `campaign_offices`, `campaign_links`, `campaign_rehearsals`, `weight_sets`, `invitations`
and `invitation_codes`. Responses asks which campaign or rehearsal stands behind a public code (`queries.find_entry`);
results asks for a campaign's offices, channels, population and weight sets. A rehearsal answer refers to
`campaign_rehearsals`, whose row goes when it ends. Whoever stores an answer to an invitation deletes its code, and
writes nothing else about it.
"""
