"""Sources and methods that editors named."""

from __future__ import annotations

from storage.store import Store


async def test_names_are_kept_as_first_written(store: Store) -> None:
    async with store.transaction() as record:
        await record.catalogue.name("source", "iss", "ایسنا۲")
        await record.catalogue.name("source", "iss-2", "ايسنا۲")
    assert await store.catalogue.names("source") == [("iss", "ایسنا۲")]
    assert await store.catalogue.names("method") == []


async def test_what_is_called_otherwise_is_found_by_its_new_name_alone(store: Store) -> None:
    async with store.transaction() as record:
        await record.catalogue.name("source", "iss", "ایسنا۲")
        await record.catalogue.rename("source", "iss", "ایسنای نو")
        await record.catalogue.name("source", "iss-2", "ایسنا۲")
    assert await store.catalogue.names("source") == [("iss", "ایسنای نو"), ("iss-2", "ایسنا۲")]
