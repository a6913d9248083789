"""Notes behind an API. The variables of libpq (PGHOST, PGUSER, PGSSLROOTCERT ...) say where the database is."""
import os
from contextlib import contextmanager

import psycopg2
from flask import Flask, jsonify, request
from psycopg2.pool import ThreadedConnectionPool

app = Flask(__name__)
_pool = None


@contextmanager
def database():
    """One connection for one request; a broken one does not go back."""
    global _pool
    _pool = _pool or ThreadedConnectionPool(0, 4, "")
    connection = _pool.getconn()
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        _pool.putconn(connection, close=connection.closed != 0)


def count():
    with database() as cursor:
        cursor.execute("SELECT count(*) FROM notes")
        return cursor.fetchone()[0]


@app.get("/livez")
def live():
    return jsonify(ok=True)


@app.get("/readyz")
def ready():
    with database() as cursor:
        cursor.execute("SELECT 1")
    return jsonify(ok=True)


@app.get("/")
def about():
    return jsonify(version=os.environ.get("APP_VERSION"), notes=count())


@app.get("/notes")
def notes():
    with database() as cursor:
        cursor.execute("SELECT id, text FROM notes ORDER BY id DESC LIMIT 50")
        return jsonify([{"id": id, "text": text} for id, text in cursor.fetchall()])


@app.post("/notes")
def keep():
    text = str((request.get_json(silent=True) or {}).get("text", ""))
    if not 0 < len(text) <= 200:
        return jsonify(error="text must have 1 to 200 characters"), 422
    with database() as cursor:
        cursor.execute("INSERT INTO notes (text) VALUES (%s) RETURNING id", (text,))
        return jsonify(id=cursor.fetchone()[0]), 201
