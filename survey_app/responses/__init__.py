"""One citizen's answers to one questionnaire: the form, its check, the stored response, its flags.

Tables: responses, response_designs (how the people of a drawn sample were drawn), response_imports and
response_uploads (files that bring in the answers of such a sample), submissions, rehearsal_responses (wiped with
their rehearsal, never part of a figure), and counts for staff pages that are made from responses: arrival_hours,
arrival_days, arrival_horizon. `results` asks `queries` for coded answers and designs; `demo` stores through
`operations`.
"""
