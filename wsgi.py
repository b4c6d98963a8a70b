"""Entry point of WSGI servers: `granian --interface wsgi wsgi:app` or `gunicorn wsgi:app`."""

from survey_app.factory import application

app = application()
