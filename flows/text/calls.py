"""Calls for help: word frames that somebody wrote down, together with the odds learnt from examples."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flows.text.frames import FrameBook
from flows.text.naive_bayes import NaiveBayes
from flows.text.odds import Odds

_MARGIN = 0.6  # odds by which one kind must be likelier than the next, else a wrong number is given too often
_CERTAIN = 5.0  # odds that no denial outweighs
_SHORT = 5  # words that rather answer a question that waits
_TOO_FEW = 2  # words that examples alone can not tell: "cho tôi" is also an answer
_DENIED = 0.8  # how much better the odds must be of what sounds like something else
_BESIDE = 4.0  # what it counts to be likelier a call than anything else that people come with
_WORDS = 3  # that say why


@dataclass(frozen=True)
class Call:
    """What a text calls for.

    Attributes:
        id: which call it is; "" where it is only known to be one.
        frames: how many frames it fits.
        why: the frame, or the words, that decided.
        odds: of being a call at all; certain where there are no examples, since one frame is enough then.
        lean: how much likelier it is a call than anything else that people come with.
    """

    id: str
    frames: int
    why: str
    odds: float
    lean: float = 0.0


@dataclass(frozen=True)
class CallBook:
    """Calls of one sort by id.

    Attributes:
        denials: frames of what only sounds like the call of an id.
        odds: that a text is a call at all; None where there are no examples, then one frame is enough.
        kinds: the odds of each id among the calls; none without `any_kind`.
        least: the odds that a text must have, by how many frames it fits: none, one, two, more.
        topics: all that people come with, of which `sorts` are such calls.
        any_kind: the id that does for all of them, where two are about as likely; "" where only a frame tells which it is.
    """

    frames: FrameBook
    denials: FrameBook
    odds: Odds | None
    kinds: Mapping[str, Odds]
    any_kind: str
    least: Sequence[float]
    topics: NaiveBayes | None = None
    sorts: frozenset[str] = frozenset()

    def find(self, text: str, *, answering: bool = False, denied: Container[str] = ()) -> Call | None:
        """Return the likeliest call.

        Args:
            answering: whether a question waits, which a few words without a frame answer: "cho tôi có".
            denied: ids that no frame may tell of, and examples only where they speak plainly.
        """
        if self.is_none(text):
            return None
        odds, lean = self.odds_of(text), self._lean(text)
        certain = odds >= _CERTAIN
        untrue = set() if certain else {match.id for match in self.denials.find(text)}
        found = [match for match in self.frames.find(text) if match.id not in untrue and match.id not in denied]
        least = self.least[min(len(found), len(self.least) - 1)]
        words = len(text.split())
        if self.odds and odds < least:
            return None
        if found:
            counts = Counter(match.id for match in found)
            likelihood = {id_: fitting + self._kind_odds(id_, text) for id_, fitting in counts.items()}
            likeliest = max(found, key=lambda match: likelihood[match.id])
            return Call(likeliest.id, len(found), likeliest.frame, odds if self.odds else _CERTAIN, lean)
        if self.odds is None or (odds < _CERTAIN and (words <= _TOO_FEW or (words < _SHORT and answering))):
            return None
        if (self.any_kind in untrue or self.any_kind in denied) and odds < least + _DENIED:
            return None
        why = ", ".join(part for part, _ in self.odds.weigh(text)[:_WORDS])
        if not self.any_kind:
            return Call("", 0, why, odds, lean)
        ranked = sorted(((kind.score(text), id_) for id_, kind in self.kinds.items()), reverse=True)
        if not ranked:
            return None
        if ranked[0][1] in untrue:  # the next is no likelier for it
            return None if self.any_kind in denied else Call(self.any_kind, 0, why, odds, lean)
        clear = len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= _MARGIN
        return Call(ranked[0][1] if clear else self.any_kind, 0, why, odds, lean)

    def fitting(self, text: str) -> Sequence[str]:
        """Return the ids that have a frame which a text fits and do not deny it, however seldom people say so."""
        denied = {match.id for match in self.denials.find(text)}
        return [match.id for match in self.frames.find(text) if match.id not in denied]

    def is_none(self, text: str) -> bool:
        """Tell whether a text is no call whatever frames it fits: true of most texts, and frames cost the most."""
        return self.odds is not None and self.odds_of(text) < self._lowest

    @cached_property
    def _lowest(self) -> float:
        return min(self.least)

    def odds_of(self, text: str) -> float:
        """Return the odds that a text is a call at all; 0 where there are no examples."""
        return (self.odds.score(text) if self.odds else 0.0) + _BESIDE * self._lean(text)

    def _lean(self, text: str) -> float:
        return self.topics.lean(text, self.sorts) if self.topics and self.sorts else 0.0

    def _kind_odds(self, id_: str, text: str) -> float:
        return self.kinds[id_].score(text) if id_ in self.kinds else 0.0
