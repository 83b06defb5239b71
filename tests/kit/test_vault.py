"""The vault: what it sealed opens for its keys, at its place, unchanged, and never otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kit.vault import BadKeys, KeyMissing, SealBroken, Vault, VaultKey, new_key, read_keys

IBAN = "DE89370400440532013000"
HERE = "payoutmethod:pym_1:number"
FIRST = VaultKey(number=1, secret=b"1" * 32)
SECOND = VaultKey(number=2, secret=b"2" * 32)


@given(st.text(), st.text(max_size=40))
def test_what_was_sealed_opens_at_its_place(text: str, place: str) -> None:
    vault = Vault([FIRST])
    assert vault.open_text(vault.seal_text(text, context=place), context=place) == text


@given(st.binary(max_size=100))
def test_bytes_are_sealed_as_bytes(content: bytes) -> None:
    vault = Vault([FIRST])
    assert vault.open(vault.seal(content, context=HERE), context=HERE) == content


def test_the_plain_text_does_not_show_and_the_same_text_never_looks_the_same() -> None:
    one, other = (Vault([FIRST]).seal_text(IBAN, context=HERE) for _ in range(2))
    assert one != other
    assert IBAN not in one
    assert one.startswith("sealed.")


def test_a_sealed_text_that_is_moved_elsewhere_does_not_open() -> None:
    vault = Vault([FIRST])
    with pytest.raises(SealBroken, match="moved it here from elsewhere"):
        vault.open_text(vault.seal_text(IBAN, context=HERE), context="payoutmethod:pym_2:number")


def test_no_byte_of_it_can_be_changed_unseen() -> None:
    vault = Vault([FIRST])
    sealed = vault.seal(IBAN.encode(), context=HERE)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises((SealBroken, KeyMissing)):
            vault.open(changed, context=HERE)


@pytest.mark.parametrize("what", ["", "sealed.", "sealed.AQ", "sealed.AQABé", IBAN, "sealed." + "A" * 100])
def test_what_was_never_sealed_does_not_open(what: str) -> None:
    with pytest.raises(SealBroken):
        Vault([FIRST]).open_text(what, context=HERE)


def test_the_newest_key_seals_and_older_ones_open() -> None:
    old = Vault([FIRST]).seal_text(IBAN, context=HERE)
    both = Vault([SECOND, FIRST])
    new = both.seal_text(IBAN, context=HERE)
    assert both.open_text(old, context=HERE) == both.open_text(new, context=HERE) == IBAN
    assert (both.is_newest(old), both.is_newest(new)) == (False, True)
    with pytest.raises(KeyMissing, match="the key 2 that sealed this"):
        Vault([FIRST]).open_text(new, context=HERE)


def test_another_key_of_the_same_number_is_told_from_a_changed_value() -> None:
    sealed = Vault([FIRST]).seal_text(IBAN, context=HERE)
    made_anew = VaultKey(number=1, secret=b"x" * 32)
    with pytest.raises(KeyMissing, match=r"key 1 .* Bring back secrets/vault_keys"):
        Vault([made_anew]).open_text(sealed, context=HERE)
    assert not Vault([made_anew]).is_newest(sealed)


def test_without_keys_nothing_is_sealed() -> None:
    with pytest.raises(KeyMissing, match="no key"):
        Vault([]).seal_text(IBAN, context=HERE)
    assert not Vault([]).is_newest(Vault([FIRST]).seal_text(IBAN, context=HERE))


def test_keys_are_written_and_read_again_and_never_shown() -> None:
    keys = [new_key()]
    keys.append(new_key(keys))
    assert [key.number for key in keys] == [1, 2]
    assert read_keys(f"{keys[0]}\n{keys[1]}\n") == read_keys(",".join(map(str, keys))) == keys
    assert "secret" not in repr(keys[0])


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1:", "x:" + "A" * 43 + "=", "1:short", f"0:{'A' * 43}=", f"65536:{'A' * 43}=", f"{FIRST},{FIRST}"],
)
def test_a_list_that_cannot_be_read_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadKeys, match="number:key") as refused:
        read_keys(text)
    assert str(FIRST.secret) not in str(refused.value)
