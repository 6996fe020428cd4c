"""Fresh databases: whatever a test does to its own, the next test finds its own as new."""

import time
from typing import LiteralString

import psycopg
import pytest

from tests.support.databases import Postgres, plain, rows_of
from tests.support.postgres import PostgresServer

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
PREPARED: LiteralString = """
    CREATE TABLE revision (id text);
    INSERT INTO revision VALUES ('0007');
    CREATE TABLE cases (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, reference text UNIQUE);
    CREATE TABLE audit (row int REFERENCES cases);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'append only'; END $$;
    CREATE TRIGGER append_only BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse();
"""
USED: LiteralString = """
    INSERT INTO cases (reference) VALUES ('SP-1'), ('SP-2');
    INSERT INTO audit VALUES (1), (2);
"""


def _prepare(url: str) -> None:
    rows_of(url, PREPARED)


def _made(url: str) -> str:
    return url.rpartition("/")[2]


def test_two_databases_at_a_time_are_not_the_same(postgres: Postgres) -> None:
    first, second = postgres.new_database(), postgres.new_database()
    rows_of(first, "CREATE TABLE kept (word text)")
    assert rows_of(second, TABLES) == [(0,)]
    postgres.give_back(first)
    postgres.give_back(second)


def test_a_database_given_back_comes_again_empty(postgres: Postgres) -> None:
    used = postgres.new_database()
    rows_of(used, PREPARED)
    postgres.give_back(used)
    again = postgres.new_database()
    assert again == used
    assert rows_of(again, TABLES) == [(0,)]
    postgres.give_back(again)


def test_a_prepared_database_comes_again_as_it_was_prepared(postgres: Postgres) -> None:
    used = postgres.new_database(_prepare)
    rows_of(used, USED)
    postgres.give_back(used)
    again = postgres.new_database(_prepare)
    assert again == used
    assert rows_of(again, "SELECT * FROM revision") == [("0007",)]
    assert rows_of(again, "SELECT * FROM audit") == rows_of(again, "SELECT * FROM cases") == []
    rows_of(again, USED)
    assert rows_of(again, "SELECT id FROM cases ORDER BY 1") == [(1,), (2,)]
    with pytest.raises(psycopg.errors.RaiseException, match="append only"):
        rows_of(again, "DELETE FROM audit")
    postgres.give_back(again)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE cases ADD COLUMN more text",
        "DROP TABLE audit",
        "DROP TRIGGER append_only ON audit",
        "CREATE INDEX more ON audit (row)",
        "UPDATE revision SET id = '0006'",
        "CREATE SCHEMA more",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database()); END $$",
    ],
)
def test_a_database_that_cannot_be_made_as_new_is_dropped(postgres: Postgres, change: LiteralString) -> None:
    changed = postgres.new_database(_prepare)
    rows_of(changed, change)
    postgres.give_back(changed)
    assert (_made(changed),) not in rows_of(postgres.url, "SELECT datname FROM pg_database")


def test_a_prepared_database_and_an_empty_one_are_not_confused(postgres: Postgres) -> None:
    prepared, empty = postgres.new_database(_prepare), postgres.new_database()
    postgres.give_back(prepared)
    postgres.give_back(empty)
    assert postgres.new_database() == empty
    assert postgres.new_database(_prepare) == prepared
    postgres.give_back(prepared)
    postgres.give_back(empty)


def test_a_fresh_database_costs_less_than_a_tenth_of_a_second(postgres: Postgres) -> None:
    url = postgres.new_database(_prepare)
    taken = []
    for _ in range(10):
        rows_of(url, USED)
        began = time.perf_counter()
        postgres.give_back(url)
        url = postgres.new_database(_prepare)
        taken.append(time.perf_counter() - began)
    postgres.give_back(url)
    assert min(taken) < 0.1


def test_whoever_is_still_connected_is_cut_off(postgres: Postgres) -> None:
    url = postgres.new_database(_prepare)
    with psycopg.connect(plain(url)) as connection:
        connection.execute("LOCK TABLE cases")
        postgres.give_back(url)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()


def test_closing_drops_what_was_made_on_somebody_elses_server(postgres: Postgres) -> None:
    guest = Postgres(plain(postgres.url))
    made = {(_made(guest.new_database()),), (_made(guest.new_database(_prepare)),)}
    assert made <= set(rows_of(postgres.url, "SELECT datname FROM pg_database"))
    guest.close()
    assert not made & set(rows_of(postgres.url, "SELECT datname FROM pg_database"))


def test_a_database_given_back_after_a_crash_comes_again(own_postgres: PostgresServer) -> None:
    url = own_postgres.new_database(_prepare)
    rows_of(url, USED)
    own_postgres.crash()
    own_postgres.restart()
    own_postgres.give_back(url)
    assert own_postgres.new_database(_prepare) == url
    own_postgres.give_back(url)
