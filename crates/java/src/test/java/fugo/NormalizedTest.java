package fugo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class NormalizedTest {
    private static NormalizeException refused(String text) {
        return assertThrows(NormalizeException.class, () -> Normalized.normalize(text, LostZeros.REFUSE));
    }

    @Test
    void whatRealFilesContainBecomesTwelveDigitsAndSaysWhatWasChanged() {
        try (Normalized normalized = Normalized.normalize("\u200b １２３４-5678-9018\r\n", LostZeros.REFUSE)) {
            assertEquals(
                    List.of(Change.INVISIBLES, Change.TRIMMED, Change.FULL_WIDTH, Change.SEPARATORS),
                    List.copyOf(normalized.changes()));
            assertEquals(MyNumber.parse(Known.NUMBER), normalized.parse());
            assertEquals(Known.NUMBER, new String(normalized.exposeDigits()));
            assertThrows(UnsupportedOperationException.class, () -> normalized.changes().clear());
        }
        assertTrue(Normalized.normalize(Known.NUMBER, LostZeros.REFUSE).changes().isEmpty());
        assertEquals(2, Normalized.revision());
    }

    @Test
    void lostZerosAreRestoredOnlyIfAsked() {
        assertEquals(OptionalInt.of(11), refused("00000000014".substring(0, 11)).found());
        try (Normalized normalized = Normalized.normalize("140", LostZeros.RESTORE)) {
            throw new AssertionError("three digits are too few, but gave " + normalized);
        } catch (NormalizeException error) {
            assertEquals("length", error.kind());
        }
        try (Normalized normalized = Normalized.normalize("23456789013", LostZeros.RESTORE)) {
            assertEquals(List.of(Change.ZEROS_RESTORED), List.copyOf(normalized.changes()));
            assertEquals("023456789013", new String(normalized.exposeDigits()));
        }
    }

    @Test
    void everyReasonHasItsKindAndPlace() {
        assertEquals("empty", refused(" \u3000").kind());
        assertEquals("scientific-notation", refused("1.23457E+11").kind());
        assertEquals("grouping", refused("123-456-789-018").kind());
        assertEquals("length", refused("1234").kind());
        NormalizeException error = refused("１2x456789018");
        assertEquals("character", error.kind());
        assertEquals(OptionalInt.of(4), error.offset());
        assertEquals(OptionalInt.empty(), error.found());
    }

    @Test
    void theStrictParseComesAfter() {
        try (Normalized normalized = Normalized.normalize("1234-5678-9012", LostZeros.REFUSE)) {
            assertEquals("check-digit", assertThrows(MyNumberException.class, normalized::parse).kind());
            assertEquals("Normalized(..)", normalized.toString());
        }
    }

    @Test
    void aClosedOneIsWipedAndRefused() {
        Normalized normalized = Normalized.normalize(Known.NUMBER, LostZeros.REFUSE);
        normalized.close();
        assertThrows(IllegalStateException.class, normalized::exposeDigits);
        assertThrows(IllegalStateException.class, normalized::parse);
        assertThrows(NullPointerException.class, () -> Normalized.normalize(null, LostZeros.REFUSE));
        assertThrows(NullPointerException.class, () -> Normalized.normalize(Known.NUMBER, null));
    }

    @Test
    void theChangesOfTheClassesAreThoseOfTheLibrary() {
        assertEquals(
                "[invisibles, trimmed, full-width, separators, zeros-restored]", List.of(Change.values()).toString());
    }
}
