"""The error family. Every message names the situation and the remedy, for people."""


class SearchAppError(Exception):
    """Anything this project raises on purpose; `exit_code` is what a command ends with."""

    exit_code = 3


class Mistake(SearchAppError):
    """Whoever asked can correct what they asked for."""

    exit_code = 2


class BadQuery(Mistake):
    """What was asked cannot be searched for; `parameter` names the part of the request."""

    def __init__(self, message: str, parameter: str = "q") -> None:
        super().__init__(message)
        self.parameter = parameter


class UnknownArticle(Mistake):
    """No article of the live generation has this id."""


class WithdrawnArticle(UnknownArticle):
    """The article was taken out, for this reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"withdrawn: {reason}")


class MovedArticle(UnknownArticle):
    """The article has another id by now, `article_id`."""

    def __init__(self, article_id: str) -> None:
        super().__init__(f"the article has the id {article_id} now")
        self.article_id = article_id


class BadSetting(Mistake):
    """A setting has a value it cannot take, or its file cannot be read."""


class BadCorpus(SearchAppError):
    """The corpus is not there or cannot be read."""


class NotExplained(Mistake):
    """There is nothing to explain there; the message says what can be explained."""


class BadPlugin(SearchAppError):
    """Another package announces a reader that cannot be used; the message names the package."""


class GuardRefused(SearchAppError):
    """A build was refused so that nothing is lost: wrong folder, empty or shrunken corpus."""


class OtherDictionaries(GuardRefused):
    """An update was refused that only a rebuild can be: texts are to be cut with other words."""


class AlreadyRunning(SearchAppError):
    """Another process writes to this index; the message names its pid."""


class WorkerDied(SearchAppError):
    """A process that builds a part of an index ended before it was done; nothing was published."""


class NoIndex(SearchAppError):
    """There is no generation to read yet."""


class DamagedIndex(SearchAppError):
    """A generation's files are not what its manifest says."""


class QueryTooCostly(SearchAppError):
    """A query would read more postings than one may; it is refused before it runs."""


class CursorExpired(Mistake):
    """The generation that a cursor walks through is not kept any more."""


class Unavailable(SearchAppError):
    """The engine does not answer, as when a cluster is down; the same may be asked again soon."""


class Overloaded(SearchAppError):
    """No memory or no open files are left to this process; the index itself may be sound."""


class WrongFormat(DamagedIndex):
    """The generation was written by another version, analyser or dictionary."""
