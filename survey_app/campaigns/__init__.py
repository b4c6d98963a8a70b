"""Campaigns: when, where and through which channels a frozen questionnaire is put to citizens.

Owns the tables `campaigns`, `campaign_offices`, `campaign_links` and `campaign_rehearsals`. Responses asks which
campaign or rehearsal stands behind a public code (`queries.find_entry`); results asks for a campaign's offices,
channels and population. A rehearsal answer refers to `campaign_rehearsals`, whose row goes when it ends.
"""
