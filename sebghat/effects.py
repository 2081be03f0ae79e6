"""What each command does to a state: no clock, no departures, no journal (overtaking.md §4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sebghat.command import (
    SAME,
    Answer,
    Claim,
    Command,
    Correct,
    Faulty,
    Hold,
    Observe,
    Refusal,
    Release,
    Result,
    Retract,
    Review,
    SetRules,
)
from sebghat.comparison import Rules, distance
from sebghat.observation import METRICS, Observation, Unit, Value
from sebghat.platforms import Origin
from sebghat.state import State, today

LIMIT = 10**18  # the greatest round number that a store of 64 bits keeps, and more people than there are


def apply(state: State, command: Command) -> Answer:
    """Does what the command says, or answers why not; a refusal changes nothing."""
    match command:
        case Observe():
            return _observe(state, command)
        case Correct():
            return _correct(state, command)
        case Retract():
            return _retract(state, command)
        case Review():
            return _review(state, command)
        case Claim():
            return _claim(state, command)
        case SetRules():
            return _set_rules(state, command)
        case Hold():
            return _keep(state, command)
        case Release():
            return _release(state, command)
    return Answer(Result.ADVANCED)


def _observe(state: State, command: Observe) -> Answer:
    given: dict[str, Observation] = {}
    for observation in command.observations:
        error = _fault(state, observation, command.at)
        if error:
            return Answer(error=error)
        if isinstance(observation, Observation):
            if observation.id in given:
                return Answer(error=Refusal.DUP_ID)
            given[observation.id] = observation
    duplicates = {}
    for observation in given.values():
        twin = state.twin(observation)
        if twin:
            duplicates[observation.id] = twin.id
        else:
            first = observation.root == observation.id
            state.enter(observation if first else replace(observation, root=observation.id))
    touched = state.settle(command.at, silent=command.silent, only_added=True)
    result = Result.DUPLICATE if len(duplicates) == len(given) else Result.RECORDED
    return Answer(result, duplicates=duplicates, touched=touched)


def _fault(state: State, given: Observation | Faulty, at: datetime) -> Refusal | None:
    if isinstance(given, Faulty) and given.why is Refusal.BAD_ASOF:
        return Refusal.BAD_ASOF
    if given.platform not in state.platforms:
        return Refusal.UNKNOWN_PLATFORM
    if given.metric not in METRICS:
        return Refusal.UNKNOWN_METRIC
    if isinstance(given, Faulty) or not _sound(given.metric, given.value, given.n):
        return Refusal.BAD_VALUE
    if given.asof.first > today(at):
        return Refusal.FUTURE
    return Refusal.DUP_ID if state.used(given.id) else None


def _sound(metric: str, value: Value, n: int | None) -> bool:
    poll = METRICS[metric].unit is Unit.PERCENT
    most = 10_000 if poll else LIMIT
    if value.lo > most or (value.hi is not None and value.hi > most) or value.res > LIMIT:
        return False
    return n is None or (poll and 1 <= n <= LIMIT)


def _correct(state: State, command: Correct) -> Answer:
    old = state.versions.get(command.id)
    if old is None:
        return Answer(error=Refusal.UNKNOWN_ID)
    if not state.is_live(old.id):
        return Answer(error=Refusal.NOT_LIVE)
    if command.why:
        return Answer(error=command.why)
    new = replace(
        old,
        id=command.new_id,
        value=old.value if command.value is SAME else command.value,
        n=old.n if command.n is SAME else command.n,
        asof=old.asof if command.asof is SAME else command.asof,
        release=old.release if command.release is SAME else command.release,
        recorded_at=command.at,
        recorded_by=command.by or old.recorded_by,
        quote=old.quote if command.quote is None else command.quote,
        address=old.address if command.address is None else command.address,
        note=old.note if command.note is None else command.note,
    )
    error = _fault(state, new, command.at)
    if error:
        return Answer(error=error)
    if new.content == old.content:
        return Answer(Result.DUPLICATE, duplicates={new.id: old.id})
    state.remove(old)
    state.enter(new)
    return Answer(Result.RECORDED, touched=state.settle(command.at, silent=command.silent))


def _retract(state: State, command: Retract) -> Answer:
    version = state.versions.get(command.id)
    if version is None:
        return Answer(error=Refusal.UNKNOWN_ID)
    if not state.is_live(version.id):
        return Answer(error=Refusal.NOT_LIVE)
    state.remove(version)
    return Answer(Result.RECORDED, touched=state.settle(command.at))


def _review(state: State, command: Review) -> Answer:
    named = [state.versions.get(name) for name in (command.domestic, command.foreign)]
    chains = [state.live.get(version.root) for version in named if version]
    if len(chains) < 2:
        return Answer(error=Refusal.UNKNOWN_ID)
    domestic, foreign = (state.versions[name] if name else None for name in chains)
    if domestic is None or foreign is None:
        return Answer(error=Refusal.NOT_LIVE)
    ours, theirs = state.platforms[domestic.platform], state.platforms[foreign.platform]
    sides = ours.origin is Origin.DOMESTIC and ours.may_meet(theirs)
    if not sides or (domestic.metric, domestic.scope) != (foreign.metric, foreign.scope):
        return Answer(error=Refusal.INCOMPARABLE)
    if distance(domestic.key, foreign.key) > METRICS[domestic.metric].window:
        return Answer(error=Refusal.WINDOW)
    if not state.review(domestic, foreign):
        return Answer(Result.DUPLICATE)
    return Answer(Result.RECORDED, touched=state.settle(command.at))


def _claim(state: State, command: Claim) -> Answer:
    if state.used(command.id):
        return Answer(error=Refusal.DUP_ID)
    state.put(state.claims, command.id, command)
    return Answer(Result.CLAIM)


def changed_rules(state: State, command: SetRules) -> Rules | None:
    """The rules as the command wants them; None for an unknown constant or an impossible value."""
    try:
        return replace(state.rules, **command.values)
    except (TypeError, ValueError):
        return None


def _set_rules(state: State, command: SetRules) -> Answer:
    rules = changed_rules(state, command)
    if rules is None:
        return Answer(error=Refusal.BAD_COMMAND)
    state.put(state.constants, "rules", rules)
    for contest in {*state.folds, *state.items}:
        state.stir(contest, None)
    return Answer(Result.RECORDED, touched=state.settle(command.at, rules_changed=True))


def _keep(state: State, command: Hold) -> Answer:
    if not state.notes(command.group):
        return Answer(error=Refusal.UNKNOWN_ID)
    state.put(state.kept, command.group, True)
    return Answer(Result.KEPT)


def _release(state: State, command: Release) -> Answer:
    if not state.notes(command.group):
        return Answer(error=Refusal.UNKNOWN_ID)
    state.put(state.kept, command.group, None)
    return Answer(Result.RELEASED)
