"""One citizen's answers to one questionnaire: the form, its check, the stored response, its flags.

Tables: responses, submissions, rehearsal_responses (wiped with their rehearsal, never part of a figure), and counts for
staff pages that are made from responses: arrival_hours, arrival_days, arrival_horizon. `results` asks `queries` for
coded answers; `demo` stores through `operations`.
"""
