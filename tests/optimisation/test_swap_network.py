"""The swap network: everyone who has to meets, on neighbouring wires, and the order of the bits is known throughout."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.optimisation.network import Network, network


def followed(route: Network, order: list[int], backwards: bool = False) -> list[int]:
    """Play the meetings on a list of bits; each must find on its wires the bits it names."""
    order = list(order)
    for meeting in reversed(route.meetings) if backwards else route.meetings:
        here, there = meeting.wire, meeting.wire + 1
        assert sorted((order[here], order[there])) == list(meeting.bits)
        if meeting.swap:
            order[here], order[there] = order[there], order[here]
    return order


@st.composite
def couplings(draw: st.DrawFn) -> tuple[int, set[tuple[int, int]]]:
    n = draw(st.integers(1, 9))
    pairs = list(combinations(range(n), 2))
    return n, set(draw(st.lists(st.sampled_from(pairs)))) if pairs else set()


@given(couplings())
def test_exactly_the_coupled_pairs_interact_each_once(problem: tuple[int, set[tuple[int, int]]]) -> None:
    n, coupled = problem
    route = network(n, coupled)
    assert sorted(meeting.bits for meeting in route.meetings if meeting.interact) == sorted(coupled)


@given(couplings())
def test_bits_are_where_it_says_and_come_back_the_same_way(problem: tuple[int, set[tuple[int, int]]]) -> None:
    route = network(*problem)
    there = followed(route, list(range(problem[0])))
    assert tuple(there) == route.order
    assert followed(route, there, backwards=True) == list(range(problem[0]))


@pytest.mark.parametrize("n", range(2, 10))
def test_all_pairs_cost_three_cnot_each_but_for_the_first_round_and_the_last(n: int) -> None:
    route = network(n, combinations(range(n), 2))
    n_cnot = sum(3 if meeting.swap else 2 for meeting in route.meetings)
    assert n_cnot == 3 * n * (n - 1) // 2 - (n - 1)


def test_a_chain_needs_no_swap_and_no_coupling_nothing_at_all() -> None:
    chain = network(6, pairwise(range(6)))
    assert not any(meeting.swap for meeting in chain.meetings)
    assert chain.order == (0, 1, 2, 3, 4, 5)
    assert network(3, ()) == Network((), (0, 1, 2))
