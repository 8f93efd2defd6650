"""Why the runner could not do what it was asked."""


class Refusal(Exception):
    """A failure whose cause is known here. `cause` is one of shared/failure.ts, the rest are sentences."""

    def __init__(self, cause, message, next_step=None, evidence=()):
        super().__init__(message)
        self.cause = cause
        self.message = message
        self.next_step = next_step
        self.evidence = list(evidence)[-20:]

    def as_message(self):
        return {
            "cause": self.cause,
            "message": self.message,
            "nextStep": self.next_step,
            "evidence": [str(line)[:2000] for line in self.evidence],
        }


def listed(names, limit=12):
    """Names as people read them: "a", "b" and 3 more."""
    names = list(names)
    shown = ", ".join(f'"{name}"' for name in names[:limit])
    more = len(names) - limit
    if not names:
        return "none"
    return f"{shown} and {more} more" if more > 0 else shown
