"""Questionnaires: reads, checks and freezes the files of the folder `questionnaires`, and edits drafts of new versions.

Owns the tables `questionnaire_versions`, `questionnaire_drafts` and `questionnaire_draft_revisions`. Campaigns asks for
a version's id, responses for the frozen questionnaire to compile a form from (and for a draft to preview), results for
the recipe of the index.
"""
