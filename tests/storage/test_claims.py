"""Claims without figures, as they are kept and found."""

from __future__ import annotations

from sebghat.claim import Claim
from sebghat.periods import AsOf, Calendar, Precision
from storage.store import Store
from tests.storage.samples import NOON


async def test_claims_are_found_by_winner_and_by_loser(store: Store) -> None:
    day = AsOf(Calendar.JALALI, Precision.DAY, 1403, 3, 12)
    claims = [Claim("eitaa", loser, "ir", "mcit", "official", day) for loser in ("telegram", "whatsapp")]
    async with store.transaction() as record:
        for claim in claims:
            command = await record.log.append("claim", NOON, None, {})
            await record.claims.add(command, claim, NOON)
    assert await store.claims.of("eitaa") == claims
    assert await store.claims.of("whatsapp") == claims[1:]
    assert await store.claims.of("bale") == []
    assert await store.claims.of() == claims
