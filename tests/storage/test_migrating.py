"""The tables go forwards and back under one lock, and are what the code takes them for (promises R2, R14)."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Table, inspect
from sqlmodel import SQLModel

from storage import timers
from storage.migrating import HEAD, RevisionError, current, migrate
from storage.store import Store, commit
from tests.storage.filled import NOW, add_case, change, everything, fill, opened
from tests.support.killing import killed_at


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store(database_url)
    yield made
    made.close()


def migrating(url: str, to: str) -> None:
    """What the processes do that are killed half way."""
    migrate(Store(url), to)


def shape(store: Store) -> dict[str, tuple[object, ...]]:
    """The tables as the database has them: columns with whether they may be empty, keys, indexes."""
    with store.reading() as session:
        look = inspect(session.connection())
        return {
            name: (
                {column["name"]: column["nullable"] for column in look.get_columns(name)},
                look.get_pk_constraint(name)["constrained_columns"],
                {tuple(index["column_names"]) for index in look.get_indexes(name)}
                | {tuple(one["column_names"]) for one in look.get_unique_constraints(name)},
                {(*key["constrained_columns"], key["referred_table"]) for key in look.get_foreign_keys(name)},
            )
            for name in look.get_table_names()
            if name != "alembic_version"
        }


def meant(table: Table) -> tuple[object, ...]:
    unique = {(column.name,) for column in table.columns if column.unique}
    return (
        {column.name: bool(column.nullable) for column in table.columns},
        [column.name for column in table.primary_key],
        {tuple(column.name for column in index.columns) for index in table.indexes} | unique,
        {(key.parent.name, key.column.table.name) for key in table.foreign_keys},
    )


def test_the_tables_are_what_the_code_takes_them_for(store: Store) -> None:
    assert current(store) is None
    assert migrate(store) == (None, HEAD)
    assert shape(store) == {table.name: meant(table) for table in SQLModel.metadata.sorted_tables}


def test_the_newest_revision_is_the_one_that_the_code_names() -> None:
    config = Config()
    config.set_main_option("script_location", "storage/migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_going_again_changes_nothing(store: Store) -> None:
    migrate(store)
    fill(store)
    before = everything(store)
    assert migrate(store) == (HEAD, HEAD)
    assert everything(store) == before


def test_every_step_goes_back_and_forth_and_leaves_the_same_tables(store: Store) -> None:
    migrate(store)
    whole = shape(store)
    steps = int(HEAD)
    for step in range(steps, 0, -1):
        after = None if step == 1 else f"{step - 1:04}"
        assert migrate(store, "-1") == (f"{step:04}", after)
    assert shape(store) == {}
    for step in range(1, steps + 1):
        assert migrate(store, f"{step:04}")[1] == f"{step:04}"
    assert shape(store) == whole


def test_a_hundred_open_timers_survive_a_step_back_and_forth(store: Store) -> None:
    migrate(store)
    with store.writing() as session:
        for number in range(100):
            case = add_case(session)
            timers.set_timer(session, case, "climb", NOW + timedelta(minutes=number), "0.1")
        commit(session)
    before = everything(store)
    migrate(store, "-1")
    migrate(store)
    after = everything(store)
    assert len(after["timer"]) == 100
    for table in ("timer", "case_file", "case_key", "notice", "telling", "chronology"):
        assert after[table] == before[table]


def test_three_that_start_at_once_on_an_empty_database_wait_for_each_other(database_url: str) -> None:
    stores = [Store(database_url) for _ in range(3)]
    went: list[tuple[str | None, str | None]] = []
    threads = [threading.Thread(target=lambda store=store: went.append(migrate(store))) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(went, key=str) == [(HEAD, HEAD), (HEAD, HEAD), (None, HEAD)]
    for store in stores:
        store.close()


def test_a_kill_on_the_way_leaves_the_tables_as_they_were(store: Store, database_url: str) -> None:
    assert killed_at("migration", migrating, database_url, "head")
    assert current(store) is None
    assert shape(store) == {}
    migrate(store)
    fill(store)
    before = everything(store)
    assert killed_at("migration", migrating, database_url, "-1")
    assert current(store) == HEAD
    assert everything(store) == before


def test_a_revision_that_is_not_there_is_one_clear_line(store: Store) -> None:
    migrate(store)
    with pytest.raises(RevisionError, match="there is no revision '0815' to go to from"):
        migrate(store, "0815")
    migrate(store, "0001")
    migrate(store, "-1")
    with pytest.raises(RevisionError, match="to go to from an empty database"):
        migrate(store, "-1")


def test_tables_of_a_newer_version_are_left_alone(database_url: str) -> None:
    store = opened(database_url)
    change(store, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RevisionError, match="are at revision 9999 and this version knows"):
        migrate(store)
    store.close()
