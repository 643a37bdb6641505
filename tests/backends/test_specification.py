"""A backend as one line of text: what is written is read back, and nonsense is refused by name."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.backends.specification import BY_HAND, KINDS, MAX_SEED, MAX_SHOTS, TAKES, Specification, parse
from qcore.errors import InvalidValue
from qcore.noise.device.processor import MAX_SCALE
from qcore.noise.mitigation import EXTRAPOLATIONS
from qcore.noise.model import HandMadeNoise

DEVICES = st.sampled_from(["fez", "torino", "sherbrooke"])
SHOTS = st.none() | st.integers(1, MAX_SHOTS)
SEEDS = st.integers(0, MAX_SEED)
PROBABILITIES = st.dictionaries(
    st.sampled_from(["depolarizing_1q", "depolarizing_2q", "p1_given_0", "t1_s"]),
    st.floats(min_value=0, allow_nan=False),
    min_size=1,
)
MITIGATED = {
    "shots": SHOTS, "readout": st.booleans(), "zne": st.none() | st.sampled_from(EXTRAPOLATIONS), "seed": SEEDS,
    "inject": st.booleans(),
}  # fmt: skip
SPECIFICATIONS = st.one_of(
    st.just(Specification("ideal")),
    st.builds(Specification, st.just("noisy"), DEVICES, st.floats(0, MAX_SCALE), **MITIGATED),
    st.builds(Specification, st.just("noisy"), by_hand=PROBABILITIES, **MITIGATED),
    st.builds(Specification, st.just("ibm"), DEVICES, shots=SHOTS, resilience=st.integers(0, 2)),
    st.builds(Specification, st.just("rehearsal"), DEVICES, shots=SHOTS, resilience=st.integers(0, 2), seed=SEEDS),
)


@given(specification=SPECIFICATIONS)
def test_what_is_written_is_read_back_exactly(specification: Specification) -> None:
    text = str(specification)
    assert parse(text) == specification
    assert str(parse(text)) == text
    assert " " not in text


@given(text=st.text(st.sampled_from("noisy:fez=0123.5-ei²٣ shtradoulnpbm_qx"), max_size=60))
def test_any_text_is_a_specification_or_a_sentence(text: str) -> None:
    for candidate in (text, f"noisy:{text}", f"rehearsal:fez:shots={text}", f"noisy:fez:{text}:seed={text}"):
        try:
            assert isinstance(parse(candidate), Specification)
        except InvalidValue as error:
            assert str(error).endswith(".")  # noqa: PT017 - most texts are refused, some are not


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ideal", Specification("ideal")),
        ("noisy", Specification("noisy", "fez")),
        ("noisy:sherbrooke", Specification("noisy", "sherbrooke")),
        (
            "noisy:fez:3:shots=4000:readout:zne=linear",
            Specification("noisy", "fez", 3.0, shots=4000, readout=True, zne="linear"),
        ),
        ("noisy:fez:0", Specification("noisy", "fez", 0.0)),
        ("noisy:depolarizing_2q=0.01:readout", Specification("noisy", by_hand={"depolarizing_2q": 0.01}, readout=True)),
        ("noisy:t1_s=1e-4:t2_s=inf", Specification("noisy", by_hand={"t1_s": 1e-4, "t2_s": float("inf")})),
        ("noisy:fez:inject:seed=3", Specification("noisy", "fez", inject=True, seed=3)),
        ("ibm:torino:shots=4000:resilience=2", Specification("ibm", "torino", shots=4000, resilience=2)),
        ("rehearsal:seed=5", Specification("rehearsal", "fez", seed=5)),
    ],
)
def test_the_documented_forms(text: str, expected: Specification) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f"no backend ''. Choose one of: {', '.join(KINDS)}."),
        ("Ideal", "no backend 'Ideal'. Choose one of: ideal"),
        ("noisy ", "no backend 'noisy '"),
        ("ideal:fez", "'ideal' has no setting 'device'"),
        ("ideal:shots=5", "'ideal' has no setting 'shots'"),
        ("ideal:depolarizing_1q=0.1", "'ideal' has no setting 'noise set by hand'"),
        ("noisy:fez:resilience=2", "'noisy' has no setting 'resilience'"),
        ("ibm:fez:2", "'ibm' has no setting 'scale'"),
        ("ibm:fez:readout", "'ibm' has no setting 'readout'"),
        ("ibm:fez:seed=1", "'ibm' has no setting 'seed'"),
        ("rehearsal:fez:zne=linear", "'rehearsal' has no setting 'zne'"),
        ("rehearsal:fez:inject", "'rehearsal' has no setting 'inject'"),
        ("ibm:depolarizing_2q=0.1", "'ibm' has no setting 'noise set by hand'"),
        ("noisy:fez:strong", "'strong' in 'noisy:fez:strong' is not a setting of a backend. After 'noisy:' may stand"),
        ("noisy:fez:zn=3", "zne=linear, quadratic or exponential"),
        ("noisy:fez:shots", "shots=NUMBER"),
        ("noisy:fez:scale=3", "a device; a noise scale"),
        ("noisy:fez:readout=true", "'readout=true' in 'noisy:fez:readout=true' is not a setting"),
        ("ibm:fez:zn=2", "After 'ibm:' may stand a device; shots=NUMBER; resilience=0, 1 or 2."),
        ("ideal:fez", "Nothing stands after 'ideal'."),
        ("noisy:fez:2:3", "'3' in 'noisy:fez:2:3' is not a setting of a backend."),
        ("noisy:fez:2:mood", "'mood' in 'noisy:fez:2:mood' is not a setting"),
        ("noisy:fez:depolarizing_2q=0.1", "noise set by hand has neither a device nor a scale."),
        ("noisy:depolarizing_2q=0.1:3", "noise set by hand has neither a device nor a scale."),
        ("noisy:depolarizing_2q=much", "depolarizing_2q must be a number, not 'much'."),
        ("noisy:fez:shots=many", "shots must be a whole number, not 'many'."),
        ("noisy:fez:shots=10.5", "shots must be a whole number, not '10.5'."),
        ("noisy:fez:shots=-5", "shots must be a whole number, not '-5'."),
        ("noisy:fez:shots=", "shots must be a whole number, not ''."),
        ("noisy:fez:shots=0", "shots must be a whole number from 1 to 1,000,000."),
        ("ibm:fez:shots=1000001", "shots must be a whole number from 1 to 1,000,000."),
        ("noisy:fez:seed=4294967296", "the seed must not be larger than 4,294,967,295."),
        ("rehearsal:fez:resilience=3", "the resilience level is 0, 1 or 2."),
    ],
)
def test_nonsense_is_refused_in_a_sentence_that_names_it(text: str, sentence: str) -> None:
    with pytest.raises(InvalidValue) as error:
        parse(text)
    assert sentence in str(error.value)


@pytest.mark.parametrize("thing", [None, 3, ["noisy:fez"], Specification("ideal")])
def test_what_is_no_text_is_refused_in_a_sentence(thing: object) -> None:
    with pytest.raises(InvalidValue, match=r"A backend must be said as text, such as .*, not "):
        parse(thing)  # type: ignore[arg-type]


def test_the_settings_that_messages_list_are_those_that_exist() -> None:
    assert tuple(item.name for item in fields(HandMadeNoise)) == BY_HAND
    assert set(TAKES) == set(KINDS)
    assert set().union(*TAKES.values()) == {item.name for item in fields(Specification)[1:]}
