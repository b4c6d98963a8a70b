"""Questionnaires: reads, checks and freezes the files of the folder `questionnaires`.

Owns the table `questionnaire_versions`. Campaigns asks for a version's id, responses for the frozen
questionnaire to compile a form from, results for the recipe of the index.
"""
