"""Makes the tables; may run any number of times."""
from backend import database

with database() as cursor:
    cursor.execute(
        "CREATE TABLE IF NOT EXISTS notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text NOT NULL)"
    )
print("the tables are as this release needs them")
