"""The page shell: base templates, language and display, errors, security headers, compression, charts.

Owns no table. Rooms extend `web/base.html` and answer machines with `problem()`.
"""
