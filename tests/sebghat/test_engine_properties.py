"""The properties of overtaking.md §13, on histories that nobody would think of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from sebghat.codec import from_json, to_json
from sebghat.command import (
    Advance,
    Command,
    Correct,
    Departure,
    Hold,
    MessageOut,
    Observe,
    Release,
    Retract,
    Review,
    Undo,
)
from sebghat.comparison import Rules, Verdict
from sebghat.contest import Contest, fold, snapshots
from sebghat.engine import held, lanes, rebuild, step
from sebghat.notes import Item, Kind
from sebghat.observation import Lane, Observation, Qualifier, Value
from sebghat.periods import AsOf, Calendar, Precision
from sebghat.platforms import Origin, Platform
from sebghat.replay import show
from sebghat.state import State
from tests.sebghat.histories import MILLION, SIDES, START, examples, figures, histories, observation


def run(
    commands: list[Command], platforms: dict[str, Platform] = SIDES, **rules: int
) -> tuple[State, list[MessageOut]]:
    state = State(platforms, Rules(**rules))
    sent: list[MessageOut] = []
    for command in commands:
        sent += step(state, command).sent
    return state, sent


def entered(figures: list[Observation], at: datetime = START) -> Command:
    return Observe(at=at, observations=tuple(figures))


def folds(state: State) -> dict[Contest, Any]:
    """Per contest: displayed, S, since, T, and each flip's side, `at`, `before`, `start`, `spoken`, style."""
    found = {}
    for contest, kept in state.folds.items():
        f = kept[-1]
        flips = [(x.side, x.at.key, x.before, x.start, x.spoken and x.spoken.key, x.style) for x in f.flips]
        found[contest] = (f.displayed, f.decisive, f.since, f.spoken, flips)
    return found


def picture(state: State) -> dict[str, Any]:
    """All that the state has come to, whichever way it came."""
    return {
        "rules": state.rules,
        "versions": state.versions,
        "live": state.live,
        "claims": set(state.claims),
        "series": state.series,
        "reviews": {contest: frozenset(pairs) for contest, pairs in state.reviews.items()},
        "folds": {contest: kept[-1] for contest, kept in state.folds.items()},
        "items": state.items,
        "held": held(state),
        "kept": set(state.kept),
    }


# 1


@examples(1)
@given(figures(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_entry_does_not_matter(some: list[Observation], random: Any, singly: bool) -> None:
    at_once, _ = run([entered(some)])
    shuffled = random.sample(some, len(some))
    commands = [entered([one]) for one in shuffled] if singly else [entered(shuffled)]
    other, _ = run(commands)
    assert folds(other) == folds(at_once)


# 2


@examples(1)
@given(histories())
def test_what_is_entered_twice_is_entered_once(commands: list[Command]) -> None:
    # An undo would make the twin of what it takes away count: that is another rule.
    commands = [command for command in commands if not isinstance(command, Undo)]
    once, sent = run(commands)
    twice = State(SIDES)
    messages: list[MessageOut] = []
    for command in commands:
        answer = step(twice, command)
        messages += answer.sent
        if isinstance(command, Observe) and answer.ok:
            twins = tuple(replace(o, id=f"{o.id}-twin") for o in command.figures)
            repeated = step(twice, replace(command, observations=twins))
            assert (repeated.result, repeated.sent) == ("duplicate", ())
    assert messages == sent
    assert picture(twice) == picture(once)


@examples(1)
@given(histories())
def test_a_replay_gives_the_same_answers(commands: list[Command]) -> None:
    first, second = State(SIDES), State(SIDES)
    for command in commands:
        assert step(first, command) == step(second, command)
    assert picture(first) == picture(second)


# 3

MIRROR = {Verdict.AHEAD: Verdict.BEHIND, Verdict.BEHIND: Verdict.AHEAD, Verdict.LEVEL: Verdict.LEVEL,
          Verdict.UNKNOWN: Verdict.UNKNOWN, None: None}  # fmt: skip


def tied(state: State) -> bool:
    """Whether some version of one reviewed pair of a contest of two lanes has the key of another pair's."""
    for contest, pairs in state.reviews.items():
        if contest.crosses:
            ends = [{v.key for v in state.versions.values() if v.root in pair} for pair in pairs]
            if len(pairs) > 1 and any(a & b for n, a in enumerate(ends) for b in ends[:n]):
                return True
    return False


def mirrored(note: dict[str, Any]) -> dict[str, Any]:
    """A note as the protocol shows it, the sides swapped."""
    contest = note["contest"]
    sources = contest[4].split(" x ")
    other = {**note, "contest": [contest[1], contest[0], *contest[2:4], " x ".join(sources[::-1])]}
    if "now" in note:
        other["now"] = MIRROR[Verdict(note["now"])]
    if "prev" in note:
        other |= {"domestic": note["foreign"], "foreign": note["domestic"]}
        other["prev"] = {**note["prev"], "state": MIRROR[Verdict(note["prev"]["state"])]}
    return other


@examples(1)
@given(histories())
def test_both_sides_are_treated_alike(commands: list[Command]) -> None:
    turned = {Origin.DOMESTIC: Origin.FOREIGN, Origin.FOREIGN: Origin.DOMESTIC}
    mirror = {name: replace(side, origin=turned[side.origin]) for name, side in SIDES.items()}
    swapped = [replace(c, domestic=c.foreign, foreign=c.domestic) if isinstance(c, Review) else c for c in commands]
    here = State(SIDES)
    sent: list[MessageOut] = []
    for command in commands:
        sent += step(here, command).sent
        # Reviewed pairs at one key go by root_d first (§5): that order alone knows which side is which.
        assume(not tied(here))
    there, also_sent = run(swapped, mirror)

    def by_words(notes: list[dict[str, Any]]) -> list[str]:
        return sorted(json.dumps(note, sort_keys=True) for note in notes)

    assert len(sent) == len(also_sent)
    for one, other in zip(sent, also_sent, strict=True):
        assert (one.group, one.at) == (other.group, other.at)
        assert by_words([mirrored(show(n)) for n in one.notes]) == by_words([show(n) for n in other.notes])
    states = {c: [f.displayed, f.decisive, f.spoken] for c, (*_, f) in here.folds.items()}
    for contest, (*_, f) in there.folds.items():
        sources = contest.lane.split(" x ")
        back = Contest(contest.foreign, contest.domestic, contest.metric, contest.scope, " x ".join(sources[::-1]))
        assert states.pop(back) == [MIRROR[v] for v in (f.displayed, f.decisive, f.spoken)]
    assert not states


# 4


@st.composite
def graded_pairs(draw: st.DrawFn) -> list[tuple[int, str]]:
    """Days of a year, each once, with A(head), B(ehind) or L(evel)."""
    days = draw(st.lists(st.integers(0, 250), unique=True, max_size=12))
    return [(day, draw(st.sampled_from("ABL"))) for day in sorted(days)]


def as_figures(pairs: list[tuple[int, str]], unit: int = MILLION) -> list[Observation]:
    found = []
    for number, side in pairs:
        on = date(2026, 1, 1) + timedelta(days=number)
        asof = AsOf(Calendar.GREGORIAN, Precision.DAY, on.year, on.month, on.day)
        for name, size in (("eitaa", {"A": 30, "B": 20, "L": 25}[side]), ("telegram", 25)):
            exact = Value(Qualifier.EXACT, size * unit, size * unit, unit)
            found.append(observation(f"{name}{number}", name, asof, exact, f"r{number}"))
    return found


@examples(1)
@given(graded_pairs())
def test_level_is_transparent(pairs: list[tuple[int, str]]) -> None:
    whole, _ = run([entered(as_figures(pairs))])
    rest, _ = run([entered(as_figures([(day, side) for day, side in pairs if side != "L"]))])

    def flips(state: State) -> list[Any]:
        return [(f.side, f.at.key, f.before) for kept in state.folds.values() for f in kept[-1].flips]

    assert flips(whole) == flips(rest)


# 5


@examples(1)
@given(figures(), st.integers(0, 200), st.integers(0, 200))
def test_more_noise_adds_no_flips(some: list[Observation], less: int, more: int) -> None:
    quiet, _ = run([entered(some)], noise_permille=less + more)
    lively, _ = run([entered(some)], noise_permille=less)
    for contest, kept in quiet.folds.items():
        assert len(kept[-1].flips) <= len(lively.folds[contest][-1].flips)


# 6


@examples(1)
@given(histories())
def test_the_state_kept_is_the_state_rebuilt(commands: list[Command]) -> None:
    state = State(SIDES)
    undone = False
    for command in commands:
        answer = step(state, command)
        undone |= isinstance(command, Undo) and answer.ok
        if undone:
            continue  # what an undo brought forth has its time; see below
        again = rebuild(state.journal, SIDES, Rules(), command.at)
        assert isinstance(again, State)
        assert picture(again) == picture(state)


@examples(1)
@given(histories())
def test_the_fold_kept_is_the_fold_of_all_snapshots(commands: list[Command]) -> None:
    state = State(SIDES)
    for command in commands:
        step(state, command)
        for contest, kept in state.folds.items():
            if not contest.crosses:
                lane = Lane(contest.metric, contest.scope, contest.lane)
                ours, theirs = (state.series.get((lane, name), ()) for name in contest[:2])
                pairs = frozenset(state.reviews.get(contest, ()))
                assert kept[-1] == fold(snapshots(ours, theirs, state.rules, pairs), state.rules)


@examples(1)
@given(histories())
def test_a_restart_says_nothing(commands: list[Command]) -> None:
    state, _ = run(commands)
    before = picture(state)
    for contest in list(state.folds):
        state.stir(contest, None)
    assert state.clock is not None
    state.settle(state.clock)
    assert picture(state) == before


def part(state: State, command: Command) -> State:
    """What the store would load for this command."""
    wanted = lanes(command, state.versions.get)
    pairs = [(c, pair) for c, found in state.reviews.items() for pair in found]
    linked = {state.versions[root].lane for _, pair in pairs for root in pair
              if any(state.versions[other].lane in wanted for other in pair)}  # fmt: skip
    wanted |= linked
    loaded = State(state.platforms, state.rules)
    loaded.clock = state.clock
    loaded.ids = set(state.versions) | set(state.claims)
    inside = [o for o in state.versions.values() if o.lane in wanted]
    contests = {c: items for c, items in state.items.items() if any(
        Lane(c.metric, c.scope, name) in wanted for name in c.lane.split(" x "))}  # fmt: skip
    loaded.load(
        inside,
        [o.id for o in inside if state.is_live(o.id)],
        [pair for _, pair in pairs],
        {c: [from_json(Item, json.loads(json.dumps(to_json(i)))) for i in items] for c, items in contests.items()},
    )
    return loaded


@examples(1)
@given(histories())
def test_a_part_of_the_state_is_enough_for_a_command(commands: list[Command]) -> None:
    state = State(SIDES)
    for command in commands:
        if isinstance(command, Observe | Correct | Retract | Review):
            step(state, Advance(at=command.at))
            some = part(state, command)
            there = step(some, command, depart=False)
            # With no hold the whole state lets the message leave at once; the part's caller does it.
            here = step(state, command, depart=False)
            assert (here.result, here.error, here.duplicates) == (there.result, there.error, there.duplicates)
            assert here.touched == there.touched
            for contest in here.touched:
                assert state.items.get(contest) == some.items.get(contest)
                assert state.fold(contest) == some.fold(contest)
            step(state, Advance(at=command.at))
        else:
            step(state, command)


# 7


@examples(1)
@given(histories(), st.data())
def test_a_command_undone_never_was(commands: list[Command], data: st.DataObject) -> None:
    *before, last = commands
    last = replace(last, cmd="last")
    state, _ = run(before)
    step(state, Advance(at=last.at))
    then = picture(state)
    answer = step(state, last)
    left = any(isinstance(e.what, Departure) and e.what.at == last.at for e in state.journal[-1:])
    if answer.ok and not isinstance(last, Hold | Release | Undo | Advance) and not left:
        later = last.at + timedelta(seconds=data.draw(st.integers(0, 30)))
        undo = step(state, Undo(at=later, target="last"))
        if undo.ok and not undo.sent and not answer.sent:
            assert picture(state) == then
        assert step(state, Undo(at=later, target="last")).error in ("undone", "too_late")


@examples(1)
@given(histories())
def test_undo_along_the_trail_is_undo_from_the_start(commands: list[Command]) -> None:
    near, far = State(SIDES), State(SIDES)
    for command in commands:
        for entry in far.journal:
            entry.trail = None
        here, there = step(near, command), step(far, command)
        assert here == replace(there, touched=here.touched)
        assert picture(near) == picture(far)


@examples(1)
@given(histories())
def test_a_refused_command_changes_nothing(commands: list[Command]) -> None:
    state = State(SIDES)
    for command in commands:
        step(state, Advance(at=command.at))
        before = picture(state)
        if not step(state, command).ok:
            assert picture(state) == before


# 8


@examples(1)
@given(figures())
def test_lanes_do_not_touch(some: list[Observation]) -> None:
    whole, sent = run([entered(some), Advance(at=START + timedelta(days=1))])
    apart: dict[Contest, Any] = {}
    notes: list[Any] = []
    for lane in {o.lane for o in some}:
        state, also_sent = run([entered([o for o in some if o.lane == lane]), Advance(at=START + timedelta(days=1))])
        apart |= folds(state)
        notes += [note for message in also_sent for note in message.notes]
    assert folds(whole) == apart
    assert {note for message in sent for note in message.notes} == set(notes)


# 9


@examples(1)
@given(figures())
def test_ten_times_the_people_is_the_same_verdict(some: list[Observation]) -> None:
    def larger(o: Observation) -> Observation:
        v = o.value
        return replace(o, value=Value(v.q, 10 * v.lo, None if v.hi is None else 10 * v.hi, 10 * v.res))

    small, _ = run([entered(some)])
    large, _ = run([entered([larger(o) for o in some])])
    assert folds(small) == folds(large)


# 10


@examples(1)
@given(histories())
def test_an_event_has_its_margin_and_the_opposite_before(commands: list[Command]) -> None:
    _, sent = run(commands)
    for note in (note for message in sent for note in message.notes):
        if note.kind is not Kind.CORRECTION:
            facts = note.facts
            assert facts.margin >= facts.band
            assert facts.margin > 0
            assert facts.previous is facts.side.opposite
            assert facts.between[0] <= facts.between[1]


@examples(1)
@given(figures(most=8))
def test_first_figures_alone_never_send(some: list[Observation]) -> None:
    first: dict[tuple[Lane, str], Observation] = {}
    for one in some:
        first.setdefault((one.lane, one.platform), one)
    _, sent = run([entered(list(first.values())), Advance(at=START + timedelta(days=1))])
    assert sent == []
