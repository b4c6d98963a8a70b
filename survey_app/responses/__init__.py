"""One citizen's answers to one questionnaire: the form, its check, the stored response, its flags.

Tables: responses, submissions. `results` asks `queries` for coded answers; `demo` stores through `operations`.
"""
