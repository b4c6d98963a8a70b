"""Campaigns: when, where and through which channels a frozen questionnaire is put to citizens.

Owns the tables `campaigns`, `campaign_offices` and `campaign_links`. Responses asks which campaign stands
behind a public code (`queries.find_entry`); results asks for a campaign's offices, channels and population.
"""
