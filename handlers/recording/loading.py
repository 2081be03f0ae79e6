"""The part of the engine's state that commands need: the end of the contests they touch, or else whole lanes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sebghat.command import Command, Observe, SetRules
from sebghat.contest import Contest
from sebghat.notes import Item
from sebghat.observation import LATEST, Key, Lane, Observation
from sebghat.platforms import Platforms
from sebghat.state import State
from storage.store import Record

Items = Mapping[Contest, Sequence[Item]]


async def load(record: Record, platforms: Platforms, commands: Sequence[Command]) -> State:
    """The engine's state as far as the commands can tell it from the whole."""
    state = State(platforms, await record.ledger.rules())
    entered = [o for command in commands if isinstance(command, Observe) for o in command.figures]
    if all(isinstance(command, Observe) for command in commands):
        lanes: dict[Lane, dict[str, Key]] = {}
        for o in entered:
            earliest = lanes.setdefault(o.lane, {})
            earliest[o.platform] = min(o.key, earliest.get(o.platform, o.key))
        late = [lane for lane, earliest in lanes.items() if not await _load_end(state, record, lane, earliest)]
        await load_lanes(state, record, late)
        return state
    named = [i for command in commands for i in command.about]
    versions = await record.observations.known(named) if named else []
    if any(isinstance(command, SetRules) for command in commands):
        await load_lanes(state, record, await record.observations.lanes(), versions)
    else:
        await load_lanes(state, record, {o.lane for o in (*versions, *entered)}, versions)
    return state


async def _load_end(state: State, record: Record, lane: Lane, entered: dict[str, Key]) -> bool:
    """Loads what figures that come in from these keys on go on from; False, and nothing, if one comes in too late
    for that or a contest is too young."""
    pairs = {
        state.contest(lane, platform, opponent): (platform, opponent)
        for platform in entered
        if platform in state.platforms
        for opponent in state.opponents(platform)
    }
    bases = await record.checkpoints.of(pairs)
    young = {opponent for contest, (_, opponent) in pairs.items() if contest not in bases}
    if not young.isdisjoint(entered) or (young and await record.observations.present(lane, young)):
        return False
    bounds = dict(entered)
    for contest, base in bases.items():
        for platform, key in ((contest.domestic, base.domestic), (contest.foreign, base.foreign)):
            if entered.get(platform, LATEST) <= base.at:
                return False
            bounds[platform] = min(key, bounds.get(platform, key))
    items = await record.ledger.tails({contest: base.closed for contest, base in bases.items()})
    for contest, found in items.items():
        # Told at a late key, of a flip that lies far back: that flip is not among those kept.
        if any(item.flip and item.flip.at <= bases[contest].closed for item in found):
            return False
    versions = await record.observations.since(lane, bounds)
    ids = {version.id for version in versions}
    told = {i for found in items.values() for item in found if item.told for i in item.told.ids} - ids
    if told:
        state.standing |= await record.observations.standing(told)
    reviews = await record.observations.reviews_among({version.root for version in versions}) if versions else set()
    state.load(versions, ids, reviews, items, bases)
    return True


async def load_lanes(state: State, record: Record, lanes: Iterable[Lane], versions: Sequence[Observation] = ()) -> None:
    """Loads all that holds in these lanes, the reviews among it, and their ledger; and these versions."""
    live: list[Observation] = []
    items: dict[Contest, list[Item]] = {}
    lanes = set(lanes)
    reviews = await record.observations.reviews(lanes)
    for lane in lanes:
        live += await record.observations.of_lane(lane)
        items |= await record.ledger.items(lane)
    # A review of two lanes brings the other side's figure and the ledger of their contest with it.
    known = {o.root: o for o in live}
    others = {root for pair in reviews for root in pair} - known.keys()
    for other in await record.observations.living(others):
        known[other.root] = other
        live.append(other)
    for domestic, foreign in reviews:
        if domestic in known and foreign in known and known[domestic].lane != known[foreign].lane:
            ours, theirs = known[domestic].lane, known[foreign].lane
            items |= await record.ledger.items(ours.across(theirs))
    for version in versions:
        for twin in versions:
            if twin.lane != version.lane and (twin.metric, twin.scope) == (version.metric, version.scope):
                items |= await record.ledger.items(version.lane.across(twin.lane))
    ids = {o.id for o in live}
    state.load([*(v for v in versions if v.id not in ids), *live], ids, reviews, items)
