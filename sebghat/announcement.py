"""A note in words: the headline, then the same facts in the same order for whoever won (overtaking.md §11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sebghat.comparison import Grade, Verdict
from sebghat.contest import Contest, Style
from sebghat.conversation import Reply, Span
from sebghat.figures import resolution_in_full
from sebghat.notes import Facts, Kind, Note, Side
from sebghat.observation import Observation, Value
from sebghat.sources import UNSPECIFIED
from sebghat.voice import Voice, is_share

PARAGRAPH = Reply((Span("\n\n"),))
MOST_CHANGES = 3  # of other figures that one message names


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a figure: `new` holds in the place of `old`; without `old` it came in, without `new` it went."""

    old: Observation | None
    new: Observation | None

    @property
    def about(self) -> Observation:
        """Whose figure it is; the two differ in value or date alone."""
        figure = self.old or self.new
        assert figure is not None
        return figure

    def bears_on(self, contest: Contest) -> bool:
        figure = self.about
        return figure.platform in (contest.domestic, contest.foreign) and figure.lane in contest.lanes


@dataclass(frozen=True, slots=True)
class Basis:
    """What a message says beyond its notes. `successors`: told figures that hold no longer, each with what holds in
    its place, if anything. `sources`: the figures by id, where nobody can ask /why, so that theirs are named in full.
    `others`: figures beside the told ones that changed since they were told. `pages`: the address below which each
    announcement has a page with its sources, which then stand there."""

    successors: Mapping[str, Observation | None] = field(default_factory=dict)
    sources: Mapping[str, Observation] | None = None
    others: Sequence[Change] = ()
    pages: str = ""


def announce(notes: Sequence[Note], voice: Voice, basis: Basis = Basis()) -> Reply:
    """The message of one group: its notes in order, parted by an empty line."""
    message = Reply()
    for note in notes:
        message = message.and_(PARAGRAPH) if message.spans else message
        written = _correction if note.kind is Kind.CORRECTION else _crossing
        message = message.and_(written(note, voice, basis))
    return message


def headline(contest: Contest, side: Verdict, voice: Voice, *, again: bool = False, grade: Grade = Grade.A) -> Reply:
    """«گپ از وی‌چت پیش افتاد», the same form for either side."""
    text = "maybe" if grade is Grade.C else "passed_again" if again else "passed"
    winner, loser = contest.platform(side), contest.platform(side.opposite)
    return voice.say(f"announcement.{text}", winner=voice.platform(winner), loser=voice.platform(loser))


def headline_of(facts: Facts, voice: Voice) -> Reply:
    return headline(facts.contest, facts.side, voice, again=facts.again, grade=facts.grade)


def _crossing(note: Note, voice: Voice, basis: Basis) -> Reply:
    facts = note.facts
    names = {"winner": voice.platform(facts.winner), "loser": voice.platform(facts.loser)}
    lines = []
    if note.kind is Kind.UPDATE:
        text = "announcement.reinstated" if note.reinstated else "announcement.updated"
        lines.append(voice.say(text, **names))
        if note.told is not None and not note.reinstated:
            lines.append(voice.say("announcement.said", figures=sides(note.told, voice)))
    elif facts.style is Style.TRADING and facts.mute is not None:
        lines.append(voice.say("announcement.trading", day=voice.day(facts.mute), **names))
    else:
        lines.append(headline_of(facts, voice))
    lines += [
        _counted("announcement.figures", facts, voice),
        _when(facts, voice, basis),
        doubt(facts, voice),
        before(facts, voice),
    ]
    return _closed(lines, note, voice, basis)


def _correction(note: Note, voice: Voice, basis: Basis) -> Reply:
    facts = note.facts
    names = {"winner": voice.platform(facts.winner), "loser": voice.platform(facts.loser)}
    now = note.now or Verdict.UNKNOWN
    # The state is said of the domestic side; the sentence speaks of the one that had been announced as winner.
    state = ("ahead" if now is facts.side else "behind") if now.decisive else now.value.lower()
    lines = [
        voice.say("announcement.withdrawn", **names),
        _counted("announcement.was", facts, voice),
        _when(facts, voice, basis),
        *(_reasons(facts, voice, basis.successors) or _reasons_beside(facts, voice, basis.others)),
        voice.say(f"announcement.now_{state}", **names),
        voice.say("announcement.to_everybody"),
    ]
    return _closed(lines, note, voice, basis)


def _reasons(facts: Facts, voice: Voice, successors: Mapping[str, Observation | None]) -> list[Reply]:
    """Which of the told figures holds no longer, and what holds instead."""
    reasons = []
    for side in winner_first(facts):
        for new in (successors[i] for i in side.ids if i in successors):
            told = voice.value(shown(side, share=is_share(facts.contest.metric)), facts.contest.metric)
            values = {"platform": voice.platform(side.platform), "told": told}
            if new is None:
                reasons.append(voice.say("announcement.because_retracted", **values))
            elif (new.value.lo, new.value.hi) == (side.lo, side.hi):
                reasons.append(voice.say("announcement.because_redated", date=voice.date(new.asof), **values))
            else:
                reasons.append(
                    voice.say("announcement.because_corrected", value=voice.value(new.value, new.metric), **values)
                )
    return reasons


def _reasons_beside(facts: Facts, voice: Voice, others: Sequence[Change]) -> list[Reply]:
    """The told figures stand: which others of this contest changed, so that the crossing no longer follows."""
    changes = [change for change in others if change.bears_on(facts.contest)]
    return [changed(change, voice, "announcement.beside") for change in changes[:MOST_CHANGES]]


def changed(change: Change, voice: Voice, text: str) -> Reply:
    """One change of a figure, with its number: what it was and what it is, by the texts `…_corrected` and so on."""
    figure, old, new = change.about, change.old, change.new
    values = {
        "id": voice.number(int(figure.id)),
        "platform": voice.platform(figure.platform),
        "told": voice.value(figure.value, figure.metric),
        "date": voice.short_date(figure.asof),
        "value": voice.value((new or figure).value, figure.metric),
        "redated": voice.short_date((new or figure).asof),
    }
    if old is None:
        return voice.say(f"{text}_added", **values)
    if new is None:
        return voice.say(f"{text}_retracted", **values)
    if old.value == new.value and old.asof != new.asof:
        return voice.say(f"{text}_redated", **values)
    return voice.say(f"{text}_corrected", **values)


def _closed(lines: list[Reply], note: Note, voice: Voice, basis: Basis) -> Reply:
    """Last comes where to ask on; where one can only read, the page, if there is one."""
    if note.number is not None and basis.sources is None:
        lines.append(voice.say("announcement.why", number=note.number))
    elif note.number is not None and basis.pages:
        lines.append(voice.say("announcement.page", address=f"{basis.pages}/{note.number}"))
    return lines[0].above(*lines[1:])


def sides(facts: Facts, voice: Voice) -> str:
    return " · ".join(
        voice.words(
            "announcement.side",
            platform=voice.platform(side.platform),
            value=voice.value(shown(side, share=is_share(facts.contest.metric)), facts.contest.metric),
        )
        for side in winner_first(facts)
    )


def winner_first(facts: Facts) -> tuple[Side, Side]:
    """Whichever side won: the same order, the same prominence."""
    ahead = facts.side is Verdict.AHEAD
    return (facts.domestic, facts.foreign) if ahead else (facts.foreign, facts.domestic)


def shown(side: Side, *, share: bool) -> Value:
    """A side's value with the digits that its figure shows."""
    ends = [end for end in (side.lo, side.hi) if end]
    return Value(side.q, side.lo, side.hi, min((*map(resolution_in_full, ends), 100 if share else 10**9)))


def _counted(text: str, facts: Facts, voice: Voice) -> Reply:
    """The figures of both sides, of what and where; an alert and its withdrawal say it alike."""
    contest = facts.contest
    return voice.say(
        text, figures=sides(facts, voice), counted=voice.counted(contest.metric), where=voice.where(contest.scope)
    )


def _when(facts: Facts, voice: Voice, basis: Basis) -> Reply:
    """As-of and source of both sides, in one line where they share them."""
    figures = winner_first(facts)
    one, other = (
        {
            "date": voice.span(side.first, side.last),
            "source": _in_full(side, voice, basis) or _source(side, voice),
            "old": of_old(side, voice),
        }
        for side in figures
    )
    if one == other:
        return voice.say("announcement.both", **one)
    winner, loser = (voice.platform(side.platform) for side in figures)
    return voice.say("announcement.one", platform=winner, **one).above(
        voice.say("announcement.one", platform=loser, **other)
    )


def _in_full(side: Side, voice: Voice, basis: Basis) -> str:
    """Who said the figure, how, through whom it came and where it stands; where no other place tells that."""
    if basis.sources is None or basis.pages:
        return ""
    comma = voice.words("list.comma")
    told = [basis.sources[i] for i in side.ids if i in basis.sources]
    return voice.words("list.semicolon").join(dict.fromkeys(comma.join(_details(each, voice)) for each in told))


def _details(told: Observation, voice: Voice) -> list[str]:
    method = "" if told.method == UNSPECIFIED else voice.method(told.method)
    via = voice.words("announcement.via", via=voice.via(told)) if told.via else ""
    return [text for text in (voice.source(told), method, via, told.address) if text]


def of_old(side: Side, voice: Voice) -> str:
    """What is said behind the date of an old figure; nothing behind others."""
    return voice.words("announcement.old") if voice.is_old(side.last) else ""


def doubt(facts: Facts, voice: Voice) -> Reply:
    """The margin, and how much of it may be none."""
    metric = facts.contest.metric
    text = "announcement.margin_poll" if is_share(metric) else "announcement.margin"
    return voice.say(text, margin=voice.amount(facts.margin, metric), band=voice.amount(facts.band, metric))


def before(facts: Facts, voice: Voice) -> Reply:
    """When it was still the other way, and between which days that changed."""
    first, last = facts.between
    one_day = facts.before[0] == facts.before[1]
    return voice.say(
        "announcement.before" if one_day else "announcement.before_period",
        winner=voice.platform(facts.winner),
        before=voice.span(*facts.before),
        first=voice.short_day(first),
        last=voice.short_day(last),
    )


def _source(side: Side, voice: Voice) -> str:
    return voice.sources.name(side.source, voice.language)
