package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KeyTest {
    @Test
    void keysAreTheSameWhenTheirBytesAre() {
        try (RootKey one = Known.root();
                RootKey same = Known.root();
                RootKey other = RootKey.random();
                RootKey another = RootKey.random()) {
            assertEquals(one, same);
            assertEquals(one.hashCode(), same.hashCode());
            assertNotEquals(one, other);
            assertNotEquals(other, another);
            assertNotEquals(one, (Object) "key");
            try (ScopeKey nta = one.scopeKey(Scope.parse("agency/nta/1"));
                    ScopeKey again = same.scopeKey(Scope.parse("agency/nta/1"));
                    ScopeKey mof = one.scopeKey(Scope.parse("agency/mof/1"));
                    ScopeKey taken = ScopeKey.of(nta.scope(), Known.bytes(Known.SCOPE_KEY));
                    ScopeKey renamed = ScopeKey.of(mof.scope(), Known.bytes(Known.SCOPE_KEY))) {
                assertEquals(nta, again);
                assertEquals(nta, taken);
                assertEquals(nta.hashCode(), taken.hashCode());
                assertNotEquals(nta, mof);
                assertNotEquals(nta, renamed);
                assertNotEquals(nta, (Object) one);
            }
        }
    }

    @Test
    void aKeyHasThirtyTwoBytes() {
        for (int length : new int[] {0, 31, 33}) {
            assertThrows(IllegalArgumentException.class, () -> RootKey.of(new byte[length]));
            assertThrows(IllegalArgumentException.class, () -> ScopeKey.of(Scope.parse(Known.SCOPE), new byte[length]));
        }
        assertThrows(NullPointerException.class, () -> RootKey.of(null));
        assertThrows(NullPointerException.class, () -> ScopeKey.of(null, new byte[32]));
    }

    @Test
    void aKeyOfAnotherPurposeIsRefused() {
        try (ScopeKey agency = Known.scopeKey("agency/nta/1");
                ScopeKey insurers = Known.scopeKey("insurers/all/1");
                ScopeKey later = Known.scopeKey("insurers/all/2");
                ScopeKey eligibility = Known.scopeKey("eligibility/all/1")) {
            PurposeException error = assertThrows(PurposeException.class, () -> SymbolKey.of(eligibility));
            assertEquals("insurers-missing", error.kind());
            assertEquals(OptionalLong.empty(), error.foundEpoch());

            error = assertThrows(PurposeException.class, () -> SymbolKey.eligibility(later, eligibility));
            assertEquals("insurers-epoch", error.kind());
            assertEquals(OptionalLong.of(2), error.foundEpoch());

            error = assertThrows(PurposeException.class, () -> SymbolKey.eligibility(eligibility, insurers));
            assertEquals("wrong-purpose", error.kind());
            assertEquals(
                    "the key's purpose is eligibility; this needs a key of purpose insurers", error.getMessage());
            assertEquals("wrong-purpose", assertThrows(PurposeException.class, () -> IssuerKey.of(agency)).kind());
        }
    }

    @Test
    void aPreparedKeyOutlivesWhatItWasMadeFrom() {
        SymbolKey key;
        try (RootKey root = Known.root();
                ScopeKey scopeKey = root.scopeKey(Scope.parse(Known.SCOPE))) {
            key = SymbolKey.of(scopeKey);
        }
        try (key) {
            assertEquals(Known.AGENCY, key.symbol(MyNumber.parse(Known.NUMBER)).hex());
            assertEquals(Known.SCOPE, key.scope().toString());
            assertEquals(Known.SCOPE_TAG, key.tag().toString());
        }
    }
}
