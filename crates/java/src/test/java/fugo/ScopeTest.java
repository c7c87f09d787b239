package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScopeTest {
    private static String refused(String text) {
        return assertThrows(ScopeException.class, () -> Scope.parse(text)).kind();
    }

    @Test
    void aScopeIsReadAsItIsWritten() {
        Scope scope = Scope.parse("registry/hokkaido-2/4294967295");
        assertEquals(Purpose.REGISTRY, scope.purpose());
        assertEquals("hokkaido-2", scope.id());
        assertEquals(4_294_967_295L, scope.epoch());
        assertEquals("registry/hokkaido-2/4294967295", scope.toString());
        assertEquals(scope, Scope.of(Purpose.REGISTRY, "hokkaido-2", 4_294_967_295L));
        assertEquals(scope.hashCode(), Scope.parse(scope.toString()).hashCode());
        assertNotEquals(scope, Scope.parse("registry/hokkaido-2/1"));
        assertEquals(Known.LABEL, Known.hex(Scope.parse(Known.SCOPE).label()));
    }

    @Test
    void everyReasonHasItsKind() {
        assertEquals("unknown-purpose", refused("tax/nta/1"));
        assertEquals("scope-id", refused("agency/NTA/1"));
        assertEquals("scope-id", refused("agency/-nta/1"));
        assertEquals("scope-id", refused("agency/国税庁/1"));
        assertEquals("scope-id-fixed", refused("insurers/kyokai/1"));
        assertEquals("epoch-zero", refused("agency/nta/0"));
        assertEquals("scope-form", refused("agency/nta"));
        assertEquals("scope-form", refused("agency/nta/01"));
        assertEquals("scope-form", refused("agency/nta/4294967296"));
    }

    @Test
    void partsAreCheckedAsTheTextIs() {
        assertEquals("scope-id", assertThrows(ScopeException.class, () -> Scope.of(Purpose.AGENCY, "a/b", 1)).kind());
        assertEquals("scope-id", assertThrows(ScopeException.class, () -> Scope.of(Purpose.AGENCY, "", 1)).kind());
        assertEquals("epoch-zero", assertThrows(ScopeException.class, () -> Scope.of(Purpose.AGENCY, "a", 0)).kind());
        for (long epoch : new long[] {-1, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE}) {
            ScopeException error = assertThrows(ScopeException.class, () -> Scope.of(Purpose.AGENCY, "a", epoch));
            assertEquals("scope-form", error.kind());
        }
        assertThrows(NullPointerException.class, () -> Scope.of(null, "a", 1));
        assertThrows(NullPointerException.class, () -> Scope.of(Purpose.AGENCY, null, 1));
        assertThrows(NullPointerException.class, () -> Scope.parse(null));
    }

    @Test
    void thePurposesOfTheClassesAreThoseOfTheLibrary() {
        String ours = Arrays.stream(Purpose.values())
                .map(purpose -> purpose.code() + " " + purpose + " " + purpose.textPart() + " " + purpose.symbolName())
                .collect(Collectors.joining(","));
        assertEquals(Native.purposes(), ours);
        for (Purpose purpose : Purpose.values()) {
            assertEquals(purpose, Purpose.parse(purpose.toString()));
        }
        assertEquals("unknown-purpose", assertThrows(ScopeException.class, () -> Purpose.parse("AGENCY")).kind());
    }

    @Test
    void aTagIsReadAsItIsWritten() {
        KeyTag tag = KeyTag.parse("00ff10a1");
        assertEquals("00ff10a1", tag.toString());
        assertEquals("00ff10a1", Known.hex(tag.toBytes()));
        assertEquals(tag, KeyTag.of(tag.toBytes()));
        assertEquals(tag.hashCode(), KeyTag.of(tag.toBytes()).hashCode());
        for (String text : new String[] {"", "00ff10a", "00FF10a1", "00ff10a1 ", "00ff10g1", "００ff10a1"}) {
            IllegalArgumentException error = assertThrows(IllegalArgumentException.class, () -> KeyTag.parse(text));
            assertEquals("a key tag is 8 characters of 0-9 and a-f", error.getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> KeyTag.of(new byte[5]));
    }
}
