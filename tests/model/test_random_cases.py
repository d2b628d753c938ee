"""What random programs read equals a plain model of the contract, or both refuse."""

from random import Random

from cases import difference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


# `make stress` compares many more cases. These are the same in each run.
@settings(
    max_examples=400,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.randoms(use_true_random=False))
def test_what_a_program_reads_equals_the_model(tmp_path_factory, random: Random):
    assert difference(random, tmp_path_factory.getbasetemp()) is None
