"""A pytest plugin of mutation runs: properties try the same few examples each time, so that verdicts repeat."""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "mutation",
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    # That a property fails is enough to know: looking for the smallest example takes longer than a mutant is given.
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
    # mutmut runs a test of a class in one process as often as it likes, on a new instance each time; nothing of ours
    # is kept on the instance, so that no example depends on which one it was.
    suppress_health_check=[HealthCheck.differing_executors],
)
