"""The ends of intervals have one name in every table."""

from __future__ import annotations

import pytest

from glm_magic.diagnose.interval import equal_tailed


@pytest.mark.parametrize(
    ("prob", "names"),
    [
        (0.89, ("5.5%", "94.5%")),
        (0.5, ("25%", "75%")),
        (0.95, ("2.5%", "97.5%")),
        (0.999, ("0.05%", "99.95%")),
        (2 / 3, ("16.6667%", "83.3333%")),
    ],
)
def test_ends_are_named_by_their_percentage(prob, names):
    interval = equal_tailed(prob)
    assert interval.names == names
    assert interval.ends == ((1 - prob) / 2, (1 + prob) / 2)


def test_every_table_calls_them_the_same(line_fit, frame, without_sampling):
    names = equal_tailed(0.8).names
    assert {*names} <= {*line_fit.summary(prob=0.8)}
    with without_sampling():
        from glm_magic import api

        fit = api.glm("y ~ x + (1|g)", frame, draws=20)
    tables = [
        fit.predict(frame[:2], prob=0.8),
        fit.avg_predictions(prob=0.8),
        fit.hypothesis("x > 0", prob=0.8),
        fit.groups(prob=0.8).levels,
        fit.r2(prob=0.8),
    ]
    for table in tables:
        assert {*names} <= {*table}
