"""The floor of collection speed: the smallest Flask application that acknowledges a durable row.

It serves the product's own page from memory and stores one JSON row for each POST, checks nothing, and knows one
address. On SQLite one thread groups commits (synchronous=FULL); on PostgreSQL each request commits.
"""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import threading
from concurrent.futures import Future
from pathlib import Path

from flask import Flask, Response, request

PAGE = Path(os.environ["FLOOR_PAGE"]).read_bytes()
URL = os.environ["FLOOR_DATABASE"]
PATH = os.environ["FLOOR_PATH"]


def sqlite_store():
    jobs: queue.Queue[tuple[str, Future[None]]] = queue.Queue(1024)

    def drain() -> None:
        connection = sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE IF NOT EXISTS answers (id INTEGER PRIMARY KEY, body TEXT)")
        while True:
            group = [jobs.get()]
            while len(group) < 256 and not jobs.empty():
                group.append(jobs.get_nowait())
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO answers (body) VALUES (?)", [(body,) for body, _ in group])
            connection.execute("COMMIT")
            for _, future in group:
                future.set_result(None)

    threading.Thread(target=drain, daemon=True).start()

    def store(body: str) -> None:
        future: Future[None] = Future()
        jobs.put_nowait((body, future))
        future.result()

    return store


def postgresql_store():
    from psycopg_pool import ConnectionPool

    pool = ConnectionPool(URL.replace("postgresql+psycopg", "postgresql"), min_size=4, max_size=32, open=True)
    with pool.connection() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute("CREATE TABLE IF NOT EXISTS floor_answers (id bigserial PRIMARY KEY, body jsonb)")

    def store(body: str) -> None:
        with pool.connection() as connection:
            connection.execute("INSERT INTO floor_answers (body) VALUES (%s)", (body,))

    return store


def create() -> Flask:
    app = Flask(__name__)
    store = sqlite_store() if URL.startswith("sqlite") else postgresql_store()

    @app.get(PATH)
    def show() -> Response:
        return Response(PAGE, headers={"Content-Encoding": "gzip"}, content_type="text/html; charset=utf-8")

    @app.post(PATH)
    def accept() -> Response:
        store(json.dumps(request.form.to_dict(), ensure_ascii=False))
        return Response(status=303, headers={"Location": "/thanks"})

    return app
